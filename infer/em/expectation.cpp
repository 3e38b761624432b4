#include "infer/em/expectation.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numbers>
#include <xsimd/xsimd.hpp>

#include "infer/em/batch_solve.hpp"

namespace praesepe::infer::em {

namespace {

using Index = Eigen::Index;
constexpr Index kWidth = Batch::size;
static_assert(kLanes % kWidth == 0);

/// The sums over the points of one group. kRows = M, or 0 for any M and for projections.
template <int kRows>
class GroupSums {
 public:
  GroupSums(const PointGroup& group, const GaussianMixture& mixture)
      : group_(group),
        mixture_(mixture),
        rows_{group.measured},
        lifted_(group.projected ? mixture.dimension() : group.measured),
        stride_(1 + lifted_ + triangle(lifted_)) {
    for (std::size_t k = 0; k < mixture.size(); ++k)
      if (mixture.components[k].weight > 0.0) active_.push_back(k);
    for (const std::size_t k : active_) {
      const GaussianComponent& component = mixture.components[k];
      offset_.push_back(std::log(component.weight) -
                        0.5 * static_cast<double>(group.measured) * std::log(2.0 * std::numbers::pi));
      for (Index a = 0; a < lifted_; ++a) mean_.push_back(component.mean[coordinate(a)]);
      for (Index a = 0; a < lifted_; ++a)
        for (Index b = 0; b <= a; ++b) covariance_.push_back(component.covariance(coordinate(a), coordinate(b)));
    }
    const std::size_t k = active_.size(), m = static_cast<std::size_t>(group.measured);
    const auto stride = static_cast<std::size_t>(stride_);
    term_.resize(k);
    each_.resize(k * stride);
    sum_.resize(k * stride, Batch(0.0));
    t_.resize(static_cast<std::size_t>(triangle(group.measured)));
    h_.resize(t_.size());
    r_.resize(m);
    u_.resize(m);
    inverse_pivot_.resize(m);
    product_.resize(m * static_cast<std::size_t>(mixture.dimension()));
  }

  void add_to(Expectation& total, Matrix* log_terms) {
    const Index fields = group_.field_count(mixture_.dimension());
    const Index count = static_cast<Index>(group_.points.size());
    Batch log_likelihood(0.0);
    for (Index first = 0; first < count; first += kWidth) {
      field_ = group_.fields.data() + (first / kLanes) * fields * kLanes + first % kLanes;
      for (std::size_t k = 0; k < active_.size(); ++k) {
        if (!look_at(k)) total.singular = active_[k];
        if (log_terms) write(term_[k], first, active_[k], *log_terms);
      }
      if (total.singular) return;
      log_likelihood += share_out(in_use(first, count));
    }
    total.log_likelihood += xsimd::hadd(log_likelihood);
    for (std::size_t k = 0; k < active_.size(); ++k) reduce(k, total.sums[active_[k]]);
  }

 private:
  Index coordinate(Index a) const { return group_.projected ? a : group_.rows[static_cast<std::size_t>(a)]; }
  Batch field(Index at) const { return Batch::load_unaligned(field_ + at * kLanes); }
  Batch projection(Index a, Index j) const {
    return field(group_.measured + triangle(group_.measured) + a * mixture_.dimension() + j);
  }

  /// 1 for lanes that hold points, 0 for those past the end.
  static Batch in_use(Index first, Index count) {
    std::array<double, kWidth> mask{};
    for (Index lane = 0; lane < kWidth; ++lane) mask[static_cast<std::size_t>(lane)] = first + lane < count ? 1.0 : 0.0;
    return Batch::load_unaligned(mask.data());
  }

  /// The term of active component k at the points of `field_`, and what they say about it. False: T is singular.
  bool look_at(std::size_t k) {
    const double* mean = mean_.data() + static_cast<Index>(k) * lifted_;
    const double* covariance = covariance_.data() + static_cast<Index>(k) * triangle(lifted_);
    Batch* each = each_.data() + static_cast<Index>(k) * stride_;
    if (kRows == 0 && group_.projected) {
      project(mean, covariance);
    } else {
      for (Index a = 0; a < rows_; ++a) r_[static_cast<std::size_t>(a)] = field(a) - Batch(mean[a]);
      for (Index a = 0; a < triangle(rows_); ++a)
        t_[static_cast<std::size_t>(a)] = field(rows_ + a) + Batch(covariance[a]);
    }
    const bool direct = kRows > 0 || !group_.projected;
    Batch* u = direct ? each + 1 : u_.data();
    Batch* h = direct ? each + 1 + rows_ : h_.data();
    const Solution solution = solve(rows_, t_.data(), r_.data(), inverse_pivot_.data(), u, h);
    if (!direct) lift(each);
    term_[k] = solution.log_density + Batch(offset_[k]);
    return xsimd::all(solution.sound);
  }

  /// r = y - R m,   T = R V R' + S
  void project(const double* mean, const double* covariance) {
    const Index d = mixture_.dimension();
    for (Index a = 0; a < rows_; ++a) {
      Batch r = field(a);
      for (Index j = 0; j < d; ++j) r -= projection(a, j) * Batch(mean[j]);
      r_[static_cast<std::size_t>(a)] = r;
      Batch* product = product_.data() + a * d;  // R V
      for (Index j = 0; j < d; ++j) {
        product[j] = Batch(0.0);
        for (Index l = 0; l < d; ++l)
          product[j] += projection(a, l) * Batch(covariance[triangle_at(std::max(j, l), std::min(j, l))]);
      }
      for (Index b = 0; b <= a; ++b) {
        Batch entry = field(rows_ + triangle_at(a, b));
        for (Index j = 0; j < d; ++j) entry += product[j] * projection(b, j);
        t_[static_cast<std::size_t>(triangle_at(a, b))] = entry;
      }
    }
  }

  /// R' u and R' h R
  void lift(Batch* each) {
    const Index d = mixture_.dimension();
    const auto h = [this](Index a, Index b) {
      return h_[static_cast<std::size_t>(triangle_at(std::max(a, b), std::min(a, b)))];
    };
    for (Index j = 0; j < d; ++j) {
      Batch sum(0.0);
      for (Index a = 0; a < rows_; ++a) sum += projection(a, j) * u_[static_cast<std::size_t>(a)];
      each[1 + j] = sum;
      for (Index a = 0; a < rows_; ++a) {
        Batch entry(0.0);
        for (Index b = 0; b < rows_; ++b) entry += h(a, b) * projection(b, j);
        product_[static_cast<std::size_t>(a * d + j)] = entry;  // h R
      }
    }
    for (Index j = 0; j < d; ++j)
      for (Index l = 0; l <= j; ++l) {
        Batch entry(0.0);
        for (Index a = 0; a < rows_; ++a) entry += projection(a, j) * product_[static_cast<std::size_t>(a * d + l)];
        each[1 + d + triangle_at(j, l)] = entry;
      }
  }

  /// Shares the points out among the components; their log likelihoods.
  Batch share_out(const Batch& mask) {
    Batch largest = term_[0];
    for (std::size_t k = 1; k < term_.size(); ++k) largest = xsimd::max(largest, term_[k]);
    Batch total(0.0);
    for (std::size_t k = 0; k < term_.size(); ++k) {
      each_[k * static_cast<std::size_t>(stride_)] = xsimd::exp(term_[k] - largest);
      total += each_[k * static_cast<std::size_t>(stride_)];
    }
    const Batch share = mask / total;
    for (std::size_t k = 0; k < term_.size(); ++k) {
      const Batch* each = each_.data() + static_cast<Index>(k) * stride_;
      Batch* sum = sum_.data() + static_cast<Index>(k) * stride_;
      const Batch q = each[0] * share;
      sum[0] += q;
      for (Index a = 1; a < stride_; ++a) sum[a] += q * each[a];
    }
    return mask * (largest + xsimd::log(total));
  }

  void write(const Batch& term, Index first, std::size_t k, Matrix& log_terms) const {
    std::array<double, kWidth> lanes{};
    term.store_unaligned(lanes.data());
    for (std::size_t lane = 0; lane < lanes.size(); ++lane) {
      const std::size_t at = static_cast<std::size_t>(first) + lane;
      if (at < group_.points.size())
        log_terms(static_cast<Index>(group_.points[at]), static_cast<Index>(k)) = lanes[lane];
    }
  }

  void reduce(std::size_t k, ComponentSums& total) const {
    const Batch* sum = sum_.data() + static_cast<Index>(k) * stride_;
    total.count += xsimd::hadd(sum[0]);
    for (Index a = 0; a < lifted_; ++a) {
      total.first[coordinate(a)] += xsimd::hadd(sum[1 + a]);
      for (Index b = 0; b <= a; ++b) {
        const double entry = xsimd::hadd(sum[1 + lifted_ + triangle_at(a, b)]);
        total.second(coordinate(a), coordinate(b)) += entry;
        if (a != b) total.second(coordinate(b), coordinate(a)) += entry;
      }
    }
  }

  using Batches = std::vector<Batch>;

  const PointGroup& group_;
  const GaussianMixture& mixture_;
  Rows<kRows> rows_;
  Index lifted_;                     // size of u and h as summed: M, or D if projected
  Index stride_;                     // 1, u, h
  std::vector<std::size_t> active_;  // components with weight
  std::vector<double> offset_;       // ln w_k - M/2 ln 2 pi
  std::vector<double> mean_;         // (active, lifted)
  std::vector<double> covariance_;   // (active, triangle of lifted)
  const double* field_ = nullptr;    // the points in hand
  Batches term_;                     // (active)
  Batches each_;                     // (active, stride): share, u, h of the points in hand
  Batches sum_;                      // (active, stride): q, g, H
  Batches t_, h_, r_, u_, inverse_pivot_, product_;
};

template <int kRows>
void add_group(const PointGroup& group, const GaussianMixture& mixture, Expectation& total, Matrix* log_terms) {
  GroupSums<kRows>(group, mixture).add_to(total, log_terms);
}

/// The routine for a group: unrolled up to six values a point.
auto routine_for(const PointGroup& group) {
  if (group.projected) return &add_group<0>;
  switch (group.measured) {
    case 1: return &add_group<1>;
    case 2: return &add_group<2>;
    case 3: return &add_group<3>;
    case 4: return &add_group<4>;
    case 5: return &add_group<5>;
    case 6: return &add_group<6>;
    case 7: return &add_group<7>;
    case 8: return &add_group<8>;
    default: return &add_group<0>;
  }
}

}  // namespace

Expectation expectation(const std::vector<PointGroup>& points, const GaussianMixture& mixture, Matrix* log_terms) {
  const Index d = mixture.dimension();
  if (log_terms) log_terms->setConstant(-std::numeric_limits<double>::infinity());
  Expectation total{0.0, {mixture.size(), ComponentSums{0.0, Vector::Zero(d), Matrix::Zero(d, d)}}, {}};
  for (const PointGroup& group : points) {
    routine_for(group)(group, mixture, total, log_terms);
    if (total.singular) break;
  }
  return total;
}

}  // namespace praesepe::infer::em
