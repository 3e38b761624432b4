// Log likelihood of a line with outliers, labels and true values integrated out; see line_study.hpp for the model.
#pragma once

#include <Eigen/Core>

#include "infer/density/log_density.hpp"

namespace praesepe::infer::models::line {

class LineLikelihood final : public density::Likelihood {
 public:
  /// x, y, and the standard deviation of y, (N) each.
  LineLikelihood(Eigen::ArrayXd x, Eigen::ArrayXd y, Eigen::ArrayXd y_err);

  Eigen::Index dimension() const override { return 4; }
  double log_likelihood(const density::Vector& theta, density::Vector& gradient) const override;

 private:
  Eigen::ArrayXd x_, y_, variance_;
};

}  // namespace praesepe::infer::models::line
