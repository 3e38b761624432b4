// A catalogue of a regime and its collapsed posterior, ready to be sampled.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "infer/density/posterior.hpp"
#include "infer/nuts/posterior_sample.hpp"
#include "tests/infer/models/globular/regimes.hpp"

namespace praesepe::tests {

class PosteriorProblem {
 public:
  using Matrix = infer::density::Matrix;
  using Vector = infer::density::Vector;
  /// (parameter, prior) in place of the study's.
  using Priors = std::vector<std::pair<std::size_t, std::string>>;

  PosteriorProblem(const Regime& regime, double stars, const Priors& changed, std::uint32_t replicate = 0);

  /// At a loose rule: R-hat < 1.05, effective sizes of 200.
  infer::nuts::PosteriorSample collapsed(const infer::nuts::SamplerOptions& options) const;

  /// Every `step`-th draw of a parameter, (draws, chains).
  Matrix draws_of(const infer::nuts::PosteriorSample& sample, std::size_t parameter, Eigen::Index step) const;

  sim::astrometry::Catalogue catalogue;
  std::unique_ptr<infer::density::Posterior> posterior;
  std::vector<Vector> starts;  // coordinates
};

}  // namespace praesepe::tests
