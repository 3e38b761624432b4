// A star's collapsed likelihood by brute force: an independent route for the accuracy tests.
#pragma once

#include <Eigen/Core>

#include "sim/astrometry/catalogue.hpp"

namespace praesepe::tests {

/// ln p(star | theta) per (rad^2 mas (mas/yr)^2): the line of sight by 400 nodes in each of several panels up to the
/// tidal radius, the proper-motion convolution in polar coordinates by 160, with Boost's Bessel and incomplete gamma
/// functions. Uses radial_velocity if there; parallax_pmra_corr, where what is left of pmra_error must equal
/// pmdec_error; a star may lack proper motions, and is then per (rad^2 mas).
double brute_force_log_likelihood(const sim::astrometry::Catalogue& catalogue, std::size_t row,
                                  const Eigen::VectorXd& theta);

/// The same of a star without parallax_pmra_corr whose proper motions have any errors and pmra_pmdec_corr: the ellipse
/// of noise is the circle of its shorter axis, moved along the longer one in small steps.
double brute_force_of_ellipse(const sim::astrometry::Catalogue& catalogue, std::size_t row,
                              const Eigen::VectorXd& theta);

}  // namespace praesepe::tests
