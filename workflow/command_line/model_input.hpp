// What the kinds of `praesepe model` that look at a catalogue read from the command line.
#pragma once

#include "sim/astrometry/catalogue.hpp"
#include "workflow/command_line/command.hpp"

namespace praesepe::workflow::command_line {

/// Option --components. Throws InputError if it is out of range.
int most_components(const options::variables_map& values);

/// The catalogue of option --catalogue, which must have these columns. Throws InputError.
sim::astrometry::Catalogue model_catalogue(const options::variables_map& values, const std::string& kind,
                                           std::vector<std::string> required);

}  // namespace praesepe::workflow::command_line
