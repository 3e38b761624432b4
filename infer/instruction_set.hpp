// The SIMD instructions that the vectorised kernels use: chosen when the program runs, not when it is built.
#pragma once

#include <string_view>

namespace praesepe::infer {

/// baseline: x86-64; avx2: with FMA; avx512: F, BW, CD, DQ and VL.
enum class InstructionSet { baseline, avx2, avx512 };

/// The widest that this machine has, or the one that PRAESEPE_INSTRUCTION_SET names. Throws InputError for a name that
/// is none, or that this machine lacks.
InstructionSet instruction_set();
std::string_view name_of(InstructionSet set);

}  // namespace praesepe::infer
