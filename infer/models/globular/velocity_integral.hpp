// A star's proper-motion noise against the cluster's velocity law, at one point of its line of sight.
//
// Velocities are in units of the velocity scale s. A star is seen at m, with noise of variance T per component; the
// cluster's law, the radial component integrated out, is E(a, phi - u^2/2) with a = g + 1/2. Because E(a,y) = e^y
// P(a,y),
//
//   C = int d^2u N2(u; m, T) E(a, phi - u^2/2) = exp(phi - m^2 / (2 (1+T))) / (1+T) * B
//   B = int d^2u N2(u; rho, V) P(a, phi - u^2/2),          rho = m / (1+T),  V = T / (1+T),  u^2 < 2 phi.
//
// hexagon():  rho and all of the noise clear of the escape speed: 7-point cubature of degree 5 (centre 1/2, six points
// at
//             2 sqrt V with 1/12 each), of which five are distinct.
// radial():   otherwise, in polar coordinates about the cluster's mean velocity:
//             B = int u du / V exp(-(u^2 + rho^2) / 2V) I0(u rho / V) P(a, phi - u^2/2),
//             u = u2 - (u2 - u1)(1 - s)^2, regular where u2 is the escape speed; s on Gauss-Legendre nodes.
// Derivatives are those of the discrete sums, motion of the nodes included.
#pragma once

#include <vector>
#include <xsimd/xsimd.hpp>

#include "infer/models/globular/bessel.hpp"
#include "infer/models/globular/incomplete_gamma.hpp"
#include "infer/models/globular/quadrature.hpp"

namespace praesepe::infer::models::globular {

/// B and its partial derivatives, all divided by exp(log_scale).
template <class Batch>
struct VelocityIntegral {
  Batch value, d_phi, d_rho, d_variance, d_order;
  Batch log_scale;  ///< not differentiated: a constant taken out to keep single precision from underflow
};

/// Nodes of radial(): c = (1 - s)^2 and the weight 2 (1 - s) w.
template <class Real>
struct SpeedRule {
  explicit SpeedRule(int nodes, double reach_) : reach(static_cast<Real>(reach_)) {
    const GaussLegendre rule(nodes);
    for (std::size_t j = 0; j < rule.node.size(); ++j) {
      const double left = 1.0 - rule.node[j];
      c.push_back(static_cast<Real>(left * left));
      weight.push_back(static_cast<Real>(2.0 * left * rule.weight[j]));
    }
  }
  std::vector<Real> c, weight;
  Real reach;  ///< window of u, standard deviations
};

template <class Batch, class Real = typename Batch::value_type>
VelocityIntegral<Batch> hexagon(const Batch& phi, const Batch& rho, const Batch& variance,
                                const IncompleteGamma<Real>& gamma) {
  const Batch half(Real(0.5));
  const Batch radius = Batch(Real(2)) * xsimd::sqrt(variance);
  VelocityIntegral<Batch> sum{Batch(Real(0)), Batch(Real(0)), Batch(Real(0)),
                              Batch(Real(0)), Batch(Real(0)), Batch(Real(0))};
  Batch d_radius(Real(0));
  // A point at u^2 = rho^2 + 2 cosine rho radius + ring radius^2
  const auto point = [&](Real weight, Real cosine, Real ring) {
    const Batch square = rho * rho + Batch(Real(2) * cosine) * rho * radius + Batch(ring) * radius * radius;
    const auto p = gamma(phi - half * square);
    const Batch w(weight);
    sum.value += w * p.p;
    sum.d_phi += w * p.d_y;
    sum.d_order += w * p.d_a;
    sum.d_rho -= w * p.d_y * (rho + Batch(cosine) * radius);
    d_radius -= w * p.d_y * (Batch(cosine) * rho + Batch(ring) * radius);
  };
  point(Real(1. / 2), Real(0), Real(0));
  point(Real(1. / 12), Real(1), Real(1));
  point(Real(1. / 6), Real(0.5), Real(1));
  point(Real(1. / 6), Real(-0.5), Real(1));
  point(Real(1. / 12), Real(-1), Real(1));
  // radius = 2 sqrt V:  d radius / dV = 2 / radius
  sum.d_variance = d_radius * Batch(Real(2)) / radius;
  return sum;
}

template <class Batch, class Real = typename Batch::value_type>
VelocityIntegral<Batch> radial(const Batch& phi, const Batch& rho, const Batch& variance,
                               const IncompleteGamma<Real>& gamma, const SpeedRule<Real>& rule) {
  const Batch zero(Real(0)), half(Real(0.5)), one(Real(1)), k(rule.reach), inverse_variance = one / variance;
  const Batch escape = xsimd::sqrt(phi + phi), deviation = xsimd::sqrt(variance);

  // Window. Above: the noise's reach or the escape speed. Below: as far as exp(-reach^2/2) of the largest value inside.
  const Batch top = rho + k * deviation;
  const auto at_edge = top > escape;
  const Batch u2 = xsimd::min(top, escape);
  const Batch excess = xsimd::max(zero, rho - escape);
  const Batch depth = xsimd::sqrt(excess * excess + k * k * variance);
  const auto above_zero = rho > depth;
  const Batch u1 = xsimd::max(zero, rho - depth), width = u2 - u1;
  const Batch slack = escape - u2;

  VelocityIntegral<Batch> sum{zero, zero, zero, zero, zero, -half * excess * excess * inverse_variance};
  Batch d_u1(zero), d_u2(zero);
  const auto& tables = BesselTables<Real>::instance();
  for (std::size_t j = 0; j < rule.c.size(); ++j) {
    const Batch c(rule.c[j]);
    const Batch step = width * c, u = u2 - step;
    const auto b = bessel(u * rho * inverse_variance, tables);
    const Batch off = u - rho, off_size = xsimd::abs(off);
    // exp(-off^2 / 2V) with exp(-excess^2 / 2V) taken out: never below exp(-reach^2/2)
    const Batch exponent = -half * (off_size - excess) * (off_size + excess) * inverse_variance;
    // P at phi - u^2/2, which is formed without cancellation at the edge
    const auto p = gamma.times_exp(exponent, half * (slack + step) * (escape + u));
    const Batch kernel = u * inverse_variance * b.scaled_i0;
    const Batch value = kernel * p.p;
    const Batch by_u = value * (one / u - (off + rho * b.deficit) * inverse_variance) - kernel * u * p.d_y;
    const Batch weight = Batch(rule.weight[j]) * width;
    sum.value += weight * value;
    sum.d_phi += weight * kernel * p.d_y;
    sum.d_order += weight * kernel * p.d_a;
    sum.d_rho += weight * value * (off - u * b.deficit) * inverse_variance;
    sum.d_variance +=
        weight * value * (half * (off * off + (u + u) * rho * b.deficit) * inverse_variance - one) * inverse_variance;
    d_u1 += Batch(rule.weight[j]) * (step * by_u - value);
    d_u2 += Batch(rule.weight[j]) * (value + (width - step) * by_u);
  }
  // Motion of the window's ends
  const Batch u1_excess = xsimd::select(above_zero, -excess / depth, zero);  // d u1 / d excess
  const auto outside = rho > escape;
  sum.d_phi +=
      d_u2 * xsimd::select(at_edge, one / escape, zero) - d_u1 * xsimd::select(outside, u1_excess / escape, zero);
  sum.d_rho += d_u2 * xsimd::select(at_edge, zero, one) +
               d_u1 * (xsimd::select(above_zero, one, zero) + xsimd::select(outside, u1_excess, zero));
  sum.d_variance += d_u2 * xsimd::select(at_edge, zero, half * k / deviation) -
                    d_u1 * xsimd::select(above_zero, half * k * k / depth, zero);
  return sum;
}

}  // namespace praesepe::infer::models::globular
