#include "infer/models/globular/star_kernel.hpp"

#include <cmath>

#include "sim/globular/potential_lookup.hpp"
#include "sim/globular/quintic.hpp"

namespace praesepe::infer::models::globular {

namespace {

using sim::globular::PotentialTable;
using sim::globular::quintic;
using sim::globular::quintic_slope;

/// Parts of an interval of the solution that the kernel's table has: of a lower degree, it needs a finer grid.
constexpr int kParts = 2;

/// Cubic of the same values and slopes at t and t + h, in units of h; coefficients into `row`.
template <class Real>
void put_cubic(const double* c, double t, double h, Real* row) {
  const double v0 = quintic(c, t), rise = quintic(c, t + h) - v0;
  const double s0 = h * quintic_slope(c, t), s1 = h * quintic_slope(c, t + h);
  row[0] = static_cast<Real>(v0);
  row[1] = static_cast<Real>(s0);
  row[2] = static_cast<Real>(3.0 * rise - 2.0 * s0 - s1);
  row[3] = static_cast<Real>(s0 + s1 - 2.0 * rise);
}

/// Parabola of the same values at t, t + h/2 and t + h.
template <class Real>
void put_parabola(const double* c, double t, double h, Real* row) {
  const double v0 = quintic(c, t), v1 = quintic(c, t + 0.5 * h), v2 = quintic(c, t + h);
  row[0] = static_cast<Real>(v0);
  row[1] = static_cast<Real>(4.0 * v1 - 3.0 * v0 - v2);
  row[2] = static_cast<Real>(2.0 * (v0 + v2) - 4.0 * v1);
}

}  // namespace

template <class Real>
KernelTables<Real>::KernelTables(const QuadratureRule& rule)
    : bound(rule.bound),
      depth(rule.depth),
      speeds(rule.speed, rule.reach),
      bessel(&BesselTables<Real>::instance()),
      law(1.0, 1.0),
      law_measured(1.0, 1.0),
      xi_of_phi(kInverseSteps + 2) {
  constexpr int kRules = 11, kMoreNodes = 2;
  for (int k = 0; k < kRules; ++k) {
    const GaussLegendre line(rule.line_of_sight + kMoreNodes * k);
    lines.push_back({{line.node.begin(), line.node.end()}, {line.weight.begin(), line.weight.end()}});
  }
  const GaussLegendre velocity(rule.radial_velocity);
  speed_share.assign(velocity.node.begin(), velocity.node.end());
  speed_weight.assign(velocity.weight.begin(), velocity.weight.end());
}

template <class Real>
void KernelTables<Real>::prepare(const ClusterState& state) {
  cluster = state;
  const auto& model = *state.model;
  law = VelocityLaw<Real>(model.g() + 0.5, model.phi0());
  law_measured = VelocityLaw<Real>(model.g(), model.phi0());
  const PotentialTable& table = model.table();
  potential.resize(static_cast<std::size_t>(table.intervals * kParts) * kRow);
  constexpr double h = 1.0 / kParts;
  for (int k = 0; k < table.intervals * kParts; ++k) {
    const auto first = static_cast<std::size_t>(k / kParts * 6);
    const double t = h * (k % kParts);
    Real* row = &potential[static_cast<std::size_t>(k) * kRow];
    put_cubic(&table.phi[first], t, h, row);
    put_parabola(&table.d_phi0[first], t, h, row + 4);
    put_parabola(&table.d_g[first], t, h, row + 7);
  }
  inverse_step = static_cast<Real>(kParts / table.step);
  last_interval = static_cast<Real>(table.intervals * kParts - 1);
  // at the centre, and once more: 0
  for (int k = 0; k < kInverseSteps; ++k) {
    const double square = sim::globular::square_at(table, model.phi0() * k / kInverseSteps);
    xi_of_phi[static_cast<std::size_t>(k)] = static_cast<Real>(std::log1p(square));
  }
}

template <class Real>
KernelSpace<Real>::KernelSpace(std::size_t nodes)
    : stride(nodes * kBlock), numbers(kFields * stride), list(stride + 1) {}

template struct KernelTables<float>;
template struct KernelTables<double>;
template struct KernelSpace<float>;
template struct KernelSpace<double>;

// Each is defined in a source file of its own, compiled for that instruction set.
template <class Real>
StarKernel<Real> kernel_for_baseline(Slopes slopes);
template <class Real>
StarKernel<Real> kernel_for_avx2(Slopes slopes);
template <class Real>
StarKernel<Real> kernel_for_avx512(Slopes slopes);

template <class Real>
StarKernel<Real> star_kernel(InstructionSet set, Slopes slopes) {
  if (set == InstructionSet::avx512) return kernel_for_avx512<Real>(slopes);
  if (set == InstructionSet::avx2) return kernel_for_avx2<Real>(slopes);
  return kernel_for_baseline<Real>(slopes);
}

template StarKernel<float> star_kernel<float>(InstructionSet, Slopes);
template StarKernel<double> star_kernel<double>(InstructionSet, Slopes);

}  // namespace praesepe::infer::models::globular
