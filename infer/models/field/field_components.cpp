#include "infer/models/field/field_components.hpp"

namespace praesepe::infer::models::field {

ParallaxField::ParallaxField(const Measured& parallax, Eigen::Index scale_length)
    : parallax_(parallax), distance_(parallax), scale_length_(scale_length) {}

void ParallaxField::log_marginal(const Vector& theta, Array& values) const {
  distance_.evaluate(parallax_.value, parallax_.variance, theta[scale_length_], values);
}

void ParallaxField::pull_back(const Vector&, const Array& weight, Vector& gradient) const {
  gradient[scale_length_] += (weight * distance_.d_scale_length).sum();
}

namespace {

constexpr double kLargestZeroPoint = 0.1;  // mas: five deviations of its default prior

}  // namespace

FieldStars::FieldStars(Astrometry data, Array log_density, FieldStarsIndices at,
                       std::optional<Gaussian1> radial_velocity)
    : parallax_(std::move(data.parallax)),
      covariance_(std::move(data.covariance)),
      log_density_(std::move(log_density)),
      motions_(std::move(data.motions), at.motion),
      distance_(parallax_, at.systematics.parallax < 0 ? 0.0 : kLargestZeroPoint),
      at_(at),
      radial_velocity_(std::move(radial_velocity)) {}

void FieldStars::log_marginal(const Vector& theta, Array& values) const {
  const Systematics shared = at_.systematics.at(theta);
  motions_.evaluate(theta, values, shared);
  if (radial_velocity_) {
    radial_velocity_->log_marginal(theta, scratch_);
    values += scratch_ + log_density_;
  } else {
    values += log_density_;
  }
  v1_ = motions_.inverse_11 * covariance_.pmra + motions_.inverse_12 * covariance_.pmdec;
  v2_ = motions_.inverse_12 * covariance_.pmra + motions_.inverse_22 * covariance_.pmdec;
  // c T^-1 d = c u
  const Array parallax =
      parallax_.value - shared.parallax - covariance_.pmra * motions_.u1 - covariance_.pmdec * motions_.u2;
  const Array variance = parallax_.variance - covariance_.pmra * v1_ - covariance_.pmdec * v2_;
  distance_.evaluate(parallax, variance, theta[at_.scale_length], scratch_);
  values += scratch_;
}

void FieldStars::pull_back(const Vector& theta, const Array& weight, Vector& gradient) const {
  if (radial_velocity_) radial_velocity_->pull_back(theta, weight, gradient);
  motions_.pull_back(theta, weight, gradient);
  gradient[at_.scale_length] += (weight * distance_.d_scale_length).sum();
  // parallax' = parallax - v d:  d/d mean = v,  d/dS = (v u^T + u v^T) / 2;   variance' = e^2 - c v:  d/dS = v v^T
  const Array a = weight * distance_.d_parallax, b = weight * distance_.d_variance;
  const Array &u1 = motions_.u1, &u2 = motions_.u2;
  const double by_pmra = (a * v1_).sum(), by_pmdec = (a * v2_).sum();
  motions_.add(theta, by_pmra, by_pmdec, (a * v1_ * u1 + b * v1_.square()).sum(),
               (0.5 * a * (v1_ * u2 + u1 * v2_) + b * v1_ * v2_).sum(), (a * v2_ * u2 + b * v2_.square()).sum(),
               gradient);
  // What is added to all motions does as their mean does.
  at_.systematics.add({-a.sum(), by_pmra + (weight * u1).sum(), by_pmdec + (weight * u2).sum()}, gradient);
}

}  // namespace praesepe::infer::models::field
