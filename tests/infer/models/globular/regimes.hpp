// The regimes in which the collapsed likelihood is checked: concentrated and not, near and far, sharp and blurred.
#pragma once

#include <string>
#include <vector>

#include "infer/models/globular/collapsed_likelihood.hpp"
#include "infer/models/globular/globular_study.hpp"

namespace praesepe::tests {

struct Regime {
  std::string name;
  Eigen::VectorXd truth;  // (10) parameters of the globular study
  double stars;
  double sigma;  // mas, mas/yr
  bool is_halo_to_sun = false;
};

/// Those of the accuracy targets: six corners of the paper's campaigns, a second-mode model, a small catalogue, and a
/// cluster whose halo reaches from the Sun to twice as far.
std::vector<Regime> regimes();

/// A simulated catalogue of the regime; seed fixed.
sim::astrometry::Catalogue catalogue_of(const Regime& regime, double stars, std::uint32_t replicate = 0);

/// The collapsed likelihood of a catalogue.
infer::density::StarLikelihood collapsed(const sim::astrometry::Catalogue& catalogue,
                                         infer::models::globular::QuadratureRule rule = {});

/// The truth moved by a little less than a posterior standard deviation: where a sampler evaluates.
Eigen::VectorXd near_truth(const Regime& regime);

}  // namespace praesepe::tests
