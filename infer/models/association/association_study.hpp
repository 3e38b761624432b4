// When and where the stars of a young group were born, and which stars they are, with other groups and a field beside.
//
//   p(d | theta) = prod_n [ f sum_k w_k m_k(d_n | theta) + (1 - f) m_field(d_n | theta) ]
//
// m_k: births in a sphere, carried along the Galaxy's orbits for the group's age (association_component.hpp); m_field:
// a Gaussian today. After Crundall et al. 2019 (Chronostar), with a posterior where that has a point.
#pragma once

#include "infer/models/association/model.hpp"

namespace praesepe::infer::models::association {

class AssociationStudy final : public Study {
 public:
  explicit AssociationStudy(Model model);
  /// With the default model.
  AssociationStudy();

  std::string name() const override { return "association"; }
  std::string description() const override {
    return "kinematic ages, births and members of stellar associations, from Gaia astrometry and radial velocities";
  }
  const std::vector<SettingKey>& model_keys() const override { return association::model_keys(); }
  std::unique_ptr<const Study> configured(const ModelSettings& settings) const override;
  const std::vector<Parameter>& parameters() const override { return model_.parameters; }
  /// The mean of each group at birth.
  const std::vector<DerivedQuantity>& derived() const override { return derived_; }
  Vector derive(const Vector& theta) const override;
  const std::vector<SettingKey>& observe_keys() const override;
  const sim::astrometry::CatalogueSchema& schema() const override { return schema_; }
  void check(const Vector& truth, const Observation& observation) const override;
  sim::astrometry::Catalogue simulate(const Vector& truth, const Observation& observation, sim::random::Stream& latents,
                                      sim::random::Stream& noise) const override;
  std::unique_ptr<density::Likelihood> likelihood(const sim::astrometry::Catalogue& catalogue,
                                                  const Observation& observation) const override;
  std::vector<Vector> starts(const sim::astrometry::Catalogue& catalogue, const density::ParameterSpace& space,
                             sim::random::Stream& stream) const override;
  double expected_seconds(const Observation& observation) const override;

 private:
  Model model_;
  std::vector<DerivedQuantity> derived_;
  sim::astrometry::CatalogueSchema schema_;
};

}  // namespace praesepe::infer::models::association
