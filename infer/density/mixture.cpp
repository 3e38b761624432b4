#include "infer/density/mixture.hpp"

#include <cmath>
#include <limits>

namespace praesepe::infer::density {

Mixture::Mixture(std::vector<Part> parts) : parts_(std::move(parts)) {}

void Mixture::log_marginal(const Vector& theta, Array& values) const {
  evaluate(theta, values, &Component::log_marginal);
}

void Mixture::log_marginal_alone(const Vector& theta, Array& values) const {
  evaluate(theta, values, &Component::log_marginal_alone);
}

void Mixture::evaluate(const Vector& theta, Array& values, Evaluation of_part) const {
  const auto count = static_cast<Eigen::Index>(parts_.size());
  double rest = 1.0;
  for (Eigen::Index k = 0; k < count; ++k) {
    const Part& part = parts_[static_cast<std::size_t>(k)];
    (*part.component.*of_part)(theta, part_);
    log_marginal_.resize(part_.size(), count);
    log_joint_.resize(part_.size(), count);
    const bool last = k + 1 == count;
    const double weight = last ? std::max(rest, 0.0) : theta[part.weight];
    if (!last) rest -= weight;
    log_marginal_.col(k) = part_;
    log_joint_.col(k) = part_ + std::log(weight);
  }
  // log sum exp; 0 instead of the largest term where that is -infinity, so that no infinities are subtracted
  total_ = log_joint_.rowwise().maxCoeff();
  part_ = (total_ > -std::numeric_limits<double>::infinity()).select(total_, 0.0);
  total_ = part_ + (log_joint_.colwise() - part_).exp().rowwise().sum().log();
  values = total_;
}

void Mixture::pull_back(const Vector& theta, const Array& weight, Vector& gradient) const {
  const auto last = static_cast<Eigen::Index>(parts_.size()) - 1;
  // d/dw_k sum_n weight_n log(...) = sum_n weight_n m_nk / total_n, less the same of the last component
  const auto per_weight = [&](Eigen::Index k) {
    return (weight == 0.0).select(0.0, weight * (log_marginal_.col(k) - total_).exp()).sum();
  };
  const double of_last = last > 0 ? per_weight(last) : 0.0;
  for (Eigen::Index k = 0; k <= last; ++k) {
    const Part& part = parts_[static_cast<std::size_t>(k)];
    if (k < last) gradient[part.weight] += per_weight(k) - of_last;
    part_ = (weight == 0.0).select(0.0, weight * (log_joint_.col(k) - total_).exp());
    part.component->pull_back(theta, part_, gradient);
  }
}

void Mixture::use_threads(int threads) const {
  for (const Part& part : parts_) part.component->use_threads(threads);
}

const Mixture* Mixture::nameless(const Part& part) {
  return part.name.empty() ? dynamic_cast<const Mixture*>(part.component.get()) : nullptr;
}

std::vector<std::string> Mixture::names() const {
  std::vector<std::string> names;
  for (const Part& part : parts_) {
    if (const Mixture* inner = nameless(part)) {
      for (auto& name : inner->names()) names.push_back(std::move(name));
    } else {
      names.push_back(part.name);
    }
  }
  return names;
}

void Mixture::responsibilities(Matrix& p) const {
  p.resize(total_.size(), static_cast<Eigen::Index>(names().size()));
  Matrix within;
  Eigen::Index column = 0;
  for (std::size_t k = 0; k < parts_.size(); ++k) {
    const Array of_part = (log_joint_.col(static_cast<Eigen::Index>(k)) - total_).exp();
    if (const Mixture* inner = nameless(parts_[k])) {
      inner->responsibilities(within);
    } else {
      within.setOnes(total_.size(), 1);
    }
    p.middleCols(column, within.cols()) = within.array().colwise() * of_part;
    column += within.cols();
  }
}

StarLikelihood::StarLikelihood(Eigen::Index dimension, std::shared_ptr<const Component> component)
    : dimension_(dimension),
      component_(std::move(component)),
      mixture_(dynamic_cast<const Mixture*>(component_.get())) {}

double StarLikelihood::log_likelihood(const Vector& theta, Vector& gradient) const {
  gradient.setZero();
  component_->log_marginal(theta, values_);
  const double sum = values_.sum();
  if (!(sum > -std::numeric_limits<double>::infinity())) return -std::numeric_limits<double>::infinity();
  ones_.setOnes(values_.size());
  component_->pull_back(theta, ones_, gradient);
  return sum;
}

double StarLikelihood::value(const Vector& theta) const {
  component_->log_marginal_alone(theta, values_);
  const double sum = values_.sum();
  return sum > -std::numeric_limits<double>::infinity() ? sum : -std::numeric_limits<double>::infinity();
}

std::vector<std::string> StarLikelihood::components() const {
  return mixture_ ? mixture_->names() : std::vector<std::string>{};
}

void StarLikelihood::memberships(const Vector& theta, Matrix& p) const {
  if (!mixture_) return;
  mixture_->log_marginal_alone(theta, values_);
  mixture_->responsibilities(p);
}

}  // namespace praesepe::infer::density
