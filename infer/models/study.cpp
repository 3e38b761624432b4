#include "infer/models/study.hpp"

#include <algorithm>
#include <cmath>

#include "infer/models/observed_range.hpp"
#include "sim/error.hpp"

namespace praesepe::infer::models {

double number(const Observation& observation, std::string_view key) {
  const auto it = observation.find(key);
  if (it == observation.end()) throw InternalError("observe." + std::string(key) + " is not set");
  if (const double* value = std::get_if<double>(&it->second)) return *value;
  throw InputError("observe." + std::string(key) + " = \"" + std::get<std::string>(it->second) +
                   "\": expected a number");
}

namespace {

const Setting& setting(const ModelSettings& settings, std::string_view key) {
  const auto it = settings.find(key);
  if (it == settings.end()) throw InternalError(std::string(key) + " is not set");
  return it->second;
}

}  // namespace

int whole(const ModelSettings& settings, std::string_view key, int minimum, int maximum) {
  const double* value = std::get_if<double>(&setting(settings, key));
  if (value && *value == std::floor(*value) && *value >= minimum && *value <= maximum) return static_cast<int>(*value);
  throw InputError(std::string(key) + ": expected a whole number from " + std::to_string(minimum) + " to " +
                   std::to_string(maximum));
}

std::size_t choice(const ModelSettings& settings, std::string_view key, const std::vector<std::string>& choices) {
  const std::string* word = std::get_if<std::string>(&setting(settings, key));
  const auto found = word ? std::ranges::find(choices, *word) : choices.end();
  if (found != choices.end()) return static_cast<std::size_t>(found - choices.begin());
  std::string names;
  for (const std::string& name : choices) names += (names.empty() ? "\"" : ", \"") + name + "\"";
  throw InputError(std::string(key) + ": expected one of " + names);
}

density::ParameterSpace Study::space(const std::vector<density::Prior>& priors,
                                     const sim::astrometry::Catalogue& catalogue) const {
  std::vector<std::string> names;
  std::vector<density::Prior> resolved;
  for (std::size_t i = 0; i < priors.size(); ++i) {
    names.push_back(parameters()[i].name);
    resolved.push_back(with_observed_range(priors[i], names.back(), catalogue));
  }
  return {std::move(names), std::move(resolved), bounds()};
}

}  // namespace praesepe::infer::models
