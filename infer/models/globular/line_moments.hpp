// The density of a cluster integrated along lines of sight, tabulated once for many lines.
//
//   I_k(u) = int dz z^k E(g+3/2, phi(r)),  k = 0, 2,   r^2 = u + z^2        lengths in units of r0, over both sides
//
// Towards the edge u_t = x_t^2 both vanish as (1 - u/u_t)^(g+2) and ^(g+3). Their logarithms without that factor are
// smooth in ln(1 + u): Chebyshev polynomials on all of it. With a position alone a star's density is, at distance z0 of
// the foot of the centre, z0^2 r0 I_0 + r0^3 I_2 (projected_density.hpp).
//
// Derivatives with respect to phi0 and g are those of the polynomials. Accuracy: 1e-6, within a percent of the edge 1e-5
// for g near 0 (projected_density_test.cpp).
#pragma once

#include <array>

#include "infer/models/globular/quadrature.hpp"
#include "infer/models/globular/space_density.hpp"

namespace praesepe::infer::models::globular {

class LineMoments {
 public:
  LineMoments();
  /// For the model as it is solved now.
  void prepare(const sim::globular::LoweredIsothermal& model);

  /// ln I_k; those with respect to phi0 and g at fixed u.
  struct Value {
    double log, d_u, d_phi0, d_g;
  };
  /// 0 <= u < u_t: {ln I_0, ln I_2}.
  std::array<Value, 2> operator()(double u) const;

 private:
  static constexpr int kTerms = 48;
  using Coefficients = Eigen::Array<double, kTerms, 3>;  // of the value, d_phi0, d_g

  std::array<sim::globular::Sensitive, 2> at_node(double eta) const;

  GaussLegendre rule_;
  SpaceDensity density_;
  sim::globular::Sensitive edge_square_, length_;  // u_t, ln(1 + u_t)
  double order_ = 0.0;                             // g
  Eigen::Matrix<double, kTerms, kTerms> to_coefficients_;
  std::array<Coefficients, 2> coefficients_;
};

}  // namespace praesepe::infer::models::globular
