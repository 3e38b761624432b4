#include "surrogate.hpp"

#include <Eigen/Cholesky>
#include <cmath>
#include <numbers>

namespace praesepe::tests {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;
using sim::random::Purpose;
using sim::random::Stream;
using sim::random::StreamKey;
using workflow::store::Quantity;

namespace {

constexpr Index kDraws = 100, kChains = 4;
constexpr std::int64_t kKept = 99;
constexpr double kSigma = 1.0, kModeDistance = 4.0, kBias = 0.3;

VectorXd normals(Index size, Stream& stream) {
  VectorXd z(size);
  for (double& x : z) x = stream.normal();
  return z;
}

/// A, m and s.
struct Truths {
  MatrixXd design;
  VectorXd mean, sd;

  explicit Truths(Index dimension)
      : design(MatrixXd::Zero(3 * dimension, dimension)),
        mean(VectorXd::LinSpaced(dimension, -1.0, 3.0)),
        sd(VectorXd::Constant(dimension, 0.5)) {
    for (Index j = 0; j < dimension; ++j) {
      const double told = 3.0 * std::pow(0.2, static_cast<double>(j) / static_cast<double>(dimension - 1));
      for (Index row = 3 * j; row < 3 * j + 3; ++row) {
        design(row, j) = told;
        if (j + 1 < dimension) design(row, j + 1) = (row % 3 == 0 ? 0.6 : 0.3) * told;
      }
    }
  }
};

/// The model that a sampler believes in, and its posterior given data.
class Belief {
 public:
  Belief(const Truths& truths, Fault fault)
      : truths_(truths), precision_(truths.sd.array().pow(-2)), tilt_(VectorXd::Zero(truths.mean.size())) {
    if (fault == Fault::half_errors) sigma_ /= 2.0;
    if (fault == Fault::no_prior) precision_[precision_.size() - 1] = 0.0;
    if (fault == Fault::no_jacobian) tilt_[1] = -4.0;
    const MatrixXd information =
        truths.design.transpose() * truths.design / (sigma_ * sigma_) + MatrixXd(precision_.asDiagonal());
    inverse_.compute(information);
    sd_ = inverse_.solve(MatrixXd::Identity(information.rows(), information.cols())).diagonal().cwiseSqrt();
  }

  const VectorXd& sd() const { return sd_; }

  VectorXd mean(const VectorXd& y) const {
    return inverse_.solve(precision_.cwiseProduct(truths_.mean) + truths_.design.transpose() * y / (sigma_ * sigma_) +
                          tilt_);
  }
  VectorXd draw(const VectorXd& centre, Stream& stream) const {
    return centre + inverse_.matrixU().solve(normals(centre.size(), stream));
  }

  double log_likelihood(const VectorXd& theta, const VectorXd& y) const {
    return -0.5 * (y - truths_.design * theta).squaredNorm() / (sigma_ * sigma_) + tilt_.dot(theta);
  }
  double log_prior(const VectorXd& theta) const { return -0.5 * (theta - truths_.mean).cwiseAbs2().dot(precision_); }

 private:
  const Truths& truths_;
  double sigma_ = kSigma;
  VectorXd precision_, tilt_, sd_;
  Eigen::LLT<MatrixXd> inverse_;
};

/// Parameters, log likelihood and log density of one point.
VectorXd quantities_at(const VectorXd& theta, const VectorXd& y, const Belief& belief, Fault fault) {
  VectorXd all(theta.size() + 2);
  const double likelihood = fault == Fault::constant_likelihood ? 0.0 : belief.log_likelihood(theta, y);
  all << theta, likelihood, likelihood + belief.log_prior(theta);
  return all;
}

analysis::TaskDraws run(const Truths& truths, const Belief& belief, const SurrogateCampaign& campaign,
                        std::size_t row) {
  const StreamKey key{campaign.seed, 0, row};
  Stream from_prior(key, Purpose::truth), noise(key, Purpose::noise), chains(key, Purpose::chain);
  const auto prior_draw = [&truths](Stream& stream) {
    return VectorXd(truths.mean + truths.sd.cwiseProduct(normals(truths.mean.size(), stream)));
  };
  const VectorXd truth = prior_draw(from_prior);
  const VectorXd y = truths.design * truth + kSigma * normals(truths.design.rows(), noise);

  const Fault fault = campaign.fault;
  VectorXd shift = VectorXd::Zero(truth.size());
  if (fault == Fault::biased_parameter) shift[0] = kBias * belief.sd()[0];
  if (fault == Fault::biased_parameters) shift = kBias * belief.sd();
  const VectorXd centre = belief.mean(y) + shift;
  const bool ignores_data = fault == Fault::prior_for_posterior || fault == Fault::constant_likelihood;

  analysis::TaskDraws draws{row, key, MatrixXd(kDraws, truth.size() + 2), quantities_at(truth, y, belief, fault)};
  for (Index n = 0; n < kDraws; ++n) {
    VectorXd theta = ignores_data ? prior_draw(chains) : belief.draw(centre, chains);
    if (fault == Fault::stuck_chain && n < kDraws / kChains) theta[0] += kModeDistance * belief.sd()[0];
    draws.values.row(n) = quantities_at(theta, y, belief, fault);
  }
  return draws;
}

/// Enough of the prior for reference points.
analysis::PriorSample prior_of(const Truths& truths) {
  constexpr Index size = 1024;
  analysis::PriorSample prior{true, MatrixXd(size, truths.mean.size()), truths.mean, truths.sd};
  Stream stream({0, 0, 0}, Purpose::calibration);
  for (Index n = 0; n < size; ++n)
    prior.values.row(n) = truths.mean + truths.sd.cwiseProduct(normals(truths.mean.size(), stream));
  return prior;
}

}  // namespace

const char* name_of(Fault fault) {
  switch (fault) {
    case Fault::none: return "none";
    case Fault::half_errors: return "half the error bars";
    case Fault::no_jacobian: return "no Jacobian R^4";
    case Fault::no_prior: return "one prior ignored";
    case Fault::stuck_chain: return "one chain stuck";
    case Fault::prior_for_posterior: return "posterior = prior";
    case Fault::constant_likelihood: return "constant likelihood";
    case Fault::biased_parameter: return "one parameter biased by 0.3 sd";
    case Fault::biased_parameters: return "all parameters biased by 0.3 sd";
  }
  return "";
}

std::vector<analysis::UniformityRow> verdicts(const SurrogateCampaign& campaign) {
  const Truths truths(campaign.dimension);
  const Belief belief(truths, campaign.fault);
  const analysis::PriorSample prior = prior_of(truths);
  std::vector<Quantity> quantities;
  for (Index j = 0; j < campaign.dimension; ++j) quantities.push_back({"theta_" + std::to_string(j + 1), "", false});
  quantities.push_back(workflow::store::kLogLikelihood);
  quantities.push_back(workflow::store::kLogDensity);

  const auto tasks = static_cast<std::size_t>(campaign.tasks);
  analysis::Ranks ranks(quantities, tasks, kKept, prior);
  for (std::size_t row = 0; row < tasks; ++row) ranks.add(run(truths, belief, campaign, row));
  const std::vector<analysis::TaskStatus> status(tasks, analysis::TaskStatus::converged);
  auto rows = analysis::uniformity(ranks, status);
  std::erase_if(rows, [](const auto& verdict) { return verdict.counting != analysis::Counting::all; });
  return rows;
}

bool is_rejected(const SurrogateCampaign& campaign) {
  return !analysis::is_calibrated(verdicts(campaign), analysis::Counting::all);
}

}  // namespace praesepe::tests
