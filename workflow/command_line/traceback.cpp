#include "workflow/command_line/traceback.hpp"

#include <fmt/format.h>

#include "infer/models/association/traceback.hpp"
#include "sim/error.hpp"
#include "workflow/campaign/plan.hpp"
#include "workflow/run_task.hpp"
#include "workflow/store/posterior_file.hpp"

namespace praesepe::workflow::command_line {

namespace models = infer::models::association;

namespace {

/// (draws of all chains, P): the parameters of the model, also those that are fixed.
Eigen::MatrixXd draws_of(const store::PosteriorFile& file, std::size_t row, const campaign::Campaign& campaign,
                         const models::Model& model) {
  Eigen::MatrixXd draws;
  for (Eigen::Index i = 0; i < model.size(); ++i) {
    const auto& prior = campaign.priors[static_cast<std::size_t>(i)];
    if (prior.is_fixed()) continue;
    const Eigen::MatrixXd values =
        file.posterior(row, file.quantity(model.parameters[static_cast<std::size_t>(i)].name));
    if (draws.size() == 0) draws.resize(values.size(), model.size());
    draws.col(i) = values.reshaped();
  }
  for (Eigen::Index i = 0; i < model.size(); ++i) {
    const auto& prior = campaign.priors[static_cast<std::size_t>(i)];
    if (prior.is_fixed()) draws.col(i).setConstant(prior.arguments()[0].value);
  }
  return draws;
}

}  // namespace

std::string traceback(const std::filesystem::path& posteriors, std::int64_t task, int oldest_myr) {
  const store::PosteriorFile file(posteriors);
  const auto campaign = campaign::parse_campaign(file.campaign().toml, posteriors.string(), {});
  if (campaign.study->name() != "association") {
    throw InputError(
        fmt::format("{}: is of study {}; expected association", posteriors.string(), campaign.study->name()));
  }
  const auto model = models::read_model(campaign.model);
  const auto row = file.row_of(task);
  const auto membership = file.membership(row);
  const Eigen::MatrixXd draws = draws_of(file, row, campaign, model);
  if (!membership || !draws.allFinite()) {
    throw InputError(fmt::format("{}: there is no posterior of task {}", posteriors.string(), task));
  }
  const auto stars = models::read_star_states(
      task_catalogue(campaign, campaign::plan(campaign)[static_cast<std::size_t>(task)]), model.frame);
  return models::traceback_table(model, stars, membership->p, draws, oldest_myr);
}

}  // namespace praesepe::workflow::command_line
