// The variables with one value a star: /observed_data, /latents, /membership.
#pragma once

#include "workflow/store/task_fields.hpp"

namespace praesepe::workflow::store {

void add_star_fields(const Layout& layout, std::vector<Field>& fields);

}  // namespace praesepe::workflow::store
