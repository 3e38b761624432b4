// Labels of exchangeable components: 0 bears the component with the smallest value of an ascending(...) parameter.
//
// K components whose parameters have the same priors, and a likelihood that does not care for their order: their
// posterior has K! copies of one shape. Sampling leaves them free to change places; afterwards labels are given in the
// order of one parameter, and every parameter with a number goes with its component; of several kinds of components,
// each is ordered by itself (families.hpp). What results has the prior, for each kind,
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

  bool empty() const { return kinds_.empty(); }
  /// The parameters of a kind whose values do not ascend; null if all do.
  const std::vector<std::size_t>* out_of_order(const Vector& theta) const;
  bool are_in_order(const Vector& theta) const { return !out_of_order(theta); }

  /// order[i]: which parameter of theta (P) becomes parameter i when labels are given.
  std::vector<std::size_t> order(const Vector& theta) const;
  /// Parameter order[i] becomes i, in values or in gradients (P); and back.
  static void give(const std::vector<std::size_t>& order, Vector& theta);
  static void take_back(const std::vector<std::size_t>& order, Vector& theta);

 private:
  /// Components that can change their labels.
  struct Kind {
    std::vector<std::size_t> ordered;  ///< the parameters (K) that give the order
    std::vector<Family> families;      ///< what goes with a component
  };
  std::vector<Kind> kinds_;
};

}  // namespace praesepe::infer::density
