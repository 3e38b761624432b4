// A log density that counts its evaluations, which are what inference costs.
#pragma once

#include "infer/density/log_density.hpp"

namespace praesepe::infer::nuts {

class CountedDensity final : public density::LogDensity {
 public:
  /// Keeps a reference to `target`.
  explicit CountedDensity(const density::LogDensity& target) : target_(&target) {}

  Eigen::Index dimension() const override { return target_->dimension(); }
  double log_density(const density::Vector& q, density::Vector& gradient) const override {
    ++evaluations_;
    return target_->log_density(q, gradient);
  }
  double value(const density::Vector& q) const override {
    ++evaluations_;
    return target_->value(q);
  }
  long evaluations() const { return evaluations_; }
  /// Counts what another process has evaluated, or (a negative number) forgets what has been counted elsewhere.
  void add_evaluations(long number) const { evaluations_ += number; }

 private:
  const density::LogDensity* target_;
  mutable long evaluations_ = 0;
};

}  // namespace praesepe::infer::nuts
