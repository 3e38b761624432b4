// One star of the hierarchical likelihood: from its coordinates to where it is and how it moves, and the gradient back.
// Formulae and coordinates: full_likelihood.hpp.
#pragma once

#include <Eigen/Core>
#include <cmath>
#include <numbers>

#include "infer/models/globular/cluster_parameters.hpp"
#include "infer/models/globular/observed_star.hpp"
#include "sim/globular/e_gamma.hpp"
#include "sim/globular/e_gamma_expansion.hpp"
#include "sim/globular/potential_lookup.hpp"

namespace praesepe::infer::models::globular {

using StarVector = Eigen::Array<double, 6, 1>;

/// The cluster as a star's likelihood needs it.
struct FullCluster {
  const sim::globular::PotentialTable* table;
  const sim::globular::EGammaExpansion* e;  ///< of order g
  double order;                             ///< g
  double r0, s, distance;                   ///< pc, km/s, pc
  sim::astrometry::Cartesian6 centre;
};

/// A width k, for S(k x) with x of unit scale, and d ln k.
struct Width {
  double value, d_log_y, d_log_order, d_log_t_max;
};

class FullStar {
 public:
  FullStar(const ObservedStar& star, const FullCluster& cluster) : star_(star), cluster_(cluster) {}

  /// The coordinates x -> everything below. False if the star cannot be there.
  bool place(const StarVector& x);
  /// True coordinates at the place, as Gaia would list them.
  sim::astrometry::Icrs6 observed() const;
  /// The coordinates of a place, of a star that is bound.
  StarVector coordinates(const sim::astrometry::Icrs6& place);

  /// ln p of the star at the place, without the factor that all stars share. Adds its derivatives to `by`, and with
  /// respect to ln R_c to `by_log_distance`; writes those with respect to x.
  double log_density(ClusterGradient& by, double& by_log_distance, StarVector& gradient) const;

 private:
  /// Direction, foot of the centre and the centre's velocity on the star's sky; false if the line misses the cluster.
  void point(double a, double b);
  bool set_motion(const Eigen::Vector2d& motion);
  Width width_along() const;
  Width width_radial() const;

  struct Shape;    // of the transforms of e and f at the place
  struct Seen;     // what the data say of the place
  struct Adjoint;  // derivatives on the way back from the place to the coordinates
  Shape shape() const;
  Seen seen() const;
  void back_from_radial_velocity(const Shape& shape, const Seen& seen, const sim::globular::EGamma& e, Adjoint& back,
                                 ClusterGradient& by, StarVector& gradient) const;
  void back_from_line_of_sight(const Shape& shape, const Seen& seen, Adjoint& back, ClusterGradient& by,
                               StarVector& gradient) const;
  void back_from_motion(const Seen& seen, Adjoint& back, ClusterGradient& by, double& by_log_distance,
                        StarVector& gradient) const;
  void back_from_direction(const Seen& seen, const Adjoint& back, ClusterGradient& by, StarVector& gradient) const;

  const ObservedStar& star_;
  const FullCluster& cluster_;

  StarVector x_;
  double ra_, dec_;  // deg
  sim::astrometry::LocalTriad triad_;
  double foot_, projected_square_;                // pc, pc^2
  Eigen::Vector2d bulk_;                          // the centre's velocity, east and north
  Eigen::Vector2d motion_, u_;                    // v_sky / R_c; (v_sky - bulk) / s
  double psi_, q_max_, ratio_, stretch_, t_max_;  // u^2/2; (r_max/r0)^2; (z_max/A)^2; A; t_max
  double t_, z_, q_, y_, w_;
  sim::globular::PotentialAt at_foot_, potential_;  // at z = 0 and at z
};

}  // namespace praesepe::infer::models::globular
