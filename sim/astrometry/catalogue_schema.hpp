// Which columns a catalogue must and may have, and what their cells may hold.
#pragma once

#include <string>
#include <vector>

namespace praesepe::sim::astrometry {

/// A measured quantity and, by the convention NAME_error, its standard deviation.
struct MeasuredColumn {
  std::string name;
  std::string unit;
  bool required = false;     ///< the column must be there, and no cell of it missing
  bool needs_error = false;  ///< where NAME is present, NAME_error must be too, positive wherever NAME is
  double minimum = -1e300;   ///< cells outside [minimum, maximum] are refused
  double maximum = 1e300;
  std::string error_unit = {};  ///< unit of NAME_error where it is not that of NAME (ra_error: mas); empty = the same
  bool wraps = false;           ///< an angle in deg, brought into [0, 360)
};

struct CatalogueSchema {
  std::vector<MeasuredColumn> columns;
  /// Name of the error column of a measured one: NAME + suffix ("_error" for Gaia, "_err" for lines: y_err).
  std::string error_suffix = "_error";
};

}  // namespace praesepe::sim::astrometry
