#include "sim/globular/lowered_isothermal.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/math/quadrature/gauss.hpp>
#include <boost/math/special_functions/digamma.hpp>
#include <cmath>

#include "sim/error.hpp"
#include "sim/globular/quintic.hpp"
#include "sim/globular/runge_kutta.hpp"

namespace praesepe::sim::globular {

namespace {

constexpr std::size_t kSeriesTerms = 18;  // of the central power series in x^2
constexpr double kSeriesTolerance =
    1e-12;                          // its last term, relative to Phi0, up to which it replaces Runge-Kutta steps
constexpr int kEdgeSteps = 4;       // Runge-Kutta steps from the last grid point to the edge
constexpr double kSmallPhi0 = 4.5;  // below it the step shrinks with Phi0

/// Mass m = -x^2 dphi/dx from kappa = -dphi/dxi, where dxi = 2 x dx / (1 + x^2).
Sensitive mass_from_slope(double x, const Sensitive& kappa) { return (2.0 * x * x * x / (1.0 + x * x)) * kappa; }

double radius_at(double xi) { return std::sqrt(std::expm1(xi)); }

/// The quintic through value, first and second derivative (per unit t) at t = 0 and t = 1.
void hermite(double f0, double s0, double c0, double f1, double s1, double c1, double* c) {
  const double rise = f1 - f0 - s0 - 0.5 * c0;
  const double slope = s1 - s0 - c0;
  const double bend = c1 - c0;
  c[0] = f0;
  c[1] = s0;
  c[2] = 0.5 * c0;
  c[3] = 10.0 * rise - 4.0 * slope + 0.5 * bend;
  c[4] = -15.0 * rise + 7.0 * slope - bend;
  c[5] = 6.0 * rise - 3.0 * slope + 0.5 * bend;
}

}  // namespace

LoweredIsothermal::LoweredIsothermal(SolverOptions options) : options_(options) {}

LoweredIsothermal::LoweredIsothermal(double phi0, double g, SolverOptions options) : options_(options) {
  if (!(phi0 > 0.0 && phi0 <= kMaxPhi0)) {
    throw InputError(
        fmt::format("phi0 = {} is outside the range of the lowered isothermal model, 0 < phi0 <= {}.", phi0, kMaxPhi0));
  }
  if (!(g >= 0.0 && g < 3.5)) {
    throw InputError(fmt::format("g = {} is outside the range of the lowered isothermal model, 0 <= g < 3.5.", g));
  }
  if (!solve(phi0, g)) {
    throw InputError(
        fmt::format("The lowered isothermal model with phi0 = {}, g = {} has no finite edge. Lower g.", phi0, g));
  }
}

bool LoweredIsothermal::solve(double phi0, double g) {
  nodes_.clear();
  table_.intervals = 0;
  if (!(phi0 > 0.0 && phi0 <= kMaxPhi0 && g >= 0.0 && g < 3.5)) return false;
  phi0_ = phi0;
  g_ = g;
  step_ = options_.step * std::min(1.0, phi0 / kSmallPhi0);
  e_.prepare(g + 1.5, phi0);
  const EGamma e = e_(phi0);
  central_e_ = {e.value, e.d_x, e.d_a};
  inverse_central_e_ = inverse(central_e_);
  expand_centre();
  if (!march()) return false;
  append_exterior();
  find_half_mass();
  build_table();
  return true;
}

void LoweredIsothermal::append_node(double exp_xi, const State& y) {
  nodes_.push_back({y[0], y[1], rates(exp_xi, y)[1]});
}

double LoweredIsothermal::last_xi() const { return static_cast<double>(nodes_.size() - 1) * step_; }

Sensitive LoweredIsothermal::density(const Sensitive& phi) const {
  const EGamma e = e_(phi.value);
  const Sensitive numerator{e.value, e.d_x * phi.d_phi0, e.d_x * phi.d_g + e.d_a};
  return numerator * inverse_central_e_;
}

/// With y = x^2 = e^xi - 1 the equation reads dphi/dxi = -kappa, y dkappa/dxi = (9/4) (1+y)^2 rho - (3+y)/2 kappa.
LoweredIsothermal::State LoweredIsothermal::rates(double exp_xi, const State& y) const {
  const double x2 = exp_xi - 1.0;
  return {-y[1], (2.25 * exp_xi * exp_xi / x2) * density(y[0]) - (0.5 * (3.0 + x2) / x2) * y[1]};
}

LoweredIsothermal::State LoweredIsothermal::step_from(double xi, const State& y, const State& rate, double h) const {
  const double exp_xi = std::exp(xi);
  std::array<double, 6> growth;
  for (std::size_t i = 0; i < 6; ++i) growth[i] = std::exp(kLutherStages[i] * h);
  return luther_step<2>(y, rate, h,
                        [&](std::size_t stage, const State& z) { return rates(exp_xi * growth[stage], z); });
}

/// phi = sum p_n y^n, rho = sum q_n y^n about the centre, y = x^2. With a = g+3/2 and w = phi^(a-1) / (Gamma(a) E(a,
/// Phi0)):
///   4 y phi'' + 6 phi' = -9 rho,   rho' = (rho + w) phi',   phi w' = (a-1) w phi'.
void LoweredIsothermal::expand_centre() {
  std::array<Sensitive, kSeriesTerms + 1> p{}, q{}, w{};
  const double a = g_ + 1.5;
  const Sensitive a_minus_1{a - 1.0, 0.0, 1.0};
  const Sensitive inverse_phi0{1.0 / phi0_, -1.0 / (phi0_ * phi0_), 0.0};
  const Sensitive power = chain({a, (a - 1.0) / phi0_, std::log(phi0_) - boost::math::digamma(a)},
                                std::pow(phi0_, a - 1.0) / std::tgamma(a), std::pow(phi0_, a - 1.0) / std::tgamma(a));
  p[0] = {phi0_, 1.0, 0.0};
  q[0] = {1.0, 0.0, 0.0};
  w[0] = power * inverse_central_e_;
  for (std::size_t n = 0; n < kSeriesTerms; ++n) {
    const double next = static_cast<double>(n + 1);
    p[n + 1] = (-9.0 / (next * (4.0 * static_cast<double>(n) + 6.0))) * q[n];
    Sensitive q_sum, w_sum;
    for (std::size_t i = 0; i <= n; ++i) {
      const double m = static_cast<double>(n + 1 - i);
      const Sensitive w_p = w[i] * p[n + 1 - i];
      q_sum = q_sum + m * (q[i] * p[n + 1 - i] + w_p);
      w_sum = w_sum + (m * a_minus_1 - Sensitive{static_cast<double>(i), 0.0, 0.0}) * w_p;
    }
    q[n + 1] = (1.0 / next) * q_sum;
    w[n + 1] = (1.0 / next) * (w_sum * inverse_phi0);
  }

  const double reach = std::pow(kSeriesTolerance * phi0_ / std::abs(p[kSeriesTerms].value), 1.0 / kSeriesTerms);
  double y = 0.0;
  for (int k = 0; k <= 1 || y <= reach; y = std::expm1(++k * step_)) {
    Sensitive phi, slope, bend;  // phi and its first two derivatives in y, the last halved
    for (std::size_t n = kSeriesTerms + 1; n-- > 0;) {
      bend = y * bend + slope;
      slope = y * slope + phi;
      phi = y * phi + p[n];
    }
    const double exp_xi = 1.0 + y;
    nodes_.push_back({phi, -exp_xi * slope, -exp_xi * (2.0 * exp_xi * bend + slope)});
  }
}

/// From the last point of the central series to the edge. False if there is none within kMaxXi.
bool LoweredIsothermal::march() {
  for (double xi = last_xi(); xi < kMaxXi; xi = last_xi()) {
    const Node& node = nodes_.back();
    const State y{node.phi, node.kappa};
    const State next = step_from(xi, y, {-node.kappa, node.bend}, step_);
    if (!(next[0].value > 0.0)) return meet_edge(radius_at(xi), y);
    append_node(std::exp(xi + step_), next);
  }
  return false;
}

/// From the last grid point inside to the edge, with t = (phi / phi_last)^(1/2) as variable: rho ~ t^(2g+3) is smooth
/// at the edge, where it is not in x. With q = 1/x, w = m^2: dq/dphi = w^(-1/2), dw/dphi = -18 rho / q^4.
bool LoweredIsothermal::meet_edge(double x, const State& y) {
  const auto rates = [&](double t, const State& z) {
    const Sensitive dphi_dt = (2.0 * t) * y[0];
    const Sensitive q2 = z[0] * z[0];
    return State{dphi_dt * inverse(sqrt(z[1])), -18.0 * (dphi_dt * density((t * t) * y[0]) * inverse(q2 * q2))};
  };
  const Sensitive m = mass_from_slope(x, y[1]);
  State z{Sensitive{1.0 / x, 0.0, 0.0}, m * m};
  constexpr double h = -1.0 / kEdgeSteps;
  for (int i = 0; i < kEdgeSteps; ++i) {
    const double t = 1.0 + i * h;
    z = luther_step<2>(z, rates(t, z), h, [&](std::size_t stage, const State& argument) {
      return rates(std::max(0.0, t + kLutherStages[stage] * h), argument);
    });
  }
  edge_ = inverse(z[0]);
  mass_ = sqrt(z[1]);
  return std::isfinite(edge_.value) && std::isfinite(mass_.value) && edge_.value >= x;
}

/// Grid points beyond the edge, phi = m(x_t) (1/x - 1/x_t): enough for one whole interval.
void LoweredIsothermal::append_exterior() {
  for (int i = 0; i < 2; ++i) {
    const double xi = last_xi() + step_;
    const double x = radius_at(xi);
    append_node(std::exp(xi), exterior(x));
  }
}

LoweredIsothermal::State LoweredIsothermal::exterior(double x) const {
  return {mass_ * (Sensitive{1.0 / x, 0.0, 0.0} - inverse(edge_)), ((1.0 + x * x) / (2.0 * x * x * x)) * mass_};
}

/// A cubic estimate in the right interval, one Runge-Kutta step to it, and one step of Newton's method from there.
void LoweredIsothermal::find_half_mass() {
  const Sensitive half = 0.5 * mass_;
  const auto mass_at = [&](std::size_t k) {
    return mass_from_slope(radius_at(static_cast<double>(k) * step_), nodes_[k].kappa).value;
  };
  std::size_t above = 2;
  while (mass_at(above) < half.value) ++above;
  const std::size_t k = above - 1;
  const double xi = static_cast<double>(k) * step_;
  const Node& node = nodes_[k];
  const State start{node.phi, node.kappa};
  double h = step_ * (half.value - mass_at(k)) / (mass_at(above) - mass_at(k));
  for (int iteration = 0; iteration < 2; ++iteration) {
    const State y = step_from(xi, start, {-node.kappa, node.bend}, h);
    const double x = radius_at(xi + h);
    const Sensitive missing = half - mass_from_slope(x, y[1]);
    const double density_here = 9.0 * x * x * density(y[0]).value;  // dm/dx
    half_mass_radius_ = Sensitive{x, 0.0, 0.0} + (1.0 / density_here) * missing;
    h = std::log1p(half_mass_radius_.value * half_mass_radius_.value) - xi;
  }
}

void LoweredIsothermal::build_table() {
  table_.step = step_;
  table_.intervals = static_cast<int>(nodes_.size()) - 1;
  const std::size_t size = 6 * (nodes_.size() - 1);
  const double h = step_;
  const double h2 = h * h;
  const auto fill = [&](std::vector<double>& c, double Sensitive::*part) {
    c.resize(size);
    for (std::size_t k = 0; k + 1 < nodes_.size(); ++k) {
      const Node& a = nodes_[k];
      const Node& b = nodes_[k + 1];
      hermite(a.phi.*part, -h * (a.kappa.*part), -h2 * (a.bend.*part), b.phi.*part, -h * (b.kappa.*part),
              -h2 * (b.bend.*part), &c[6 * k]);
    }
  };
  fill(table_.phi, &Sensitive::value);
  fill(table_.d_phi0, &Sensitive::d_phi0);
  fill(table_.d_g, &Sensitive::d_g);
}

LoweredIsothermal::Place LoweredIsothermal::place(double q) const {
  const double t = std::log1p(q) / step_;
  const int k = std::min(static_cast<int>(t), table_.intervals - 1);
  return {6 * static_cast<std::size_t>(k), t - k};
}

Sensitive LoweredIsothermal::potential(double x) const {
  if (x >= edge_.value) return exterior(x)[0];
  const auto [c, t] = place(x * x);
  return {quintic(&table_.phi[c], t), quintic(&table_.d_phi0[c], t), quintic(&table_.d_g[c], t)};
}

Sensitive LoweredIsothermal::mass_inside(double x) const {
  if (x >= edge_.value) return mass_;
  const auto [c, t] = place(x * x);
  const Sensitive slope{quintic_slope(&table_.phi[c], t), quintic_slope(&table_.d_phi0[c], t),
                        quintic_slope(&table_.d_g[c], t)};
  return mass_from_slope(x, (-1.0 / step_) * slope);
}

/// r_v = G M^2 / (int phi dm + G M^2 / r_t), and the denominator is the integral of (m/x)^2 over all x: in closed form
/// beyond the edge. The derivatives of the two parts with respect to their common limit cancel.
Sensitive LoweredIsothermal::virial_ratio() const {
  Sensitive integral = (1.0 / edge_.value) * (mass_ * mass_);
  double low = 0.0;
  for (int k = 1; low < edge_.value; ++k) {
    const double high = std::min(radius_at(k * step_), edge_.value);
    const auto add = [&](double weight, double x) {
      const Sensitive velocity2 = (1.0 / x) * mass_inside(x);
      integral = integral + weight * (velocity2 * velocity2);
    };
    using Gauss = boost::math::quadrature::gauss<double, 6>;
    for (std::size_t i = 0; i < Gauss::abscissa().size(); ++i) {
      const double half_width = 0.5 * (high - low);
      const double offset = half_width * Gauss::abscissa()[i];
      add(half_width * Gauss::weights()[i], low + half_width + offset);
      add(half_width * Gauss::weights()[i], low + half_width - offset);
    }
    low = high;
  }
  return mass_ * mass_ / (integral * half_mass_radius_);
}

}  // namespace praesepe::sim::globular
