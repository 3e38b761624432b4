#include "infer/models/membership/cluster_ball.hpp"

#include <Eigen/LU>
#include <cmath>
#include <numbers>

#include "sim/astrometry/coordinates.hpp"
#include "sim/astrometry/units.hpp"

namespace praesepe::infer::models::membership {

namespace units = sim::astrometry;
using Eigen::Vector3d;

namespace {

constexpr double k = units::kKmsPerMasyrKpc;
constexpr double kKpcPerPc = 1e-3;
const double kLogTwoPi = std::log(2.0 * std::numbers::pi);

constexpr int kNodes = 8;
using Nodes = Eigen::Array<double, kNodes, 1>;

/// Gauss-Hermite: integral f(x) dx = sum_j exp(log_weight_j) f(x_j), log weights with exp(x^2) multiplied in.
struct Rule {
  Nodes x, log_weight;
  Rule() {
    const double abscissa[] = {0.38118699020732211685, 1.1571937124467801947, 1.9816567566958429259,
                               2.9306374202572440192};
    const double weight[] = {0.66114701255824129103, 0.20780232581489187954, 0.017077983007413475456,
                             0.00019960407221136761921};
    for (int i = 0; i < kNodes / 2; ++i) {
      x[2 * i] = abscissa[i];
      x[2 * i + 1] = -abscissa[i];
      log_weight[2 * i] = log_weight[2 * i + 1] = std::log(weight[i]) + abscissa[i] * abscissa[i];
    }
  }
};

/// Rows of a symmetric 3 x 3 matrix at several distances.
struct Symmetric {
  Nodes a11, a12, a13, a22, a23, a33;
};

/// The inverse; on return `determinant` of the matrix.
Symmetric inverse(const Symmetric& t, Nodes& determinant) {
  const Nodes c11 = t.a22 * t.a33 - t.a23.square(), c12 = t.a13 * t.a23 - t.a12 * t.a33;
  const Nodes c13 = t.a12 * t.a23 - t.a13 * t.a22;
  determinant = t.a11 * c11 + t.a12 * c12 + t.a13 * c13;
  const Nodes by = determinant.inverse();
  return {c11 * by,
          c12 * by,
          c13 * by,
          (t.a11 * t.a33 - t.a13.square()) * by,
          (t.a12 * t.a13 - t.a11 * t.a23) * by,
          (t.a11 * t.a22 - t.a12.square()) * by};
}

}  // namespace

struct ClusterBall::State {
  Vector3d centre, motion;  ///< kpc, km/s
  double size, dispersion;  ///< kpc, km/s
};

struct ClusterBall::Star {
  Vector3d radial, east, north;
  Eigen::Array3d data;  ///< mas, mas/yr
  Eigen::Matrix3d noise;
  double velocity, velocity_variance;  ///< km/s; NaN if missing
};

ClusterBall::ClusterBall(Directions directions, Measured parallax, ProperMotions motions, ParallaxCovariance covariance,
                         Measured radial_velocity, BallIndices indices)
    : directions_(std::move(directions)),
      parallax_(std::move(parallax)),
      radial_velocity_(std::move(radial_velocity)),
      motions_(std::move(motions)),
      covariance_(std::move(covariance)),
      at_(indices),
      slopes_(8, parallax_.value.size()) {}

ClusterBall::Star ClusterBall::star(Eigen::Index n) const {
  Star star{directions_.radial.col(n),
            directions_.east.col(n),
            directions_.north.col(n),
            {parallax_.value[n], motions_.pmra[n], motions_.pmdec[n]},
            {},
            radial_velocity_.value[n],
            radial_velocity_.variance[n]};
  star.noise << parallax_.variance[n], covariance_.pmra[n], covariance_.pmdec[n],  //
      covariance_.pmra[n], motions_.var_pmra[n], motions_.cov[n],                  //
      covariance_.pmdec[n], motions_.cov[n], motions_.var_pmdec[n];
  return star;
}

/// ln of the integral over the distance and of the position on the sky; sets the slopes of star n.
double ClusterBall::add_distance(const State& state, const Star& star, Eigen::Index n) const {
  static const Rule rule;
  const double a2 = state.size * state.size;
  const double along = star.radial.dot(state.centre);
  const Vector3d across = state.centre - along * star.radial;
  const Eigen::Array3d shift(1.0, star.east.dot(state.motion) / k,
                             star.north.dot(state.motion) / k);  // mean = shift / r
  const double s2 = state.dispersion * state.dispersion / (k * k);

  // 1. place and precision of the integrand, by Gauss-Newton steps with the covariance at the current distance
  double middle = along, precision = 1.0 / a2;
  for (int step = 0; step < 4; ++step) {
    Eigen::Matrix3d t = star.noise;
    t(1, 1) += s2 / (middle * middle);
    t(2, 2) += s2 / (middle * middle);
    const Eigen::Matrix3d t_inverse = t.inverse();
    const Vector3d slope = -shift / (middle * middle), residual = star.data - shift / middle;
    precision = 1.0 / a2 + slope.dot(t_inverse * slope);
    const double moved = middle + (slope.dot(t_inverse * residual) - (middle - along) / a2) / precision;
    middle = std::max(moved, 0.5 * middle);
  }

  // 2. the integrand at the nodes
  const double width = std::sqrt(2.0 / precision);
  const Nodes r = (middle + width * rule.x).max(1e-3 * middle), by_r = r.inverse();
  const Nodes tau = s2 * by_r.square();
  const auto all = [](double value) { return Nodes::Constant(value); };
  const Symmetric t{all(star.noise(0, 0)),  all(star.noise(0, 1)), all(star.noise(0, 2)),
                    star.noise(1, 1) + tau, all(star.noise(1, 2)), star.noise(2, 2) + tau};
  Nodes determinant;
  const Symmetric p = inverse(t, determinant);
  const Nodes e1 = star.data[0] - by_r, e2 = star.data[1] - shift[1] * by_r, e3 = star.data[2] - shift[2] * by_r;
  const Nodes g1 = p.a11 * e1 + p.a12 * e2 + p.a13 * e3, g2 = p.a12 * e1 + p.a22 * e2 + p.a23 * e3;
  const Nodes g3 = p.a13 * e1 + p.a23 * e2 + p.a33 * e3;
  const Nodes depth = r - along;
  Nodes term = rule.log_weight + 2.0 * r.log() - 0.5 * depth.square() / a2 -
               0.5 * (e1 * g1 + e2 * g2 + e3 * g3 + determinant.log());
  const double largest = term.maxCoeff();
  term = (term - largest).exp();
  const double sum = term.sum();
  term /= sum;

  // 3. slopes: means over the integrand
  const double mean_depth = (term * depth).sum(), mean_square = (term * depth.square()).sum();
  const Vector3d towards = mean_depth / a2 * star.radial - across / a2;
  const double u2 = (term * g2 * by_r).sum() / k, u3 = (term * g3 * by_r).sum() / k;
  const double widening = (term * (g2.square() + g3.square() - p.a22 - p.a33) * by_r.square()).sum();
  slopes_.col(n) << towards, u2 * star.east + u3 * star.north,
      ((across.squaredNorm() + mean_square) / a2 - 3.0) / state.size, state.dispersion / (k * k) * widening;
  return largest + std::log(sum * width) - 0.5 * across.squaredNorm() / a2 - 3.0 * std::log(state.size) -
         3.0 * kLogTwoPi;
}

double ClusterBall::add_radial_velocity(const State& state, const Star& star, Eigen::Index n) const {
  if (std::isnan(star.velocity)) return 0.0;
  const double variance = star.velocity_variance + state.dispersion * state.dispersion;
  const double u = (star.velocity - star.radial.dot(state.motion)) / variance;
  slopes_.col(n).segment<3>(3) += u * star.radial;
  slopes_(7, n) += state.dispersion * (u * u - 1.0 / variance);
  return -0.5 * (u * u * variance + std::log(variance) + kLogTwoPi);
}

units::Icrs6 ClusterBall::centre_at(const Vector& theta) const {
  return {theta[at_.ra],   theta[at_.dec],   theta[at_.parallax],
          theta[at_.pmra], theta[at_.pmdec], theta[at_.radial_velocity]};
}

void ClusterBall::log_marginal(const Vector& theta, Array& values) const {
  const auto centre = units::to_cartesian(centre_at(theta));
  const State state{kKpcPerPc * centre.position_pc, centre.velocity_kms, kKpcPerPc * theta[at_.size],
                    theta[at_.dispersion]};
  values.resize(slopes_.cols());
  for (Eigen::Index n = 0; n < values.size(); ++n) {
    const Star one = star(n);
    values[n] = add_distance(state, one, n);
    values[n] += add_radial_velocity(state, one, n);
  }
}

void ClusterBall::pull_back(const Vector& theta, const Array& weight, Vector& gradient) const {
  Eigen::Matrix<double, 8, 1> total = Eigen::Matrix<double, 8, 1>::Zero();
  for (Eigen::Index n = 0; n < weight.size(); ++n) {
    if (weight[n] != 0.0) total += weight[n] * slopes_.col(n);
  }
  const units::Icrs6 by = units::chain_to_icrs(centre_at(theta), {kKpcPerPc * total.head<3>(), total.segment<3>(3)});
  gradient[at_.ra] += by.ra;
  gradient[at_.dec] += by.dec;
  gradient[at_.parallax] += by.parallax;
  gradient[at_.pmra] += by.pmra;
  gradient[at_.pmdec] += by.pmdec;
  gradient[at_.radial_velocity] += by.radial_velocity;
  gradient[at_.size] += kKpcPerPc * total[6];
  gradient[at_.dispersion] += total[7];
}

}  // namespace praesepe::infer::models::membership
