// The components of the line study: points on a line, and outliers. True values of y are integrated out.
#pragma once

#include "infer/density/mixture.hpp"

namespace praesepe::infer::models::line {

using density::Array;
using density::Vector;

/// The data, (N) each; y_err is the standard deviation of y.
struct Points {
  Array x, y, y_err;
};

/// y_n ~ N(m x_n + b, e_n^2)
class OnLine final : public density::Component {
 public:
  /// `slope`, `intercept`: their indices in theta.
  OnLine(const Points& points, Eigen::Index slope, Eigen::Index intercept);

  void log_marginal(const Vector& theta, Array& values) const override;
  void pull_back(const Vector& theta, const Array& weight, Vector& gradient) const override;

 private:
  Array x_, y_, precision_, constant_;
  Eigen::Index slope_, intercept_;
};

/// y_n ~ N(0, e_n^2 + s^2)
class Outlier final : public density::Component {
 public:
  /// `log_sd`: index of ln s in theta.
  Outlier(const Points& points, Eigen::Index log_sd);

  void log_marginal(const Vector& theta, Array& values) const override;
  void pull_back(const Vector& theta, const Array& weight, Vector& gradient) const override;

 private:
  Array y2_, variance_;
  Eigen::Index log_sd_;
};

}  // namespace praesepe::infer::models::line
