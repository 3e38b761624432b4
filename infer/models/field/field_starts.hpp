// What a mixture of Gaussians, fitted by EM, says of cluster and field before any sampling. Its first coordinate is the
// proper motion in right ascension, its second, if there is one, that in declination; more may follow.
#pragma once

#include "infer/em/extreme_deconvolution.hpp"
#include "infer/models/field/field_parameters.hpp"
#include "sim/random/stream.hpp"

namespace praesepe::infer::models::field {

/// The best of several fits of K Gaussians to points in mas/yr, or of a like scale.
em::Fit point_fit(const em::NoisyPoints& points, int components, sim::random::Stream& stream);

/// Components by stars per area or volume, densest first.
std::vector<std::size_t> by_density(const em::GaussianMixture& mixture);

/// Writes a Gaussian of motion, of one dimension where there is no pmdec.
void set_motion(const MotionIndices& at, const em::GaussianComponent& gaussian, Vector& theta);
/// Writes cluster_fraction and, from all components but `cluster`, the Gaussians of the field by their spread in pmra.
void set_field(const FieldIndices& at, const em::GaussianMixture& mixture, std::size_t cluster, Vector& theta);

/// Weighted mean and standard deviation of the values that are there; `otherwise` if none is.
struct Moments {
  double mean, sd;
};
Moments moments(const Array& values, const Array& weight, Moments otherwise);

/// Scale length of the field, kpc, from parallaxes with the weight that each has in the field.
double length_from(const Array& parallax, const Array& weight);

}  // namespace praesepe::infer::models::field
