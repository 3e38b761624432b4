#include "infer/models/association/own_orbits.hpp"

#include <span>

#include "infer/models/association/overlaps.hpp"
#include "sim/association/epicyclic_plane.hpp"

namespace praesepe::infer::models::association {

namespace {

using Index = Eigen::Index;
using sim::association::Matrix4, sim::association::Vector4;
using PlaneOrbit = sim::association::PlaneOrbit<Batch>;
constexpr std::size_t kSteps = 2;  // towards the likely state

/// Sums over stars: slopes by m and C of the ellipsoid on the mean's orbit (kGaussianSlopes), then these.
enum Sum : Index { kByBirthMean = kGaussianSlopes, kByAge = kByBirthMean + 6, kByBirth, kSums = kByBirth + 21 };
using Slopes = std::array<Batch, at(kSums)>;

using Batch66 = std::array<Batch6, 6>;  ///< [row][column]

// Orbits do not mix these coordinates with the others.
constexpr std::array<std::size_t, 4> kInPlane = {0, 1, 3, 4};
constexpr std::array<std::size_t, 2> kUpright = {2, 5};
constexpr std::span<const std::size_t> mixed_with(std::size_t i) {
  if (i == 2 || i == 5) return kUpright;
  return kInPlane;
}

/// The sum of term(k) over these.
template <class Term>
Batch mixed(std::size_t i, const Term& term) {
  if (i == 2 || i == 5) return term(2) + term(5);
  return (term(0) + term(1)) + (term(3) + term(4));
}

Vector4<Batch> in_plane(const Batch6& state) { return {state[0], state[1], state[3], state[4]}; }
Matrix4<Batch> in_plane(const Batch66& matrix) {
  return {in_plane(matrix[0]), in_plane(matrix[1]), in_plane(matrix[3]), in_plane(matrix[4])};
}

/// What the model's parameters give for all stars. Of the Jacobians only (z, w), which orbits have in common.
struct Shared {
  const AgedEllipsoid& aged;
  BatchGaussian now;     ///< on the mean's orbit
  BatchSymmetric birth;  ///< C_birth
  Batch66 upright, upright_back, upright_rate;

  explicit Shared(const AgedEllipsoid& ellipsoid)
      : aged(ellipsoid),
        now(broadcast(ellipsoid.now)),
        birth(broadcast({.mean = Vector6::Zero(), .covariance = ellipsoid.birth}).covariance) {
    for (std::size_t i = 0; i < 2; ++i)
      for (std::size_t j = 0; j < 2; ++j) {
        const Index row = kUpright[i], column = kUpright[j];
        upright[row][column] = Batch(ellipsoid.forward()(row, column));
        upright_back[row][column] = Batch(ellipsoid.back.first().jacobian(row, column));
        upright_rate[row][column] = Batch(ellipsoid.back.upright_rate()(i, j));
      }
  }
};

/// The ellipsoid on the orbits of the stars' likely states.
struct Own {
  Batch6 state;      ///< likely, today
  PlaneOrbit orbit;  ///< of that, back to its birth
  Batch66 forward;   ///< J; nothing where coordinates do not mix
  Batch66 carried;   ///< J C_birth
  Batch6 off;        ///< r, the ellipsoid's mean from the state
  BatchGaussian now;
};

Batch6 likely_state(const BatchGaussian& now, const Batch6& u) {
  Batch6 state = now.mean;
  for (std::size_t a = 0; a < 6; ++a)
    for (std::size_t b = 0; b < 6; ++b) state[a] += now.covariance(a, b) * u[b];
  return state;
}

Batch66 forward_of(const Shared& all, const PlaneOrbit& orbit) {
  Batch66 forward = all.upright;
  const auto plane = orbit.inverse_jacobian();
  for (std::size_t i = 0; i < 4; ++i)
    for (std::size_t j = 0; j < 4; ++j) forward[kInPlane[i]][kInPlane[j]] = plane[i][j];
  return forward;
}

/// How far the ellipsoid's mean lies from the state at birth.
Batch6 birth_offset(const Shared& all, const Own& own) {
  const Vector6& birth = all.aged.birth_mean();
  const auto end = own.orbit.end();
  Batch6 off;
  for (std::size_t i = 0; i < 4; ++i) off[kInPlane[i]] = birth[kInPlane[i]] - end[i];
  for (const std::size_t i : kUpright) {
    off[i] = Batch(birth[i]);
    for (const std::size_t j : kUpright) off[i] -= all.upright_back[i][j] * own.state[j];
  }
  return off;
}

Own own_ellipsoid(const Shared& all, const Batch6& state) {
  Own own;
  own.state = state;
  own.orbit = PlaneOrbit(all.aged.back.turn(), in_plane(state));
  own.forward = forward_of(all, own.orbit);
  const Batch6 off = birth_offset(all, own);
  for (std::size_t i = 0; i < 6; ++i) {
    own.off[i] = mixed(i, [&](std::size_t k) { return own.forward[i][k] * off[k]; });
    own.now.mean[i] = state[i] + own.off[i];
    for (std::size_t j = 0; j < 6; ++j) {
      own.carried[i][j] = mixed(i, [&](std::size_t k) { return own.forward[i][k] * all.birth(k, j); });
    }
    for (std::size_t j = 0; j <= i; ++j) {
      own.now.covariance(i, j) = mixed(j, [&](std::size_t k) { return own.carried[i][k] * own.forward[j][k]; });
    }
  }
  return own;
}

/// Slopes of ln p by m and C of a Gaussian on the way to it.
struct GaussianPull {
  Batch6 by_mean;
  BatchSymmetric twice_by_covariance;
};

/// g, W and K, this where coordinates mix.
struct BirthSlopes {
  Batch6 by_mean;
  BatchSymmetric by_covariance;
  Batch66 by_jacobian;
};

BirthSlopes birth_slopes(const Own& own, const GaussianPull& pull) {
  const Batch66& j = own.forward;
  BirthSlopes slopes;
  Batch66 gj;  // 2 G J
  for (std::size_t b = 0; b < 6; ++b) {
    slopes.by_mean[b] = mixed(b, [&](std::size_t i) { return j[i][b] * pull.by_mean[i]; });
    for (std::size_t a = 0; a < 6; ++a) {
      gj[a][b] = mixed(b, [&](std::size_t i) { return pull.twice_by_covariance(a, i) * j[i][b]; });
    }
  }
  for (std::size_t a = 0; a < 6; ++a) {
    for (std::size_t b = 0; b <= a; ++b) {
      slopes.by_covariance(a, b) = 0.5 * mixed(a, [&](std::size_t i) { return j[i][a] * gj[i][b]; });
    }
  }
  for (std::size_t a = 0; a < 6; ++a) {
    for (const std::size_t b : mixed_with(a)) {
      Batch wc(0.0);  // W C_birth J^T
      for (std::size_t i = 0; i < 6; ++i) wc += slopes.by_covariance(a, i) * own.carried[b][i];
      slopes.by_jacobian[a][b] = -2.0 * wc - slopes.by_mean[a] * own.off[b];
    }
  }
  return slopes;
}

/// q, by the likely state; and by the age.
struct OrbitSlopes {
  Batch6 by_state;
  Batch by_age;
};

OrbitSlopes orbit_slopes(const Shared& all, const Own& own, const BirthSlopes& birth) {
  const auto bent = own.orbit.pull_back(in_plane(birth.by_jacobian));
  OrbitSlopes slopes{
      .by_state = {bent.by_start[0], bent.by_start[1], Batch(0.0), bent.by_start[2], bent.by_start[3], Batch(0.0)},
      .by_age = sim::association::dot(in_plane(birth.by_mean), own.orbit.rate()) - bent.by_time};
  for (const std::size_t i : kUpright) {
    for (const std::size_t j : kUpright) {
      slopes.by_age -= all.upright_rate[i][j] * (birth.by_jacobian[i][j] - birth.by_mean[i] * own.state[j]);
    }
  }
  return slopes;
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

  const BatchGaussian& before(const Shared& all, std::size_t step) const {
    return step == 0 ? all.now : own[step - 1].now;
  }
};

Path path_of(const Shared& all, const double* lane) {
  const BatchStars stars = stars_of(lane);
  Path path;
  path.found[0] = overlap(all.now, stars);
  for (std::size_t k = 0; k < kSteps; ++k) {
    path.own[k] = own_ellipsoid(all, likely_state(path.before(all, k), path.found[k].u));
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
    const BirthSlopes birth = birth_slopes(own, pull);
    const OrbitSlopes orbit = orbit_slopes(all, own, birth);
    for (std::size_t i = 0; i < 6; ++i) slopes[at(kByBirthMean) + i] += birth.by_mean[i];
    for (std::size_t i = 0; i < birth.by_covariance.size(); ++i) slopes[at(kByBirth) + i] += birth.by_covariance[i];
    slopes[at(kByAge)] += orbit.by_age;
    pull = through_likely_state(path.before(all, k), path.found[k], orbit.by_state);
  }
  std::ranges::copy(pull.by_mean, slopes.begin());
  std::ranges::copy(pull.twice_by_covariance, slopes.begin() + 6);
  return slopes;
}

}  // namespace

OwnOrbits::OwnOrbits(std::shared_ptr<const StarStates> stars) : stars_(std::move(stars)), sums_(stars_, kSums) {}

void OwnOrbits::evaluate(const AgedEllipsoid& ellipsoid, density::Array& values) {
  const Shared all(ellipsoid);
  for (Index begin = 0; begin < stars_->packs() * kLanes; begin += kWidth) {
    const double* lane = stars_->pack(begin / kLanes) + begin % kLanes;
    const Path path = path_of(all, lane);
    const Slopes slopes = slopes_of(all, path);
    auto sound = path.found.front().sound;
    for (const BatchOverlap& found : path.found) sound = sound && found.sound;
    sums_.keep(begin, sound, path.found.back().value + field_of(lane, StarStates::kOffset),
               [&](Index i) -> const Batch& { return slopes[at(i)]; });
  }
  sums_.read_values(values);
}

AgedEllipsoidSlopes OwnOrbits::slopes(const AgedEllipsoid& ellipsoid, const density::Array& weight) const {
  const density::Vector sums = sums_.sum(weight);
  const GaussianSlopes by_now = gaussian_slopes(sums.head<kGaussianSlopes>());
  AgedEllipsoidSlopes slopes = pull_back(ellipsoid, by_now.by_mean, by_now.by_covariance);
  const Vector6 by_birth_mean = sums.segment<6>(kByBirthMean);  // which is the mean today traced back
  slopes.by_mean += ellipsoid.back.first().jacobian.transpose() * by_birth_mean;
  slopes.by_age += sums[kByAge] - by_birth_mean.dot(ellipsoid.back.first().rate);
  for (Index a = 0; a < 6; ++a) {
    for (Index b = 0; b < 6; ++b) {
      slopes.by_birth(a, b) += sums[kByBirth + triangle_at(std::max(a, b), std::min(a, b))];
    }
  }
  return slopes;
}

}  // namespace praesepe::infer::models::association
