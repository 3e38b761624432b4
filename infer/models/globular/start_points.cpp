#include "infer/models/globular/start_points.hpp"

#include <Eigen/Geometry>
#include <algorithm>
#include <cmath>
#include <utility>

#include "sim/astrometry/units.hpp"
#include "sim/globular/virial_boundary.hpp"

namespace praesepe::infer::models::globular {

namespace units = sim::astrometry;
using sim::astrometry::Catalogue;

double median(std::vector<double> values) {
  std::erase_if(values, [](double v) { return !std::isfinite(v); });
  if (values.empty()) return 0.0;
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::ranges::nth_element(values, middle);
  return *middle;
}

namespace {

/// Half the range between the 16th and the 84th percentile.
double spread(std::vector<double> values) {
  std::erase_if(values, [](double v) { return !std::isfinite(v); });
  std::ranges::sort(values);
  const auto at = [&](double p) {
    return values[static_cast<std::size_t>(p * static_cast<double>(values.size() - 1))];
  };
  return values.empty() ? 0.0 : 0.5 * (at(0.84) - at(0.16));
}

/// Mean parallax weighted by inverse variance.
double mean_parallax(const Catalogue& catalogue) {
  if (!catalogue.has("parallax")) return 0.1;
  double sum = 0.0, weight = 0.0;
  for (std::size_t i = 0; i < catalogue.rows(); ++i) {
    const double error = catalogue.has("parallax_error") ? catalogue["parallax_error"][i] : 1.0;
    const double w = 1.0 / (error * error);
    if (!std::isfinite(w * catalogue["parallax"][i])) continue;
    sum += w * catalogue["parallax"][i];
    weight += w;
  }
  return std::max(weight > 0.0 ? sum / weight : 0.0, 0.01);
}

/// A column; all missing if there is none.
std::vector<double> cells(const Catalogue& catalogue, const std::string& name) {
  return catalogue.has(name) ? catalogue[name] : std::vector<double>(catalogue.rows(), NAN);
}

/// What the catalogue says of the cluster without a model.
struct Moments {
  double ra, dec, parallax;
  double pmra, pmdec, radial_velocity;
  double half_number_radius;   // pc, projected
  double largest_radius;       // pc, projected
  double velocity_dispersion;  // km/s, one dimension, noise removed
};

/// The velocity of the whole cluster, km/s, from the proper motions of stars all over it: across the sky from their
/// mean, along it from their convergence, which counts in a wide cluster, and from radial velocities. Least squares
/// over the stars, with the prior of the radial velocity as one more observation, in units of the scatter `sigma`
/// (km/s) of proper motions.
Eigen::Vector3d bulk_velocity(const Catalogue& catalogue, const Moments& m, double sigma, const density::Prior& prior) {
  const double km_per_s = units::kKmsPerMasyrPc * units::distance_pc(m.parallax);
  Eigen::Matrix3d normal = Eigen::Matrix3d::Zero();
  Eigen::Vector3d right = Eigen::Vector3d::Zero();
  const auto observe = [&](const Eigen::Vector3d& axis, double value, double weight) {
    if (!std::isfinite(value)) return;
    normal += weight * axis * axis.transpose();
    right += weight * value * axis;
  };
  const auto pmra = cells(catalogue, "pmra"), pmdec = cells(catalogue, "pmdec");
  for (std::size_t i = 0; i < catalogue.rows(); ++i) {
    const auto triad = units::local_triad(catalogue["ra"][i], catalogue["dec"][i]);
    observe(triad.east, km_per_s * pmra[i], 1.0);
    observe(triad.north, km_per_s * pmdec[i], 1.0);
    if (!catalogue.has("radial_velocity")) continue;
    const double error = catalogue.has("radial_velocity_error") ? catalogue["radial_velocity_error"][i] : 0.0;
    const double variance = m.velocity_dispersion * m.velocity_dispersion + error * error;
    observe(triad.radial, catalogue["radial_velocity"][i], sigma * sigma / variance);
  }
  constexpr double kSurest = 1e-3;  // km/s, of a prior that is fixed
  const double ratio = sigma / std::max(prior.sd(), kSurest);
  observe(units::local_triad(m.ra, m.dec).radial, prior.mean(), ratio * ratio);
  // nothing measured across the sky: at rest there, as near as the prior allows
  if (normal.trace() < 2.0) normal += 1e-6 * normal.trace() * Eigen::Matrix3d::Identity();
  return normal.ldlt().solve(right);
}

Moments moments_of(const Catalogue& catalogue, const density::Prior& radial_velocity) {
  Moments m{};
  const double first_ra = catalogue["ra"].front();
  std::vector<double> ra = catalogue["ra"];
  for (double& value : ra) value = first_ra + std::remainder(value - first_ra, 360.0);
  m.ra = median(ra);
  m.dec = median(catalogue["dec"]);
  m.parallax = mean_parallax(catalogue);
  const double distance = units::distance_pc(m.parallax);
  const Eigen::Vector3d centre = units::local_triad(m.ra, m.dec).radial;
  std::vector<double> radius;
  for (std::size_t i = 0; i < catalogue.rows(); ++i) {
    const Eigen::Vector3d star = units::local_triad(catalogue["ra"][i], catalogue["dec"][i]).radial;
    radius.push_back(distance * star.cross(centre).norm());
  }
  m.half_number_radius = std::max(median(radius), 1e-3);
  m.largest_radius = std::ranges::max(radius);

  double variance = 0.0;
  for (const char* name : {"pmra", "pmdec"}) {
    const std::string error = std::string(name) + "_error";
    const double noise = catalogue.has(error) ? median(catalogue[error]) : 0.0, seen = spread(cells(catalogue, name));
    variance += 0.5 * std::max(seen * seen - noise * noise, 0.05 * seen * seen);
  }
  constexpr double kTypical = 5.0;  // km/s, of a globular cluster, where the catalogue says nothing
  m.velocity_dispersion = variance > 0.0 ? units::kKmsPerMasyrPc * distance * std::sqrt(variance) : kTypical;

  const double seen = units::kKmsPerMasyrPc * distance * spread(cells(catalogue, "pmra"));
  const double scatter = seen > 0.0 ? seen : kTypical;
  const Eigen::Vector3d velocity = bulk_velocity(catalogue, m, scatter, radial_velocity);
  const auto triad = units::local_triad(m.ra, m.dec);
  m.pmra = velocity.dot(triad.east) / (units::kKmsPerMasyrPc * distance);
  m.pmdec = velocity.dot(triad.north) / (units::kKmsPerMasyrPc * distance);
  m.radial_velocity = velocity.dot(triad.radial);
  return m;
}

/// r_t / r_h, or 0 where there is no model.
double edge_ratio(double phi0, double g) {
  sim::globular::LoweredIsothermal model;
  return model.solve(phi0, g) ? model.edge().value / model.half_mass_radius().value : 0.0;
}

}  // namespace

std::vector<Vector> cluster_starts(const Catalogue& catalogue, const density::Prior& radial_velocity) {
  const Moments m = moments_of(catalogue, radial_velocity);
  // 3-D half-mass radius of these models ~ 4/3 of the projected one; mass inside it ~ 4 sigma^2 R_e / G (Wolf et al.
  // 2010).
  const double half_mass_radius = 4.0 / 3.0 * m.half_number_radius;
  const double mass = 8.0 * m.velocity_dispersion * m.velocity_dispersion * m.half_number_radius / units::kGravity;
  constexpr double kMargin = 1.1;
  std::vector<Vector> starts;
  for (const double phi0 : {3.0, 5.5, 8.0, 11.0, 13.5}) {
    const double bound = sim::globular::virial_boundary(phi0).value;
    // The smallest truncation, from half the bound up, whose edge reaches the outermost star; then a larger cluster.
    double g = 0.5 * bound;
    while (g < 0.9 * bound && edge_ratio(phi0, g) * half_mass_radius < kMargin * m.largest_radius) g += 0.05 * bound;
    const double needed = kMargin * m.largest_radius / edge_ratio(phi0, g);
    Vector theta(kParameters);
    theta << phi0, g, std::log10(mass), std::log10(std::max(half_mass_radius, needed)), m.ra, m.dec, m.parallax, m.pmra,
        m.pmdec, m.radial_velocity;
    starts.push_back(std::move(theta));
  }
  return starts;
}

void set_systematics(const SystematicIndices& at, const density::ParameterSpace& space, Vector& theta) {
  for (const auto& [systematic, true_value] :
       {std::pair{at.parallax, kParallax}, std::pair{at.pmra, kPmra}, std::pair{at.pmdec, kPmdec}}) {
    if (systematic < 0) continue;
    theta[systematic] = space.priors()[static_cast<std::size_t>(systematic)].mean();
    theta[true_value] -= theta[systematic];
  }
}

std::vector<Vector> start_points(const Model& model, const Catalogue& catalogue, const density::ParameterSpace& space) {
  constexpr double kLargestCoordinate = 3.0;
  std::vector<Vector> starts = cluster_starts(catalogue, space.priors()[kRadialVelocity]);
  for (Vector& theta : starts) {
    theta.conservativeResize(model.size());
    set_systematics(model.systematics, space, theta);
    theta = space.pulled_inside(theta, kLargestCoordinate);
  }
  return starts;
}

}  // namespace praesepe::infer::models::globular
