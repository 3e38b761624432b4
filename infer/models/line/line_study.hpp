// A straight line through points of which some are outliers: the smallest complete study, and the template for others.
//
//   y_n ~ w0 N(m x_n + b, e_n^2) + (1 - w0) N(0, e_n^2 + s_out^2)        Price-Whelan 2022, "Hierarchical models 2"
//
// e_n is the standard deviation of point n (column y_err). The true y_n and the label (line or outlier) are integrated
// out. Posterior of the published example to Monte Carlo error: tests/infer/models/line.
#pragma once

#include "infer/models/study.hpp"

namespace praesepe::infer::models::line {

/// Order of the parameters in theta.
enum Index : Eigen::Index { kSlope, kIntercept, kLogOutlierSd, kLineFraction, kParameters };

class LineStudy final : public Study {
 public:
  std::string name() const override { return "line-outliers"; }
  std::string description() const override { return "straight line with Gaussian outliers (columns x, y, y_err)"; }
  const std::vector<Parameter>& parameters() const override;
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
};

}  // namespace praesepe::infer::models::line
