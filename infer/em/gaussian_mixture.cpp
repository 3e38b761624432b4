#include "infer/em/gaussian_mixture.hpp"

#include <fmt/format.h>

#include <Eigen/Cholesky>
#include <cmath>

#include "sim/error.hpp"

namespace praesepe::infer::em {

namespace {

void check_component(const GaussianComponent& component, std::size_t k, Eigen::Index dimension) {
  const auto refuse = [k](const std::string& why) {
    throw InputError(fmt::format("mixture, component {}: {}", k, why));
  };
  if (!(component.weight >= 0.0)) refuse(fmt::format("its weight is {}, and should be 0 or more", component.weight));
  if (component.mean.size() != dimension)
    refuse(fmt::format("its mean has {} coordinates, and should have {}", component.mean.size(), dimension));
  if (!component.mean.allFinite()) refuse("its mean is not finite");
  const Matrix& covariance = component.covariance;
  if (covariance.rows() != dimension || covariance.cols() != dimension)
    refuse(fmt::format("its covariance is {} x {}, and should be {} x {}", covariance.rows(), covariance.cols(),
                       dimension, dimension));
  if (!covariance.allFinite() || !covariance.isApprox(covariance.transpose(), 1e-10))
    refuse("its covariance is not symmetric");
  if (Eigen::LLT<Matrix>(covariance).info() != Eigen::Success) refuse("its covariance is not positive definite");
}

}  // namespace

int GaussianMixture::free_parameters() const {
  const auto d = static_cast<int>(dimension()), k = static_cast<int>(size());
  return k - 1 + k * d + k * d * (d + 1) / 2;
}

void GaussianMixture::check() const {
  if (components.empty()) throw InputError("a mixture needs a component");
  if (dimension() == 0) throw InputError("a mixture needs a dimension");
  double total = 0.0;
  for (std::size_t k = 0; k < size(); ++k) {
    check_component(components[k], k, dimension());
    total += components[k].weight;
  }
  if (!(std::abs(total - 1.0) < 1e-8)) throw InputError(fmt::format("mixture: weights sum to {}, not to 1", total));
}

}  // namespace praesepe::infer::em
