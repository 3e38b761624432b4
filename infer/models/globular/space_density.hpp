// Where in space the stars of a cluster are: their density, velocities integrated out, with its derivatives.
//
//   n(r) = 9 / (4 pi r0^3 m_t E(g+3/2, Phi0)) · E(g+3/2, phi(r))        stars per pc^3, for one star in the cluster
//
// which is f/M of README section 1 with all three components of the velocity integrated out: each adds 1/2 to the
// order. The factor in front is a ClusterParameters' affair; here is E alone, as a function of q = (r / r0)^2.
#pragma once

#include "infer/models/globular/cluster_parameters.hpp"
#include "sim/globular/e_gamma_expansion.hpp"
#include "sim/globular/lowered_isothermal.hpp"

namespace praesepe::infer::models::globular {

class SpaceDensity {
 public:
  /// E(g+3/2, phi) and its derivatives, those with respect to phi0 and g at fixed q.
  struct Value {
    double e, d_q, d_phi0, d_g;
  };

  /// For the model as it is solved now; it must live and stay so as long as values are asked for. Does not allocate
  /// once its storage has grown.
  void prepare(const sim::globular::LoweredIsothermal& model);
  /// At q >= 0; zero beyond the edge.
  Value operator()(double q) const;

  /// ln of the factor in front of E.
  static double log_factor(const ClusterParameters& cluster);
  /// Adds its gradient, `count` times.
  static void add_factor_gradient(double count, ClusterGradient& by);

 private:
  const sim::globular::LoweredIsothermal* model_ = nullptr;
  sim::globular::EGammaExpansion e_;
};

}  // namespace praesepe::infer::models::globular
