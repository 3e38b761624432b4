#include "workflow/store/posterior_writer.hpp"

#include <fmt/core.h>

#include "sim/error.hpp"
#include "workflow/store/provenance.hpp"

namespace praesepe::workflow::store {

namespace {

void check_stars(const TaskResult& result) {
  const auto stars = static_cast<std::size_t>(result.n_stars);
  bool fits = !result.catalogue || result.catalogue->rows() == stars;
  if (result.latents)
    for (const auto& values : result.latents->values) fits &= static_cast<std::size_t>(values.cols()) == stars;
  if (result.membership) fits &= static_cast<std::size_t>(result.membership->p.rows()) == stars;
  if (!fits) throw InternalError(fmt::format("task {}: values for each star, but not n_stars = {}", result.id, stars));
}

void check_quantities(const TaskResult& result) {
  const std::size_t size = result.quantities.size();
  if (result.has_draws() && (result.posterior.size() != size || result.summary.size() != size))
    throw InternalError(fmt::format("task {}: {} quantities, {} of them with draws, {} with a summary", result.id, size,
                                    result.posterior.size(), result.summary.size()));
}

}  // namespace

Attributes root_attributes(const CampaignIdentity& campaign, const Origin& origin) {
  const std::string version = PRAESEPE_VERSION;
  Attributes attributes{{"schema_version", kSchemaVersion},
                        {"campaign_name", campaign.name},
                        {"study", campaign.study},
                        {"seed", static_cast<std::int64_t>(campaign.seed)},
                        {"campaign", campaign.toml},
                        {"campaign_sha256", campaign.sha256},
                        {"created", origin.created},
                        {"created_at", origin.created},
                        {"runs", origin.runs},
                        {"creation_library", "praesepe"},
                        {"creation_library_version", version},
                        {"creation_library_language", "C++"},
                        {"inference_library", "praesepe"},
                        {"inference_library_version", version}};
  for (const auto& [name, value] : build_facts()) attributes.emplace_back(name, value);
  return attributes;
}

PosteriorWriter::PosteriorWriter(DimensionedFile file, const Layout& layout, const std::vector<std::int64_t>& task_ids,
                                 const CampaignIdentity& campaign, const Origin& origin)
    : file_(std::move(file)), fields_(fields_of(layout)) {
  file_.set_attributes("/", root_attributes(campaign, origin));
  for (const auto& group : groups_of(layout, task_ids)) {
    file_.add_group(group.name, group.dimensions);
    for (const auto& field : fields_)
      if (field.group == group.name) file_.add_variable(field.group, field.variable);
  }
}

void PosteriorWriter::write(std::uint64_t row, const TaskResult& result) {
  check_quantities(result);
  check_stars(result);
  for (const auto& field : fields_) file_.write_row(field.path(), row, field.pack(result));
}

}  // namespace praesepe::workflow::store
