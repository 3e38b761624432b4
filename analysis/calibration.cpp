#include "analysis/calibration.hpp"

#include <fmt/format.h>

#include <functional>
#include <optional>
#include <type_traits>

#include "analysis/coverage_curve.hpp"
#include "analysis/prior_comparison.hpp"
#include "analysis/profile_coverage.hpp"
#include "analysis/ranks.hpp"
#include "analysis/reliability.hpp"
#include "analysis/uniformity.hpp"
#include "workflow/csv_text.hpp"

namespace praesepe::analysis {

namespace store = workflow::store;
using store::Table;
using store::TableColumn;

namespace {

/// A column made of one member, or of what `member` makes, of each row.
template <class Row, class Member>
TableColumn column(const char* name, const std::vector<Row>& rows, Member&& member) {
  using Value = std::decay_t<decltype(std::invoke(member, rows.front()))>;
  std::vector<Value> values;
  for (const auto& row : rows) values.push_back(std::invoke(member, row));
  return {name, values};
}

std::int64_t whole(bool value) { return value ? 1 : 0; }

Table coverage_table(const char* name, const std::vector<CoverageRow>& rows) {
  using Row = CoverageRow;
  return {name,
          {column("cell", rows, &Row::cell), column("parameter", rows, &Row::parameter),
           column("derived", rows, [](const Row& r) { return whole(r.derived); }), column("level", rows, &Row::level),
           column("represented", rows, &Row::represented),
           column("counting", rows, [](const Row& r) { return std::string(name_of(r.counting)); }),
           column("tasks", rows, &Row::tasks), column("trials", rows, &Row::trials), column("hits", rows, &Row::hits),
           column("effective_trials", rows, &Row::effective_trials), column("coverage", rows, &Row::coverage),
           column("jeffreys_low", rows, [](const Row& r) { return r.jeffreys.low; }),
           column("jeffreys_high", rows, [](const Row& r) { return r.jeffreys.high; }),
           column("clopper_pearson_low", rows, [](const Row& r) { return r.clopper_pearson.low; }),
           column("clopper_pearson_high", rows, [](const Row& r) { return r.clopper_pearson.high; })}};
}

Table curve_table(const std::vector<CurveRow>& rows) {
  using Row = CurveRow;
  return {
      "coverage_curve",
      {column("parameter", rows, &Row::parameter),
       column("derived", rows, [](const Row& r) { return whole(r.derived); }),
       column("interval", rows, [](const Row& r) { return std::string(name_of(r.kind)); }),
       column("level", rows, &Row::level), column("represented", rows, &Row::represented),
       column("tasks", rows, &Row::tasks), column("hits", rows, &Row::hits), column("coverage", rows, &Row::coverage),
       column("jeffreys_low", rows, [](const Row& r) { return r.jeffreys.low; }),
       column("jeffreys_high", rows, [](const Row& r) { return r.jeffreys.high; })}};
}

Table profile_table(const std::vector<ProfileRow>& rows) {
  using Row = ProfileRow;
  return {"profile_coverage",
          {column("function", rows, &Row::function), column("radius", rows, &Row::radius),
           column("level", rows, &Row::level), column("tasks", rows, &Row::tasks), column("hits", rows, &Row::hits),
           column("coverage", rows, &Row::coverage),
           column("jeffreys_low", rows, [](const Row& r) { return r.jeffreys.low; }),
           column("jeffreys_high", rows, [](const Row& r) { return r.jeffreys.high; })}};
}

Table reliability_table(const std::vector<ReliabilityRow>& rows) {
  using Row = ReliabilityRow;
  return {"reliability",
          {column("component", rows, &Row::component), column("low", rows, &Row::low), column("high", rows, &Row::high),
           column("tasks", rows, &Row::tasks), column("stars", rows, &Row::stars), column("mean_p", rows, &Row::mean_p),
           column("members", rows, &Row::members), column("share", rows, &Row::share),
           column("jeffreys_low", rows, [](const Row& r) { return r.jeffreys.low; }),
           column("jeffreys_high", rows, [](const Row& r) { return r.jeffreys.high; }), column("z", rows, &Row::z),
           column("p_holm", rows, &Row::p_holm)}};
}

Table score_table(const std::vector<ScoreRow>& rows) {
  using Row = ScoreRow;
  return {
      "scores",
      {column("task", rows, &Row::task), column("cell", rows, &Row::cell), column("parameter", rows, &Row::parameter),
       column("z", rows, &Row::z), column("contraction", rows, &Row::contraction)}};
}

Table rank_table(const store::PosteriorFile& file, const Ranks& ranks) {
  std::vector<std::int64_t> tasks, kept, values;
  std::vector<std::string> quantities;
  for (const auto& quantity : ranks.quantities()) {
    for (std::size_t t = 0; t < quantity.ranks.size(); ++t) {
      tasks.push_back(file.tasks()[t].id);
      quantities.push_back(quantity.name);
      values.push_back(quantity.ranks[t]);
      kept.push_back(ranks.kept());
    }
  }
  return {"ranks", {{"task", tasks}, {"quantity", quantities}, {"rank", values}, {"draws", kept}}};
}

Table uniformity_table(const std::vector<UniformityRow>& rows) {
  using Row = UniformityRow;
  return {
      "uniformity",
      {column("quantity", rows, &Row::quantity),
       column("kind", rows, [](const Row& r) { return std::string(name_of(r.kind)); }),
       column("in_family", rows, [](const Row& r) { return whole(r.in_family); }),
       column("counting", rows, [](const Row& r) { return std::string(name_of(r.counting)); }),
       column("tasks", rows, &Row::tasks), column("missing", rows, &Row::missing), column("draws", rows, &Row::kept),
       column("points", rows, &Row::points), column("gamma", rows, &Row::gamma),
       column("log_gamma", rows, &Row::log_gamma), column("p", rows, &Row::p), column("p_holm", rows, &Row::p_holm)}};
}

/// Share of ranks below each point, and the band, for the ranks of all tasks.
Table ecdf_table(const std::vector<UniformityRow>& rows) {
  std::vector<std::string> quantity;
  std::vector<double> z, observed, low, high;
  for (const auto& row : rows) {
    if (row.counting != Counting::all) continue;
    const auto share = [&row](std::int64_t count) {
      return static_cast<double>(count) / static_cast<double>(row.tasks);
    };
    for (std::size_t i = 0; i < row.counts.size(); ++i) {
      quantity.push_back(row.quantity);
      z.push_back(static_cast<double>(i + 1) / static_cast<double>(row.points));
      observed.push_back(share(row.counts[i]));
      low.push_back(share(row.band.low[i]));
      high.push_back(share(row.band.high[i]));
    }
  }
  return {"ecdf", {{"quantity", quantity}, {"z", z}, {"ecdf", observed}, {"low", low}, {"high", high}}};
}

Table average_table(const std::vector<AverageRow>& rows) {
  using Row = AverageRow;
  return {"averaged_posterior",
          {column("parameter", rows, &Row::parameter), column("low", rows, &Row::low), column("high", rows, &Row::high),
           column("prior", rows, &Row::prior), column("posterior", rows, &Row::posterior),
           column("truths", rows, &Row::truths)}};
}

Table status_table(const std::vector<std::int64_t>& counts) {
  std::vector<std::int64_t> status(counts.size());
  for (std::size_t i = 0; i < status.size(); ++i) status[i] = static_cast<std::int64_t>(i);
  return {"status", {{"status", status}, {"tasks", counts}}};
}

Table broken_table(const store::PosteriorFile& file, const std::vector<std::size_t>& rows) {
  return {"broken", {column("task", rows, [&file](std::size_t row) { return file.tasks()[row].id; })}};
}

/// What is computed from draws, in one pass over them.
void add_tables_of_draws(const store::PosteriorFile& file, const std::optional<PriorSample>& prior,
                         std::vector<Table>& tables) {
  CoverageCurve curve(file);
  std::optional<Ranks> ranks;
  std::optional<AveragedPosterior> average;
  if (prior && prior->from_prior) {
    ranks.emplace(file, *prior);
    average.emplace(file, *prior);
  }
  const auto broken = for_each_task(file, [&](const TaskDraws& draws) {
    curve.add(draws);
    if (ranks) ranks->add(draws);
    if (average) average->add(draws);
  });
  tables.push_back(broken_table(file, broken));
  tables.push_back(curve_table(curve.rows()));
  if (!ranks) return;
  std::vector<TaskStatus> status;
  for (const auto& task : file.tasks()) status.push_back(task.status);
  const auto verdicts = uniformity(*ranks, status);
  tables.push_back(rank_table(file, *ranks));
  tables.push_back(uniformity_table(verdicts));
  tables.push_back(ecdf_table(verdicts));
  tables.push_back(average_table(average->rows()));
}

std::string csv_cell(const store::hdf5::Values& values, std::size_t row) {
  return std::visit(
      [row](const auto& v) {
        if constexpr (std::is_same_v<std::decay_t<decltype(v)>, std::vector<std::string>>) {
          return workflow::csv_text(v[row]);
        } else {
          return fmt::format("{}", v[row]);
        }
      },
      values);
}

std::size_t rows_of(const Table& table) {
  return std::visit([](const auto& v) { return v.size(); }, table.columns.front().values);
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

std::vector<Table> calibrate(const store::PosteriorFile& file) {
  const auto recovery = read_recovery(file);
  std::vector<Table> tables;
  if (file.has_truth()) {
    const auto prior = prior_sample(file);
    tables.push_back(coverage_table("coverage", coverage(recovery, kLevels)));
    tables.push_back(coverage_table("coverage_by_cell", coverage_by_cell(recovery, kLevels)));
    tables.push_back(profile_table(profile_coverage(file)));
    tables.push_back(reliability_table(reliability(file)));
    tables.push_back(score_table(scores(file, prior ? &*prior : nullptr)));
    add_tables_of_draws(file, prior, tables);
  }
  tables.push_back(status_table(status_counts(recovery)));
  std::erase_if(tables, [](const Table& table) { return rows_of(table) == 0; });
  return tables;
}

std::string csv(const Table& table) {
  std::string text;
  for (const auto& column : table.columns) text += (text.empty() ? "" : ",") + column.name;
  text += "\n";
  for (std::size_t row = 0; row < rows_of(table); ++row) {
    for (std::size_t c = 0; c < table.columns.size(); ++c)
      text += (c > 0 ? "," : "") + csv_cell(table.columns[c].values, row);
    text += "\n";
  }
  return text;
}

void write_calibration(const std::filesystem::path& gathered) {
  std::vector<Table> content;
  {
    const store::PosteriorFile file(gathered);
    if (!file.has_truth()) return;
    content = calibrate(file);
  }
  store::write_tables(gathered, "/calibration", content);
}

}  // namespace praesepe::analysis
