#include "sim/association/milky_way.hpp"

#include <boost/math/special_functions/gamma.hpp>
#include <cmath>

#include "sim/astrometry/units.hpp"

namespace praesepe::sim::association {

namespace {

using Eigen::Matrix3d;
using Eigen::Vector3d;

constexpr double kSunRadius = 8000.0;  // pc
constexpr double kSunSpeed = 220.0 * astrometry::kPcMyrPerKms;
constexpr double kBulgeShare = 0.05, kDiscShare = 0.6, kHaloShare = 0.35;
constexpr double kBulgeCutoff = 1900.0, kBulgeSlope = 1.8;
constexpr double kBulgeOrder = 1.5 - 0.5 * kBulgeSlope;
constexpr double kDiscLength = 3000.0, kDiscHeight = 280.0;
constexpr double kHaloScale = 16000.0;

/// Boost would work in long double, for digits that nobody needs here.
constexpr boost::math::policies::policy<boost::math::policies::promote_double<false>> kInDouble;

/// Of a sphere with unit G M: M(<r) and dM/dr.
struct Sphere {
  double mass, shell;
};

// M ~ int r^(2 - slope) exp(-s) dr, s = (r / cutoff)^2: an incomplete gamma function of s.
Sphere bulge(double r) {
  const double s = r * r / (kBulgeCutoff * kBulgeCutoff);
  return {boost::math::gamma_p(kBulgeOrder, s, kInDouble),
          2.0 * s / r * boost::math::gamma_p_derivative(kBulgeOrder, s, kInDouble)};
}
// Shells outside r add int r^(1 - slope) exp(-s) dr, half an order less.
double bulge_potential(double r) {
  const double s = r * r / (kBulgeCutoff * kBulgeCutoff);
  return -bulge(r).mass / r -
         boost::math::tgamma(kBulgeOrder - 0.5, s, kInDouble) / (kBulgeCutoff * std::tgamma(kBulgeOrder));
}

Sphere halo(double r) {
  const double outer = r + kHaloScale;
  return {std::log1p(r / kHaloScale) - r / outer, r / (outer * outer)};
}
double halo_potential(double r) { return -std::log1p(r / kHaloScale) / r; }

Vector3d pull(const Sphere& sphere, const Vector3d& place, double r) { return -sphere.mass / (r * r * r) * place; }

/// g = M / r^3:  d(-g x_i) / dx_j = -g delta_ij - (M'/r^2 - 3 g) x_i x_j / r^2
Matrix3d tides_of(const Sphere& sphere, const Vector3d& place, double r) {
  const double g = sphere.mass / (r * r * r);
  const Vector3d n = place / r;
  return -g * Matrix3d::Identity() - (sphere.shell / (r * r) - 3.0 * g) * n * n.transpose();
}

/// The disc's potential is -1/D, D^2 = x^2 + y^2 + (a + B)^2, B^2 = z^2 + b^2, and its gradient q / D^3 with
/// q = (x, y, h), h = z (a + B) / B.
struct Disc {
  explicit Disc(const Vector3d& place) {
    const double thickness = std::hypot(place.z(), kDiscHeight);
    const double height = kDiscLength + thickness;
    const double ratio = kDiscHeight / thickness;
    distance = std::hypot(place.x(), place.y(), height);
    q << place.x(), place.y(), place.z() * height / thickness;
    steepness = 1.0 + kDiscLength * ratio * ratio / thickness;
  }
  double distance;
  Vector3d q;
  double steepness;  ///< dh/dz = 1 + a b^2 / B^3
};

}  // namespace

MilkyWay::MilkyWay() {
  // Each share of the centripetal acceleration V0^2 / R0 fixes a mass.
  const Vector3d sun(kSunRadius, 0.0, 0.0);
  const double sphere = kSunSpeed * kSunSpeed * kSunRadius;
  bulge_ = kBulgeShare * sphere / bulge(kSunRadius).mass;
  halo_ = kHaloShare * sphere / halo(kSunRadius).mass;
  disc_ = kDiscShare * kSunSpeed * kSunSpeed / (kSunRadius * kSunRadius) * std::pow(Disc(sun).distance, 3);
}

double MilkyWay::sun_radius_pc() const { return kSunRadius; }

double MilkyWay::sun_rotation() const { return kSunSpeed / kSunRadius; }

double MilkyWay::potential(const Vector3d& place) const {
  const double r = place.norm();
  return bulge_ * bulge_potential(r) + halo_ * halo_potential(r) - disc_ / Disc(place).distance;
}

Vector3d MilkyWay::acceleration(const Vector3d& place) const {
  const double r = place.norm();
  const Disc disc(place);
  return bulge_ * pull(bulge(r), place, r) + halo_ * pull(halo(r), place, r) -
         disc_ / std::pow(disc.distance, 3) * disc.q;
}

Matrix3d MilkyWay::tides(const Vector3d& place) const {
  const double r = place.norm();
  const Disc disc(place);
  // d(q / D^3) = diag(1, 1, h') / D^3 - 3 q q^T / D^5
  const Vector3d n = disc.q / disc.distance;
  const Matrix3d flat = Vector3d(1.0, 1.0, disc.steepness).asDiagonal().toDenseMatrix() - 3.0 * n * n.transpose();
  return bulge_ * tides_of(bulge(r), place, r) + halo_ * tides_of(halo(r), place, r) -
         disc_ / std::pow(disc.distance, 3) * flat;
}

}  // namespace praesepe::sim::association
