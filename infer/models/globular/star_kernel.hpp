// The inner loop of the collapsed likelihood: the integrals of a block of stars along their lines of sight, vectorised
// over stars, in the widest instructions that the machine has.
//
// One source (star_kernel_impl.hpp) is compiled for several instruction sets. They differ in the last digits of each
// operation, since products and sums are fused where the machine can: ln of a star's integral differs by at most 2e-5
// in single precision (tests/infer/models/globular/star_kernel_test.cpp). On one instruction set results are the same
// bits.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "infer/instruction_set.hpp"
#include "infer/models/globular/bessel.hpp"
#include "infer/models/globular/quadrature.hpp"
#include "infer/models/globular/sightlines.hpp"
#include "infer/models/globular/star_input.hpp"
#include "infer/models/globular/velocity_integral.hpp"
#include "sim/globular/lowered_isothermal.hpp"

namespace praesepe::infer::models::globular {

/// What a kernel computes beside the integrals' values.
enum class Slopes { none, all };

/// The cluster at given parameters, as the star integrals use it.
struct ClusterState {
  const sim::globular::LoweredIsothermal* model;
  double radius_scale;       ///< r0, pc
  double velocity_scale;     ///< s, km/s
  Eigen::Vector3d position;  ///< of the centre, pc
  Eigen::Vector3d velocity;  ///< km/s
};

/// Everything that all stars share, in the kernel's precision. Tables depend on the parameters, rules do not.
template <class Real>
struct KernelTables {
  explicit KernelTables(const QuadratureRule& rule);
  /// To be called once per parameter vector.
  void prepare(const ClusterState& cluster);

  static constexpr std::size_t kRow = 12;  ///< numbers an interval of the potential takes, filled up to fours
  static constexpr int kInverseSteps = 64;

  double bound, depth;  ///< see QuadratureRule
  /// Gauss-Legendre on (0, 1) along the line of sight: rules for lines of growing length.
  struct LineRule {
    std::vector<Real> share, weight;
  };
  std::vector<LineRule> lines;
  /// Length in t = asinh(z / a) up to which the first rule serves, and by which each next serves longer ones: from
  /// errors of single stars by length and number of nodes, in the regimes of collapsed_accuracy_test.cpp.
  static constexpr double kShortLine = 7.0, kLengthStep = 1.0;
  static constexpr double kSteep = 1.0;  ///< below this g the law falls steeply at the edge: the first is not used
  std::vector<Real> speed_share, speed_weight;  ///< and along the radial velocity
  SpeedRule<Real> speeds;                       ///< of the proper-motion convolution
  const BesselTables<Real>* bessel;

  VelocityLaw<Real> law, law_measured;  ///< of order g + 1/2; of order g, for stars with a radial velocity
  /// phi (cubic), d phi/d phi0 and d phi/dg (quadratic) in each interval of xi = ln(1 + x^2), side by side
  std::vector<Real> potential;
  Real inverse_step = 0, last_interval = 0;
  std::vector<Real> xi_of_phi;  ///< at phi0 k / kInverseSteps, and once more the last
  ClusterState cluster;
};

/// ln int dz (R/R_c)^4 exp(-chi^2/2) C for each line of a block, and its gradient; R_c is the centre's distance, not
/// differentiated. -infinity for a line that misses the cluster. Without slopes the gradient is left as it is.
struct BlockIntegrals {
  std::array<double, kBlock> log_value;
  std::array<std::array<double, kBlock>, kStarInputs> gradient;
};

/// Scratch.
template <class Real>
struct KernelSpace {
  /// For so many nodes a line.
  explicit KernelSpace(std::size_t nodes);
  Real* row(std::size_t field) { return numbers.data() + field * stride; }

  static constexpr std::size_t kFields = 24;
  std::size_t stride;
  std::vector<Real> numbers;        ///< (kFields, stride)
  std::vector<std::uint32_t> list;  ///< (stride)
};

template <class Real>
using StarKernel = void (*)(const KernelTables<Real>&, const SightlineBlock&, bool with_radial_velocity,
                            KernelSpace<Real>&, BlockIntegrals&);

template <class Real>
StarKernel<Real> star_kernel(InstructionSet set, Slopes slopes);

}  // namespace praesepe::infer::models::globular
