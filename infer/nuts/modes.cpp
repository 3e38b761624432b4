#include "infer/nuts/modes.hpp"

#include <fmt/format.h>

#include <Eigen/Cholesky>
#include <Eigen/Eigenvalues>
#include <cmath>
#include <numbers>

#include "infer/nuts/quasi_newton.hpp"

namespace praesepe::infer::nuts {

namespace {

constexpr double kDifferenceStep = 0.01;   // standard deviations
constexpr double kFlattest = 1e-8;         // smallest curvature, of the largest
constexpr double kSaddle = 1e-3;           // negative curvature that is no rounding, of the largest
constexpr double kMaxExpectedGain = 1e-2;  // nats that the true curvature may promise at a finished optimum
constexpr int kMaxPolish = 2;
constexpr int kHalvings = 12;

/// -Hessian times a direction, by central differences; by one-sided ones next to an edge of the support.
struct Curvature {
  Vector along;  ///< (D) per unit of the direction
  double own;    ///< its component along the direction itself
};
std::optional<Curvature> curvature(const density::LogDensity& target, const Optimum& optimum, const Vector& direction) {
  Vector above(direction.size()), below(direction.size());
  double step = kDifferenceStep;
  std::optional<Curvature> found;
  for (int trial = 0; trial < 4; ++trial) {
    const auto probe = [&](double signed_step, Vector& gradient) {
      const double lp = target.log_density(optimum.position + signed_step * direction, gradient);
      if (std::isfinite(lp) && gradient.allFinite()) return true;
      gradient = optimum.gradient;
      return false;
    };
    const int sides = probe(step, above) + probe(-step, below);
    if (sides == 0) {
      step *= 0.1;
      continue;
    }
    const Vector along = (below - above) / (sides * step);
    found = Curvature{along, along.dot(direction)};
    // The step should be a fixed part of the scale found; BFGS may have misjudged it.
    const double wanted = found->own > 0.0 ? kDifferenceStep / std::sqrt(found->own) : step;
    if (step < 4.0 * wanted && step > 0.1 * wanted) break;
    step = wanted;
  }
  return found;
}

struct Curvatures {
  Matrix covariance;
  double log_determinant;         ///< of the covariance
  std::optional<Vector> descent;  ///< one standard deviation along the most negative curvature, at a saddle
};

/// The inverse of -Hessian, its eigenvalues made positive.
Curvatures invert_hessian(const density::LogDensity& target, const Optimum& optimum) {
  const Eigen::Index dimension = optimum.position.size();
  // Columns of L are axes in which -Hessian is near the identity, L L' = H of BFGS.
  const Eigen::LLT<Matrix> factor(optimum.inverse_hessian);
  const Matrix axes =
      factor.info() == Eigen::Success ? Matrix(factor.matrixL()) : Matrix::Identity(dimension, dimension);
  Matrix whitened = Matrix::Identity(dimension, dimension);
  for (Eigen::Index j = 0; j < dimension; ++j) {
    if (const auto found = curvature(target, optimum, axes.col(j))) whitened.col(j) = axes.transpose() * found->along;
  }
  const Eigen::SelfAdjointEigenSolver<Matrix> eigen(0.5 * (whitened + whitened.transpose()));
  const Vector& values = eigen.eigenvalues();
  const double largest = values.cwiseAbs().maxCoeff();
  const Vector positive = values.cwiseAbs().cwiseMax(kFlattest * largest);
  const Matrix basis = axes * eigen.eigenvectors();
  Curvatures result{basis * positive.cwiseInverse().asDiagonal() * basis.transpose(),
                    2.0 * axes.diagonal().array().log().sum() - positive.array().log().sum(), std::nullopt};
  if (result.covariance.llt().info() != Eigen::Success) {  // scales too unequal for double precision
    result.log_determinant = result.covariance.diagonal().array().log().sum();
    result.covariance = Matrix(result.covariance.diagonal().asDiagonal());
  }
  if (values[0] < -kSaddle * largest) result.descent = basis.col(0) / std::sqrt(positive[0]);
  return result;
}

bool is_inside(const density::LogDensity& target, const Vector& q) {
  Vector gradient = Vector::Zero(q.size());
  return q.allFinite() && std::isfinite(target.log_density(q, gradient)) && gradient.allFinite();
}

/// q, or the first point inside the support on the way from it to `goal`, halving the distance each time.
std::optional<Vector> draw_inside(const density::LogDensity& target, const Vector& q, const Vector& goal) {
  if (!q.allFinite()) return std::nullopt;
  for (double part = 1.0; part > std::ldexp(1.0, -kHalvings); part *= 0.5) {
    const Vector moved = goal + part * (q - goal);
    if (is_inside(target, moved)) return moved;
  }
  return is_inside(target, goal) ? std::optional(goal) : std::nullopt;
}

double laplace(double lp, Eigen::Index dimension, double log_determinant) {
  return lp + 0.5 * (static_cast<double>(dimension) * std::log(2.0 * std::numbers::pi) + log_determinant);
}

/// False where BFGS misjudged the curvature and stopped early: the true one promises a further gain.
bool is_top(const Optimum& optimum, const Curvatures& curvatures) {
  return 0.5 * optimum.gradient.dot(curvatures.covariance * optimum.gradient) < kMaxExpectedGain;
}

std::optional<std::size_t> find_same(const std::vector<Mode>& modes, const Vector& position) {
  for (std::size_t k = 0; k < modes.size(); ++k) {
    const Vector offset = position - modes[k].position;
    if (offset.dot(modes[k].covariance.llt().solve(offset)) < kSameMode * kSameMode) return k;
  }
  return std::nullopt;
}

std::optional<std::size_t> climb(const density::LogDensity& target, const Vector& start, ModeSearch& search,
                                 bool leave_saddles) {
  Optimum optimum = maximise(target, start);
  if (const auto known = find_same(search.modes, optimum.position)) return known;
  Curvatures curvatures = invert_hessian(target, optimum);
  for (int i = 0; i < kMaxPolish && optimum.converged && !is_top(optimum, curvatures); ++i) {
    optimum = maximise(target, optimum.position, {.inverse_hessian = curvatures.covariance});
    curvatures = invert_hessian(target, optimum);
  }
  if (!optimum.converged || !is_top(optimum, curvatures)) {
    search.notes.push_back(fmt::format("a climb ended {}, at lp {:.2f}",
                                       optimum.is_at_edge ? "at an edge of the support" : "before its top",
                                       optimum.lp));
    if (!optimum.is_at_edge) return std::nullopt;
  }
  if (curvatures.descent && leave_saddles) {
    const auto leave = [&](double side) {
      const auto aside = draw_inside(target, optimum.position + side * *curvatures.descent, optimum.position);
      return climb(target, aside.value_or(optimum.position), search, false);
    };
    const auto one = leave(1.0);
    leave(-1.0);
    return one;
  }
  if (const auto known = find_same(search.modes, optimum.position)) return known;
  search.modes.push_back({optimum.position, optimum.lp, curvatures.covariance,
                          laplace(optimum.lp, optimum.position.size(), curvatures.log_determinant)});
  return search.modes.size() - 1;
}

}  // namespace

ModeSearch find_modes(const density::LogDensity& target, const std::vector<Vector>& starts) {
  ModeSearch search;
  std::vector<bool> inside(starts.size());
  Vector goal = Vector::Zero(target.dimension());
  for (std::size_t i = starts.size(); i-- > 0;) {
    inside[i] = is_inside(target, starts[i]);
    if (inside[i]) goal = starts[i];
  }
  std::optional<Vector> fallback;
  for (std::size_t i = 0; i < starts.size(); ++i) {
    const auto start = inside[i] ? std::optional(starts[i]) : draw_inside(target, starts[i], goal);
    if (!inside[i]) {
      search.notes.push_back(
          fmt::format("start {} lies outside the support and was {}", i, start ? "moved" : "dropped"));
    }
    if (start) climb(target, *start, search);
    if (!fallback) fallback = start;
  }
  if (search.modes.empty() && fallback) {
    const Eigen::Index d = target.dimension();
    Vector gradient(d);
    const double lp = target.log_density(*fallback, gradient);
    search.notes.push_back("no climb reached a top, so a start with unit covariance stands for the mode");
    search.modes.push_back({*fallback, lp, Matrix::Identity(d, d), laplace(lp, d, 0.0)});
  }
  return search;
}

std::optional<std::size_t> climb(const density::LogDensity& target, const Vector& start, ModeSearch& search) {
  return climb(target, start, search, true);
}

}  // namespace praesepe::infer::nuts
