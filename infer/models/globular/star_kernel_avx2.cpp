// The kernel for machines with AVX2 and FMA; compiled with the flags for it.
#include "infer/models/globular/star_kernel_impl.hpp"

namespace praesepe::infer::models::globular {

PRAESEPE_STAR_KERNEL(avx2, fma3<xsimd::avx2>)

}  // namespace praesepe::infer::models::globular
