// Lowered isothermal spheres (Woolley, King, Wilson and all between): the dimensionless potential and its derivatives
// with respect to the two shape parameters.
//
//   f(r, v) = A E(g, phi(r) - v^2 / 2 s^2)  where positive, else 0                      Gieles & Zocchi 2015, eq. 1
//   x^-2 d/dx (x^2 dphi/dx) = -9 rho,   rho = E(g+3/2, phi) / E(g+3/2, Phi0),   phi(0) = Phi0,   x = r / r0
//
// phi = (potential at the edge - potential at r) / s^2, from Phi0 at the centre to 0 at the edge x_t; beyond the edge
// it continues as that of a point mass, negative. Units of this file: r0 = s = rho(0) = 1, so that
// r0^2 = 9 s^2 / (4 pi G rho0). The mass is counted as m(x) = -x^2 dphi/dx, i.e. 4 pi rho0 r0^3 / 9 = s^2 r0 / G.
//
// phi0   dimensionless central potential, 0 < phi0 <= 100         g   truncation, 0 <= g < 3.5
//
// Method: power series at the centre; then Runge-Kutta of order six on a uniform grid in xi = ln(1 + x^2); the step
// that meets the edge is replaced by one in the variable sqrt(phi), in which the edge is a regular point. All
// arithmetic carries the derivatives with respect to Phi0 and g, which are therefore those of the discrete solution.
//
// Accuracy at the default step, for 1.5 <= Phi0 <= 14 and 0.001 <= g <= F_b: 4e-7 relative in x_t, m(x_t), x_h (median
// 2e-9), 2e-8 Phi0 in phi; 5e-6 in its derivatives (median 2e-8), the most beside the edge for small g, where they bend
// sharply. At a step of 0.025: 2e-8 relative, and 3e-10 for g > 1/2 (tests/sim/globular/lowered_isothermal_test.cpp).
// Cost: 20 to 60 microseconds, growing with Phi0 (tests/bench/globular_model_benchmark.cpp).
#pragma once

#include <array>
#include <vector>

#include "sim/globular/e_gamma_expansion.hpp"
#include "sim/globular/sensitive.hpp"

namespace praesepe::sim::globular {

struct SolverOptions {
  /// Grid step in ln(1 + x^2) for Phi0 >= 4.5; below, times Phi0 / 4.5: small models are of size Phi0^(1/2).
  double step = 0.1;
};

/// phi and its derivatives, piecewise quintic: interval k covers xi = ln(1 + x^2) in [k step, (k+1) step], and with
/// t = xi/step - k in [0, 1] the value is sum_n c[6 k + n] t^n. Value, first and second derivative with respect to xi
/// are continuous, and d_phi0, d_g are the exact derivatives of the polynomials `phi`.
struct PotentialTable {
  double step = 0.0;
  int intervals = 0;           ///< reaches at least one whole interval beyond the one that holds the edge
  std::vector<double> phi;     ///< (6 intervals)
  std::vector<double> d_phi0;  ///< (6 intervals)
  std::vector<double> d_g;     ///< (6 intervals)
};

class LoweredIsothermal {
 public:
  /// Edges beyond ln(1 + x^2) = 46, ten thousand million core radii, count as infinite.
  static constexpr double kMaxXi = 46.0;
  static constexpr double kMaxPhi0 = 100.0;

  /// Storage for solve(); nothing else may be asked before it succeeds.
  explicit LoweredIsothermal(SolverOptions options = {});
  /// Solves at once. Throws InputError if (phi0, g) is outside the ranges above or the model has no finite edge.
  LoweredIsothermal(double phi0, double g, SolverOptions options = {});

  /// Solves anew without allocating, once the storage has grown. False, and no model, if there is none with these
  /// parameters (out of range or without a finite edge).
  [[nodiscard]] bool solve(double phi0, double g);

  double phi0() const { return phi0_; }
  double g() const { return g_; }
  const Sensitive& edge() const { return edge_; }                          ///< x_t
  const Sensitive& mass() const { return mass_; }                          ///< m(x_t)
  const Sensitive& half_mass_radius() const { return half_mass_radius_; }  ///< x_h
  const Sensitive& central_density_e() const { return central_e_; }        ///< E(g+3/2, Phi0)
  Sensitive log_central_density_e() const { return log(central_e_); }
  /// r_v / r_h with the virial radius r_v = -G M^2 / (2 U). By quadrature over the table: some microseconds.
  Sensitive virial_ratio() const;

  Sensitive potential(double x) const;    ///< phi(x), x >= 0
  Sensitive mass_inside(double x) const;  ///< m(x), x >= 0
  const PotentialTable& table() const { return table_; }

 private:
  /// phi, -dphi/dxi and -d2phi/dxi2 at one grid point.
  struct Node {
    Sensitive phi, kappa, bend;
  };
  using State = std::array<Sensitive, 2>;  // phi, kappa = -dphi/dxi

  /// Where q = x^2 lies in the table: first coefficient of its interval, and t.
  struct Place {
    std::size_t coefficient;
    double t;
  };

  void expand_centre();
  bool march();
  bool meet_edge(double x, const State& y);
  void append_exterior();
  void find_half_mass();
  void build_table();

  double last_xi() const;
  void append_node(double exp_xi, const State& y);
  Sensitive density(const Sensitive& phi) const;
  State rates(double exp_xi, const State& y) const;
  State step_from(double xi, const State& y, const State& rate, double h) const;
  State exterior(double x) const;
  Place place(double q) const;

  SolverOptions options_;
  double phi0_ = 0.0;
  double g_ = 0.0;
  double step_ = 0.0;
  EGammaExpansion e_;
  Sensitive central_e_, inverse_central_e_;
  Sensitive edge_, mass_, half_mass_radius_;
  std::vector<Node> nodes_;
  PotentialTable table_;
};

}  // namespace praesepe::sim::globular
