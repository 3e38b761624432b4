// Numbers with derivatives with respect to what one star's integral depends on (forward differentiation).
#pragma once

#include <Eigen/Core>
#include <cmath>

namespace praesepe::infer::models::globular {

/// What a star's integral depends on, all in pc and km/s.
enum StarInput : Eigen::Index {
  kDistance,          ///< z0, distance along the star's direction to the foot of the centre
  kProjectedSquare,   ///< R_p^2, squared distance of the centre from the line of sight
  kLogRadiusScale,    ///< ln r0
  kLogVelocityScale,  ///< ln s
  kEast,              ///< the centre's velocity on the star's east direction
  kNorth,             ///< and on its north
  kPhi0,
  kTruncation,  ///< g
  kStarInputs
};

using StarGradient = Eigen::Array<double, kStarInputs, 1>;

struct StarDual {
  double value;
  StarGradient gradient;

  StarDual() : StarDual(0.0) {}
  explicit StarDual(double constant) : value(constant), gradient(StarGradient::Zero()) {}
  template <class Expression>
  StarDual(double v, const Eigen::ArrayBase<Expression>& g) : value(v), gradient(g) {}
  static StarDual input(double v, StarInput which, double slope = 1.0) {
    StarDual x(v);
    x.gradient[which] = slope;
    return x;
  }
};

inline StarDual operator+(const StarDual& a, const StarDual& b) { return {a.value + b.value, a.gradient + b.gradient}; }
inline StarDual operator-(const StarDual& a, const StarDual& b) { return {a.value - b.value, a.gradient - b.gradient}; }
inline StarDual operator*(const StarDual& a, const StarDual& b) {
  return {a.value * b.value, a.value * b.gradient + b.value * a.gradient};
}
inline StarDual operator/(const StarDual& a, const StarDual& b) {
  const double inverse = 1.0 / b.value;
  return {a.value * inverse, (a.gradient - a.value * inverse * b.gradient) * inverse};
}
inline StarDual operator+(double c, const StarDual& a) { return {c + a.value, a.gradient}; }
inline StarDual operator-(double c, const StarDual& a) { return {c - a.value, -a.gradient}; }
inline StarDual operator*(double c, const StarDual& a) { return {c * a.value, c * a.gradient}; }
inline StarDual sqrt(const StarDual& a) {
  const double root = std::sqrt(a.value);
  return {root, a.gradient * (0.5 / root)};
}
inline StarDual max(const StarDual& a, double b) { return a.value > b ? a : StarDual(b); }
inline StarDual max(const StarDual& a, const StarDual& b) { return a.value > b.value ? a : b; }
inline StarDual min(const StarDual& a, const StarDual& b) { return a.value < b.value ? a : b; }
inline StarDual asinh(const StarDual& a) {
  return {std::asinh(a.value), a.gradient / std::sqrt(1.0 + a.value * a.value)};
}

}  // namespace praesepe::infer::models::globular
