// Field stars: at distances of exponentially decreasing space density, Gaussian in proper motion and radial velocity,
// uniform over the footprint on the sky. Motion and distance are independent, as they are for all that is far beyond
// the cluster or in front of it; what correlates them in the data is Gaia's covariance.
#pragma once

#include <optional>

#include "infer/density/mixture.hpp"
#include "infer/models/field/field_distance.hpp"
#include "infer/models/field/gaussian_components.hpp"

namespace praesepe::infer::models::field {

/// Known by the parallax alone.
class ParallaxField final : public density::Component {
 public:
  /// `scale_length`: index of L (kpc) in theta.
  ParallaxField(const Measured& parallax, Eigen::Index scale_length);

  void log_marginal(const Vector& theta, Array& values) const override;
  void pull_back(const Vector& theta, const Array& weight, Vector& gradient) const override;

 private:
  Measured parallax_;
  FieldDistance distance_;
  Eigen::Index scale_length_;
};

/// Where the parameters of FieldStars are in theta.
struct FieldStarsIndices {
  MotionIndices motion;
  Eigen::Index scale_length;  ///< L, kpc
  SystematicIndices systematics = {};
};

/// Known by parallax, proper motions and, for some stars, radial velocity. Given the proper motions the parallax is
///
///   parallax - c T^-1 d ~ N(1 / r, e^2 - c T^-1 c^T)        c covariance of its error with theirs, d = pm - mean, T =
///   S + C
class FieldStars final : public density::Component {
 public:
  /// `log_density` (N): of the position on the sky, per unit of its measure; -infinity where there is no field.
  FieldStars(Astrometry data, Array log_density, FieldStarsIndices at, std::optional<Gaussian1> radial_velocity = {});

  void log_marginal(const Vector& theta, Array& values) const override;
  void pull_back(const Vector& theta, const Array& weight, Vector& gradient) const override;

 private:
  Measured parallax_;
  ParallaxCovariance covariance_;
  Array log_density_;
  MotionGaussian motions_;
  FieldDistance distance_;
  FieldStarsIndices at_;
  std::optional<Gaussian1> radial_velocity_;
  mutable Array v1_, v2_, scratch_;  // (N) v = T^-1 c of the last log_marginal
};

}  // namespace praesepe::infer::models::field
