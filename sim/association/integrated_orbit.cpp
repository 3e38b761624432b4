#include "sim/association/integrated_orbit.hpp"

#include <array>
#include <boost/numeric/odeint.hpp>

#include "sim/astrometry/units.hpp"

namespace praesepe::sim::association {

namespace {

using Eigen::Matrix3d;
using Eigen::Vector3d;

constexpr std::size_t kState = 6, kStateAndJacobian = 42;

/// The equations of motion; places pc, velocities pc/Myr, times Myr.
class Motion {
 public:
  explicit Motion(const MilkyWay& galaxy)
      : galaxy_(galaxy), lsr_(-galaxy.sun_radius_pc(), 0.0, 0.0), lsr_acceleration_(galaxy.acceleration(lsr_)) {
    turn_ << 0.0, -galaxy.sun_rotation(), 0.0, galaxy.sun_rotation(), 0.0, 0.0, 0.0, 0.0, 0.0;
  }

  Vector6 rate(const Vector6& y) const {
    Vector6 dy;
    dy << turn_ * y.head<3>() + y.tail<3>(),
        turn_ * y.tail<3>() + galaxy_.acceleration(lsr_ + y.head<3>()) - lsr_acceleration_;
    return dy;
  }

  Matrix6 rate_by_state(const Vector6& y) const {
    Matrix6 slope;
    slope << turn_, Matrix3d::Identity(), galaxy_.tides(lsr_ + y.head<3>()), turn_;
    return slope;
  }

 private:
  const MilkyWay& galaxy_;
  Vector3d lsr_;
  Vector3d lsr_acceleration_;
  Matrix3d turn_;
};

/// Takes y, a state and perhaps its Jacobian column by column, through a time.
template <std::size_t N>
void integrate(const Motion& motion, std::array<double, N>& y, double time) {
  namespace odeint = boost::numeric::odeint;
  const auto rates = [&](const std::array<double, N>& at, std::array<double, N>& change, double) {
    const Eigen::Map<const Vector6> state(at.data());
    Eigen::Map<Vector6>(change.data()) = motion.rate(state);
    if constexpr (N == kStateAndJacobian) {
      Eigen::Map<Matrix6>(change.data() + kState) =
          motion.rate_by_state(state) * Eigen::Map<const Matrix6>(at.data() + kState);
    }
  };
  const auto stepper = odeint::make_controlled(1e-12, 1e-12, odeint::runge_kutta_fehlberg78<std::array<double, N>>());
  odeint::integrate_adaptive(stepper, rates, y, 0.0, time, 0.02 * time);
}

/// A state with velocities in km/s has this times its velocities in pc/Myr.
Vector6 scale() {
  constexpr double k = astrometry::kPcMyrPerKms;
  return {1.0, 1.0, 1.0, k, k, k};
}

}  // namespace

Vector6 IntegratedOrbit::trace(const Vector6& start, double time_myr) const {
  std::array<double, kState> y;
  Eigen::Map<Vector6> state(y.data());
  state = start.cwiseProduct(scale());
  integrate(Motion(galaxy_), y, time_myr);
  return state.cwiseQuotient(scale());
}

LinearisedOrbit IntegratedOrbit::linearise(const Vector6& start, double time_myr) const {
  const Motion motion(galaxy_);
  std::array<double, kStateAndJacobian> y;
  Eigen::Map<Vector6> state(y.data());
  Eigen::Map<Matrix6> jacobian(y.data() + kState);
  state = start.cwiseProduct(scale());
  jacobian.setIdentity();
  integrate(motion, y, time_myr);
  const Vector6 back = scale().cwiseInverse();
  return {.state = back.cwiseProduct(state),
          .jacobian = back.asDiagonal() * jacobian * scale().asDiagonal(),
          .rate = back.cwiseProduct(motion.rate(state))};
}

}  // namespace praesepe::sim::association
