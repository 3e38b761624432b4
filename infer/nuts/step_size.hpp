// The leapfrog step size: a first guess by doubling or halving, then dual averaging towards an acceptance rate.
//
// Hoffman & Gelman 2014, section 3.2, with gamma = 0.05, t0 = 10, kappa = 0.75. After the t-th transition with
// acceptance a_t
//
//   s_t = (1 - 1/(t + t0)) s_(t-1) + (delta - a_t) / (t + t0)         delta   target acceptance
//   x_t = mu - s_t sqrt(t) / gamma                                    mu      log(10 eps_start)
//   xbar_t = t^-kappa x_t + (1 - t^-kappa) xbar_(t-1)                 eps     exp(x_t) while adapting, exp(xbar_t)
//   after
#pragma once

#include "infer/nuts/hamiltonian.hpp"

namespace praesepe::infer::nuts {

constexpr double kMinStepSize = 1e-12;
constexpr double kMaxStepSize = 1e7;

/// The step, a power of two, at which the energy error of one leapfrog from `state` crosses log 0.8; fresh momentum
/// each try. Throws TaskFailure outside [kMinStepSize, kMaxStepSize], as for a density that is flat or has no finite
/// surroundings.
double find_step_size(Hamiltonian& hamiltonian, const State& state, sim::random::Stream& stream);

class DualAveraging {
 public:
  /// Starts at `step`, to which the average also falls back when no update follows.
  DualAveraging(double target_accept, double step) : target_accept_(target_accept) { restart(step); }

  void restart(double step);
  void update(double acceptance_rate);
  /// For the next transition of the adaptation.
  double step_size() const;
  /// For the time after adaptation.
  double averaged() const;

  template <class Archive, class Self>
  static void members(Archive& archive, Self& self) {
    archive(self.target_accept_, self.mu_, self.s_, self.x_, self.x_bar_, self.t_);
  }

 private:
  double target_accept_;
  double mu_ = 0.0, s_ = 0.0, x_ = 0.0, x_bar_ = 0.0;
  int t_ = 0;
};

}  // namespace praesepe::infer::nuts
