// Reads a star catalogue and writes it again: copy_catalogue IN OUT. The other half of astropy_check.py.
#include <cstdio>

#include "sim/astrometry/catalogue_reader.hpp"
#include "sim/astrometry/catalogue_writer.hpp"
#include "sim/astrometry/gaia_schema.hpp"
#include "sim/error.hpp"

int main(int count, char** arguments) {
  using namespace praesepe::sim::astrometry;
  if (count != 3) return 2;
  try {
    write_catalogue(arguments[2], read_catalogue(arguments[1], gaia_schema()));
  } catch (const praesepe::InputError& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 2;
  }
  return 0;
}
