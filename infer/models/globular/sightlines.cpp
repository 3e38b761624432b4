#include "infer/models/globular/sightlines.hpp"

#include <algorithm>
#include <cmath>
#include <map>

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

constexpr int kFewestNodes = 3, kMostNodes = 48;

/// Nodes that smear a circle of the smaller variance to the ellipse of both, so that ln p of a star that has nothing
/// but noise errs by `tolerance` in rms: of n nodes it is ((longer - shorter) / (longer + shorter))^n within a factor
/// of two.
int nodes_of_smearing(double shorter, double longer, double tolerance) {
  const double ratio = (longer - shorter) / (longer + shorter);
  if (ratio < 1e-12) return 1;
  return std::clamp(static_cast<int>(std::ceil(std::log(tolerance) / std::log(ratio))), kFewestNodes, kMostNodes);
}

/// One line if the noise is a circle, else one for each node of the smearing.
void append_lines(const ObservedStar& star, std::size_t number, double tolerance,
                  std::map<int, GaussHermite>& smearings, std::vector<Line>& lines) {
  const double log_weight = star.log_constant + std::log(std::cos(star.dec * units::kRadPerDeg));
  const double shorter = star.variance[0], longer = star.variance[1];
  const int nodes = nodes_of_smearing(shorter, longer, tolerance);
  const GaussHermite& smearing = smearings.try_emplace(nodes, nodes).first->second;
  const Eigen::Vector2d spread = std::sqrt(std::max(longer - shorter, 0.0)) * star.axes.col(1);
  for (std::size_t i = 0; i < smearing.node.size(); ++i) {
    lines.push_back({&star, static_cast<int>(number), i == 0, star.motion + smearing.node[i] * spread,
                     log_weight + std::log(smearing.weight[i])});
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

Sightlines sightlines_of(const std::vector<ObservedStar>& stars, double smearing) {
  std::vector<Line> lines;
  std::map<int, GaussHermite> smearings;
  for (std::size_t n = 0; n < stars.size(); ++n) append_lines(stars[n], n, smearing, smearings, lines);
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
