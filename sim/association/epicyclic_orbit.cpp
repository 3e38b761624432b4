#include "sim/association/epicyclic_orbit.hpp"

#include <cmath>
#include <numbers>

#include "sim/error.hpp"

namespace praesepe::sim::association {

namespace {

constexpr double kSpeed = astrometry::kPcMyrPerKms;
constexpr std::array<int, 2> kUpright = {2, 5};

/// How (z, w), pc and km/s, turn in a time; its derivative by that time is the same turn a quarter ahead.
Eigen::Matrix2d vertical(double nu, double phase) {
  const double c = std::cos(phase), s = std::sin(phase);
  Eigen::Matrix2d turn;
  turn << c, kSpeed / nu * s, -nu / kSpeed * s, c;
  return turn;
}
constexpr double kQuarter = 0.5 * std::numbers::pi;

Vector4<double> in_plane(const Vector6& state) { return {state[0], state[1], state[3], state[4]}; }

}  // namespace

EpicyclicOrbit::EpicyclicOrbit(const EpicyclicConstants& constants) : constants_(constants) {
  if (!(constants.oort_b < 0.0 && constants.oort_a > constants.oort_b && constants.vertical_frequency > 0.0 &&
        constants.sun_radius_pc > 0.0)) {
    throw InputError("epicyclic orbit: B < 0 < A - B, a positive vertical frequency and a positive R0 were expected");
  }
}

Vector6 EpicyclicOrbit::trace(const Vector6& start, double time_myr) const {
  return curve(start, time_myr).first().state;
}

LinearisedOrbit EpicyclicOrbit::linearise(const Vector6& start, double time_myr) const {
  return curve(start, time_myr).first();
}

CurvedOrbit::CurvedOrbit(const EpicyclicConstants& constants, const Vector6& start, double time_myr)
    : turn_(constants, time_myr), start_(in_plane(start)) {
  const PlaneOrbit<double> plane(turn_, start_);
  const auto end = plane.end(), rate = plane.rate();
  const auto jacobian = plane.jacobian(), inverse = plane.inverse_jacobian();
  first_.jacobian.setZero();
  for (std::size_t i = 0; i < 4; ++i) {
    first_.state[kInPlane[i]] = end[i];
    first_.rate[kInPlane[i]] = rate[i];
    for (std::size_t j = 0; j < 4; ++j) {
      first_.jacobian(kInPlane[i], kInPlane[j]) = jacobian[i][j];
      inverse_jacobian_(kInPlane[i], kInPlane[j]) = inverse[i][j];
    }
  }
  const double nu = constants.vertical_frequency, phase = nu * time_myr;
  const Eigen::Matrix2d upright = vertical(nu, phase);
  upright_rate_ = nu * vertical(nu, phase + kQuarter);
  first_.state(kUpright) = upright * start(kUpright);
  first_.rate(kUpright) = upright_rate_ * start(kUpright);
  first_.jacobian(kUpright, kUpright) = upright;
  inverse_jacobian_(kUpright, kUpright) = vertical(nu, -phase);
}

CurvedOrbit::Slopes CurvedOrbit::pull_back(const Matrix6& k) const {
  Matrix4<double> in;
  for (std::size_t i = 0; i < 4; ++i)
    for (std::size_t j = 0; j < 4; ++j) in[i][j] = k(kInPlane[i], kInPlane[j]);
  const auto plane = PlaneOrbit<double>(turn_, start_).pull_back(in);
  Slopes slopes{.by_start = Vector6::Zero(),
                .by_time = plane.by_time + upright_rate_.cwiseProduct(k(kUpright, kUpright)).sum()};
  for (std::size_t i = 0; i < 4; ++i) slopes.by_start[kInPlane[i]] = plane.by_start[i];
  return slopes;
}

}  // namespace praesepe::sim::association
