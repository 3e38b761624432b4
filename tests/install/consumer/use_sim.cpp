// A model, and catalogues of every format written and read back: all that praesepe::sim links.
#include <cmath>
#include <cstdio>

#include "sim/astrometry/catalogue_reader.hpp"
#include "sim/astrometry/catalogue_writer.hpp"
#include "sim/astrometry/gaia_schema.hpp"
#include "sim/globular/globular_model.hpp"

int main() {
  using namespace praesepe::sim;

  const globular::GlobularModel model({.phi0 = 5.0, .g = 1.5, .mass = 1e5, .half_mass_radius = 3.0});
  const double half = model.mass_inside(3.0);
  std::printf("mass inside the half-mass radius: %.6g Msun\n", half);
  bool good = std::abs(half - 5e4) < 0.01;

  astrometry::Catalogue stars(2);
  stars.add("ra", "deg", {229.64, 229.65});
  stars.add("dec", "deg", {2.08, 2.09});
  for (const char* file : {"stars.csv.gz", "stars.ecsv", "stars.fits"}) {
    astrometry::write_catalogue(file, stars);
    const auto read = astrometry::read_catalogue(file, astrometry::gaia_schema());
    std::printf("%s: %zu stars\n", file, read.rows());
    good = good && read["ra"] == stars["ra"] && read["dec"] == stars["dec"];
  }
  return good ? 0 : 1;
}
