// Stars of a cluster of which only those in a footprint are in the catalogue.
//
//   p(d_n | theta, selected) = p(d_n | theta) / A(theta)        for every d_n of a catalogue, being inside
//
// A by footprint_fraction.hpp. In a mixture every component is normalised so, and the weights are shares of the
// catalogue's stars, not of all there are.
#pragma once

#include <memory>

#include "infer/density/mixture.hpp"
#include "infer/models/globular/footprint_fraction.hpp"

namespace praesepe::infer::models::globular {

class SelectedStars final : public density::Component {
 public:
  /// `cluster`: the stars' densities over the whole sky.
  SelectedStars(std::shared_ptr<const density::Component> cluster, const field::Footprint& footprint);

  /// NaN of all stars, as where there is no model, if the footprint holds less than kSmallestFraction of the cluster:
  /// nothing can be said then of what is in the catalogue, and no field may stand in for it.
  void log_marginal(const Vector& theta, density::Array& values) const override;
  void log_marginal_alone(const Vector& theta, density::Array& values) const override;
  void pull_back(const Vector& theta, const density::Array& weight, Vector& gradient) const override;
  void use_threads(int threads) const override { cluster_->use_threads(threads); }

 private:
  void select(const Vector& theta, density::Array& values) const;

  std::shared_ptr<const density::Component> cluster_;
  mutable FootprintFraction fraction_;
  mutable sim::globular::LoweredIsothermal model_;
  mutable Vector d_log_fraction_;  // (kParameters) of the last log_marginal
};

}  // namespace praesepe::infer::models::globular
