#include "infer/models/globular/line_moments.hpp"

#include <cmath>
#include <numbers>

#include "infer/models/globular/sightline.hpp"

namespace praesepe::infer::models::globular {

using sim::globular::Sensitive;

namespace {

constexpr int kNodes = 32;  // of a line of sight
/// Power with which I_0 and I_2 vanish at the edge, less g.
constexpr std::array<double, 2> kPower{2.0, 3.0};

}  // namespace

LineMoments::LineMoments() : rule_(kNodes) {
  // Chebyshev-Gauss nodes: c_k = (2 - [k = 0]) / K sum_j cos(pi k (j + 1/2) / K) f_j
  for (int k = 0; k < kTerms; ++k) {
    for (int j = 0; j < kTerms; ++j) {
      to_coefficients_(k, j) = (k == 0 ? 1.0 : 2.0) / kTerms * std::cos(std::numbers::pi * k * (j + 0.5) / kTerms);
    }
  }
}

void LineMoments::prepare(const sim::globular::LoweredIsothermal& model) {
  density_.prepare(model);
  order_ = model.g();
  edge_square_ = model.edge() * model.edge();
  length_ = chain(edge_square_, std::log1p(edge_square_.value), 1.0 / (1.0 + edge_square_.value));
  std::array<Coefficients, 2> nodes;
  for (int j = 0; j < kTerms; ++j) {
    const auto moments = at_node(0.5 + 0.5 * std::cos(std::numbers::pi * (j + 0.5) / kTerms));
    for (std::size_t i = 0; i < 2; ++i) nodes[i].row(j) << moments[i].value, moments[i].d_phi0, moments[i].d_g;
  }
  for (std::size_t i = 0; i < 2; ++i) coefficients_[i] = (to_coefficients_ * nodes[i].matrix()).array();
}

/// ln [I_k / (1 - u/u_t)^(g + power)] at ln(1 + u) = eta ln(1 + u_t). The node moves with u_t.
std::array<Sensitive, 2> LineMoments::at_node(double eta) const {
  const Sensitive u = chain(eta * length_, std::expm1(eta * length_.value), std::exp(eta * length_.value));
  const Sensitive rest = edge_square_ - u;
  const double a = std::sqrt(u.value + kCoreShare), end = std::asinh(std::sqrt(rest.value) / a);
  std::array<Sensitive, 2> sum;
  // t = t_end (1 - v^2): towards the edge E vanishes with a power of v
  for (std::size_t j = 0; j < rule_.node.size(); ++j) {
    const double v = rule_.node[j], t = end * (1.0 - v) * (1.0 + v);
    const double z = a * std::sinh(t), weight = rule_.weight[j] * 4.0 * v * end * a * std::cosh(t);
    const auto density = density_(u.value + z * z);
    const Sensitive e{density.e, density.d_phi0 + density.d_q * u.d_phi0, density.d_g + density.d_q * u.d_g};
    sum[0] = sum[0] + weight * e;
    sum[1] = sum[1] + (weight * z * z) * e;
  }
  const Sensitive log_rest = log(rest / edge_square_);
  for (std::size_t i = 0; i < 2; ++i) {
    const double power = order_ + kPower[i];
    sum[i] = log(sum[i]) - power * log_rest;
    sum[i].d_g -= log_rest.value;
  }
  return sum;
}

std::array<LineMoments::Value, 2> LineMoments::operator()(double u) const {
  const double log_u = std::log1p(u), eta = log_u / length_.value, x = 2.0 * eta - 1.0;
  const double rest = 1.0 - u / edge_square_.value, log_rest = std::log(rest);
  // d eta / du, and d eta / d ln(1 + u_t)
  const double eta_u = 1.0 / ((1.0 + u) * length_.value), eta_length = -eta / length_.value;
  // d ln(1 - u/u_t) / du, and / du_t
  const double rest_u = -1.0 / (edge_square_.value * rest),
               rest_edge = u / (edge_square_.value * edge_square_.value * rest);
  std::array<Value, 2> values;
  for (std::size_t i = 0; i < 2; ++i) {
    // T_k and T'_k = k U_(k-1), both by x T_(k) recurrences
    const Coefficients& c = coefficients_[i];
    double t0 = 1.0, t1 = x, u0 = 1.0, u1 = 2.0 * x, slope = c(1, 0);
    Eigen::Array3d sum = c.row(0).transpose() + x * c.row(1).transpose();
    for (int k = 2; k < kTerms; ++k) {
      const double t2 = 2.0 * x * t1 - t0, u2 = 2.0 * x * u1 - u0;
      sum += t2 * c.row(k).transpose();
      slope += k * u1 * c(k, 0);
      t0 = t1, t1 = t2, u0 = u1, u1 = u2;
    }
    slope *= 2.0;  // dx / d eta
    const double power = order_ + kPower[i];
    values[i] = {sum[0] + power * log_rest, slope * eta_u + power * rest_u,
                 sum[1] + slope * eta_length * length_.d_phi0 + power * rest_edge * edge_square_.d_phi0,
                 sum[2] + slope * eta_length * length_.d_g + power * rest_edge * edge_square_.d_g + log_rest};
  }
  return values;
}

}  // namespace praesepe::infer::models::globular
