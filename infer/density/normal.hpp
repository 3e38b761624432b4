// The standard normal distribution: density, distribution function and its inverse, each with full relative precision
// in the left tail. Right tails by symmetry: 1 - Phi(q) = Phi(-q).
#pragma once

namespace praesepe::infer::density {

double phi(double q);
double Phi(double q);
/// +-infinity at 0 and 1.
double Phi_inverse(double p);
/// log Phi(q), also where Phi underflows (asymptotic series there; relative error below 1e-9).
double log_Phi(double q);
/// phi(q) / Phi(-q), the rate at which the right tail shrinks.
double hazard(double q);

}  // namespace praesepe::infer::density
