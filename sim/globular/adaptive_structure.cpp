#include "sim/globular/adaptive_structure.hpp"

#include <algorithm>
#include <boost/math/special_functions/gamma.hpp>
#include <boost/numeric/odeint.hpp>
#include <cmath>

namespace praesepe::sim::globular {

namespace {

constexpr double kStart = 1e-3;  // x, where the series of the centre ends

template <class System, class State>
void integrate(const System& system, State& y, double from, double to) {
  namespace odeint = boost::numeric::odeint;
  // Not Fehlberg's 7(8), whose error estimate vanishes for a pure quadrature, as the mass is near the edge.
  static const odeint::runge_kutta_cash_karp54<State> method;
  const auto stepper = odeint::make_controlled(1e-14, 1e-12, method);
  odeint::integrate_adaptive(stepper, system, y, from, to, 1e-3 * (to - from));
}

}  // namespace

double AdaptiveStructure::log_e(double a, double y) { return a > 0.0 ? y + std::log(boost::math::gamma_p(a, y)) : y; }

double AdaptiveStructure::log_central_density_e() const { return log_e(g_ + 1.5, phi0_); }

double AdaptiveStructure::density(double phi) const {
  return phi > 0.0 ? std::exp(log_e(g_ + 1.5, phi) - log_central_density_e()) : 0.0;
}

/// (phi, m) at x <= kStart: phi = Phi0 - 3/2 x^2 + b x^4, b = (27/40) dlnrho/dphi; errors 1e-17.
AdaptiveStructure::Pair AdaptiveStructure::centre(double x) const {
  const double b = 27.0 / 40.0 * std::exp(log_e(g_ + 0.5, phi0_) - log_central_density_e());
  const double x2 = x * x;
  return {phi0_ - 1.5 * x2 + b * x2 * x2, x * x2 * (3.0 - 4.0 * b * x2)};
}

void AdaptiveStructure::rates_in_x(const Pair& y, Pair& dy, double x) const {  // y = (phi, m)
  dy = {-y[1] / (x * x), 9.0 * x * x * density(y[0])};
}

AdaptiveStructure::AdaptiveStructure(double phi0, double g) : phi0_(phi0), g_(g) {
  const auto in_x = [this](const Pair& y, Pair& dy, double x) { rates_in_x(y, dy, x); };
  Pair y = centre(kStart);
  double x = kStart;
  while (y[0] > 0.5 * phi0) {
    integrate(in_x, y, x, x * 1.05);
    x *= 1.05;
  }
  Pair z{x, y[1]};  // (x, m) as functions of u
  const auto in_u = [this](const Pair& v, Pair& dv, double u) {
    dv[0] = -v[0] * v[0] / v[1] * 2.0 * u;
    dv[1] = 9.0 * v[0] * v[0] * density(u * u) * dv[0];
  };
  integrate(in_u, z, std::sqrt(y[0]), 0.0);
  edge_ = z[0];
  mass_ = z[1];
  Pair w{centre(kStart)[0], kStart};  // (phi, x) as functions of ln m
  const auto in_log_m = [this](const Pair& v, Pair& dv, double log_m) {
    const double m = std::exp(log_m);
    dv[1] = m / (9.0 * v[1] * v[1] * density(v[0]));
    dv[0] = -m / (v[1] * v[1]) * dv[1];
  };
  integrate(in_log_m, w, std::log(centre(kStart)[1]), std::log(0.5 * mass_));
  half_mass_radius_ = w[1];
  half_mass_phi_ = w[0];
}

std::vector<double> AdaptiveStructure::potentials(std::span<const double> x) const {
  const auto in_x = [this](const Pair& y, Pair& dy, double at) { rates_in_x(y, dy, at); };
  std::vector<double> phi;
  Pair y = centre(kStart);
  double from = kStart;
  for (const double to : x) {
    if (to > from) integrate(in_x, y, from, to);
    from = std::max(from, to);
    phi.push_back(to < kStart ? centre(to)[0] : y[0]);
  }
  return phi;
}

}  // namespace praesepe::sim::globular
