#include "infer/density/conditional.hpp"

#include <algorithm>
#include <cctype>
#include <limits>
#include <map>

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

/// z with Phi(-z) = exp(log_survival), from whichever tail is small.
double from_log_survival(double log_survival) {
  const double below = -std::expm1(log_survival);
  return below < 0.5 ? Phi_inverse(below) : -Phi_inverse(std::exp(log_survival));
}

/// The next larger of independent draws. Works in z, the coordinate that the prior alone would have.
class NextLarger final : public Conditional {
 public:
  /// `previous`: index of the member before, -1 for the smallest; `left`: how many draws are not below it.
  NextLarger(Prior prior, Eigen::Index previous, double left)
      : prior_(std::move(prior)), previous_(previous), left_(left) {}

  Prior::Image from_normal(double q, const Vector& theta) const override {
    const double z = alone(q, theta);
    const Prior::Image image = prior_.from_normal(z);
    return {image.x, image.slope * hazard(q) / (left_ * hazard(z))};
  }
  double to_normal(double x, const Vector& theta) const override {
    return from_log_survival(left_ * (log_Phi(-coordinate(x)) - log_survival_before(theta)));
  }
  void pull_back(double q, double adjoint, const Vector& theta, Vector& gradient) const override {
    if (previous_ < 0) return;
    // dx/dx_previous = dx/dz (dz/dz_previous) dz_previous/dx_previous, dz/dz_previous = hazard(z_previous) / hazard(z)
    const double before = coordinate(theta[previous_]), z = alone(q, theta);
    gradient[previous_] +=
        adjoint * prior_.from_normal(z).slope * hazard(before) / (hazard(z) * prior_.from_normal(before).slope);
  }

 private:
  /// z: log Phi(-z) = log Phi(-z_previous) + log Phi(-q) / left
  double alone(double q, const Vector& theta) const {
    return from_log_survival(log_survival_before(theta) + log_Phi(-q) / left_);
  }
  /// Of the prior alone. A member so near to the end of the prior that its digits do not tell counts as just inside.
  double coordinate(double x) const {
    constexpr double just_inside = 8.2;  // 1 - Phi is below the rounding error of 1
    const double z = prior_.to_normal(x);
    return std::isinf(z) ? std::copysign(just_inside, z) : z;
  }
  double log_survival_before(const Vector& theta) const {
    return previous_ < 0 ? 0.0 : log_Phi(-coordinate(theta[previous_]));
  }

  Prior prior_;
  Eigen::Index previous_;
  double left_;
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

/// Member `k` of a family of parameters with joint prior.
std::shared_ptr<const Conditional> member(const std::vector<std::size_t>& family, std::size_t k,
                                          const std::vector<Prior>& priors) {
  const Prior& prior = priors[family[k]];
  std::vector<Eigen::Index> before;
  for (std::size_t j = 0; j < k; ++j) before.push_back(static_cast<Eigen::Index>(family[j]));
  if (prior.is_ascending()) {
    return std::make_shared<NextLarger>(prior.alone(), before.empty() ? -1 : before.back(),
                                        static_cast<double>(family.size() - k));
  }
  double later = 0.0;
  for (std::size_t j = k + 1; j < family.size(); ++j) later += priors[family[j]].arguments()[0].value;
  return std::make_shared<SimplexShare>(std::move(before), prior.arguments()[0].value, later);
}

void check_family(const std::vector<std::string>& names, const std::vector<Prior>& priors,
                  const std::vector<std::size_t>& family) {
  const Prior& first = priors[family.front()];
  for (const std::size_t i : family) {
    const bool fits = first.is_ascending() ? priors[i].text() == first.text() : priors[i].kind() == first.kind();
    if (fits && !priors[i].has_names()) continue;
    throw InputError("prior." + names[i] + ": " + priors[i].text() + " does not go with " + first.text() + " of " +
                     names[family.front()] + ": a dirichlet or ascending prior is that of all of them");
  }
}

using Families = std::map<std::string, std::vector<std::size_t>>;

Families families_of(const std::vector<std::string>& names) {
  Families families;
  for (std::size_t i = 0; i < names.size(); ++i) families[family_of(names[i])].push_back(i);
  return families;
}

bool is_joint(const std::vector<std::size_t>& family, const std::vector<Prior>& priors) {
  return std::ranges::any_of(family, [&](std::size_t i) { return priors[i].is_joint(); });
}

}  // namespace

void check_families(const std::vector<std::string>& names, const std::vector<Prior>& priors) {
  for (const auto& [name, family] : families_of(names)) {
    if (is_joint(family, priors)) check_family(names, priors, family);
  }
}

std::string family_of(std::string_view name) {
  for (std::size_t at = name.find('_'); at != std::string_view::npos; at = name.find('_', at + 1)) {
    std::size_t end = at + 1;
    while (end < name.size() && std::isdigit(static_cast<unsigned char>(name[end]))) ++end;
    const bool is_number = end > at + 1 && (end == name.size() || name[end] == '_');
    if (is_number) return std::string(name.substr(0, at)) + std::string(name.substr(end));
  }
  return std::string(name);
}

std::vector<std::shared_ptr<const Conditional>> conditionals(const std::vector<std::string>& names,
                                                             const std::vector<Prior>& priors,
                                                             const std::vector<DependentBound>& bounds) {
  check_families(names, priors);
  std::vector<std::shared_ptr<const Conditional>> all(names.size());
  for (const auto& [name, family] : families_of(names)) {
    const bool joint = is_joint(family, priors);
    for (std::size_t k = 0; k < family.size(); ++k) {
      const std::size_t i = family[k];
      all[i] = joint ? member(family, k, priors) : alone_or_bounded(names[i], i, priors[i], bounds);
    }
  }
  return all;
}

}  // namespace praesepe::infer::density
