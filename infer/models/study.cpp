#include "infer/models/study.hpp"

#include "sim/error.hpp"

namespace praesepe::infer::models {

double number(const Observation& observation, std::string_view key) {
  const auto it = observation.find(key);
  if (it == observation.end()) throw InternalError("observe." + std::string(key) + " is not set");
  if (const double* value = std::get_if<double>(&it->second)) return *value;
  throw InputError("observe." + std::string(key) + " = \"" + std::get<std::string>(it->second) +
                   "\": expected a number");
}

}  // namespace praesepe::infer::models
