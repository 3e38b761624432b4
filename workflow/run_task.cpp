#include "workflow/run_task.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <nlohmann/json.hpp>

#include "infer/density/posterior.hpp"
#include "infer/instruction_set.hpp"
#include "infer/nuts/joint_sample.hpp"
#include "infer/nuts/posterior_sample.hpp"
#include "infer/threads.hpp"
#include "sim/astrometry/catalogue_reader.hpp"
#include "sim/error.hpp"
#include "workflow/campaign/campaign.hpp"
#include "workflow/memberships.hpp"
#include "workflow/star_latents.hpp"
#include "workflow/store/durable_file.hpp"
#include "workflow/store/provenance.hpp"

namespace praesepe::workflow {

using campaign::Campaign;
using campaign::Task;
using infer::thread_seconds;
using infer::density::Matrix;
using infer::density::ParameterSpace;
using infer::density::Posterior;
using infer::density::Vector;
using infer::diagnostics::Summary;
using infer::models::Study;
using infer::nuts::Draws;
using infer::nuts::PosteriorSample;
using sim::astrometry::Catalogue;
using sim::random::Purpose;
using sim::random::Stream;
using store::TaskResult;
using store::TaskStatus;

namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

Posterior make_posterior(const Campaign& campaign, const Task& task, const Catalogue& catalogue) {
  const Study& study = *campaign.study;
  ParameterSpace space = study.space(campaign.priors, catalogue);
  return {study.likelihood(catalogue, task.observation), std::move(space)};
}

std::string ladder_json(const std::vector<infer::nuts::LadderStep>& ladder) {
  auto steps = nlohmann::ordered_json::array();
  for (const auto& step : ladder) {
    steps.push_back({{"rung", step.rung}, {"reason", step.reason}, {"gradients", step.gradients}});
  }
  return steps.dump();
}

Vector varying_parameters(const ParameterSpace& space, const Vector& q) { return space.constrain(q)(space.varying()); }

/// Draws of everything in TaskResult::quantities, in its order: (draw, chain) each.
std::vector<Matrix> quantity_draws(const Study& study, const ParameterSpace& space, const std::vector<Draws>& chains) {
  const auto parameters = space.varying().size(), derived = study.derived().size(), size = parameters + derived + 2;
  const Eigen::Index draws = chains.front().size();
  const auto columns = static_cast<Eigen::Index>(chains.size());
  std::vector<Matrix> values(size, Matrix(draws, columns));
  for (Eigen::Index chain = 0; chain < columns; ++chain) {
    const Draws& drawn = chains[static_cast<std::size_t>(chain)];
    for (Eigen::Index draw = 0; draw < draws; ++draw) {
      const Vector coordinates = drawn.position.row(draw), theta = space.constrain(coordinates);
      const double log_likelihood = drawn.lp[draw] - ParameterSpace::log_prior(coordinates);
      values[size - 2](draw, chain) = log_likelihood;
      // A function of theta, which the truth has as well, whatever labels the chain gave to components.
      values[size - 1](draw, chain) = log_likelihood + ParameterSpace::log_prior(space.relabelled(coordinates));
      for (std::size_t j = 0; j < parameters; ++j) {
        values[j](draw, chain) = theta[static_cast<Eigen::Index>(space.varying()[j])];
      }
      if (derived == 0) continue;
      const Vector q = study.derive(theta);
      for (std::size_t j = 0; j < derived; ++j) values[parameters + j](draw, chain) = q[static_cast<Eigen::Index>(j)];
    }
  }
  return values;
}

/// Rows thin-1, 2 thin-1, ...
Matrix thinned_rows(const Matrix& all, int thin) {
  Matrix kept(all.rows() / thin, all.cols());
  for (Eigen::Index row = 0; row < kept.rows(); ++row) kept.row(row) = all.row((row + 1) * thin - 1);
  return kept;
}

std::map<std::string, Matrix> sample_stats(const std::vector<Draws>& chains, int thin) {
  std::map<std::string, Matrix> stats;
  const Eigen::Index draws = chains.front().size() / thin, columns = static_cast<Eigen::Index>(chains.size());
  const auto fill = [&](const char* name, auto value) {
    Matrix& matrix = stats[name] = Matrix(draws, columns);
    for (Eigen::Index chain = 0; chain < columns; ++chain) {
      for (Eigen::Index row = 0; row < draws; ++row) {
        matrix(row, chain) = static_cast<double>(value(chains[static_cast<std::size_t>(chain)], (row + 1) * thin - 1));
      }
    }
  };
  fill("lp", [](const Draws& d, Eigen::Index n) { return d.lp[n]; });
  fill("acceptance_rate", [](const Draws& d, Eigen::Index n) { return d.acceptance_rate[n]; });
  fill("diverging", [](const Draws& d, Eigen::Index n) { return d.diverging[static_cast<std::size_t>(n)]; });
  fill("tree_depth", [](const Draws& d, Eigen::Index n) { return d.tree_depth[static_cast<std::size_t>(n)]; });
  fill("n_steps", [](const Draws& d, Eigen::Index n) { return d.n_steps[static_cast<std::size_t>(n)]; });
  fill("step_size", [](const Draws& d, Eigen::Index n) { return d.step_size[n]; });
  fill("energy", [](const Draws& d, Eigen::Index n) { return d.energy[n]; });
  return stats;
}

/// Bands of the study's posterior functions, from about 200 of the stored draws at equal distances.
store::ProfileBands profile_bands(const Study& study, const ParameterSpace& space, const std::vector<Draws>& chains,
                                  int thin) {
  constexpr std::array kQuantiles{0.025, 0.125, 0.25, 0.5, 0.75, 0.875, 0.975};
  constexpr Eigen::Index kDraws = 200;
  const auto& profiles = study.profiles();
  store::ProfileBands bands{profiles.radius, {}, profiles.names, profiles.units, {}};
  if (profiles.names.empty()) return bands;
  bands.quantile.assign(kQuantiles.begin(), kQuantiles.end());

  const Eigen::Index stored = chains.front().size() / thin, total = stored * static_cast<Eigen::Index>(chains.size());
  const Eigen::Index step = std::max<Eigen::Index>(1, total / kDraws);
  const auto radii = static_cast<Eigen::Index>(profiles.radius.size());
  std::vector<std::vector<double>> values(profiles.names.size() * profiles.radius.size());
  for (Eigen::Index k = 0; k < total; k += step) {
    const Matrix& position = chains[static_cast<std::size_t>(k / stored)].position;
    const Matrix profile = study.profile_values(space.constrain(Vector(position.row((k % stored + 1) * thin - 1))));
    for (std::size_t i = 0; i < values.size(); ++i) {
      const auto flat = static_cast<Eigen::Index>(i);
      values[i].push_back(profile(flat % radii, flat / radii));
    }
  }
  for (std::size_t name = 0; name < profiles.names.size(); ++name) {
    Matrix& band = bands.bands.emplace_back(radii, static_cast<Eigen::Index>(kQuantiles.size()));
    for (Eigen::Index r = 0; r < radii; ++r) {
      auto& sample = values[name * profiles.radius.size() + static_cast<std::size_t>(r)];
      std::ranges::sort(sample);
      for (std::size_t q = 0; q < kQuantiles.size(); ++q) {
        band(r, static_cast<Eigen::Index>(q)) = infer::diagnostics::quantile_sorted(sample, kQuantiles[q]);
      }
    }
  }
  return bands;
}

/// The quantities that look at the data, at the truth.
void complete_truth(const Posterior& posterior, const Vector& truth, TaskResult& result) {
  const Vector q = posterior.space().unconstrain(truth);
  Vector gradient(q.size());
  const double lp = q.allFinite() ? posterior.log_density(q, gradient) : -std::numeric_limits<double>::infinity();
  const auto size = result.truth.size();
  result.truth[size - 2] = std::isfinite(lp) ? lp - ParameterSpace::log_prior(q) : lp;
  result.truth[size - 1] = lp;
}

void store_draws(const Campaign& campaign, const ParameterSpace& space, const PosteriorSample& sample,
                 TaskResult& result) {
  const auto all = quantity_draws(*campaign.study, space, sample.chains);
  result.thin = sample.thin;
  result.summary.clear();
  result.posterior.clear();
  result.rank.clear();
  for (std::size_t j = 0; j < all.size(); ++j) {
    result.summary.push_back(infer::diagnostics::summarise(all[j]));
    const Matrix& stored = result.posterior.emplace_back(thinned_rows(all[j], sample.thin));
    const bool known = !result.truth.empty() && !std::isnan(result.truth[j]);
    result.rank.push_back(known ? static_cast<double>((stored.array() < result.truth[j]).count()) : kNaN);
  }
  result.sample_stats = sample_stats(sample.chains, sample.thin);
  result.profiles = profile_bands(*campaign.study, space, sample.chains, sample.thin);
}

PosteriorSample sample_all_coordinates(const Campaign& campaign, const Task& task, const Catalogue& catalogue,
                                       const Posterior& posterior, const std::vector<Vector>& starts,
                                       const infer::nuts::ConvergenceRule& rule, infer::nuts::ChainJournal* journal) {
  const auto joint = campaign.study->joint_likelihood(catalogue, task.observation);
  const auto sampler = campaign.study->latent_sampler(catalogue, task.observation);
  const auto latents = [&](const Vector& theta, Stream& stream) {
    return joint->coordinates(theta, sampler->draw(theta, stream));
  };
  return infer::nuts::sample_jointly({posterior, *joint, latents}, starts, campaign.sampler, rule, task.key,
                                     draws_with_latents(campaign), journal);
}

void infer(const Campaign& campaign, const Task& task, infer::nuts::ChainJournal* journal, int threads,
           TaskResult& result) {
  const Catalogue catalogue = task_catalogue(campaign, task);
  result.n_stars = static_cast<std::int64_t>(catalogue.rows());
  if (campaign.store_catalogues) result.catalogue = catalogue;
  const Posterior posterior = make_posterior(campaign, task, catalogue);
  posterior.likelihood().use_threads(threads);
  Stream stream(task.key, Purpose::starts);
  std::vector<Vector> starts;
  for (const Vector& start : campaign.study->starts(catalogue, posterior.space(), stream)) {
    starts.push_back(posterior.space().unconstrain(start));
  }
  infer::nuts::ConvergenceRule rule;
  rule.monitored = [&space = posterior.space()](const Vector& q) { return varying_parameters(space, q); };
  for (const std::size_t i : posterior.space().varying()) rule.names.push_back(campaign.study->parameters()[i].name);
  const PosteriorSample sample =
      campaign.method == campaign::Method::full
          ? sample_all_coordinates(campaign, task, catalogue, posterior, starts, rule, journal)
          : infer::nuts::sample_posterior(posterior, starts, campaign.sampler, rule, task.key, journal);
  result.ladder = ladder_json(sample.ladder);
  result.n_log_density = sample.n_log_density;
  if (sample.status == infer::nuts::SampleStatus::failed) throw TaskFailure(sample.message);

  if (task.truth.size() > 0) complete_truth(posterior, task.truth, result);
  store_draws(campaign, posterior.space(), sample, result);
  result.membership = memberships(posterior, sample.chains, catalogue);
  result.latents = star_latents(campaign, task, catalogue, posterior.space(), sample);
  result.status = static_cast<TaskStatus>(sample.status);
  result.message = sample.message;
}

/// What is known of a task before it runs; the numbers are those of a failed one.
TaskResult blank_result(const Campaign& campaign, const Task& task) {
  const Study& study = *campaign.study;
  TaskResult result;
  result.id = task.id;
  result.cell = task.cell;
  result.replicate = task.replicate;
  result.seed = static_cast<std::int64_t>(sim::random::task_seed(task.key));
  result.host = store::host_name();
  result.instruction_set = infer::name_of(infer::instruction_set());
  for (std::size_t i = 0; i < study.parameters().size(); ++i) {
    if (campaign.priors[i].is_fixed()) continue;
    result.quantities.push_back({study.parameters()[i].name, study.parameters()[i].unit, false});
  }
  for (const auto& derived : study.derived()) result.quantities.push_back({derived.name, derived.unit, true});
  result.quantities.push_back(store::kLogLikelihood);
  result.quantities.push_back(store::kLogDensity);
  result.truth = task_truth(campaign, task);
  const Matrix nothing = Matrix::Constant(campaign.sampler.draws, campaign.sampler.chains, kNaN);
  const std::size_t size = result.quantities.size();
  result.posterior.assign(size, nothing);
  result.summary.assign(size, {kNaN, kNaN, kNaN, kNaN, kNaN, kNaN, kNaN, kNaN, kNaN, kNaN, kNaN});
  result.rank.assign(size, kNaN);
  for (const char* name : {"lp", "acceptance_rate", "diverging", "tree_depth", "n_steps", "step_size", "energy"}) {
    result.sample_stats[name] = nothing;
  }
  return result;
}

}  // namespace

Catalogue task_catalogue(const Campaign& campaign, const Task& task) {
  if (!task.catalogue.empty()) {
    return sim::astrometry::read_catalogue(task.catalogue, campaign.study->schema(), campaign.columns);
  }
  Stream latents(task.simulation_key, Purpose::latents), noise(task.simulation_key, Purpose::noise);
  return campaign.study->simulate(task.truth, task.observation, latents, noise);
}

std::vector<double> task_truth(const Campaign& campaign, const Task& task) {
  std::vector<double> truth;
  if (task.truth.size() == 0) return truth;
  for (std::size_t i = 0; i < campaign.priors.size(); ++i) {
    if (!campaign.priors[i].is_fixed()) truth.push_back(task.truth[static_cast<Eigen::Index>(i)]);
  }
  if (!campaign.study->derived().empty()) {
    const Vector derived = campaign.study->derive(task.truth);
    truth.insert(truth.end(), derived.begin(), derived.end());
  }
  truth.insert(truth.end(), 2, kNaN);
  return truth;
}

void check_task(const Campaign& campaign, const Task& task) {
  Catalogue catalogue(0);
  try {
    catalogue = task_catalogue(campaign, task);
  } catch (const TaskFailure&) {
    return;  // a property of the numbers drawn: recorded with the task when it runs
  }
  try {
    make_posterior(campaign, task, catalogue);
    if (campaign.method == campaign::Method::full) campaign.study->joint_likelihood(catalogue, task.observation);
    if (campaign.latents > 0) campaign.study->latent_sampler(catalogue, task.observation);
  } catch (const TaskFailure&) {
  } catch (const InputError& error) {
    const std::string message = error.what();
    for (const char* section : {"prior.", "observe.", "sampler.", "output."}) {
      if (message.starts_with(section)) rethrow_with_place(campaign, message);
    }
    throw;
  }
}

TaskResult run_task(const Campaign& campaign, const Task& task, infer::nuts::ChainJournal* journal, int threads) {
  const auto begin = std::chrono::steady_clock::now();
  const double cpu_begin = thread_seconds();
  TaskResult blank = blank_result(campaign, task), result = blank;
  try {
    infer(campaign, task, journal, threads, result);
  } catch (const infer::nuts::Interruption&) {
    throw;
  } catch (const std::exception& error) {
    blank.status = TaskStatus::failed;
    blank.message = error.what();
    blank.n_stars = result.n_stars;
    blank.ladder = result.ladder;
    blank.n_log_density = result.n_log_density;
    blank.catalogue = std::move(result.catalogue);
    result = std::move(blank);
  }
  result.wall_time = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  result.cpu_time = thread_seconds() - cpu_begin;
  return result;
}

TaskResult crashed_result(const Campaign& campaign, const Task& task, std::string reason) {
  TaskResult result = blank_result(campaign, task);
  result.status = TaskStatus::crashed;
  result.message = std::move(reason);
  return result;
}

}  // namespace praesepe::workflow
