#include "infer/models/association/traceback.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <numeric>

#include "sim/error.hpp"

namespace praesepe::infer::models::association {

using density::Matrix;
using density::Vector;

namespace {

constexpr double kSdOfMedian = 1.4826;  // standard deviation of a Gaussian by its median absolute deviation
constexpr std::array kAxes{"x", "y", "z"};

double quantile(std::vector<double> values, double level) {
  std::ranges::sort(values);
  const double place = level * static_cast<double>(values.size() - 1);
  const auto below = static_cast<std::size_t>(place), above = std::min(below + 1, values.size() - 1);
  return std::lerp(values[below], values[above], place - static_cast<double>(below));
}

double weighted_median(const Vector& values, const Vector& weight) {
  std::vector<Eigen::Index> order(static_cast<std::size_t>(values.size()));
  std::iota(order.begin(), order.end(), 0);
  std::ranges::sort(order, {}, [&](Eigen::Index n) { return values[n]; });
  double above = 0.5 * weight.sum();
  for (const Eigen::Index n : order) {
    above -= weight[n];
    if (above <= 0.0) return values[n];
  }
  return values[order.back()];
}

double apparent_size(const Vector& x, const Vector& weight) {
  const double middle = weighted_median(x, weight);
  return kSdOfMedian * weighted_median((x.array() - middle).abs(), weight);
}

/// Of a Gaussian of that variance, seen with errors of these variances. By bisection between the size without errors
/// and that with the largest.
double expected_size(double variance, const Vector& error_variance, const Vector& weight) {
  constexpr int kHalvings = 25;
  const Vector by_sd = (variance + error_variance.array()).rsqrt() / std::numbers::sqrt2;
  double low = std::sqrt(variance) / kSdOfMedian, high = std::sqrt(variance + error_variance.maxCoeff());
  for (int i = 0; i < kHalvings; ++i) {
    const double c = 0.5 * (low + high);
    const double inside = weight.dot(by_sd.unaryExpr([c](double s) { return std::erf(c * s); }));
    (inside < 0.5 * weight.sum() ? low : high) = c;
  }
  return kSdOfMedian * 0.5 * (low + high);
}

/// The stars of a group that can be traced back.
struct Members {
  std::vector<const Gaussian6*> state;
  Vector weight;
};

Members members_of(const StarStates& stars, const Vector& membership) {
  constexpr double kLeast = 1e-3;  // fewer of a star than this say nothing of a median
  Members members;
  std::vector<double> weight;
  for (Eigen::Index n = 0; n < stars.size(); ++n) {
    if (stars[n].measured() < 6 || !(membership[n] >= kLeast)) continue;
    members.state.push_back(&stars[n].state);
    weight.push_back(membership[n]);
  }
  members.weight = Eigen::Map<Vector>(weight.data(), static_cast<Eigen::Index>(weight.size()));
  return members;
}

/// Positions and variances of their errors at a time, (3, N).
struct Places {
  Matrix position, error_variance;
};

Places traced(const EpicyclicOrbit& orbit, const Members& members, double time) {
  Places places{Matrix(3, members.weight.size()), Matrix(3, members.weight.size())};
  for (Eigen::Index n = 0; n < members.weight.size(); ++n) {
    const Gaussian6& star = *members.state[static_cast<std::size_t>(n)];
    const auto end = orbit.linearise(star.mean, time);
    places.position.col(n) = end.state.head<3>();
    places.error_variance.col(n) = (end.jacobian * star.covariance * end.jacobian.transpose()).diagonal().head<3>();
  }
  return places;
}

/// The group's variances of X, Y, Z at a time, a column for each of some draws of the posterior.
Matrix variances(const Model& model, int k, const Matrix& draws, double time) {
  const auto at = model.group(k);
  Matrix all(3, draws.rows());
  for (Eigen::Index i = 0; i < draws.rows(); ++i) {
    const Vector theta = draws.row(i);
    const Vector6 mean = theta.segment<6>(at.mean);
    const auto now = aged_ellipsoid(model.orbit, mean, factor_at(at.birth, theta), theta[at.age]).now;
    const Matrix6 back = model.orbit.linearise(mean, time).jacobian;
    all.col(i) = (back * now.covariance * back.transpose()).diagonal().head<3>();
  }
  return all;
}

/// Relative, of the size that so many stars have by chance; for equal weights 1.16 / sqrt(N), the median absolute
/// deviation having 37 % of the efficiency of a standard deviation.
double chance(const Vector& weight) { return 1.16 * weight.norm() / weight.sum(); }

std::string line(const Model& model, int k, const Members& members, const Matrix& draws, int time) {
  const Places places = traced(model.orbit, members, time);
  const Matrix variance = variances(model, k, draws, time);
  std::string text = fmt::format("{},{}", time, k);
  for (Eigen::Index axis = 0; axis < 3; ++axis) {
    const auto of_draw = [&](double v) { return expected_size(v, places.error_variance.row(axis), members.weight); };
    const Eigen::ArrayXd expected = variance.row(axis).unaryExpr(of_draw);
    const double mean = expected.mean();
    const double sd = std::sqrt((expected - mean).square().mean() + std::pow(chance(members.weight) * mean, 2));
    text += fmt::format(",{:.4g},{:.4g},{:.4g},{:.4g}", apparent_size(places.position.row(axis), members.weight), mean,
                        sd, variance.row(axis).cwiseSqrt().mean());
  }
  return text + "\n";
}

/// At most 200, spread evenly over all.
Matrix some_of(const Matrix& draws) {
  constexpr Eigen::Index kMost = 200;
  const Eigen::Index step = std::max<Eigen::Index>(1, draws.rows() / kMost);
  return draws(Eigen::seq(0, draws.rows() - 1, step), Eigen::all);
}

}  // namespace

std::string traceback_table(const Model& model, const StarStates& stars, const Matrix& memberships, const Matrix& draws,
                            int oldest_myr) {
  std::string ages, header = "time_myr,group", lines;
  for (const char* a : kAxes) header += fmt::format(",size_{0},expected_{0},expected_{0}_sd,intrinsic_{0}", a);
  const Matrix few = some_of(draws);
  for (int k = 0; k < model.groups; ++k) {
    const auto age = draws.col(model.group(k).age);
    const std::vector<double> drawn(age.begin(), age.end());
    for (const auto& [name, level] : {std::pair{"low", 0.025}, {"median", 0.5}, {"high", 0.975}}) {
      ages += fmt::format("# group_{}_age_{} = {:.6g}\n", k, name, quantile(drawn, level));
    }
    const Members members = members_of(stars, memberships.col(k));
    if (members.weight.size() == 0) {
      throw InputError(fmt::format("no star of group {} has a radial velocity: none can be traced back", k));
    }
    for (int time = 0; time >= -oldest_myr; --time) lines += line(model, k, members, few, time);
  }
  return ages + header + "\n" + lines;
}

}  // namespace praesepe::infer::models::association
