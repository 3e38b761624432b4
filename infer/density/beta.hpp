// The Beta(a, b) distribution on (0, 1) as an image of the standard normal, accurate in both tails.
#pragma once

#include "infer/density/prior.hpp"

namespace praesepe::infer::density {

/// x with I_x(a, b) = Phi(q), and dx/dq.
Prior::Image beta_from_normal(double a, double b, double q);

/// The inverse; +-infinity at or beyond the ends.
double beta_to_normal(double a, double b, double x);

}  // namespace praesepe::infer::density
