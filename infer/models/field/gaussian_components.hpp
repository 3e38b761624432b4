// Components that are Gaussian in what is measured: one number, or both proper motions. Noise adds to their width.
//
//   y_n ~ N(mu, sigma^2 + e_n^2)                                  one number
//   (pmra, pmdec)_n ~ N(mu, S + C_n),   S = (s1^2, r s1 s2; r s1 s2, s2^2)     C_n covariance of the errors
#pragma once

#include "infer/density/mixture.hpp"
#include "infer/models/field/stars.hpp"
#include "infer/models/systematics.hpp"

namespace praesepe::infer::models::field {

using density::Vector;

/// Missing values say nothing: log marginal 0.
class Gaussian1 final : public density::Component {
 public:
  /// `mean`, `sd`: indices in theta.
  Gaussian1(Measured data, Eigen::Index mean, Eigen::Index sd);

  void log_marginal(const Vector& theta, Array& values) const override;
  void pull_back(const Vector& theta, const Array& weight, Vector& gradient) const override;

 private:
  Measured data_;  // missing values replaced by 0, with known_ = 0
  Array known_;
  Eigen::Index mean_, sd_;
};

/// Where the five parameters of a Gaussian of proper motions are in theta. `sd_pmdec` = `sd_pmra` and `correlation` =
/// -1 if it is isotropic.
struct MotionIndices {
  Eigen::Index pmra, pmdec, sd_pmra, sd_pmdec, correlation;
};

/// ln N of the proper motions and what its gradient needs. T = S + C. Missing motions say nothing: ln N = 0, T^-1 = 0.
class MotionGaussian {
 public:
  MotionGaussian(ProperMotions data, MotionIndices indices);

  /// Fills the members for this theta; `values` (N) receives ln N. `shared`: what has been added to all motions.
  void evaluate(const Vector& theta, Array& values, const Systematics& shared = {}) const;
  /// Adds to the gradient of the five parameters, given d / d mean (N) each and, of the symmetric matrix S, the sums of
  /// d / d S11, d / d S12 (as one entry of two equal ones) and d / d S22.
  void add(const Vector& theta, double d_pmra, double d_pmdec, double d_11, double d_12, double d_22,
           Vector& gradient) const;
  /// The same for sum_n weight_n ln N_n.
  void pull_back(const Vector& theta, const Array& weight, Vector& gradient) const;

  // Of the last evaluation, (N): T^-1, and T^-1 (y - mean).
  mutable Array inverse_11, inverse_12, inverse_22, u1, u2;

 private:
  double correlation(const Vector& theta) const;

  ProperMotions data_;  // missing motions replaced by 0 of variance 1, with known_ = 0
  Array known_;
  MotionIndices at_;
};

class Gaussian2 final : public density::Component {
 public:
  Gaussian2(ProperMotions data, MotionIndices indices) : motions_(std::move(data), indices) {}

  void log_marginal(const Vector& theta, Array& values) const override { motions_.evaluate(theta, values); }
  void pull_back(const Vector& theta, const Array& weight, Vector& gradient) const override {
    motions_.pull_back(theta, weight, gradient);
  }

 private:
  MotionGaussian motions_;
};

}  // namespace praesepe::infer::models::field
