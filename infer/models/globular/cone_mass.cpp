#include "infer/models/globular/cone_mass.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "infer/models/globular/quadrature.hpp"

namespace praesepe::infer::models::globular {

using std::numbers::pi;

namespace {
constexpr int kNodes = 24;
}

ConeMass::ConeMass() : rule_(kNodes) {}

void ConeMass::prepare(const ClusterParameters& cluster, const sim::globular::LoweredIsothermal& model) {
  density_.prepare(model);
  edge_ = model.edge().value;
  distance_ = cluster.distance() * std::exp(-cluster.log_r0());
  factor_ = 9.0 * inverse(model.mass() * model.central_density_e());
}

/// Lengths in units of r0. At fixed beta a change of D moves the cluster along the axis, and what passes through the
/// cone's side is dM/dD = 2 pi sin^2(beta) int R n dR.
ConeMass::Value ConeMass::operator()(double sine, double cosine) const {
  const double square = distance_ * distance_ * sine * sine;
  if (!(square < edge_ * edge_)) return {};
  const double end = std::sqrt(edge_ * edge_ - square), z0 = distance_ * cosine;
  const double a = std::sqrt(square + kCoreShare), split = std::min(std::abs(z0), end);

  sim::globular::Sensitive outside;
  double first = 0.0, second = 0.0;  // int R E dR, int R^2 E dR
  // t = t_high - (t_high - t_low) v^2: towards the edge E vanishes with a power of v
  const auto add = [&](double low, double high, bool both_sides) {
    const double t_high = std::asinh(high / a), span = t_high - std::asinh(low / a);
    for (std::size_t j = 0; j < rule_.node.size(); ++j) {
      const double v = rule_.node[j], t = t_high - span * v * v;
      const double z = a * std::sinh(t), dz = rule_.weight[j] * 2.0 * v * span * a * std::cosh(t);
      const double r2 = square + z * z;
      const auto density = density_(r2);
      const double share =
          both_sides ? cosine * z * z : 0.5 * z * (std::sqrt(r2) + cosine * z - distance_ * sine * sine);
      outside = outside + dz * share * sim::globular::Sensitive{density.e, density.d_phi0, density.d_g};
      first += dz * density.e * (both_sides ? 2.0 * z0 : z0 + z);
      second += dz * density.e * (both_sides ? 2.0 * (z0 * z0 + z * z) : (z0 + z) * (z0 + z));
    }
  };
  if (z0 > 0.0) add(0.0, split, true);
  if (split < end) add(split, end, false);
  outside = factor_ * outside;
  return {1.0 - outside.value, 0.5 * factor_.value * distance_ * sine * sine * first, -outside.d_phi0, -outside.d_g,
          factor_.value / (4.0 * pi) * second};
}

}  // namespace praesepe::infer::models::globular
