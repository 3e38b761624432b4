// The fit of a catalogue that cannot support its model.
#pragma once

#include "infer/models/study.hpp"
#include "infer/nuts/posterior_sample.hpp"

namespace praesepe::tests {

struct DegenerateFit {
  infer::nuts::PosteriorSample sample;
  infer::density::Vector mean;  ///< of the parameters

  /// Of the parameter of that name. Throws std::out_of_range if there is none.
  double of(const infer::models::Study& study, std::string_view name) const;
};

/// Short chains, `draws` of warm-up and `draws` kept, with the study's starts and default priors. Asserts what holds of
/// every fit: it ends within a bound, with the draws that were asked for, all finite, and is either converged or says
/// why not.
DegenerateFit fit_degenerate(const infer::models::Study& study, const infer::models::Observation& observation,
                             const sim::astrometry::Catalogue& catalogue, int draws = 60);

}  // namespace praesepe::tests
