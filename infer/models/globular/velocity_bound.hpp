// The velocity of a star, given where it is: an upper bound of its density that can be drawn from.
//
// In d = 2 dimensions, on the sky, or 3, where the radial velocity is measured too. Units of the velocity scale s, axes
// those of the noise. With the star seen at m, noise of variance T_j along axis j, and the velocities that are not
// measured integrated out (order a = g + (3 - d)/2), the density of the velocity u is
//
//   N(u; m, T) E(a, phi - u^2/2) = K N(u; rho, V) P(a, phi - u^2/2),      rho_j = m_j/(1+T_j),  V_j = T_j/(1+T_j)
//   ln K = phi - sum_j [m_j^2 / (1+T_j) + ln(1+T_j)] / 2
//
// Two bounds of N P, each of a closed integral, the smaller of which is taken:
//
//   tangent   ln P is concave in u:  ln P(u) <= ln P(u0) + l.(u - u0),  l = grad ln P(u0),  makes of N(u; rho, V) a
//             Gaussian about rho + V l. u0 is where N P is largest, near enough: the bound holds for any u0
//   ball      P(a, y) <= y^a / Gamma(a+1) and N <= prod_j (2 pi V_j)^(-1/2): for noise wider than the escape speed
//
// The tangent follows a star beyond the escape speed to the edge of the ball u^2 < 2 phi; the ball keeps its acceptance
// as phi -> 0.
#pragma once

#include <Eigen/Core>

#include "sim/globular/e_gamma_expansion.hpp"
#include "sim/random/stream.hpp"

namespace praesepe::infer::models::globular {

/// (d)
using Velocity = Eigen::Array<double, Eigen::Dynamic, 1, 0, 3, 1>;

class VelocityBound {
 public:
  /// `e`: E of order a, `order`. m, T: (d); T positive, phi positive.
  VelocityBound(double phi, const Velocity& m, const Velocity& noise, double order,
                const sim::globular::EGammaExpansion& e);

  /// ln K + ln of the integral of the bound: at least ln of int d^du N(u; m, T) E(a, phi - u^2/2).
  double log_integral() const { return log_common_ + (is_ball_ ? log_ball_ : log_tangent_); }
  /// A velocity drawn from the bound. True, and `u`, with probability density / bound there.
  bool draw(sim::random::Stream& stream, Velocity& u) const;

 private:
  bool draw_in_ball(sim::random::Stream& stream, Velocity& u) const;
  bool draw_by_tangent(sim::random::Stream& stream, Velocity& u) const;
  void place_tangent();
  /// ln P(a, y) and its slope in y.
  struct LogP {
    double value, slope;
  };
  LogP log_p(double y) const;
  double argument(const Velocity& u) const { return phi_ - 0.5 * u.square().sum(); }

  double phi_, order_;
  const sim::globular::EGammaExpansion* e_;
  Velocity rho_, variance_;
  double log_common_, log_tangent_, log_ball_;
  bool is_ball_;
  Velocity touch_, slope_;  // u0 and l
  double log_p_touch_;
};

}  // namespace praesepe::infer::models::globular
