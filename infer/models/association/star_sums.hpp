// Numbers kept of each star, to be added up once the weights of the stars are known.
#pragma once

#include <algorithm>
#include <limits>
#include <vector>

#include "infer/density/mixture.hpp"
#include "infer/models/association/overlap_kernel.hpp"

namespace praesepe::infer::models::association {

class StarSums {
 public:
  /// `count` numbers of each star, beside its value.
  StarSums(Eigen::Index packs, Eigen::Index count)
      : packs_(packs),
        count_(count),
        values_(at(packs * kLanes)),
        numbers_(at(packs * count * kLanes)),
        weights_(values_.size()) {}

  /// Keeps the value of the stars from `first` on and the numbers of it that follow from `number(i)`: -infinity and
  /// zeros where not sound.
  template <class Number>
  void keep(Eigen::Index first, const xsimd::batch_bool<double>& sound, const Batch& value, const Number& number) {
    xsimd::select(sound, value, Batch(-std::numeric_limits<double>::infinity()))
        .store_unaligned(values_.data() + first);
    double* star = numbers_.data() + offset(first);
    for (Eigen::Index i = 0; i < count_; ++i) {
      xsimd::select(sound, number(i), Batch(0.0)).store_unaligned(star + i * kLanes);
    }
  }

  /// (size) Those of the first stars.
  density::Array values(Eigen::Index size) const { return Eigen::Map<const density::Array>(values_.data(), size); }

  /// (count) The weighted sum of each number; weight (N).
  density::Vector sum(const density::Array& weight) const {
    std::copy(weight.begin(), weight.end(), weights_.begin());
    density::Vector total(count_);
    for (Eigen::Index i = 0; i < count_; ++i) {
      Batch sum(0.0);
      for (Eigen::Index first = 0; first < packs_ * kLanes; first += kWidth) {
        sum += Batch::load_unaligned(weights_.data() + first) *
               Batch::load_unaligned(numbers_.data() + offset(first) + i * kLanes);
      }
      total[i] = xsimd::hadd(sum);
    }
    return total;
  }

 private:
  std::size_t offset(Eigen::Index first) const { return at((first / kLanes) * count_ * kLanes + first % kLanes); }

  Eigen::Index packs_, count_;
  std::vector<double> values_;           // (packs, kLanes)
  std::vector<double> numbers_;          // (packs, count, kLanes)
  mutable std::vector<double> weights_;  // (packs, kLanes); 0 past the last star
};

}  // namespace praesepe::infer::models::association
