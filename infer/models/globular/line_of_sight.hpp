// The part of a star's line of sight that its integral needs: where the cluster is, and where the star can be bound.
// For SIMD batches of stars; part of the kernel (star_kernel_impl.hpp).
//
//   z = R - z0, measured from the foot of the centre;   z = a sinh t,   a^2 = R_p^2 + kCoreShare r0^2,   t uniform.
//
// The range ends at the tidal radius; or where the escape speed falls below what the star's observed motion less
// `reach` standard deviations of noise needs; or where the parallax likelihood has fallen by exp(-kParallaxReach^2/2)
// from its largest value inside; or 0.01 pc from the Sun.
#pragma once

#include <cmath>
#include <xsimd/xsimd.hpp>

#include "infer/models/globular/star_kernel.hpp"

namespace praesepe::infer::models::globular {

inline constexpr double kParallaxReach = 7.0;

/// The lines of a block relative to the cluster. Differences of large numbers are taken in double precision.
template <class Batch>
struct LineConstants {
  using Real = typename Batch::value_type;
  using Row = Real[kBlock];

  LineConstants(const KernelTables<Real>& tables, const SightlineBlock& block) {
    const auto& c = tables.cluster;
    const double x = c.position[0], y = c.position[1], z = c.position[2];
    const double vx = c.velocity[0], vy = c.velocity[1], vz = c.velocity[2];
    const double s = 1.0 / c.velocity_scale, centre = std::sqrt(x * x + y * y + z * z);
    const double tidal = c.model->edge().value * c.radius_scale, tidal_square = tidal * tidal;
    for (std::size_t i = 0; i < kBlock; ++i) {
      const double nx = block.direction[0][i], ny = block.direction[1][i], nz = block.direction[2][i];
      const double along = nx * x + ny * y + nz * z;
      const double fx = x - along * nx, fy = y - along * ny, fz = z - along * nz, square = fx * fx + fy * fy + fz * fz;
      there[i] = square < tidal_square;
      z0[i] = static_cast<Real>(along);
      behind[i] = static_cast<Real>(along - centre);
      rp_square[i] = static_cast<Real>(there[i] ? square : 0.0);
      const double v_east = vx * block.east[0][i] + vy * block.east[1][i] + vz * block.east[2][i];
      const double v_north = vx * block.north[0][i] + vy * block.north[1][i] + vz * block.north[2][i];
      const double v_out = vx * nx + vy * ny + vz * nz;
      east[i] = static_cast<Real>(s * (along * block.east_motion[i] + block.east_offset[i] - v_east));
      north[i] = static_cast<Real>(s * (along * block.north_motion[i] + block.north_offset[i] - v_north));
      east_slope[i] = static_cast<Real>(s * block.east_motion[i]);
      north_slope[i] = static_cast<Real>(s * block.north_motion[i]);
      noise_slope[i] = static_cast<Real>(s * block.motion_error[i]);
      const double error = s * block.radial_velocity_error[i];
      outwards[i] = static_cast<Real>(s * (block.radial_velocity[i] - v_out));
      outwards_noise[i] = static_cast<Real>(error * error);
      inverse_parallax_error[i] = static_cast<Real>(block.inverse_parallax_error[i]);
      parallax[i] = static_cast<Real>(block.parallax[i] * block.inverse_parallax_error[i]);
      chi[i] = static_cast<Real>((block.parallax[i] - 1000.0 / centre) * block.inverse_parallax_error[i]);
    }
  }

  static Batch load(const Row& row, std::size_t lane) { return Batch::load_unaligned(row + lane); }

  Row z0, behind;                             ///< pc; z0 - R_c
  Row rp_square;                              ///< pc^2
  Row east, north;                            ///< of the star relative to the centre, at the foot, units of s
  Row east_slope, north_slope;                ///< and their growth with R, per pc
  Row noise_slope;                            ///< sqrt(T) / R, per pc
  Row outwards, outwards_noise;               ///< w_observed and T_w
  Row inverse_parallax_error, parallax, chi;  ///< mas^-1; in standard deviations; residual of the centre's
  bool there[kBlock];                         ///< the line meets the cluster
};

/// Looks up phi and its derivatives at q = r^2 / r0^2.
template <class Batch>
class PotentialRows {
  using Real = typename Batch::value_type;
  using Index = xsimd::as_integer_t<Real>;

 public:
  explicit PotentialRows(const KernelTables<Real>& tables)
      : rows_(tables.potential.data()), inverse_step_(tables.inverse_step), last_(tables.last_interval) {}

  struct Value {
    Batch phi, d_q, d_phi0, d_g;
  };
  [[gnu::always_inline]] Value operator()(const Batch& q) const {
    const Batch grown = Batch(Real(1)) + q, scaled = xsimd::log(grown) * inverse_step_;
    const Batch interval = xsimd::min(xsimd::floor(scaled), last_), t = scaled - interval;
    const auto first = xsimd::to_int(interval * Batch(Real(KernelTables<Real>::kRow)));
    const auto c = [&](int n) { return Batch::gather(rows_ + n, first); };
    const Batch c2 = c(2), c3 = c(3), three(Real(3));
    const Batch c1 = c(1), phi = ((c3 * t + c2) * t + c1) * t + c(0);
    const Batch slope = (three * c3 * t + c2 + c2) * t + c1;
    return {xsimd::max(phi, Batch(Real(1e-12))), slope * inverse_step_ / grown, (c(6) * t + c(5)) * t + c(4),
            (c(9) * t + c(8)) * t + c(7)};
  }

 private:
  const Real* rows_;
  Batch inverse_step_, last_;
};

template <class Batch>
struct LineOfSight {
  using Real = typename Batch::value_type;

  Batch z0, behind, rp_square, east, north, east_slope, north_slope, noise_slope, outwards, outwards_noise;
  Batch inverse_parallax_error, chi;
  Batch stretch, t_low, span;  ///< a, and the range of t

  LineOfSight() = default;
  [[gnu::always_inline]] LineOfSight(const KernelTables<Real>& tables, LineConstants<Batch>& lines, std::size_t lane) {
    const auto load = [lane](const auto& row) { return LineConstants<Batch>::load(row, lane); };
    z0 = load(lines.z0);
    behind = load(lines.behind);
    rp_square = load(lines.rp_square);
    east = load(lines.east);
    north = load(lines.north);
    east_slope = load(lines.east_slope);
    north_slope = load(lines.north_slope);
    noise_slope = load(lines.noise_slope);
    outwards = load(lines.outwards);
    outwards_noise = load(lines.outwards_noise);
    inverse_parallax_error = load(lines.inverse_parallax_error);
    chi = load(lines.chi);

    const Foot foot = at_foot(tables);
    const Batch before = length(tables, foot, -east_slope, -north_slope), nearest(Real(0.01));
    const Batch behind_foot = length(tables, foot, east_slope, north_slope);
    Batch low = xsimd::max(-before, nearest - z0), high = behind_foot;
    narrow_by_parallax(load(lines.parallax), low, high);
    const auto there = high > low;
    for (std::size_t i = 0; i < Batch::size; ++i) lines.there[lane + i] = lines.there[lane + i] && there.get(i);
    high = xsimd::select(there, high, behind_foot);
    low = xsimd::select(there, low, -before);
    stretch = xsimd::sqrt(rp_square + number(kCoreShare) * foot.r0_square);
    t_low = asinh(low / stretch);
    span = asinh(high / stretch) - t_low;
  }

 private:
  static Batch number(double x) { return Batch(static_cast<Real>(x)); }
  static Batch asinh(const Batch& x) {
    const Batch size = xsimd::abs(x), t = xsimd::log(size + xsimd::sqrt(size * size + Batch(Real(1))));
    return xsimd::select(x < Batch(Real(0)), -t, t);
  }

  /// Where the line passes the centre.
  struct Foot {
    Batch r0_square, tidal;  ///< pc^2; pc, from there to the edge
    Batch phi, escape;
    Batch noise;     ///< T
    Batch outwards;  ///< the slowest that a measured radial velocity allows, units of s
  };
  Foot at_foot(const KernelTables<Real>& tables) const {
    const double r0 = tables.cluster.radius_scale, tidal = tables.cluster.model->edge().value * r0;
    Foot foot;
    foot.r0_square = number(r0 * r0);
    foot.tidal = xsimd::sqrt(number(tidal * tidal) - rp_square);
    foot.phi = PotentialRows<Batch>(tables)(rp_square / foot.r0_square).phi;
    foot.escape = xsimd::sqrt(foot.phi + foot.phi);
    const Batch deviation = noise_slope * z0, zero(Real(0));
    foot.noise = deviation * deviation;
    const Batch out = slowest(xsimd::abs(outwards), outwards_noise, foot.escape, tables.bound);
    foot.outwards = xsimd::select(outwards_noise > zero, out, zero);
    return foot;
  }

  /// The slowest that a star can truly be, in units of s, whose speed is seen as `speed`, with noise of variance T.
  Batch slowest(const Batch& speed, const Batch& noise, const Batch& escape, double reach) const {
    const Batch zero(Real(0)), total = Batch(Real(1)) + noise, mean = speed / total;
    const Batch excess = xsimd::max(mean - escape, zero);
    const Batch reach_square = Batch(static_cast<Real>(reach * reach)) * noise / total;
    return xsimd::max(mean - xsimd::sqrt(excess * excess + reach_square), zero);
  }

  /// How far from the foot the star can be bound, where the mean motion goes from (east, north) by the given slope per
  /// pc. At first over the whole line, then over the part found so: the slowest that the star can be there, and the
  /// radius where that is the escape speed.
  Batch length(const KernelTables<Real>& tables, const Foot& foot, const Batch& east_by, const Batch& north_by) const {
    const Batch zero(Real(0)), half(Real(0.5)), small = foot.r0_square * Batch(Real(1e-4));
    const Batch slope_square = east_by * east_by + north_by * north_by + Batch(Real(1e-20));
    const Batch nearest = -(east * east_by + north * north_by) / slope_square;
    Batch length = foot.tidal;
    for (int pass = 0; pass < 3; ++pass) {
      const Batch there = xsimd::min(xsimd::max(nearest, zero), length);
      const Batch east_there = east + there * east_by, north_there = north + there * north_by;
      const Batch speed = xsimd::sqrt(east_there * east_there + north_there * north_there);
      const Batch across = slowest(speed, foot.noise, foot.escape, tables.bound);
      const Batch needed = half * (across * across + foot.outwards * foot.outwards);
      const Batch square =
          radius_square_at(tables, xsimd::min(needed, Batch(Real(0.95)) * foot.phi)) * foot.r0_square - rp_square;
      length = xsimd::min(length, xsimd::sqrt(xsimd::max(square, small + Batch(Real(1e-4)) * rp_square)));
    }
    return length;
  }

  /// r^2 / r0^2 at which the potential is phi, 0 <= phi < phi0: to a percent, which is enough for the end of a range.
  static Batch radius_square_at(const KernelTables<Real>& tables, const Batch& phi) {
    const Batch scaled =
        phi * Batch(static_cast<Real>(KernelTables<Real>::kInverseSteps / tables.cluster.model->phi0()));
    const Batch whole = xsimd::floor(scaled);
    const auto at = xsimd::to_int(whole);
    const Batch before = Batch::gather(tables.xi_of_phi.data(), at),
                after = Batch::gather(tables.xi_of_phi.data() + 1, at);
    return xsimd::exp(before + (scaled - whole) * (after - before)) - Batch(Real(1));
  }

  /// Cuts the range where the parallax leaves less than exp(-kParallaxReach^2/2) of the largest likelihood inside it: d
  /// standard deviations from the observed parallax to the nearer end of the range, if it lies outside.
  void narrow_by_parallax(const Batch& observed, Batch& low, Batch& high) const {
    const Batch zero(Real(0)), reach(static_cast<Real>(kParallaxReach));
    const Batch scale = Batch(Real(1000)) * inverse_parallax_error;
    const Batch largest = scale / (z0 + low), smallest = scale / (z0 + high);
    const Batch d = xsimd::max(xsimd::max(observed - largest, smallest - observed), zero);
    const Batch spread = xsimd::sqrt(reach * reach + d * d);
    const auto measured = scale > zero;
    low = xsimd::select(measured, xsimd::max(low, scale / (observed + spread) - z0), low);
    const auto beyond = measured && observed > spread;
    high = xsimd::select(beyond, xsimd::min(high, scale / xsimd::select(beyond, observed - spread, reach) - z0), high);
  }
};

}  // namespace praesepe::infer::models::globular
