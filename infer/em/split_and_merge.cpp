#include "infer/em/split_and_merge.hpp"

#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>
#include <utility>

#include "infer/em/maximisation.hpp"

namespace praesepe::infer::em {

namespace {

/// Components to be merged, and one to be split.
struct Triple {
  std::size_t first, second, split;
};

struct Ranked {
  double score;
  std::vector<std::size_t> components;
};

void sort_by_score(std::vector<Ranked>& list) {
  std::stable_sort(list.begin(), list.end(), [](const Ranked& a, const Ranked& b) { return a.score > b.score; });
}

bool is_free(const Fixed& fixed) { return !fixed.weight && !fixed.mean && !fixed.covariance; }

/// split(k); -infinity where the component holds nothing.
double misfit(const Matrix& terms, const Matrix& shares, Eigen::Index k, double weight) {
  const double held = shares.col(k).sum();
  double sum = 0.0;
  for (Eigen::Index i = 0; i < shares.rows(); ++i) {
    const double f = shares(i, k) / held;
    if (f > 0.0) sum += f * (std::log(f) - (terms(i, k) - std::log(weight)));
  }
  return sum;
}

/// The most promising triples, best first: by merge, and for each pair by split.
std::vector<Triple> promising(const NoisyPoints& points, const GaussianMixture& mixture, const FitOptions& options,
                              std::size_t count) {
  const Matrix terms = log_terms(points, mixture), shares = responsibilities(points, mixture);
  std::vector<Ranked> merges, splits;
  for (std::size_t k = 0; k < mixture.size(); ++k) {
    const double weight = mixture.components[k].weight;
    const auto column = static_cast<Eigen::Index>(k);
    if (!is_free(fixed_of(options, k)) || !(weight > 0.0) || !(shares.col(column).sum() > 0.0)) continue;
    for (const Ranked& other : splits) {
      const std::size_t j = other.components[0];
      merges.push_back({shares.col(static_cast<Eigen::Index>(j)).dot(shares.col(column)), {j, k}});
    }
    splits.push_back({misfit(terms, shares, column, weight), {k}});
  }
  sort_by_score(merges);
  sort_by_score(splits);
  std::vector<Triple> triples;
  for (const Ranked& merge : merges)
    for (const Ranked& split : splits) {
      const Triple triple{merge.components[0], merge.components[1], split.components[0]};
      if (triple.split == triple.first || triple.split == triple.second) continue;
      if (triples.size() < count) triples.push_back(triple);
    }
  return triples;
}

GaussianComponent merged(const GaussianComponent& a, const GaussianComponent& b) {
  const double weight = a.weight + b.weight, share = a.weight / weight;
  const Vector apart = a.mean - b.mean;
  return {weight, share * a.mean + (1.0 - share) * b.mean,
          share * a.covariance + (1.0 - share) * b.covariance + share * (1.0 - share) * apart * apart.transpose()};
}

/// Halves with the whole's mean and covariance, parted by one standard deviation along its longest axis.
std::pair<GaussianComponent, GaussianComponent> halves(const GaussianComponent& whole) {
  const Eigen::SelfAdjointEigenSolver<Matrix> axes(whole.covariance);
  const Eigen::Index last = axes.eigenvalues().size() - 1;
  const Vector half_step = 0.5 * std::sqrt(axes.eigenvalues()[last]) * axes.eigenvectors().col(last);
  const Matrix covariance = whole.covariance - half_step * half_step.transpose();
  return {{0.5 * whole.weight, whole.mean + half_step, covariance},
          {0.5 * whole.weight, whole.mean - half_step, covariance}};
}

Fit refit(const NoisyPoints& points, GaussianMixture mixture, const Triple& triple, const FitOptions& options) {
  auto& components = mixture.components;
  const auto [plus, minus] = halves(components[triple.split]);
  components[triple.first] = merged(components[triple.first], components[triple.second]);
  components[triple.second] = plus;
  components[triple.split] = minus;

  // The three among themselves first, so that the others do not undo the move.
  FitOptions partial = options;
  partial.fixed.assign(mixture.size(), {true, true, true});
  for (const std::size_t k : {triple.first, triple.second, triple.split}) partial.fixed[k] = {};
  partial.max_iterations = std::min(options.max_iterations, 100);
  partial.tolerance = std::max(options.tolerance, 1e-6);
  return fit(points, fit(points, mixture, partial).mixture, options);
}

}  // namespace

Fit split_and_merge(const NoisyPoints& points, const Fit& start, const FitOptions& options, int candidates) {
  constexpr double kGain = 1e-2;  // in ln L: less is another way to the same maximum, or what EM left undone
  constexpr int kMoves = 50;      // many more than components to move
  Fit best = start;
  bool improved = best.state != State::singular;
  for (int move = 0; improved && move < kMoves; ++move) {
    improved = false;
    for (const Triple& triple :
         promising(points, best.mixture, options, static_cast<std::size_t>(std::max(candidates, 0)))) {
      Fit other = refit(points, best.mixture, triple, options);
      if (other.state == State::singular || !(other.objective() > best.objective() + kGain)) continue;
      best = std::move(other);
      improved = true;
      break;
    }
  }
  return best;
}

}  // namespace praesepe::infer::em
