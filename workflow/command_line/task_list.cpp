#include "workflow/command_line/task_list.hpp"

#include <fmt/format.h>

#include <charconv>
#include <optional>
#include <set>
#include <string_view>

#include "sim/error.hpp"

namespace praesepe::workflow::command_line {

namespace {

std::optional<std::int64_t> whole(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < 0) return std::nullopt;
  return value;
}

void check_range(const std::string& option, std::int64_t task, std::int64_t total) {
  if (task < total) return;
  throw InputError(fmt::format("{}: there is no task {}; the campaign has tasks 0-{}", option, task, total - 1));
}

}  // namespace

std::vector<std::int64_t> parse_task_list(const std::string& text, std::int64_t total) {
  const std::string option = "--tasks " + text;
  std::set<std::int64_t> tasks;
  std::string_view rest = text;
  for (bool more = true; more;) {
    const auto comma = rest.find(',');
    const std::string_view item = rest.substr(0, comma);
    const auto dash = item.find('-');
    const auto first = whole(item.substr(0, dash));
    const auto last = dash == std::string_view::npos ? first : whole(item.substr(dash + 1));
    if (!first || !last || *last < *first) throw InputError(option + ": expected a list such as 0-9,17");
    check_range(option, *last, total);
    for (std::int64_t task = *first; task <= *last; ++task) tasks.insert(task);
    more = comma != std::string_view::npos;
    if (more) rest = rest.substr(comma + 1);
  }
  return {tasks.begin(), tasks.end()};
}

std::vector<std::int64_t> parse_shard(const std::string& text, std::int64_t total) {
  const auto slash = text.find('/');
  const auto index = whole(std::string_view(text).substr(0, slash));
  const auto count = slash == std::string::npos ? std::nullopt : whole(std::string_view(text).substr(slash + 1));
  if (!index || !count || *index >= *count) {
    throw InputError("--shard " + text + ": expected I/N with I = 0, ..., N-1");
  }
  std::vector<std::int64_t> tasks;
  for (std::int64_t task = *index; task < total; task += *count) tasks.push_back(task);
  return tasks;
}

std::int64_t parse_task(const std::string& text, std::int64_t total) {
  const auto task = whole(text);
  if (!task) throw InputError("--task " + text + ": expected the number of a task");
  check_range("--task " + text, *task, total);
  return *task;
}

}  // namespace praesepe::workflow::command_line
