// A few stars with awkward errors, and gradients of components as functions of theta.
#pragma once

#include "infer/density/mixture.hpp"
#include "infer/models/field/stars.hpp"
#include "tests/support/check_gradient.hpp"

namespace praesepe::infer::models::field {

/// Six stars near (ra, dec) = (56, 24): well and badly measured, correlated, one of negative parallax, some with radial
/// velocity.
inline sim::astrometry::Catalogue example_stars() {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  sim::astrometry::Catalogue stars(6);
  stars.add("ra", "deg", {56.0, 56.4, 55.2, 56.9, 57.0, 56.1});
  stars.add("dec", "deg", {24.1, 23.6, 24.9, 24.0, 23.2, 24.3});
  stars.add("parallax", "mas", {2.1, 1.7, 2.4, 0.3, -0.4, 2.02});
  stars.add("parallax_error", "mas", {0.02, 0.3, 0.05, 0.1, 0.5, 0.9});
  stars.add("pmra", "mas/yr", {5.1, 4.0, 5.6, -3.0, 1.0, 5.2});
  stars.add("pmra_error", "mas/yr", {0.03, 0.4, 0.1, 0.1, 0.6, 0.05});
  stars.add("pmdec", "mas/yr", {-8.2, -7.0, -8.9, -1.0, 2.0, -8.0});
  stars.add("pmdec_error", "mas/yr", {0.02, 0.5, 0.1, 0.2, 0.6, 0.04});
  stars.add("radial_velocity", "km/s", {6.0, nan, 3.0, -40.0, nan, nan});
  stars.add("radial_velocity_error", "km/s", {0.5, nan, 2.0, 1.0, nan, nan});
  stars.add("parallax_pmra_corr", "", {0.3, -0.5, 0.0, 0.2, 0.6, 0.1});
  stars.add("parallax_pmdec_corr", "", {-0.2, 0.4, 0.1, 0.0, 0.3, -0.6});
  stars.add("pmra_pmdec_corr", "", {0.1, 0.2, -0.7, 0.4, 0.5, 0.0});
  return stars;
}

/// sum_n (n + 1) ln m_n and its gradient: every star counts differently.
inline tests::DifferentiableFunction weighted_sum(const density::Component& component) {
  return [&component](const Eigen::VectorXd& theta, Eigen::VectorXd& gradient) {
    Array values;
    component.log_marginal(theta, values);
    const Array weight = Array::LinSpaced(values.size(), 1.0, static_cast<double>(values.size()));
    gradient.setZero(theta.size());
    component.pull_back(theta, weight, gradient);
    return (weight * values).sum();
  };
}

}  // namespace praesepe::infer::models::field
