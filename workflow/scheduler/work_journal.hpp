// A file that holds the results of a sequence of calls, so that the same sequence need not be worked through twice.
//
// Text: the identity of what is worked on, then a line for each call. A line that a killed program left unfinished is
// worked through again.
#pragma once

#include <filesystem>
#include <fstream>
#include <queue>
#include <string>

namespace praesepe::workflow::scheduler {

class WorkJournal {
 public:
  /// Opens or begins the file. Throws InputError if it is of something else than `identity` (one line), or cannot be
  /// written.
  WorkJournal(std::filesystem::path file, const std::string& identity);

  /// The result of the next call; empty if it has to be worked through, and then added.
  std::string next();
  void add(const std::string& result);

 private:
  std::filesystem::path path_;
  std::queue<std::string> known_;
  std::ofstream file_;
};

}  // namespace praesepe::workflow::scheduler
