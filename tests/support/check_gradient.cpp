#include "tests/support/check_gradient.hpp"

#include <algorithm>
#include <cmath>

namespace praesepe::tests {

testing::AssertionResult check_gradient(const DifferentiableFunction& f, const Eigen::VectorXd& x, double tolerance,
                                        const Eigen::VectorXd& step) {
  Eigen::VectorXd gradient(x.size()), scratch(x.size());
  f(x, gradient);
  const double scale = std::max(1.0, gradient.cwiseAbs().maxCoeff());
  const auto central = [&](Eigen::Index i, double h) {
    Eigen::VectorXd moved = x;
    moved[i] = x[i] + h;
    const double above = f(moved, scratch);
    moved[i] = x[i] - h;
    return (above - f(moved, scratch)) / (2.0 * h);
  };
  Eigen::Index worst = 0;
  double worst_error = -1.0, worst_difference = 0.0;
  for (Eigen::Index i = 0; i < x.size(); ++i) {
    const double h = step[step.size() == 1 ? 0 : i];
    const double difference = (4.0 * central(i, 0.5 * h) - central(i, h)) / 3.0;
    const double error = std::abs(difference - gradient[i]);
    if (!(error <= worst_error)) {
      worst = i;
      worst_error = error;
      worst_difference = difference;
    }
  }
  if (worst_error <= tolerance * scale) return testing::AssertionSuccess();
  return testing::AssertionFailure() << "entry " << worst << ": analytic " << gradient[worst] << ", differences "
                                     << worst_difference << ", error " << worst_error << " > " << tolerance * scale;
}

testing::AssertionResult check_gradient(const infer::density::LogDensity& target, const Eigen::VectorXd& q,
                                        double tolerance, double step) {
  Eigen::VectorXd slopes(q.size());
  const double lp = target.log_density(q, slopes), value = target.value(q);
  if (!(std::abs(value - lp) <= 1e-7 * (1.0 + std::abs(lp))))
    return testing::AssertionFailure() << "the value alone is " << value << ", with its gradient " << lp;
  return check_gradient(
      [&](const Eigen::VectorXd& x, Eigen::VectorXd& gradient) { return target.log_density(x, gradient); }, q,
      tolerance, Eigen::VectorXd::Constant(1, step));
}

}  // namespace praesepe::tests
