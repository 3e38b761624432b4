#include "tests/infer/models/gaussian_mixture/regimes.hpp"

#include <Eigen/Cholesky>
#include <cmath>
#include <limits>

#include "sim/astrometry/coordinates.hpp"
#include "sim/astrometry/units.hpp"

namespace praesepe::tests {

using namespace infer::models::gaussian_mixture;
using infer::density::Vector;
using sim::random::Stream;

Vector draw_parameters(const ComponentLayout& layout, const Regime& regime, Stream& stream) {
  Vector theta(layout.first + layout.size());
  const Vector8 mean{{0.5, -0.3, regime.distance, 15.0, -25.0, 8.0, 0.9, 4.0}};
  Vector8 sd{{0.8, 1.1, regime.distance * regime.relative_depth, 5.0, 15.0, 2.0, 0.4, 1.5}};
  for (Eigen::Index i = 0; i < 8; ++i) {
    if (i != sim::mixture::kDistance) sd[i] *= std::exp(0.7 * stream.normal());
    theta[layout.mean(i)] = mean[i] + 0.2 * sd[i] * stream.normal();
    theta[layout.sd(i)] = sd[i];
  }
  for (std::size_t i = 0; i < layout.pairs.size(); ++i) {
    theta[layout.partial(i)] = regime.largest_partial * stream.uniform(-1.0, 1.0);
  }
  return theta;
}

Star draw_star(const sim::mixture::StellarGaussian& component, const sim::mixture::Dust& dust, const Regime& regime,
               Stream& stream) {
  Vector8 u = sim::mixture::sample_star(component, stream);
  for (Eigen::Index i = 0; i < 8; ++i) u[i] += regime.stranger * component.factor.row(i).norm() * stream.normal();
  const double r = u[2] = std::max(u[2], 0.01 * regime.distance);
  const double ra = 120.0 + u[0], dec = 30.0 + u[1], missing = std::numeric_limits<double>::quiet_NaN();
  const auto local = sim::astrometry::local_triad(ra, dec);
  Eigen::Matrix3d triad;
  triad << local.east.transpose(), local.north.transpose(), local.radial.transpose();
  const Eigen::Vector3d v = triad * u.segment<3>(3);
  const double eta = 1.0 / (sim::astrometry::kKmsPerMasyrKpc * r);
  const double plx_error = 1.0 / (regime.distance * regime.parallax_to_noise);
  Vector6 sigma{{0.02, 0.01, 1.0, plx_error, 1.1 * plx_error, 0.9 * plx_error}};
  Matrix6 factor = Matrix6::Zero();
  for (Eigen::Index i = 0; i < 6; ++i) {
    for (Eigen::Index j = 0; j < i; ++j) factor(i, j) = i > 2 && j > 2 ? stream.uniform(-0.5, 0.5) : 0.0;
    factor(i, i) = 1.0;
  }
  factor.row(1)[0] = 0.3;
  factor = sigma.asDiagonal() * Matrix6(factor.rowwise().normalized());
  Vector6 e;
  for (double& x : e) x = stream.normal();
  Vector6 y{{u[6] + dust.reddening * r, u[7] + 5.0 * std::log10(r) + 10.0 + dust.extinction * r, v[2], 1.0 / r,
             eta * v[0], eta * v[1]}};
  y += factor * e;
  if (!regime.photometry) y[0] = y[1] = missing;
  if (!regime.radial_velocity) y[2] = missing;
  if (!regime.astrometry) y[3] = y[4] = y[5] = missing;
  return make_star(u.head<2>(), triad, y, factor * factor.transpose());
}

StarAndComponent draw(const Regime& regime, Stream& stream) {
  const ComponentLayout layout{0, correlated_pairs(Correlations::full)};
  const auto component = gaussian_at(layout, draw_parameters(layout, regime, stream));
  const sim::mixture::Dust dust{.reddening = 0.2, .extinction = 0.6};
  return {draw_star(component, dust, regime, stream), component, dust};
}

}  // namespace praesepe::tests
