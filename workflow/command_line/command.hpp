// The commands of the program, one function each, and the exit statuses that they share.
#pragma once

#include <boost/program_options.hpp>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace praesepe::workflow::command_line {

enum ExitStatus : int {
  kSuccess = 0,
  kRunTimeFailure = 1,
  kBadInput = 2,         ///< bad input or usage; one message says what
  kSomeUnconverged = 3,  ///< finished, but some task has a status other than converged
  kStopped = 75          ///< stopped on request with work left
};

using Arguments = std::vector<std::string>;

struct Command {
  std::string_view name;
  std::string_view synopsis;
  std::string_view description;
  int (*run)(const Command&, const Arguments&);
};

int run(const Command&, const Arguments&);
int plan(const Command&, const Arguments&);
int simulate(const Command&, const Arguments&);
int infer(const Command&, const Arguments&);
int status(const Command&, const Arguments&);
int merge(const Command&, const Arguments&);
int verify(const Command&, const Arguments&);
int summary(const Command&, const Arguments&);
int report(const Command&, const Arguments&);
int model(const Command&, const Arguments&);
int extract(const Command&, const Arguments&);
int submit(const Command&, const Arguments&);

namespace options = boost::program_options;

/// Parses the arguments of a command: `named` options and, in order, positional ones (the last name takes all that
/// remain if it ends with "..."). Prints help and returns false if that was asked for. Throws InputError for wrong
/// usage.
bool parse(const Command& command, const Arguments& arguments, const options::options_description& named,
           const std::vector<std::string>& positional, options::variables_map& values);

/// The gathered file that positional FILE.h5 names, or that is in the folder of results that it names.
std::filesystem::path gathered_file(const options::variables_map& values);

/// Option --set, which may be repeated.
options::options_description settings_option();
std::vector<std::string> strings(const options::variables_map& values, const std::string& name);

/// Option --column NAME=FILECOLUMN, which may be repeated; and what it says: FILECOLUMN by NAME. Throws InputError for
/// wrong usage.
options::options_description column_option();
std::map<std::string, std::string> column_names(const options::variables_map& values);

}  // namespace praesepe::workflow::command_line
