#include "infer/diagnostics/split_chains.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace praesepe::infer::diagnostics {

namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

double variance(const Eigen::Ref<const Eigen::VectorXd>& x) {
  return (x.array() - x.mean()).square().sum() / static_cast<double>(x.size() - 1);
}

/// Mean over the chains of the biased autocovariance at one lag; `centred` (N, m) has chain means removed.
double mean_autocovariance(const Eigen::MatrixXd& centred, Eigen::Index lag) {
  const Eigen::Index overlap = centred.rows() - lag;
  double sum = 0.0;
  for (Eigen::Index c = 0; c < centred.cols(); ++c) {
    sum += centred.col(c).head(overlap).dot(centred.col(c).tail(overlap));
  }
  return sum / static_cast<double>(centred.size());
}

/// tau from autocorrelations rho_0 ... rho_T, T = last even lag, already positive and monotone in pairs.
double autocorrelation_time(const std::vector<double>& rho, std::size_t last) {
  // `posterior` counts rho_0 in the sum even if no pair survives, which gives tau = 2 there.
  double sum = rho[0];
  for (std::size_t t = 1; t < last; ++t) sum += rho[t];
  return -1.0 + 2.0 * sum + rho[last];
}

/// Makes the sums of the pairs (rho_2k, rho_2k+1) non-increasing, up to the pair before the last.
void make_monotone(std::vector<double>& rho, std::size_t last) {
  for (std::size_t t = 2; t + 2 <= last; t += 2) {
    const double before = rho[t - 2] + rho[t - 1];
    if (rho[t] + rho[t + 1] > before) rho[t] = rho[t + 1] = 0.5 * before;
  }
}

}  // namespace

double mean_of(const Eigen::Ref<const Eigen::MatrixXd>& x) {
  const double first = x.mean();
  return first + (x.array() - first).mean();
}

Eigen::MatrixXd split_chains(const Eigen::Ref<const Eigen::MatrixXd>& draws) {
  if (draws.rows() < 2) return draws;
  const Eigen::Index half = draws.rows() / 2;
  Eigen::MatrixXd halves(half, 2 * draws.cols());
  halves << draws.topRows(half), draws.bottomRows(half);
  return halves;
}

bool is_degenerate(const Eigen::Ref<const Eigen::MatrixXd>& draws) {
  if (draws.size() == 0 || !draws.allFinite()) return true;
  return draws.maxCoeff() - draws.minCoeff() < std::numeric_limits<double>::epsilon();
}

double basic_r_hat(const Eigen::MatrixXd& chains) {
  if (chains.rows() < 2 || chains.cols() < 2 || is_degenerate(chains)) return kNan;
  const auto n = static_cast<double>(chains.rows());
  double within = 0.0;
  for (Eigen::Index c = 0; c < chains.cols(); ++c) within += variance(chains.col(c));
  within /= static_cast<double>(chains.cols());
  const double between = n * variance(chains.colwise().mean().transpose());
  return std::sqrt((between / within + n - 1.0) / n);
}

double effective_sample_size(const Eigen::MatrixXd& chains) {
  const Eigen::Index rows = chains.rows();
  if (rows < 3 || is_degenerate(chains)) return kNan;
  const auto n = static_cast<double>(rows);
  // Only differences count: without the common mean no digits are lost to a large offset.
  Eigen::MatrixXd centred = chains.array() - mean_of(chains);
  const Eigen::RowVectorXd means = centred.colwise().mean();
  centred.rowwise() -= means;

  const double biased = mean_autocovariance(centred, 0);
  const double within = biased * n / (n - 1.0);
  const double total = biased + (chains.cols() > 1 ? variance(means.transpose()) : 0.0);  // var+
  const auto correlation = [&](Eigen::Index lag) { return 1.0 - (within - mean_autocovariance(centred, lag)) / total; };

  // Autocorrelations as long as pairs of them stay positive; lags are computed as they are needed.
  std::vector<double> rho(static_cast<std::size_t>(rows), 0.0);
  double even = 1.0, odd = correlation(1);
  rho[0] = even;
  rho[1] = odd;
  std::size_t last = 0;
  while (static_cast<Eigen::Index>(last) < rows - 5 && even + odd > 0.0) {
    last += 2;
    even = correlation(static_cast<Eigen::Index>(last));
    odd = correlation(static_cast<Eigen::Index>(last) + 1);
    if (even + odd >= 0.0) {
      rho[last] = even;
      rho[last + 1] = odd;
    }
  }
  if (even > 0.0) rho[last] = even;  // improves antithetic chains
  make_monotone(rho, last);

  const auto draws = static_cast<double>(chains.size());
  return draws / std::max(autocorrelation_time(rho, last), 1.0 / std::log10(draws));
}

}  // namespace praesepe::infer::diagnostics
