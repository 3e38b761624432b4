// The kernel for machines with nothing beyond x86-64; compiled with the flags for it.
#include "infer/models/globular/star_kernel_impl.hpp"

namespace praesepe::infer::models::globular {

PRAESEPE_STAR_KERNEL(baseline, sse2)

}  // namespace praesepe::infer::models::globular
