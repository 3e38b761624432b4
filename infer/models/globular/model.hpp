// What a model of a globular cluster is made of: the ten parameters of the cluster, systematic errors of the astrometry
// and a field if they are asked for.
#pragma once

#include "infer/models/field/field_parameters.hpp"
#include "infer/models/field/footprint.hpp"
#include "infer/models/globular/cluster_parameters.hpp"
#include "infer/models/globular/quadrature.hpp"
#include "infer/models/study.hpp"
#include "infer/models/systematics.hpp"

namespace praesepe::infer::models::globular {

/// What the footprint means for the stars of the cluster.
enum class Selection {
  none,       ///< nothing: those outside are in the catalogue too, or there are none
  corrected,  ///< only those inside are in the catalogue, and the likelihood is normalised over it
  ignored     ///< they are, and it is not: what the correction is worth
};

/// Which systematic errors of the astrometry are parameters.
struct SystematicKinds {
  bool parallax = false, proper_motion = false;
};

/// What a campaign file may ask for.
struct ModelChoices {
  int fields = 0;               ///< Gaussians of the field; 0: every star is of the cluster
  bool field_velocity = false;  ///< whether the field has a law of radial velocities
  Selection selection = Selection::none;
  SystematicKinds systematics = {};
};

/// The model that a campaign file asks for, and where its parameters are in theta: those of `Index` come first.
struct Model {
  int fields = 0;  ///< Gaussians of the field; 0: every star is of the cluster
  Selection selection = Selection::none;
  std::vector<Parameter> parameters = {};
  field::FieldIndices field = {};
  SystematicIndices systematics = {};

  bool is_selected() const { return selection != Selection::none; }
  Eigen::Index size() const { return static_cast<Eigen::Index>(parameters.size()); }
};

const std::vector<SettingKey>& model_keys();
/// Throws InputError naming the key.
Model read_model(const ModelSettings& settings);
Model make_model(const ModelChoices& choices);

/// The stars of a catalogue: of the cluster alone, or of the mixture of cluster and field over the footprint.
/// Throws InputError for a catalogue that the model cannot use.
std::shared_ptr<const density::Component> component(const Model& model, const sim::astrometry::Catalogue& catalogue,
                                                    const Observation& observation, QuadratureRule rule = {});

}  // namespace praesepe::infer::models::globular
