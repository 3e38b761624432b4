#include "sim/mixture/gaussian_mixture.hpp"

#include <algorithm>
#include <array>
#include <boost/math/special_functions/erf.hpp>
#include <cmath>
#include <limits>
#include <numbers>

#include "sim/astrometry/gaia_errors.hpp"
#include "sim/astrometry/units.hpp"
#include "sim/mixture/partial_correlations.hpp"

namespace praesepe::sim::mixture {

namespace {

/// Probability that a standard normal exceeds x, and the x of a probability.
double survival(double x) { return 0.5 * std::erfc(x / std::numbers::sqrt2); }
double survival_inverse(double p) { return std::numbers::sqrt2 * boost::math::erfc_inv(2.0 * p); }

}  // namespace

Vector8 sample_star(const StellarGaussian& component, random::Stream& stream) {
  Vector8 e;
  for (double& x : e) x = stream.normal();
  Vector8 u = component.mean + component.factor * e;
  // r moves to the same quantile of the truncated normal, and takes with it what the others owe to r: u - (Sigma_ur /
  // sigma_r^2) r does not depend on r.
  const double mean = component.mean[kDistance], sd = component.factor.row(kDistance).norm();
  const double above = survival((u[kDistance] - mean) / sd) * survival(-mean / sd);
  const double moved = std::max(mean + sd * survival_inverse(above), std::numeric_limits<double>::min());
  const Vector8 with_distance = component.factor * component.factor.row(kDistance).transpose() / (sd * sd);
  u += (moved - u[kDistance]) * with_distance;
  u[kDistance] = moved;
  return u;
}

std::vector<LabelledStar> sample_stars(const std::vector<StellarGaussian>& components,
                                       const std::vector<double>& weights, std::size_t count, random::Stream& stream) {
  std::vector<LabelledStar> stars(count);
  for (auto& star : stars) {
    double rest = stream.uniform();
    star.component = 0;
    while (star.component + 1 < components.size() && rest >= weights[star.component]) {
      rest -= weights[star.component++];
    }
    star.u = sample_star(components[star.component], stream);
  }
  return stars;
}

namespace {

/// Parallax (mas), proper motion (mas/yr) and radial velocity (km/s) of a star in a direction.
struct Motion {
  double parallax, pmra, pmdec, radial_velocity;
};

Motion motion_of(const Vector8& u, const SkyDirection& direction) {
  const auto triad = astrometry::local_triad(direction.ra, direction.dec);
  const Eigen::Vector3d v = u.segment<3>(kVx);
  const double per_speed = 1.0 / (astrometry::kKmsPerMasyrKpc * u[kDistance]);
  return {1.0 / u[kDistance], per_speed * v.dot(triad.east), per_speed * v.dot(triad.north), v.dot(triad.radial)};
}

astrometry::AstrometricErrors astrometric_errors(const ErrorModel& errors, double observed_magnitude) {
  if (errors.gaia_dr3) return astrometry::gaia_dr3_errors(observed_magnitude);
  return {.parallax = errors.parallax, .pmra = errors.pmra, .pmdec = errors.pmdec};
}

}  // namespace

astrometry::Catalogue observe_stars(const std::vector<LabelledStar>& stars, const SkyPlane& plane, const Dust& dust,
                                    const ErrorModel& errors, random::Stream& noise) {
  enum {
    kRa,
    kDec,
    kPlx,
    kPmra,
    kPmdec,
    kRv,
    kBpRp,
    kG,
    kPlxE,
    kPmraE,
    kPmdecE,
    kRvE,
    kBpRpE,
    kGE,
    kRho01,
    kRho02,
    kRho12,
    kComponent
  };
  struct Name {
    const char* name;
    const char* unit;
  };
  constexpr std::array<Name, kComponent + 1> kNames{{{"ra", "deg"},
                                                     {"dec", "deg"},
                                                     {"parallax", "mas"},
                                                     {"pmra", "mas/yr"},
                                                     {"pmdec", "mas/yr"},
                                                     {"radial_velocity", "km/s"},
                                                     {"bp_rp", "mag"},
                                                     {"phot_g_mean_mag", "mag"},
                                                     {"parallax_error", "mas"},
                                                     {"pmra_error", "mas/yr"},
                                                     {"pmdec_error", "mas/yr"},
                                                     {"radial_velocity_error", "km/s"},
                                                     {"bp_rp_error", "mag"},
                                                     {"phot_g_mean_mag_error", "mag"},
                                                     {"parallax_pmra_corr", ""},
                                                     {"parallax_pmdec_corr", ""},
                                                     {"pmra_pmdec_corr", ""},
                                                     {"component", ""}}};
  std::array<std::vector<double>, kNames.size()> columns;
  for (auto& column : columns) column.resize(stars.size());
  for (std::size_t i = 0; i < stars.size(); ++i) {
    const auto set = [&](std::size_t column, double value) { columns[column][i] = value; };
    const Vector8& u = stars[i].u;
    const double r = u[kDistance];
    const SkyDirection direction = plane.to_sky(u.head<2>());
    const Motion motion = motion_of(u, direction);
    const double colour = u[kColour] + dust.reddening * r + errors.colour * noise.normal();
    const double magnitude =
        u[kMagnitude] + 5.0 * std::log10(r) + 10.0 + dust.extinction * r + errors.magnitude * noise.normal();
    const auto sigma = astrometric_errors(errors, magnitude);
    SmallMatrix z = SmallMatrix::Zero(3, 3);
    for (Eigen::Index row = 1; row < 3; ++row) {
      for (Eigen::Index column = 0; column < row; ++column) {
        z(row, column) = errors.largest_partial * noise.uniform(-1.0, 1.0);
      }
    }
    const Eigen::Matrix3d factor = correlation_factor(z), correlation = factor * factor.transpose();
    Eigen::Vector3d e;
    for (double& x : e) x = noise.normal();
    e = factor * e;
    const double radial_noise = noise.normal();
    const bool has_velocity = noise.uniform() < errors.radial_velocity_fraction;
    const double missing = std::numeric_limits<double>::quiet_NaN();
    set(kRa, direction.ra);
    set(kDec, direction.dec);
    set(kPlx, motion.parallax + sigma.parallax * e[0]);
    set(kPmra, motion.pmra + sigma.pmra * e[1]);
    set(kPmdec, motion.pmdec + sigma.pmdec * e[2]);
    set(kRv, has_velocity ? motion.radial_velocity + errors.radial_velocity * radial_noise : missing);
    set(kBpRp, colour);
    set(kG, magnitude);
    set(kPlxE, sigma.parallax);
    set(kPmraE, sigma.pmra);
    set(kPmdecE, sigma.pmdec);
    set(kRvE, has_velocity ? errors.radial_velocity : missing);
    set(kBpRpE, errors.colour);
    set(kGE, errors.magnitude);
    set(kRho01, correlation(1, 0));
    set(kRho02, correlation(2, 0));
    set(kRho12, correlation(2, 1));
    set(kComponent, static_cast<double>(stars[i].component));
  }
  astrometry::Catalogue catalogue(stars.size());
  for (std::size_t c = 0; c < kNames.size(); ++c) {
    catalogue.add(kNames[c].name, kNames[c].unit, std::move(columns[c]));
  }
  return catalogue;
}

}  // namespace praesepe::sim::mixture
