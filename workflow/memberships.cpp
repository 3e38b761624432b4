#include "workflow/memberships.hpp"

#include <algorithm>

#include "infer/diagnostics/summary.hpp"

namespace praesepe::workflow {

using Eigen::Index;
using infer::density::Matrix;
using infer::density::Posterior;
using infer::density::Vector;
using infer::nuts::Draws;

namespace {

constexpr Index kDraws = 400;

/// Probabilities at chosen draws: per component (star, draw), the draws of a chain beside each other.
std::vector<Matrix> at_draws(const Posterior& posterior, const std::vector<Draws>& chains, Index per_chain) {
  const Index step = chains.front().size() / per_chain;
  std::vector<Matrix> values;
  Matrix p;
  for (std::size_t chain = 0; chain < chains.size(); ++chain) {
    for (Index draw = 0; draw < per_chain; ++draw) {
      const Vector q = chains[chain].position.row((draw + 1) * step - 1);
      posterior.likelihood().memberships(posterior.space().constrain(q), p);
      if (values.empty()) {
        values.assign(static_cast<std::size_t>(p.cols()),
                      Matrix(p.rows(), per_chain * static_cast<Index>(chains.size())));
      }
      for (std::size_t k = 0; k < values.size(); ++k) {
        values[k].col(static_cast<Index>(chain) * per_chain + draw) = p.col(static_cast<Index>(k));
      }
    }
  }
  return values;
}

}  // namespace

std::optional<store::Membership> memberships(const Posterior& posterior, const std::vector<Draws>& chains,
                                             const sim::astrometry::Catalogue& catalogue) {
  store::Membership membership{posterior.likelihood().components(), {}, {}, {}};
  if (membership.components.empty()) return std::nullopt;
  const auto count = static_cast<Index>(chains.size()), components = static_cast<Index>(membership.components.size());
  const Index per_chain = std::clamp<Index>(kDraws / count, 1, chains.front().size());
  const auto values = at_draws(posterior, chains, per_chain);
  const Index stars = values.front().rows();
  membership.p.resize(stars, components);
  membership.p_mcse.resize(stars, components);
  for (Index k = 0; k < components; ++k) {
    for (Index n = 0; n < stars; ++n) {
      const Vector row = values[static_cast<std::size_t>(k)].row(n);
      membership.p(n, k) = row.mean();
      // A star that belongs for certain has no spread, and the effective size of a constant is undefined.
      const bool constant = row.maxCoeff() - row.minCoeff() < 1e-12;
      membership.p_mcse(n, k) = constant ? 0.0 : infer::diagnostics::mcse_mean(row.reshaped(per_chain, count));
    }
  }
  if (catalogue.has(kTrueComponent)) {
    const auto& truth = catalogue[kTrueComponent];
    membership.truth = Eigen::Map<const Vector>(truth.data(), stars);
  }
  return membership;
}

}  // namespace praesepe::workflow
