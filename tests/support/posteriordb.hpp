// Posteriors of posteriordb with reference statistics, read from PRAESEPE_DATA/reference/posteriordb.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tests/support/densities.hpp"

namespace praesepe::tests {

struct ReferencePosterior {
  struct Quantity {
    std::string name;
    std::function<double(const Vector& q)> of;  ///< from the density's coordinates
    double mean, sd, mcse_mean;                 ///< reference
  };
  std::unique_ptr<infer::density::LogDensity> density;
  std::vector<Quantity> quantities;
};

/// "eight_schools_noncentered", "kidscore_momiq" or "arK". Nothing, and a line on stdout, if the data are absent.
std::optional<ReferencePosterior> read_posteriordb(const std::string& name);

}  // namespace praesepe::tests
