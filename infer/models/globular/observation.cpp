#include "infer/models/globular/observation.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "infer/models/globular/cluster_parameters.hpp"
#include "sim/astrometry/gaia_errors.hpp"
#include "sim/astrometry/units.hpp"
#include "sim/error.hpp"
#include "sim/globular/star_sampler.hpp"

namespace praesepe::infer::models::globular {

namespace units = sim::astrometry;
using sim::astrometry::AstrometricErrors;
using sim::astrometry::Catalogue;

const std::vector<SettingKey>& observation_keys() {
  static const double as_sigma = -1.0;
  static const std::vector<SettingKey> keys{
      {"stars", "", "number of stars", 1000.0},
      {"sigma", "mas, mas/yr", "standard deviation of all five coordinates; 0 = six exact coordinates", 0.1},
      {"sigma_ra", "mas", "of ra* alone; -1 = sigma", as_sigma},
      {"sigma_dec", "mas", "of dec alone; -1 = sigma", as_sigma},
      {"sigma_parallax", "mas", "of the parallax alone; -1 = sigma", as_sigma},
      {"sigma_pmra", "mas/yr", "of pmra alone; -1 = sigma", as_sigma},
      {"sigma_pmdec", "mas/yr", "of pmdec alone; -1 = sigma", as_sigma},
      {"errors", "", "\"constant\", or \"gaia-dr3\": by magnitude, sigma ignored", std::string("constant")},
      {"magnitude_min", "mag", "brightest G of errors = \"gaia-dr3\"", 13.0},
      {"magnitude_max", "mag", "faintest G of errors = \"gaia-dr3\"", 19.0},
      {"magnitude_slope", "1/mag", "d log10 N / dG of errors = \"gaia-dr3\"", 0.3}};
  return keys;
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
double draw_magnitude(const Observation& observation, sim::random::Stream& stream) {
  const double low = number(observation, "magnitude_min"), high = number(observation, "magnitude_max");
  const double rate = number(observation, "magnitude_slope") * std::log(10.0), u = stream.uniform();
  if (std::abs(rate) < 1e-6) return low + (high - low) * u;
  return low + std::log1p(u * std::expm1(rate * (high - low))) / rate;
}

}  // namespace

void check_observation(const Observation& observation) {
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
}

bool is_exact(const Observation& observation) {
  return errors_of(observation) == "constant" && number(observation, "sigma") == 0.0;
}

Catalogue observe_cluster(const Vector& truth, const Observation& observation, sim::random::Stream& latents,
                          sim::random::Stream& noise) {
  const auto count = static_cast<std::size_t>(number(observation, "stars"));
  const bool exact = is_exact(observation), by_magnitude = errors_of(observation) == "gaia-dr3";
  const sim::globular::GlobularModel model({truth[kCentralPotential], truth[kOrder], std::pow(10.0, truth[kLogMass]),
                                            std::pow(10.0, truth[kLogHalfMassRadius])});
  const auto centre = units::to_cartesian(
      {truth[kRa], truth[kDec], truth[kParallax], truth[kPmra], truth[kPmdec], truth[kRadialVelocity]});
  const auto stars = sim::globular::sample_stars(model, count, latents);

  enum { kRaC, kDecC, kPlx, kPmraC, kPmdecC, kRv, kRaE, kDecE, kPlxE, kPmraE, kPmdecE, kMag, kColumns };
  std::array<std::vector<double>, kColumns> columns;
  for (auto& column : columns) column.resize(count);
  for (std::size_t i = 0; i < count; ++i) {
    auto phase = centre;
    for (Eigen::Index k = 0; k < 3; ++k) {
      phase.position_pc[k] += stars[i].position[static_cast<std::size_t>(k)];
      phase.velocity_kms[k] += stars[i].velocity[static_cast<std::size_t>(k)];
    }
    const auto star = units::to_icrs(phase);
    const double magnitude = by_magnitude ? draw_magnitude(observation, latents) : 0.0;
    const AstrometricErrors sigma = by_magnitude ? units::gaia_dr3_errors(magnitude) : constant_errors(observation);
    const double mas = 1.0 / units::kMasPerDeg;
    columns[kRaC][i] = star.ra;
    columns[kDecC][i] = star.dec;
    columns[kPlx][i] = star.parallax;
    columns[kPmraC][i] = star.pmra;
    columns[kPmdecC][i] = star.pmdec;
    columns[kRv][i] = star.radial_velocity;
    columns[kMag][i] = magnitude;
    if (exact) continue;
    columns[kRaC][i] =
        units::wrap_degrees(star.ra + sigma.ra * mas * noise.normal() / std::cos(star.dec * units::kRadPerDeg));
    columns[kDecC][i] = std::clamp(star.dec + sigma.dec * mas * noise.normal(), -90.0, 90.0);
    columns[kPlx][i] += sigma.parallax * noise.normal();
    columns[kPmraC][i] += sigma.pmra * noise.normal();
    columns[kPmdecC][i] += sigma.pmdec * noise.normal();
    columns[kRaE][i] = sigma.ra;
    columns[kDecE][i] = sigma.dec;
    columns[kPlxE][i] = sigma.parallax;
    columns[kPmraE][i] = sigma.pmra;
    columns[kPmdecE][i] = sigma.pmdec;
  }

  Catalogue catalogue(count);
  catalogue.origin = "simulated catalogue";
  const auto add = [&](const char* name, const char* unit, int column) {
    catalogue.add(name, unit, std::move(columns[static_cast<std::size_t>(column)]));
  };
  add("ra", "deg", kRaC);
  add("dec", "deg", kDecC);
  add("parallax", "mas", kPlx);
  add("pmra", "mas/yr", kPmraC);
  add("pmdec", "mas/yr", kPmdecC);
  if (exact) {
    add("radial_velocity", "km/s", kRv);
    return catalogue;
  }
  add("ra_error", "mas", kRaE);
  add("dec_error", "mas", kDecE);
  add("parallax_error", "mas", kPlxE);
  add("pmra_error", "mas/yr", kPmraE);
  add("pmdec_error", "mas/yr", kPmdecE);
  if (by_magnitude) add("phot_g_mean_mag", "mag", kMag);
  return catalogue;
}

}  // namespace praesepe::infer::models::globular
