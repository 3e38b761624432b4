#include "analysis/report.hpp"

#include <fcntl.h>
#include <fmt/core.h>
#include <fmt/ranges.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <system_error>

#include "analysis/calibration.hpp"
#include "sim/error.hpp"
#include "workflow/store/posterior_file.hpp"
#include "workflow/store/summary_table.hpp"

extern char** environ;

namespace praesepe::analysis {

namespace fs = std::filesystem;
namespace store = workflow::store;

namespace {

/// Lies in every report and says that the folder may be replaced.
constexpr const char* kMark = ".praesepe-report";

/// A folder that is removed unless it was given its name.
class TemporaryFolder {
 public:
  explicit TemporaryFolder(const fs::path& target)
      : path_(target.parent_path() / fmt::format(".{}.{}.tmp", target.filename().string(), ::getpid())) {
    fs::remove_all(path_);
    fs::create_directories(path_);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

void write_text(const fs::path& path, const std::string& text) {
  std::ofstream file(path, std::ios::binary);
  file << text;
  file.close();
  if (!file) throw std::runtime_error(path.string() + ": cannot be written");
}

std::string read_text(const fs::path& path) {
  const std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

/// Unknown names are refused before anything is written.
void check(const std::vector<std::string>& figures, const store::PosteriorFile& file) {
  for (const auto& name : figures) {
    if (name.starts_with("task:")) {
      std::int64_t id = -1;
      const auto [end, error] = std::from_chars(name.data() + 5, name.data() + name.size(), id);
      if (error != std::errc{} || end != name.data() + name.size())
        throw InputError(fmt::format("--figure {}: expected a task id after the colon, as in task:12", name));
      file.row_of(id);
    } else if (std::ranges::find(figure_names(), name) == figure_names().end()) {
      throw InputError(
          fmt::format("--figure {}: unknown; there are {} and task:ID", name, fmt::join(figure_names(), ", ")));
    }
  }
}

/// Only an older report of ours, or an empty folder, is replaced.
void check_replaceable(const fs::path& folder) {
  if (!fs::exists(fs::symlink_status(folder))) return;
  if (fs::is_directory(folder) && (fs::is_empty(folder) || fs::exists(folder / kMark))) return;
  throw InputError(fmt::format("{}: exists and is not a report; choose another folder with -o", folder.string()));
}

fs::path figures_folder() {
  std::error_code error;
  const auto program = fs::read_symlink("/proc/self/exe", error);
  const auto installed = program.parent_path().parent_path() / "share" / "praesepe" / "figures";
  return !error && fs::exists(installed / "page.py") ? installed : fs::path(PRAESEPE_FIGURES);
}

std::string python() {
  if (const char* chosen = std::getenv("PRAESEPE_PYTHON"); chosen != nullptr && *chosen != '\0') return chosen;
  return fs::exists("/usr/bin/python3") ? "/usr/bin/python3" : "python3";
}

/// Runs a command with both outputs in `log`; returns its exit status (128 + signal when killed).
int run(const std::vector<std::string>& command, const fs::path& log) {
  std::vector<char*> arguments;
  for (const auto& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, log.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644);
  posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO);
  pid_t child = 0;
  const int error = posix_spawnp(&child, arguments.front(), &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (error != 0) throw std::system_error(error, std::generic_category(), command.front());
  int status = 0;
  while (waitpid(child, &status, 0) < 0)
    if (errno != EINTR) throw std::system_error(errno, std::generic_category(), "waitpid");
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

void draw_page(const fs::path& gathered, const fs::path& folder, const std::vector<std::string>& figures) {
  const auto interpreter = python();
  // -B: no compiled files in a source folder or an installation that others share.
  std::vector<std::string> command{interpreter,       "-B", (figures_folder() / "page.py").string(),
                                   gathered.string(), "-o", folder.string()};
  for (const auto& name : figures) command.insert(command.end(), {"--figure", name});
  const auto log = folder / ".python.log";
  const int status = run(command, log);
  const auto message = read_text(log);
  fs::remove(log);
  if (status == 0) return;
  throw std::runtime_error(fmt::format(
      "report: {} exited with status {}:\n{}\n(needs h5py and matplotlib; PRAESEPE_PYTHON chooses another Python)",
      interpreter, status, message));
}

/// As root, permission is always granted: the mode says what the owner wishes.
bool may_write(const fs::path& path) {
  const auto writable = fs::perms::owner_write | fs::perms::group_write | fs::perms::others_write;
  return (fs::status(path).permissions() & writable) != fs::perms::none && ::access(path.c_str(), W_OK) == 0 &&
         ::access(fs::absolute(path).parent_path().c_str(), W_OK) == 0;
}

/// The folder takes its name; the old report stays complete until then.
void publish(const fs::path& temporary, const fs::path& folder) {
  const auto old = folder.parent_path() / fmt::format(".{}.{}.old", folder.filename().string(), ::getpid());
  const bool replaces = fs::exists(folder);
  if (replaces) fs::rename(folder, old);
  fs::rename(temporary, folder);
  if (replaces) fs::remove_all(old);
}

}  // namespace

const std::vector<std::string>& figure_names() {
  static const std::vector<std::string> names{
      "recovery", "rank_ecdf", "rank_histogram",   "intervals",   "coverage_curve", "contraction", "averaged_posterior",
      "corner",   "profiles",  "profile_coverage", "reliability", "cost",           "diagnostics"};
  return names;
}

void write_report(const fs::path& gathered, const fs::path& folder, const std::vector<std::string>& figures) {
  // A name with a trailing slash has no last part; links are followed so that renaming stays on one file system.
  auto target = fs::weakly_canonical(fs::absolute(folder));
  if (target.filename().empty()) target = target.parent_path();
  check_replaceable(target);
  fs::create_directories(target.parent_path());
  const TemporaryFolder temporary(target);
  const auto& work = temporary.path();

  std::vector<store::Table> calibration;
  {
    const store::PosteriorFile file(gathered);
    check(figures, file);
    calibration = calibrate(file);
    write_text(work / kMark, "written by praesepe " + file.praesepe_version() + "\n");
    write_text(work / "summary.csv", store::summary_csv(file));
    write_text(work / "task.csv", store::task_csv(file));
    write_text(work / "campaign.toml", file.campaign().toml);
    for (const auto& table : calibration) write_text(work / (table.name + ".csv"), csv(table));
    if (file.has_truth()) store::write_tables_beside(work / "calibration.h5", file, "/calibration", calibration);
  }
  draw_page(fs::absolute(gathered), work, figures);
  if (may_write(gathered) && fs::exists(work / "calibration.h5")) {
    store::write_tables(gathered, "/calibration", calibration);
    fs::remove(work / "calibration.h5");
  }
  publish(work, target);
}

}  // namespace praesepe::analysis
