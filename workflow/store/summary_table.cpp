#include "workflow/store/summary_table.hpp"

#include <fmt/core.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <vector>

#include "workflow/csv_text.hpp"

namespace praesepe::workflow::store {

namespace {

using Row = std::vector<std::string>;

constexpr std::array kColumns{"mean", "sd", "q2_5", "median", "q97_5", "mcse_mean", "ess_bulk", "ess_tail", "r_hat"};
constexpr std::array kTextFormats{"{:.6g}", "{:.3g}", "{:.6g}", "{:.6g}", "{:.6g}",
                                  "{:.2g}", "{:.0f}", "{:.0f}", "{:.4f}"};

/// The header and one row a task and parameter; `format(column, number)`, column 0 is the truth.
template <class Format>
std::vector<Row> summary_rows(const PosteriorFile& file, Format&& format) {
  const auto truth = file.truth();
  std::vector<Eigen::MatrixXd> columns;
  if (!file.quantities().empty())
    for (const auto* name : kColumns) columns.push_back(file.summary(name));
  std::vector<Row> rows{{"simulation", "parameter", "truth"}};
  rows.front().insert(rows.front().end(), kColumns.begin(), kColumns.end());
  for (Eigen::Index task = 0; task < truth.rows(); ++task) {
    for (Eigen::Index i = 0; i < truth.cols(); ++i) {
      Row& row = rows.emplace_back();
      row.push_back(fmt::format("{}", file.tasks()[static_cast<std::size_t>(task)].id));
      row.push_back(file.quantities()[static_cast<std::size_t>(i)].name);
      row.push_back(format(0, truth(task, i)));
      for (std::size_t c = 0; c < columns.size(); ++c) row.push_back(format(c + 1, columns[c](task, i)));
    }
  }
  return rows;
}

std::string csv(const std::vector<Row>& rows) {
  std::string text;
  for (const auto& row : rows) text += fmt::format("{}\n", fmt::join(row, ","));
  return text;
}

/// Words to the left, numbers to the right.
std::string aligned(const std::vector<Row>& rows) {
  std::vector<std::size_t> widths(rows.front().size(), 0);
  for (const auto& row : rows)
    for (std::size_t c = 0; c < row.size(); ++c) widths[c] = std::max(widths[c], row[c].size());
  std::string text;
  for (const auto& row : rows) {
    for (std::size_t c = 0; c < row.size(); ++c)
      text += c == 1 ? fmt::format("  {:<{}}", row[c], widths[c])
                     : fmt::format("{}{:>{}}", c == 0 ? "" : "  ", row[c], widths[c]);
    text += '\n';
  }
  return text;
}

}  // namespace

std::string summary_csv(const PosteriorFile& file) {
  auto rows = summary_rows(file, [](std::size_t, double x) { return fmt::format("{}", x); });
  for (auto& row : rows) row[1] = csv_text(row[1]);
  return csv(rows);
}

std::string summary_text(const PosteriorFile& file) {
  auto text = aligned(summary_rows(file, [](std::size_t column, double x) {
    return fmt::format(fmt::runtime(column == 0 ? "{:.6g}" : kTextFormats[column - 1]), x);
  }));
  for (const auto& task : file.tasks())
    if (task.status != TaskStatus::converged)
      text += fmt::format("task {}: status {}: {}\n", task.id, static_cast<int>(task.status), task.message);
  return text;
}

std::string task_csv(const PosteriorFile& file) {
  std::vector<Row> rows(file.tasks().size() + 1);
  for (const auto& field : task_fields()) {
    rows[0].push_back(field.variable.name);
    for (std::size_t i = 0; i < file.tasks().size(); ++i)
      rows[i + 1].push_back(std::visit(
          [](const auto& v) {
            if constexpr (std::is_same_v<std::decay_t<decltype(v)>, std::vector<std::string>>) {
              return csv_text(v.at(0));
            } else {
              return fmt::format("{}", +v.at(0));
            }
          },
          field.pack(file.tasks()[i])));
  }
  return csv(rows);
}

}  // namespace praesepe::workflow::store
