// A star's proper-motion noise against the cluster's velocity law, at one point of its line of sight.
//
// Velocities are in units of the velocity scale s. A star is seen at m, with noise of variance T per component; the
// cluster's law, the radial component integrated out, is E(a, phi - u^2/2) with a = g + 1/2. Because E(a,y) = e^y
// P(a,y),
//
//   C = int d^2u N2(u; m, T) E(a, phi - u^2/2) = exp(phi - m^2 / (2 (1+T))) / (1+T) * B
//   B = int d^2u N2(u; rho, V) P(a, phi - u^2/2),          rho = m / (1+T),  V = T / (1+T),  u^2 < 2 phi.
//
// smooth():  rho and all of the noise clear of the escape speed: what noise does to a smooth function, to second order
//            in V, with q = rho^2/2 and derivatives of P at y = phi - q:
//            B = P + V (q P'' - P') + V^2/2 (q^2 P'''' - 4 q P''' + 2 P'')
// edge():    otherwise, in polar coordinates about the cluster's mean velocity:
//            B = int u du / V exp(-(u^2 + rho^2) / 2V) I0(u rho / V) P(a, phi - u^2/2),
//            u = e - (e - u1)(1 - s)^2, regular at the escape speed e; s on Gauss-Legendre nodes.
// Derivatives are those of the integral, by the same nodes. That to phi is integrated by parts, P' -> P, so that a law
// which falls steeply at the escape speed (small a) needs no finer nodes.
#pragma once

#include <vector>
#include <xsimd/xsimd.hpp>

#include "infer/models/globular/bessel.hpp"
#include "infer/models/globular/velocity_law.hpp"

namespace praesepe::infer::models::globular {

/// B and its partial derivatives, all divided by exp(log_scale).
template <class Batch>
struct VelocityIntegral {
  Batch value, d_phi, d_rho, d_variance, d_order;
  Batch log_scale;  ///< not differentiated: a constant taken out to keep single precision from underflow
};

template <class Batch, class Real = typename Batch::value_type>
[[gnu::always_inline]] inline VelocityIntegral<Batch> smooth(const Batch& phi, const Batch& rho, const Batch& v,
                                                             const VelocityLaw<Real>& law) {
  const Batch one(Real(1)), two(Real(2)), half(Real(0.5)), four(Real(4)), six(Real(6));
  const Batch q = half * rho * rho, y = phi - q;
  const auto p = law(y);
  // P^(n+1) = P' c_n, each from the one before: (P' c)' = P' (c' + c c_1),  c_1 = b/y - 1; and d c_n / da, d b/da = 1
  const Batch b(law.order() - Real(1)), r = one / y, r2 = r * r, r3 = r2 * r;
  const Batch c1 = b * r - one, slope1 = -b * r2, slope2 = two * b * r3;
  const Batch c2 = slope1 + c1 * c1, slope_c2 = slope2 + two * c1 * slope1;
  const Batch c3 = slope_c2 + c2 * c1;
  const Batch bend_c2 = two * slope1 * slope1 + two * c1 * slope2 - six * b * r2 * r2;
  const Batch c4 = bend_c2 + slope_c2 * c1 + c2 * slope1 + c3 * c1;
  const Batch a1 = r, a2 = two * c1 * r - r2;
  const Batch a3 = two * (r3 - (c1 + b * r) * r2) + a2 * c1 + c2 * r;

  const Batch half_v2 = half * v * v, q2 = q * q;
  VelocityIntegral<Batch> result;
  const Batch ripple = q * c1 - one, swell = q2 * c3 - four * q * c2 + two * c1;
  result.value = p.p + p.d_y * (v * ripple + half_v2 * swell);
  result.d_phi = p.d_y * (one + v * (q * c2 - c1) + half_v2 * (q2 * c4 - four * q * c3 + two * c2));
  result.d_rho = rho * (p.d_y * (v * c1 + half_v2 * (two * q * c3 - four * c2)) - result.d_phi);
  result.d_variance = p.d_y * (ripple + v * swell);
  const Batch grown = v * (q * a1) + half_v2 * (q2 * a3 - four * q * a2 + two * a1);
  result.d_order = p.d_a + p.d_y * (p.log_slope * (v * ripple + half_v2 * swell) + grown);
  result.log_scale = Batch(Real(0));
  return result;
}

template <class Batch, class Real = typename Batch::value_type>
[[gnu::always_inline]] inline VelocityIntegral<Batch> edge(const Batch& phi, const Batch& rho, const Batch& variance,
                                                           const VelocityLaw<Real>& law, double reach,
                                                           const BesselTables<Real>& tables) {
  const Batch zero(Real(0)), half(Real(0.5)), one(Real(1)), inverse_variance = one / variance;
  const Batch escape = xsimd::sqrt(phi + phi), k(static_cast<Real>(reach));
  // The window: down to exp(-reach^2/2) of the largest value of the noise inside.
  const Batch excess = xsimd::max(zero, rho - escape);
  const Batch depth = xsimd::sqrt(excess * excess + k * k * variance);
  const Batch width = escape - xsimd::max(zero, rho - depth);
  const Batch share = half / escape, stretch = rho * inverse_variance;

  struct Node {
    Batch u, weight, p, d_a, off, deficit;
  };
  // weight: noise, without the exponential's largest value, i.e. never below exp(-reach^2/2); p and d_a are P and its
  // derivative, without what the nodes have in common
  const auto at = [&](Real c, Real log_c) [[gnu::always_inline]] {
    const Batch step = width * Batch(c), u = escape - step, h = step * share;
    const auto b = bessel(u * stretch, tables);
    const Batch off = u - rho, off_size = xsimd::abs(off);
    const Batch exponent = -half * (off_size - excess) * (off_size + excess) * inverse_variance;
    const auto p = law.below_escape(escape * step * (one - h), h, log_c);
    return Node{u, b.scaled_i0 * xsimd::exp(exponent), p.p, p.d_a, off, b.deficit};
  };
  VelocityIntegral<Batch> sum{zero, zero, zero, zero, zero, -half * excess * excess * inverse_variance};
  const auto& nodes = law.nodes();
  for (const auto& node : nodes) {
    const Node n = at(node.c, node.log_c);
    const Batch noise = n.weight * Batch(node.weight), flow = noise * n.p, mass = flow * n.u;
    sum.value += mass;
    sum.d_phi -= flow * (n.off + rho * n.deficit);
    sum.d_rho += mass * (n.off - n.u * n.deficit);
    sum.d_variance += mass * (half * n.off * n.off + n.u * rho * n.deficit);
    sum.d_order += noise * n.u * n.d_a;
  }
  // Common factors; the boundary term of the integration by parts is at the slow end of the window.
  const auto common = law.power(escape * width);
  const Batch measure = width * inverse_variance, factor = measure * common.p;
  const Node slow = at(Real(1), Real(0));
  sum.d_phi = common.p * inverse_variance * (slow.weight * slow.p + measure * sum.d_phi);
  sum.d_rho *= factor * inverse_variance;
  sum.d_variance = factor * inverse_variance * (sum.d_variance * inverse_variance - sum.value);
  sum.d_order = factor * (sum.d_order + common.d_log * sum.value);
  sum.value *= factor;
  return sum;
}

}  // namespace praesepe::infer::models::globular
