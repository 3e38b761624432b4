// Stars of no group in a catalogue that was cut out of a wider field: as many everywhere in a box.
//
//   ln m = -ln prod_i (high_i - low_i)        i: X, Y, Z (pc), U, V, W (km/s)
//
// The box is the smallest that holds all stars as measured: cuts are made in what was measured, so that errors do not
// blur its edges, and the smallest is the likeliest. There are no parameters. A Gaussian in its place is too dense in
// the middle of the box, by (sqrt(12 / (2 pi)))^6 = 7 if it has the box's standard deviations.
#pragma once

#include "infer/density/mixture.hpp"
#include "infer/models/association/star_states.hpp"

namespace praesepe::infer::models::association {

/// Numbers that a catalogue's box takes from it: its edges.
constexpr Eigen::Index kBoxEdges = 12;

class UniformBox final : public density::Component {
 public:
  /// Throws InputError, naming the star, where a radial velocity is missing (there was no cut in velocity then), and if
  /// the stars do not span a volume.
  explicit UniformBox(const StarStates& stars);

  void log_marginal(const density::Vector& theta, density::Array& values) const override;
  void pull_back(const density::Vector&, const density::Array&, density::Vector&) const override {}

 private:
  Eigen::Index count_;
  double log_density_;
};

}  // namespace praesepe::infer::models::association
