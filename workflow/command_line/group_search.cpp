#include "workflow/command_line/group_search.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <memory>

#include "infer/models/association/group_tables.hpp"
#include "sim/error.hpp"
#include "workflow/campaign/campaign.hpp"
#include "workflow/command_line/model_input.hpp"
#include "workflow/scheduler/rank_crew.hpp"
#include "workflow/store/checksum.hpp"
#include "workflow/store/provenance.hpp"

namespace praesepe::workflow::command_line {

namespace models = infer::models::association;

namespace {

/// What shapes the model, as a campaign of this study would have it.
models::Model model_of(const options::variables_map& values) {
  std::vector<std::string> all{"campaign.name=\"model\"", "campaign.study=\"association\""};
  std::ranges::copy(strings(values, "set"), std::back_inserter(all));
  const auto settings = campaign::parse_campaign("", "praesepe model", {}, all).model;
  return models::with_groups(models::read_model(settings), most_components(values));
}

/// Of program, catalogue and settings.
std::string identity(const options::variables_map& values) {
  std::string columns;
  for (const auto& [name, column] : column_names(values)) columns += name + "=" + column + "\n";
  return store::sha256(
      store::build_identity() + store::sha256_of_file(values["catalogue"].as<std::string>()) +
      fmt::format("{}\n{}\n{}", most_components(values), fmt::join(strings(values, "set"), "\n"), columns));
}

/// On rank 0, if it is asked for. All ranks throw if rank 0 cannot open it.
std::unique_ptr<scheduler::WorkJournal> journal_of(const options::variables_map& values,
                                                   const scheduler::Ranks& ranks) {
  std::unique_ptr<scheduler::WorkJournal> journal;
  std::string refused;
  if (values.contains("resume") && ranks.is_first()) try {
      journal = std::make_unique<scheduler::WorkJournal>(values["resume"].as<std::string>(), identity(values));
    } catch (const InputError& error) {
      refused = error.what();
    }
  refused = ranks.share(refused);
  if (!refused.empty()) throw InputError(refused);
  return journal;
}

std::string table_of(const options::variables_map& values, const scheduler::Ranks& ranks) {
  const std::string kind = values.contains("table") ? values["table"].as<std::string>() : "groups";
  if (kind != "groups" && kind != "components") {
    throw InputError("praesepe model association: --table " + kind + "; expected groups or components");
  }
  const models::Model model = model_of(values);
  const auto stars = std::make_shared<const models::StarStates>(
      models::read_star_states(model_catalogue(values, "association", {"parallax", "pmra", "pmdec"}), model.frame));
  const auto journal = journal_of(values, ranks);
  const scheduler::RankCrew crew(ranks, ranks.default_threads(), journal.get());
  sim::random::Stream stream({0, 0, 0}, sim::random::Purpose::starts);
  const auto counts = models::count_groups(model, stars, stream, crew);
  if (!ranks.is_first()) return "";
  return kind == "groups" ? models::groups_table(counts) : models::components_table(counts);
}

}  // namespace

std::string group_search(const options::variables_map& values) {
  using scheduler::Ranks;
  const Ranks ranks = Ranks::launched_by_mpi() ? Ranks::of_mpi() : Ranks();
  try {
    return table_of(values, ranks);
  } catch (const InputError&) {
    if (ranks.is_first()) throw;
    return "";  // rank 0 has met the same, and speaks
  } catch (const std::exception& error) {
    if (ranks.size() == 1) throw;
    fmt::print(stderr, "praesepe model, rank {}: {}\n", ranks.rank(), error.what());
    ranks.abort(kRunTimeFailure);
    throw;
  }
}

}  // namespace praesepe::workflow::command_line
