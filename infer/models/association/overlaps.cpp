#include "infer/models/association/overlaps.hpp"

#include <algorithm>
#include <array>
#include <limits>

#include "infer/em/batch_solve.hpp"

namespace praesepe::infer::models::association {

namespace {

using em::Batch, em::kLanes, em::triangle_at;
using Index = Eigen::Index;

constexpr Index kWidth = static_cast<Index>(Batch::size);
static_assert(kLanes % kWidth == 0);
constexpr Index kSlopes = 6 + em::triangle(6);

constexpr std::size_t at(Index i) { return static_cast<std::size_t>(i); }

using Batch6 = std::array<Batch, 6>;
using BatchTriangle = std::array<Batch, at(em::triangle(6))>;

/// T and d of some stars. `field` loads their numbers.
template <class Field>
void set_up(const Gaussian6& gaussian, const Field& field, BatchTriangle& t, Batch6& d) {
  const Vector6& mean = gaussian.mean;
  const Matrix6& c = gaussian.covariance;
  const std::array<Batch, 3> n{field(StarStates::kUnseen), field(StarStates::kUnseen + 1),
                               field(StarStates::kUnseen + 2)};
  const auto along = [&n](double u, double v, double w) { return n[0] * u + n[1] * v + n[2] * w; };
  const Batch speed = along(mean[3], mean[4], mean[5]);  // n . mean
  Batch6 cn;                                             // C n
  for (Index a = 0; a < 6; ++a) cn[at(a)] = along(c(a, 3), c(a, 4), c(a, 5));
  const Batch ncn = n[0] * cn[3] + n[1] * cn[4] + n[2] * cn[5];
  // Pi C Pi + n n^T = C - n (Cn)^T - (Cn) n^T + (1 + nCn) n n^T,  n without entries for positions
  for (Index a = 0; a < 6; ++a) {
    d[at(a)] = field(StarStates::kMean + a) - Batch(mean[a]);
    for (Index b = 0; b <= a; ++b) {
      t[at(triangle_at(a, b))] = field(StarStates::kCovariance + triangle_at(a, b)) + Batch(c(a, b));
    }
  }
  for (Index a = 3; a < 6; ++a) {
    const Batch& na = n[at(a - 3)];
    d[at(a)] += na * speed;
    for (Index b = 0; b < 3; ++b) t[at(triangle_at(a, b))] -= na * cn[at(b)];
    const Batch rest = na * (ncn + Batch(1.0)) - cn[at(a)];
    for (Index b = 3; b <= a; ++b) t[at(triangle_at(a, b))] += rest * n[at(b - 3)] - na * cn[at(b)];
  }
}

}  // namespace

Overlaps::Overlaps(std::shared_ptr<const StarStates> stars)
    : stars_(std::move(stars)),
      values_(at(stars_->packs() * kLanes)),
      slopes_(at(stars_->packs() * kSlopes * kLanes)),
      weights_(values_.size()) {}

void Overlaps::evaluate(const Gaussian6& gaussian, density::Array& values) {
  BatchTriangle t, h;
  Batch6 d, u, inverse_pivot;
  for (Index first = 0; first < stars_->packs() * kLanes; first += kWidth) {
    const Index pack = first / kLanes, lane = first % kLanes;
    const double* star = stars_->pack(pack) + lane;
    const auto field = [star](Index i) { return Batch::load_unaligned(star + i * kLanes); };
    set_up(gaussian, field, t, d);
    const em::Solution solution =
        em::solve(em::Rows<6>{6}, t.data(), d.data(), inverse_pivot.data(), u.data(), h.data());
    const Batch value = solution.log_density + field(StarStates::kOffset);
    xsimd::select(solution.sound, value, Batch(-std::numeric_limits<double>::infinity()))
        .store_unaligned(values_.data() + first);
    for (Index a = 0; a < 3; ++a) {
      for (Index b = 0; b <= a; ++b) {
        h[at(triangle_at(a + 3, b + 3))] += field(StarStates::kUnseen + a) * field(StarStates::kUnseen + b);
      }
    }
    double* slope = slopes_.data() + pack * kSlopes * kLanes + lane;
    const auto keep = [&](Index i, const Batch& entry) {
      xsimd::select(solution.sound, entry, Batch(0.0)).store_unaligned(slope + i * kLanes);
    };
    for (Index a = 0; a < 6; ++a) keep(a, u[at(a)]);
    for (Index i = 0; i < em::triangle(6); ++i) keep(6 + i, h[at(i)]);
  }
  values = Eigen::Map<const density::Array>(values_.data(), stars_->size());
}

GaussianSlopes Overlaps::slopes(const density::Array& weight) const {
  std::copy(weight.begin(), weight.end(), weights_.begin());
  std::array<Batch, at(kSlopes)> sum;
  sum.fill(Batch(0.0));
  for (Index first = 0; first < stars_->packs() * kLanes; first += kWidth) {
    const Batch w = Batch::load_unaligned(weights_.data() + first);
    const double* slope = slopes_.data() + (first / kLanes) * kSlopes * kLanes + first % kLanes;
    for (Index i = 0; i < kSlopes; ++i) sum[at(i)] += w * Batch::load_unaligned(slope + i * kLanes);
  }
  GaussianSlopes total;
  for (Index a = 0; a < 6; ++a) {
    total.by_mean[a] = xsimd::hadd(sum[at(a)]);
    for (Index b = 0; b <= a; ++b) {
      total.by_covariance(a, b) = total.by_covariance(b, a) = 0.5 * xsimd::hadd(sum[at(6 + triangle_at(a, b))]);
    }
  }
  return total;
}

}  // namespace praesepe::infer::models::association
