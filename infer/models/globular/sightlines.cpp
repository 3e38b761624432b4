#include "infer/models/globular/sightlines.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "sim/astrometry/units.hpp"

namespace praesepe::infer::models::globular {

namespace units = sim::astrometry;

namespace {

struct Line {
  const ObservedStar* star;
  int row;
  Eigen::Vector2d motion;
  double log_weight;
};

/// Appends one line if the noise is a circle, else three.
void append_lines(const ObservedStar& star, std::size_t row, std::vector<Line>& lines) {
  const double log_weight = star.log_constant + std::log(std::cos(star.dec * units::kRadPerDeg));
  const Line middle{&star, static_cast<int>(row), star.motion, log_weight};
  const double shorter = star.variance[0], longer = star.variance[1];
  if (longer - shorter < 1e-12 * longer) {
    lines.push_back(middle);
    return;
  }
  const Eigen::Vector2d offset = std::sqrt(3.0 * (longer - shorter)) * star.axes.col(1);
  for (const auto& [node, weight] :
       {std::pair{-1.0, 1.0 / 6.0}, std::pair{0.0, 2.0 / 3.0}, std::pair{1.0, 1.0 / 6.0}}) {
    lines.push_back(middle);
    lines.back().motion += node * offset;
    lines.back().log_weight += std::log(weight);
  }
}

void put(const Line& line, std::size_t lane, SightlineBlock& block) {
  const ObservedStar& star = *line.star;
  for (Eigen::Index k = 0; k < 3; ++k) {
    const auto axis = static_cast<std::size_t>(k);
    block.direction[axis][lane] = star.triad.radial[k];
    block.east[axis][lane] = star.triad.east[k];
    block.north[axis][lane] = star.triad.north[k];
  }
  block.parallax[lane] = star.parallax;
  block.inverse_parallax_error[lane] = star.inverse_parallax_error;
  block.east_motion[lane] = line.motion[0];
  block.north_motion[lane] = line.motion[1];
  block.east_offset[lane] = star.offset[0];
  block.north_offset[lane] = star.offset[1];
  block.motion_error[lane] = std::sqrt(star.variance[0]);
  block.radial_velocity[lane] = star.radial_velocity;
  block.radial_velocity_error[lane] = star.radial_velocity_error;
  block.log_weight[lane] = line.log_weight;
  block.star[lane] = line.row;
}

/// Rows from the middle of the catalogue outwards: neighbours in a block then have lines of like length.
std::vector<std::size_t> from_the_middle(const std::vector<ObservedStar>& stars) {
  Eigen::Vector3d mean = Eigen::Vector3d::Zero();
  for (const ObservedStar& star : stars) mean += star.triad.radial / static_cast<double>(stars.size());
  std::vector<std::size_t> order(stars.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, {}, [&](std::size_t row) { return (stars[row].triad.radial - mean).squaredNorm(); });
  return order;
}

}  // namespace

Sightlines sightlines_of(const std::vector<ObservedStar>& stars) {
  std::vector<Line> lines;
  for (const std::size_t row : from_the_middle(stars)) append_lines(stars[row], row, lines);
  Sightlines result;
  for (const bool measured : {false, true}) {
    std::size_t lane = kBlock;
    for (const Line& line : lines) {
      if ((line.star->radial_velocity_error > 0.0) != measured) continue;
      if (lane == kBlock) {
        result.blocks.emplace_back();
        result.with_radial_velocity.push_back(measured);
        for (lane = 0; lane < kBlock; ++lane) put(line, lane, result.blocks.back());
        lane = 0;
      }
      put(line, lane, result.blocks.back());
      result.blocks.back().size = ++lane;
    }
  }
  return result;
}

// The motion of a block is k (mu - b parallax), and its offset 1000 k b.
void correct(const Sightlines& measured, const Systematics& systematics, Sightlines& corrected) {
  const double parallax = systematics.parallax, east = units::kKmsPerMasyrPc * systematics.pmra,
               north = units::kKmsPerMasyrPc * systematics.pmdec;
  for (std::size_t b = 0; b < measured.blocks.size(); ++b) {
    const SightlineBlock& from = measured.blocks[b];
    SightlineBlock& to = corrected.blocks[b];
    for (std::size_t i = 0; i < kBlock; ++i) {
      to.parallax[i] = from.parallax[i] - parallax;
      to.east_motion[i] = from.east_motion[i] + 1e-3 * parallax * from.east_offset[i] - east;
      to.north_motion[i] = from.north_motion[i] + 1e-3 * parallax * from.north_offset[i] - north;
    }
  }
}

}  // namespace praesepe::infer::models::globular
