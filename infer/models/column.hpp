// A catalogue's column as an array.
#pragma once

#include <Eigen/Core>
#include <string_view>

#include "sim/astrometry/catalogue.hpp"

namespace praesepe::infer::models {

/// The values, (rows). Throws InternalError if there is no such column.
inline Eigen::ArrayXd column(const sim::astrometry::Catalogue& catalogue, std::string_view name) {
  const auto& values = catalogue[name];
  return Eigen::Map<const Eigen::ArrayXd>(values.data(), static_cast<Eigen::Index>(values.size()));
}

}  // namespace praesepe::infer::models
