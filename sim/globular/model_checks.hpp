// Tables by which the model is judged, as CSV text: what `praesepe model globular --table` prints.
//
// Numbers read back exactly. Units: pc, Msun, km/s.
#pragma once

#include <string>

#include "sim/globular/globular_model.hpp"

namespace praesepe::sim::globular {

/// Columns phi0,g,virial_ratio,F_b over 1.4 <= phi0 <= 16, 0 <= g < 3.5: r_v / r_h, nan where the model has no finite
/// edge, and the prior's bound on g (virial_boundary.hpp). About two seconds.
std::string virial_table();

/// Columns cut,r,v,ln_f,ln_f_precise along two lines through one model: cut = radius, at 0.3 of the central escape
/// speed, and cut = speed, at the half-mass radius. ln_f is that of inference (LoweredIsothermal at its default step),
/// ln_f_precise that of AdaptiveStructure. Lines `# name = value` tell the parameters. Unbound points are left out.
/// Throws InputError like GlobularModel.
std::string accuracy_table(const GlobularParameters& parameters, double gravity = astrometry::kGravity);

}  // namespace praesepe::sim::globular
