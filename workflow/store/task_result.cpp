#include "workflow/store/task_result.hpp"

#include <cstring>
#include <set>

#include "sim/error.hpp"
#include "workflow/store/task_fields.hpp"

namespace praesepe::workflow::store {

namespace {

bool same_bits(const hdf5::Values& a, const hdf5::Values& b) {
  const auto* x = std::get_if<std::vector<double>>(&a);
  const auto* y = std::get_if<std::vector<double>>(&b);
  if (x == nullptr || y == nullptr) return a == b;
  return x->size() == y->size() && (x->empty() || std::memcmp(x->data(), y->data(), x->size() * sizeof(double)) == 0);
}

}  // namespace

bool same_numbers(const TaskResult& a, const TaskResult& b) {
  static const std::set<std::string> kMayDiffer{"wall_time", "cpu_time", "attempts", "host"};
  if (a.status != b.status) return false;
  auto layout = layout_of(a);
  try {
    extend(layout, layout_of(b), b.has_draws(), "");
  } catch (const InputError&) {
    return false;
  }
  for (const auto& field : fields_of(layout)) {
    if (field.group == "/task" && kMayDiffer.contains(field.variable.name)) continue;
    if (!same_bits(field.pack(a), field.pack(b))) return false;
  }
  return true;
}

}  // namespace praesepe::workflow::store
