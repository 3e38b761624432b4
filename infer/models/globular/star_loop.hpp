// The inner loop of the collapsed likelihood: line-of-sight integrals of many stars, vectorised over quadrature nodes.
//
// Per block of sightlines: (1) nodes and the potential there, (2) nodes sorted by the cubature they need, (3) velocity
// integrals of each sort, (4) sums over the nodes of each sightline. Real is float or double; what a single-precision
// sum of 24 positive terms loses, 1e-7, is far below the quadrature error. Order of summation is fixed.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <span>
#include <vector>
#include <xsimd/xsimd.hpp>

#include "infer/models/globular/quadrature.hpp"
#include "infer/models/globular/sightline.hpp"
#include "infer/models/globular/velocity_integral.hpp"

namespace praesepe::infer::models::globular {

/// ln int dz (R/R_c)^4 exp(-chi^2/2) C of one sightline, with its gradient; R_c is the centre's distance, not
/// differentiated.
struct SightlineIntegral {
  double log_value;
  StarGradient gradient;
};

template <class Real>
class StarLoop {
 public:
  static constexpr std::size_t kBlock = 16;  ///< sightlines at a time: their node arrays stay in the nearest caches

  explicit StarLoop(const QuadratureRule& rule)
      : reach_(static_cast<Real>(rule.reach)), hexagon_(rule.hexagon), speed_rule_(rule.speed, rule.reach) {
    const GaussLegendre line(rule.line_of_sight);
    nodes_ = line.node.size();
    stride_ = (nodes_ + Batch::size - 1) / Batch::size * Batch::size;
    share_.assign(stride_, Real(0.5));
    weight_.assign(stride_, Real(0));  // padding weighs nothing
    for (std::size_t k = 0; k < nodes_; ++k) {
      share_[k] = static_cast<Real>(line.node[k]);
      weight_[k] = static_cast<Real>(line.weight[k]);
    }
    for (auto& field : fields_) field.assign(kBlock * stride_, Real(0));
    for (auto& field : sorted_) field.assign(kBlock * stride_ + Batch::size, Real(0));
    order_.resize(kBlock * stride_);
  }

  /// To be called once per parameter vector, before its blocks.
  void prepare(const ClusterState& cluster) {
    cluster_ = &cluster;
    gamma_ = IncompleteGamma<Real>(cluster.model->g() + 0.5, cluster.model->phi0());
    const auto& table = cluster.model->table();
    phi_.assign(table.phi.begin(), table.phi.end());
    phi_phi0_.assign(table.d_phi0.begin(), table.d_phi0.end());
    phi_g_.assign(table.d_g.begin(), table.d_g.end());
    inverse_step_ = static_cast<Real>(1.0 / table.step);
    last_interval_ = static_cast<Index>(table.intervals - 1);
  }

  /// At most kBlock sightlines, none of them empty.
  void integrate(std::span<const Sightline> stars, std::span<const LineOfSight> lines,
                 std::span<SightlineIntegral> results) {
    for (std::size_t i = 0; i < stars.size(); ++i) place_nodes(i, stars[i], lines[i]);
    const std::size_t hexagons = sort_nodes(stars.size());
    integrate_velocities(0, hexagons, [this](auto... a) { return globular::hexagon(a..., *gamma_); });
    integrate_velocities(hexagons, sorted_count_ - hexagons,
                         [this](auto... a) { return globular::radial(a..., *gamma_, speed_rule_); });
    for (std::size_t i = 0; i < stars.size(); ++i) results[i] = sum_nodes(i, stars[i], lines[i]);
  }

 private:
  using Batch = xsimd::batch<Real>;
  using Index = xsimd::as_integer_t<Real>;
  using IndexBatch = xsimd::batch<Index>;

  /// One array of nodes each, (kBlock, stride).
  enum Field {
    kZ,
    kSinh,
    kACosh,
    kRadius,
    kChiSlope,  // z, sinh t, a cosh t, R, d(-chi^2/2)/dR
    kQ,
    kPhi,
    kPhiQ,
    kPhiPhi0,
    kPhiG,  // r^2/r0^2, phi and its derivatives
    kEastM,
    kNorthM,
    kSpeed,
    kNoise,  // m (2), |m|, T
    kRho,
    kVariance,
    kMargin,  // of the velocity integral; distance to the escape speed
    kExponent,
    kFactor,  // the node's weight is factor exp(exponent)
    kValue,
    kByPhi,
    kByRho,
    kByVariance,
    kByOrder,  // velocity integral and derivatives
    kFields
  };
  Batch load(Field field, std::size_t at) const { return Batch::load_unaligned(&fields_[field][at]); }
  void store(Field field, std::size_t at, const Batch& value) { value.store_unaligned(&fields_[field][at]); }
  static Batch number(double x) { return Batch(static_cast<Real>(x)); }

  struct Lookup {
    Batch value, slope;
  };
  /// Quintic at fraction t of the intervals whose first coefficients are at `first`; slope per interval.
  static Lookup quintic(const std::vector<Real>& c, const IndexBatch& first, const Batch& t) {
    Batch value = Batch::gather(c.data() + 5, first), slope(Real(0));
    for (int n = 4; n >= 0; --n) {
      slope = slope * t + value;
      value = value * t + Batch::gather(c.data() + n, first);
    }
    return {value, slope};
  }
  static Batch quintic_value(const std::vector<Real>& c, const IndexBatch& first, const Batch& t) {
    Batch value = Batch::gather(c.data() + 5, first);
    for (int n = 4; n >= 0; --n) value = value * t + Batch::gather(c.data() + n, first);
    return value;
  }

  /// (1) Nodes of one sightline, the potential and the star's relative motion there.
  void place_nodes(std::size_t i, const Sightline& star, const LineOfSight& line) {
    const double centre = cluster_->position.norm(), s = cluster_->velocity_scale;
    const double inverse_error = star.inverse_parallax_error;
    const Batch one(Real(1)), half(Real(0.5));
    const Batch t_low = number(line.t_low.value), span = number(line.t_high.value - line.t_low.value);
    const Batch stretch = number(line.stretch.value), rp2 = number(line.projected_square.value);
    const Batch inverse_r0_square = number(1.0 / (cluster_->radius_scale * cluster_->radius_scale));
    const Batch z0 = number(line.distance.value), behind = number(line.distance.value - centre);
    const Batch east0 = number((line.distance.value * star.motion[0] - line.east.value) / s);
    const Batch north0 = number((line.distance.value * star.motion[1] - line.north.value) / s);
    const Batch east1 = number(star.motion[0] / s), north1 = number(star.motion[1] / s);
    const Batch chi0 = number((star.parallax - 1000.0 / centre) * inverse_error);
    const Batch chi1 = number(1000.0 / centre * inverse_error);
    const Batch noise1 = number(star.motion_error / s);
    for (std::size_t k = 0; k < stride_; k += Batch::size) {
      const std::size_t at = i * stride_ + k;
      const Batch exponential = xsimd::exp(t_low + span * Batch::load_unaligned(&share_[k]));
      const Batch reciprocal = one / exponential;
      const Batch sinh = half * (exponential - reciprocal), cosh = half * (exponential + reciprocal);
      const Batch z = stretch * sinh, radius = z0 + z;

      const Batch q = (rp2 + z * z) * inverse_r0_square;
      const Batch scaled = xsimd::log(one + q) * Batch(inverse_step_);
      const IndexBatch interval = xsimd::min(xsimd::to_int(scaled), IndexBatch(last_interval_));
      const Batch t = scaled - xsimd::to_float(interval);
      const IndexBatch first = interval * IndexBatch(6);
      const Lookup potential = quintic(phi_, first, t);
      const Batch phi = xsimd::max(potential.value, Batch(Real(1e-12)));

      const Batch east = east0 + z * east1, north = north0 + z * north1;
      const Batch speed = xsimd::sqrt(east * east + north * north + Batch(Real(1e-20)));
      const Batch deviation = radius * noise1, noise = deviation * deviation;
      const Batch inverse_total = one / (one + noise);
      const Batch rho = speed * inverse_total, variance = noise * inverse_total;

      // parallax residual, with 1000/R_c - 1000/R formed without cancellation
      const Batch chi = chi0 + chi1 * (behind + z) / radius;
      const Batch ratio = radius * number(1.0 / centre);

      store(kZ, at, z);
      store(kSinh, at, sinh);
      store(kACosh, at, stretch * cosh);
      store(kRadius, at, radius);
      store(kChiSlope, at, -chi * chi1 * number(centre) / (radius * radius));
      store(kQ, at, q);
      store(kPhi, at, phi);
      store(kPhiQ, at, potential.slope * Batch(inverse_step_) / (one + q));
      store(kPhiPhi0, at, quintic_value(phi_phi0_, first, t));
      store(kPhiG, at, quintic_value(phi_g_, first, t));
      store(kEastM, at, east);
      store(kNorthM, at, north);
      store(kSpeed, at, speed);
      store(kNoise, at, noise);
      store(kRho, at, rho);
      store(kVariance, at, variance);
      store(kMargin, at, xsimd::sqrt(phi + phi) - rho - Batch(reach_) * xsimd::sqrt(variance));
      store(kExponent, at, phi - half * (speed * rho + chi * chi));
      store(kFactor, at, Batch::load_unaligned(&weight_[k]) * cosh * ratio * ratio * ratio * ratio * inverse_total);
    }
  }

  /// (2) Node numbers, those for the hexagon first; returns how many these are.
  std::size_t sort_nodes(std::size_t stars) {
    sorted_count_ = 0;
    std::size_t hexagons = 0;
    for (const bool wanted : {true, false}) {
      for (std::size_t i = 0; i < stars; ++i) {
        for (std::size_t at = i * stride_; at < i * stride_ + nodes_; ++at) {
          if ((hexagon_ && fields_[kMargin][at] > Real(0)) == wanted) order_[sorted_count_++] = at;
        }
      }
      if (wanted) hexagons = sorted_count_;
    }
    return hexagons;
  }

  /// (3) Velocity integrals of `count` sorted nodes from `begin` on, written back to their places.
  template <class Rule>
  void integrate_velocities(std::size_t begin, std::size_t count, const Rule& rule) {
    if (count == 0) return;
    for (std::size_t j = 0; j < count + Batch::size - 1; ++j) {
      const std::size_t at = order_[begin + std::min(j, count - 1)];
      sorted_[0][j] = fields_[kPhi][at];  // the last batch is filled up with its last node
      sorted_[1][j] = fields_[kRho][at];
      sorted_[2][j] = fields_[kVariance][at];
    }
    for (std::size_t j = 0; j < count; j += Batch::size) {
      const auto b = rule(Batch::load_unaligned(&sorted_[0][j]), Batch::load_unaligned(&sorted_[1][j]),
                          Batch::load_unaligned(&sorted_[2][j]));
      alignas(64) std::array<std::array<Real, Batch::size>, 6> out;
      b.value.store_unaligned(out[0].data());
      b.d_phi.store_unaligned(out[1].data());
      b.d_rho.store_unaligned(out[2].data());
      b.d_variance.store_unaligned(out[3].data());
      b.d_order.store_unaligned(out[4].data());
      b.log_scale.store_unaligned(out[5].data());
      for (std::size_t lane = 0; lane < Batch::size && j + lane < count; ++lane) {
        const std::size_t at = order_[begin + j + lane];
        for (std::size_t f = 0; f < 5; ++f) fields_[kValue + f][at] = out[f][lane];
        fields_[kExponent][at] += out[5][lane];
      }
    }
  }

  /// (4) The integral and its gradient. F below is a node's term; names `by_x` are sums of F d ln F / dx.
  SightlineIntegral sum_nodes(std::size_t i, const Sightline& star, const LineOfSight& line) const {
    const std::size_t begin = i * stride_;
    Real largest = fields_[kExponent][begin];
    for (std::size_t k = 1; k < nodes_; ++k) largest = std::max(largest, fields_[kExponent][begin + k]);

    enum { kF, kByR, kByFoot, kByLogR0, kByLogS, kByEast, kByNorth, kByPhi0, kByG, kByLow, kByHigh, kByStretch, kSums };
    std::array<Batch, kSums> sum;
    sum.fill(Batch(Real(0)));
    const Batch one(Real(1)), half(Real(0.5)), two(Real(2));
    const double s = cluster_->velocity_scale, r0 = cluster_->radius_scale;
    const Batch inverse_s = number(1.0 / s), inverse_r0_square = number(1.0 / (r0 * r0));
    const Batch stretch = number(line.stretch.value);
    const Batch east1 = number(star.motion[0] / s), north1 = number(star.motion[1] / s);
    for (std::size_t k = 0; k < stride_; k += Batch::size) {
      const std::size_t at = begin + k;
      const Batch weight = load(kFactor, at) * xsimd::exp(load(kExponent, at) - Batch(largest));
      const Batch b = load(kValue, at), f = weight * b;
      const Batch m = load(kSpeed, at), noise = load(kNoise, at), inverse_total = one / (one + noise);
      const Batch b_rho = load(kByRho, at);
      // phi:  F (1 + d ln B / d phi)     m, T:  through rho = m/(1+T), V = T/(1+T) and exp(-m^2/2(1+T)) / (1+T)
      const Batch by_phi = weight * (b + load(kByPhi, at));
      const Batch by_m = weight * inverse_total * (b_rho - m * b);
      const Batch by_noise =
          weight * inverse_total * (inverse_total * (half * m * m * b - m * b_rho + load(kByVariance, at)) - b);
      // R:  R^4, the parallax, m = |R k mu - v| / s and T ~ R^2
      const Batch inverse_radius = one / load(kRadius, at);
      const Batch east = load(kEastM, at) / m, north = load(kNorthM, at) / m;
      const Batch by_r = f * (number(4.0) * inverse_radius + load(kChiSlope, at)) +
                         by_m * (east * east1 + north * north1) + by_noise * two * noise * inverse_radius;
      const Batch z = load(kZ, at), phi_q = load(kPhiQ, at), q = load(kQ, at);
      const Batch by_z = by_r + by_phi * phi_q * two * z * inverse_r0_square;
      // a node moves with the ends of its range and with the stretch:  z = a sinh t, and dz = a cosh t dt
      const Batch a_cosh = load(kACosh, at), sinh = load(kSinh, at);
      const Batch by_t = a_cosh * by_z + f * sinh * stretch / a_cosh;
      const Batch share = Batch::load_unaligned(&share_[k]);
      sum[kF] += f;
      sum[kByR] += by_r;
      sum[kByFoot] += by_phi * phi_q * inverse_r0_square;
      sum[kByLogR0] -= two * by_phi * phi_q * q;
      sum[kByLogS] -= m * by_m + two * noise * by_noise;
      sum[kByEast] -= by_m * east * inverse_s;
      sum[kByNorth] -= by_m * north * inverse_s;
      sum[kByPhi0] += by_phi * load(kPhiPhi0, at);
      sum[kByG] += by_phi * load(kPhiG, at) + weight * load(kByOrder, at);
      sum[kByLow] += (one - share) * by_t;
      sum[kByHigh] += share * by_t;
      sum[kByStretch] += sinh * by_z;
    }
    std::array<double, kSums> total;
    for (std::size_t j = 0; j < kSums; ++j) total[j] = static_cast<double>(xsimd::hadd(sum[j]));
    const double span = line.t_high.value - line.t_low.value, f = total[kF];
    SightlineIntegral result;
    result.log_value = static_cast<double>(largest) + std::log(f * span * line.stretch.value);
    result.gradient << total[kByR], total[kByFoot], total[kByLogR0], total[kByLogS], total[kByEast], total[kByNorth],
        total[kByPhi0], total[kByG];
    result.gradient = result.gradient / f + (total[kByLow] / f - 1.0 / span) * line.t_low.gradient +
                      (total[kByHigh] / f + 1.0 / span) * line.t_high.gradient +
                      (total[kByStretch] / f + 1.0 / line.stretch.value) * line.stretch.gradient;
    return result;
  }

  Real reach_;
  bool hexagon_;
  SpeedRule<Real> speed_rule_;
  std::size_t nodes_ = 0, stride_ = 0;
  std::vector<Real> share_, weight_;  // (stride) Gauss-Legendre nodes and weights on (0, 1)

  const ClusterState* cluster_ = nullptr;
  std::optional<IncompleteGamma<Real>> gamma_;
  std::vector<Real> phi_, phi_phi0_, phi_g_;  // (6 intervals) as in PotentialTable
  Real inverse_step_ = 0;
  Index last_interval_ = 0;

  std::array<std::vector<Real>, kFields> fields_;
  std::array<std::vector<Real>, 3> sorted_;  // phi, rho, V
  std::vector<std::size_t> order_;
  std::size_t sorted_count_ = 0;
};

}  // namespace praesepe::infer::models::globular
