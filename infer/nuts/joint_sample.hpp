// Draws of parameters and latents together, for a model whose latents may also be integrated out: the long way, against
// which the short one is checked.
//
//   modes of the marginal posterior -> chains of NUTS in all coordinates, from draws about the modes -> diagnostics
//
// The marginal posterior says where chains begin and gives the parameters' coordinates their scale
// (joint_posterior.hpp); it has no part in the transitions, which see nothing but the joint density. There are no jumps
// between modes: several with mass begin one chain each in turn, and R-hat says that they do not mix. The rungs are
// those of posterior_sample.hpp: modes, evidence, chains, target_accept, continue, and the last.
#pragma once

#include <functional>
#include <vector>

#include "infer/density/joint_likelihood.hpp"
#include "infer/density/posterior.hpp"
#include "infer/nuts/posterior_sample.hpp"

namespace praesepe::infer::nuts {

struct JointModel {
  const density::Posterior& marginal;  ///< the latents integrated out
  const density::JointLikelihood& joint;
  /// Latents (L) at which the joint density is finite, given theta: where chains begin.
  std::function<Vector(const Vector& theta, sim::random::Stream& stream)> latents;
};

/// As sample_posterior. Draws hold the coordinates q of the parameters, lp is that of the marginal posterior, energy
/// that of all coordinates. `whole[chain]`: draws whose latents are kept, ascending; their WholeDraw::position is x
/// (L).
PosteriorSample sample_jointly(const JointModel& model, const std::vector<Vector>& starts,
                               const SamplerOptions& options, const ConvergenceRule& rule, sim::random::StreamKey key,
                               const std::vector<std::vector<int>>& whole, ChainJournal* journal = nullptr);

}  // namespace praesepe::infer::nuts
