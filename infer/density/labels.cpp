#include "infer/density/labels.hpp"

#include <algorithm>
#include <numeric>

namespace praesepe::infer::density {

Labels::Labels(const std::vector<std::string>& names, const std::vector<Prior>& priors) {
  const auto families = families_of(names);
  for (const Family& ordered : families) {
    if (ordered.members.size() == 1 || !priors[ordered.members.front()].is_ascending()) continue;
    kinds_.push_back({ordered.members, of_one_kind(ordered, families, names, priors)});
  }
}

const std::vector<std::size_t>* Labels::out_of_order(const Vector& theta) const {
  const auto value = [&](std::size_t i) { return theta[static_cast<Eigen::Index>(i)]; };
  for (const Kind& kind : kinds_) {
    if (!std::ranges::is_sorted(kind.ordered, {}, value)) return &kind.ordered;
  }
  return nullptr;
}

std::vector<std::size_t> Labels::order(const Vector& theta) const {
  std::vector<std::size_t> order(static_cast<std::size_t>(theta.size()));
  std::iota(order.begin(), order.end(), std::size_t{0});
  for (const Kind& kind : kinds_) {
    std::vector<std::size_t> component(kind.ordered.size());
    std::iota(component.begin(), component.end(), std::size_t{0});
    std::ranges::stable_sort(component, {},
                             [&](std::size_t k) { return theta[static_cast<Eigen::Index>(kind.ordered[k])]; });
    for (const Family& family : kind.families) {
      for (std::size_t k = 0; k < component.size(); ++k) order[family.members[k]] = family.members[component[k]];
    }
  }
  return order;
}

void Labels::give(const std::vector<std::size_t>& order, Vector& theta) { theta = Vector(theta(order)); }

void Labels::take_back(const std::vector<std::size_t>& order, Vector& theta) {
  const Vector given = theta;
  theta(order) = given;
}

}  // namespace praesepe::infer::density
