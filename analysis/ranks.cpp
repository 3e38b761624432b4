#include "analysis/ranks.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace praesepe::analysis {

namespace store = workflow::store;
using sim::random::Purpose;
using sim::random::Stream;

namespace {

// L + 1 has many divisors, for histograms and bands.
constexpr std::array<std::int64_t, 5> kSizes{399, 199, 99, 49, 19};
constexpr std::uint32_t kTarpReference = 1 << 16;  // stream index behind those of the ties

QuantityKind kind_of(const store::Quantity& quantity) {
  if (quantity == store::kLogLikelihood) return QuantityKind::likelihood;
  if (quantity == store::kLogDensity) return QuantityKind::joint;
  return quantity.derived ? QuantityKind::derived : QuantityKind::parameter;
}

}  // namespace

const char* name_of(QuantityKind kind) {
  switch (kind) {
    case QuantityKind::parameter: return "parameter";
    case QuantityKind::derived: return "derived";
    case QuantityKind::likelihood: return "likelihood";
    case QuantityKind::joint: return "joint";
    case QuantityKind::product: return "product";
  }
  return "";
}

Eigen::Index kept_draw(std::int64_t i, std::int64_t kept, Eigen::Index stored) {
  return static_cast<Eigen::Index>((2 * i + 1) * stored / (2 * kept));
}

std::int64_t draws_to_keep(const store::PosteriorFile& file) {
  const Eigen::MatrixXd ess = file.summary("ess_bulk");
  const auto stored = static_cast<std::int64_t>(file.layout().chains * file.layout().draws);
  // the smallest effective sample size of a sampled parameter in a converged task
  double smallest = static_cast<double>(stored);
  for (std::size_t row = 0; row < file.tasks().size(); ++row) {
    if (file.tasks()[row].status != store::TaskStatus::converged) continue;
    for (std::size_t q = 0; q < file.quantities().size(); ++q) {
      const double value = ess(static_cast<Eigen::Index>(row), static_cast<Eigen::Index>(q));
      if (!file.quantities()[q].derived && std::isfinite(value)) smallest = std::min(smallest, value);
    }
  }
  const auto fits =
      std::ranges::find_if(kSizes, [smallest](std::int64_t size) { return static_cast<double>(size) <= smallest; });
  return std::min(fits == kSizes.end() ? kSizes.back() : *fits, stored);
}

Ranks::Ranks(const std::vector<store::Quantity>& quantities, std::size_t tasks, std::int64_t kept,
             const PriorSample& prior)
    : prior_(&prior), kept_(kept) {
  const std::vector<std::int64_t> none(tasks, -1);
  std::vector<std::string> parameters;
  for (const auto& quantity : quantities) {
    quantities_.push_back({quantity.name, kind_of(quantity), none});
    if (!quantity.derived) parameters.push_back(quantity.name);
  }
  stored_ = quantities_.size();
  quantities_.push_back({"tarp", QuantityKind::joint, none});
  for (std::size_t j = 1; j < parameters.size(); ++j)
    quantities_.push_back({parameters[j - 1] + "*" + parameters[j], QuantityKind::product, none});
}

void Ranks::add(const TaskDraws& draws) {
  for (std::size_t q = 0; q < stored_; ++q)
    rank(q, draws, draws.truth[static_cast<Eigen::Index>(q)], draws.values.col(static_cast<Eigen::Index>(q)));
  add_tarp(draws);
  add_products(draws);
}

void Ranks::rank(std::size_t quantity, const TaskDraws& draws, double truth, const Eigen::VectorXd& values) {
  if (std::isnan(truth)) return;
  std::int64_t below = 0, equal = 0;
  for (std::int64_t i = 0; i < kept_; ++i) {
    const double value = values[kept_draw(i, kept_, values.size())];
    below += value < truth ? 1 : 0;
    equal += value == truth ? 1 : 0;
  }
  if (equal > 0) {
    Stream stream(draws.key, Purpose::calibration, static_cast<std::uint32_t>(quantity));
    below += static_cast<std::int64_t>(stream.uniform() * static_cast<double>(equal + 1));
  }
  quantities_[quantity].ranks[draws.row] = below;
}

void Ranks::add_tarp(const TaskDraws& draws) {
  const Eigen::Index dimension = prior_->mean.size();
  Stream stream(draws.key, Purpose::calibration, kTarpReference);
  const auto chosen = static_cast<Eigen::Index>(stream.uniform() * static_cast<double>(prior_->values.rows()));
  const Eigen::RowVectorXd reference = prior_->values.row(chosen), scale = prior_->sd.transpose();
  const auto distance = [&](const auto& theta) {
    return ((theta - reference).array() / scale.array()).matrix().norm();
  };
  Eigen::VectorXd distances(draws.values.rows());
  for (Eigen::Index n = 0; n < distances.size(); ++n) distances[n] = distance(draws.values.row(n).head(dimension));
  rank(stored_, draws, distance(draws.truth.head(dimension).transpose()), distances);
}

void Ranks::add_products(const TaskDraws& draws) {
  for (Eigen::Index j = 1; j < prior_->mean.size(); ++j) {
    const double a = prior_->mean[j - 1], b = prior_->mean[j];
    rank(stored_ + static_cast<std::size_t>(j), draws, (draws.truth[j - 1] - a) * (draws.truth[j] - b),
         ((draws.values.col(j - 1).array() - a) * (draws.values.col(j).array() - b)).matrix());
  }
}

}  // namespace praesepe::analysis
