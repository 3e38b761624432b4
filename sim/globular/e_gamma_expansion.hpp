// E(a, .) of one order a, tabulated once for fast evaluation at many arguments.
//
//   E(a, x) = x^a h(x),   h(x) = sum_k x^k / Gamma(a+k+1)   entire in x
//
// h and dh/da are expanded in Taylor series about x = 0, 1, 2, ...; neighbouring expansions meet half way.
// Accuracy: 1e-13 relative, as e_gamma.hpp (tests/sim/globular/e_gamma_test.cpp). Cost: 2 microseconds for x_max = 10
// to set up, then about 40 ns a call, an eighth of the series.
#pragma once

#include <array>
#include <cstddef>
#include <vector>

#include "sim/globular/e_gamma.hpp"

namespace praesepe::sim::globular {

class EGammaExpansion {
 public:
  /// Tables for order a > 0 and 0 <= x <= x_max. Reuses its storage.
  void prepare(double a, double x_max);

  /// E and its derivatives at x <= x_max; zero for x <= 0, outside the model.
  EGamma operator()(double x) const;

 private:
  static constexpr std::size_t kDegree = 13;  // 0.5^14/14! = 7e-16
  struct Expansion {
    std::array<double, kDegree + 1> h;
    std::array<double, kDegree + 1> d_a_h;
  };
  double a_ = 0.0;
  double inverse_gamma_ = 0.0;  // 1/Gamma(a)
  std::vector<Expansion> expansions_;
};

}  // namespace praesepe::sim::globular
