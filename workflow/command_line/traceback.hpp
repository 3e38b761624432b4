// What `praesepe model traceback` prints.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace praesepe::workflow::command_line {

/// Of a task of a gathered file of the study of associations (infer/models/association/traceback.hpp); its catalogue is
/// simulated or read again. Throws InputError if the file is of another study, or has no posterior of the task.
std::string traceback(const std::filesystem::path& posteriors, std::int64_t task, int oldest_myr);

}  // namespace praesepe::workflow::command_line
