// How much of a cluster lies inside a cone whose apex is the Sun and whose axis points to the cluster's centre.
//
// Of a shell of radius r < D about the centre, D away, the share cos(beta) (1 - D^2 sin^2(beta) / r^2)^(1/2) is outside
// a cone of half-angle beta. Summed over shells, with z along the cone's side from the foot of the centre,
//
//   1 - M(beta) = 4 pi cos(beta) int_0^(z_t) dz z^2 n(r),     r^2 = D^2 sin^2(beta) + z^2
//
// exactly: perspective is the factor cos(beta) and no more. Shells with r > D surround the Sun, and their share is
// (1 + cos(beta) z / r - D sin^2(beta) / r) / 2. n is that of space_density.hpp: M is the integral of the stars'
// density per steradian, dM/dbeta = 2 pi sin(beta) int R^2 n dR, that of the likelihood without motions.
// Accuracy: that of footprint_fraction.hpp, which is the only one to ask.
#pragma once

#include "infer/models/globular/quadrature.hpp"
#include "infer/models/globular/space_density.hpp"

namespace praesepe::infer::models::globular {

class ConeMass {
 public:
  ConeMass();
  /// The cluster, and its solved model, which must stay as it is while values are asked for.
  void prepare(const ClusterParameters& cluster, const sim::globular::LoweredIsothermal& model);

  struct Value {
    double inside = 1.0;             ///< M(beta)
    double d_log_distance = 0.0;     ///< at fixed beta; also -d/d ln r0
    double d_phi0 = 0.0, d_g = 0.0;  ///< at fixed beta, r0 and distance
    double per_steradian = 0.0;      ///< dM/dbeta / (2 pi sin(beta))
  };
  /// 0 < beta < pi, given as sine and cosine.
  Value operator()(double sine, double cosine) const;

 private:
  GaussLegendre rule_;
  SpaceDensity density_;
  double edge_ = 0.0;                // of the model
  double distance_ = 0.0;            // D / r0
  sim::globular::Sensitive factor_;  // 9 / (m_t E(g+3/2, Phi0))
};

}  // namespace praesepe::infer::models::globular
