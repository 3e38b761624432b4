#include "infer/nuts/importance.hpp"

#include <Eigen/Cholesky>
#include <algorithm>
#include <cmath>
#include <limits>

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

ImportanceSample importance_sample(const density::LogDensity& target, const MixtureOfT& mixture, int n,
                                   sim::random::Stream stream) {
  ImportanceSample sample{Matrix(mixture.dimension(), n), Vector::Zero(n), -kInfinity, {}, 0.0, kInfinity, 0.0};
  std::vector<Eigen::Index> owner(static_cast<std::size_t>(n));
  Vector log_ratio(n), gradient(mixture.dimension());
  for (int i = 0; i < n; ++i) {
    const Vector x = mixture.draw_from(mixture.component_at((i + 0.5) / n), stream);
    const double lp = target.log_density(x, gradient);
    sample.draws.col(i) = x;
    log_ratio[i] = std::isfinite(lp) ? lp - mixture.log_density(x) : -kInfinity;
    mixture.log_terms(x).maxCoeff(&owner[static_cast<std::size_t>(i)]);
  }
  sample.log_evidences.assign(mixture.components().size(), -kInfinity);
  const double largest = log_ratio.maxCoeff();
  if (!std::isfinite(largest)) return sample;

  const auto smoothed = diagnostics::pareto_smooth(log_ratio);
  const Vector weight = (smoothed.log_weights.array() - largest).exp();
  sample.weights = weight / weight.sum();
  sample.log_evidence = largest + std::log(weight.mean());
  sample.effective_size = 1.0 / sample.weights.squaredNorm();
  sample.k_hat = smoothed.k_hat;
  sample.acceptance_rate = expected_acceptance(sample.weights);
  std::vector<double> share(sample.log_evidences.size(), 0.0);
  for (int i = 0; i < n; ++i) share[static_cast<std::size_t>(owner[static_cast<std::size_t>(i)])] += sample.weights[i];
  for (std::size_t k = 0; k < share.size(); ++k) sample.log_evidences[k] = sample.log_evidence + std::log(share[k]);
  return sample;
}

MixtureOfT adapted(const MixtureOfT& mixture, const ImportanceSample& sample) {
  if (!(sample.effective_size > 0.0)) return mixture;
  const Eigen::Index dimension = mixture.dimension(), n = sample.draws.cols();
  std::vector<MixtureOfT::Component> components = mixture.components();
  Matrix terms(static_cast<Eigen::Index>(components.size()), n);
  for (Eigen::Index i = 0; i < n; ++i) terms.col(i) = mixture.log_terms(sample.draws.col(i));
  for (std::size_t k = 0; k < components.size(); ++k) {
    auto& component = components[k];
    Vector share(n), pull(n);  // weight that belongs to k, and the same less where the t tail explains the distance
    for (Eigen::Index i = 0; i < n; ++i) {
      const double largest = terms.col(i).maxCoeff();
      const double belongs =
          std::exp(terms(static_cast<Eigen::Index>(k), i) - largest) / (terms.col(i).array() - largest).exp().sum();
      share[i] = sample.weights[i] * belongs;
      pull[i] = share[i] * static_cast<double>(MixtureOfT::kDegreesOfFreedom + dimension) /
                (MixtureOfT::kDegreesOfFreedom + mixture.squared_distance(k, sample.draws.col(i)));
    }
    component.weight = share.sum();
    if (!(component.weight > 0.0)) continue;
    const double draws = component.weight * component.weight / share.squaredNorm();
    const double trust = draws / (draws + 2.0 * static_cast<double>(dimension));
    const Vector mean = sample.draws * pull / pull.sum();
    const Matrix centred = sample.draws.colwise() - mean;
    const Matrix scale = centred * (pull / component.weight).asDiagonal() * centred.transpose();
    const Matrix blended = component.scale + trust * (scale - component.scale);
    if (blended.llt().info() != Eigen::Success) continue;  // scales too unequal: the old moments stay
    component.mean += trust * (mean - component.mean);
    component.scale = blended;
  }
  return MixtureOfT(with_floor(std::move(components)));
}

IndependenceStep::IndependenceStep(const density::LogDensity& target, MixtureOfT mixture, int proposals)
    : target_(&target), mixture_(std::move(mixture)), proposals_(proposals) {}

void IndependenceStep::operator()(State& state, sim::random::Stream& stream) const {
  double log_weight = state.lp - mixture_.log_density(state.position);
  Vector gradient(mixture_.dimension());
  for (int i = 0; i < proposals_; ++i) {
    const Vector proposal = mixture_.draw(stream);
    const double log_u = std::log(stream.uniform());
    const double lp = target_->log_density(proposal, gradient);
    if (!std::isfinite(lp) || !gradient.allFinite()) continue;
    const double proposed = lp - mixture_.log_density(proposal);
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
