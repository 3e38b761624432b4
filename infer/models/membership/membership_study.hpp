// Which stars are members, and what are the cluster's motion and distance, with the field in the model.
//
//   p(d | theta) = prod_n [ f m_cluster(d_n | theta) + (1 - f) sum_k v_k m_field,k(d_n | theta) ]
//
// After Price-Whelan 2022, "Hierarchical models 2": one proper motion, the parallax, both proper motions, or everything
// that Gaia measures, as model.data says; the field of proper motions is a mixture of field.components Gaussians, told
// apart by their spread in pmra. Equations: README.md of this folder and the headers of the components.
#pragma once

#include "infer/models/membership/model.hpp"

namespace praesepe::infer::models::membership {

class MembershipStudy final : public Study {
 public:
  explicit MembershipStudy(Model model);
  /// With the default model.
  MembershipStudy();

  std::string name() const override { return "membership"; }
  std::string description() const override {
    return "members of a star cluster, its motion and distance, from Gaia astrometry with field stars";
  }
  const std::vector<SettingKey>& model_keys() const override { return membership::model_keys(); }
  std::unique_ptr<const Study> configured(const ModelSettings& settings) const override;
  const std::vector<Parameter>& parameters() const override { return model_.parameters; }
  const std::vector<DerivedQuantity>& derived() const override;
  const std::vector<SettingKey>& observe_keys() const override;
  const sim::astrometry::CatalogueSchema& schema() const override { return schema_; }
  void check(const Vector& truth, const Observation& observation) const override;
  sim::astrometry::Catalogue simulate(const Vector& truth, const Observation& observation, sim::random::Stream& latents,
                                      sim::random::Stream& noise) const override;
  std::unique_ptr<density::Likelihood> likelihood(const sim::astrometry::Catalogue& catalogue,
                                                  const Observation& observation) const override;
  std::vector<Vector> starts(const sim::astrometry::Catalogue& catalogue, const density::ParameterSpace& space,
                             sim::random::Stream& stream) const override;
  Vector derive(const Vector& theta) const override;
  double expected_seconds(const Observation& observation) const override;

 private:
  Model model_;
  sim::astrometry::CatalogueSchema schema_;
};

}  // namespace praesepe::infer::models::membership
