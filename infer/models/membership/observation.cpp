#include "infer/models/membership/observation.hpp"

#include <Eigen/Cholesky>
#include <algorithm>
#include <array>
#include <cmath>

#include "infer/models/field/catalogue_rows.hpp"
#include "infer/models/field/field_sample.hpp"
#include "infer/models/field/footprint.hpp"
#include "sim/astrometry/coordinates.hpp"
#include "sim/error.hpp"

namespace praesepe::infer::models::membership {

namespace units = sim::astrometry;
using field::CatalogueRows;
using field::StarNumbers;
using sim::astrometry::Catalogue;
using sim::random::Stream;

const std::vector<SettingKey>& observation_keys() {
  static const std::vector<SettingKey> keys = [] {
    std::vector<SettingKey> all{
        {"stars", "", "number of stars, cluster and field", 300.0},
        {"sigma_parallax", "mas", "median error of the parallax", 0.05},
        {"sigma_pm", "mas/yr", "median error of both proper motions", 0.05},
        {"error_spread", "dex", "errors of stars scatter by this much to either side", 0.3},
        {"correlation", "", "correlation of the errors of parallax, pmra and pmdec with each other", 0.2},
        {"radial_velocity_fraction", "", "fraction of stars with a radial velocity", 0.0},
        {"radial_velocity_sigma", "km/s", "error of the radial velocity", 1.0},
        {"parallax_zero_point", "mas", "zero point of the parallaxes: measured = true + this", 0.0}};
    std::ranges::move(field::footprint_keys(295.33, 40.19), std::back_inserter(all));
    return all;
  }();
  return keys;
}

void check_observation(const Model& model, const Observation& observation) {
  const auto require = [&](const char* key, bool good, const char* expected) {
    if (!good) throw InputError("observe." + std::string(key) + ": expected " + expected);
  };
  const auto value = [&](const char* key) { return number(observation, key); };
  const double stars = value("stars"), fraction = value("radial_velocity_fraction");
  require("stars", stars >= 1.0 && stars <= 1e8 && stars == std::floor(stars), "a whole number, 1 or more");
  require("sigma_parallax", value("sigma_parallax") > 0.0, "a positive error, mas");
  require("sigma_pm", value("sigma_pm") > 0.0, "a positive error, mas/yr");
  require("error_spread", value("error_spread") >= 0.0 && value("error_spread") <= 2.0, "0 to 2 dex");
  require("correlation", value("correlation") > -0.5 && value("correlation") < 1.0, "more than -0.5, less than 1");
  require("radial_velocity_fraction", fraction >= 0.0 && fraction <= 1.0, "a fraction between 0 and 1");
  require("radial_velocity_sigma", value("radial_velocity_sigma") > 0.0, "a positive error, km/s");
  field::check_footprint(observation, model.data == Data::all);
}

namespace {

/// Draws one star after another. Every star takes the same number of random numbers, so that scans share their stars.
class Generator {
 public:
  Generator(const Model& model, const Vector& truth, const Observation& observation)
      : model_(model), truth_(truth), footprint_(field::footprint(observation)) {
    constexpr double any = 0.5;  // deg: where positions are not looked at, stars still need some
    if (footprint_.radius == 0.0) footprint_.radius = any;
  }

  /// True ra, dec (deg), parallax (mas), pmra, pmdec (mas/yr), radial velocity (km/s), as far as the model has them.
  struct Star {
    int component;  ///< 0 cluster, 1 field
    units::Icrs6 seen;
  };

  Star draw(Stream& stream) const {
    const StarNumbers numbers = StarNumbers::draw(stream);
    Eigen::Vector3d velocity;
    for (double& x : velocity) x = stream.normal();
    const double fraction = at("cluster_fraction");
    if (numbers.share < fraction) return {0, cluster(numbers, velocity)};
    const double share = (numbers.share - fraction) / (1.0 - fraction);
    return {1, field::field_star(model_.field, truth_, footprint_, share, numbers)};
  }

 private:
  double at(const char* name) const { return truth_[model_.index(name)]; }

  units::Icrs6 cluster(const StarNumbers& numbers, const Eigen::Vector3d& velocity) const {
    const Eigen::Vector3d& normal = numbers.normal;
    if (model_.data == Data::all) {
      auto star =
          units::to_cartesian({at("ra"), at("dec"), at("parallax"), at("pmra"), at("pmdec"), at("radial_velocity")});
      star.position_pc += at("sigma_position") * normal;
      star.velocity_kms += at("sigma_velocity") * velocity;
      return units::to_icrs(star);
    }
    units::Icrs6 star = field::place_in(footprint_, numbers.place);
    if (model_.data == Data::parallax) star.parallax = at("parallax") + at("sigma_parallax") * normal[0];
    if (model_.data == Data::pmra) star.pmra = at("pmra") + at("sigma_pmra") * normal[0];
    if (model_.data == Data::proper_motions) field::set_motion(model_.cluster_motion(), truth_, normal, star);
    return star;
  }

  const Model& model_;
  const Vector& truth_;
  field::Footprint footprint_;
};

/// Adds errors, correlated by the same amount each with each, and writes parallax, pmra, pmdec to a row.
void measure(const units::Icrs6& star, const Observation& observation, std::size_t row, Stream& noise,
             CatalogueRows& rows) {
  static const std::array names{"parallax", "pmra", "pmdec"};
  static const std::array motion_units{"mas", "mas/yr", "mas/yr"};
  const double spread = number(observation, "error_spread"), r = number(observation, "correlation");
  const double factor = std::pow(10.0, noise.uniform(-spread, spread));
  const double parallax = factor * number(observation, "sigma_parallax"), pm = factor * number(observation, "sigma_pm");
  const std::array truth{star.parallax + number(observation, "parallax_zero_point"), star.pmra, star.pmdec},
      sigma{parallax, pm, pm};
  const Eigen::Matrix3d correlation = Eigen::Matrix3d::Constant(r) + (1.0 - r) * Eigen::Matrix3d::Identity();
  const Eigen::Vector3d normal(noise.normal(), noise.normal(), noise.normal());
  const Eigen::Vector3d error = correlation.llt().matrixL() * normal;
  for (std::size_t i = 0; i < 3; ++i) {
    rows.set(row, names[i], motion_units[i], truth[i] + sigma[i] * error[static_cast<Eigen::Index>(i)]);
    rows.set(row, std::string(names[i]) + "_error", motion_units[i], sigma[i]);
    for (std::size_t j = i + 1; j < 3; ++j) rows.set(row, std::string(names[i]) + "_" + names[j] + "_corr", "", r);
  }
}

}  // namespace

Catalogue observe_stars(const Model& model, const Vector& truth, const Observation& observation, Stream& latents,
                        Stream& noise) {
  const Generator generator(model, truth, observation);
  const auto count = static_cast<std::size_t>(number(observation, "stars"));
  const double fraction = number(observation, "radial_velocity_fraction");
  const double sigma = number(observation, "radial_velocity_sigma");
  CatalogueRows rows(count);
  for (std::size_t n = 0; n < count; ++n) {
    const auto star = generator.draw(latents);
    rows.set(n, "ra", "deg", star.seen.ra);
    rows.set(n, "dec", "deg", star.seen.dec);
    measure(star.seen, observation, n, noise, rows);
    const double chosen = noise.uniform(), error = noise.normal();
    if (model.data == Data::all && chosen < fraction) {
      rows.set(n, "radial_velocity", "km/s", star.seen.radial_velocity + sigma * error);
      rows.set(n, "radial_velocity_error", "km/s", sigma);
    }
    rows.set(n, "component", "", star.component);
  }
  return rows.take();
}

}  // namespace praesepe::infer::models::membership
