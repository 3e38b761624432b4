// The stars of a catalogue as Gaussians in (X, Y, Z, U, V, W), and what of them was not seen.
//
//   y = to_lsr(star),   S = J E J^T           E: Gaia's errors and correlations, J: lsr_jacobian; R = 1 / parallax
//
// A star without radial velocity has five measured numbers. With n the unit vector of the line of sight, along which
// nothing is known of its velocity, and Pi = 1 - n n^T acting on velocities, its state is kept as Pi y and Pi S Pi:
// what is left in a frame turned to the star, written along the common axes.
//
// That is linear in the errors. A parallax of less than 100 sigma leaves a range of distances open over which it is
// not, and the density of such a star is integrated over them (overlap_kernel.hpp). Given the distance r = e^t /
// parallax all is linear but for r itself:
//
//   y(t) = y + (e^t - 1) y'       S(t) = S - rho^2 y' y'^T + (e^2t - 1) S_across       rho = sigma / parallax
//
// with y' = -Cov(y, parallax) parallax / sigma^2 and S_across what errors of direction and proper motion contribute
// given the parallax: S without the parts of parallax and radial velocity. pc and km/s, relative to the LSR.
#pragma once

#include <Eigen/Core>
#include <vector>

#include "sim/association/galactic_frame.hpp"
#include "sim/association/phase_space.hpp"
#include "sim/astrometry/catalogue.hpp"

namespace praesepe::infer::models::association {

using sim::association::Gaussian6;
using sim::association::Matrix6;
using sim::association::Vector6;

struct StarState {
  Gaussian6 state;                                   ///< Pi y, Pi S Pi
  Eigen::Vector3d unseen = Eigen::Vector3d::Zero();  ///< n, or 0 if all velocities were measured
  double parallax_error = 0.0;                       ///< rho, or 0 if the distance need not be integrated
  Vector6 by_distance = Vector6::Zero();             ///< Pi y'
  Matrix6 across = Matrix6::Zero();                  ///< Pi S_across Pi

  int measured() const { return unseen.isZero(0.0) ? 6 : 5; }
};

enum class Distances {
  linear,     ///< 1 / parallax, its error linear
  integrated  ///< where the parallax has less than 100 sigma
};

/// The star's state; `errors` as of lsr_covariance. NaN as radial velocity: not measured, and its errors not looked at.
StarState star_state(const sim::astrometry::Icrs6& star, const Matrix6& errors,
                     const sim::association::GalacticFrame& frame, Distances distances = Distances::linear);

/// Stars side by side, for arithmetic on several at a time: those with the largest rho first, so that packs hold alike.
class StarStates {
 public:
  /// Numbers kept of a star: Pi y (6), lower triangle of Pi S Pi (21), n (3), -M/2 ln 2 pi for M measured numbers; rho,
  /// the largest of its pack, Pi y' (6), lower triangle of Pi S_across Pi (21).
  enum Field : Eigen::Index {
    kMean,
    kCovariance = kMean + 6,
    kUnseen = kCovariance + 21,
    kOffset = kUnseen + 3,
    kParallaxError,
    kLargestError,
    kByDistance,
    kAcross = kByDistance + 6,
    kFields = kAcross + 21
  };

  explicit StarStates(std::vector<StarState> stars);

  Eigen::Index size() const { return static_cast<Eigen::Index>(stars_.size()); }
  Eigen::Index packs() const { return packs_; }
  const StarState& operator[](Eigen::Index n) const { return stars_[static_cast<std::size_t>(n)]; }
  /// Which star stands where in the packs, (N).
  const std::vector<Eigen::Index>& order() const { return order_; }
  /// (kFields, em::kLanes) of a pack of stars. Lanes past the last star hold zeros and the unit matrix.
  const double* pack(Eigen::Index p) const;

 private:
  std::vector<StarState> stars_;
  Eigen::Index packs_;
  std::vector<Eigen::Index> order_;
  std::vector<double> fields_;  // (packs, kFields, em::kLanes)
};

/// The stars of a catalogue in Gaia's columns; radial velocities, ra_error, dec_error and correlations may be missing,
/// and the last three are then 0. Throws InputError, naming the row, where parallax or proper motion are missing, the
/// parallax is not positive, or the correlations are those of no covariance.
StarStates read_star_states(const sim::astrometry::Catalogue& catalogue, const sim::association::GalacticFrame& frame,
                            Distances distances = Distances::linear);

}  // namespace praesepe::infer::models::association
