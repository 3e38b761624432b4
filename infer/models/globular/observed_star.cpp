#include "infer/models/globular/observed_star.hpp"

#include <Eigen/Eigenvalues>
#include <cmath>
#include <optional>
#include <string>

#include "sim/astrometry/units.hpp"
#include "sim/error.hpp"

namespace praesepe::infer::models::globular {

namespace units = sim::astrometry;
using Eigen::Matrix2d;
using Eigen::Vector2d;
using sim::astrometry::Catalogue;

namespace {

/// mas/yr: a proper motion that is not measured is one with this error, in the limit; 1e4 km/s at 200 pc.
constexpr double kUnknownMotion = 1e4;
constexpr double kLogTwoPi = 1.8378770664093453;

[[noreturn]] void refuse(const Catalogue& catalogue, std::size_t row, const std::string& message) {
  throw InputError(catalogue.origin + ", row " + std::to_string(row + 1) + ", " + message);
}

/// Value of a cell that may be missing, or whose column may.
std::optional<double> cell(const Catalogue& catalogue, const std::string& name, std::size_t row) {
  if (!catalogue.has(name) || !std::isfinite(catalogue[name][row])) return std::nullopt;
  return catalogue[name][row];
}

struct Measurement {
  double value, error;
};
/// Throws InputError for a value without error.
std::optional<Measurement> measurement(const Catalogue& catalogue, const std::string& name, std::size_t row) {
  const auto value = cell(catalogue, name, row);
  if (!value) return std::nullopt;
  const auto error = cell(catalogue, name + "_error", row);
  if (!error || !(*error > 0.0)) {
    refuse(catalogue, row, "column " + name + "_error: a positive error is needed. Remove the value or the row.");
  }
  return Measurement{*value, *error};
}

struct Motion {
  Vector2d mean;        // mas/yr
  Matrix2d covariance;  // (mas/yr)^2
};

std::optional<Motion> motion_of(const Catalogue& catalogue, std::size_t row) {
  const auto east = measurement(catalogue, "pmra", row), north = measurement(catalogue, "pmdec", row);
  if (east.has_value() != north.has_value()) {
    refuse(catalogue, row, "columns pmra, pmdec: both or neither are needed.");
  }
  if (!east) return std::nullopt;
  const double cross = cell(catalogue, "pmra_pmdec_corr", row).value_or(0.0) * east->error * north->error;
  Motion motion{{east->value, north->value}, {}};
  motion.covariance << east->error * east->error, cross, cross, north->error * north->error;
  return motion;
}

ObservedStar observed_star(const Catalogue& catalogue, std::size_t row) {
  ObservedStar star{.ra = catalogue["ra"][row],
                    .dec = catalogue["dec"][row],
                    .ra_error = cell(catalogue, "ra_error", row).value_or(0.0),
                    .dec_error = cell(catalogue, "dec_error", row).value_or(0.0),
                    .triad = units::local_triad(catalogue["ra"][row], catalogue["dec"][row])};
  const auto measured = motion_of(catalogue, row);
  star.has_motion = measured.has_value();
  Motion motion = measured.value_or(Motion{Vector2d::Zero(), kUnknownMotion * kUnknownMotion * Matrix2d::Identity()});
  if (!measured) star.log_constant += kLogTwoPi + 2.0 * std::log(kUnknownMotion);
  Vector2d slope = Vector2d::Zero();  // b, per yr
  if (const auto parallax = measurement(catalogue, "parallax", row)) {
    star.parallax = parallax->value;
    star.inverse_parallax_error = 1.0 / parallax->error;
    star.log_constant -= std::log(parallax->error) + 0.5 * kLogTwoPi;
    if (measured) {
      const Vector2d correlation(cell(catalogue, "parallax_pmra_corr", row).value_or(0.0),
                                 cell(catalogue, "parallax_pmdec_corr", row).value_or(0.0));
      const Vector2d covariance = parallax->error * correlation.cwiseProduct(motion.covariance.diagonal().cwiseSqrt());
      slope = covariance / (parallax->error * parallax->error);
      motion.covariance -= slope * covariance.transpose();
    }
  }
  const Eigen::SelfAdjointEigenSolver<Matrix2d> principal(motion.covariance);
  if (!(principal.eigenvalues()[0] > 0.0)) {
    refuse(catalogue, row,
           "columns *_corr: correlations that no errors can have (their matrix is not positive definite).");
  }
  constexpr double k = units::kKmsPerMasyrPc;
  star.motion = k * (motion.mean - slope * star.parallax);
  star.offset = 1000.0 * k * slope;
  star.variance = k * k * principal.eigenvalues();
  star.axes = principal.eigenvectors();
  if (const auto velocity = measurement(catalogue, "radial_velocity", row)) {
    star.radial_velocity = velocity->value;
    star.radial_velocity_error = velocity->error;
  }
  return star;
}

}  // namespace

std::vector<ObservedStar> observed_stars(const Catalogue& catalogue) {
  std::vector<ObservedStar> stars;
  for (std::size_t row = 0; row < catalogue.rows(); ++row) stars.push_back(observed_star(catalogue, row));
  return stars;
}

ObservedStar corrected(ObservedStar star, const Systematics& systematics) {
  // k (mu - S) - b k (parallax - Z), with the offset 1000 k b
  star.motion +=
      1e-3 * systematics.parallax * star.offset - units::kKmsPerMasyrPc * Vector2d(systematics.pmra, systematics.pmdec);
  star.parallax -= systematics.parallax;
  return star;
}

}  // namespace praesepe::infer::models::globular
