#include "infer/em/packed_points.hpp"

#include <algorithm>
#include <map>
#include <tuple>

namespace praesepe::infer::em {

namespace {

/// Groups with their points named, and no fields yet.
std::vector<PointGroup> kinds_of(const NoisyPoints& points) {
  std::vector<PointGroup> groups;
  std::map<std::tuple<bool, Eigen::Index, std::vector<Eigen::Index>>, std::size_t> known;
  for (std::size_t i = 0; i < points.size(); ++i) {
    const NoisyPoint& point = points[i];
    const auto [entry, is_new] = known.try_emplace({point.projected, point.value.size(), point.rows}, groups.size());
    if (is_new) groups.push_back({point.value.size(), point.projected, point.rows, {}, {}});
    groups[entry->second].points.push_back(i);
  }
  return groups;
}

void fill(PointGroup& group, const NoisyPoints& points) {
  const Eigen::Index m = group.measured, fields = group.field_count(points.dimension());
  const Eigen::Index count = static_cast<Eigen::Index>(group.points.size());
  const Eigen::Index packs = (count + kLanes - 1) / kLanes;
  group.fields.assign(static_cast<std::size_t>(packs * fields * kLanes), 0.0);
  for (Eigen::Index i = 0; i < packs * kLanes; ++i) {
    double* field = group.fields.data() + (i / kLanes) * fields * kLanes + i % kLanes;
    const auto put = [&field](double value) {
      *field = value;
      field += kLanes;
    };
    const NoisyPoint* point = i < count ? &points[group.points[static_cast<std::size_t>(i)]] : nullptr;
    for (Eigen::Index a = 0; a < m; ++a) put(point ? point->value[a] : 0.0);
    for (Eigen::Index a = 0; a < m; ++a)
      for (Eigen::Index b = 0; b <= a; ++b) put(point ? point->noise(a, b) : a == b ? 1.0 : 0.0);
    if (!group.projected || !point) continue;
    for (Eigen::Index a = 0; a < m; ++a)
      for (Eigen::Index j = 0; j < points.dimension(); ++j) put(point->projection(a, j));
  }
}

}  // namespace

std::vector<PointGroup> pack(const NoisyPoints& points) {
  auto groups = kinds_of(points);
  for (auto& group : groups) fill(group, points);
  return groups;
}

}  // namespace praesepe::infer::em
