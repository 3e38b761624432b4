#include "wrong_study.hpp"

#include <cmath>

#include "infer/models/globular/cluster_parameters.hpp"

namespace praesepe::tests {

using infer::density::Likelihood;
using infer::models::globular::kParallax;
using sim::astrometry::Catalogue;

namespace {

Catalogue with_half_errors(const Catalogue& catalogue) {
  Catalogue half(catalogue.rows());
  half.origin = catalogue.origin;
  half.source_id = catalogue.source_id;
  for (const auto& column : catalogue.columns()) {
    auto values = column.values;
    if (column.name.ends_with("_error"))
      for (double& value : values) value *= 0.5;
    half.add(column.name, column.unit, std::move(values));
  }
  return half;
}

class WithoutJacobian final : public Likelihood {
 public:
  WithoutJacobian(std::unique_ptr<Likelihood> right, std::size_t stars)
      : right_(std::move(right)), power_(4.0 * static_cast<double>(stars)) {}

  Eigen::Index dimension() const override { return right_->dimension(); }
  double log_likelihood(const infer::models::Vector& theta, infer::models::Vector& gradient) const override {
    const double value = right_->log_likelihood(theta, gradient), parallax = theta[kParallax];
    gradient[kParallax] += power_ / parallax;
    return value + power_ * std::log(parallax);
  }

 private:
  std::unique_ptr<Likelihood> right_;
  double power_;  // 4 N
};

}  // namespace

std::unique_ptr<Likelihood> WrongStudy::likelihood(const Catalogue& catalogue, const Observation& observation) const {
  if (fault_ == GlobularFault::half_errors) return right_.likelihood(with_half_errors(catalogue), observation);
  auto right = right_.likelihood(catalogue, observation);
  if (fault_ == GlobularFault::no_jacobian)
    return std::make_unique<WithoutJacobian>(std::move(right), catalogue.rows());
  return right;
}

}  // namespace praesepe::tests
