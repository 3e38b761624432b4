// The parameters of a field beside a cluster: K Gaussians of motion, told apart by their spread in pmra, and one law of
// distances.
//
//   field_length                                                    kpc; where parallaxes are looked at
//   field_k_weight                                                  shares of the field, if K > 1
//   field_k_pmra, _sigma_pmra, _pmdec, _sigma_pmdec, _rho_pm        mas/yr
//   field_k_radial_velocity, _sigma_radial_velocity                 km/s
#pragma once

#include "infer/models/field/gaussian_components.hpp"
#include "infer/models/study.hpp"

namespace praesepe::infer::models::field {

constexpr int kMostComponents = 8;  ///< K at most

/// What is looked at of a star.
struct FieldData {
  bool parallax, pmra, pmdec, radial_velocity;
};

std::vector<Parameter> field_parameters(int components, FieldData data);

/// Where the parameters are in theta; -1 where there is none of that name.
struct FieldIndices {
  struct Gaussian {
    Eigen::Index weight;
    MotionIndices motion;
    Eigen::Index radial_velocity, sigma_radial_velocity;
  };
  Eigen::Index cluster_fraction, length;
  std::vector<Gaussian> gaussians;  ///< (K)

  bool has_radial_velocity() const { return !gaussians.empty() && gaussians.front().radial_velocity >= 0; }
};

FieldIndices field_indices(const std::vector<Parameter>& parameters, int components);

/// Of a study with `cluster_fraction` and a field. Throws InputError naming the parameter for a truth of which no
/// catalogue can be drawn: fractions, shares, positive numbers, spreads and correlations, by their names.
void check_truth(const std::vector<Parameter>& parameters, const Vector& truth);

/// "cluster", with the weight theta[cluster_fraction], and "field": its Gaussians (K), with their shares if K > 1.
std::shared_ptr<const density::Mixture> cluster_and_field(
    std::shared_ptr<const density::Component> cluster,
    const std::vector<std::shared_ptr<const density::Component>>& gaussians, const FieldIndices& at);

}  // namespace praesepe::infer::models::field
