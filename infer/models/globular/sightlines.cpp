#include "infer/models/globular/sightlines.hpp"

#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>
#include <optional>
#include <utility>

#include "sim/astrometry/coordinates.hpp"
#include "sim/astrometry/units.hpp"
#include "sim/error.hpp"

namespace praesepe::infer::models::globular {

using sim::astrometry::Catalogue;

namespace units = sim::astrometry;

namespace {

constexpr double kDegToRad = units::kRadPerDeg;
/// mas/yr: a proper motion that is not measured is one with this error, in the limit; 1e4 km/s at 200 pc.
constexpr double kUnknownMotion = 1e4;
constexpr double kLogTwoPi = 1.8378770664093453;

struct Line {
  sim::astrometry::LocalTriad triad;
  double parallax = 0.0, inverse_parallax_error = 0.0;
  Eigen::Vector2d motion, offset = Eigen::Vector2d::Zero();
  double motion_error = 0.0;
  double radial_velocity = 0.0, radial_velocity_error = 0.0;
  double log_weight = 0.0;
  int star = 0;
};

/// Value of a cell that may be missing, or whose column may.
std::optional<double> cell(const Catalogue& catalogue, const char* name, std::size_t row) {
  if (!catalogue.has(name) || !std::isfinite(catalogue[name][row])) return std::nullopt;
  return catalogue[name][row];
}

/// A measured value with its error. Throws InputError for one without.
struct Measurement {
  double value, error;
};
std::optional<Measurement> measurement(const Catalogue& catalogue, const std::string& name, std::size_t row) {
  const auto value = cell(catalogue, name.c_str(), row);
  if (!value) return std::nullopt;
  const auto error = cell(catalogue, (name + "_error").c_str(), row);
  if (!error || !(*error > 0.0)) {
    throw InputError(catalogue.origin + ", row " + std::to_string(row + 1) + ", column " + name +
                     "_error: a positive error is needed. Remove the value or the row.");
  }
  return Measurement{*value, *error};
}

struct Motion {
  Eigen::Vector2d mean;        // mas/yr
  Eigen::Matrix2d covariance;  // (mas/yr)^2
};

/// The star's proper motion; one of a huge error if none is measured, whose density the weight takes out again.
Motion motion_of(const Catalogue& catalogue, std::size_t row, double& log_weight) {
  const auto east = measurement(catalogue, "pmra", row), north = measurement(catalogue, "pmdec", row);
  if (east.has_value() != north.has_value()) {
    throw InputError(catalogue.origin + ", row " + std::to_string(row + 1) +
                     ", columns pmra, pmdec: both or neither are needed.");
  }
  if (!east) {
    log_weight += kLogTwoPi + 2.0 * std::log(kUnknownMotion);
    return {Eigen::Vector2d::Zero(), kUnknownMotion * kUnknownMotion * Eigen::Matrix2d::Identity()};
  }
  const double cross = cell(catalogue, "pmra_pmdec_corr", row).value_or(0.0) * east->error * north->error;
  Motion motion{{east->value, north->value}, {}};
  motion.covariance << east->error * east->error, cross, cross, north->error * north->error;
  return motion;
}

/// Appends one line if the noise is a circle, else three.
void smear(const Line& line, const Eigen::Matrix2d& covariance, const std::string& origin, std::vector<Line>& lines) {
  const Eigen::SelfAdjointEigenSolver<Eigen::Matrix2d> axes(covariance);
  const double shorter = axes.eigenvalues()[0], longer = axes.eigenvalues()[1];
  if (!(shorter > 0.0)) {
    throw InputError(origin + ", row " + std::to_string(line.star + 1) +
                     ", columns *_corr: correlations that no errors can have (their matrix is not positive definite).");
  }
  lines.push_back(line);
  lines.back().motion_error = units::kKmsPerMasyrPc * std::sqrt(shorter);
  if (longer - shorter < 1e-12 * longer) return;
  const Line middle = lines.back();
  lines.pop_back();
  const Eigen::Vector2d offset =
      units::kKmsPerMasyrPc * std::sqrt(3.0 * (longer - shorter)) * axes.eigenvectors().col(1);
  for (const auto& [node, weight] :
       {std::pair{-1.0, 1.0 / 6.0}, std::pair{0.0, 2.0 / 3.0}, std::pair{1.0, 1.0 / 6.0}}) {
    lines.push_back(middle);
    lines.back().motion += node * offset;
    lines.back().log_weight += std::log(weight);
  }
}

void append_lines(const Catalogue& catalogue, std::size_t row, std::vector<Line>& lines) {
  Line line;
  const double dec = catalogue["dec"][row];
  line.triad = units::local_triad(catalogue["ra"][row], dec);
  line.star = static_cast<int>(row);
  line.log_weight = std::log(std::cos(dec * kDegToRad));
  Motion motion = motion_of(catalogue, row, line.log_weight);
  Eigen::Vector2d slope = Eigen::Vector2d::Zero();  // of the motion's noise with the parallax's, per yr
  if (const auto parallax = measurement(catalogue, "parallax", row)) {
    line.parallax = parallax->value;
    line.inverse_parallax_error = 1.0 / parallax->error;
    line.log_weight -= std::log(parallax->error) + 0.5 * kLogTwoPi;
    const Eigen::Vector2d covariance =
        parallax->error *
        Eigen::Vector2d(cell(catalogue, "parallax_pmra_corr", row).value_or(0.0) * std::sqrt(motion.covariance(0, 0)),
                        cell(catalogue, "parallax_pmdec_corr", row).value_or(0.0) * std::sqrt(motion.covariance(1, 1)));
    slope = covariance / (parallax->error * parallax->error);
    motion.covariance -= slope * covariance.transpose();
  }
  line.motion = units::kKmsPerMasyrPc * (motion.mean - slope * line.parallax);
  line.offset = 1000.0 * units::kKmsPerMasyrPc * slope;
  if (const auto velocity = measurement(catalogue, "radial_velocity", row)) {
    line.radial_velocity = velocity->value;
    line.radial_velocity_error = velocity->error;
  }
  smear(line, motion.covariance, catalogue.origin, lines);
}

void put(const Line& line, std::size_t lane, SightlineBlock& block) {
  for (Eigen::Index k = 0; k < 3; ++k) {
    const auto axis = static_cast<std::size_t>(k);
    block.direction[axis][lane] = line.triad.radial[k];
    block.east[axis][lane] = line.triad.east[k];
    block.north[axis][lane] = line.triad.north[k];
  }
  block.parallax[lane] = line.parallax;
  block.inverse_parallax_error[lane] = line.inverse_parallax_error;
  block.east_motion[lane] = line.motion[0];
  block.north_motion[lane] = line.motion[1];
  block.east_offset[lane] = line.offset[0];
  block.north_offset[lane] = line.offset[1];
  block.motion_error[lane] = line.motion_error;
  block.radial_velocity[lane] = line.radial_velocity;
  block.radial_velocity_error[lane] = line.radial_velocity_error;
  block.log_weight[lane] = line.log_weight;
  block.star[lane] = line.star;
}

/// Rows from the middle of the catalogue outwards: neighbours in a block then have lines of like length.
std::vector<std::size_t> from_the_middle(const Catalogue& catalogue) {
  const std::size_t rows = catalogue.rows();
  std::vector<Eigen::Vector3d> direction;
  Eigen::Vector3d mean = Eigen::Vector3d::Zero();
  for (std::size_t row = 0; row < rows; ++row) {
    direction.push_back(units::local_triad(catalogue["ra"][row], catalogue["dec"][row]).radial);
    mean += direction.back() / static_cast<double>(rows);
  }
  std::vector<std::size_t> order(rows);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, {}, [&](std::size_t row) { return (direction[row] - mean).squaredNorm(); });
  return order;
}

}  // namespace

Sightlines sightlines_of(const Catalogue& catalogue) {
  std::vector<Line> lines;
  for (const std::size_t row : from_the_middle(catalogue)) append_lines(catalogue, row, lines);
  Sightlines result;
  for (const bool measured : {false, true}) {
    std::size_t lane = kBlock;
    for (const Line& line : lines) {
      if ((line.radial_velocity_error > 0.0) != measured) continue;
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

}  // namespace praesepe::infer::models::globular
