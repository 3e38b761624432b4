#include "infer/nuts/weighed_modes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "sim/error.hpp"

namespace praesepe::infer::nuts {

namespace {

/// Within this many nats Laplace is too rough to decide.
constexpr double kRefineEvidence = 25.0;

}  // namespace

ImportanceSample EvidenceSampler::operator()(const Proposal& proposal) {
  const auto components = static_cast<int>(proposal.mixture().components().size());
  const int draws = components * (200 + 10 * static_cast<int>(proposal.dimension()));
  return importance_sample(*target_, proposal, draws,
                           sim::random::Stream(key_, sim::random::Purpose::evidence, taken_++));
}

WeighedModes::WeighedModes(const density::LogDensity& target, const std::vector<Vector>& starts)
    : search_(find_modes(target, starts)), starts_(starts.size()) {
  if (search_.modes.empty()) {
    throw TaskFailure(
        fmt::format("no starting point lies inside the support: the log density is not finite at any of {} "
                    "starts, nor between them and the origin",
                    starts.size()));
  }
}

std::optional<std::size_t> WeighedModes::climb_from(const density::LogDensity& target, const Vector& start) {
  return climb(target, start, search_);
}

std::string WeighedModes::weigh(EvidenceSampler& sampler) {
  if (size() == 1) return {};
  std::string reason;
  for (;;) {  // a refined evidence may bring other modes within reach
    const auto close = within(kRefineEvidence, 2);
    if (std::ranges::all_of(close, [&](std::size_t k) { return search_.modes[k].is_refined; })) break;
    const auto sample = sampler(mixture_of(select(close), std::vector<double>(close.size(), 0.0)));
    for (std::size_t i = 0; i < close.size(); ++i) {
      search_.modes[close[i]].log_evidence = sample.log_evidences[i];
      search_.modes[close[i]].is_refined = true;
    }
    reason += fmt::format("{} importance draws for {} modes (k-hat {:.2f}); ", sample.draws.cols(), close.size(),
                          sample.k_hat);
  }
  reason += "ln Z below the best:";
  for (const Mode& mode : search_.modes) {
    const double gap = best().log_evidence - mode.log_evidence;
    reason += fmt::format(" {:.2f}{}", gap, gap > kNegligibleEvidence ? " (negligible)," : ",");
  }
  reason.pop_back();
  return reason;
}

std::string WeighedModes::text() const {
  std::string text = fmt::format("{} starts, {} modes:", starts_, size());
  for (const Mode& mode : search_.modes) {
    text += fmt::format(" lp {:.2f}, Laplace ln Z {:.2f};", mode.lp, mode.log_evidence);
  }
  for (const auto& note : search_.notes) text += " " + note + ";";
  text.pop_back();
  return text;
}

std::vector<std::size_t> WeighedModes::by_evidence() const {
  std::vector<std::size_t> indices(size());
  std::iota(indices.begin(), indices.end(), std::size_t{0});
  std::ranges::stable_sort(indices, std::greater{}, [&](std::size_t k) { return search_.modes[k].log_evidence; });
  return indices;
}

std::vector<std::size_t> WeighedModes::within(double nats, std::size_t at_least) const {
  std::vector<std::size_t> indices = by_evidence();
  const double lowest = best().log_evidence - nats;
  while (indices.size() > at_least && search_.modes[indices.back()].log_evidence < lowest) indices.pop_back();
  return indices;
}

std::vector<Mode> WeighedModes::select(const std::vector<std::size_t>& indices) const {
  std::vector<Mode> modes;
  for (const std::size_t k : indices) modes.push_back(search_.modes[k]);
  return modes;
}

}  // namespace praesepe::infer::nuts
