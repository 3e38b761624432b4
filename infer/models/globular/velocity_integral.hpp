// A star's proper-motion noise against the cluster's velocity law, at one point of its line of sight.
//
// Velocities are in units of the velocity scale s. A star is seen at m, with noise of variance T per component; the
// cluster's law, the radial component integrated out, is E(a, phi - u^2/2) with a = g + 1/2. Because E(a,y) = e^y
// P(a,y),
//
//   C = int d^2u N2(u; m, T) E(a, phi - u^2/2) = exp(phi - m^2 / (2 (1+T))) / (1+T) * B
//   B = int d^2u N2(u; rho, V) P(a, phi - u^2/2),          rho = m / (1+T),  V = T / (1+T),  u^2 < 2 phi.
//
// smooth():  little noise, clear of the escape speed: what noise does to a smooth function, to second order
//            in V, with q = rho^2/2 and derivatives of P at y = phi - q:
//            B = P + V (q P'' - P') + V^2/2 (q^2 P'''' - 4 q P''' + 2 P'')
// wide():    otherwise, in polar coordinates about the cluster's mean velocity:
//            B = int u du / V exp(-(u^2 + rho^2) / 2V) I0(u rho / V) P(a, phi - u^2/2),
//            u = e - (e - u1)(1 - s)^2, regular at the escape speed e; s on Gauss-Legendre nodes of (0, 1), or of as
//            much of it as the noise reaches.
// Derivatives are those of the integral, by the same nodes. That to phi is integrated by parts, P' -> P, so that a law
// which falls steeply at the escape speed (small a) needs no finer nodes.
#pragma once

#include <vector>
#include <xsimd/xsimd.hpp>

#include "infer/models/globular/bessel.hpp"
#include "infer/models/globular/quadrature.hpp"
#include "infer/models/globular/velocity_law.hpp"

namespace praesepe::infer::models::globular {

/// B and its partial derivatives, all divided by exp(log_scale).
template <class Batch>
struct VelocityIntegral {
  Batch value, d_phi, d_rho, d_variance, d_order;
  Batch log_scale;  ///< not differentiated: a constant taken out to keep single precision from underflow
};

/// Gauss-Legendre nodes of wide().
template <class Real>
struct SpeedRule {
  SpeedRule(int count, double standard_deviations) : reach(static_cast<Real>(standard_deviations)) {
    const GaussLegendre line(count);
    for (std::size_t j = 0; j < line.node.size(); ++j) {
      nodes.push_back({static_cast<Real>(line.node[j]), static_cast<Real>(line.weight[j])});
    }
  }
  struct Node {
    Real s, weight;
  };
  std::vector<Node> nodes;
  Real reach;  ///< of the window, standard deviations
};

/// `kSlopes`: with derivatives, which are otherwise left as they are; so too wide().
template <bool kSlopes, class Batch, class Real = typename Batch::value_type>
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
  const Batch half_v2 = half * v * v, q2 = q * q;
  const Batch ripple = q * c1 - one, swell = q2 * c3 - four * q * c2 + two * c1;
  VelocityIntegral<Batch> result;
  result.value = p.p + p.d_y * (v * ripple + half_v2 * swell);
  result.log_scale = Batch(Real(0));
  if constexpr (!kSlopes) return result;
  const Batch bend_c2 = two * slope1 * slope1 + two * c1 * slope2 - six * b * r2 * r2;
  const Batch c4 = bend_c2 + slope_c2 * c1 + c2 * slope1 + c3 * c1;
  const Batch a1 = r, a2 = two * c1 * r - r2;
  const Batch a3 = two * (r3 - (c1 + b * r) * r2) + a2 * c1 + c2 * r;

  result.d_phi = p.d_y * (one + v * (q * c2 - c1) + half_v2 * (q2 * c4 - four * q * c3 + two * c2));
  result.d_rho = rho * (p.d_y * (v * c1 + half_v2 * (two * q * c3 - four * c2)) - result.d_phi);
  result.d_variance = p.d_y * (ripple + v * swell);
  const Batch grown = v * (q * a1) + half_v2 * (q2 * a3 - four * q * a2 + two * a1);
  result.d_order = p.d_a + p.d_y * (p.log_slope * (v * ripple + half_v2 * swell) + grown);
  return result;
}

/// Of smooth(): noise of more than this variance is too wide for two orders, wherever it is.
inline constexpr double kSmoothNoise = 0.04;

template <bool kSlopes, class Batch, class Real = typename Batch::value_type>
[[gnu::always_inline]] inline VelocityIntegral<Batch> wide(const Batch& phi, const Batch& rho, const Batch& variance,
                                                           const VelocityLaw<Real>& law, const SpeedRule<Real>& rule,
                                                           const BesselTables<Real>& tables) {
  const Batch zero(Real(0)), half(Real(0.5)), one(Real(1)), inverse_variance = one / variance;
  const Batch escape = xsimd::sqrt(phi + phi), k_square(rule.reach * rule.reach);
  // The window: down to exp(-reach^2/2) of the largest value of the noise inside; further where the noise is as wide as
  // the law itself, and most of what counts lies far below the escape speed.
  const Batch excess = xsimd::max(zero, rho - escape);
  const Batch depth = xsimd::sqrt(excess * excess + k_square * variance * (one + variance));
  // escape - max(0, rho - depth) without cancellation
  const Batch inside = xsimd::max(zero, escape - rho) + k_square * variance * (one + variance) / (depth + excess);
  const Batch width = xsimd::min(escape, inside);
  const Batch slack = xsimd::max(zero, escape - rho - depth);
  const Batch last = one - xsimd::sqrt(slack / width);  // of s, where the window ends below the escape speed
  const Batch stretch = rho * inverse_variance, order(law.order());

  struct Node {
    Batch u, p, d_a, off, deficit;
  };
  // p: the noise, without the exponential's largest value, times P; d_a: times dP/da
  const auto at = [&](const Batch& step) [[gnu::always_inline]] {
    const Batch u = escape - step, y = half * step * (escape + u), log_y = quick_log(y);
    const auto b = bessel(u * stretch, tables);
    const Batch off = u - rho, off_size = xsimd::abs(off);
    const Batch exponent = order * log_y - half * (off_size - excess) * (off_size + excess) * inverse_variance;
    const Batch noise = b.scaled_i0 * quick_exp(exponent);
    const auto [f, f_a] = law.factor(y);
    const Batch p = noise * f;
    return Node{u, p, p * law.since(log_y) + noise * f_a, off, b.deficit};
  };
  VelocityIntegral<Batch> sum{zero, zero, zero, zero, zero, -half * excess * excess * inverse_variance};
  for (const auto& node : rule.nodes) {
    const Batch left = one - last * Batch(node.s);
    const Node n = at(width * left * left);
    const Batch flow = Batch(node.weight) * left * n.p, mass = flow * n.u;
    sum.value += mass;
    if constexpr (!kSlopes) continue;
    sum.d_phi -= flow * (n.off + rho * n.deficit);
    sum.d_rho += mass * (n.off - n.u * n.deficit);
    sum.d_variance += mass * (half * n.off * n.off + n.u * rho * n.deficit);
    sum.d_order += Batch(node.weight) * left * n.u * n.d_a;
  }
  // What the nodes have in common; the boundary term of the integration by parts is at the slow end of the window.
  const Batch constant = inverse_variance * Batch(law.inverse_gamma()), measure = (width + width) * last;
  const Batch factor = constant * measure;
  if constexpr (!kSlopes) {
    sum.value *= factor;
    return sum;
  }
  sum.d_phi = constant * (at(width).p + measure * inverse_variance * sum.d_phi);
  sum.d_rho *= factor * inverse_variance;
  sum.d_variance = factor * inverse_variance * (sum.d_variance * inverse_variance - sum.value);
  sum.d_order *= factor;
  sum.value *= factor;
  return sum;
}

}  // namespace praesepe::infer::models::globular
