// What the posterior says of each star, beside what was measured of it.
#pragma once

#include "sim/astrometry/catalogue.hpp"
#include "workflow/store/task_result.hpp"

namespace praesepe::workflow {

/// The catalogue, row by row, and of a mixture p_<component> and p_<component>_mcse; of latents, given that the star is
/// one that has them, <name>_q16, <name>_median and <name>_q84 (NaN if no draw says so). Latents that are taken as
/// measured, the same in all draws of every star, are left out. Columns of these names that the catalogue has, as one
/// that such a table was read from, give way.
sim::astrometry::Catalogue star_table(const sim::astrometry::Catalogue& catalogue, const store::TaskResult& result);

}  // namespace praesepe::workflow
