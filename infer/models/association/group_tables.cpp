#include "infer/models/association/group_tables.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <Eigen/LU>
#include <algorithm>
#include <cmath>
#include <limits>

#include "infer/models/association/births.hpp"
#include "infer/models/association/growth.hpp"
#include "infer/models/association/moves.hpp"
#include "infer/models/association/uniform_box.hpp"

namespace praesepe::infer::models::association {

namespace {

Eigen::Index free_parameters(const Model& model) {
  // shares add up to 1; the edges of a box are as much the data's as a Gaussian's mean and widths
  const Eigen::Index shares = (model.groups > 1 ? 1 : 0) + (model.fields > 1 ? 1 : 0);
  return model.size() - shares + (model.box_field ? kBoxEdges : 0);
}

AgedEllipsoid group_of(const GroupCount& count, int k) { return aged_group(count.model, count.fit.theta, k); }

double bhattacharyya_distance(const Gaussian6& a, const Gaussian6& b) {
  const Matrix6 middle = 0.5 * (a.covariance + b.covariance);
  const Vector6 off = a.mean - b.mean;
  const auto log_determinant = [](const Matrix6& c) { return std::log(c.determinant()); };
  return 0.125 * off.dot(middle.inverse() * off) + 0.5 * log_determinant(middle) -
         0.25 * (log_determinant(a.covariance) + log_determinant(b.covariance));
}

/// Hands `names` to the groups of `count`, the most alike first, and the next letters to those without.
std::vector<std::string> handed_on(const GroupCount* before, const GroupCount& count) {
  struct Pair {
    double distance;
    std::size_t old, now;
  };
  std::vector<std::string> names(static_cast<std::size_t>(count.model.groups));
  std::vector<Pair> pairs;
  const std::size_t known = before ? before->names.size() : 0;
  for (std::size_t i = 0; i < known; ++i) {
    for (std::size_t j = 0; j < names.size(); ++j) {
      const Gaussian6 old = group_of(*before, static_cast<int>(i)).now, now = group_of(count, static_cast<int>(j)).now;
      pairs.push_back({bhattacharyya_distance(old, now), i, j});
    }
  }
  std::ranges::sort(pairs, {}, &Pair::distance);
  std::vector<bool> given(known);
  for (const auto& [distance, old, now] : pairs) {
    if (given[old] || !names[now].empty()) continue;
    names[now] = before->names[old];
    given[old] = true;
  }
  auto next = static_cast<char>('A' + known);
  for (std::string& name : names) {
    if (name.empty()) name = next++;
  }
  return names;
}

}  // namespace

std::vector<GroupCount> count_groups(const Model& model, const std::shared_ptr<const StarStates>& stars,
                                     sim::random::Stream& stream, const Crew& crew) {
  std::vector<GroupCount> counts;
  const double log_stars = std::log(static_cast<double>(stars->size()));
  for (const auto& fits : grow(model, stars, stream, crew)) {
    const PointFit& fit = fits.front();
    const Model used = with_groups(simplified(model), static_cast<int>(counts.size()) + 1);
    const Eigen::Index free = free_parameters(used);
    GroupCount count{used,
                     fit,
                     free,
                     -2.0 * fit.log_likelihood + static_cast<double>(free) * log_stars,
                     laplace_log_evidence(used, stars, fit),
                     {}};
    count.names = handed_on(counts.empty() ? nullptr : &counts.back(), count);
    counts.push_back(std::move(count));
  }
  return counts;
}

std::string groups_table(const std::vector<GroupCount>& counts) {
  const auto by_bic = std::ranges::min_element(counts, {}, &GroupCount::bic);
  const auto by_evidence = std::ranges::max_element(counts, {}, &GroupCount::log_evidence);
  std::string table = "groups,log_likelihood,free_parameters,bic,log_evidence,best,names,ages\n";
  for (auto count = counts.begin(); count != counts.end(); ++count) {
    const char* best = count == by_bic && count == by_evidence ? "both"
                       : count == by_bic                       ? "bic"
                       : count == by_evidence                  ? "log_evidence"
                                                               : "";
    std::vector<double> ages;
    for (int k = 0; k < count->model.groups; ++k) ages.push_back(count->fit.theta[count->model.group(k).age]);
    table += fmt::format("{},{:.2f},{},{:.2f},{:.2f},{},{},{:.2f}\n", count->model.groups, count->fit.log_likelihood,
                         count->free_parameters, count->bic, count->log_evidence, best, fmt::join(count->names, " "),
                         fmt::join(ages, " "));
  }
  return table;
}

std::string components_table(const std::vector<GroupCount>& counts) {
  std::string table =
      "groups,name,label,share,age,dxyz,duvw,x,y,z,u,v,w,birth_x,birth_y,birth_z,birth_u,birth_v,birth_w\n";
  for (const GroupCount& count : counts) {
    for (int k = 0; k < count.model.groups; ++k) {
      const AgedEllipsoid group = group_of(count, k);
      const auto at = count.model.group(k);
      const Vector6 &now = group.now.mean, &birth = group.birth_mean();
      table += fmt::format("{},{},group_{},{:.4f},{:.2f},{:.3f},{:.4f},{:.3f},{:.3f}\n", count.model.groups,
                           count.names[static_cast<std::size_t>(k)], k, share_of(count.model, count.fit.theta, k),
                           count.fit.theta[at.age], count.fit.theta[at.birth.sd[0]], count.fit.theta[at.birth.sd[3]],
                           fmt::join(now.begin(), now.end(), ","), fmt::join(birth.begin(), birth.end(), ","));
    }
  }
  return table;
}

}  // namespace praesepe::infer::models::association
