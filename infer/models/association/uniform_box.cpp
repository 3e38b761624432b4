#include "infer/models/association/uniform_box.hpp"

#include <fmt/format.h>

#include <cmath>
#include <limits>

#include "sim/error.hpp"

namespace praesepe::infer::models::association {

UniformBox::UniformBox(const StarStates& stars) : count_(stars.size()) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  Vector6 low = Vector6::Constant(kInfinity), high = -low;
  for (Eigen::Index n = 0; n < count_; ++n) {
    if (stars[n].measured() < 6) {
      throw InputError(fmt::format("star {}: field.distribution = \"box\" needs a radial velocity of every star", n));
    }
    low = low.cwiseMin(stars[n].state.mean);
    high = high.cwiseMax(stars[n].state.mean);
  }
  log_density_ = -(high - low).array().log().sum();
  if (!std::isfinite(log_density_)) {
    throw InputError("field.distribution = \"box\": the stars do not span a volume in position and velocity");
  }
}

void UniformBox::log_marginal(const density::Vector&, density::Array& values) const {
  values.setConstant(count_, log_density_);
}

}  // namespace praesepe::infer::models::association
