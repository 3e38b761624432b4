#include "infer/density/conditional.hpp"

#include <algorithm>
#include <limits>

#include "infer/density/beta.hpp"
#include "infer/density/normal.hpp"
#include "sim/error.hpp"

namespace praesepe::infer::density {

namespace {

class Alone final : public Conditional {
 public:
  explicit Alone(Prior prior) : prior_(std::move(prior)) {}

  bool is_free() const override { return !prior_.is_fixed(); }
  Prior::Image from_normal(double q, const Vector&) const override { return prior_.from_normal(q); }
  double to_normal(double x, const Vector&) const override { return prior_.to_normal(x); }

 private:
  Prior prior_;
};

class BelowBound final : public Conditional {
 public:
  BelowBound(Prior prior, DependentBound bound) : prior_(std::move(prior)), bound_(std::move(bound)) {}

  Prior::Image from_normal(double q, const Vector& theta) const override { return at(theta).from_normal(q); }
  double to_normal(double x, const Vector& theta) const override { return at(theta).to_normal(x); }
  void pull_back(double q, double adjoint, const Vector& theta, Vector& gradient) const override {
    // x = a + (b - a) Phi(q):  dx/db = Phi(q)
    gradient[driver()] += adjoint * Phi(q) * bound_.function(theta[driver()]).slope;
  }

 private:
  Eigen::Index driver() const { return static_cast<Eigen::Index>(bound_.driver); }
  Prior at(const Vector& theta) const { return prior_.with_argument(1, bound_.function(theta[driver()]).value); }

  Prior prior_;
  DependentBound bound_;
};

class SimplexShare final : public Conditional {
 public:
  /// `before`: the family's members that come earlier; a: own concentration, b: those of the later ones together.
  SimplexShare(std::vector<Eigen::Index> before, double a, double b) : before_(std::move(before)), a_(a), b_(b) {}

  bool is_free() const override { return b_ > 0.0; }
  Prior::Image from_normal(double q, const Vector& theta) const override {
    const double rest = left(theta);
    if (!is_free()) return {rest, 0.0};
    const auto share = beta_from_normal(a_, b_, q);
    return {rest * share.x, rest * share.slope};
  }
  double to_normal(double x, const Vector& theta) const override {
    const double rest = left(theta);
    return rest > 0.0 ? beta_to_normal(a_, b_, x / rest) : std::numeric_limits<double>::infinity();
  }
  void pull_back(double q, double adjoint, const Vector&, Vector& gradient) const override {
    const double share = is_free() ? beta_from_normal(a_, b_, q).x : 1.0;
    for (const Eigen::Index j : before_) gradient[j] -= adjoint * share;
  }

 private:
  double left(const Vector& theta) const {
    double rest = 1.0;
    for (const Eigen::Index j : before_) rest -= theta[j];
    return std::max(rest, 0.0);
  }

  std::vector<Eigen::Index> before_;
  double a_, b_;
};

std::shared_ptr<const Conditional> alone_or_bounded(const std::string& name, std::size_t i, const Prior& prior,
                                                    const std::vector<DependentBound>& bounds) {
  if (!prior.has_names()) return std::make_shared<Alone>(prior);
  const auto& arguments = prior.arguments();
  const bool only_upper = prior.kind() == Prior::Kind::uniform && arguments[0].name.empty();
  for (const DependentBound& bound : bounds) {
    if (only_upper && bound.name == arguments[1].name && bound.driver < i) {
      return std::make_shared<BelowBound>(prior, bound);
    }
  }
  throw InputError("prior." + name + ": " + prior.text() +
                   " holds a name that is not known here; expected numbers, or a bound of this study as the upper end");
}

/// Member `k` of a family that shares a whole.
std::shared_ptr<const Conditional> share(const std::vector<std::size_t>& family, std::size_t k,
                                         const std::vector<Prior>& priors) {
  std::vector<Eigen::Index> before;
  for (std::size_t j = 0; j < k; ++j) before.push_back(static_cast<Eigen::Index>(family[j]));
  double later = 0.0;
  for (std::size_t j = k + 1; j < family.size(); ++j) later += priors[family[j]].arguments()[0].value;
  return std::make_shared<SimplexShare>(std::move(before), priors[family[k]].arguments()[0].value, later);
}

}  // namespace

std::vector<std::shared_ptr<const Conditional>> conditionals(const std::vector<std::string>& names,
                                                             const std::vector<Prior>& priors,
                                                             const std::vector<DependentBound>& bounds) {
  check_families(names, priors);
  std::vector<std::shared_ptr<const Conditional>> all(names.size());
  for (const auto& family : families_of(names)) {
    for (std::size_t k = 0; k < family.members.size(); ++k) {
      const std::size_t i = family.members[k];
      const Prior prior = priors[i].is_ascending() ? priors[i].alone() : priors[i];
      all[i] = prior.is_joint() ? share(family.members, k, priors) : alone_or_bounded(names[i], i, prior, bounds);
    }
  }
  return all;
}

}  // namespace praesepe::infer::density
