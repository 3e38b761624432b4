#include "infer/nuts/importance.hpp"

#include <Eigen/Cholesky>
#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <numeric>

#include "infer/diagnostics/psis.hpp"

namespace praesepe::infer::nuts {

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// Mean over x ~ target and y ~ q of min(1, w(y)/w(x)), from normalised weights.
double expected_acceptance(const Vector& weights) {
  std::vector<double> sorted(weights.begin(), weights.end());
  std::sort(sorted.begin(), sorted.end());
  // sum_x w_x mean_y min(1, w_y/w_x) = (1/n) sum_x sum_y min(w_x, w_y)
  double sum = 0.0;
  const std::size_t n = sorted.size();
  for (std::size_t i = 0; i < n; ++i) sum += sorted[i] * static_cast<double>(2 * (n - i) - 1);
  return sum / static_cast<double>(n);
}

std::vector<MixtureOfT::Component> with_floor(std::vector<MixtureOfT::Component> components) {
  double total = 0.0;
  for (const auto& component : components) total += component.weight;
  for (auto& component : components) component.weight = std::max(component.weight / total, kSmallestWeight);
  return components;
}

ImportanceSample empty_sample(Eigen::Index dimension, Eigen::Index draws) {
  return {Matrix(dimension, draws), Vector(draws), Vector::Zero(draws), -kInfinity, {}, 0.0, kInfinity, 0.0};
}

/// What the weights say, given the log density (n) that the draws are from.
void weigh(ImportanceSample& sample, const Vector& log_proposal) {
  const Vector log_ratio = sample.lp.array().isFinite().select((sample.lp - log_proposal).array(), -kInfinity);
  const double largest = log_ratio.maxCoeff();
  if (!std::isfinite(largest)) return;
  const auto smoothed = diagnostics::pareto_smooth(log_ratio);
  const Vector weight = (smoothed.log_weights.array() - largest).exp();
  sample.weights = weight / weight.sum();
  sample.log_evidence = largest + std::log(weight.mean());
  sample.effective_size = 1.0 / sample.weights.squaredNorm();
  sample.k_hat = smoothed.k_hat;
  sample.acceptance_rate = expected_acceptance(sample.weights);
}

}  // namespace

MixtureOfT mixture_of(const std::vector<Mode>& modes, const std::vector<double>& log_weights) {
  const double largest = *std::max_element(log_weights.begin(), log_weights.end());
  std::vector<MixtureOfT::Component> components;
  for (std::size_t k = 0; k < modes.size(); ++k) {
    components.push_back({std::exp(log_weights[k] - largest), modes[k].position, modes[k].covariance});
  }
  return MixtureOfT(with_floor(std::move(components)));
}

MixtureOfT mixture_of(const std::vector<Mode>& modes) {
  std::vector<double> log_evidences;
  for (const Mode& mode : modes) log_evidences.push_back(mode.log_evidence);
  return mixture_of(modes, log_evidences);
}

ImportanceSample importance_sample(const density::LogDensity& target, const Proposal& proposal, int n,
                                   sim::random::Stream stream) {
  const MixtureOfT& mixture = proposal.mixture();
  ImportanceSample sample = empty_sample(mixture.dimension(), n);
  std::vector<Eigen::Index> owner(static_cast<std::size_t>(n));
  Vector log_proposal(n);
  for (int i = 0; i < n; ++i) {
    const Vector x = proposal.draw_from(mixture.component_at((i + 0.5) / n), stream);
    sample.draws.col(i) = x;
    sample.lp[i] = target.value(x);
    log_proposal[i] = proposal.log_density(x);
    mixture.log_terms(proposal.straightened(x)).maxCoeff(&owner[static_cast<std::size_t>(i)]);
  }
  sample.log_evidences.assign(mixture.components().size(), -kInfinity);
  weigh(sample, log_proposal);
  if (!(sample.effective_size > 0.0)) return sample;
  std::vector<double> share(sample.log_evidences.size(), 0.0);
  for (int i = 0; i < n; ++i) share[static_cast<std::size_t>(owner[static_cast<std::size_t>(i)])] += sample.weights[i];
  for (std::size_t k = 0; k < share.size(); ++k) sample.log_evidences[k] = sample.log_evidence + std::log(share[k]);
  return sample;
}

ImportanceSample pooled(const std::vector<ImportanceSample>& samples, const std::vector<Proposal>& proposals) {
  Eigen::Index n = 0;
  for (const auto& sample : samples) n += sample.lp.size();
  ImportanceSample pool = empty_sample(proposals.front().dimension(), n);
  std::vector<double> log_share;
  Eigen::Index filled = 0;
  for (const auto& sample : samples) {
    const Eigen::Index size = sample.lp.size();
    pool.draws.middleCols(filled, size) = sample.draws;
    pool.lp.segment(filled, size) = sample.lp;
    log_share.push_back(std::log(static_cast<double>(size) / static_cast<double>(n)));
    filled += size;
  }
  Vector log_proposal(n), terms(static_cast<Eigen::Index>(proposals.size()));
  for (Eigen::Index i = 0; i < n; ++i) {
    for (std::size_t t = 0; t < proposals.size(); ++t) {
      terms[static_cast<Eigen::Index>(t)] = log_share[t] + proposals[t].log_density(pool.draws.col(i));
    }
    const double largest = terms.maxCoeff();
    log_proposal[i] = largest + std::log((terms.array() - largest).exp().sum());
  }
  weigh(pool, log_proposal);
  return pool;
}

std::vector<Vector> heaviest_draws(const ImportanceSample& sample, std::size_t count) {
  std::vector<Eigen::Index> order(static_cast<std::size_t>(sample.weights.size()));
  std::iota(order.begin(), order.end(), Eigen::Index{0});
  count = std::min(count, order.size());
  std::ranges::partial_sort(order, order.begin() + static_cast<std::ptrdiff_t>(count), std::greater{},
                            [&](Eigen::Index i) { return sample.weights[i]; });
  std::vector<Vector> draws;
  for (std::size_t k = 0; k < count; ++k) draws.push_back(sample.draws.col(order[k]));
  return draws;
}

std::vector<Eigen::Index> evenly_resampled(const Vector& weights, double offset) {
  const Eigen::Index n = weights.size();
  const double share = static_cast<double>(n) / weights.sum();
  std::vector<Eigen::Index> indices;
  double sum = 0.0;
  for (Eigen::Index k = 0; k < n; ++k) {
    sum += share * weights[k];
    while (static_cast<double>(indices.size()) + offset < sum) indices.push_back(k);
  }
  indices.resize(static_cast<std::size_t>(n), indices.empty() ? 0 : indices.back());  // what rounding left of the sum
  return indices;
}

Proposal adapted(const Proposal& proposal, const ImportanceSample& sample) {
  if (!(sample.effective_size > 0.0)) return proposal;
  const MixtureOfT& mixture = proposal.mixture();
  const Eigen::Index dimension = mixture.dimension(), n = sample.draws.cols();
  std::vector<MixtureOfT::Component> components = mixture.components();
  Matrix draws(dimension, n), terms(static_cast<Eigen::Index>(components.size()), n);
  for (Eigen::Index i = 0; i < n; ++i) {
    draws.col(i) = proposal.straightened(sample.draws.col(i));
    terms.col(i) = mixture.log_terms(draws.col(i));
  }
  for (std::size_t k = 0; k < components.size(); ++k) {
    auto& component = components[k];
    Vector share(n), pull(n);  // weight that belongs to k, and the same less where the t tail explains the distance
    for (Eigen::Index i = 0; i < n; ++i) {
      const double largest = terms.col(i).maxCoeff();
      const double belongs =
          std::exp(terms(static_cast<Eigen::Index>(k), i) - largest) / (terms.col(i).array() - largest).exp().sum();
      share[i] = sample.weights[i] * belongs;
      pull[i] = share[i] * static_cast<double>(MixtureOfT::kDegreesOfFreedom + dimension) /
                (MixtureOfT::kDegreesOfFreedom + mixture.squared_distance(k, draws.col(i)));
    }
    component.weight = share.sum();
    if (!(component.weight > 0.0)) continue;
    const double effective = component.weight * component.weight / share.squaredNorm();
    const double trust = effective / (effective + 2.0 * static_cast<double>(dimension));
    const Vector mean = draws * pull / pull.sum();
    const Matrix centred = draws.colwise() - mean;
    const Matrix scale = centred * (pull / component.weight).asDiagonal() * centred.transpose();
    const Vector shift = mean - component.mean;
    const Matrix blended =
        component.scale + trust * (scale - component.scale) + trust * (1.0 - trust) * shift * shift.transpose();
    if (blended.llt().info() != Eigen::Success) continue;  // scales too unequal: the old moments stay
    component.mean += trust * shift;
    component.scale = blended;
  }
  return {MixtureOfT(with_floor(std::move(components))), proposal.twist()};
}

IndependenceStep::IndependenceStep(const density::LogDensity& target, Proposal proposal, int proposals)
    : target_(&target), proposal_(std::move(proposal)), proposals_(proposals) {}

void IndependenceStep::operator()(State& state, sim::random::Stream& stream) const {
  double log_weight = state.lp - proposal_.log_density(state.position);
  Vector gradient(proposal_.dimension());
  for (int i = 0; i < proposals_; ++i) {
    const Vector proposal = proposal_.draw(stream);
    const double log_u = std::log(stream.uniform());
    const double lp = target_->log_density(proposal, gradient);
    if (!std::isfinite(lp) || !gradient.allFinite()) continue;
    const double proposed = lp - proposal_.log_density(proposal);
    if (log_u >= proposed - log_weight) continue;
    state.position = proposal;
    state.gradient = gradient;
    state.lp = lp;
    log_weight = proposed;
  }
}

int proposals_for(double acceptance_rate) {
  if (!(acceptance_rate > 0.0)) return kMaxProposals;
  if (acceptance_rate >= 0.5) return 1;
  return std::min(kMaxProposals, static_cast<int>(std::ceil(std::log(0.5) / std::log1p(-acceptance_rate))));
}

}  // namespace praesepe::infer::nuts
