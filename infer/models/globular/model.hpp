// What a model of a globular cluster is made of: the ten parameters of the cluster, and those of a field if there is
// one.
#pragma once

#include "infer/models/field/field_parameters.hpp"
#include "infer/models/field/footprint.hpp"
#include "infer/models/globular/cluster_parameters.hpp"
#include "infer/models/globular/quadrature.hpp"
#include "infer/models/study.hpp"

namespace praesepe::infer::models::globular {

/// The model that a campaign file asks for, and where its parameters are in theta: those of `Index` come first.
struct Model {
  int fields = 0;  ///< Gaussians of the field; 0: every star is of the cluster
  std::vector<Parameter> parameters = {};
  field::FieldIndices field = {};

  Eigen::Index size() const { return static_cast<Eigen::Index>(parameters.size()); }
};

const std::vector<SettingKey>& model_keys();
/// Throws InputError naming the key.
Model read_model(const ModelSettings& settings);
/// With so many Gaussians in the field.
Model make_model(int fields);

/// The stars of a catalogue: of the cluster alone, or of the mixture of cluster and field over the footprint.
/// Throws InputError for a catalogue that the model cannot use.
std::shared_ptr<const density::Component> component(const Model& model, const sim::astrometry::Catalogue& catalogue,
                                                    const Observation& observation, QuadratureRule rule = {});

}  // namespace praesepe::infer::models::globular
