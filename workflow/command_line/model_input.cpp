#include "workflow/command_line/model_input.hpp"

#include <fmt/format.h>

#include "sim/astrometry/catalogue_reader.hpp"
#include "sim/astrometry/gaia_schema.hpp"
#include "sim/error.hpp"

namespace praesepe::workflow::command_line {

int most_components(const options::variables_map& values) {
  constexpr int kMost = 20;
  const int most = values["components"].as<int>();
  if (most < 1 || most > kMost) throw InputError(fmt::format("--components {}: expected 1 to {}", most, kMost));
  return most;
}

sim::astrometry::Catalogue model_catalogue(const options::variables_map& values, const std::string& kind,
                                           std::vector<std::string> required) {
  if (!values.contains("catalogue")) throw InputError("praesepe model " + kind + ": --catalogue is missing");
  return sim::astrometry::read_catalogue(values["catalogue"].as<std::string>(),
                                         sim::astrometry::gaia_schema(std::move(required)), column_names(values));
}

}  // namespace praesepe::workflow::command_line
