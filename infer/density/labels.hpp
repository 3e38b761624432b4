// Labels of exchangeable components: 0 bears the component with the smallest value of an ascending(...) parameter.
//
// K components whose parameters have the same priors, and a likelihood that does not care for their order: their
// posterior has K! copies of one shape. Sampling leaves them free to change places; afterwards labels are given in the
// order of one parameter, and every parameter with a number goes with its component. What results has the prior
//
//   K! p(x_0) ... p(x_K-1),  x_0 <= ... <= x_K-1
//
// of order statistics. To forbid, instead, what is not in order would put walls into the middle of a shape wherever two
// components differ in another parameter: two regions of mass without a path between them.
#pragma once

#include <string>
#include <vector>

#include "infer/density/families.hpp"
#include "infer/density/log_density.hpp"

namespace praesepe::infer::density {

class Labels {
 public:
  /// Of parameters `names` for which check_families holds; nothing to order if no prior is ascending.
  Labels(const std::vector<std::string>& names, const std::vector<Prior>& priors);

  /// The parameters (K) that give the order; empty if none does.
  const std::vector<std::size_t>& ordered() const { return ordered_; }
  bool are_in_order(const Vector& theta) const;

  /// order[k]: which component of theta (P) bears label k.
  std::vector<std::size_t> order(const Vector& theta) const;
  /// Component order[k] becomes k, in values or in gradients (P); and back.
  void give(const std::vector<std::size_t>& order, Vector& theta) const;
  void take_back(const std::vector<std::size_t>& order, Vector& theta) const;

 private:
  std::vector<std::size_t> ordered_;
  std::vector<Family> families_;  // that have as many members: what goes with a component
};

}  // namespace praesepe::infer::density
