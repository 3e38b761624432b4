// A globular cluster seen by Gaia: the hierarchical model of Wen, Speagle, Webb & Eadie (2023), latents integrated out.
//
// Structure: phi0, g, log10_mass, log10_rh of an isotropic lowered isothermal model (sim/globular); centre: ra, dec,
// parallax, pmra, pmdec, radial_velocity. Priors are the paper's eqs 19-23; its uniform prior of the centre's radial
// velocity over the observed range does not exist without radial velocities, and a flat one is improper for distant
// clusters, where perspective says nothing: normal(0, 200) km/s, the spread of the Galaxy's clusters, stands in its
// place. With `field.components` > 0 stars of a field are among those of the cluster; with `selection.footprint` a part
// of the sky is missing; with `systematics` keys errors that all stars share are parameters: model.hpp.
#pragma once

#include "infer/models/globular/latents.hpp"
#include "infer/models/globular/model.hpp"

namespace praesepe::infer::models::globular {

class GlobularStudy final : public Study {
 public:
  explicit GlobularStudy(Model model) : model_(std::move(model)) {}
  /// Without a field.
  GlobularStudy() : GlobularStudy(make_model({})) {}

  std::string name() const override { return "globular"; }
  std::string description() const override { return "structure and centre of a globular cluster from Gaia astrometry"; }
  const std::vector<SettingKey>& model_keys() const override { return globular::model_keys(); }
  std::unique_ptr<const Study> configured(const ModelSettings& settings) const override;
  const std::vector<Parameter>& parameters() const override { return model_.parameters; }
  const std::vector<DerivedQuantity>& derived() const override;
  const std::vector<Alias>& aliases() const override;
  const std::vector<SettingKey>& observe_keys() const override;
  const sim::astrometry::CatalogueSchema& schema() const override;
  /// F_b(phi0), the upper end of the prior of g.
  std::vector<density::DependentBound> bounds() const override;
  void check(const Vector& truth, const Observation& observation) const override;
  sim::astrometry::Catalogue simulate(const Vector& truth, const Observation& observation, sim::random::Stream& latents,
                                      sim::random::Stream& noise) const override;
  std::unique_ptr<density::Likelihood> likelihood(const sim::astrometry::Catalogue& catalogue,
                                                  const Observation& observation) const override;
  std::vector<Vector> starts(const sim::astrometry::Catalogue& catalogue, const density::ParameterSpace& space,
                             sim::random::Stream& stream) const override;
  Vector derive(const Vector& theta) const override;
  const std::vector<StarQuantity>& latents() const override { return latent_columns(); }
  std::unique_ptr<const LatentSampler> latent_sampler(const sim::astrometry::Catalogue& catalogue,
                                                      const Observation& observation) const override;
  std::unique_ptr<const density::JointLikelihood> joint_likelihood(const sim::astrometry::Catalogue& catalogue,
                                                                   const Observation& observation) const override;
  const Profiles& profiles() const override;
  density::Matrix profile_values(const Vector& theta) const override;
  double expected_seconds(const Observation& observation) const override;

 private:
  Model model_;
};

}  // namespace praesepe::infer::models::globular
