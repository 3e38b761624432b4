// Lists of task numbers as users write them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace praesepe::workflow::command_line {

/// "0-9,17" -> ascending, each once. Throws InputError for anything else, or for a number not below `total`.
std::vector<std::int64_t> parse_task_list(const std::string& text, std::int64_t total);

/// "I/N" -> all tasks below `total` with id mod N = I.
std::vector<std::int64_t> parse_shard(const std::string& text, std::int64_t total);

/// One task number below `total`.
std::int64_t parse_task(const std::string& text, std::int64_t total);

}  // namespace praesepe::workflow::command_line
