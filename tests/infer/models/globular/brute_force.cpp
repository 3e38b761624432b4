#include "tests/infer/models/globular/brute_force.hpp"

#include <Eigen/Eigenvalues>
#include <algorithm>
#include <boost/math/quadrature/gauss.hpp>
#include <boost/math/special_functions/bessel.hpp>
#include <boost/math/special_functions/gamma.hpp>
#include <cmath>
#include <vector>

#include "sim/astrometry/coordinates.hpp"
#include "sim/astrometry/units.hpp"
#include "sim/globular/e_gamma.hpp"
#include "sim/globular/globular_model.hpp"

namespace praesepe::tests {

namespace {

using sim::globular::GlobularModel;

/// int_a^b f by `panels` panels of 20 Gauss-Legendre nodes.
template <class F>
double integrate(const F& f, double a, double b, int panels) {
  double sum = 0.0;
  for (int i = 0; i < panels; ++i) {
    sum += boost::math::quadrature::gauss<double, 20>::integrate(f, a + (b - a) * i / panels,
                                                                 a + (b - a) * (i + 1) / panels);
  }
  return sum;
}

double scaled_bessel(double x) {
  return x < 600.0 ? std::exp(-x) * boost::math::cyl_bessel_i(0, x)
                   : (1.0 + 0.125 / x * (1.0 + 0.5625 / x)) / std::sqrt(2.0 * M_PI * x);
}

/// A cell, or what stands for a missing one.
double cell(const sim::astrometry::Catalogue& catalogue, const char* name, std::size_t row, double otherwise) {
  if (!catalogue.has(name) || std::isnan(catalogue[name][row])) return otherwise;
  return catalogue[name][row];
}

/// int d^2 v N2(w; v, sd^2) E(g + 1/2, (psi - v^2/2)/s^2) over the bound velocities v (km/s).
double velocity_integral(double order, double psi, double s2, double w, double sd) {
  const double escape = std::sqrt(2.0 * psi);
  const double high = std::min(escape, w + 9.0 * sd), low = std::max(0.0, std::min(w, high) - 9.0 * sd);
  if (!(high > low)) return 0.0;
  const auto f = [&](double t) {  // v = high - (high - low) t^2: regular at the escape speed
    const double v = high - (high - low) * t * t, y = (psi - 0.5 * v * v) / s2;
    if (!(y > 0.0)) return 0.0;
    return 2.0 * t * (high - low) * v / (sd * sd) * std::exp(-0.5 * (v - w) * (v - w) / (sd * sd)) *
           scaled_bessel(v * w / (sd * sd)) * sim::globular::e_gamma(order, y).value;
  };
  return integrate(f, 0.0, 1.0, 4);
}

/// The same with a radial velocity seen at `radial`, error `error`: int dv_R N(radial; v_R, error) of it at psi -
/// v_R^2/2.
double with_radial_velocity(double g, double psi, double s2, double w, double sd, double radial, double error) {
  const double escape = std::sqrt(2.0 * psi);
  const double low = std::max(-escape, std::min(radial, escape) - 9.0 * error);
  const double high = std::min(escape, std::max(radial, -escape) + 9.0 * error);
  const auto f = [&](double v) {
    const double off = (v - radial) / error;
    return std::exp(-0.5 * off * off) / (std::sqrt(2.0 * M_PI) * error) *
           velocity_integral(g, psi - 0.5 * v * v, s2, w, sd);
  };
  return integrate(f, low, high, 3);
}

}  // namespace

double brute_force_log_likelihood(const sim::astrometry::Catalogue& catalogue, std::size_t row,
                                  const Eigen::VectorXd& theta) {
  namespace units = sim::astrometry;
  const GlobularModel model({theta[0], theta[1], std::pow(10.0, theta[2]), std::pow(10.0, theta[3])});
  const auto centre = units::to_cartesian({theta[4], theta[5], theta[6], theta[7], theta[8], theta[9]});
  const auto triad = units::local_triad(catalogue["ra"][row], catalogue["dec"][row]);
  const double s2 = model.s2(), s = std::sqrt(s2), k = units::kKmsPerMasyrPc;
  const double foot = triad.radial.dot(centre.position_pc);
  const double projected = (centre.position_pc - foot * triad.radial).norm();
  const double half = std::sqrt(model.edge_radius() * model.edge_radius() - projected * projected);
  const auto value = [&](const char* name, double otherwise) { return cell(catalogue, name, row, otherwise); };
  const double error = value("parallax_error", NAN), slope = value("parallax_pmra_corr", 0.0);
  const double radial = value("radial_velocity", NAN) - centre.velocity_kms.dot(triad.radial);
  const auto velocities = [&](double distance, double psi, double chi) {
    if (std::isnan(value("pmra", NAN))) {  // all proper motions
      return 2.0 * M_PI * s2 * sim::globular::e_gamma(theta[1] + 1.5, psi / s2).value / std::pow(k * distance, 2);
    }
    // the noise of pmra that goes with the parallax's; what is left of it is as large as that of pmdec
    const double mean = slope * value("pmra_error", NAN) * chi;
    const double east = distance * k * (value("pmra", NAN) - mean) - centre.velocity_kms.dot(triad.east);
    const double north = distance * k * (value("pmdec", NAN)) - centre.velocity_kms.dot(triad.north);
    const double sd = distance * k * value("pmdec_error", NAN), speed = std::hypot(east, north);
    if (std::isnan(radial)) return velocity_integral(theta[1] + 0.5, psi, s2, speed, sd);
    return with_radial_velocity(theta[1], psi, s2, speed, sd, radial, value("radial_velocity_error", NAN));
  };
  const auto integrand = [&](double z) {
    const double distance = foot + z, psi = model.potential(std::hypot(projected, z));
    if (!(distance > 0.0) || !(psi > 0.0)) return 0.0;
    const double chi = (value("parallax", NAN) - 1000.0 / distance) / error;
    return std::pow(distance, 4) * std::exp(-0.5 * chi * chi) / (std::sqrt(2.0 * M_PI) * error) *
           velocities(distance, psi, chi);
  };
  // z = a sinh t, 20 panels of 20 nodes; 4 where velocities take long
  const double a = std::sqrt(projected * projected + 0.1 * model.king_radius() * model.king_radius());
  const double t_end = std::asinh(half / a);
  const double integral = integrate([&](double t) { return a * std::cosh(t) * integrand(a * std::sinh(t)); }, -t_end,
                                    t_end, std::isnan(radial) ? 20 : 8);
  // f/M, the radial velocity integrated out if it is not measured: sqrt(2 pi) s A / M; k^2 cos(dec) of the Jacobian
  const double amplitude =
      model.amplitude() / std::pow(10.0, theta[2]) * (std::isnan(radial) ? std::sqrt(2.0 * M_PI) * s : 1.0);
  return std::log(integral * amplitude * k * k * std::cos(catalogue["dec"][row] * units::kRadPerDeg));
}

// A trapezoid in steps h of a product of Gaussians of deviations a (the smearing) and b (the circle, or wider) errs by
// 2 exp(-2 pi^2 / (h^2 (1/a^2 + 1/b^2))): below 1e-16 for h half of the smaller.
double brute_force_of_ellipse(const sim::astrometry::Catalogue& catalogue, std::size_t row,
                              const Eigen::VectorXd& theta) {
  constexpr double kReach = 8.0;
  const double east = catalogue["pmra_error"][row], north = catalogue["pmdec_error"][row];
  const double shared = cell(catalogue, "pmra_pmdec_corr", row, 0.0) * east * north;
  Eigen::Matrix2d noise;
  noise << east * east, shared, shared, north * north;
  const Eigen::SelfAdjointEigenSolver<Eigen::Matrix2d> axes(noise);
  const double circle = std::sqrt(axes.eigenvalues()[0]);
  const double smear = std::sqrt(axes.eigenvalues()[1] - axes.eigenvalues()[0]);
  const double step = 0.5 * std::min(circle, smear);
  const int steps = static_cast<int>(kReach * smear / step) + 1;
  std::vector<double> terms;
  for (int i = -steps; i <= steps; ++i) {
    const Eigen::Vector2d moved = i * step * axes.eigenvectors().col(1);
    sim::astrometry::Catalogue star(1);
    for (const auto& column : catalogue.columns()) {
      double value = column.values[row];
      if (column.name == "pmra") value -= moved[0];
      if (column.name == "pmdec") value -= moved[1];
      if (column.name == "pmra_error" || column.name == "pmdec_error") value = circle;
      if (column.name != "pmra_pmdec_corr") star.add(column.name, column.unit, {value});
    }
    const double deviation = i * step / smear;
    terms.push_back(brute_force_log_likelihood(star, 0, theta) - 0.5 * deviation * deviation +
                    std::log(step / (std::sqrt(2.0 * M_PI) * smear)));
  }
  const double largest = *std::ranges::max_element(terms);
  double sum = 0.0;
  for (const double term : terms) sum += std::exp(term - largest);
  return largest + std::log(sum);
}

}  // namespace praesepe::tests
