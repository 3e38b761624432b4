#include "infer/models/association/observation.hpp"

#include <fmt/format.h>

#include <array>
#include <cmath>

#include "infer/models/field/catalogue_rows.hpp"
#include "sim/association/integrated_orbit.hpp"
#include "sim/astrometry/coordinates.hpp"
#include "sim/error.hpp"

namespace praesepe::infer::models::association {

using sim::astrometry::Catalogue;
using sim::astrometry::Icrs6;
using sim::random::Stream;

namespace {

/// Errors as Gaia DR2's of nearby young stars: e = least + scale exp(shape N(0, 1)). Fits by Chronostar-TNG (Crundall
/// 2022, SynthData); positions in mas.
struct ErrorLaw {
  const char* name;
  const char* unit;
  double Icrs6::*value;
  double shape, least, scale;
};
constexpr std::array<ErrorLaw, 6> kErrors{
    {{"ra", "mas", &Icrs6::ra, 0.9326, 0.005373, 0.01565},
     {"dec", "mas", &Icrs6::dec, 0.9927, 0.006121, 0.01221},
     {"parallax", "mas", &Icrs6::parallax, 1.0553, 0.009589, 0.01593},
     {"pmra", "mas/yr", &Icrs6::pmra, 1.0156, 0.008320, 0.01818},
     {"pmdec", "mas/yr", &Icrs6::pmdec, 1.0937, 0.009486, 0.01333},
     {"radial_velocity", "km/s", &Icrs6::radial_velocity, 1.7245, 0.1086, 0.8926}}};

/// Which of `choices` the word of a key is. Throws InputError naming the key if it is none.
std::size_t word(const Observation& observation, const char* key, const std::vector<std::string>& choices) {
  try {
    return choice(observation, key, choices);
  } catch (const InputError& error) {
    throw InputError(std::string("observe.") + error.what());
  }
}

enum class Orbits { exact, integrated, linear };

Orbits orbits_of(const Observation& observation) {
  return static_cast<Orbits>(word(observation, "orbits", {"exact", "integrated", "linear"}));
}

/// The law that each star follows; null if only the mean does, and the stars an orbit linear about it.
std::unique_ptr<const sim::association::Orbit> orbit_of_stars(const Model& model, Orbits orbits) {
  switch (orbits) {
    case Orbits::exact: return std::make_unique<EpicyclicOrbit>(model.orbit);
    case Orbits::integrated: return std::make_unique<sim::association::IntegratedOrbit>();
    case Orbits::linear: break;
  }
  return nullptr;
}

/// Draws one star after another. Every star takes the same number of random numbers, so that scans share their stars.
class Generator {
 public:
  Generator(const Model& model, const Vector& truth, const Observation& observation)
      : model_(model), truth_(truth), orbit_(orbit_of_stars(model, orbits_of(observation))) {
    const sim::association::Orbit& of_mean = orbit_ ? *orbit_ : model.orbit;
    for (int k = 0; k < model.groups; ++k) {
      const auto at = model.group(k);
      const Vector6 mean = truth.segment<6>(at.mean);
      sphere_.push_back({truth[at.dxyz], truth[at.duvw], truth[at.age], of_mean.trace(mean, -truth[at.age]), mean,
                         aged_sphere(model.orbit, mean, truth[at.dxyz], truth[at.duvw], truth[at.age]).forward});
    }
    if (model.has_field) field_factor_ = factor_at(model.field(), truth);
  }

  /// The component, groups first, and the state today.
  std::pair<int, Vector6> draw(Stream& stream) const {
    double share = stream.uniform();
    Vector6 normal;
    for (double& x : normal) x = stream.normal();
    const double fraction = model_.has_field ? truth_[model_.index("group_fraction")] : 1.0;
    if (share >= fraction) return {model_.groups, truth_.segment<6>(model_.field().mean) + field_factor_ * normal};
    share /= fraction;
    int k = 0;
    while (k + 1 < model_.groups && share >= weight(k)) share -= weight(k++);
    return {k, member(sphere_[static_cast<std::size_t>(k)], normal)};
  }

 private:
  struct Sphere {
    double dxyz, duvw, age;
    Vector6 birth, now;
    Matrix6 forward;
  };

  double weight(int k) const { return truth_[model_.index(fmt::format("group_{}_weight", k))]; }

  Vector6 member(const Sphere& sphere, const Vector6& normal) const {
    Vector6 off = sphere.dxyz * normal;
    off.tail<3>() = sphere.duvw * normal.tail<3>();
    if (orbit_) return orbit_->trace(sphere.birth + off, sphere.age);
    return sphere.now + sphere.forward * off;
  }

  const Model& model_;
  const Vector& truth_;
  std::unique_ptr<const sim::association::Orbit> orbit_;
  std::vector<Sphere> sphere_;
  Matrix6 field_factor_;
};

/// Writes a row of measurements with their errors; always draws as many numbers.
void measure(const Icrs6& star, const Observation& observation, std::size_t row, Stream& noise,
             field::CatalogueRows& rows) {
  const double scale = number(observation, "error_scale");
  const bool has_velocity = noise.uniform() < number(observation, "radial_velocity_fraction");
  const double mas_per_deg = 3.6e6, east = std::cos(star.dec * sim::astrometry::kRadPerDeg);
  for (const ErrorLaw& law : kErrors) {
    const double sigma = scale * (law.least + law.scale * std::exp(law.shape * noise.normal()));
    double error = sigma * noise.normal();
    const bool is_angle = law.value == &Icrs6::ra || law.value == &Icrs6::dec;
    if (is_angle) error /= mas_per_deg * (law.value == &Icrs6::ra ? east : 1.0);
    if (law.value == &Icrs6::radial_velocity && !has_velocity) continue;
    rows.set(row, law.name, is_angle ? "deg" : law.unit, star.*law.value + error);
    rows.set(row, std::string(law.name) + "_error", law.unit, sigma);
  }
}

}  // namespace

const std::vector<SettingKey>& observation_keys() {
  static const std::vector<SettingKey> keys{
      {"stars", "", "number of stars, groups and field", 200.0},
      {"error_scale", "", "errors are those of Gaia DR2 for nearby young stars, times this", 1.0},
      {"radial_velocity_fraction", "", "fraction of stars with a radial velocity", 1.0},
      {"orbits", "",
       "\"exact\": each star's own epicycle; \"integrated\": its own through the Milky Way's field; \"linear\": as the "
       "density has it, about the mean's",
       std::string("exact")}};
  return keys;
}

void check_observation(const Observation& observation) {
  const auto require = [&](const char* key, bool good, const char* expected) {
    if (!good) throw InputError("observe." + std::string(key) + ": expected " + expected);
  };
  const double stars = number(observation, "stars"), fraction = number(observation, "radial_velocity_fraction");
  const double scale = number(observation, "error_scale");
  require("stars", stars >= 1.0 && stars <= 1e8 && stars == std::floor(stars), "a whole number, 1 or more");
  require("error_scale", scale > 0.0 && scale <= 1e3, "a positive factor, at most 1000");
  require("radial_velocity_fraction", fraction >= 0.0 && fraction <= 1.0, "a fraction between 0 and 1");
  orbits_of(observation);
}

void check_truth(const Model& model, const Vector& truth) {
  double shares = 0.0;
  for (Eigen::Index i = 0; i < truth.size(); ++i) {
    const std::string& name = model.parameters[static_cast<std::size_t>(i)].name;
    const auto require = [&](bool good, const char* expected) {
      if (!good) throw InputError("truth." + name + ": expected " + expected);
    };
    if (name == "group_fraction") require(truth[i] >= 0.0 && truth[i] <= 1.0, "a fraction between 0 and 1");
    if (name.ends_with("_age")) require(truth[i] >= 0.0 && truth[i] <= 1000.0, "0 to 1000 Myr");
    if (name.ends_with("_dxyz") || name.ends_with("_duvw") || name.find("_sigma_") != std::string::npos) {
      require(truth[i] > 0.0, "a positive number");
    }
    if (name.find("_partial_") != std::string::npos) require(std::abs(truth[i]) < 1.0, "more than -1, less than 1");
    if (!name.ends_with("_weight")) continue;
    require(truth[i] >= 0.0, "a share of 0 or more");
    shares += truth[i];
  }
  if (model.groups > 1 && std::abs(shares - 1.0) > 1e-9) {
    throw InputError("truth.group_0_weight: expected shares of the groups that sum to 1");
  }
}

Catalogue observe_stars(const Model& model, const Vector& truth, const Observation& observation, Stream& latents,
                        Stream& noise) {
  const Generator generator(model, truth, observation);
  const auto count = static_cast<std::size_t>(number(observation, "stars"));
  field::CatalogueRows rows(count);
  for (std::size_t n = 0; n < count; ++n) {
    const auto [component, state] = generator.draw(latents);
    measure(sim::association::to_icrs(state, model.frame), observation, n, noise, rows);
    rows.set(n, "component", "", component);
  }
  return rows.take();
}

}  // namespace praesepe::infer::models::association
