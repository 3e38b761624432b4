// The structure of a lowered isothermal sphere by another method, to check lowered_isothermal.hpp, whose equations,
// symbols and units it shares: Boost.Odeint (Cash-Karp, relative tolerance 1e-12) and Boost's incomplete gamma
// function.
//
// Three independent variables in turn: x out to Phi0/2; then u = phi^(1/2) to the edge, which is a regular point in it;
// ln m for the half-mass radius. Cost: some milliseconds to make, the same for a list of potentials.
#pragma once

#include <array>
#include <span>
#include <vector>

namespace praesepe::sim::globular {

class AdaptiveStructure {
 public:
  /// For models with a finite edge; others are not noticed.
  AdaptiveStructure(double phi0, double g);

  double edge() const { return edge_; }                             ///< x_t
  double mass() const { return mass_; }                             ///< m(x_t)
  double half_mass_radius() const { return half_mass_radius_; }     ///< x_h
  double potential_at_half_mass() const { return half_mass_phi_; }  ///< phi(x_h)
  double log_central_density_e() const;                             ///< ln E(g+3/2, Phi0)
  /// phi at each x < x_t; x ascending.
  std::vector<double> potentials(std::span<const double> x) const;
  /// ln E(a, y), y > 0.
  static double log_e(double a, double y);

 private:
  using Pair = std::array<double, 2>;

  double density(double phi) const;
  Pair centre(double x) const;
  void rates_in_x(const Pair& y, Pair& dy, double x) const;

  double phi0_, g_;
  double edge_ = 0.0, mass_ = 0.0, half_mass_radius_ = 0.0, half_mass_phi_ = 0.0;
};

}  // namespace praesepe::sim::globular
