// From a model's parameters to those of one with a group more, a group less, or a group elsewhere.
#pragma once

#include "infer/models/association/births.hpp"
#include "infer/models/association/model.hpp"
#include "sim/random/stream.hpp"

namespace praesepe::infer::models::association {

/// The share of group k among all stars.
double share_of(const Model& model, const density::Vector& theta, int k);
/// Group k, from its birth to today.
AgedEllipsoid aged_group(const Model& model, const density::Vector& theta, int k);

/// What may be a group: its share of all stars, where it is today, and births that it may have had.
struct Seed {
  double share;
  Vector6 mean;
  std::vector<Birth> births;
};

/// The Gaussians that EM finds with one component, as many as groups and field, and twice as many and three.
std::vector<Seed> seeds_of(const Model& model, const StarStates& stars, sim::random::Stream& stream);

/// theta (of `model`) with a group more, its share taken from all others alike: for each birth of the seed.
std::vector<density::Vector> with_seed(const Model& model, const density::Vector& theta, const Seed& seed);

/// Whether a seed would bring back group k: it lies within a third of a standard deviation of it.
bool is_near(const Model& model, const density::Vector& theta, int k, const Seed& seed);

/// theta with group k left out, its share given to all others alike; there must be a second group.
density::Vector without_group(const Model& model, const density::Vector& theta, int k);

/// Ways to divide group k of theta into two: along each axis of what it is today, in size and in age.
std::vector<density::Vector> divisions(const Model& model, const density::Vector& theta, int k);

/// theta with one group at another of the ages that its Gaussian today may have come from: for each group and age.
std::vector<density::Vector> with_other_ages(const Model& model, const density::Vector& theta);

/// Gaussians with their shares, one or several.
struct FieldGaussian {
  double share;
  Gaussian6 now;
};
using Field = std::vector<FieldGaussian>;

/// What the field may be: the Gaussians of EM; and, if there are several, as many about one mean, the Gaussian of all
/// stars at several scales, since EM may have given one of its own to a group.
std::vector<Field> likely_fields(const Model& model, const StarStates& stars, sim::random::Stream& stream);

/// theta of one group beside a field, for each birth of the seed.
std::vector<density::Vector> alone(const Model& model, const Field& field, const Seed& seed);

}  // namespace praesepe::infer::models::association
