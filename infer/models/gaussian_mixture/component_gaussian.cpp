#include "infer/models/gaussian_mixture/component_gaussian.hpp"

#include <Eigen/Cholesky>
#include <cmath>

#include "infer/density/normal.hpp"

namespace praesepe::infer::models::gaussian_mixture {

using density::Vector;
using sim::mixture::kCoordinates;
using sim::mixture::kDistance;
using sim::mixture::SmallMatrix;

std::vector<CorrelatedPair> correlated_pairs(Correlations choice) {
  using sim::mixture::kColour, sim::mixture::kEast, sim::mixture::kVx;
  struct Block {
    Eigen::Index first, size;
  };
  std::vector<Block> blocks;
  switch (choice) {
    case Correlations::none: break;
    case Correlations::velocity: blocks = {{kVx, 3}}; break;
    case Correlations::blocks: blocks = {{kEast, 2}, {kVx, 3}, {kColour, 2}}; break;
    case Correlations::full: blocks = {{0, kCoordinates}}; break;
  }
  std::vector<CorrelatedPair> pairs;
  for (const auto& [first, size] : blocks) {
    for (Eigen::Index i = 1; i < size; ++i) {
      for (Eigen::Index j = 0; j < i; ++j) {
        pairs.push_back({first + i, first + j, sim::mixture::lkj_shape(1.0, size, j)});
      }
    }
  }
  return pairs;
}

namespace {

SmallMatrix partials_at(const ComponentLayout& layout, const Vector& theta) {
  SmallMatrix z = SmallMatrix::Zero(kCoordinates, kCoordinates);
  for (std::size_t i = 0; i < layout.pairs.size(); ++i) {
    z(layout.pairs[i].row, layout.pairs[i].column) = theta[layout.partial(i)];
  }
  return z;
}

}  // namespace

sim::mixture::StellarGaussian gaussian_at(const ComponentLayout& layout, const Vector& theta) {
  const auto sd = theta.segment<kCoordinates>(layout.sd(0));
  return {theta.segment<kCoordinates>(layout.mean(0)),
          sd.asDiagonal() * Matrix8(sim::mixture::correlation_factor(partials_at(layout, theta)))};
}

Vector correlations(const ComponentLayout& layout, const Vector& theta) {
  const Matrix8 factor = sim::mixture::correlation_factor(partials_at(layout, theta));
  Vector values(static_cast<Eigen::Index>(layout.pairs.size()));
  for (std::size_t i = 0; i < layout.pairs.size(); ++i) {
    values[static_cast<Eigen::Index>(i)] = factor.row(layout.pairs[i].row).dot(factor.row(layout.pairs[i].column));
  }
  return values;
}

void set_gaussian(const ComponentLayout& layout, const Vector8& mean, const Matrix8& covariance, Vector& theta) {
  const Vector8 sd = covariance.diagonal().cwiseSqrt();
  theta.segment<kCoordinates>(layout.mean(0)) = mean;
  theta.segment<kCoordinates>(layout.sd(0)) = sd;
  Matrix8 correlation = Matrix8::Identity();
  for (const auto& pair : layout.pairs) {
    correlation(pair.row, pair.column) = correlation(pair.column, pair.row) =
        covariance(pair.row, pair.column) / (sd[pair.row] * sd[pair.column]);
  }
  const SmallMatrix z = sim::mixture::partial_correlations(Matrix8(correlation.llt().matrixL()));
  for (std::size_t i = 0; i < layout.pairs.size(); ++i) {
    theta[layout.partial(i)] = z(layout.pairs[i].row, layout.pairs[i].column);
  }
}

void pull_back(const ComponentLayout& layout, const Vector& theta, const WeightedMoments& moments, Vector& gradient) {
  const SmallMatrix z = partials_at(layout, theta);
  const Matrix8 correlation_factor = sim::mixture::correlation_factor(z);
  const auto sd = theta.segment<kCoordinates>(layout.sd(0));
  const Matrix8 factor = sd.asDiagonal() * correlation_factor;
  const auto lower = factor.triangularView<Eigen::Lower>();
  const auto upper = factor.transpose().triangularView<Eigen::Upper>();
  // With e = F^-1 (u - mean):  log N8 = -e.e/2 - sum log F_ii,  d/d mean = F^-T e,  d/dF = F^-T e e^T - diag(1/F_ii)
  const Vector8 of_mean = upper.solve(lower.solve(moments.first));
  const Matrix8 half_whitened = lower.solve(moments.second);
  const Matrix8 whitened = lower.solve(half_whitened.transpose());
  Matrix8 of_factor = upper.solve(whitened);
  of_factor.diagonal() -= moments.weight * factor.diagonal().cwiseInverse();
  of_factor = Matrix8(of_factor.triangularView<Eigen::Lower>());
  // F_ij = sd_i L_ij
  Vector8 of_sd = of_factor.cwiseProduct(correlation_factor).rowwise().sum();
  const Matrix8 of_correlation_factor = sd.asDiagonal() * of_factor;
  // - log P(r > 0) = - log Phi(mean_r / sd_r)
  const double ratio = theta[layout.mean(kDistance)] / sd[kDistance];
  const double of_ratio = -moments.weight * density::hazard(-ratio);
  of_sd[kDistance] -= of_ratio * ratio / sd[kDistance];

  gradient.segment<kCoordinates>(layout.mean(0)) += of_mean;
  gradient[layout.mean(kDistance)] += of_ratio / sd[kDistance];
  gradient.segment<kCoordinates>(layout.sd(0)) += of_sd;
  const SmallMatrix of_z = sim::mixture::correlation_factor_pull_back(z, of_correlation_factor);
  for (std::size_t i = 0; i < layout.pairs.size(); ++i) {
    gradient[layout.partial(i)] += of_z(layout.pairs[i].row, layout.pairs[i].column);
  }
}

}  // namespace praesepe::infer::models::gaussian_mixture
