#include "infer/models/cluster_distance/cluster_distance_likelihood.hpp"

#include <cmath>

#include "infer/density/normal.hpp"
#include "infer/models/cluster_distance/distance_integral.hpp"

namespace praesepe::infer::models::cluster_distance {

ClusterDistanceLikelihood::ClusterDistanceLikelihood(Eigen::ArrayXd parallax, Eigen::ArrayXd error)
    : parallax_(std::move(parallax)), error_(std::move(error)) {}

double ClusterDistanceLikelihood::log_likelihood(const density::Vector& theta, density::Vector& gradient) const {
  const double mean = theta[kMeanDistance], sd = std::exp(theta[kLogDepth]);
  if (!(mean > 0.0)) return -INFINITY;
  // ln m_n = ln I_n - ln Phi(mu/s):
  //   d ln I/d mu = <z>/s,   d ln I/d ln s = <z^2> - 1,   d ln Phi/d mu = h/s,   d ln Phi/d ln s = -h mu/s
  const double x = mean / sd, hazard = density::hazard(-x);
  double sum = 0.0, first = 0.0, second = 0.0;
  for (Eigen::Index n = 0; n < parallax_.size(); ++n) {
    const DistanceIntegral star = integrate_distance({mean, sd}, {parallax_[n], error_[n]});
    sum += star.log_value;
    first += star.first;
    second += star.second;
  }
  const auto stars = static_cast<double>(parallax_.size());
  gradient[kMeanDistance] = (first - stars * hazard) / sd;
  gradient[kLogDepth] = second - stars * (1.0 - hazard * x);
  return sum - stars * density::log_Phi(x);
}

}  // namespace praesepe::infer::models::cluster_distance
