#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <set>

#include "infer/density/conditional.hpp"
#include "sim/error.hpp"
#include "workflow/campaign/campaign.hpp"
#include "workflow/campaign/nearest_name.hpp"
#include "workflow/campaign/reader.hpp"
#include "workflow/store/checksum.hpp"
#include "workflow/studies.hpp"

namespace praesepe::workflow::campaign {

using infer::density::Prior;
using infer::models::Alias;
using infer::models::Parameter;
using infer::models::SettingKey;
using infer::models::Study;

ParameterName find_parameter(const Study& study, std::string_view name) {
  const auto& parameters = study.parameters();
  const auto index_of = [&parameters](std::string_view parameter) {
    return static_cast<std::size_t>(std::ranges::find(parameters, parameter, &Parameter::name) - parameters.begin());
  };
  for (const Alias& alias : study.aliases()) {
    if (alias.name == name) return {index_of(alias.parameter), alias.to_parameter};
  }
  return {index_of(name)};
}

namespace {

constexpr std::string_view kObserve = "observe.";

void read_campaign_section(Reader& reader, Campaign& campaign) {
  campaign.name = reader.word("campaign.name").value_or(std::filesystem::path(campaign.origin).stem().string());
  campaign.seed =
      static_cast<std::uint64_t>(reader.whole("campaign.seed", 0).value_or(static_cast<std::int64_t>(campaign.seed)));
  campaign.replicates = reader.whole("campaign.replicates", 1).value_or(campaign.replicates);
  campaign.common_random_numbers =
      reader.flag("campaign.common_random_numbers").value_or(campaign.common_random_numbers);
  const std::string design = reader.word("campaign.design").value_or("grid");
  if (design != "grid" && design != "prior" && design != "data") {
    reader.fail("campaign.design", "\"" + design + "\": expected \"grid\", \"prior\" or \"data\"");
  }
  campaign.design = design == "grid" ? Design::grid : design == "prior" ? Design::prior : Design::data;
  if (campaign.design == Design::data && campaign.replicates != 1) {
    reader.fail("campaign.replicates", "expected 1: a real catalogue is one task");
  }
}

/// A number for a parameter, through its alias if it was given by one.
double parameter_value(const Reader& reader, const Study& study, const std::string& key, std::string_view name,
                       double value) {
  const ParameterName parameter = find_parameter(study, name);
  const double converted = parameter.convert ? parameter.convert(value) : value;
  if (!std::isfinite(converted)) {
    reader.fail(key,
                fmt::format("{} gives no finite {}", number_text(value), study.parameters()[parameter.index].name));
  }
  return converted;
}

/// A word where the study's default is a number is an error; the study checks the rest.
void check_type(const Reader& reader, const std::string& key, const SettingKey& known, const Setting& value) {
  if (std::holds_alternative<double>(known.default_value) && std::holds_alternative<std::string>(value)) {
    reader.fail(key, toml_text(value) + ": expected a number");
  }
}

void read_observe(Reader& reader, Campaign& campaign) {
  for (const SettingKey& known : campaign.study->observe_keys()) {
    const std::string key = "observe." + known.name;
    const Setting value = reader.setting(key).value_or(known.default_value);
    check_type(reader, key, known, value);
    campaign.observe[known.name] = value;
  }
}

/// Configures the study by the tables that shape its model.
void configure_study(Reader& reader, const std::string& name, Campaign& campaign) {
  try {
    // A study of the registry lives for ever: nobody owns it.
    campaign.study = std::shared_ptr<const Study>(std::shared_ptr<const Study>(), &study_named(name));
  } catch (const InputError& error) {
    reader.fail("campaign.study", error.what());
  }
  const Study& study = *campaign.study;
  if (study.model_keys().empty()) return;
  for (const SettingKey& known : study.model_keys()) {
    const Setting value = reader.setting(known.name).value_or(known.default_value);
    check_type(reader, known.name, known, value);
    campaign.model[known.name] = value;
  }
  try {
    campaign.study = study.configured(campaign.model);
  } catch (const InputError& error) {
    rethrow_with_place(campaign, error.what());
  }
}

/// Names that [truth] and [grid] may use for parameters.
std::vector<std::string> truth_names(const Study& study) {
  std::vector<std::string> names;
  for (const Parameter& parameter : study.parameters()) names.push_back(parameter.name);
  for (const Alias& alias : study.aliases()) names.push_back(alias.name);
  return names;
}

/// Declares what [grid] may hold, so that a mistyped key is met with the nearest of them.
void know_grid(Reader& reader, const Study& study) {
  for (const std::string& name : truth_names(study)) reader.know("grid." + name);
  for (const SettingKey& key : study.observe_keys()) reader.know("grid.observe." + key.name);
  reader.know("grid.order");
  reader.know("grid.exclude");
}

std::vector<std::string> grid_order(Reader& reader, const std::vector<std::string>& written) {
  const auto order = reader.words("grid.order");
  if (!order) return written;
  if (!std::ranges::is_permutation(*order, written)) {
    reader.fail("grid.order", fmt::format("expected every key of [grid] once: {}", fmt::join(written, ", ")));
  }
  return *order;
}

void read_exclude(Reader& reader, Campaign& campaign) {
  for (const auto& row : reader.tables("grid.exclude")) {
    auto& excluded = campaign.exclude.emplace_back();
    for (const auto& [name, value] : row) {
      const auto axis = std::ranges::find(campaign.grid, name, &Axis::key);
      if (axis == campaign.grid.end()) reader.fail("grid.exclude", name + " is not a key of [grid]");
      if (std::ranges::find(axis->values, value) == axis->values.end()) {
        reader.fail("grid.exclude", fmt::format("{} = {} is not on the grid", name, toml_text(value)));
      }
      excluded[name] = value;
    }
    if (excluded.empty()) reader.fail("grid.exclude", "an empty table excludes everything; name at least one key");
  }
}

void read_grid(Reader& reader, const Document& document, Campaign& campaign) {
  const Study& study = *campaign.study;
  for (const std::string& name : grid_order(reader, document.grid_order)) {
    const std::string key = "grid." + name;
    if (campaign.design == Design::data) reader.fail(key, "design = \"data\" has no grid");
    Axis axis{name, reader.settings(key).value()};
    const bool observed = name.starts_with(kObserve);
    if (!observed && campaign.design == Design::prior) {
      reader.fail(key, "design = \"prior\" draws the truths; only observe.KEY may be on the grid");
    }
    for (const Setting& value : axis.values) {
      if (observed) {
        const auto& keys = study.observe_keys();
        check_type(reader, key, *std::ranges::find(keys, name.substr(kObserve.size()), &SettingKey::name), value);
      } else if (const double* number = std::get_if<double>(&value)) {
        parameter_value(reader, study, key, name, *number);
      } else {
        reader.fail(key, "expected a list of numbers");
      }
    }
    campaign.grid.push_back(std::move(axis));
  }
  read_exclude(reader, campaign);
}

void read_truth(Reader& reader, Campaign& campaign) {
  const Study& study = *campaign.study;
  std::map<std::size_t, std::string> given;  // parameter -> the key that gives it
  const auto claim = [&](const std::string& key, std::size_t index) {
    const auto [other, first] = given.emplace(index, key);
    if (!first) {
      reader.fail(key, fmt::format("{} is given twice, here and as {} ({})", study.parameters()[index].name,
                                   other->second, reader.place_of(other->second)));
    }
  };
  for (const Axis& axis : campaign.grid) {
    if (!axis.key.starts_with(kObserve)) claim("grid." + axis.key, find_parameter(study, axis.key).index);
  }
  for (const std::string& name : truth_names(study)) {
    const std::string key = "truth." + name;
    const auto value = reader.number(key);
    if (!value) continue;
    if (campaign.design == Design::data) reader.fail(key, "a real catalogue has no known truth");
    if (campaign.design == Design::prior) {
      reader.fail(key, "design = \"prior\" draws the truths; to hold one, write fixed(v) in [prior]");
    }
    const std::size_t index = find_parameter(study, name).index;
    claim(key, index);
    campaign.truth[study.parameters()[index].name] = parameter_value(reader, study, key, name, *value);
  }
  if (campaign.design != Design::grid) return;
  for (std::size_t i = 0; i < study.parameters().size(); ++i) {
    const Parameter& parameter = study.parameters()[i];
    if (given.contains(i)) continue;
    if (!parameter.default_truth) {
      reader.fail("truth." + parameter.name, "missing; give its true value here or a list of values in [grid]");
    }
    campaign.truth[parameter.name] = *parameter.default_truth;
  }
}

void check_prior_names(const Reader& reader, const Campaign& campaign, const std::string& key, const Prior& prior) {
  std::vector<std::string> names;
  if (campaign.design != Design::prior) names.emplace_back("observed");
  for (const auto& bound : campaign.study->bounds()) names.push_back(bound.name);
  for (const auto& argument : prior.arguments()) {
    if (argument.name.empty() || std::ranges::find(names, argument.name) != names.end()) continue;
    if (argument.name == "observed") {
      reader.fail(key, prior.text() + ": design = \"prior\" needs priors that do not look at the data");
    }
    reader.fail(key, fmt::format("{}: expected numbers{}{}", prior.text(), names.empty() ? "" : ", or ",
                                 fmt::join(names, ", ")));
  }
}

void read_priors(Reader& reader, Campaign& campaign) {
  for (const Parameter& parameter : campaign.study->parameters()) {
    const std::string own_key = "prior." + parameter.name;
    const std::string by_default =
        campaign.design == Design::prior ? parameter.default_prior_for_truths : parameter.default_prior;
    const std::string family_key = "prior." + infer::density::family_of(parameter.name);
    const std::string of_family = reader.word(family_key).value_or(by_default);
    const std::string text = reader.word(own_key).value_or(of_family);
    const std::string& key = reader.has(own_key) ? own_key : family_key;
    try {
      campaign.priors.push_back(Prior::parse(text));
    } catch (const InputError& error) {
      reader.fail(key, error.what());
    }
    check_prior_names(reader, campaign, key, campaign.priors.back());
  }
  std::vector<std::string> names;
  for (const Parameter& parameter : campaign.study->parameters()) names.push_back(parameter.name);
  try {
    infer::density::check_families(names, campaign.priors);
  } catch (const InputError& error) {
    rethrow_with_place(campaign, error.what());
  }
  if (std::ranges::all_of(campaign.priors, [](const Prior& prior) { return prior.is_fixed(); })) {
    throw InputError(campaign.origin + ": prior: every parameter is fixed; leave at least one free");
  }
}

void read_sampler(Reader& reader, Campaign& campaign) {
  const std::string method = reader.word("sampler.method").value_or("collapsed");
  const bool has_full = !campaign.study->latents().empty();
  if (method != "collapsed" && !(has_full && method == "full")) {
    reader.fail("sampler.method",
                fmt::format("\"{}\": expected {}", method,
                            has_full ? "\"collapsed\" or \"full\""
                                     : "\"collapsed\", which is all that study " + campaign.study->name() + " has"));
  }
  campaign.method = method == "full" ? Method::full : Method::collapsed;
  auto& sampler = campaign.sampler;
  const auto read_int = [&reader](const char* key, int minimum, int by_default) {
    const auto value = reader.whole(key, minimum).value_or(by_default);
    if (value > 100'000'000) reader.fail(key, "expected at most 100000000");
    return static_cast<int>(value);
  };
  sampler.chains = read_int("sampler.chains", 1, sampler.chains);
  sampler.warmup = read_int("sampler.warmup", 20, sampler.warmup);
  sampler.draws = read_int("sampler.draws", 4, sampler.draws);
  sampler.target_accept = reader.number("sampler.target_accept").value_or(sampler.target_accept);
  if (!(sampler.target_accept > 0.0 && sampler.target_accept < 1.0)) {
    reader.fail("sampler.target_accept", "expected a number between 0 and 1");
  }
  sampler.importance = reader.flag("sampler.importance").value_or(sampler.importance);
}

/// Beside the campaign file, else below PRAESEPE_DATA. An absolute path, as in a resolved campaign, is taken as it is:
/// its results can be read after the catalogue has gone.
std::filesystem::path find_catalogue(const Reader& reader, const std::string& name,
                                     const std::filesystem::path& folder) {
  if (std::filesystem::path(name).is_absolute()) return name;
  std::vector<std::filesystem::path> candidates{folder / name};
  if (const char* data = std::getenv("PRAESEPE_DATA")) candidates.push_back(std::filesystem::path(data) / name);
  for (const auto& candidate : candidates) {
    if (std::filesystem::exists(candidate)) return std::filesystem::weakly_canonical(candidate);
  }
  reader.fail("data.catalogues", fmt::format("{}: no such file in {} or in the folder that PRAESEPE_DATA names", name,
                                             folder.empty() ? "." : folder.string()));
}

/// Empty for what is no file: who reads the catalogue will say what is wrong with it.
std::string checksum_of(const std::filesystem::path& file) {
  try {
    return std::filesystem::is_regular_file(file) ? store::sha256_of_file(file) : "";
  } catch (const std::exception&) {
    return {};
  }
}

/// Names that [data.columns] may map: what the study's catalogues have.
std::vector<std::string> column_names(const Study& study) {
  std::vector<std::string> names{"source_id"};
  for (const auto& column : study.schema().columns) {
    names.push_back(column.name);
    names.push_back(column.name + study.schema().error_suffix);
  }
  return names;
}

void read_data(Reader& reader, Campaign& campaign, const std::filesystem::path& folder) {
  const bool real = campaign.design == Design::data;
  const auto files = reader.words("data.catalogues");
  if (files && !real) reader.fail("data.catalogues", "only design = \"data\" reads catalogues");
  if (real && (!files || files->empty())) {
    reader.fail("data.catalogues", "missing; design = \"data\" needs a list of catalogue files");
  }
  for (const std::string& file : files.value_or(std::vector<std::string>{})) {
    campaign.catalogues.push_back(find_catalogue(reader, file, folder));
  }
  if (const auto checksums = reader.words("data.sha256")) {  // a resolved campaign's
    if (checksums->size() != campaign.catalogues.size()) reader.fail("data.sha256", "expected one for each catalogue");
    campaign.checksums = *checksums;
  } else {
    for (const auto& file : campaign.catalogues) campaign.checksums.push_back(checksum_of(file));
  }
  for (const std::string& name : column_names(*campaign.study)) {
    const std::string key = "data.columns." + name;
    if (const auto column = reader.word(key)) {
      if (!real) reader.fail(key, "only design = \"data\" reads catalogues");
      campaign.columns[name] = *column;
    }
  }
}

void read_output(Reader& reader, Campaign& campaign) {
  campaign.store_catalogues = reader.flag("output.catalogues").value_or(campaign.store_catalogues);
  campaign.latents = reader.whole("output.latents", 0).value_or(campaign.latents);
  if (campaign.latents > 0 && campaign.study->latents().empty()) {
    reader.fail("output.latents", "expected 0: study " + campaign.study->name() + " has no latents to store");
  }
  const std::int64_t stored = std::int64_t{campaign.sampler.chains} * campaign.sampler.draws;
  if (campaign.latents > stored) {
    reader.fail("output.latents", fmt::format("expected at most {}, the draws that are stored", stored));
  }
}

std::string slurm_text(const Document& document) {
  const toml::node* slurm = document.root.get("slurm");
  if (!slurm || !slurm->is_table()) return {};
  std::ostringstream text;
  text << toml::table{{"slurm", *slurm->as_table()}};
  return text.str();
}

Campaign interpret(const Document& document, const std::filesystem::path& folder) {
  Campaign campaign;
  campaign.origin = document.origin;
  visit_leaves(document.root, "",
               [&](const std::string& key, const toml::node& node) { campaign.places[key] = place(document, node); });

  Reader reader(document);
  read_campaign_section(reader, campaign);
  const auto study = reader.word("campaign.study");
  for (const char* section : {"truth.", "observe.", "prior.", "sampler.", "data.", "output.", "grid.", "slurm."}) {
    if (!study) reader.know(section);
  }
  if (!study) {
    reader.refuse_unknown_keys();
    reader.fail("campaign.study", "missing; expected the name of a study");
  }
  configure_study(reader, *study, campaign);
  know_grid(reader, *campaign.study);
  reader.know("slurm.");
  read_observe(reader, campaign);
  read_priors(reader, campaign);
  read_sampler(reader, campaign);
  // A mistyped key of [grid], [truth] or [data.columns] must be met before what is missing because of it.
  for (const std::string& name : truth_names(*campaign.study)) reader.know("truth." + name);
  for (const std::string& name : column_names(*campaign.study)) reader.know("data.columns." + name);
  reader.know("data.catalogues");
  reader.know("data.sha256");
  read_output(reader, campaign);
  reader.refuse_unknown_keys();
  read_grid(reader, document, campaign);
  read_truth(reader, campaign);
  read_data(reader, campaign, folder);
  campaign.slurm = slurm_text(document);
  return campaign;
}

Campaign with_settings(Document document, const std::filesystem::path& folder,
                       const std::vector<std::string>& settings) {
  for (const std::string& setting : settings) apply_setting(document, setting);
  return interpret(document, folder);
}

}  // namespace

Campaign read_campaign(const std::filesystem::path& file, const std::vector<std::string>& settings) {
  return with_settings(read_document(file), file.parent_path(), settings);
}

Campaign parse_campaign(std::string_view text, const std::string& origin, const std::filesystem::path& folder,
                        const std::vector<std::string>& settings) {
  return with_settings(parse_document(text, origin), folder, settings);
}

void rethrow_with_place(const Campaign& campaign, const std::string& message) {
  const std::string key = message.substr(0, message.find_first_of(": ="));
  std::vector<std::string> candidates{key};
  if (key.starts_with("observe.")) candidates.push_back("grid." + key);
  if (key.starts_with("truth.")) {
    const std::string parameter = key.substr(6);
    candidates.push_back("grid." + parameter);
    for (const Alias& alias : campaign.study->aliases()) {
      if (alias.parameter != parameter) continue;
      candidates.push_back("truth." + alias.name);
      candidates.push_back("grid." + alias.name);
    }
  }
  for (const std::string& candidate : candidates) {
    if (const auto place = campaign.places.find(candidate); place != campaign.places.end()) {
      throw InputError(place->second + ": " + message);
    }
  }
  throw InputError(campaign.origin + ": " + message);
}

}  // namespace praesepe::workflow::campaign
