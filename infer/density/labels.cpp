#include "infer/density/labels.hpp"

#include <algorithm>
#include <numeric>

namespace praesepe::infer::density {

Labels::Labels(const std::vector<std::string>& names, const std::vector<Prior>& priors) {
  const auto families = families_of(names);
  const auto ordered = std::ranges::find_if(
      families, [&](const Family& family) { return priors[family.members.front()].is_ascending(); });
  if (ordered == families.end() || ordered->members.size() == 1) return;
  ordered_ = ordered->members;
  std::ranges::copy_if(families, std::back_inserter(families_),
                       [&](const Family& family) { return family.members.size() == ordered_.size(); });
}

bool Labels::are_in_order(const Vector& theta) const {
  return std::ranges::is_sorted(ordered_, {}, [&](std::size_t i) { return theta[static_cast<Eigen::Index>(i)]; });
}

std::vector<std::size_t> Labels::order(const Vector& theta) const {
  std::vector<std::size_t> order(ordered_.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, {}, [&](std::size_t k) { return theta[static_cast<Eigen::Index>(ordered_[k])]; });
  return order;
}

void Labels::give(const std::vector<std::size_t>& order, Vector& theta) const {
  const Vector before = theta;
  for (const Family& family : families_) {
    for (std::size_t k = 0; k < order.size(); ++k) {
      theta[static_cast<Eigen::Index>(family.members[k])] = before[static_cast<Eigen::Index>(family.members[order[k]])];
    }
  }
}

void Labels::take_back(const std::vector<std::size_t>& order, Vector& theta) const {
  std::vector<std::size_t> inverse(order.size());
  for (std::size_t k = 0; k < order.size(); ++k) inverse[order[k]] = k;
  give(inverse, theta);
}

}  // namespace praesepe::infer::density
