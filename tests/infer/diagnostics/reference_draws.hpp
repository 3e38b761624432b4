// The draws of tests/reference/posterior_diagnostics.R, from the same arithmetic.
#pragma once

#include <Eigen/Core>
#include <cmath>
#include <string>

namespace praesepe::tests {

/// x' = 16807 x mod (2^31 - 1), exact in double precision.
class ParkMiller {
 public:
  explicit ParkMiller(double state) : state_(state) {}
  double uniform() {
    state_ = std::fmod(16807.0 * state_, 2147483647.0);
    return state_ / 2147483647.0;
  }
  /// Nearly normal: twelve uniforms less six.
  double normal() {
    double sum = 0.0;
    for (int i = 0; i < 12; ++i) sum += uniform();
    return sum - 6.0;
  }

 private:
  double state_;
};

/// Draws of the named case (draws, chains); `name` as in the table.
inline Eigen::MatrixXd reference_draws(const std::string& name, double state, int draws, int chains) {
  ParkMiller random(state);
  const auto next = [&](double last, int i, int c) -> double {
    if (name == "ar_0.9") return 0.9 * last + random.normal();
    if (name == "ar_0.995") return 0.995 * last + random.normal();
    if (name == "antithetic") return -0.5 * last + random.normal();
    if (name == "very_antithetic") return -0.95 * last + random.normal();
    if (name == "odd") return 0.5 * last + random.normal();
    if (name == "one_chain") return 0.3 * last + random.normal();
    if (name == "trend") return 0.01 * i + random.normal();
    if (name == "offset") return 1e6 + 1e-3 * random.normal();
    if (name == "one_shifted") return random.normal() + (c == 3 ? 2.0 : 0.0);
    if (name == "one_wide") return random.normal() * (c == 2 ? 3.0 : 1.0);
    if (name == "one_stuck") return c == 1 ? 0.25 : random.normal();
    if (name == "integers") return std::floor(4.0 * random.uniform());
    if (name == "binary") return std::floor(2.0 * random.uniform());
    if (name == "constant") return 3.0;
    if (name == "heavy_tails") {
      const double numerator = random.normal();
      return numerator / random.normal();
    }
    if (name == "with_nan") {
      const double u = random.uniform();
      return i == 7 && c == 2 ? std::nan("") : u;
    }
    return random.normal();  // iid, short, ...
  };
  Eigen::MatrixXd x(draws, chains);
  for (int c = 0; c < chains; ++c) {
    double last = 0.0;
    for (int i = 0; i < draws; ++i) x(i, c) = last = next(last, i + 1, c + 1);
  }
  return x;
}

}  // namespace praesepe::tests
