#include "infer/models/association/own_orbits.hpp"

#include "infer/models/association/overlaps.hpp"
#include "sim/association/epicyclic_plane.hpp"

namespace praesepe::infer::models::association {

namespace {

using Index = Eigen::Index;
using Second = sim::association::Taylor<5, Batch>;  // in x, y, u, v and the time
constexpr int kTime = 4;
constexpr std::size_t kSteps = 2;  // towards the likely state

/// Sums over stars: slopes by m and C of the ellipsoid on the mean's orbit (kGaussianSlopes), then these.
enum Sum : Index { kByBirthMean = kGaussianSlopes, kByAge = kByBirthMean + 6, kByBirth, kSums = kByBirth + 21 };
using Slopes = std::array<Batch, at(kSums)>;

using Batch66 = std::array<Batch6, 6>;  ///< [row][column]
using Batch44 = std::array<std::array<Batch, 4>, 4>;

// Orbits do not mix these coordinates with the others.
constexpr std::array<std::size_t, 4> kInPlane = {0, 1, 3, 4};
constexpr std::array<std::size_t, 2> kUpright = {2, 5};

Batch66 zeros() {
  Batch66 matrix;
  for (Batch6& row : matrix) row.fill(Batch(0.0));
  return matrix;
}

/// What the model's parameters give for all stars.
struct Shared {
  const EpicyclicOrbit& orbit;
  const AgedEllipsoid& aged;
  BatchGaussian now;     ///< on the mean's orbit
  BatchSymmetric birth;  ///< C_birth

  Shared(const EpicyclicOrbit& of, const AgedEllipsoid& ellipsoid)
      : orbit(of),
        aged(ellipsoid),
        now(broadcast(ellipsoid.now)),
        birth(broadcast({.mean = Vector6::Zero(), .covariance = ellipsoid.birth}).covariance) {}
};

/// The ellipsoid on the orbits of the stars' likely states.
struct Own {
  Batch6 state;                  ///< likely, today
  std::array<Second, 4> traced;  ///< its x, y, u, v at birth
  Batch66 forward = zeros();     ///< J
  Batch6 off;                    ///< r, the ellipsoid's mean from the state
  BatchGaussian now;
};

Batch6 likely_state(const BatchGaussian& now, const Batch6& u) {
  Batch6 state = now.mean;
  for (Index a = 0; a < 6; ++a)
    for (Index b = 0; b < 6; ++b) state[at(a)] += now.covariance(a, b) * u[at(b)];
  return state;
}

/// By cofactors: no pivot can vanish.
Batch44 inverse(const Batch44& m) {
  constexpr std::array<std::array<std::size_t, 3>, 4> kOthers{{{1, 2, 3}, {0, 2, 3}, {0, 1, 3}, {0, 1, 2}}};
  const auto minor = [&m](std::size_t row, std::size_t a, std::size_t b) {
    return m[row][a] * m[row + 1][b] - m[row][b] * m[row + 1][a];
  };
  Batch44 result;
  for (std::size_t i = 0; i < 4; ++i) {
    const auto& row = m[i ^ 1];  // the other row of its pair
    const std::size_t pair = i < 2 ? 2 : 0;
    for (std::size_t j = 0; j < 4; ++j) {
      const auto [a, b, c] = kOthers[j];
      const Batch cofactor = row[a] * minor(pair, b, c) - row[b] * minor(pair, a, c) + row[c] * minor(pair, a, b);
      result[j][i] = (i + j) % 2 == 0 ? cofactor : -cofactor;
    }
  }
  Batch determinant(0.0);
  for (std::size_t j = 0; j < 4; ++j) determinant += m[0][j] * result[j][0];
  for (auto& row : result)
    for (Batch& entry : row) entry /= determinant;
  return result;
}

/// Traces the state back: J, and how far the ellipsoid's birth lies from the star's.
Batch6 trace_back(const Shared& all, Own& own) {
  const Matrix6 &back = all.aged.back.first.jacobian, &forward = all.aged.forward;
  const Vector6& birth = all.aged.back.first.state;
  const auto [x, y, u, v] = sim::association::follow<Second>(all.orbit.constants(),
                                                             {.x = Second::variable(own.state[0], 0),
                                                              .y = Second::variable(own.state[1], 1),
                                                              .u = Second::variable(own.state[3], 2),
                                                              .v = Second::variable(own.state[4], 3)},
                                                             Second::variable(-all.aged.age_myr, kTime));
  own.traced = {x, y, u, v};
  Batch6 off;
  Batch44 jacobian;
  for (std::size_t i = 0; i < 4; ++i) {
    for (int j = 0; j < 4; ++j) jacobian[i][at(j)] = own.traced[i].by(j);
    off[kInPlane[i]] = birth[static_cast<Index>(kInPlane[i])] - own.traced[i].value;
  }
  jacobian = inverse(jacobian);
  for (std::size_t i = 0; i < 4; ++i)
    for (std::size_t j = 0; j < 4; ++j) own.forward[kInPlane[i]][kInPlane[j]] = jacobian[i][j];
  for (const std::size_t i : kUpright) {  // the same for all stars
    off[i] = Batch(birth[static_cast<Index>(i)]);
    for (const std::size_t j : kUpright) {
      own.forward[i][j] = Batch(forward(static_cast<Index>(i), static_cast<Index>(j)));
      off[i] -= back(static_cast<Index>(i), static_cast<Index>(j)) * own.state[j];
    }
  }
  return off;
}

Own own_ellipsoid(const Shared& all, const Batch6& state) {
  Own own{.state = state, .traced = {}, .off = {}, .now = {}};
  const Batch6 off = trace_back(all, own);
  Batch66 jc = zeros();  // J C_birth
  for (std::size_t i = 0; i < 6; ++i) {
    own.off[i] = Batch(0.0);
    for (std::size_t k = 0; k < 6; ++k) {
      own.off[i] += own.forward[i][k] * off[k];
      for (std::size_t j = 0; j < 6; ++j) {
        jc[i][j] += own.forward[i][k] * all.birth(static_cast<Index>(k), static_cast<Index>(j));
      }
    }
    own.now.mean[i] = state[i] + own.off[i];
    for (std::size_t j = 0; j <= i; ++j) {
      Batch sum(0.0);
      for (std::size_t k = 0; k < 6; ++k) sum += jc[i][k] * own.forward[j][k];
      own.now.covariance(static_cast<Index>(i), static_cast<Index>(j)) = sum;
    }
  }
  return own;
}

/// Slopes of ln p by m and C of a Gaussian on the way to it.
struct GaussianPull {
  Batch6 by_mean;
  BatchSymmetric twice_by_covariance;
};

/// g, W and K.
struct BirthSlopes {
  Batch6 by_mean;
  BatchSymmetric by_covariance;
  Batch66 by_jacobian;
};

BirthSlopes birth_slopes(const Shared& all, const Own& own, const GaussianPull& pull) {
  const Batch66& j = own.forward;
  BirthSlopes slopes;
  Batch66 gj = zeros();  // 2 G J
  for (std::size_t b = 0; b < 6; ++b) {
    slopes.by_mean[b] = Batch(0.0);
    for (std::size_t i = 0; i < 6; ++i) {
      slopes.by_mean[b] += j[i][b] * pull.by_mean[i];
      for (std::size_t a = 0; a < 6; ++a) {
        gj[a][b] += pull.twice_by_covariance(static_cast<Index>(a), static_cast<Index>(i)) * j[i][b];
      }
    }
  }
  for (std::size_t a = 0; a < 6; ++a) {
    for (std::size_t b = 0; b <= a; ++b) {
      Batch sum(0.0);
      for (std::size_t i = 0; i < 6; ++i) sum += j[i][a] * gj[i][b];
      slopes.by_covariance(static_cast<Index>(a), static_cast<Index>(b)) = 0.5 * sum;
    }
  }
  Batch66 wc = zeros();  // 2 W C_birth
  for (Index a = 0; a < 6; ++a) {
    for (Index b = 0; b < 6; ++b) {
      for (Index i = 0; i < 6; ++i) wc[at(a)][at(b)] += 2.0 * slopes.by_covariance(a, i) * all.birth(i, b);
    }
  }
  for (std::size_t a = 0; a < 6; ++a) {
    for (std::size_t b = 0; b < 6; ++b) {
      Batch entry = -slopes.by_mean[a] * own.off[b];
      for (std::size_t i = 0; i < 6; ++i) entry -= wc[a][i] * j[b][i];
      slopes.by_jacobian[a][b] = entry;
    }
  }
  return slopes;
}

/// q: by the likely state, through the Jacobian there.
Batch6 by_state(const Own& own, const BirthSlopes& slopes) {
  Batch6 q;
  q.fill(Batch(0.0));
  for (int k = 0; k < 4; ++k) {
    for (std::size_t i = 0; i < 4; ++i) {
      for (int j = 0; j < 4; ++j) {
        q[kInPlane[at(k)]] += slopes.by_jacobian[kInPlane[i]][kInPlane[at(j)]] * own.traced[i].by(j, k);
      }
    }
  }
  return q;
}

Batch by_age(const Shared& all, const Own& own, const BirthSlopes& slopes) {
  Batch sum(0.0);  // by the time of tracing, minus the age
  for (std::size_t i = 0; i < 4; ++i) {
    sum -= slopes.by_mean[kInPlane[i]] * own.traced[i].by(kTime);
    for (int j = 0; j < 4; ++j) {
      sum += slopes.by_jacobian[kInPlane[i]][kInPlane[at(j)]] * own.traced[i].by(j, kTime);
    }
  }
  for (const std::size_t i : kUpright) {
    for (const std::size_t j : kUpright) {
      const double rate = all.aged.back.jacobian_by_time(static_cast<Index>(i), static_cast<Index>(j));
      sum += rate * (slopes.by_jacobian[i][j] - slopes.by_mean[i] * own.state[j]);
    }
  }
  return -sum;
}

/// By m and C of a Gaussian, given q by the likely state that follows from it.
GaussianPull through_likely_state(const BatchGaussian& now, const BatchOverlap& found, const Batch6& q) {
  Batch6 cq;
  Batch ucq(0.0);
  for (Index a = 0; a < 6; ++a) {
    cq[at(a)] = Batch(0.0);
    for (Index b = 0; b < 6; ++b) cq[at(a)] += now.covariance(a, b) * q[at(b)];
    ucq += found.u[at(a)] * cq[at(a)];
  }
  GaussianPull pull{.by_mean = q, .twice_by_covariance = {}};  // (1 - Q C) q
  for (Index a = 0; a < 6; ++a) {
    Batch& entry = pull.by_mean[at(a)];
    entry -= found.u[at(a)] * ucq;
    for (Index b = 0; b < 6; ++b) entry += found.h(a, b) * cq[at(b)];
    for (Index b = 0; b <= a; ++b) {
      pull.twice_by_covariance(a, b) = pull.by_mean[at(a)] * found.u[at(b)] + pull.by_mean[at(b)] * found.u[at(a)];
    }
  }
  return pull;
}

/// From the mean's orbit to the stars': Gaussians [k] for all k, the first that of all stars.
struct Path {
  std::array<Own, kSteps> own;
  std::array<BatchOverlap, kSteps + 1> found;
};

Path path_of(const Shared& all, const double* lane) {
  const BatchStars stars = stars_of(lane);
  Path path;
  path.found[0] = overlap(all.now, stars);
  for (std::size_t k = 0; k < kSteps; ++k) {
    path.own[k] = own_ellipsoid(all, likely_state(k == 0 ? all.now : path.own[k - 1].now, path.found[k].u));
    path.found[k + 1] = k + 1 < kSteps ? overlap(path.own[k].now, stars) : overlap_with(path.own[k].now, lane);
  }
  return path;
}

Slopes slopes_of(const Shared& all, const Path& path) {
  Slopes slopes;
  slopes.fill(Batch(0.0));
  GaussianPull pull{path.found.back().u, path.found.back().h};
  for (std::size_t k = kSteps; k-- > 0;) {
    const Own& own = path.own[k];
    const BirthSlopes birth = birth_slopes(all, own, pull);
    for (std::size_t i = 0; i < 6; ++i) slopes[at(kByBirthMean) + i] += birth.by_mean[i];
    for (std::size_t i = 0; i < birth.by_covariance.size(); ++i) slopes[at(kByBirth) + i] += birth.by_covariance[i];
    slopes[at(kByAge)] += by_age(all, own, birth);
    pull = through_likely_state(k == 0 ? all.now : path.own[k - 1].now, path.found[k], by_state(own, birth));
  }
  std::ranges::copy(pull.by_mean, slopes.begin());
  std::ranges::copy(pull.twice_by_covariance, slopes.begin() + 6);
  return slopes;
}

}  // namespace

OwnOrbits::OwnOrbits(std::shared_ptr<const StarStates> stars)
    : stars_(std::move(stars)), sums_(stars_->packs(), kSums) {}

void OwnOrbits::evaluate(const EpicyclicOrbit& orbit, const AgedEllipsoid& ellipsoid, density::Array& values) {
  const Shared all(orbit, ellipsoid);
  for (Index begin = 0; begin < stars_->packs() * kLanes; begin += kWidth) {
    const double* lane = stars_->pack(begin / kLanes) + begin % kLanes;
    const Path path = path_of(all, lane);
    const Slopes slopes = slopes_of(all, path);
    auto sound = path.found.front().sound;
    for (const BatchOverlap& found : path.found) sound = sound && found.sound;
    sums_.keep(begin, sound, path.found.back().value + field_of(lane, StarStates::kOffset),
               [&](Index i) -> const Batch& { return slopes[at(i)]; });
  }
  values = sums_.values(stars_->size());
}

AgedEllipsoidSlopes OwnOrbits::slopes(const AgedEllipsoid& ellipsoid, const density::Array& weight) const {
  const density::Vector sums = sums_.sum(weight);
  const GaussianSlopes by_now = gaussian_slopes(sums.head<kGaussianSlopes>());
  AgedEllipsoidSlopes slopes = pull_back(ellipsoid, by_now.by_mean, by_now.by_covariance);
  const Vector6 by_birth_mean = sums.segment<6>(kByBirthMean);  // which is the mean today traced back
  slopes.by_mean += ellipsoid.back.first.jacobian.transpose() * by_birth_mean;
  slopes.by_age += sums[kByAge] - by_birth_mean.dot(ellipsoid.back.first.rate);
  for (Index a = 0; a < 6; ++a) {
    for (Index b = 0; b < 6; ++b) {
      slopes.by_birth(a, b) += sums[kByBirth + triangle_at(std::max(a, b), std::min(a, b))];
    }
  }
  return slopes;
}

}  // namespace praesepe::infer::models::association
