#include "sim/astrometry/catalogue_writer.hpp"

#include "sim/astrometry/formats/csv.hpp"
#include "sim/astrometry/formats/ecsv.hpp"
#include "sim/astrometry/formats/file_bytes.hpp"
#include "sim/astrometry/formats/file_format.hpp"
#include "sim/astrometry/formats/fits.hpp"
#include "sim/error.hpp"

namespace praesepe::sim::astrometry {

namespace {

std::string encoded(const std::filesystem::path& path, const Catalogue& catalogue) {
  switch (formats::file_format(path)) {
    case formats::FileFormat::csv: return formats::to_csv(catalogue);
    case formats::FileFormat::ecsv: return formats::to_ecsv(catalogue);
    case formats::FileFormat::fits: return formats::to_fits(catalogue, path.string());
  }
  throw InternalError(path.string() + ": a format without a writer");
}

}  // namespace

void write_catalogue(const std::filesystem::path& path, const Catalogue& catalogue) {
  formats::write_bytes(path, encoded(path, catalogue));
}

}  // namespace praesepe::sim::astrometry
