#include "workflow/store/star_fields.hpp"

#include <algorithm>
#include <cmath>

#include "workflow/store/packing.hpp"

namespace praesepe::workflow::store {

using Eigen::Index;
using Eigen::MatrixXd;
using sim::astrometry::Catalogue;

namespace {

constexpr std::int64_t kNoSource = -1;

Field origin() {
  return {"/observed_data",
          {"origin", hdf5::Type::text, {kSimulation}, {}},
          [](const TaskResult& r) { return Words{r.catalogue ? r.catalogue->origin : ""}; },
          [](const hdf5::Values& v, TaskResult& r) {
            const auto& name = std::get<Words>(v).at(0);
            if (name.empty()) return;
            r.catalogue.emplace(static_cast<std::size_t>(r.n_stars));
            r.catalogue->origin = name;
          }};
}

Field source_id(std::size_t stars) {
  return {"/observed_data",
          {"source_id", hdf5::Type::int64, {kSimulation, "star"}, {}},
          [stars](const TaskResult& r) {
            Integers values = r.catalogue ? r.catalogue->source_id : Integers{};
            values.resize(stars, kNoSource);
            return values;
          },
          [](const hdf5::Values& v, TaskResult& r) {
            if (!r.catalogue) return;
            const auto& values = std::get<Integers>(v);
            r.catalogue->source_id.assign(values.begin(), values.begin() + r.n_stars);
          }};
}

Field column(const NamedUnit& named, std::size_t stars) {
  return {"/observed_data",
          {named.name, hdf5::Type::float64, {kSimulation, "star"}, units(named.unit)},
          [named, stars](const TaskResult& r) {
            Doubles values;
            if (r.catalogue && r.catalogue->has(named.name)) values = (*r.catalogue)[named.name];
            values.resize(stars, kNaN);
            return values;
          },
          [named](const hdf5::Values& v, TaskResult& r) {
            if (!r.catalogue) return;
            const auto& values = std::get<Doubles>(v);
            r.catalogue->add(named.name, named.unit, {values.begin(), values.begin() + r.n_stars});
          }};
}

Field latent(const NamedUnit& named, std::size_t i, Shape shape) {
  return {
      "/latents",
      {named.name, hdf5::Type::float64, {"sample", kSimulation, "star"}, units(named.unit)},
      [i, shape](const TaskResult& r) { return by_rows(r.latents ? r.latents->values.at(i) : MatrixXd(0, 0), shape); },
      [named, shape](const hdf5::Values& v, TaskResult& r) {
        if (!r.latents) r.latents.emplace();
        r.latents->names.push_back(named.name);
        r.latents->units.push_back(named.unit);
        r.latents->values.push_back(from_rows(std::get<Doubles>(v), shape).leftCols(r.n_stars));
      }};
}

Field membership(const char* name, MatrixXd Membership::*member, const Layout& layout, Shape shape) {
  return {"/membership",
          {name, hdf5::Type::float64, {kSimulation, "star", "component"}, {}},
          [member, shape](const TaskResult& r) {
            return by_rows(r.membership ? (*r.membership).*member : MatrixXd(0, 0), shape);
          },
          [member, shape, components = layout.components](const hdf5::Values& v, TaskResult& r) {
            if (!r.membership) r.membership.emplace();
            r.membership->components = components;
            (*r.membership).*member = from_rows(std::get<Doubles>(v), shape).topRows(r.n_stars);
          }};
}

Field true_component(std::size_t stars) {
  return {"/membership",
          {"truth", hdf5::Type::float64, {kSimulation, "star"}, {}},
          [stars](const TaskResult& r) {
            Doubles values;
            if (r.membership) values.assign(r.membership->truth.begin(), r.membership->truth.end());
            values.resize(stars, kNaN);
            return values;
          },
          [](const hdf5::Values& v, TaskResult& r) {
            if (!r.membership) r.membership.emplace();
            const auto& values = std::get<Doubles>(v);
            if (r.n_stars == 0 || std::isnan(values.front())) return;  // real data, or no posterior
            r.membership->truth = Eigen::Map<const Eigen::VectorXd>(values.data(), r.n_stars);
          }};
}

}  // namespace

void add_star_fields(const Layout& layout, std::vector<Field>& fields) {
  const auto stars = static_cast<std::size_t>(layout.stars);
  if (layout.has_catalogue) {
    fields.push_back(origin());
    if (layout.has_source_id) fields.push_back(source_id(stars));
    for (const auto& named : layout.columns) fields.push_back(column(named, stars));
  }
  for (std::size_t i = 0; i < layout.latents.size(); ++i)
    fields.push_back(latent(layout.latents[i], i, {layout.samples, layout.stars}));
  if (!layout.components.empty()) {
    const Shape shape{layout.stars, static_cast<Index>(layout.components.size())};
    fields.push_back(membership("p", &Membership::p, layout, shape));
    fields.push_back(membership("p_mcse", &Membership::p_mcse, layout, shape));
    fields.push_back(true_component(stars));
  }
}

}  // namespace praesepe::workflow::store
