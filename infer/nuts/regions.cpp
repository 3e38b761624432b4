#include "infer/nuts/regions.hpp"

#include <Eigen/Cholesky>
#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace praesepe::infer::nuts {

namespace {

/// Where the draws are cut, as fractions in their order along the ridge. With many draws the ends have pieces of their
/// own: there the posterior bends most, and a mixture that misses an end holds chains in it.
std::vector<double> cuts(Eigen::Index draws, Eigen::Index dimension) {
  if (draws < 100 * dimension) return {0.0, 1.0 / 3.0, 2.0 / 3.0, 1.0};
  return {0.0, 0.1, 0.35, 0.65, 0.9, 1.0};
}

/// (D, draws of all chains).
Matrix all_positions(const std::vector<Draws>& chains) {
  Eigen::Index draws = 0;
  for (const Draws& chain : chains) draws += chain.size();
  Matrix all(chains.front().position.cols(), draws);
  Eigen::Index filled = 0;
  for (const Draws& chain : chains) {
    all.middleCols(filled, chain.size()) = chain.position.transpose();
    filled += chain.size();
  }
  return all;
}

/// Columns in the order of their place along the longest axis.
std::vector<Eigen::Index> order_along_ridge(const Matrix& points) {
  const Matrix centred = points.colwise() - points.rowwise().mean();
  const Eigen::SelfAdjointEigenSolver<Matrix> axes(centred * centred.transpose());
  const Vector along = centred.transpose() * axes.eigenvectors().rightCols<1>();
  std::vector<Eigen::Index> order(static_cast<std::size_t>(points.cols()));
  std::iota(order.begin(), order.end(), Eigen::Index{0});
  std::ranges::stable_sort(order, {}, [&](Eigen::Index column) { return along[column]; });
  return order;
}

Matrix covariance_about(const Vector& mean, const Matrix& points) {
  const Matrix centred = points.colwise() - mean;
  return centred * centred.transpose() / static_cast<double>(points.cols() - 1);
}

}  // namespace

Mode region_of(const density::LogDensity& target, const Draws& chain, const Matrix& fallback) {
  const Vector mean = chain.position.colwise().mean().transpose();
  Matrix covariance = covariance_about(mean, chain.position.transpose());
  if (covariance.llt().info() != Eigen::Success) covariance = fallback;
  Vector gradient(mean.size());
  const double lp = target.log_density(mean, gradient);
  return {mean, lp, std::move(covariance), 0.0};
}

std::vector<Mode> regions_along_ridge(const std::vector<Draws>& chains) {
  const Matrix all = all_positions(chains);
  const auto order = order_along_ridge(all);
  const auto draws = static_cast<double>(order.size());
  const std::vector<double> at = cuts(all.cols(), all.rows());
  std::vector<Mode> regions;
  for (std::size_t k = 0; k + 1 < at.size(); ++k) {
    const auto first = order.begin() + static_cast<std::ptrdiff_t>(at[k] * draws);
    const auto last = order.begin() + static_cast<std::ptrdiff_t>(at[k + 1] * draws);
    const Matrix piece = all(Eigen::all, std::vector<Eigen::Index>(first, last));
    const Vector mean = piece.rowwise().mean();
    Matrix covariance = covariance_about(mean, piece);
    if (covariance.llt().info() != Eigen::Success) continue;
    regions.push_back(
        {mean, std::numeric_limits<double>::quiet_NaN(), std::move(covariance), std::log(at[k + 1] - at[k])});
  }
  return regions;
}

}  // namespace praesepe::infer::nuts
