// A straight line through points of which some are outliers: the smallest complete study, and the template for others.
//
//   y_n ~ w0 N(m x_n + b, e_n^2) + (1 - w0) sum_k v_k N(0, e_n^2 + s_k^2)    Price-Whelan 2022, "Hierarchical models 2"
//
// e_n is the standard deviation of point n (column y_err). There, and by default, one kind of outliers; with
// model.outliers = K there are K of them, told apart by s_0 < s_1 < .... True y_n and label are integrated out.
// Posterior of the published example to Monte Carlo error: tests/workflow/program/reference_posteriors_test.py.
#pragma once

#include "infer/models/study.hpp"

namespace praesepe::infer::models::line {

/// Where the parameters are in theta.
struct Layout {
  int outliers = 1;  ///< K

  static constexpr Eigen::Index slope() { return 0; }
  static constexpr Eigen::Index intercept() { return 1; }
  Eigen::Index log_sd(int k) const { return 2 + k; }
  Eigen::Index line_fraction() const { return 2 + outliers; }
  /// v_k; with one kind there is none.
  Eigen::Index outlier_weight(int k) const { return 3 + outliers + k; }
  Eigen::Index size() const { return outliers == 1 ? 4 : 3 + 2 * outliers; }
};

class LineStudy final : public Study {
 public:
  explicit LineStudy(int outliers = 1);

  std::string name() const override { return "line-outliers"; }
  std::string description() const override { return "straight line with Gaussian outliers (columns x, y, y_err)"; }
  const std::vector<SettingKey>& model_keys() const override;
  std::unique_ptr<const Study> configured(const ModelSettings& settings) const override;
  const std::vector<Parameter>& parameters() const override { return parameters_; }
  const std::vector<SettingKey>& observe_keys() const override;
  const sim::astrometry::CatalogueSchema& schema() const override;
  void check(const Vector& truth, const Observation& observation) const override;
  sim::astrometry::Catalogue simulate(const Vector& truth, const Observation& observation, sim::random::Stream& latents,
                                      sim::random::Stream& noise) const override;
  std::unique_ptr<density::Likelihood> likelihood(const sim::astrometry::Catalogue& catalogue,
                                                  const Observation& observation) const override;
  std::vector<Vector> starts(const sim::astrometry::Catalogue& catalogue, const density::ParameterSpace& space,
                             sim::random::Stream& stream) const override;
  double expected_seconds(const Observation& observation) const override;

 private:
  Layout layout_;
  std::vector<Parameter> parameters_;
};

}  // namespace praesepe::infer::models::line
