// A campaign: one study, many simulated or real catalogues. Read from a TOML file, with every default filled in.
//
// The keys and what they mean: jobs/README.md. All defaults are those of this struct and of the study.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "infer/density/prior.hpp"
#include "infer/models/study.hpp"
#include "infer/nuts/posterior_sample.hpp"

namespace praesepe::workflow::campaign {

using infer::models::ModelSettings;
using infer::models::Observation;
using infer::models::Setting;

enum class Design {
  grid,   ///< truths on a cartesian grid
  prior,  ///< truths drawn from the priors: simulation-based calibration
  data    ///< real catalogues, one task each
};

/// What the chains move in.
enum class Method {
  collapsed,  ///< the parameters, latents integrated out
  full        ///< parameters and latents
};

/// One key of [grid].
struct Axis {
  std::string key;  ///< a parameter, an alias of one, or "observe.KEY"
  std::vector<Setting> values;
};

struct Campaign {
  std::string origin;                                 ///< the file, for messages
  std::shared_ptr<const infer::models::Study> study;  ///< configured by `model`

  std::string name;
  std::uint64_t seed = 1;
  std::int64_t replicates = 1;
  Design design = Design::grid;
  bool common_random_numbers = false;

  std::vector<Axis> grid;  ///< last axis fastest
  std::vector<std::map<std::string, Setting>> exclude;
  std::map<std::string, double> truth;  ///< by parameter, those not on the grid; design grid only
  Observation observe;
  ModelSettings model;
  std::vector<infer::density::Prior> priors;  ///< (P)
  Method method = Method::collapsed;
  infer::nuts::SamplerOptions sampler;
  std::vector<std::filesystem::path> catalogues;  ///< absolute
  std::vector<std::string> checksums;             ///< SHA-256 of each catalogue: another content is another campaign
  std::map<std::string, std::string> columns;     ///< our name -> the file's
  bool store_catalogues = false;
  std::int64_t latents = 0;  ///< stored draws for which the stars' latents are drawn
  std::string slurm;         ///< the table [slurm] as TOML text, for whoever submits

  /// Where each key was written, "FILE:LINE", by dotted key.
  std::map<std::string, std::string, std::less<>> places;
};

/// Reads a campaign file and changes it by "a.b=VALUE" assignments. Throws InputError that names file, line and key.
Campaign read_campaign(const std::filesystem::path& file, const std::vector<std::string>& settings = {});
/// The same from text; relative paths start at `folder`.
Campaign parse_campaign(std::string_view text, const std::string& origin, const std::filesystem::path& folder,
                        const std::vector<std::string>& settings = {});

/// The campaign as TOML with every default written out; parsing it gives the same campaign and the same text.
std::string resolved_toml(const Campaign& campaign);

/// Keys whose values differ between two resolved texts, such as "sampler.draws (1000, now 500)".
std::vector<std::string> differing_keys(std::string_view before, std::string_view now);

/// An InputError that a study threw ("truth.w0: expected ..."), with the place where that key was written put in front.
[[noreturn]] void rethrow_with_place(const Campaign& campaign, const std::string& message);

/// Value of the setting as TOML: shortest digits that read back exactly, or a quoted string.
std::string toml_text(const Setting& setting);
/// Shortest digits that read back exactly.
std::string number_text(double value);

/// The parameter that a name of [truth] or [grid] stands for and the conversion to it; index P if it stands for none.
struct ParameterName {
  std::size_t index;
  double (*convert)(double) = nullptr;  ///< nullptr: none needed
};
ParameterName find_parameter(const infer::models::Study& study, std::string_view name);

}  // namespace praesepe::workflow::campaign
