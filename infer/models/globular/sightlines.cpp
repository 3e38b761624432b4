#include "infer/models/globular/sightlines.hpp"

#include <cmath>
#include <utility>

#include "sim/astrometry/units.hpp"

namespace praesepe::infer::models::globular {

namespace units = sim::astrometry;

namespace {

struct Line {
  const ObservedStar* star;
  int number;
  bool is_first;
  Eigen::Vector2d motion;
  double log_weight;
};

/// Appends one line if the noise is a circle, else three.
void append_lines(const ObservedStar& star, std::size_t number, std::vector<Line>& lines) {
  const double log_weight = star.log_constant + std::log(std::cos(star.dec * units::kRadPerDeg));
  const Line middle{&star, static_cast<int>(number), true, star.motion, log_weight};
  const double shorter = star.variance[0], longer = star.variance[1];
  if (longer - shorter < 1e-12 * longer) {
    lines.push_back(middle);
    return;
  }
  const Eigen::Vector2d offset = std::sqrt(3.0 * (longer - shorter)) * star.axes.col(1);
  for (const auto& [node, weight] :
       {std::pair{-1.0, 1.0 / 6.0}, std::pair{0.0, 2.0 / 3.0}, std::pair{1.0, 1.0 / 6.0}}) {
    lines.push_back(middle);
    lines.back().is_first = node < 0.0;
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
  block.star[lane] = line.number;
  block.begins[lane] = line.is_first;
}

}  // namespace

Sightlines sightlines_of(const std::vector<ObservedStar>& stars) {
  std::vector<Line> lines;
  for (std::size_t n = 0; n < stars.size(); ++n) append_lines(stars[n], n, lines);
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

std::vector<std::size_t> chunks_of(const std::vector<SightlineBlock>& blocks, std::size_t size) {
  std::vector<std::size_t> begins{0};
  for (std::size_t b = 0; b < blocks.size(); ++b) {
    if (b >= begins.back() + size && blocks[b].begins[0]) begins.push_back(b);
  }
  begins.push_back(blocks.size());
  return begins;
}

// The motion of a block is k (mu - b parallax), and its offset 1000 k b.
void correct(const Systematics& systematics, SightlineBlock& block) {
  const double parallax = systematics.parallax, east = units::kKmsPerMasyrPc * systematics.pmra,
               north = units::kKmsPerMasyrPc * systematics.pmdec;
  for (std::size_t i = 0; i < kBlock; ++i) {
    block.parallax[i] -= parallax;
    block.east_motion[i] += 1e-3 * parallax * block.east_offset[i] - east;
    block.north_motion[i] += 1e-3 * parallax * block.north_offset[i] - north;
  }
}

}  // namespace praesepe::infer::models::globular
