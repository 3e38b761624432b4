// The density of a star at given distance once more, from the full matrices: slow, and sharing no step with
// DistanceIntegrand but the model itself.
#pragma once

#include "infer/models/gaussian_mixture/star.hpp"
#include "sim/mixture/gaussian_mixture.hpp"

namespace praesepe::tests {

/// log N3(n, r) + log N_d(y; c + B m, Lambda + B S B^T), rows that are not measured left out.
double dense_log_density(const infer::models::gaussian_mixture::Star& star, const sim::mixture::Vector8& mean,
                         const sim::mixture::Matrix8& covariance, const sim::mixture::Dust& dust, double r);

}  // namespace praesepe::tests
