// The in-plane part of an epicyclic orbit, its Jacobian, and how that moves with the start and the time; for plain
// numbers or several side by side.
//
// About the Galactic centre, the plane made complex, the place and its rate along axes that turn with the LSR are
//
//   w = R0 - x + i y = R e^(i phi)          w' = -u + Omega y + i (v + Omega x) = (R' + i R phi') e^(i phi)
//
// In q = (R - R0, phi, R', phi') the orbit is linear, q1 = M(t) q0 with one M for all stars. With A(q) = ds / dq, which
// has a closed inverse, the Jacobian of the map of s = (x, y, u, v) and its changes are
//
//   J = A(q1) M A(q0)^-1          dJ = dA(q1) M A(q0)^-1 - J dA(q0) A(q0)^-1 + A(q1) dM A(q0)^-1
//
// A = L Rot(phi) D: D holds R, R' and phi', Rot turns places and rates alike, L leads to s and is constant.
#pragma once

#include <array>
#include <cmath>

#include "sim/association/epicyclic_constants.hpp"
#include "sim/astrometry/units.hpp"

namespace praesepe::sim::association {

template <class T>
using Vector4 = std::array<T, 4>;
template <class T>
using Matrix4 = std::array<Vector4<T>, 4>;  ///< [row][column]

inline constexpr std::array<int, 4> kInPlane = {0, 1, 3, 4};  ///< where x, y, u, v stand in (X, Y, Z, U, V, W)

template <class A, class B>
auto dot(const Vector4<A>& a, const Vector4<B>& b) {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2] + a[3] * b[3];
}
template <class A, class B>
auto operator*(const Matrix4<A>& a, const Vector4<B>& b) {
  return Vector4<decltype(a[0][0] * b[0])>{dot(a[0], b), dot(a[1], b), dot(a[2], b), dot(a[3], b)};
}
template <class A, class B>
auto operator*(const Matrix4<A>& a, const Matrix4<B>& b) {
  Matrix4<decltype(a[0][0] * b[0][0])> c;
  for (std::size_t i = 0; i < 4; ++i)
    for (std::size_t j = 0; j < 4; ++j) {
      c[i][j] = a[i][0] * b[0][j] + a[i][1] * b[1][j] + a[i][2] * b[2][j] + a[i][3] * b[3][j];
    }
  return c;
}
template <class T>
Matrix4<T> transposed(const Matrix4<T>& a) {
  Matrix4<T> c;
  for (std::size_t i = 0; i < 4; ++i)
    for (std::size_t j = 0; j < 4; ++j) c[i][j] = a[j][i];
  return c;
}

/// M, or its derivative by the time: phi changes by R - R0, R' and phi', and nothing changes by phi.
struct EpicyclicMotion {
  std::array<std::array<double, 3>, 4> by_others;  ///< [of q][by R - R0, R', phi']
  double by_itself;                                ///< phi by phi: 1, or 0 of the derivative

  template <class T>
  Vector4<T> operator*(const Vector4<T>& q) const {
    const auto row = [&](std::size_t i) {
      return by_others[i][0] * q[0] + by_others[i][1] * q[2] + by_others[i][2] * q[3];
    };
    return {row(0), row(1) + by_itself * q[1], row(2), row(3)};
  }
  template <class T>
  Matrix4<T> operator*(const Matrix4<T>& a) const {
    Matrix4<T> c;
    for (std::size_t j = 0; j < 4; ++j) {
      const Vector4<T> column = *this * Vector4<T>{a[0][j], a[1][j], a[2][j], a[3][j]};
      for (std::size_t i = 0; i < 4; ++i) c[i][j] = column[i];
    }
    return c;
  }
  /// Its transpose times q.
  template <class T>
  Vector4<T> transposed(const Vector4<T>& q) const {
    const auto column = [&](std::size_t j) {
      return by_others[0][j] * q[0] + by_others[1][j] * q[1] + by_others[2][j] * q[2] + by_others[3][j] * q[3];
    };
    return {column(0), by_itself * q[1], column(1), column(2)};
  }
};

/// What all stars share at a time: pc, rad, pc/Myr, rad/Myr.
struct EpicyclicTurn {
  EpicyclicTurn(const EpicyclicConstants& of, double time_myr);

  EpicyclicConstants constants;
  EpicyclicMotion there, rate;  ///< M and dM/dt
  EpicyclicMotion back;         ///< M of the opposite time, which is its inverse
};

/// T: double, or several side by side. x, y in pc, u, v in km/s.
template <class T>
class PlaneOrbit {
 public:
  PlaneOrbit() = default;  // to be assigned to
  PlaneOrbit(const EpicyclicTurn& turn, const Vector4<T>& start)
      : turn_(&turn), start_(polar(turn.constants, start)), end_(moved(turn, start_)) {}

  Vector4<T> end() const {
    const double omega = turn_->constants.frame_rotation;
    const T x = turn_->constants.sun_radius_pc - end_.radius * end_.cosine, y = end_.radius * end_.sine;
    const Vector4<T> w = turned(end_, {T(0.0), T(0.0), end_.radius_rate, end_.radius * end_.angle_rate});
    return {x, y, (omega * y - w[2]) / kSpeed, (w[3] - omega * x) / kSpeed};
  }
  /// d end / dt, per Myr.
  Vector4<T> rate() const { return forth(end_) * (turn_->rate * coordinates(start_)); }
  /// J = d end / d start.
  Matrix4<T> jacobian() const { return forth(end_) * (turn_->there * inverse(start_)); }
  Matrix4<T> inverse_jacobian() const { return forth(start_) * (turn_->back * inverse(end_)); }

  struct Slopes {
    Vector4<T> by_start;
    T by_time;
  };
  /// Of sum_ij k_ij J_ij.
  Slopes pull_back(const Matrix4<T>& k) const {
    const Matrix4<T> unmap = inverse(start_);
    const Matrix4<T> n = unmap * transposed(k), h = n * forth(end_);
    const Vector4<T> by_end = bend(end_, turn_->there * n), by_q0 = bend(start_, h * (turn_->there * unmap));
    Vector4<T> by_polar = turn_->there.transposed(by_end);
    for (std::size_t a = 0; a < 4; ++a) by_polar[a] -= by_q0[a];
    const Matrix4<T> moving = turn_->rate * h;
    const T by_time =
        dot(by_end, turn_->rate * coordinates(start_)) + moving[0][0] + moving[1][1] + moving[2][2] + moving[3][3];
    return {transposed(unmap) * by_polar, by_time};
  }

 private:
  static constexpr double kSpeed = astrometry::kPcMyrPerKms;

  struct Polar {
    T excess;  ///< R - R0
    T radius, radius_rate, angle_rate, cosine, sine;
  };

  /// phi enters by its change alone, so it is counted from the start.
  static Vector4<T> coordinates(const Polar& q) { return {q.excess, T(0.0), q.radius_rate, q.angle_rate}; }

  static Polar polar(const EpicyclicConstants& constants, const Vector4<T>& s) {
    using std::sqrt;
    const double omega = constants.frame_rotation;
    const T inwards = constants.sun_radius_pc - s[0];
    const T along = omega * s[1] - kSpeed * s[2], across = kSpeed * s[3] + omega * s[0];
    const T radius = sqrt(inwards * inwards + s[1] * s[1]), cosine = inwards / radius, sine = s[1] / radius;
    return {.excess = radius - constants.sun_radius_pc,
            .radius = radius,
            .radius_rate = cosine * along + sine * across,
            .angle_rate = (cosine * across - sine * along) / radius,
            .cosine = cosine,
            .sine = sine};
  }

  static Polar moved(const EpicyclicTurn& turn, const Polar& from) {
    using std::cos, std::sin;
    const Vector4<T> q = turn.there * coordinates(from);
    const T c = cos(q[1]), s = sin(q[1]);
    return {.excess = q[0],
            .radius = turn.constants.sun_radius_pc + q[0],
            .radius_rate = q[2],
            .angle_rate = q[3],
            .cosine = from.cosine * c - from.sine * s,
            .sine = from.sine * c + from.cosine * s};
  }

  /// Rot and its inverse, of (w, w').
  static Vector4<T> turned(const Polar& q, const Vector4<T>& w) {
    return {q.cosine * w[0] - q.sine * w[1], q.sine * w[0] + q.cosine * w[1], q.cosine * w[2] - q.sine * w[3],
            q.sine * w[2] + q.cosine * w[3]};
  }
  static Vector4<T> turned_back(const Polar& q, const Vector4<T>& w) {
    return {q.cosine * w[0] + q.sine * w[1], q.cosine * w[1] - q.sine * w[0], q.cosine * w[2] + q.sine * w[3],
            q.cosine * w[3] - q.sine * w[2]};
  }

  /// A, its columns one by one.
  Matrix4<T> forth(const Polar& q) const {
    const double omega = turn_->constants.frame_rotation;
    const T zero(0.0), one(1.0), across = q.radius * q.angle_rate;
    const std::array<Vector4<T>, 4> d{{{one, zero, zero, q.angle_rate},
                                       {zero, q.radius, -across, q.radius_rate},
                                       {zero, zero, one, zero},
                                       {zero, zero, zero, q.radius}}};
    Matrix4<T> a;
    for (std::size_t b = 0; b < 4; ++b) {
      const Vector4<T> w = turned(q, d[b]);
      a[0][b] = -w[0];
      a[1][b] = w[1];
      a[2][b] = (omega * w[1] - w[2]) / kSpeed;
      a[3][b] = (omega * w[0] + w[3]) / kSpeed;
    }
    return a;
  }

  /// A^-1, its columns one by one.
  Matrix4<T> inverse(const Polar& q) const {
    const T zero(0.0), one(1.0), omega(turn_->constants.frame_rotation), speed(kSpeed), unit = one / q.radius;
    const std::array<Vector4<T>, 4> start{
        {{-one, zero, zero, omega}, {zero, one, omega, zero}, {zero, zero, -speed, zero}, {zero, zero, zero, speed}}};
    Matrix4<T> a;
    for (std::size_t j = 0; j < 4; ++j) {
      const Vector4<T> w = turned_back(q, start[j]);
      a[0][j] = w[0];
      a[1][j] = unit * w[1];
      a[2][j] = w[2] + q.angle_rate * w[1];
      a[3][j] = unit * (w[3] - q.angle_rate * w[0] - q.radius_rate * a[1][j]);
    }
    return a;
  }

  /// How sum_ab n_ab A_ba changes with q.
  Vector4<T> bend(const Polar& q, const Matrix4<T>& n) const {
    const double pull = turn_->constants.frame_rotation / kSpeed;
    Matrix4<T> p;  // n L Rot
    for (std::size_t a = 0; a < 4; ++a) {
      p[a] = turned_back(
          q, {pull * n[a][3] - n[a][0], n[a][1] + pull * n[a][2], -1.0 / kSpeed * n[a][2], 1.0 / kSpeed * n[a][3]});
    }
    return {p[1][1] - q.angle_rate * p[1][2] + p[3][3],
            p[0][1] - q.angle_rate * p[0][2] - q.radius_rate * p[1][2] + p[2][3] -
                q.radius * (p[1][0] + p[3][2] + q.angle_rate * p[1][3]),
            p[1][3], p[0][3] - q.radius * p[1][2]};
  }

  const EpicyclicTurn* turn_ = nullptr;
  Polar start_, end_;
};

}  // namespace praesepe::sim::association
