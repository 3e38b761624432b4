// Numbers kept of each star, to be added up once the weights of the stars are known.
#pragma once

#include <limits>
#include <memory>
#include <vector>

#include "infer/density/mixture.hpp"
#include "infer/models/association/overlap_kernel.hpp"

namespace praesepe::infer::models::association {

class StarSums {
 public:
  /// `count` numbers of each star, beside its value.
  StarSums(std::shared_ptr<const StarStates> stars, Eigen::Index count)
      : stars_(std::move(stars)),
        count_(count),
        values_(at(stars_->packs() * kLanes)),
        numbers_(values_.size() * at(count)),
        weights_(values_.size()) {}

  /// Keeps the value of the stars from place `first` of the packs on and the numbers of it that follow from
  /// `number(i)`: -infinity and zeros where not sound.
  template <class Number>
  void keep(Eigen::Index first, const xsimd::batch_bool<double>& sound, const Batch& value, const Number& number) {
    xsimd::select(sound, value, Batch(-std::numeric_limits<double>::infinity()))
        .store_unaligned(values_.data() + first);
    double* star = numbers_.data() + offset(first);
    for (Eigen::Index i = 0; i < count_; ++i) {
      xsimd::select(sound, number(i), Batch(0.0)).store_unaligned(star + i * kLanes);
    }
  }

  /// (N) Of each star.
  void read_values(density::Array& values) const {
    const auto& order = stars_->order();
    values.resize(stars_->size());
    for (std::size_t place = 0; place < order.size(); ++place) values[order[place]] = values_[place];
  }

  /// (count) The weighted sum of each number; weight (N).
  density::Vector sum(const density::Array& weight) const {
    const auto& order = stars_->order();
    for (std::size_t place = 0; place < order.size(); ++place) weights_[place] = weight[order[place]];
    density::Vector total(count_);
    for (Eigen::Index i = 0; i < count_; ++i) {
      Batch sum(0.0);
      for (Eigen::Index first = 0; first < stars_->packs() * kLanes; first += kWidth) {
        sum += Batch::load_unaligned(weights_.data() + first) *
               Batch::load_unaligned(numbers_.data() + offset(first) + i * kLanes);
      }
      total[i] = xsimd::hadd(sum);
    }
    return total;
  }

 private:
  std::size_t offset(Eigen::Index first) const { return at((first / kLanes) * count_ * kLanes + first % kLanes); }

  std::shared_ptr<const StarStates> stars_;
  Eigen::Index count_;
  std::vector<double> values_;           // (packs, kLanes)
  std::vector<double> numbers_;          // (packs, count, kLanes)
  mutable std::vector<double> weights_;  // (packs, kLanes); 0 past the last star
};

}  // namespace praesepe::infer::models::association
