// What a membership model is made of: which data it looks at, how many Gaussians the field has, and its parameters.
#pragma once

#include "infer/models/field/field_parameters.hpp"
#include "infer/models/membership/cluster_ball.hpp"
#include "infer/models/study.hpp"

namespace praesepe::infer::models::membership {

using field::MotionIndices;

/// What is looked at of each star.
enum class Data {
  pmra,            ///< one proper motion; cluster and field Gaussian
  parallax,        ///< cluster Gaussian, field of exponentially decreasing space density
  proper_motions,  ///< both, with their covariance
  all              ///< position, parallax, proper motions, and radial velocity where there is one
};

/// The model that a campaign file asks for, and where its parameters are in theta.
struct Model {
  Data data = Data::proper_motions;
  bool isotropic = true;  ///< proper motions of the cluster; Data::proper_motions only
  int fields = 1;         ///< Gaussians of the field, K; not of Data::parallax, which has one law
  std::vector<Parameter> parameters = {};
  field::FieldIndices field = {};

  /// Throws InternalError if there is none of that name.
  Eigen::Index index(std::string_view name) const;
  Eigen::Index size() const { return static_cast<Eigen::Index>(parameters.size()); }

  MotionIndices cluster_motion() const;
  BallIndices ball() const;
};

const std::vector<SettingKey>& model_keys();
/// Throws InputError naming the key.
Model read_model(const ModelSettings& settings);

/// What the data are measured against.
struct Reference {
  double parallax_zero_point = 0.0;   ///< mas; measured = true + this
  field::Array log_sky_density = {};  ///< (N) of the field on the sky at each star, ln(1 / sr); Data::all only
};

/// The mixture for a catalogue.
std::shared_ptr<const density::Mixture> mixture(const Model& model, const sim::astrometry::Catalogue& catalogue,
                                                const Reference& reference);

}  // namespace praesepe::infer::models::membership
