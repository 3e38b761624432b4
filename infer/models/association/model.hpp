// What an association model is made of: how many groups, whether a field is beside them, and its parameters.
//
//   group_fraction                       share of the stars that are of a group, if there is a field
//   group_k_weight                       share of group k among them, if there are several
//   group_k_x, _y, _z, _u, _v, _w        its mean today relative to the LSR, pc and km/s
//   group_k_age                          Myr
//   group_k_dxyz, _duvw                  standard deviations at birth, pc and km/s
//   group_k_sigma_x, ... _sigma_w        those of each axis, if births are no spheres
//   group_k_partial_x_y, ...             partial correlations at birth, if births are free
//   field_x, ..., field_w                mean of the field, pc and km/s, if it is a Gaussian
//   field_sigma_x, ..., field_sigma_w    its standard deviations
//   field_partial_x_y, ...               its partial correlations (sim/mixture/partial_correlations.hpp), if asked for
//   field_k_weight, field_k_x, ...       share of the field, and all of these, of Gaussian k if the field has several
//
// Derived: group_k_birth_x, ..., _birth_w, the mean at birth.
//
// Groups bear labels in the order of their ages, Gaussians of the field in the order of sigma_u.
#pragma once

#include "infer/models/association/association_component.hpp"
#include "infer/models/association/present_day_gaussian.hpp"
#include "infer/models/study.hpp"

namespace praesepe::infer::models::association {

constexpr int kMostGroups = 20, kMostFields = 8;

enum class Births {
  sphere,  ///< round in position and round in velocity
  axes,    ///< a standard deviation along each axis
  free     ///< and correlations
};

struct Model {
  int groups = 1;
  Births births = Births::sphere;
  bool has_field = true;
  int fields = 1;  ///< Gaussians of the field, if there is one
  bool correlated_field = false;
  bool box_field = false;  ///< uniform_box.hpp, without parameters, instead of Gaussians
  Orbits orbits = Orbits::own;
  Distances distances = Distances::integrated;
  sim::association::GalacticFrame frame = {};
  EpicyclicOrbit orbit = EpicyclicOrbit();
  std::vector<Parameter> parameters = {};

  /// Throws InternalError if there is none of that name.
  Eigen::Index index(std::string_view name) const;
  Eigen::Index size() const { return static_cast<Eigen::Index>(parameters.size()); }

  AssociationComponent::Indices group(int k) const;
  bool has_gaussian_field() const { return has_field && !box_field; }
  PresentDayGaussian::Indices field(int k = 0) const;
  /// Index of the share of a Gaussian of the field; -1 if it is the only one.
  Eigen::Index field_weight(int k) const;
};

/// "field_k_NAME", or "field_NAME" of a field of one Gaussian.
std::string field_name(const Model& model, int k, const std::string& name);
/// Of a model of this shape, in the order above.
std::vector<Parameter> parameters_of(const Model& model);

/// The mean of each group at birth: group_k_birth_x, ..., pc and km/s.
std::vector<DerivedQuantity> derived_of(const Model& model);
density::Vector derive(const Model& model, const density::Vector& theta);

const std::vector<SettingKey>& model_keys();
/// Throws InputError naming the key.
Model read_model(const ModelSettings& settings);

/// "group_0", ..., and "field", one component whatever it is made of.
std::shared_ptr<const density::Mixture> mixture(const Model& model, std::shared_ptr<const StarStates> stars);

}  // namespace praesepe::infer::models::association
