#include "infer/em/extreme_deconvolution.hpp"

#include <fmt/format.h>

#include <Eigen/Cholesky>
#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include "infer/em/anderson.hpp"
#include "infer/em/expectation.hpp"
#include "infer/em/maximisation.hpp"
#include "sim/error.hpp"

namespace praesepe::infer::em {

namespace {

constexpr Eigen::Index kDepth = 10;  // points that an extrapolation looks back on
constexpr double kReach = 20.0;      // logarithms and widths: a step beyond is noise, and would overflow

/// A mixture and all that one pass over the points says of it.
struct Iterate {
  GaussianMixture mixture;
  Expectation expectation;
  double objective;  // -infinity where a component is singular
};

class Iteration {
 public:
  Iteration(const NoisyPoints& points, const GaussianMixture& start, const FitOptions& options)
      : points_(pack(points)), options_(options), coordinates_(start, options), anderson_(kDepth) {}

  Iterate look_at(GaussianMixture mixture) {
    ++passes_;
    Expectation sums = expectation(points_, mixture);
    const double objective =
        sums.singular ? -std::numeric_limits<double>::infinity() : sums.log_likelihood + penalty(mixture, options_);
    return {std::move(mixture), std::move(sums), objective};
  }

  /// The longer step if it is better than standing still, otherwise the EM step, which always is.
  Iterate after(const Iterate& current) {
    GaussianMixture plain = maximise(current.mixture, current.expectation.sums, options_);
    const Vector here = coordinates_.of(plain);
    if (options_.accelerate && here.size() > 0) {
      const Vector longer = anderson_.next(coordinates_.of(current.mixture), here);
      if ((longer - here).cwiseAbs().maxCoeff() < kReach) {
        Iterate tried = look_at(coordinates_.mixture(longer, plain));
        if (tried.objective >= current.objective) return tried;
      }
      anderson_.restart();
    }
    return look_at(std::move(plain));
  }

  int passes() const { return passes_; }

 private:
  std::vector<PointGroup> points_;
  const FitOptions& options_;
  FreeCoordinates coordinates_;
  Anderson anderson_;
  int passes_ = 0;
};

void check(const NoisyPoints& points, const GaussianMixture& mixture) {
  mixture.check();
  if (mixture.dimension() != points.dimension())
    throw InputError(
        fmt::format("the mixture has {} dimensions, and the points have {}", mixture.dimension(), points.dimension()));
}

void check(const FitOptions& options, const GaussianMixture& start) {
  if (!options.fixed.empty() && options.fixed.size() != start.size())
    throw InputError(fmt::format("fixed has {} entries, and the mixture {} components: give as many, or none",
                                 options.fixed.size(), start.size()));
  if (!(options.regularisation >= 0.0) || !std::isfinite(options.regularisation))
    throw InputError(fmt::format("regularisation is {}, and should be 0 or more", options.regularisation));
  if (!(options.tolerance >= 0.0))
    throw InputError(fmt::format("tolerance is {}, and should be 0 or more", options.tolerance));
  if (options.max_iterations < 0)
    throw InputError(fmt::format("max_iterations is {}, and should be 0 or more", options.max_iterations));
}

int free_parameters(const GaussianMixture& mixture, const FitOptions& options) {
  int count = mixture.free_parameters();
  const auto d = static_cast<int>(mixture.dimension());
  int fixed_weights = 0;
  for (const Fixed& fixed : options.fixed) {
    fixed_weights += fixed.weight ? 1 : 0;
    count -= (fixed.mean ? d : 0) + (fixed.covariance ? d * (d + 1) / 2 : 0);
  }
  return count - std::min(fixed_weights, static_cast<int>(mixture.size()) - 1);
}

bool agree(const GaussianComponent& a, const GaussianComponent& b) {
  constexpr double kClose = 1e-4;
  const Eigen::LLT<Matrix> factor(a.covariance + b.covariance);
  const Matrix whitened = factor.matrixL().solve(factor.matrixL().solve(a.covariance - b.covariance).transpose());
  return factor.matrixL().solve(a.mean - b.mean).norm() < kClose && whitened.norm() < kClose;
}

/// The component with the worst correlation matrix.
std::size_t narrowest(const GaussianMixture& mixture) {
  std::size_t worst = 0;
  double smallest = std::numeric_limits<double>::infinity();
  for (std::size_t k = 0; k < mixture.size(); ++k) {
    const Matrix& v = mixture.components[k].covariance;
    const Vector scale = v.diagonal().cwiseSqrt().cwiseInverse();
    const double eigenvalue =
        Eigen::SelfAdjointEigenSolver<Matrix>(scale.asDiagonal() * v * scale.asDiagonal(), Eigen::EigenvaluesOnly)
            .eigenvalues()[0];
    if (eigenvalue < smallest) worst = k;
    smallest = std::min(smallest, eigenvalue);
  }
  return worst;
}

std::optional<std::pair<std::size_t, std::size_t>> identical_pair(const GaussianMixture& mixture) {
  for (std::size_t k = 0; k < mixture.size(); ++k)
    for (std::size_t l = 0; l < k; ++l)
      if (agree(mixture.components[k], mixture.components[l])) return std::pair{l, k};
  return {};
}

/// What is wrong with the result, if anything; `singular` names the component that ended the fit.
void judge(Fit& fit, const NoisyPoints& points, const FitOptions& options, std::optional<std::size_t> singular) {
  const auto report = [&fit](State state, std::string message) {
    fit.state = state;
    fit.message = std::move(message);
  };
  const int parameters = free_parameters(fit.mixture, options);
  if (points.measured_values() < parameters)
    return report(State::too_few_points, fmt::format("{} measured values for {} free parameters: use fewer components",
                                                     points.measured_values(), parameters));
  if (singular)
    return report(State::singular, fmt::format("component {} shrinks onto points without noise: use regularisation, or "
                                               "fewer components",
                                               *singular));
  for (std::size_t k = 0; k < fit.mixture.size(); ++k) {
    const double held = fit.mixture.components[k].weight * static_cast<double>(points.size());
    if (held < 1e-3 && !fixed_of(options, k).weight)
      return report(State::component_died,
                    fmt::format("component {} holds {:.2g} points: use fewer components, or another start", k, held));
  }
  if (const auto pair = identical_pair(fit.mixture))
    return report(State::identical_components,
                  fmt::format("components {} and {} are the same: use fewer components, or another start", pair->first,
                              pair->second));
  if (fit.state == State::iteration_limit)
    report(State::iteration_limit, fmt::format("the last of {} iterations gained {:.2g} a point", fit.iterations,
                                               fit.iterations > 0 ? (fit.history.back() - fit.history.end()[-2]) /
                                                                        static_cast<double>(points.size())
                                                                  : 0.0));
}

}  // namespace

std::string_view name_of(State state) {
  switch (state) {
    case State::converged: return "converged";
    case State::iteration_limit: return "iteration limit";
    case State::too_few_points: return "too few points";
    case State::singular: return "singular";
    case State::component_died: return "component died";
    case State::identical_components: return "identical components";
  }
  return "";
}

Fit fit(const NoisyPoints& points, const GaussianMixture& start, const FitOptions& options) {
  constexpr int kQuiet = 3;  // iterations in a row without gain: one alone may be an unlucky step
  constexpr double kRounding = 1e-9;
  check(points, start);
  check(options, start);
  Iteration iteration(points, start, options);
  Iterate current = iteration.look_at(start);
  std::optional<std::size_t> singular = current.expectation.singular;
  Fit result;
  result.history.push_back(current.objective);
  const double enough = options.tolerance * static_cast<double>(points.size());
  int quiet = 0;
  while (!singular && quiet < kQuiet && result.iterations < options.max_iterations) {
    Iterate next = iteration.after(current);
    singular = next.expectation.singular;
    // An EM step cannot lose, unless rounding in a very narrow direction has taken over.
    if (next.objective < current.objective - kRounding * std::abs(current.objective) && !singular)
      singular = narrowest(current.mixture);
    if (singular) break;
    quiet = next.objective - current.objective > enough ? 0 : quiet + 1;
    current = std::move(next);
    result.history.push_back(current.objective);
    ++result.iterations;
  }
  result.state = quiet == kQuiet ? State::converged : State::iteration_limit;
  result.passes = iteration.passes();
  result.log_likelihood = current.expectation.singular ? current.objective : current.expectation.log_likelihood;
  result.mixture = std::move(current.mixture);
  judge(result, points, options, singular);
  return result;
}

double log_likelihood(const NoisyPoints& points, const GaussianMixture& mixture) {
  check(points, mixture);
  const Expectation sums = expectation(pack(points), mixture);
  return sums.singular ? -std::numeric_limits<double>::infinity() : sums.log_likelihood;
}

Matrix log_terms(const NoisyPoints& points, const GaussianMixture& mixture) {
  check(points, mixture);
  Matrix terms(static_cast<Eigen::Index>(points.size()), static_cast<Eigen::Index>(mixture.size()));
  if (const auto singular = expectation(pack(points), mixture, &terms).singular)
    throw InputError(fmt::format("mixture, component {}: it has no width at a point without noise", *singular));
  return terms;
}

Matrix responsibilities(const NoisyPoints& points, const GaussianMixture& mixture) {
  Matrix terms = log_terms(points, mixture);
  for (auto row : terms.rowwise()) {
    row.array() = (row.array() - row.maxCoeff()).exp();
    row /= row.sum();
  }
  return terms;
}

double bic(const NoisyPoints& points, const GaussianMixture& mixture) {
  return mixture.free_parameters() * std::log(static_cast<double>(points.size())) -
         2.0 * log_likelihood(points, mixture);
}

}  // namespace praesepe::infer::em
