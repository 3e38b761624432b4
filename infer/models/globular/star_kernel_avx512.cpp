// The kernel for machines with AVX-512 (F, BW, CD, DQ, VL); compiled with the flags for it.
#include "infer/models/globular/star_kernel_impl.hpp"

namespace praesepe::infer::models::globular {

PRAESEPE_STAR_KERNEL(avx512, avx512bw)

}  // namespace praesepe::infer::models::globular
