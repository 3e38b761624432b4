// The stars' latents at some of the stored draws: output.latents.
//
// Sample k of K belongs to stored draw n = floor((2k+1) total / 2K) of all chains put end to end, total of them: chain
// n / draws, draw n % draws.
#pragma once

#include <optional>
#include <vector>

#include "infer/nuts/posterior_sample.hpp"
#include "workflow/campaign/plan.hpp"
#include "workflow/store/task_result.hpp"

namespace praesepe::workflow {

/// Draws of each chain whose latents may be asked for, counted from the end of the warm-up, ascending: those of the
/// samples, whichever number of times the chains will be continued.
std::vector<std::vector<int>> draws_with_latents(const campaign::Campaign& campaign);

/// Nothing if the campaign asks for none. Those that chains kept; where they kept none, drawn given the parameters.
std::optional<store::Latents> star_latents(const campaign::Campaign& campaign, const campaign::Task& task,
                                           const sim::astrometry::Catalogue& catalogue,
                                           const infer::density::ParameterSpace& space,
                                           const infer::nuts::PosteriorSample& sample);

}  // namespace praesepe::workflow
