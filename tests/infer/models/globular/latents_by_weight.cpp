#include "tests/infer/models/globular/latents_by_weight.hpp"

#include <Eigen/Cholesky>
#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "sim/astrometry/coordinates.hpp"
#include "sim/astrometry/units.hpp"
#include "sim/globular/globular_model.hpp"

namespace praesepe::tests {

namespace units = sim::astrometry;
using Eigen::MatrixXd;
using Eigen::Vector2d;
using Eigen::VectorXd;

namespace {

/// Point i of the additive lattice in four dimensions with the generalised golden ratio (Roberts 2018).
std::array<double, 4> lattice(int i) {
  constexpr double kRatio = 1.1673039782614187;  // x^5 = x + 1
  std::array<double, 4> point;
  double step = 1.0;
  for (double& p : point) {
    step /= kRatio;
    p = std::fmod(0.5 + step * (i + 1.0), 1.0);
  }
  return point;
}

double value_or(const sim::astrometry::Catalogue& catalogue, const char* name, std::size_t row, double otherwise) {
  return catalogue.has(name) && std::isfinite(catalogue[name][row]) ? catalogue[name][row] : otherwise;
}

}  // namespace

WeightedLatents latents_by_weight(const sim::astrometry::Catalogue& catalogue, std::size_t row, const VectorXd& theta,
                                  int count) {
  constexpr double kReach = 6.5;
  const sim::globular::GlobularModel model({theta[0], theta[1], std::pow(10.0, theta[2]), std::pow(10.0, theta[3])});
  const auto centre = units::to_cartesian({theta[4], theta[5], theta[6], theta[7], theta[8], theta[9]});
  units::Icrs6 star{.ra = catalogue["ra"][row], .dec = catalogue["dec"][row]};
  const auto triad = units::local_triad(star.ra, star.dec);
  const double foot = triad.radial.dot(centre.position_pc), k = units::kKmsPerMasyrPc;
  const double projected = (centre.position_pc - foot * triad.radial).norm();
  const double edge = model.edge_radius(), stretch = std::hypot(projected, model.king_radius());
  if (!(projected < edge)) return {{}, {}, -INFINITY};
  const double t_end = std::asinh(std::sqrt(edge * edge - projected * projected) / stretch);

  const Vector2d seen(catalogue["pmra"][row], catalogue["pmdec"][row]);
  const double east = catalogue["pmra_error"][row], north = catalogue["pmdec_error"][row];
  Eigen::Matrix2d covariance;
  covariance << east * east, value_or(catalogue, "pmra_pmdec_corr", row, 0.0) * east * north, 0.0, north * north;
  covariance(1, 0) = covariance(0, 1);
  const double parallax = value_or(catalogue, "parallax", row, NAN);
  const double parallax_error = value_or(catalogue, "parallax_error", row, NAN);
  // the motion's noise given the parallax's
  Vector2d slope = Vector2d::Zero();
  if (std::isfinite(parallax)) {
    slope << value_or(catalogue, "parallax_pmra_corr", row, 0.0) * east / parallax_error,
        value_or(catalogue, "parallax_pmdec_corr", row, 0.0) * north / parallax_error;
    covariance -= parallax_error * parallax_error * slope * slope.transpose();
  }
  const Eigen::Matrix2d factor = covariance.llt().matrixL();
  const double velocity = value_or(catalogue, "radial_velocity", row, NAN);
  const double velocity_error = value_or(catalogue, "radial_velocity_error", row, NAN);

  WeightedLatents result{MatrixXd(count, 4), VectorXd::Constant(count, -INFINITY)};
  for (int i = 0; i < count; ++i) {
    const auto p = lattice(i);
    const double t = t_end * (2.0 * p[0] - 1.0), distance = foot + stretch * std::sinh(t);
    star.parallax = 1000.0 / distance;
    const Vector2d deviation = kReach * Vector2d(2.0 * p[1] - 1.0, 2.0 * p[2] - 1.0);
    Vector2d pm = seen + factor * deviation;
    if (std::isfinite(parallax)) pm -= slope * (parallax - star.parallax);
    star.pmra = pm[0];
    star.pmdec = pm[1];
    // what is left of the escape speed for the radial velocity
    star.radial_velocity = centre.velocity_kms.dot(triad.radial);
    const auto here = units::to_cartesian(star);
    const double r = (here.position_pc - centre.position_pc).norm();
    const double left = 2.0 * model.potential(r) - (here.velocity_kms - centre.velocity_kms).squaredNorm();
    if (!(distance > 0.0 && left > 0.0)) continue;
    star.radial_velocity += std::sqrt(left) * (2.0 * p[3] - 1.0);
    const double speed = (units::to_cartesian(star).velocity_kms - centre.velocity_kms).norm();
    double log_weight = model.log_probability(r, speed) + 4.0 * std::log(distance) + 0.5 * std::log(left) +
                        std::log(std::cosh(t)) - 0.5 * deviation.squaredNorm();
    if (std::isfinite(parallax)) log_weight -= 0.5 * std::pow((parallax - star.parallax) / parallax_error, 2);
    if (std::isfinite(velocity)) {
      log_weight -= 0.5 * std::pow((velocity - star.radial_velocity) / velocity_error, 2);
    }
    result.weights[i] = log_weight;
    result.points.row(i) << 1e-3 * distance, pm[0], pm[1], star.radial_velocity;
  }
  const double largest = result.weights.maxCoeff();
  if (!(largest > -INFINITY)) {  // no point at which the star is bound
    result.log_integral = -INFINITY;
    return result;
  }
  result.weights = (result.weights.array() - largest).exp();
  // volume of the box: t, deviations of mu in N2(.; 0, 1) and |d mu| = |factor| |d deviation|, v_R
  const double box = 2.0 * t_end * stretch * std::pow(2.0 * kReach, 2) / (2.0 * M_PI) * 2.0;
  result.log_integral =
      largest + std::log(result.weights.mean() * box * k * k * std::cos(star.dec * units::kRadPerDeg));
  if (std::isfinite(parallax)) result.log_integral -= std::log(std::sqrt(2.0 * M_PI) * parallax_error);
  if (std::isfinite(velocity)) result.log_integral -= std::log(std::sqrt(2.0 * M_PI) * velocity_error);
  result.weights /= result.weights.sum();
  return result;
}

double WeightedLatents::kolmogorov_smirnov(Eigen::Index j, std::vector<double> drawn) const {
  std::vector<Eigen::Index> order;
  for (Eigen::Index i = 0; i < weights.size(); ++i) {
    if (weights[i] > 0.0) order.push_back(i);
  }
  std::ranges::sort(order, {}, [&](Eigen::Index i) { return points(i, j); });
  std::ranges::sort(drawn);
  double below = 0.0, largest = 0.0;
  std::size_t at = 0;
  const double n = static_cast<double>(drawn.size());
  for (const Eigen::Index i : order) {
    for (; at < drawn.size() && drawn[at] < points(i, j); ++at) {
      const double rank = static_cast<double>(at);
      largest = std::max({largest, std::abs(rank / n - below), std::abs((rank + 1.0) / n - below)});
    }
    below += weights[i];
  }
  return largest;
}

}  // namespace praesepe::tests
