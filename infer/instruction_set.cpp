#include "infer/instruction_set.hpp"

#include <array>
#include <cstdlib>
#include <string>

#include "sim/error.hpp"

namespace praesepe::infer {

namespace {

bool has(InstructionSet set) {
  __builtin_cpu_init();
  const bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  if (set == InstructionSet::avx2) return avx2;
  if (set == InstructionSet::baseline) return true;
  return avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
         __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
}

constexpr std::array kSets{InstructionSet::avx512, InstructionSet::avx2, InstructionSet::baseline};

InstructionSet chosen() {
  const char* wanted = std::getenv("PRAESEPE_INSTRUCTION_SET");
  for (const InstructionSet set : kSets) {
    if ((!wanted || wanted == name_of(set)) && has(set)) return set;
  }
  throw InputError("environment variable PRAESEPE_INSTRUCTION_SET=" + std::string(wanted) +
                   ": expected baseline, avx2 or avx512, and one that this machine has");
}

}  // namespace

std::string_view name_of(InstructionSet set) {
  constexpr std::array<std::string_view, 3> names{"baseline", "avx2", "avx512"};
  return names[static_cast<std::size_t>(set)];
}

InstructionSet instruction_set() {
  static const InstructionSet set = chosen();
  return set;
}

}  // namespace praesepe::infer
