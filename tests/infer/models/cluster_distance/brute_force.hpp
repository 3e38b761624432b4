// The distance integral by adaptive quadrature in r: an independent route for the tests.
#pragma once

#include "infer/models/cluster_distance/distance_integral.hpp"

namespace praesepe::tests {

/// Boost's adaptive 61-point Gauss-Kronrod rule in panels: a logarithmic grid, refined around both peaks that the
/// factors of the integrand have and around its own largest values. Relative tolerance 1e-10 a panel.
infer::models::cluster_distance::DistanceIntegral brute_force_distance(
    const infer::models::cluster_distance::Population& population,
    const infer::models::cluster_distance::Measurement& star);

}  // namespace praesepe::tests
