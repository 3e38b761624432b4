// Where a Gaussian of today may have come from, and how both are written into a model's parameters.
#pragma once

#include "infer/em/noisy_points.hpp"
#include "infer/models/association/model.hpp"

namespace praesepe::infer::models::association {

/// A birth, and minus the mean log likelihood of today's Gaussian under what became of it, up to a constant.
struct Birth {
  Vector6 sd;  ///< along each axis, pc and km/s; those of a sphere are equal
  double age_myr, loss = 0.0;
};
Birth sphere_birth(double dxyz_pc, double duvw_kms, double age_myr);

/// Every age up to 200 Myr at which a sphere, or else births along the axes, fit better than a little earlier and
/// later, best first. Ages have several: positions and velocities shear apart, but oscillations bring parts of them
/// together again, and after every quarter of the vertical one Z and W have changed places.
std::vector<Birth> likely_births(const EpicyclicOrbit& orbit, const Gaussian6& now, Births births = Births::sphere);

/// The stars for EM: what of each was measured, of positions in units of 10 pc and velocities in km/s, in which groups
/// are round; and a Gaussian back from those units.
em::NoisyPoints points_of(const StarStates& stars);
Gaussian6 from_units(const em::Vector& mean, const em::Matrix& covariance);

/// The model with births in spheres and linear orbits: near enough to find where a posterior is, and faster.
Model simplified(const Model& model);
/// theta of the model as it was simplified, written for the model itself.
density::Vector restored(const Model& model, const Model& simple, const density::Vector& theta);

/// That of a group in theta, without its correlations.
Birth birth_of(const AssociationComponent::Indices& at, const density::Vector& theta);

/// Writes a group, or the field, into theta.
void set_group(const AssociationComponent::Indices& at, const Vector6& mean_now, const Birth& birth,
               density::Vector& theta);
void set_field(const PresentDayGaussian::Indices& at, const Gaussian6& now, density::Vector& theta);

}  // namespace praesepe::infer::models::association
