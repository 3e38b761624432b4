// Units as files spell them: mas/yr, mas yr-1, mas.yr**-1 and "milliarcsecond / year" are one.
#pragma once

#include <string_view>

namespace praesepe::sim::astrometry {

/// False only if both spellings are understood and mean different units (deg and mas; no conversion is tried). An empty
/// unit, "-", or one beyond this small grammar (functions such as mag(AB)) agrees with everything.
bool units_agree(std::string_view one, std::string_view other);

}  // namespace praesepe::sim::astrometry
