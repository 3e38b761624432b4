// The part of a star's line of sight that its integral needs: where the cluster is, and where the star can be bound.
// For SIMD batches of stars; part of the kernel (star_kernel_impl.hpp).
//
//   z = R - z0, measured from the foot of the centre;   z = a sinh t,   a^2 = R_p^2 + kCoreShare r0^2,   t uniform.
//
// The range ends at the tidal radius; or where the escape speed falls below what the star's observed motion less
// `reach` standard deviations of noise needs; or where the parallax likelihood has fallen by exp(-kParallaxReach^2/2)
// from its largest value inside; or 0.01 pc from the Sun. Where the observed motion makes of such a range a wide sweep
// of velocities, as for a cluster near the Sun, only a short part of it may be left: it is looked for.
#pragma once

#include <algorithm>
#include <cmath>
#include <xsimd/xsimd.hpp>

#include "infer/models/globular/elementary.hpp"
#include "infer/models/globular/star_kernel.hpp"
#include "infer/models/globular/table_columns.hpp"

namespace praesepe::infer::models::globular {

inline constexpr double kParallaxReach = 7.0;
inline constexpr double kWideSweep = 2.0;     ///< units of s
inline constexpr double kSweptLength = 13.0;  ///< of such a line, at least, where it asks for nodes

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
  using Tables = KernelTables<Real>;

 public:
  explicit PotentialRows(const Tables& tables)
      : rows_(tables.potential.data()), inverse_step_(tables.inverse_step), last_(tables.last_interval) {}

  struct Value {
    Batch phi, d_q, d_phi0, d_g;
  };
  [[gnu::always_inline]] Value operator()(const Batch& q) const {
    const Batch grown = Batch(Real(1)) + q, scaled = quick_log(grown) * inverse_step_;
    const Batch interval = xsimd::max(xsimd::min(xsimd::floor(scaled), last_), Batch(Real(0))), t = scaled - interval;
    const auto c = TableColumns<Batch, Tables::kRow>::at(rows_, interval * Batch(Real(Tables::kRow)));
    const Batch phi = ((c[3] * t + c[2]) * t + c[1]) * t + c[0];
    const Batch slope = (Batch(Real(3)) * c[3] * t + c[2] + c[2]) * t + c[1];
    return {xsimd::max(phi, Batch(Real(1e-12))), slope * inverse_step_ / grown, (c[6] * t + c[5]) * t + c[4],
            (c[9] * t + c[8]) * t + c[7]};
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
  Batch needed;                ///< the span that says how many nodes there must be

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
    const Batch zero(Real(0)), one(Real(1)), nearest(Real(0.01));
    const Batch before = length(tables, foot, -east_slope, -north_slope, zero);
    const Batch behind_foot = length(tables, foot, east_slope, north_slope, one);
    Batch low = xsimd::max(-before, nearest - z0), high = behind_foot;
    narrow_by_parallax(load(lines.parallax), low, high);
    const auto there = high > low;
    for (std::size_t i = 0; i < Batch::size; ++i) lines.there[lane + i] = lines.there[lane + i] && there.get(i);
    high = xsimd::select(there, high, behind_foot);
    low = xsimd::select(there, low, -before);
    stretch = xsimd::sqrt(rp_square + number(kCoreShare) * foot.r0_square);
    t_low = asinh(low / stretch);
    span = asinh(high / stretch) - t_low;
    const Batch sweep = (high - low) * xsimd::sqrt(east_slope * east_slope + north_slope * north_slope);
    const auto is_wide = sweep > number(kWideSweep);
    if (xsimd::any(is_wide)) {
      for (int pass = 0; pass < 2; ++pass) narrow_by_motion(tables, is_wide);
    }
    needed = xsimd::select(is_wide && there, xsimd::max(span, number(kSweptLength)), span);
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
    Batch outwards;  ///< the slowest that a measured radial velocity allows, units of s
  };
  Foot at_foot(const KernelTables<Real>& tables) const {
    const double r0 = tables.cluster.radius_scale, tidal = tables.cluster.model->edge().value * r0;
    Foot foot;
    foot.r0_square = number(r0 * r0);
    foot.tidal = xsimd::sqrt(number(tidal * tidal) - rp_square);
    foot.phi = PotentialRows<Batch>(tables)(rp_square / foot.r0_square).phi;
    foot.escape = xsimd::sqrt(foot.phi + foot.phi);
    const Batch zero(Real(0));
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
  /// pc, and the distance from the Sun by `outwards_by`. At first over the whole line, then over the part found so: the
  /// slowest that the star can be there, with the widest noise, and the radius where that is the escape speed.
  Batch length(const KernelTables<Real>& tables, const Foot& foot, const Batch& east_by, const Batch& north_by,
               const Batch& outwards_by) const {
    const Batch zero(Real(0)), half(Real(0.5)), small = foot.r0_square * Batch(Real(1e-4));
    const Batch slope_square = east_by * east_by + north_by * north_by + Batch(Real(1e-20));
    const Batch nearest = -(east * east_by + north * north_by) / slope_square;
    Batch length = foot.tidal;
    for (int pass = 0; pass < 3; ++pass) {
      const Batch there = xsimd::min(xsimd::max(nearest, zero), length);
      const Batch east_there = east + there * east_by, north_there = north + there * north_by;
      const Batch speed = xsimd::sqrt(east_there * east_there + north_there * north_there);
      const Batch deviation = noise_slope * (z0 + length * outwards_by);
      const Batch across = slowest(speed, deviation * deviation, foot.escape, tables.bound);
      const Batch left = half * (across * across + foot.outwards * foot.outwards);
      const Batch square =
          radius_square_at(tables, xsimd::min(left, Batch(Real(0.95)) * foot.phi)) * foot.r0_square - rp_square;
      length = xsimd::min(length, xsimd::sqrt(xsimd::max(square, small + Batch(Real(1e-4)) * rp_square)));
    }
    return length;
  }

  /// r^2 / r0^2 at which the potential is phi, 0 <= phi < phi0: to a percent, which is enough for the end of a range.
  static Batch radius_square_at(const KernelTables<Real>& tables, const Batch& phi) {
    const Batch scaled =
        phi * Batch(static_cast<Real>(KernelTables<Real>::kInverseSteps / tables.cluster.model->phi0()));
    const Batch whole = xsimd::floor(scaled);
    const auto [before, after] = TableColumns<Batch, 2>::at(tables.xi_of_phi.data(), whole);
    return xsimd::exp(before + (scaled - whole) * (after - before)) - Batch(Real(1));
  }

  /// Cuts the range, where asked, to where a bound of the integrand is more than exp(-kDepth) of its largest value on a
  /// grid, and a step more on either side.
  void narrow_by_motion(const KernelTables<Real>& tables, const typename Batch::batch_bool_type& where) {
    constexpr int kSteps = 32;
    constexpr double kDepth = 20.0;
    const Batch zero(Real(0)), one(Real(1)), step = span * number(1.0 / kSteps);
    Batch level[kSteps + 1], largest = number(-1e30);
    for (int k = 0; k <= kSteps; ++k) {
      level[k] = log_bound(tables, t_low + step * number(k), step);
      largest = xsimd::max(largest, level[k]);
    }
    const Batch floor = largest - number(kDepth);
    Batch first = number(kSteps), last = zero;  // where the bound crosses the floor
    for (int k = 0; k <= kSteps; ++k) {
      const auto crossing = [&](const Batch& below) {  // steps from k to there
        return (level[k] - floor) / xsimd::max(level[k] - below, level[k] - floor + number(1e-6));
      };
      const auto is_above = level[k] >= floor;
      const Batch before = number(k) - crossing(level[std::max(k - 1, 0)]);
      const Batch after = number(k) + crossing(level[std::min(k + 1, kSteps)]);
      first = xsimd::select(is_above, xsimd::min(first, before), first);
      last = xsimd::select(is_above, xsimd::max(last, after), last);
    }
    first = xsimd::max(first - one, zero);
    last = xsimd::min(last + one, number(kSteps));
    t_low = xsimd::select(where, t_low + first * step, t_low);
    span = xsimd::select(where, (last - first) * step, span);
  }

  /// ln of the integrand at t, but for constants and for what the escape speed leaves of the velocities; with the
  /// slowest motion within half a step, so that no place between those of the grid is missed.
  Batch log_bound(const KernelTables<Real>& tables, const Batch& t, const Batch& step) const {
    const Batch half(Real(0.5)), one(Real(1)), zero(Real(0)), exponential = xsimd::exp(t);
    const Batch z = half * stretch * (exponential - one / exponential), radius = z0 + z;
    const double r0 = tables.cluster.radius_scale;
    const Batch phi = PotentialRows<Batch>(tables)((rp_square + z * z) * number(1.0 / (r0 * r0))).phi;
    const Batch to_east = east + z * east_slope, to_north = north + z * north_slope;
    const Batch slope = xsimd::sqrt(east_slope * east_slope + north_slope * north_slope);
    const Batch half_step = number(0.25) * step * stretch * (exponential + one / exponential);
    const Batch motion = xsimd::max(xsimd::sqrt(to_east * to_east + to_north * to_north) - half_step * slope, zero);
    const Batch deviation = radius * noise_slope, total = one + deviation * deviation, rho = motion / total;
    const Batch excess = xsimd::max(rho - xsimd::sqrt(phi + phi), zero) * total / xsimd::max(deviation, number(1e-6));
    const Batch lever = number(1000.0 / tables.cluster.position.norm()) * inverse_parallax_error;
    const Batch residual = chi + lever * (behind + z) / radius;
    const Batch jacobian = xsimd::log((exponential + one / exponential) * radius * radius * radius * radius / total);
    return phi + jacobian - half * (motion * rho + residual * residual + excess * excess / total);
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
