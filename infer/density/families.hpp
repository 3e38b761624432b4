// Families of parameters, which differ only in a number: weight_0 and weight_1 of "weight", mean_0_pmra and mean_1_pmra
// of "mean_pmra". The number is the label of a component.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "infer/density/prior.hpp"

namespace praesepe::infer::density {

/// The name without its first number. A name without a number is its own.
std::string family_of(std::string_view name);

struct Family {
  std::string name;
  std::vector<std::size_t> members;  ///< indices of the parameters, in their order

  /// True if the prior of a member is that of all of them together.
  bool is_joint(const std::vector<Prior>& priors) const;
};

/// Every parameter is of one of them.
std::vector<Family> families_of(const std::vector<std::string>& names);

/// The families of the components that `ordered` tells apart: those of as many members. If several of them are shares
/// (dirichlet), there are several kinds of components, as groups and Gaussians of a field (group_0_weight,
/// field_0_weight); then only those whose names begin alike.
std::vector<Family> of_one_kind(const Family& ordered, const std::vector<Family>& families,
                                const std::vector<std::string>& names, const std::vector<Prior>& priors);

/// Throws InputError, naming "prior.<parameter>", if a joint prior is not that of its whole family, or if an ascending
/// prior orders components of which another parameter's prior tells them apart.
void check_families(const std::vector<std::string>& names, const std::vector<Prior>& priors);

}  // namespace praesepe::infer::density
