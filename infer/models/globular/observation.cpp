#include "infer/models/globular/observation.hpp"

#include <Eigen/Cholesky>
#include <algorithm>
#include <cmath>
#include <iterator>
#include <optional>

#include "infer/models/field/catalogue_rows.hpp"
#include "infer/models/field/field_sample.hpp"
#include "sim/astrometry/gaia_errors.hpp"
#include "sim/astrometry/units.hpp"
#include "sim/error.hpp"
#include "sim/globular/star_sampler.hpp"

namespace praesepe::infer::models::globular {

namespace units = sim::astrometry;
using sim::astrometry::AstrometricErrors;
using sim::astrometry::Catalogue;
using sim::random::Stream;

const std::vector<SettingKey>& observation_keys(const Model& model) {
  static const double as_sigma = -1.0;
  static const std::vector<SettingKey> keys{
      {"stars", "", "number of stars", 1000.0},
      {"sigma", "mas, mas/yr", "standard deviation of all five coordinates; 0 = six exact coordinates", 0.1},
      {"sigma_ra", "mas", "of ra* alone; -1 = sigma", as_sigma},
      {"sigma_dec", "mas", "of dec alone; -1 = sigma", as_sigma},
      {"sigma_parallax", "mas", "of the parallax alone; -1 = sigma", as_sigma},
      {"sigma_pmra", "mas/yr", "of pmra alone; -1 = sigma", as_sigma},
      {"sigma_pmdec", "mas/yr", "of pmdec alone; -1 = sigma", as_sigma},
      {"correlation", "", "of the errors of parallax, pmra and pmdec with each other", 0.0},
      {"radial_velocity_fraction", "", "fraction of stars with a radial velocity", 0.0},
      {"radial_velocity_sigma", "km/s", "error of the radial velocity", 1.0},
      {"errors", "", "\"constant\", or \"gaia-dr3\": by magnitude, sigma ignored", std::string("constant")},
      {"magnitude_min", "mag", "brightest G of errors = \"gaia-dr3\"", 13.0},
      {"magnitude_max", "mag", "faintest G of errors = \"gaia-dr3\"", 19.0},
      {"magnitude_slope", "1/mag", "d log10 N / dG of errors = \"gaia-dr3\"", 0.3}};
  static const std::vector<SettingKey> with_footprint = [] {
    std::vector<SettingKey> all = keys;
    std::ranges::move(field::footprint_keys(60.0, 45.0), std::back_inserter(all));
    return all;
  }();
  static const std::vector<SettingKey> with_selection = [] {
    std::vector<SettingKey> all = with_footprint;
    all.push_back(field::inner_radius_key());
    return all;
  }();
  if (model.is_selected()) return with_selection;
  return model.fields == 0 ? keys : with_footprint;
}

namespace {

const std::string& errors_of(const Observation& observation) {
  const auto* word = std::get_if<std::string>(&observation.at("errors"));
  if (!word || (*word != "constant" && *word != "gaia-dr3")) {
    throw InputError("observe.errors: expected \"constant\" or \"gaia-dr3\"");
  }
  return *word;
}

AstrometricErrors constant_errors(const Observation& observation) {
  const auto sigma = [&](const char* key) {
    const double own = number(observation, key);
    return own >= 0.0 ? own : number(observation, "sigma");
  };
  return {sigma("sigma_ra"), sigma("sigma_dec"), sigma("sigma_parallax"), sigma("sigma_pmra"), sigma("sigma_pmdec")};
}

/// G with density 10^(slope G) between the limits, by inversion.
double draw_magnitude(const Observation& observation, Stream& stream) {
  const double low = number(observation, "magnitude_min"), high = number(observation, "magnitude_max");
  const double rate = number(observation, "magnitude_slope") * std::log(10.0), u = stream.uniform();
  if (std::abs(rate) < 1e-6) return low + (high - low) * u;
  return low + std::log1p(u * std::expm1(rate * (high - low))) / rate;
}

void check_kinds_of_data(const Model& model, const Observation& observation) {
  const auto value = [&](const char* key) { return number(observation, key); };
  const auto require = [](const char* key, bool good, const char* expected) {
    if (!good) throw InputError("observe." + std::string(key) + ": expected " + expected);
  };
  const double correlation = value("correlation"), fraction = value("radial_velocity_fraction");
  require("correlation", correlation > -0.5 && correlation < 1.0,
          "more than -0.5 and less than 1, so that the three errors have a positive definite covariance");
  require("radial_velocity_fraction", fraction >= 0.0 && fraction <= 1.0, "a fraction between 0 and 1");
  require("radial_velocity_sigma", value("radial_velocity_sigma") > 0.0, "a positive error, km/s");
  require("radial_velocity_fraction", model.fields == 0 || model.field.has_radial_velocity() || fraction == 0.0,
          "0 with field.radial_velocity = false, where stars of the field have no radial velocities");
  if (!is_exact(observation)) return;
  require("correlation", correlation == 0.0, "0: exact data (observe.sigma = 0) have no errors");
  require("radial_velocity_fraction", fraction == 0.0, "0: exact data (observe.sigma = 0) have all radial velocities");
}

}  // namespace

void check_observation(const Model& model, const Observation& observation) {
  const double stars = number(observation, "stars");
  if (!(stars >= 2.0 && stars <= 1e8 && stars == std::floor(stars))) {
    throw InputError("observe.stars: expected a whole number, 2 or more");
  }
  if (!(number(observation, "sigma") >= 0.0)) {
    throw InputError("observe.sigma: expected 0 (exact data) or a positive standard deviation");
  }
  for (const char* key : {"sigma_ra", "sigma_dec", "sigma_parallax", "sigma_pmra", "sigma_pmdec"}) {
    const double sigma = number(observation, key);
    if (sigma != -1.0 && !(sigma > 0.0)) {
      throw InputError("observe." + std::string(key) +
                       ": expected a positive standard deviation, or -1 for that of sigma");
    }
  }
  if (errors_of(observation) == "gaia-dr3" &&
      !(number(observation, "magnitude_min") < number(observation, "magnitude_max"))) {
    throw InputError("observe.magnitude_min: expected less than observe.magnitude_max");
  }
  check_kinds_of_data(model, observation);
  check_noise(model, observation);
  check_selection(model, observation);
  if (model.fields > 0) field::check_footprint(observation, true);
}

void check_noise(const Model& model, const Observation& observation) {
  if (model.systematics.any() && is_exact(observation)) {
    throw InputError(
        "observe.sigma: expected a positive standard deviation: 0, exact data, is for a model without systematics");
  }
  if (model.fields > 0 && is_exact(observation)) {
    throw InputError(
        "observe.sigma: expected a positive standard deviation: 0, exact data, is for field.components = 0");
  }
}

void check_selection(const Model& model, const Observation& observation) {
  if (!model.is_selected()) return;
  if (is_exact(observation)) {
    throw InputError(
        "observe.sigma: expected a positive standard deviation: 0, exact data, is for selection.footprint = \"none\"");
  }
  const double radius = number(observation, "footprint_radius");
  if (!(radius > 0.0 && radius <= 90.0)) {
    throw InputError(
        "observe.footprint_radius: expected above 0 and at most 90 deg: with selection.footprint the catalogue ends "
        "there");
  }
  field::check_footprint(observation, true);
}

bool is_exact(const Observation& observation) {
  return errors_of(observation) == "constant" && number(observation, "sigma") == 0.0;
}

namespace {

/// True coordinates of stars of the cluster, of those in the footprint if there is one.
std::vector<units::Icrs6> draw_cluster(const Vector& truth, std::size_t count,
                                       const std::optional<field::Footprint>& footprint, Stream& latents) {
  const sim::globular::GlobularModel model({truth[kCentralPotential], truth[kOrder], std::pow(10.0, truth[kLogMass]),
                                            std::pow(10.0, truth[kLogHalfMassRadius])});
  const auto centre = units::to_cartesian(
      {truth[kRa], truth[kDec], truth[kParallax], truth[kPmra], truth[kPmdec], truth[kRadialVelocity]});
  std::vector<units::Icrs6> stars;
  while (stars.size() < count) {
    const auto star = sim::globular::sample_star(model, latents);
    auto phase = centre;
    for (Eigen::Index k = 0; k < 3; ++k) {
      phase.position_pc[k] += star.position[static_cast<std::size_t>(k)];
      phase.velocity_kms[k] += star.velocity[static_cast<std::size_t>(k)];
    }
    const units::Icrs6 seen = units::to_icrs(phase);
    if (!footprint || field::contains(*footprint, seen.ra, seen.dec)) stars.push_back(seen);
  }
  return stars;
}

/// Puts stars of the field in the place of some; which, in order: 0 cluster, 1 field.
std::vector<int> mix_field(const Model& model, const Vector& truth, const Observation& observation,
                           const std::vector<field::StarNumbers>& numbers, std::vector<units::Icrs6>& stars) {
  const field::Footprint footprint = field::footprint(observation);
  const double fraction = truth[model.field.cluster_fraction];
  std::vector<int> component(stars.size(), 0);
  for (std::size_t n = 0; n < stars.size(); ++n) {
    if (numbers[n].share < fraction) continue;
    const double share = (numbers[n].share - fraction) / (1.0 - fraction);
    stars[n] = field::field_star(model.field, truth, footprint, share, numbers[n]);
    component[n] = 1;
  }
  return component;
}

/// How the catalogue's stars are measured.
struct Noise {
  Noise(const Observation& observation, const Systematics& shared)
      : systematics(shared),
        by_magnitude(errors_of(observation) == "gaia-dr3"),
        correlation(number(observation, "correlation")),
        factor((Eigen::Matrix3d::Constant(correlation) + (1.0 - correlation) * Eigen::Matrix3d::Identity())
                   .llt()
                   .matrixL()) {}

  Systematics systematics;
  bool by_magnitude;
  double correlation;      ///< of parallax, pmra and pmdec with each other
  Eigen::Matrix3d factor;  ///< Cholesky's, of their correlation matrix
};

/// The star with errors added.
units::Icrs6 measured(const units::Icrs6& star, const AstrometricErrors& sigma, const Noise& noise, Stream& stream) {
  const double mas = 1.0 / units::kMasPerDeg;
  units::Icrs6 seen;
  seen.ra = units::wrap_degrees(star.ra + sigma.ra * mas * stream.normal() / std::cos(star.dec * units::kRadPerDeg));
  seen.dec = std::clamp(star.dec + sigma.dec * mas * stream.normal(), -90.0, 90.0);
  Eigen::Vector3d error;
  for (double& e : error) e = stream.normal();
  error = noise.factor.triangularView<Eigen::Lower>() * error;
  seen.parallax = star.parallax + noise.systematics.parallax + sigma.parallax * error[0];
  seen.pmra = star.pmra + noise.systematics.pmra + sigma.pmra * error[1];
  seen.pmdec = star.pmdec + noise.systematics.pmdec + sigma.pmdec * error[2];
  return seen;
}

void write(const units::Icrs6& seen, const AstrometricErrors& sigma, const Noise& noise, std::size_t row,
           field::CatalogueRows& rows) {
  rows.set(row, "ra", "deg", seen.ra);
  rows.set(row, "dec", "deg", seen.dec);
  rows.set(row, "parallax", "mas", seen.parallax);
  rows.set(row, "pmra", "mas/yr", seen.pmra);
  rows.set(row, "pmdec", "mas/yr", seen.pmdec);
  rows.set(row, "ra_error", "mas", sigma.ra);
  rows.set(row, "dec_error", "mas", sigma.dec);
  rows.set(row, "parallax_error", "mas", sigma.parallax);
  rows.set(row, "pmra_error", "mas/yr", sigma.pmra);
  rows.set(row, "pmdec_error", "mas/yr", sigma.pmdec);
  if (noise.correlation == 0.0) return;
  for (const char* name : {"parallax_pmra_corr", "parallax_pmdec_corr", "pmra_pmdec_corr"}) {
    rows.set(row, name, "", noise.correlation);
  }
}

/// Radial velocities of some of the stars. Each takes its random numbers whether it is measured or not: in a scan over
/// the fraction those measured stay so.
void measure_radial_velocities(const std::vector<units::Icrs6>& stars, const Observation& observation, Stream& stream,
                               field::CatalogueRows& rows) {
  const double fraction = number(observation, "radial_velocity_fraction");
  const double sigma = number(observation, "radial_velocity_sigma");
  for (std::size_t i = 0; i < stars.size(); ++i) {
    const double share = stream.uniform(), error = stream.normal();
    if (!(share < fraction)) continue;
    rows.set(i, "radial_velocity", "km/s", stars[i].radial_velocity + sigma * error);
    rows.set(i, "radial_velocity_error", "km/s", sigma);
  }
}

void write_exact(const units::Icrs6& star, std::size_t row, field::CatalogueRows& rows) {
  rows.set(row, "ra", "deg", star.ra);
  rows.set(row, "dec", "deg", star.dec);
  rows.set(row, "parallax", "mas", star.parallax);
  rows.set(row, "pmra", "mas/yr", star.pmra);
  rows.set(row, "pmdec", "mas/yr", star.pmdec);
  rows.set(row, "radial_velocity", "km/s", star.radial_velocity);
}

}  // namespace

Catalogue observe_stars(const Model& model, const Vector& truth, const Observation& observation, Stream& latents,
                        Stream& noise) {
  const auto count = static_cast<std::size_t>(number(observation, "stars"));
  const bool exact = is_exact(observation);
  const Noise errors(observation, model.systematics.at(truth));
  // The field first: how many random numbers a cluster takes depends on its structure.
  std::vector<field::StarNumbers> numbers;
  for (std::size_t n = 0; model.fields > 0 && n < count; ++n) numbers.push_back(field::StarNumbers::draw(latents));
  std::optional<field::Footprint> footprint;
  if (model.is_selected()) footprint = field::footprint(observation);
  std::vector<units::Icrs6> stars = draw_cluster(truth, count, footprint, latents);
  std::vector<int> component;
  if (model.fields > 0) component = mix_field(model, truth, observation, numbers, stars);

  field::CatalogueRows rows(count);
  for (std::size_t i = 0; i < count; ++i) {
    if (exact) {
      write_exact(stars[i], i, rows);
      continue;
    }
    const double magnitude = errors.by_magnitude ? draw_magnitude(observation, latents) : 0.0;
    const auto sigma = errors.by_magnitude ? units::gaia_dr3_errors(magnitude) : constant_errors(observation);
    units::Icrs6 seen = measured(stars[i], sigma, errors, noise);
    // The catalogue ends where places are measured; an error is 1e-7 of a footprint, and as likely to carry a star in.
    while (footprint && !field::contains(*footprint, seen.ra, seen.dec))
      seen = measured(stars[i], sigma, errors, noise);
    write(seen, sigma, errors, i, rows);
    if (errors.by_magnitude) rows.set(i, "phot_g_mean_mag", "mag", magnitude);
    if (model.fields > 0) rows.set(i, "component", "", component[i]);
  }
  if (!exact) measure_radial_velocities(stars, observation, noise, rows);
  return rows.take();
}

}  // namespace praesepe::infer::models::globular
