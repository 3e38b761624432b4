// The studies that a campaign file may name. A new study is one more line in studies.cpp.
#pragma once

#include <string_view>
#include <vector>

#include "infer/models/study.hpp"

namespace praesepe::workflow {

/// All studies, in the order in which help lists them. They live as long as the program.
const std::vector<const infer::models::Study*>& studies();

/// The study of that name. Throws InputError that lists the names.
const infer::models::Study& study_named(std::string_view name);

}  // namespace praesepe::workflow
