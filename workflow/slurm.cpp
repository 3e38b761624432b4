#include "workflow/slurm.hpp"

#include <fmt/format.h>

#include "workflow/campaign/document.hpp"
#include "workflow/campaign/reader.hpp"

namespace praesepe::workflow {

namespace {

/// A word for the shell, quoted where it must be.
std::string quoted(const std::string& word) {
  if (word.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=.,:/%@") ==
      std::string::npos) {
    return word;
  }
  std::string text = "'";
  for (const char letter : word) text += letter == '\'' ? std::string("'\\''") : std::string(1, letter);
  return text + "'";
}

std::string common_head(const SlurmJob& job, const SlurmOptions& options, const std::string& kind) {
  std::string text = fmt::format("#!/bin/bash\n#SBATCH --job-name={}-{}\n", job.name, kind);
  if (!options.partition.empty()) text += fmt::format("#SBATCH --partition={}\n", options.partition);
  if (!options.account.empty()) text += fmt::format("#SBATCH --account={}\n", options.account);
  if (!options.memory.empty()) text += fmt::format("#SBATCH --mem={}\n", options.memory);
  return text;
}

std::string prologue_lines(const SlurmOptions& options) {
  std::string text;
  for (const std::string& line : options.prologue) text += line + "\n";
  return text;
}

std::string launcher(const SlurmOptions& options) {
  if (options.ranks == 1) return {};
  std::string text = options.launcher;
  const std::string mark = "{ranks}";
  if (const auto at = text.find(mark); at != std::string::npos)
    text.replace(at, mark.size(), fmt::to_string(options.ranks));
  return text + " ";
}

}  // namespace

void read_slurm_table(std::string_view text, const std::string& origin, SlurmOptions& options) {
  const auto document = campaign::parse_document(text, origin);
  campaign::Reader reader(document);
  const auto whole = [&reader](const char* key, std::int64_t minimum, int& value) {
    if (const auto read = reader.whole(key, minimum)) value = static_cast<int>(*read);
  };
  const auto word = [&reader](const char* key, std::string& value) {
    if (auto read = reader.word(key)) value = std::move(*read);
  };
  whole("slurm.array", 1, options.array);
  whole("slurm.throttle", 0, options.throttle);
  whole("slurm.ranks", 1, options.ranks);
  whole("slurm.threads", 1, options.threads);
  word("slurm.time", options.time);
  word("slurm.memory", options.memory);
  word("slurm.partition", options.partition);
  word("slurm.account", options.account);
  word("slurm.launcher", options.launcher);
  whole("slurm.signal_seconds", 1, options.signal_seconds);
  whole("slurm.max_restarts", 0, options.max_restarts);
  if (auto lines = reader.words("slurm.prologue")) options.prologue = std::move(*lines);
  reader.refuse_unknown_keys();
}

std::string array_script(const SlurmJob& job, const SlurmOptions& options) {
  const std::string throttle = options.throttle > 0 ? fmt::format("%{}", options.throttle) : "";
  std::string text = common_head(job, options, "array");
  text += fmt::format(
      "#SBATCH --array=0-{}{}\n#SBATCH --ntasks={}\n#SBATCH --cpus-per-task={}\n#SBATCH --time={}\n"
      "#SBATCH --signal=B:USR1@{}\n#SBATCH --requeue\n#SBATCH --open-mode=append\n#SBATCH "
      "--output={}/slurm/%A_%a.log\n\n",
      options.array - 1, throttle, options.ranks, options.threads, options.time, options.signal_seconds,
      job.folder.string());
  text += prologue_lines(options);
  text += fmt::format(R"(
# The signal comes before the time limit or when the job is preempted. The program then puts its work aside and ends
# with status 75; the element queues again and goes on from there.
trap 'kill -USR1 "$child" 2>/dev/null' USR1 TERM
{}{} run {} -o {} --shard "$SLURM_ARRAY_TASK_ID/{}" --threads {} --progress auto &
child=$!
while true; do
  wait "$child"
  status=$?
  kill -0 "$child" 2>/dev/null || break   # a signal ends `wait` too
done
if [ "$status" -eq 75 ] && [ "${{SLURM_RESTART_COUNT:-0}}" -lt {} ]; then
  scontrol requeue "${{SLURM_ARRAY_JOB_ID}}_${{SLURM_ARRAY_TASK_ID}}"
fi
[ "$status" -eq 3 ] && exit 0             # some tasks did not converge: the report tells
exit "$status"
)",
                      launcher(options), quoted(job.program), quoted(job.campaign), quoted(job.folder), options.array,
                      options.threads, options.max_restarts);
  return text;
}

std::string merge_script(const SlurmJob& job, const SlurmOptions& options) {
  std::string text = common_head(job, options, "merge");
  text += fmt::format("#SBATCH --ntasks=1\n#SBATCH --time={}\n#SBATCH --output={}/slurm/merge-%j.log\n\n", options.time,
                      job.folder.string());
  text += prologue_lines(options);
  const std::string file = (job.folder / "posteriors.h5").string();
  text += fmt::format("\nset -e\n{0} merge {1} -o {2} --allow-missing\n{0} report {2} -o {3}\n{0} status {1}\n",
                      quoted(job.program), quoted(job.folder), quoted(file), quoted((job.folder / "report").string()));
  return text;
}

}  // namespace praesepe::workflow
