#include "infer/models/membership/observation.hpp"

#include <Eigen/Cholesky>
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numbers>

#include "sim/astrometry/coordinates.hpp"
#include "sim/astrometry/units.hpp"
#include "sim/error.hpp"

namespace praesepe::infer::models::membership {

namespace units = sim::astrometry;
using sim::astrometry::Catalogue;
using sim::random::Stream;

const std::vector<SettingKey>& observation_keys() {
  static const std::vector<SettingKey> keys{
      {"stars", "", "number of stars, cluster and field", 300.0},
      {"sigma_parallax", "mas", "median error of the parallax", 0.05},
      {"sigma_pm", "mas/yr", "median error of both proper motions", 0.05},
      {"error_spread", "dex", "errors of stars scatter by this much to either side", 0.3},
      {"correlation", "", "correlation of the errors of parallax, pmra and pmdec with each other", 0.2},
      {"radial_velocity_fraction", "", "fraction of stars with a radial velocity", 0.0},
      {"radial_velocity_sigma", "km/s", "error of the radial velocity", 1.0},
      {"parallax_zero_point", "mas", "zero point of the parallaxes: measured = true + this", 0.0},
      {"footprint_ra", "deg", "centre of the disc on the sky over which the field is spread", 295.33},
      {"footprint_dec", "deg", "centre of that disc", 40.19},
      {"footprint_radius", "deg", "radius of that disc; 0: of a real catalogue, as far as its farthest star", 0.0}};
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
  require("footprint_dec", std::abs(value("footprint_dec")) <= 90.0, "-90 to 90 deg");
  require("footprint_radius", value("footprint_radius") >= 0.0 && value("footprint_radius") <= 180.0, "0 to 180 deg");
  require("footprint_radius", model.data != Data::all || value("footprint_radius") > 0.0,
          "a radius above 0, deg: with model.data = \"all\" a simulation must know where its field ends");
}

void check_truth(const Model& model, const Vector& truth) {
  double shares = 0.0;
  for (Eigen::Index i = 0; i < truth.size(); ++i) {
    const std::string& name = model.parameters[static_cast<std::size_t>(i)].name;
    const auto require = [&](bool good, const char* expected) {
      if (!good) throw InputError("truth." + name + ": expected " + expected);
    };
    if (name == "cluster_fraction") require(truth[i] >= 0.0 && truth[i] <= 1.0, "a fraction between 0 and 1");
    if (name == "parallax" || name == "field_length") require(truth[i] > 0.0, "a positive number");
    if (name.find("sigma_") != std::string::npos) require(truth[i] >= 0.0, "0 or more");
    if (name.find("rho_") != std::string::npos) require(std::abs(truth[i]) <= 1.0, "a correlation, -1 to 1");
    if (name.ends_with("_weight")) {
      require(truth[i] >= 0.0, "a share of 0 or more");
      shares += truth[i];
    }
  }
  if (model.fields > 1 && std::abs(shares - 1.0) > 1e-9) {
    throw InputError("truth.field_0_weight: expected shares of the field that sum to 1");
  }
}

namespace {

/// Draws one star after another. Every star takes the same number of random numbers, so that scans share their stars; a
/// distance of the field is a gamma variate of shape 3.
class Generator {
 public:
  Generator(const Model& model, const Vector& truth, const Observation& observation)
      : model_(model), truth_(truth), observation_(observation) {}

  /// True ra, dec (deg), parallax (mas), pmra, pmdec (mas/yr), radial velocity (km/s), as far as the model has them.
  struct Star {
    int component;  ///< 0 cluster, 1 field
    units::Icrs6 seen;
  };

  Star draw(Stream& stream) const {
    const double which = stream.uniform(), distance = -std::log(stream.uniform() * stream.uniform() * stream.uniform());
    std::array<double, 2> place{stream.uniform(), stream.uniform()};
    Eigen::Matrix<double, 6, 1> normal;
    for (double& x : normal) x = stream.normal();
    const double fraction = at("cluster_fraction");
    if (which < fraction) return {0, cluster(place, normal)};
    return {1, field((which - fraction) / (1.0 - fraction), distance, place, normal)};
  }

 private:
  double at(const char* name) const { return truth_[model_.index(name)]; }
  double number_of(const char* key) const { return number(observation_, key); }

  /// A place of the footprint, uniform on the sphere.
  units::Icrs6 on_sky(const std::array<double, 2>& place) const {
    const auto triad = units::local_triad(number_of("footprint_ra"), number_of("footprint_dec"));
    // Where positions are not looked at, stars still need some.
    constexpr double any = 0.5;
    const double asked = number_of("footprint_radius"), radius = (asked > 0.0 ? asked : any) * units::kRadPerDeg;
    const double height =
        2.0 * std::pow(std::sin(0.5 * radius), 2) * place[0];  // 1 - cos of the distance from the centre
    const double across = std::sqrt(height * (2.0 - height)), angle = 2.0 * std::numbers::pi * place[1];
    const Eigen::Vector3d direction =
        (1.0 - height) * triad.radial + across * (std::cos(angle) * triad.east + std::sin(angle) * triad.north);
    return units::to_icrs({direction, Eigen::Vector3d::Zero()});
  }

  units::Icrs6 cluster(const std::array<double, 2>& place, const Eigen::Matrix<double, 6, 1>& normal) const {
    if (model_.data == Data::all) {
      auto star =
          units::to_cartesian({at("ra"), at("dec"), at("parallax"), at("pmra"), at("pmdec"), at("radial_velocity")});
      star.position_pc += at("sigma_position") * normal.head<3>();
      star.velocity_kms += at("sigma_velocity") * normal.tail<3>();
      return units::to_icrs(star);
    }
    units::Icrs6 star = on_sky(place);
    if (model_.data == Data::parallax) star.parallax = at("parallax") + at("sigma_parallax") * normal[0];
    if (model_.data == Data::pmra) star.pmra = at("pmra") + at("sigma_pmra") * normal[0];
    if (model_.data == Data::proper_motions) set_motion(model_.cluster_motion(), normal, star);
    return star;
  }

  units::Icrs6 field(double which, double distance, const std::array<double, 2>& place,
                     const Eigen::Matrix<double, 6, 1>& normal) const {
    units::Icrs6 star = on_sky(place);
    if (model_.data == Data::parallax || model_.data == Data::all)
      star.parallax = 1.0 / (at("field_length") * distance);
    if (model_.data == Data::parallax) return star;
    int k = 0;
    for (; k + 1 < model_.fields && which >= truth_[model_.field_index(k, "weight")]; ++k) {
      which -= truth_[model_.field_index(k, "weight")];
    }
    if (model_.data == Data::pmra) {
      star.pmra = truth_[model_.field_index(k, "pmra")] + truth_[model_.field_index(k, "sigma_pmra")] * normal[0];
      return star;
    }
    set_motion(model_.field_motion(k), normal, star);
    if (model_.data == Data::all) {
      star.radial_velocity = truth_[model_.field_index(k, "radial_velocity")] +
                             truth_[model_.field_index(k, "sigma_radial_velocity")] * normal[2];
    }
    return star;
  }

  void set_motion(const MotionIndices& i, const Eigen::Matrix<double, 6, 1>& normal, units::Icrs6& star) const {
    const double r = i.correlation < 0 ? 0.0 : truth_[i.correlation];
    star.pmra = truth_[i.pmra] + truth_[i.sd_pmra] * normal[0];
    star.pmdec = truth_[i.pmdec] + truth_[i.sd_pmdec] * (r * normal[0] + std::sqrt(1.0 - r * r) * normal[1]);
  }

  const Model& model_;
  const Vector& truth_;
  const Observation& observation_;
};

/// Columns by name, filled row by row.
class Rows {
 public:
  explicit Rows(std::size_t count) : catalogue_(count), count_(count) {}

  void set(std::size_t row, const std::string& name, const char* unit, double value) {
    auto found = std::ranges::find(columns_, name, &sim::astrometry::Column::name);
    if (found == columns_.end()) {
      columns_.push_back({name, unit, std::vector<double>(count_, std::numeric_limits<double>::quiet_NaN())});
      found = columns_.end() - 1;
    }
    found->values[row] = value;
  }
  Catalogue take() {
    catalogue_.origin = "simulated catalogue";
    for (auto& column : columns_) catalogue_.add(column.name, column.unit, std::move(column.values));
    return std::move(catalogue_);
  }

 private:
  Catalogue catalogue_;
  std::size_t count_;
  std::vector<sim::astrometry::Column> columns_;
};

/// Adds errors, correlated by the same amount each with each, and writes parallax, pmra, pmdec to a row.
void measure(const units::Icrs6& star, const Observation& observation, std::size_t row, Stream& noise, Rows& rows) {
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
  Rows rows(count);
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
