#include "infer/nuts/mixture_of_t.hpp"

#include <Eigen/Cholesky>
#include <cmath>
#include <numbers>

#include "sim/error.hpp"

namespace praesepe::infer::nuts {

MixtureOfT::MixtureOfT(std::vector<Component> components) : components_(std::move(components)) {
  if (components_.empty()) throw InternalError("a mixture needs a component");
  double total = 0.0;
  for (const auto& component : components_) total += component.weight;
  const auto d = static_cast<double>(dimension());
  constexpr double kNu = kDegreesOfFreedom;
  const double log_norm =
      std::lgamma(0.5 * (kNu + d)) - std::lgamma(0.5 * kNu) - 0.5 * d * std::log(kNu * std::numbers::pi);
  for (auto& component : components_) {
    component.weight /= total;
    const Eigen::LLT<Matrix> factor(component.scale);
    if (factor.info() != Eigen::Success)
      throw InternalError("the scale of a mixture component is not positive definite");
    factors_.emplace_back(factor.matrixL());
    log_norms_.push_back(std::log(component.weight) + log_norm - factors_.back().diagonal().array().log().sum());
  }
}

double MixtureOfT::squared_distance(std::size_t k, const Vector& x) const {
  return factors_[k].triangularView<Eigen::Lower>().solve(x - components_[k].mean).squaredNorm();
}

Vector MixtureOfT::log_terms(const Vector& x) const {
  Vector terms(static_cast<Eigen::Index>(components_.size()));
  const double power = 0.5 * static_cast<double>(kDegreesOfFreedom + dimension());
  for (std::size_t k = 0; k < components_.size(); ++k) {
    terms[static_cast<Eigen::Index>(k)] =
        log_norms_[k] - power * std::log1p(squared_distance(k, x) / kDegreesOfFreedom);
  }
  return terms;
}

double MixtureOfT::log_density(const Vector& x) const {
  const Vector terms = log_terms(x);
  const double largest = terms.maxCoeff();
  return largest + std::log((terms.array() - largest).exp().sum());
}

std::size_t MixtureOfT::component_at(double u) const {
  std::size_t k = 0;
  for (double sum = components_[0].weight; sum < u && k + 1 < components_.size(); sum += components_[k].weight) ++k;
  return k;
}

Vector MixtureOfT::draw(sim::random::Stream& stream) const { return draw_from(component_at(stream.uniform()), stream); }

Vector MixtureOfT::draw_from(std::size_t k, sim::random::Stream& stream, double stretch) const {
  double half_chi_square = 0.0;
  for (int i = 0; i < kDegreesOfFreedom / 2; ++i) half_chi_square -= std::log(stream.uniform());
  const double radius = stretch * std::sqrt(0.5 * kDegreesOfFreedom / half_chi_square);
  Vector z(dimension());
  for (double& value : z) value = radius * stream.normal();
  return components_[k].mean + factors_[k].triangularView<Eigen::Lower>() * z;
}

}  // namespace praesepe::infer::nuts
