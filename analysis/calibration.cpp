#include "analysis/calibration.hpp"

#include <fmt/core.h>

namespace praesepe::analysis {

namespace store = workflow::store;

namespace {

/// A column made of one member of each row.
template <class Member>
store::TableColumn column(const char* name, const std::vector<CoverageRow>& rows, Member&& member) {
  using Value = std::decay_t<decltype(member(rows.front()))>;
  std::vector<Value> values;
  for (const auto& row : rows) values.push_back(member(row));
  return {name, values};
}

store::Table coverage_table(const char* name, const std::vector<CoverageRow>& rows) {
  return {name,
          {column("cell", rows, [](const auto& r) { return r.cell; }),
           column("parameter", rows, [](const auto& r) { return r.parameter; }),
           column("derived", rows, [](const auto& r) { return std::int64_t{r.derived}; }),
           column("level", rows, [](const auto& r) { return r.level; }),
           column("represented", rows, [](const auto& r) { return r.represented; }),
           column("counting", rows, [](const auto& r) { return std::string(name_of(r.counting)); }),
           column("tasks", rows, [](const auto& r) { return r.tasks; }),
           column("trials", rows, [](const auto& r) { return r.trials; }),
           column("hits", rows, [](const auto& r) { return r.hits; }),
           column("effective_trials", rows, [](const auto& r) { return r.effective_trials; }),
           column("coverage", rows, [](const auto& r) { return r.coverage; }),
           column("jeffreys_low", rows, [](const auto& r) { return r.jeffreys.low; }),
           column("jeffreys_high", rows, [](const auto& r) { return r.jeffreys.high; }),
           column("clopper_pearson_low", rows, [](const auto& r) { return r.clopper_pearson.low; }),
           column("clopper_pearson_high", rows, [](const auto& r) { return r.clopper_pearson.high; })}};
}

}  // namespace

Recovery read_recovery(const store::PosteriorFile& file) {
  Recovery recovery;
  for (const auto& quantity : file.quantities()) {
    recovery.quantities.push_back(quantity.name);
    recovery.derived.push_back(quantity.derived);
  }
  for (const auto& task : file.tasks()) {
    recovery.cells.push_back(task.cell);
    recovery.status.push_back(task.status);
  }
  recovery.stored_draws = file.layout().chains * file.layout().draws;
  if (recovery.quantities.empty()) return recovery;
  recovery.truth = file.truth();
  recovery.rank = file.summary("rank");
  recovery.q2_5 = file.summary("q2_5");
  recovery.q25 = file.summary("q25");
  recovery.q75 = file.summary("q75");
  recovery.q97_5 = file.summary("q97_5");
  return recovery;
}

Calibration calibrate(const store::PosteriorFile& file) {
  const auto recovery = read_recovery(file);
  if (!file.has_truth()) return {{}, {}, status_counts(recovery)};
  return {coverage(recovery, kLevels), coverage_by_cell(recovery, kLevels), status_counts(recovery)};
}

std::vector<store::Table> tables(const Calibration& calibration) {
  std::vector<std::int64_t> status(calibration.status.size());
  for (std::size_t i = 0; i < status.size(); ++i) status[i] = static_cast<std::int64_t>(i);
  return {coverage_table("coverage", calibration.coverage),
          coverage_table("coverage_by_cell", calibration.by_cell),
          {"status", {{"status", status}, {"tasks", calibration.status}}}};
}

std::string coverage_csv(const std::vector<CoverageRow>& rows) {
  std::string text =
      "cell,parameter,derived,level,represented,counting,tasks,trials,hits,effective_trials,coverage,jeffreys_low,"
      "jeffreys_high,clopper_pearson_low,clopper_pearson_high\n";
  for (const auto& r : rows)
    text += fmt::format("{},{},{:d},{},{},{},{},{},{},{},{},{},{},{},{}\n", r.cell, r.parameter, r.derived, r.level,
                        r.represented, name_of(r.counting), r.tasks, r.trials, r.hits, r.effective_trials, r.coverage,
                        r.jeffreys.low, r.jeffreys.high, r.clopper_pearson.low, r.clopper_pearson.high);
  return text;
}

void write_calibration(const std::filesystem::path& gathered) {
  std::vector<store::Table> content;
  {
    const store::PosteriorFile file(gathered);
    if (!file.has_truth()) return;
    content = tables(calibrate(file));
  }
  store::write_tables(gathered, "/calibration", content);
}

}  // namespace praesepe::analysis
