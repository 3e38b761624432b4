// Stars of the field at distances of exponentially decreasing space density, seen through their parallaxes.
//
//   I(parallax, s^2; L) = ln integral_0^inf r^2 exp(-r / L) / (2 L^3)  N(parallax; 1 / r, s^2) dr
//
// Bailer-Jones 2015, PASP 127, 994. Gauss-Legendre in ln r over where the parallax leaves the integrand alive, the same
// nodes for all theta: 2e-5 in I for 0.02 < L < 20 kpc at any signal-to-noise (field_components_test.cpp). From what
// the nodes were made for the parallax may be shifted, by up to four errors and an error that all stars share, and its
// variance lowered, as conditioning on correlated proper motions does.
#pragma once

#include "infer/models/field/stars.hpp"

namespace praesepe::infer::models::field {

class FieldDistance {
 public:
  /// `parallax`: mas, with its variance. Missing ones say nothing: I = 0. `shared`: the largest error, mas, that all of
  /// them may share.
  explicit FieldDistance(const Measured& parallax, double shared = 0.0);

  /// values (N) = I at these parallaxes (mas) and variances for the scale length L (kpc); fills the derivatives.
  void evaluate(const Array& parallax, const Array& variance, double scale_length, Array& values) const;

  // Of the last evaluation, (N).
  mutable Array d_parallax, d_variance, d_scale_length;

 private:
  Eigen::ArrayXXd distance_, inverse_, log_weight_;  // (nodes, N): r kpc, 1 / r mas, ln(weight r^2)
};

}  // namespace praesepe::infer::models::field
