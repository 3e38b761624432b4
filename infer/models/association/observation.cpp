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

constexpr std::size_t kParallax = 2;

/// Given in deg, though its error is in mas.
bool is_angle(const ErrorLaw& law) { return law.value == &Icrs6::ra || law.value == &Icrs6::dec; }

/// Which of `choices` the word of a key is. Throws InputError naming the key if it is none.
std::size_t word(const Observation& observation, const char* key, const std::vector<std::string>& choices) {
  try {
    return choice(observation, key, choices);
  } catch (const InputError& error) {
    throw InputError(std::string("observe.") + error.what());
  }
}

enum class StarOrbits { exact, integrated, linear };

StarOrbits orbits_of(const Observation& observation) {
  return static_cast<StarOrbits>(word(observation, "orbits", {"exact", "integrated", "linear"}));
}

/// Whether each Gaussian of the field is drawn as a box of its mean and covariance, which the density knows nothing of.
bool is_field_uniform(const Observation& observation) {
  return word(observation, "field", {"gaussian", "uniform"}) == 1;
}

/// The law that each star follows; null if only the mean does, and the stars an orbit linear about it.
std::unique_ptr<const sim::association::Orbit> orbit_of_stars(const Model& model, StarOrbits orbits) {
  switch (orbits) {
    case StarOrbits::exact: return std::make_unique<EpicyclicOrbit>(model.orbit);
    case StarOrbits::integrated: return std::make_unique<sim::association::IntegratedOrbit>();
    case StarOrbits::linear: break;
  }
  return nullptr;
}

/// Draws one star after another. Every star takes the same number of random numbers, so that scans share their stars.
class Generator {
 public:
  Generator(const Model& model, const Vector& truth, const Observation& observation)
      : model_(model),
        truth_(truth),
        orbit_(orbit_of_stars(model, orbits_of(observation))),
        uniform_field_(is_field_uniform(observation)) {
    const sim::association::Orbit& of_mean = orbit_ ? *orbit_ : model.orbit;
    for (int k = 0; k < model.groups; ++k) {
      const auto at = model.group(k);
      const Vector6 mean = truth.segment<6>(at.mean);
      const Matrix6 factor = factor_at(at.birth, truth);
      groups_.push_back({factor, truth[at.age], of_mean.trace(mean, -truth[at.age]), mean,
                         aged_ellipsoid(model.orbit, mean, factor, truth[at.age]).forward()});
    }
    for (int k = 0; model.has_field && k < model.fields; ++k)
      field_factor_.push_back(factor_at(model.field(k).shape, truth));
  }

  /// The component, groups first, and the state today.
  std::pair<int, Vector6> draw(Stream& stream) const {
    double share = stream.uniform();
    Vector6 normal;
    for (double& x : normal) x = stream.normal();
    const double fraction = model_.has_field ? truth_[model_.index("group_fraction")] : 1.0;
    if (share >= fraction) return {model_.groups, field_star((share - fraction) / (1.0 - fraction), normal)};
    share /= fraction;
    int k = 0;
    while (k + 1 < model_.groups && share >= weight(k)) share -= weight(k++);
    return {k, member(groups_[static_cast<std::size_t>(k)], normal)};
  }

 private:
  struct Group {
    Matrix6 birth_factor;
    double age;
    Vector6 birth, now;
    Matrix6 forward;
  };

  double weight(int k) const { return truth_[model_.index(fmt::format("group_{}_weight", k))]; }

  Vector6 member(const Group& group, const Vector6& normal) const {
    const Vector6 off = group.birth_factor * normal;
    if (orbit_) return orbit_->trace(group.birth + off, group.age);
    return group.now + group.forward * off;
  }

  /// `share`: uniform, chooses the Gaussian.
  Vector6 field_star(double share, Vector6 normal) const {
    int k = 0;
    while (k + 1 < model_.fields && share >= truth_[model_.field_weight(k)]) share -= truth_[model_.field_weight(k++)];
    // Phi of a normal number is uniform over 0 to 1; sqrt(3) (2 Phi - 1) has variance 1
    const auto as_uniform = [](double x) { return std::sqrt(3.0) * std::erf(x / std::sqrt(2.0)); };
    if (uniform_field_) normal = normal.unaryExpr(as_uniform).eval();
    return truth_.segment<6>(model_.field(k).mean) + field_factor_[static_cast<std::size_t>(k)] * normal;
  }

  const Model& model_;
  const Vector& truth_;
  std::unique_ptr<const sim::association::Orbit> orbit_;
  bool uniform_field_;
  std::vector<Group> groups_;
  std::vector<Matrix6> field_factor_;
};

/// What was measured of a star, in the order of kErrors: true value plus error, and the error's standard deviation.
struct Measurement {
  Icrs6 seen;
  std::array<double, kErrors.size()> sigma;
  bool has_velocity;
};

/// Always draws as many numbers.
Measurement measure(const Icrs6& star, const Observation& observation, Stream& noise) {
  const double scale = number(observation, "error_scale");
  const double mas_per_deg = 3.6e6, east = std::cos(star.dec * sim::astrometry::kRadPerDeg);
  Measurement measured{.seen = star, .sigma = {}, .has_velocity = false};
  measured.has_velocity = noise.uniform() < number(observation, "radial_velocity_fraction");
  for (std::size_t i = 0; i < kErrors.size(); ++i) {
    const ErrorLaw& law = kErrors[i];
    measured.sigma[i] = scale * (law.least + law.scale * std::exp(law.shape * noise.normal()));
    double error = measured.sigma[i] * noise.normal();
    if (is_angle(law)) error /= mas_per_deg * (law.value == &Icrs6::ra ? east : 1.0);
    measured.seen.*law.value += error;
  }
  return measured;
}

bool is_selected(const Measurement& star, const Observation& observation) {
  const double least = number(observation, "min_parallax"), ratio = number(observation, "min_parallax_over_error");
  return (least == 0.0 || star.seen.parallax > least) &&
         (ratio == 0.0 || star.seen.parallax > ratio * star.sigma[kParallax]);
}

void write(const Measurement& star, std::size_t row, field::CatalogueRows& rows) {
  for (std::size_t i = 0; i < kErrors.size(); ++i) {
    const ErrorLaw& law = kErrors[i];
    if (law.value == &Icrs6::radial_velocity && !star.has_velocity) continue;
    rows.set(row, law.name, is_angle(law) ? "deg" : law.unit, star.seen.*law.value);
    rows.set(row, std::string(law.name) + "_error", law.unit, star.sigma[i]);
  }
}

}  // namespace

const std::vector<SettingKey>& observation_keys() {
  static const std::vector<SettingKey> keys{
      {"stars", "", "number of stars, groups and field", 200.0},
      {"error_scale", "", "errors are those of Gaia DR2 for nearby young stars, times this", 1.0},
      {"radial_velocity_fraction", "", "fraction of stars with a radial velocity", 1.0},
      {"min_parallax", "mas", "only stars of a measured parallax above this are in the catalogue; 0: all", 0.0},
      {"min_parallax_over_error", "", "only stars whose parallax is above this times its error; 0: all", 0.0},
      {"orbits", "",
       "\"exact\": each star's own epicycle; \"integrated\": its own through the Milky Way's field; \"linear\": as the "
       "density has it, about the mean's",
       std::string("exact")},
      {"field", "", "\"gaussian\": as the density has it; \"uniform\": stars fill a box of that mean and covariance",
       std::string("gaussian")}};
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
  require("min_parallax", number(observation, "min_parallax") >= 0.0, "0 or more, mas");
  require("min_parallax_over_error", number(observation, "min_parallax_over_error") >= 0.0, "0 or more");
  orbits_of(observation);
  is_field_uniform(observation);
}

void check_truth(const Model& model, const Vector& truth) {
  double group_shares = 0.0, field_shares = 0.0;
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
    (name.starts_with("group_") ? group_shares : field_shares) += truth[i];
  }
  const auto require_all = [](const char* name, int components, double shares, const char* whole) {
    if (components == 1 || std::abs(shares - 1.0) <= 1e-9) return;
    throw InputError(fmt::format("truth.{}: expected shares of the {} that sum to 1", name, whole));
  };
  require_all("group_0_weight", model.groups, group_shares, "groups");
  require_all("field_0_weight", model.fields, field_shares, "field");
}

Catalogue observe_stars(const Model& model, const Vector& truth, const Observation& observation, Stream& latents,
                        Stream& noise) {
  const Generator generator(model, truth, observation);
  const auto count = static_cast<std::size_t>(number(observation, "stars"));
  constexpr std::size_t kMostDraws = 1000;  // for each star of the catalogue
  field::CatalogueRows rows(count);
  std::size_t row = 0;
  for (std::size_t drawn = 0; row < count; ++drawn) {
    if (drawn == kMostDraws * count) {
      throw TaskFailure(
          fmt::format("of {} stars drawn only {} pass observe.min_parallax and "
                      "observe.min_parallax_over_error; {} are asked for",
                      drawn, row, count));
    }
    const auto [component, state] = generator.draw(latents);
    const Measurement star = measure(sim::association::to_icrs(state, model.frame), observation, noise);
    if (!is_selected(star, observation)) continue;
    write(star, row, rows);
    rows.set(row++, "component", "", component);
  }
  return rows.take();
}

}  // namespace praesepe::infer::models::association
