// The kernel itself, as a template over the SIMD batch: see star_kernel.hpp. Included by one source file for each
// instruction set, and by nothing else: what it instantiates must carry the batch in its name.
//
// A block's work: (1) the part of each line of sight that matters, (2) nodes there, the potential and the star's motion
// relative to the cluster, (3) the integrals over the velocity, by a cubature or, where the noise meets the escape
// speed, by a finer rule for which such nodes are gathered, but for those that are negligible beside the line's
// largest, (4) sums over the nodes of each line. The gradient is that of the integral by the same nodes, which are held
// where they are: the integrand vanishes at both ends of its range, so that their motion would add what the
// quadrature's own error does.
#pragma once

#include <xsimd/xsimd.hpp>

#include "infer/models/globular/line_of_sight.hpp"
#include "infer/models/globular/star_kernel.hpp"

namespace praesepe::infer::models::globular {

template <class Batch, Slopes kSlopes>
class BlockIntegral {
  static constexpr bool kAll = kSlopes == Slopes::all;
  using Real = typename Batch::value_type;

 public:
  BlockIntegral(const KernelTables<Real>& tables, const SightlineBlock& block, bool measured, KernelSpace<Real>& space)
      : tables_(tables),
        law_(measured ? tables.law_measured : tables.law),
        space_(space),
        measured_(measured),
        layers_(measured ? tables.speed_share.size() : 1),
        lines_(tables, block),
        log_inverse_gamma_(std::log(law_.inverse_gamma())) {}

  [[gnu::always_inline]] void integrate(BlockIntegrals& result) {
    for (std::size_t lane = 0; lane < kBlock; lane += Batch::size) find_range(lane);
    choose_rule();
    for (std::size_t lane = 0; lane < kBlock; lane += Batch::size) place(lane);
    smooth();
    wide();
    for (std::size_t lane = 0; lane < kBlock; lane += Batch::size) sum(lane, result);
  }

 private:
  /// One row of nodes each, (nodes, kBlock).
  enum Field {
    kPhi,  ///< left for the velocity on the sky
    kRho,
    kVariance,  ///< of the velocity integral
    kMargin,    ///< distance to the escape speed
    kExponent,
    kFactor,  ///< the node's weight is factor exp(exponent)
    kInverseRadius,
    kChiSlope,  ///< 1/R; d(-chi^2/2)/dR
    kQ,
    kPhiQ,
    kPhiPhi0,
    kPhiG,  ///< r^2/r0^2; derivatives of phi
    kEastM,
    kNorthM,
    kSpeed,
    kNoise,  ///< m (2), |m|, T
    kPull,   ///< (w - w_observed) / T_w
    kSize,   ///< ln of about how much the node's term is
    kValue,
    kByPhi,
    kByRho,
    kByVariance,
    kByOrder,  ///< velocity integral and derivatives
    kFields
  };
  static_assert(kFields <= KernelSpace<Real>::kFields);
  Batch load(Field field, std::size_t at) const { return Batch::load_unaligned(space_.row(field) + at); }
  void store(Field field, std::size_t at, const Batch& value) { value.store_unaligned(space_.row(field) + at); }
  static Batch number(double x) { return Batch(static_cast<Real>(x)); }

  /// (1)
  [[gnu::always_inline]] void find_range(std::size_t lane) {
    ranges_[lane / Batch::size] = LineOfSight<Batch>(tables_, lines_, lane);
  }

  /// As many nodes as the longest line of the block needs, whatever the width of a batch.
  void choose_rule() {
    Real longest = 0;
    for (const auto& range : ranges_) {
      for (std::size_t j = 0; j < Batch::size; ++j) longest = std::max(longest, range.needed.get(j));
    }
    using Tables = KernelTables<Real>;
    const double steps = std::ceil((static_cast<double>(longest) - Tables::kShortLine) / Tables::kLengthStep);
    const double first = tables_.cluster.model->g() < Tables::kSteep ? 1.0 : 0.0;
    const double last = static_cast<double>(tables_.lines.size() - 1);
    rule_ = &tables_.lines[static_cast<std::size_t>(std::min(std::max(steps, first), last))];
    nodes_ = rule_->share.size() * layers_;
  }

  /// (2)
  [[gnu::always_inline]] void place(std::size_t lane) {
    const LineOfSight<Batch>& line = ranges_[lane / Batch::size];
    const Batch one(Real(1)), half(Real(0.5));
    const auto& c = tables_.cluster;
    const Batch centre = number(c.position.norm()), inverse_centre = one / centre;
    const Batch inverse_r0_square = number(1.0 / (c.radius_scale * c.radius_scale));
    const Batch thousand = number(1000.0) * line.inverse_parallax_error;
    const PotentialRows<Batch> potential(tables_);
    floor_[lane / Batch::size] = number(-1e30);
    for (std::size_t k = 0; k < rule_->share.size(); ++k) {
      const Batch exponential = quick_exp(line.t_low + line.span * Batch(rule_->share[k]));
      const Batch reciprocal = one / exponential;
      const Batch z = half * line.stretch * (exponential - reciprocal);
      const Batch a_cosh = half * line.stretch * (exponential + reciprocal);
      const Batch radius = line.z0 + z, inverse_radius = one / radius;

      const Batch q = (line.rp_square + z * z) * inverse_r0_square;
      const auto at_node = potential(q);
      const Batch east = line.east + z * line.east_slope, north = line.north + z * line.north_slope;
      const Batch speed = xsimd::sqrt(east * east + north * north + Batch(Real(1e-20)));
      const Batch deviation = radius * line.noise_slope, noise = deviation * deviation;
      const Batch inverse_total = one / (one + noise);
      const Batch rho = speed * inverse_total, variance = noise * inverse_total;
      // parallax residual, with 1000/R_c - 1000/R formed without cancellation
      const Batch chi = line.chi + thousand * inverse_centre * (line.behind + z) * inverse_radius;
      const Batch ratio = radius * inverse_centre, square = ratio * ratio;
      const Batch exponent = -half * (speed * rho + chi * chi);
      const Batch factor = Batch(rule_->weight[k]) * line.span * a_cosh * square * square * inverse_total;

      const std::size_t first = k * layers_ * kBlock + lane;
      for (std::size_t layer = 0; layer < layers_; ++layer) {
        const std::size_t at = first + layer * kBlock;
        store(kRho, at, rho);
        store(kVariance, at, variance);
        if constexpr (!kAll) continue;
        store(kInverseRadius, at, inverse_radius);
        store(kChiSlope, at, -chi * thousand * inverse_radius * inverse_radius);
        store(kQ, at, q);
        store(kPhiQ, at, at_node.d_q);
        store(kPhiPhi0, at, at_node.d_phi0);
        store(kPhiG, at, at_node.d_g);
        store(kEastM, at, east);
        store(kNorthM, at, north);
        store(kSpeed, at, speed);
        store(kNoise, at, noise);
      }
      const Batch reached = Batch(tables_.speeds.reach) * xsimd::sqrt(variance);
      const Batch too_wide = number(kSmoothNoise) - variance;
      if (measured_) {
        place_radial_velocities(first, line, at_node.phi, rho, reached, too_wide, exponent, factor);
      } else {
        store(kPhi, first, at_node.phi);
        store(kMargin, first, xsimd::min(xsimd::sqrt(at_node.phi + at_node.phi) - rho - reached, too_wide));
        store(kExponent, first, exponent + at_node.phi);
        store(kFactor, first, factor);
        note_size(first, at_node.phi, rho, variance);
      }
    }
    floor_[lane / Batch::size] -= number(tables_.depth);
  }

  /// Notes how large a term is about, from the largest product of noise and law. The star is seen x standard deviations
  /// beyond the escape speed; tau of them below it the law is y^a with y ~ tau, and exp(-(x + tau)^2/2) tau^a is
  /// largest where tau (x + tau) = a.
  [[gnu::always_inline]] void note_size(std::size_t at, const Batch& phi, const Batch& rho, const Batch& variance) {
    const Batch zero(Real(0)), half(Real(0.5)), order(law_.order());
    const Batch escape = xsimd::sqrt(phi + phi), deviation = xsimd::sqrt(variance);
    const Batch x = (rho - escape) / deviation, root = xsimd::sqrt(x * x + number(4.0) * order);
    const Batch tau = xsimd::select(x > zero, (order + order) / (root + x), half * (root - x));
    const Batch step = xsimd::min(escape, tau * deviation), u = escape - step, t = (rho - u) / deviation;
    const Batch log_law = order * quick_log(half * step * (escape + u)) + Batch(log_inverse_gamma_);
    const Batch size = load(kExponent, at) + quick_log(load(kFactor, at)) + xsimd::min(log_law, zero) - half * t * t;
    store(kSize, at, size);
    Batch& largest = floor_[at % kBlock / Batch::size];
    largest = xsimd::max(largest, size);
  }

  /// Nodes w of the true radial velocity, in units of s, from the cluster's: within `reach` standard deviations of what
  /// the measurement and exp(-w^2/2) leave, and as far as a star can be bound.
  [[gnu::always_inline]] void place_radial_velocities(std::size_t first, const LineOfSight<Batch>& line,
                                                      const Batch& phi, const Batch& rho, const Batch& reached,
                                                      const Batch& too_wide, const Batch& exponent,
                                                      const Batch& factor) {
    const Batch zero(Real(0)), half(Real(0.5)), one(Real(1)), noise = line.outwards_noise;
    const Batch inverse_noise = one / noise, total = one + noise;
    const Batch observed = xsimd::abs(line.outwards), mean = observed / total;
    // beyond the escape speed: further, until the noise of the motion has fallen as much again
    const Batch over = xsimd::max(zero, rho - xsimd::sqrt(phi + phi));
    const Batch slowest = xsimd::max(zero, rho - xsimd::sqrt(over * over + reached * reached));
    const Batch bound = xsimd::sqrt(xsimd::max(phi + phi - slowest * slowest, zero));
    const Batch excess = xsimd::max(zero, mean - bound), reach(tables_.speeds.reach);
    const Batch depth = xsimd::sqrt(excess * excess + reach * reach * noise / total);
    const Batch high = xsimd::min(mean + depth, bound), low = xsimd::max(mean - depth, -bound);
    const Batch width = xsimd::max(high - low, zero);
    const Batch norm = width * xsimd::sqrt(inverse_noise) * number(0.3989422804014327);
    const auto sign = line.outwards < zero;
    for (std::size_t layer = 0; layer < layers_; ++layer) {
      const std::size_t at = first + layer * kBlock;
      const Batch w = low + width * Batch(tables_.speed_share[layer]), off = w - observed;
      const Batch left = xsimd::max(phi - half * w * w, Batch(Real(1e-12)));
      const Batch pull = off * inverse_noise;
      store(kPhi, at, left);
      store(kMargin, at, xsimd::min(xsimd::sqrt(left + left) - rho - reached, too_wide));
      store(kExponent, at, exponent + left - half * off * pull);
      store(kFactor, at, factor * norm * Batch(tables_.speed_weight[layer]));
      store(kPull, at, xsimd::select(sign, -pull, pull));
      note_size(at, left, rho, load(kVariance, at));
    }
  }

  /// (3) Where the noise keeps clear of the escape speed. Lanes where it does not are left to wide(); nodes that hardly
  /// count are nothing.
  [[gnu::always_inline]] void smooth() {
    const Batch zero(Real(0)), safe = number(tables_.cluster.model->phi0());
    for (std::size_t at = 0; at < nodes_ * kBlock; at += Batch::size) {
      const Batch margin = load(kMargin, at);
      const auto counts = load(kSize, at) >= floor_[at % kBlock / Batch::size], clear = counts && margin > zero;
      store(kMargin, at, xsimd::select(counts, margin, number(1.0)));
      store(kExponent, at, xsimd::select(counts, load(kExponent, at), number(-1e30)));
      if (xsimd::none(clear)) {
        for (int field = kValue; field <= (kAll ? kByOrder : kValue); ++field) store(Field(field), at, zero);
        continue;
      }
      const auto b =
          globular::smooth<kAll>(xsimd::select(clear, load(kPhi, at), safe), xsimd::select(clear, load(kRho, at), zero),
                                 xsimd::select(clear, load(kVariance, at), number(0.01)), law_);
      store(kValue, at, xsimd::select(clear, b.value, zero));
      if constexpr (!kAll) continue;
      store(kByPhi, at, xsimd::select(clear, b.d_phi, zero));
      store(kByRho, at, xsimd::select(clear, b.d_rho, zero));
      store(kByVariance, at, xsimd::select(clear, b.d_variance, zero));
      store(kByOrder, at, xsimd::select(clear, b.d_order, zero));
    }
    list_others();
  }

  /// The nodes that are left to wide().
  void list_others() {
    const Real* margin = space_.row(kMargin);
    std::uint32_t* list = space_.list.data();
    count_ = 0;
    for (std::size_t at = 0; at < nodes_ * kBlock; ++at) {
      list[count_] = static_cast<std::uint32_t>(at);
      count_ += !(margin[at] > Real(0));
    }
  }

  /// (3) The others, gathered into full batches; the last is filled up with its last node.
  [[gnu::always_inline]] void wide() {
    const std::uint32_t* list = space_.list.data();
    for (std::size_t begin = 0; begin < count_; begin += Batch::size) {
      alignas(64) Real in[3][Batch::size], out[5][Batch::size], scale[Batch::size];
      for (std::size_t j = 0; j < Batch::size; ++j) {
        const std::size_t at = list[begin + j < count_ ? begin + j : count_ - 1];
        for (std::size_t f = 0; f < 3; ++f) in[f][j] = space_.row(kPhi + f)[at];
      }
      const auto b = globular::wide<kAll>(Batch::load_aligned(in[0]), Batch::load_aligned(in[1]),
                                          Batch::load_aligned(in[2]), law_, tables_.speeds, *tables_.bessel);
      b.value.store_aligned(out[0]);
      if constexpr (kAll) {
        b.d_phi.store_aligned(out[1]);
        b.d_rho.store_aligned(out[2]);
        b.d_variance.store_aligned(out[3]);
        b.d_order.store_aligned(out[4]);
      }
      b.log_scale.store_aligned(scale);
      for (std::size_t j = 0; j < Batch::size && begin + j < count_; ++j) {
        const std::size_t at = list[begin + j];
        for (std::size_t f = 0; f < (kAll ? 5 : 1); ++f) space_.row(kValue + f)[at] = out[f][j];
        space_.row(kExponent)[at] += scale[j];
      }
    }
  }

  /// (4) F below is a node's term; names `by_x` are F d ln F / dx.
  [[gnu::always_inline]] void sum(std::size_t lane, BlockIntegrals& result) const {
    Batch largest = load(kExponent, lane);
    for (std::size_t n = 1; n < nodes_; ++n) largest = xsimd::max(largest, load(kExponent, n * kBlock + lane));

    const Batch one(Real(1)), half(Real(0.5)), two(Real(2)), zero(Real(0));
    const auto& c = tables_.cluster;
    const Batch inverse_s = number(1.0 / c.velocity_scale);
    const Batch inverse_r0_square = number(1.0 / (c.radius_scale * c.radius_scale));
    const Batch east_slope = lines_.load(lines_.east_slope, lane), north_slope = lines_.load(lines_.north_slope, lane);
    const Batch outwards = lines_.load(lines_.outwards, lane),
                outwards_noise = lines_.load(lines_.outwards_noise, lane);
    Batch total = zero, by[kStarInputs];
    for (Batch& b : by) b = zero;
    for (std::size_t n = 0; n < nodes_; ++n) {
      const std::size_t at = n * kBlock + lane;
      const Batch weight = load(kFactor, at) * quick_exp(load(kExponent, at) - largest);
      const Batch b = load(kValue, at), f = weight * b;
      if constexpr (!kAll) {
        total += f;
        continue;
      }
      const Batch m = load(kSpeed, at), noise = load(kNoise, at), inverse_total = one / (one + noise);
      const Batch b_rho = load(kByRho, at);
      // phi:  F (1 + d ln B / d phi)     m, T:  through rho = m/(1+T), V = T/(1+T) and exp(-m^2/2(1+T)) / (1+T)
      const Batch by_phi = weight * (b + load(kByPhi, at));
      const Batch by_m = weight * inverse_total * (b_rho - m * b);
      const Batch by_noise =
          weight * inverse_total * (inverse_total * (half * m * m * b - m * b_rho + load(kByVariance, at)) - b);
      // R:  R^4, the parallax, m = |R k mu - v| / s and T ~ R^2
      const Batch inverse_radius = load(kInverseRadius, at), by_direction = by_m / m;
      const Batch by_east = by_direction * load(kEastM, at), by_north = by_direction * load(kNorthM, at);
      const Batch twice_noise = two * noise * by_noise;
      const Batch slope = by_phi * load(kPhiQ, at);
      total += f;
      by[kDistance] += f * (number(4.0) * inverse_radius + load(kChiSlope, at)) + by_east * east_slope +
                       by_north * north_slope + twice_noise * inverse_radius;
      by[kProjectedSquare] += slope * inverse_r0_square;
      by[kLogRadiusScale] -= two * slope * load(kQ, at);
      by[kLogVelocityScale] -= m * by_m + twice_noise;
      by[kEast] -= by_east * inverse_s;
      by[kNorth] -= by_north * inverse_s;
      by[kPhi0] += by_phi * load(kPhiPhi0, at);
      by[kTruncation] += by_phi * load(kPhiG, at) + weight * load(kByOrder, at);
      // what is measured enters chi = (parallax - 1000/R) / sigma, of which kChiSlope has the slope in R, and m
      const Batch radius = one / inverse_radius, lever = radius * inverse_s;
      by[kMeasuredParallax] += f * load(kChiSlope, at) * radius * radius * number(1e-3);
      by[kMeasuredEast] += by_east * lever;
      by[kMeasuredNorth] += by_north * lever;
      if (measured_) {
        // ln N(w; w_observed, T_w), of which both go with s
        const Batch pull = load(kPull, at), by_observed = f * pull;
        by[kOutwards] -= by_observed * inverse_s;
        by[kLogVelocityScale] -= by_observed * outwards + f * (pull * pull * outwards_noise - one);
      }
    }
    finish(lane, largest, total, by, result);
  }

  void finish(std::size_t lane, const Batch& largest, const Batch& total, const Batch* by,
              BlockIntegrals& result) const {
    alignas(64) Real scale[Batch::size], f[Batch::size], slope[Batch::size];
    largest.store_aligned(scale);
    total.store_aligned(f);
    for (std::size_t j = 0; j < Batch::size; ++j) {
      const bool there = lines_.there[lane + j] && f[j] > Real(0);
      result.log_value[lane + j] =
          there ? static_cast<double>(scale[j]) + std::log(static_cast<double>(f[j])) : -HUGE_VAL;
    }
    for (std::size_t i = 0; kAll && i < kStarInputs; ++i) {
      (by[i] / total).store_aligned(slope);
      for (std::size_t j = 0; j < Batch::size; ++j) result.gradient[i][lane + j] = static_cast<double>(slope[j]);
    }
  }

  const KernelTables<Real>& tables_;
  const VelocityLaw<Real>& law_;
  KernelSpace<Real>& space_;
  bool measured_;
  std::size_t layers_;
  LineConstants<Batch> lines_;
  LineOfSight<Batch> ranges_[kBlock / Batch::size];
  const typename KernelTables<Real>::LineRule* rule_ = nullptr;
  Batch floor_[kBlock / Batch::size];  ///< of each line: terms of less kSize count as nothing
  Real log_inverse_gamma_;
  std::size_t nodes_ = 0;  ///< of a line, layers included
  std::size_t count_ = 0;  ///< nodes on the list
};

template <class Batch, Slopes kSlopes, class Real = typename Batch::value_type>
void integrate_block(const KernelTables<Real>& tables, const SightlineBlock& block, bool with_radial_velocity,
                     KernelSpace<Real>& space, BlockIntegrals& result) {
  BlockIntegral<Batch, kSlopes>(tables, block, with_radial_velocity, space).integrate(result);
}

template <class Batch, class Real = typename Batch::value_type>
StarKernel<Real> kernel_of(Slopes slopes) {
  return slopes == Slopes::all ? integrate_block<Batch, Slopes::all> : integrate_block<Batch, Slopes::none>;
}

// What a source file for one instruction set consists of.
#define PRAESEPE_STAR_KERNEL(name, arch)                         \
  template <class Real>                                          \
  StarKernel<Real> kernel_for_##name(Slopes slopes);             \
  template <>                                                    \
  StarKernel<float> kernel_for_##name<float>(Slopes slopes) {    \
    return kernel_of<xsimd::batch<float, xsimd::arch>>(slopes);  \
  }                                                              \
  template <>                                                    \
  StarKernel<double> kernel_for_##name<double>(Slopes slopes) {  \
    return kernel_of<xsimd::batch<double, xsimd::arch>>(slopes); \
  }

}  // namespace praesepe::infer::models::globular
