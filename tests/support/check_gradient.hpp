// One gradient checker for all log densities: analytic against central differences, Richardson-extrapolated.
#pragma once

#include <gtest/gtest.h>

#include <functional>

#include "infer/density/log_density.hpp"

namespace praesepe::tests {

/// f(x, gradient) writes the gradient at x and returns the value.
using DifferentiableFunction = std::function<double(const Eigen::VectorXd& x, Eigen::VectorXd& gradient)>;

/// Success if every entry agrees within `tolerance` times the largest entry of the gradient (or 1, if that is larger);
/// otherwise names the worst entry with both values. `step` (D) or (1): the first finite-difference step of each
/// coordinate. Of a log density also value() has to be the same.
testing::AssertionResult check_gradient(const DifferentiableFunction& f, const Eigen::VectorXd& x, double tolerance,
                                        const Eigen::VectorXd& step);
testing::AssertionResult check_gradient(const infer::density::LogDensity& target, const Eigen::VectorXd& q,
                                        double tolerance, double step = 1e-3);

}  // namespace praesepe::tests
