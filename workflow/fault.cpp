#include "workflow/fault.hpp"

#include <atomic>
#include <charconv>
#include <csignal>
#include <cstdlib>
#include <string>
#include <string_view>

namespace praesepe::workflow {

namespace {

struct Fault {
  std::string place;
  int number = 0;
  int signal = SIGKILL;
};

Fault asked_for() {
  Fault fault;
  const char* text = std::getenv("PRAESEPE_FAULT");
  if (!text) return fault;
  const std::string_view all = text;
  const auto first = all.find(':'), second = all.find(':', first + 1);
  if (first == std::string_view::npos) return fault;
  fault.place = all.substr(0, first);
  std::from_chars(text + first + 1, text + all.size(), fault.number);
  if (second != std::string_view::npos) std::from_chars(text + second + 1, text + all.size(), fault.signal);
  return fault;
}

}  // namespace

void fault_point(const char* place) {
  static const Fault fault = asked_for();
  static std::atomic<int> visits = 0;
  if (fault.number > 0 && fault.place == place && ++visits == fault.number) raise(fault.signal);
}

}  // namespace praesepe::workflow
