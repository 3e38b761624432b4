#include "workflow/studies.hpp"

#include "infer/models/association/association_study.hpp"
#include "infer/models/cluster_distance/cluster_distance_study.hpp"
#include "infer/models/gaussian_mixture/gaussian_mixture_study.hpp"
#include "infer/models/globular/globular_study.hpp"
#include "infer/models/line/line_study.hpp"
#include "infer/models/membership/membership_study.hpp"
#include "sim/error.hpp"

namespace praesepe::workflow {

const std::vector<const infer::models::Study*>& studies() {
  static const infer::models::globular::GlobularStudy globular;
  static const infer::models::line::LineStudy line;
  static const infer::models::cluster_distance::ClusterDistanceStudy distance;
  static const infer::models::gaussian_mixture::GaussianMixtureStudy gaussian_mixture;
  static const infer::models::membership::MembershipStudy membership;
  static const infer::models::association::AssociationStudy association;
  static const std::vector<const infer::models::Study*> all{&globular, &membership, &association,
                                                            &line,     &distance,   &gaussian_mixture};
  return all;
}

const infer::models::Study& study_named(std::string_view name) {
  std::string names;
  for (const infer::models::Study* study : studies()) {
    if (study->name() == name) return *study;
    names += (names.empty() ? "" : ", ") + study->name();
  }
  throw InputError("no study is called \"" + std::string(name) + "\"; the studies are " + names);
}

}  // namespace praesepe::workflow
