#include "infer/nuts/chain.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "sim/error.hpp"

namespace praesepe::infer::nuts {

namespace {

State evaluated(const density::LogDensity& target, const Vector& start) {
  State state{start, Vector::Zero(start.size()), 0.0};
  state.lp = target.log_density(state.position, state.gradient);
  if (!std::isfinite(state.lp) || !state.gradient.allFinite())
    throw TaskFailure(fmt::format("a chain cannot start where the log density is {} and the gradient is {}", state.lp,
                                  state.gradient.allFinite() ? "finite" : "not finite"));
  return state;
}

MetricKind metric_kind(const ChainOptions& options, Eigen::Index dimension) {
  return dimension > kMaxDenseDimension ? MetricKind::diagonal : options.metric;
}

// Without a start metric: 1 / |g_i|, right to within the distance of the start from the mode, in units of the scale.
InverseMetric start_metric(const ChainOptions& options, const State& state) {
  const Eigen::Index dimension = state.position.size();
  Matrix matrix = state.gradient.cwiseAbs().cwiseMax(1e-20).cwiseMin(1e20).cwiseInverse();
  if (options.inverse_metric) {
    matrix = *options.inverse_metric;
    if (matrix.cols() > 1 && metric_kind(options, dimension) == MetricKind::diagonal)
      matrix = Matrix(matrix.diagonal());
  }
  auto metric = InverseMetric::factorise(std::move(matrix));
  if (!metric || metric->matrix().rows() != dimension)
    throw InternalError("the start metric of a chain is not positive definite, or not of the target's dimension");
  return *std::move(metric);
}

}  // namespace

Chain::Chain(const density::LogDensity& target, const Vector& start, ChainOptions options, sim::random::Stream stream)
    : options_(std::move(options)),
      stream_(stream),
      state_(evaluated(target, start)),
      hamiltonian_(target, start_metric(options_, state_)),
      trajectory_(target.dimension(), options_.max_depth) {}

Chain::WarmUp Chain::new_warm_up(double step_size) const {
  const int adapting = options_.keeps_metric ? 0 : options_.warmup;
  return {MetricAdaptation(metric_kind(options_, hamiltonian_.dimension()), hamiltonian_.dimension(), adapting),
          DualAveraging(options_.target_accept, step_size), options_.warmup};
}

void Chain::begin_warm_up() {
  drawn_ = 0;
  warm_up_ = new_warm_up(find_step_size(hamiltonian_, state_, stream_));
}

void Chain::warm_up(int transitions) {
  for (; warm_up_->left > 0 && transitions > 0; --transitions, --warm_up_->left) {
    step_size_ = warm_up_->step_size.step_size();
    const Transition transition = advance();
    if (warm_up_->metric.is_finished()) {
      warm_up_->step_size.update(transition.symmetric_acceptance_rate);
      continue;
    }
    warm_up_->step_size.update(transition.acceptance_rate);
    if (auto metric = warm_up_->metric.update(transition, state_)) {
      hamiltonian_.set_metric(*std::move(metric));
      if (!std::exchange(warm_up_->has_metric, true)) {
        warm_up_->step_size.restart(find_step_size(hamiltonian_, state_, stream_));
      }
    }
  }
  if (warm_up_->left > 0) return;
  step_size_ = warm_up_->step_size.averaged();
  warm_up_.reset();
  if (!(step_size_ >= kMinStepSize && step_size_ <= kMaxStepSize))
    throw TaskFailure(fmt::format("warm-up found no step size: it ended at {:.3g}", step_size_));
}

void Chain::warm_up() {
  begin_warm_up();
  warm_up(options_.warmup);
}

void Chain::save(ArchiveWriter& archive) const {
  archive(state_, stream_, hamiltonian_.metric().matrix(), step_size_, drawn_, warm_up_.has_value());
  if (warm_up_) archive(*warm_up_);
}

void Chain::restore(ArchiveReader& archive) {
  Matrix metric;
  double step_size = 0.0;
  bool is_warming_up = false;
  archive(state_, stream_, metric, step_size, drawn_, is_warming_up);
  auto factorised = InverseMetric::factorise(std::move(metric));
  if (!factorised) throw InternalError("a stored chain has a metric that is not positive definite");
  hamiltonian_.set_metric(*std::move(factorised));
  step_size_ = step_size;
  warm_up_.reset();
  if (is_warming_up) archive(warm_up_.emplace(new_warm_up(step_size)));
}

void Chain::set_tuning(Matrix inverse_metric, double step_size) {
  auto metric = InverseMetric::factorise(std::move(inverse_metric));
  if (!metric || !(step_size > 0.0)) throw InternalError("a chain was given a metric or step that is not positive");
  hamiltonian_.set_metric(*std::move(metric));
  step_size_ = step_size;
}

Draws Chain::sample(int draws) {
  Draws drawn;
  const Eigen::Index kept = options_.kept.value_or(hamiltonian_.dimension());
  drawn.resize(draws, kept);
  for (int i = 0; i < draws; ++i) {
    const Transition transition = advance();
    if (options_.between) options_.between(state_, stream_);
    drawn.position.row(i) = state_.position.head(kept);
    if (std::ranges::binary_search(options_.whole, drawn_)) drawn.whole.push_back({drawn_, state_.position});
    ++drawn_;
    drawn.lp[i] = state_.lp;
    drawn.acceptance_rate[i] = transition.acceptance_rate;
    drawn.step_size[i] = step_size_;
    drawn.energy[i] = transition.energy;
    const auto row = static_cast<std::size_t>(i);
    drawn.tree_depth[row] = transition.depth;
    drawn.n_steps[row] = transition.n_steps;
    drawn.diverging[row] = transition.divergence.has_value() ? 1 : 0;
    if (transition.divergence) drawn.divergences.push_back(*transition.divergence);
  }
  return drawn;
}

Draws Chain::propose(const Proposal& proposal, int draws) {
  Draws proposed;
  proposed.resize(draws, proposal.dimension());
  for (Eigen::Index i = 0; i < proposed.size(); ++i) {
    const Vector x = proposal.draw(stream_);
    proposed.position.row(i) = x;
    proposed.lp[i] = hamiltonian_.target().value(x);
  }
  for (Vector* column : {&proposed.acceptance_rate, &proposed.step_size, &proposed.energy}) {
    column->setConstant(std::numeric_limits<double>::quiet_NaN());
  }
  return proposed;
}

Transition Chain::advance() {
  hamiltonian_.start(state_, stream_, trajectory_.start());
  Transition transition = trajectory_.run(hamiltonian_, step_size_, stream_);
  if (transition.index != 0) state_ = trajectory_.accepted();
  return transition;
}

}  // namespace praesepe::infer::nuts
