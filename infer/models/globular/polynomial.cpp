#include "infer/models/globular/polynomial.hpp"

#include <Eigen/Core>
#include <cmath>
#include <numbers>

namespace praesepe::infer::models::globular {

std::vector<double> fit_polynomial(const std::function<double(double)>& f, int degree) {
  using Real = long double;
  using Vector = Eigen::Vector<Real, Eigen::Dynamic>;
  const Eigen::Index size = degree + 1;
  const Vector angle = (Vector::LinSpaced(size, 0, static_cast<Real>(degree)).array() + Real(0.5)) *
                       (std::numbers::pi_v<Real> / static_cast<Real>(size));
  const Vector values = angle.unaryExpr([&](Real a) { return static_cast<Real>(f(static_cast<double>(std::cos(a)))); });

  // f = sum_n c_n T_n(t) with T_0 = 1, T_1 = t, T_{n+1} = 2 t T_n - T_{n-1}, summed up in powers of t
  Vector powers = Vector::Zero(size), previous = Vector::Zero(size), current = Vector::Unit(size, 0);
  for (Eigen::Index n = 0; n < size; ++n) {
    const Vector cosines = (static_cast<Real>(n) * angle.array()).cos();
    powers += cosines.dot(values) * (n == 0 ? Real(1) : Real(2)) / static_cast<Real>(size) * current;
    Vector next = -previous;
    next.tail(degree) += (n == 0 ? Real(1) : Real(2)) * current.head(degree);
    previous = current;
    current = next;
  }
  const Eigen::VectorXd rounded = powers.cast<double>();
  return {rounded.begin(), rounded.end()};
}

}  // namespace praesepe::infer::models::globular
