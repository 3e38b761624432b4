#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <sstream>

#include "workflow/campaign/campaign.hpp"
#include "workflow/campaign/document.hpp"

namespace praesepe::workflow::campaign {

namespace {

std::string quoted(const std::string& text) {
  std::ostringstream out;
  out << toml::value<std::string>(text);
  return out.str();
}

/// A key that TOML may not take bare, such as observe.stars, in quotes.
std::string toml_key(const std::string& key) { return key.find('.') == std::string::npos ? key : quoted(key); }

std::string list_text(const std::vector<Setting>& values) {
  std::vector<std::string> texts;
  for (const Setting& value : values) texts.push_back(toml_text(value));
  return fmt::format("[{}]", fmt::join(texts, ", "));
}

std::string grid_text(const Campaign& campaign) {
  if (campaign.grid.empty()) return {};
  std::string text = "\n[grid]\n";
  std::vector<std::string> order, excluded;
  for (const Axis& axis : campaign.grid) {
    text += fmt::format("{} = {}\n", toml_key(axis.key), list_text(axis.values));
    order.push_back(quoted(axis.key));
  }
  for (const auto& row : campaign.exclude) {
    std::vector<std::string> items;
    for (const auto& [key, value] : row) items.push_back(fmt::format("{} = {}", toml_key(key), toml_text(value)));
    excluded.push_back(fmt::format("{{ {} }}", fmt::join(items, ", ")));
  }
  return text + fmt::format("order = [{}]\nexclude = [{}]\n", fmt::join(order, ", "), fmt::join(excluded, ", "));
}

/// The tables that shape the model, e.g. [field].
std::string model_text(const Campaign& campaign) {
  std::string text, table;
  for (const auto& [name, value] : campaign.model) {
    const auto dot = name.find('.');
    if (name.substr(0, dot) != table) {
      table = name.substr(0, dot);
      text += fmt::format("\n[{}]\n", table);
    }
    text += fmt::format("{} = {}\n", name.substr(dot + 1), toml_text(value));
  }
  return text;
}

std::string data_text(const Campaign& campaign) {
  if (campaign.design != Design::data) return {};
  std::vector<std::string> files;
  for (const auto& file : campaign.catalogues) files.push_back(quoted(file.string()));
  std::vector<std::string> checksums;
  for (const auto& checksum : campaign.checksums) checksums.push_back(quoted(checksum));
  std::string text =
      fmt::format("\n[data]\ncatalogues = [{}]\nsha256 = [{}]\n", fmt::join(files, ", "), fmt::join(checksums, ", "));
  if (!campaign.columns.empty()) text += "\n[data.columns]\n";
  for (const auto& [name, column] : campaign.columns) text += fmt::format("{} = {}\n", name, quoted(column));
  return text;
}

std::map<std::string, std::string> values_by_key(std::string_view text) {
  std::map<std::string, std::string> values;
  const Document document = parse_document(text, "campaign.toml");
  visit_leaves(document.root, "", [&values](const std::string& key, const toml::node& node) {
    std::ostringstream out;
    node.visit([&out](const auto& value) { out << value; });
    values[key] = out.str();
  });
  return values;
}

}  // namespace

std::string number_text(double value) {
  std::array<char, 32> buffer;
  const auto [end, error] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value);
  return {buffer.data(), end};
}

std::string toml_text(const Setting& setting) {
  if (const double* number = std::get_if<double>(&setting)) return number_text(*number);
  return quoted(std::get<std::string>(setting));
}

std::string resolved_toml(const Campaign& c) {
  constexpr std::array kDesigns{"grid", "prior", "data"};
  std::string text = fmt::format(
      "[campaign]\nname = {}\nstudy = {}\nseed = {}\nreplicates = {}\ndesign = \"{}\"\ncommon_random_numbers = {}\n",
      quoted(c.name), quoted(c.study->name()), c.seed, c.replicates, kDesigns[static_cast<std::size_t>(c.design)],
      c.common_random_numbers);
  text += model_text(c);
  text += grid_text(c);
  if (c.design == Design::grid) {
    text += "\n[truth]\n";
    for (const auto& parameter : c.study->parameters()) {
      const auto value = c.truth.find(parameter.name);
      if (value != c.truth.end()) text += fmt::format("{} = {}\n", parameter.name, number_text(value->second));
    }
  }
  text += "\n[observe]\n";
  for (const auto& key : c.study->observe_keys()) {
    text += fmt::format("{} = {}\n", key.name, toml_text(c.observe.at(key.name)));
  }
  text += "\n[prior]\n";
  for (std::size_t i = 0; i < c.priors.size(); ++i) {
    text += fmt::format("{} = {}\n", c.study->parameters()[i].name, quoted(c.priors[i].text()));
  }
  text += fmt::format(
      "\n[sampler]\nmethod = \"{}\"\nchains = {}\nwarmup = {}\ndraws = {}\ntarget_accept = {}\n"
      "importance = {}\n",
      c.method == Method::full ? "full" : "collapsed", c.sampler.chains, c.sampler.warmup, c.sampler.draws,
      number_text(c.sampler.target_accept), c.sampler.importance);
  text += data_text(c);
  text += fmt::format("\n[output]\ncatalogues = {}\nlatents = {}\n", c.store_catalogues, c.latents);
  if (!c.slurm.empty()) text += "\n" + c.slurm + "\n";
  return text;
}

std::vector<std::string> differing_keys(std::string_view before, std::string_view now) {
  const auto old_values = values_by_key(before), new_values = values_by_key(now);
  std::vector<std::string> differences;
  for (const auto& [key, value] : old_values) {
    const auto other = new_values.find(key);
    if (other == new_values.end())
      differences.push_back(fmt::format("{} ({}, now absent)", key, value));
    else if (other->second != value)
      differences.push_back(fmt::format("{} ({}, now {})", key, value, other->second));
  }
  for (const auto& [key, value] : new_values) {
    if (!old_values.contains(key)) differences.push_back(fmt::format("{} (absent, now {})", key, value));
  }
  return differences;
}

}  // namespace praesepe::workflow::campaign
