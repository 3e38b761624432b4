#include "infer/models/globular/full_star.hpp"

#include <boost/math/special_functions/erf.hpp>
#include <cmath>
#include <numbers>

#include "sim/astrometry/units.hpp"

namespace praesepe::infer::models::globular {

namespace units = sim::astrometry;
using Eigen::Vector2d;
using sim::globular::potential_at;
using sim::globular::square_at;

namespace {

constexpr double kNearest = 0.01;  // pc from the Sun
const double kLogSlope = 0.5 * std::log(2.0 / std::numbers::pi);

/// S(x) = erf(x / sqrt 2), S' and 1 - S^2.
struct Squashed {
  explicit Squashed(double x)
      : value(std::erf(x / std::numbers::sqrt2)),
        slope(std::exp(kLogSlope - 0.5 * x * x)),
        rest(std::erfc(std::abs(x) / std::numbers::sqrt2) * (1.0 + std::abs(value))) {}
  double value, slope, rest;
};

/// The x of a value; one within rounding of +-1 is taken for the nearest that is not.
double unsquashed(double value) {
  constexpr double kLargest = 1.0 - 1e-15;
  return std::numbers::sqrt2 * boost::math::erf_inv(std::clamp(value, -kLargest, kLargest));
}

}  // namespace

void FullStar::point(double a, double b) {
  ra_ = star_.ra + a * star_.ra_error / (units::kMasPerDeg * std::cos(units::kRadPerDeg * star_.dec));
  dec_ = star_.dec + b * star_.dec_error / units::kMasPerDeg;
  triad_ = units::local_triad(ra_, dec_);
  foot_ = triad_.radial.dot(cluster_.centre.position_pc);
  projected_square_ = (cluster_.centre.position_pc - foot_ * triad_.radial).squaredNorm();
  bulk_ = {cluster_.centre.velocity_kms.dot(triad_.east), cluster_.centre.velocity_kms.dot(triad_.north)};
}

bool FullStar::set_motion(const Vector2d& motion) {
  motion_ = motion;
  u_ = (cluster_.distance * motion_ - bulk_) / cluster_.s;
  psi_ = 0.5 * u_.squaredNorm();
  const double r0_square = cluster_.r0 * cluster_.r0, q = projected_square_ / r0_square;
  at_foot_ = potential_at(*cluster_.table, q);
  if (!(at_foot_.phi > psi_)) return false;
  q_max_ = square_at(*cluster_.table, psi_);
  stretch_ = std::sqrt(projected_square_ + 0.5 * r0_square);
  ratio_ = (q_max_ - q) * r0_square / (stretch_ * stretch_);
  if (!(ratio_ > 0.0)) return false;
  t_max_ = std::asinh(std::sqrt(ratio_));
  return true;
}

// Near x = 0,  ln E(a, y (1 - S^2)) ~ -(2/pi) h x^2  with h = y E'/E, which is y for large and a for small y.
Width FullStar::width_radial() const {
  constexpr double c = 4.0 / std::numbers::pi;
  const double share = 1.0 / (1.0 + 0.5 * y_), inverse = 1.0 / (1.0 + c * (y_ + cluster_.order * share));
  return {std::sqrt(inverse), -0.5 * c * inverse * (1.0 - 0.5 * cluster_.order * share * share),
          -0.5 * c * inverse * share, 0.0};
}

// The same along the line of sight, where y falls by 3/4 t^2 near the foot and cosh t counts against it:
// ln [E(a, y(t)) cosh t] ~ -(3/4 h/y - 1/2) t^2,  t = t_max S,  a = g + 1/2.
Width FullStar::width_along() const {
  constexpr double c = 4.0 / std::numbers::pi;
  const double order = cluster_.order + 0.5, y = at_foot_.phi - psi_, square = c * t_max_ * t_max_;
  const double share = 0.75 / (y * (1.0 + 0.5 * y)), bend = 0.25 + order * share;
  const double inverse = 1.0 / (1.0 + square * bend);
  return {std::sqrt(inverse), 0.5 * square * inverse * order * share * (1.0 + y) / (y * (1.0 + 0.5 * y)),
          -0.5 * square * inverse * share, -square * inverse * bend};
}

bool FullStar::place(const StarVector& x) {
  x_ = x;
  point(x[0], x[1]);
  const Vector2d noise = star_.variance.array().sqrt() * x.segment<2>(2);
  if (!set_motion(star_.measured_motion() + star_.axes * noise)) return false;
  t_ = t_max_ * std::erf(width_along().value * x[4] / std::numbers::sqrt2);
  z_ = stretch_ * std::sinh(t_);
  if (!(foot_ + z_ > kNearest)) return false;
  q_ = (projected_square_ + z_ * z_) / (cluster_.r0 * cluster_.r0);
  potential_ = potential_at(*cluster_.table, q_);
  y_ = potential_.phi - psi_;
  if (!(y_ > 0.0)) return false;
  w_ = std::sqrt(2.0 * y_) * std::erf(width_radial().value * x[5] / std::numbers::sqrt2);
  return true;
}

units::Icrs6 FullStar::observed() const {
  const double distance = foot_ + z_;
  const Vector2d pm = cluster_.distance / distance / units::kKmsPerMasyrPc * motion_;
  return {ra_,   dec_,  1000.0 / distance,
          pm[0], pm[1], cluster_.centre.velocity_kms.dot(triad_.radial) + cluster_.s * w_};
}

StarVector FullStar::coordinates(const units::Icrs6& place) {
  StarVector x = StarVector::Zero();
  if (star_.ra_error > 0.0) {
    x[0] = (place.ra - star_.ra) * std::cos(units::kRadPerDeg * star_.dec) * units::kMasPerDeg / star_.ra_error;
  }
  if (star_.dec_error > 0.0) x[1] = (place.dec - star_.dec) * units::kMasPerDeg / star_.dec_error;
  point(x[0], x[1]);
  const double distance = units::distance_pc(place.parallax);
  set_motion(units::kKmsPerMasyrPc * distance / cluster_.distance * Vector2d(place.pmra, place.pmdec));
  x.segment<2>(2) =
      (star_.axes.transpose() * (motion_ - star_.measured_motion())).array() / star_.variance.array().sqrt();
  x[4] = unsquashed(std::asinh((distance - foot_) / stretch_) / t_max_) / width_along().value;
  z_ = distance - foot_;
  q_ = (projected_square_ + z_ * z_) / (cluster_.r0 * cluster_.r0);
  y_ = potential_at(*cluster_.table, q_).phi - psi_;
  w_ = (place.radial_velocity - cluster_.centre.velocity_kms.dot(triad_.radial)) / cluster_.s;
  x[5] = unsquashed(w_ / std::sqrt(2.0 * y_)) / width_radial().value;
  return x;
}

/// Widths, squashed coordinates and their slopes.
struct FullStar::Shape {
  Width along, radial;
  double e, f;  // widths times coordinates
  Squashed at_e, at_f;
  double cosh_t;
};

FullStar::Shape FullStar::shape() const {
  const Width along = width_along(), radial = width_radial();
  const double e = along.value * x_[4], f = radial.value * x_[5];
  return {along, radial, e, f, Squashed(e), Squashed(f), std::cosh(t_)};
}

/// What the data say of the place: deviations in units of their errors, and d ln p by what is measured.
struct FullStar::Seen {
  double distance, nearer;  // R, R_c / R
  double away;              // the centre's radial velocity at the star
  double square = 0.0;      // of all deviations
  double by_parallax = 0.0, by_radial_velocity = 0.0;
  Vector2d by_motion = Vector2d::Zero();
};

FullStar::Seen FullStar::seen() const {
  const double distance = foot_ + z_, nearer = cluster_.distance / distance;
  Seen seen{distance, nearer, cluster_.centre.velocity_kms.dot(triad_.radial)};
  const double chi = (star_.parallax - 1000.0 / distance) * star_.inverse_parallax_error;
  seen.by_parallax = chi * star_.inverse_parallax_error;
  const Vector2d deviation = star_.motion + star_.offset / distance - nearer * motion_;
  const Vector2d sd = star_.variance.array().sqrt(),
                 chi_motion = (star_.axes.transpose() * deviation).array() / sd.array();
  seen.by_motion = star_.axes * (chi_motion.array() / sd.array()).matrix();
  seen.square = chi * chi + chi_motion.squaredNorm();
  if (const double error = star_.radial_velocity_error; error > 0.0) {
    const double chi_radial = (star_.radial_velocity - seen.away - cluster_.s * w_) / error;
    seen.by_radial_velocity = chi_radial / error;
    seen.square += chi_radial * chi_radial;
  }
  return seen;
}

/// d ln p by quantities on the way from the coordinates to the place, gathered in the reverse of the order of place().
struct FullStar::Adjoint {
  double q = 0.0, psi = 0.0, projected_square = 0.0, distance = 0.0;
  Vector2d velocity = Vector2d::Zero();  // on the sky
};

double FullStar::log_density(ClusterGradient& by, double& by_log_distance, StarVector& gradient) const {
  const Shape shape = this->shape();
  const Seen seen = this->seen();
  const auto e = (*cluster_.e)(y_ * shape.at_f.rest);
  const double value = std::log(e.value) + 2.0 * std::log(seen.distance) +
                       std::log(stretch_ * shape.cosh_t * t_max_ * std::cos(units::kRadPerDeg * dec_)) +
                       0.5 * std::log(2.0 * y_) + 2.0 * kLogSlope + std::log(shape.along.value * shape.radial.value) -
                       0.5 * (shape.e * shape.e + shape.f * shape.f + x_.head<2>().square().sum() + seen.square);
  Adjoint back;
  back_from_radial_velocity(shape, seen, e, back, by, gradient);
  back_from_line_of_sight(shape, seen, back, by, gradient);
  back_from_motion(seen, back, by, by_log_distance, gradient);
  back_from_direction(seen, back, by, gradient);
  return value;
}

// w: E(g, y (1 - S^2)) sqrt(2y) S' times the width, and the radial velocity v_c.n + s w;
// y = phi(q) - psi,  q = (R_p^2 + z^2) / r0^2
void FullStar::back_from_radial_velocity(const Shape& shape, const Seen& seen, const sim::globular::EGamma& e,
                                         Adjoint& back, ClusterGradient& by, StarVector& gradient) const {
  const double by_argument = e.d_x / e.value, by_w = seen.by_radial_velocity * cluster_.s;
  const double by_f = -2.0 * by_argument * y_ * shape.at_f.value * shape.at_f.slope - shape.f +
                      by_w * std::sqrt(2.0 * y_) * shape.at_f.slope;
  const double by_log_width = by_f * shape.f + 1.0;
  gradient[5] = by_f * shape.radial.value;
  const double by_y =
      by_argument * shape.at_f.rest + 0.5 / y_ + by_log_width * shape.radial.d_log_y + 0.5 * by_w * w_ / y_;
  back.q = by_y * potential_.d_q;
  back.psi = -by_y;
  back.projected_square = back.q / (cluster_.r0 * cluster_.r0);
  by.phi0 += by_y * potential_.d_phi0;
  by.g += by_y * potential_.d_g + e.d_a / e.value + by_log_width * shape.radial.d_log_order;
  by.log_r0 -= 2.0 * back.q * q_;
  by.log_s += by_w * w_;
}

// R = foot + z in R^2, in the parallax and in the proper motion;  z = A sinh t,  A^2 = R_p^2 + r0^2/2,  t = t_max S,
// t_max = asinh(sqrt(ratio)),  ratio = (q_max r0^2 - R_p^2) / A^2,  phi(q_max) = psi; the width of e by phi(R_p) - psi
void FullStar::back_from_line_of_sight(const Shape& shape, const Seen& seen, Adjoint& back, ClusterGradient& by,
                                       StarVector& gradient) const {
  const double r0_square = cluster_.r0 * cluster_.r0, stretch_square = stretch_ * stretch_;
  back.distance = 2.0 / seen.distance - seen.by_parallax * 1000.0 / (seen.distance * seen.distance) -
                  seen.by_motion.dot(seen.nearer * motion_ - star_.offset / seen.distance) / seen.distance;
  const double by_z = back.distance + 2.0 * back.q * z_ / r0_square;
  const double by_t = by_z * stretch_ * shape.cosh_t + std::tanh(t_);
  const double by_stretch = (by_z * z_ + 1.0) / stretch_;
  const double by_e = by_t * t_max_ * shape.at_e.slope - shape.e, by_log_width = by_e * shape.e + 1.0;
  gradient[4] = by_e * shape.along.value;

  const double by_foot_y = by_log_width * shape.along.d_log_y, by_foot_q = by_foot_y * at_foot_.d_q;
  back.psi -= by_foot_y;
  back.projected_square += by_foot_q / r0_square;
  by.log_r0 -= 2.0 * by_foot_q * projected_square_ / r0_square;
  by.phi0 += by_foot_y * at_foot_.d_phi0;
  by.g += by_foot_y * at_foot_.d_g + by_log_width * shape.along.d_log_order;

  const double by_t_max = by_t * shape.at_e.value + (1.0 + by_log_width * shape.along.d_log_t_max) / t_max_;
  const double by_ratio = by_t_max / (2.0 * std::sqrt(ratio_ * (1.0 + ratio_)));
  const double by_stretch_square = 0.5 * by_stretch / stretch_ - by_ratio * ratio_ / stretch_square;
  const double by_q_max = by_ratio * r0_square / stretch_square;
  back.projected_square += by_stretch_square - by_ratio / stretch_square;
  by.log_r0 += by_stretch_square * r0_square + 2.0 * by_q_max * q_max_;
  const auto edge = potential_at(*cluster_.table, q_max_);
  back.psi += by_q_max / edge.d_q;
  by.phi0 -= by_q_max * edge.d_phi0 / edge.d_q;
  by.g -= by_q_max * edge.d_g / edge.d_q;
}

// psi = u^2/2,  u = (R_c motion - bulk) / s
void FullStar::back_from_motion(const Seen& seen, Adjoint& back, ClusterGradient& by, double& by_log_distance,
                                StarVector& gradient) const {
  back.velocity = back.psi / cluster_.s * u_;
  const Vector2d by_motion = cluster_.distance * back.velocity + seen.nearer * seen.by_motion;
  by.log_s -= back.psi * u_.squaredNorm();
  by_log_distance += by_motion.dot(motion_);
  gradient.segment<2>(2) = star_.variance.array().sqrt() * (star_.axes.transpose() * by_motion).array();
}

// foot = n.x,  R_p^2 = x^2 - foot^2,  bulk = (p.v, q.v);
// dn = cos d p da + q dd,  dp = (sin d q - cos d n) da,  dq = -sin d p da - n dd
void FullStar::back_from_direction(const Seen& seen, const Adjoint& back, ClusterGradient& by,
                                   StarVector& gradient) const {
  const auto& [position, velocity] = cluster_.centre;
  const Eigen::Vector3d offset = position - foot_ * triad_.radial;
  const Vector2d& by_velocity = back.velocity;
  by.position += back.distance * triad_.radial + 2.0 * back.projected_square * offset;
  by.velocity += seen.by_radial_velocity * triad_.radial - by_velocity[0] * triad_.east - by_velocity[1] * triad_.north;
  const double sine = std::sin(units::kRadPerDeg * dec_), cosine = std::cos(units::kRadPerDeg * dec_);
  const double by_foot = back.distance - 2.0 * back.projected_square * foot_;
  const double by_ra = by_foot * cosine * position.dot(triad_.east) -
                       by_velocity[0] * (sine * bulk_[1] - cosine * seen.away) + by_velocity[1] * sine * bulk_[0] +
                       seen.by_radial_velocity * cosine * bulk_[0];
  const double by_dec = by_foot * position.dot(triad_.north) + by_velocity[1] * seen.away +
                        seen.by_radial_velocity * bulk_[1] - sine / cosine;
  gradient[0] = by_ra * units::kRadPerMas * star_.ra_error / std::cos(units::kRadPerDeg * star_.dec) - x_[0];
  gradient[1] = by_dec * units::kRadPerMas * star_.dec_error - x_[1];
}

}  // namespace praesepe::infer::models::globular
