// What a study tells the rest of Praesepe. Implement this, add one line to workflow/studies.cpp, and every command
// works.
//
// A study has two faces that stay side by side: simulate() draws a catalogue from true parameters, likelihood() says
// how probable a catalogue is given parameters. It adds no sampler, no storage and no report of its own.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "infer/density/joint_likelihood.hpp"
#include "infer/density/log_density.hpp"
#include "infer/density/parameter_space.hpp"
#include "sim/astrometry/catalogue.hpp"
#include "sim/astrometry/catalogue_schema.hpp"
#include "sim/random/stream.hpp"

namespace praesepe::infer::models {

using density::Vector;

/// A model parameter, sampled unless its prior is fixed(v).
struct Parameter {
  std::string name;
  std::string unit;
  std::string description;
  std::string default_prior;             ///< for design "grid" and "data"; may look at the data (`observed`)
  std::string default_prior_for_truths;  ///< for design = "prior"; must not look at the data
  std::optional<double> default_truth;   ///< truth of a simulation when the campaign gives none
};

/// A quantity computed from the parameters, stored beside them.
struct DerivedQuantity {
  std::string name;
  std::string unit;
  std::string description;
};

/// A true coordinate of every star.
struct StarQuantity {
  std::string name;
  std::string unit;
};

/// Draws the stars' latents given the parameters.
class LatentSampler {
 public:
  virtual ~LatentSampler() = default;
  /// One draw from p(latents | theta, catalogue): (stars, columns). NaN for a star that has none under theta (P).
  virtual density::Matrix draw(const Vector& theta, sim::random::Stream& stream) const = 0;
};

/// Another way to write the truth of a parameter, e.g. half_mass_radius (pc) for log10_rh.
struct Alias {
  std::string name;
  std::string unit;
  std::string parameter;
  double (*to_parameter)(double);
};

/// Value of a setting: a number (also for switches: 0, 1) or a word.
using Setting = std::variant<double, std::string>;

/// A key of the campaign file that a study reads.
struct SettingKey {
  std::string name;  ///< "stars" of [observe]; "field.components" of what shapes the model
  std::string unit;
  std::string description;
  Setting default_value;
};

/// All keys of [observe] of one task, defaults filled in.
using Observation = std::map<std::string, Setting, std::less<>>;
/// All keys that shape the model, "table.key", defaults filled in: the same for all tasks of a campaign.
using ModelSettings = std::map<std::string, Setting, std::less<>>;

/// The number stored under a key. Throws InputError("observe.<key>: expected a number") if it is a word.
double number(const Observation& observation, std::string_view key);
/// The whole number of a model setting. Throws InputError("<key>: expected ...") unless minimum <= it <= maximum.
int whole(const ModelSettings& settings, std::string_view key, int minimum, int maximum);
/// Which of `choices` the word of a model setting is. Throws InputError("<key>: expected ...") if it is none.
std::size_t choice(const ModelSettings& settings, std::string_view key, const std::vector<std::string>& choices);

/// Posterior functions of a radius-like coordinate, e.g. density profiles.
struct Profiles {
  std::vector<double> radius;      ///< the grid, the same for all tasks of a study, pc
  std::vector<std::string> names;  ///< rho, v2, ...
  std::vector<std::string> units;
};

class Study {
 public:
  virtual ~Study() = default;

  virtual std::string name() const = 0;
  /// One sentence for --help.
  virtual std::string description() const = 0;

  /// What shapes the model itself, such as the number of its components.
  virtual const std::vector<SettingKey>& model_keys() const { return no_keys_; }
  /// The study with these settings. Throws InputError naming the key. Called only if there are keys.
  virtual std::unique_ptr<const Study> configured(const ModelSettings&) const { return nullptr; }

  virtual const std::vector<Parameter>& parameters() const = 0;                        ///< (P)
  virtual const std::vector<DerivedQuantity>& derived() const { return no_derived_; }  ///< (Q)
  virtual const std::vector<Alias>& aliases() const { return no_aliases_; }
  virtual const std::vector<SettingKey>& observe_keys() const = 0;
  /// Columns that a catalogue of this study has, for readers and for their messages.
  virtual const sim::astrometry::CatalogueSchema& schema() const = 0;

  /// Bounds that priors may name, such as F_b.
  virtual std::vector<density::DependentBound> bounds() const { return {}; }

  /// Throws InputError naming "truth.<parameter>" or "observe.<key>" where a simulation with these values is
  /// impossible.
  virtual void check(const Vector& truth, const Observation& observation) const = 0;  ///< truth (P)

  /// The generative face. Draws latents from `latents` and errors from `noise`, so that scans may share the former.
  virtual sim::astrometry::Catalogue simulate(const Vector& truth, const Observation& observation,
                                              sim::random::Stream& latents, sim::random::Stream& noise) const = 0;

  /// The parameters with these priors (P), in which `observed` stands for the range of the catalogue's column.
  density::ParameterSpace space(const std::vector<density::Prior>& priors,
                                const sim::astrometry::Catalogue& catalogue) const;

  /// The inferential face. Throws InputError for a catalogue that the model cannot use (names the file, row, column).
  virtual std::unique_ptr<density::Likelihood> likelihood(const sim::astrometry::Catalogue& catalogue,
                                                          const Observation& observation) const = 0;

  /// Points in parameter space, (P) each, from which to look for modes: based on the catalogue, spread over what the
  /// priors allow. The sampler adds none of its own: give several where several modes are possible.
  virtual std::vector<Vector> starts(const sim::astrometry::Catalogue& catalogue, const density::ParameterSpace& space,
                                     sim::random::Stream& stream) const = 0;

  /// (Q) derived quantities at theta (P).
  virtual Vector derive(const Vector& theta) const { return Vector(theta.size() * 0); }

  /// The columns of the latents that the study can draw; empty if it draws none.
  virtual const std::vector<StarQuantity>& latents() const { return no_latents_; }
  /// Called only if there are columns. Throws InputError as likelihood() does.
  virtual std::unique_ptr<const LatentSampler> latent_sampler(const sim::astrometry::Catalogue&,
                                                              const Observation&) const {
    return nullptr;
  }
  /// The model before anything is integrated out, of the latents that latent_sampler() draws; null if the study has it
  /// not. Throws InputError as likelihood() does.
  virtual std::unique_ptr<const density::JointLikelihood> joint_likelihood(const sim::astrometry::Catalogue&,
                                                                           const Observation&) const {
    return nullptr;
  }

  /// Posterior functions, if the study has any.
  virtual const Profiles& profiles() const { return no_profiles_; }
  /// (radius x names) values at theta.
  virtual density::Matrix profile_values(const Vector&) const { return {}; }

  /// Expected cost of one task, CPU seconds on a current core: for scheduling (longest first) and `plan`.
  virtual double expected_seconds(const Observation& observation) const = 0;

 private:
  inline static const std::vector<DerivedQuantity> no_derived_{};
  inline static const std::vector<Alias> no_aliases_{};
  inline static const std::vector<SettingKey> no_keys_{};
  inline static const std::vector<StarQuantity> no_latents_{};
  inline static const Profiles no_profiles_{};
};

}  // namespace praesepe::infer::models
