#include "infer/nuts/quasi_newton.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

namespace praesepe::infer::nuts {

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kSufficientGain = 1e-4;  // Wolfe constants
constexpr double kCurvature = 0.9;
constexpr double kShortestStep = 1e-10;  // of the direction
constexpr int kMaxTrials = 30;
constexpr double kUnresolvable = 1e-3;  // nats: a gain that rounding may hide from the line search

struct Point {
  Vector position, gradient;
  double lp;
};

Point evaluate(const density::LogDensity& target, Vector position) {
  Point point{std::move(position), Vector::Zero(target.dimension()), 0.0};
  point.lp = target.log_density(point.position, point.gradient);
  if (!std::isfinite(point.lp) || !point.gradient.allFinite()) point.lp = -kInfinity;
  return point;
}

/// One end of the bracket: step length, log density and slope along the direction there.
struct End {
  double step, lp, slope;
};

/// Where to try next between a good end and a bad one: the top of the parabola through them, kept off the ends.
double between(const End& good, const End& bad) {
  const double width = bad.step - good.step;
  double fraction = good.step > 0.0 ? 0.5 : 0.1;  // outside the support: well back
  if (std::isfinite(bad.lp)) {
    const double loss = good.lp + good.slope * width - bad.lp;
    fraction = loss > 0.0 ? 0.5 * good.slope * width / loss : 0.5;
  }
  return good.step + std::clamp(fraction, 0.1, 0.9) * width;
}

struct Line {
  std::optional<Point> best;
  bool met_edge = false;
};

/// The first point along `direction` that satisfies both Wolfe conditions, or failing that any sufficient gain.
Line search_line(const density::LogDensity& target, const Point& from, const Vector& direction, double first_step) {
  const double slope = from.gradient.dot(direction);
  End good{0.0, from.lp, slope}, bad{kInfinity, -kInfinity, 0.0};
  Line line;
  double step = first_step;
  for (int trial = 0; trial < kMaxTrials; ++trial) {
    Point point = evaluate(target, from.position + step * direction);
    const double slope_here = point.gradient.dot(direction);
    if (!(point.lp > from.lp && point.lp >= from.lp + kSufficientGain * step * slope)) {
      bad = {step, point.lp, slope_here};
      line.met_edge = line.met_edge || !std::isfinite(point.lp);
    } else {
      good = {step, point.lp, slope_here};
      line.best = std::move(point);
      if (slope_here <= kCurvature * slope) return line;
    }
    const double next = std::isfinite(bad.step) ? between(good, bad) : 2.0 * step;
    if (std::abs(next - step) <= kShortestStep) break;
    step = next;
  }
  return line;
}

/// BFGS update of the inverse Hessian of -log pi for a step s and the change y of -gradient; y.s > 0.
void update(Matrix& h, const Vector& s, const Vector& y) {
  const double ys = y.dot(s);
  const Vector hy = h * y;
  h += (1.0 + y.dot(hy) / ys) / ys * s * s.transpose() - (hy * s.transpose() + s * hy.transpose()) / ys;
}

}  // namespace

Optimum maximise(const density::LogDensity& target, const Vector& start, const OptimiserOptions& options) {
  const Eigen::Index dimension = target.dimension();
  const Matrix identity = Matrix::Identity(dimension, dimension);
  Point here = evaluate(target, start);
  Matrix h = options.inverse_hessian.size() > 0 ? options.inverse_hessian : identity;
  bool is_scaled = options.inverse_hessian.size() > 0;
  bool converged = false, is_at_edge = false;
  for (int iteration = 0; std::isfinite(here.lp) && iteration < options.max_iterations; ++iteration) {
    const Vector direction = h * here.gradient;
    const double gain = 0.5 * here.gradient.dot(direction);
    converged = gain < options.tolerance && here.gradient.norm() < options.max_gradient;
    if (converged) break;
    auto [next, met_edge] =
        search_line(target, here, direction, is_scaled ? 1.0 : std::min(1.0, 1.0 / direction.norm()));
    if (!next) {
      converged = gain < kUnresolvable;
      is_at_edge = met_edge && !is_scaled;
      if (converged || !is_scaled) break;
      h = identity;  // the metric misleads: begin again with steepest ascent
      is_scaled = false;
      continue;
    }
    const Vector s = next->position - here.position, y = here.gradient - next->gradient;
    here = *std::move(next);
    if (y.dot(s) <= 1e-10 * y.norm() * s.norm()) continue;
    if (!is_scaled) h = identity * (y.dot(s) / y.squaredNorm());
    is_scaled = true;
    update(h, s, y);
  }
  return {here.position, here.gradient, here.lp, h, converged, is_at_edge};
}

}  // namespace praesepe::infer::nuts
