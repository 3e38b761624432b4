#include "infer/models/association/own_orbits.hpp"

#include <Eigen/LU>

#include "infer/models/association/overlaps.hpp"
#include "sim/association/epicyclic_plane.hpp"

namespace praesepe::infer::models::association {

namespace {

using Index = Eigen::Index;
using Second = sim::association::Taylor<5, Batch>;  // in x, y, u, v and the time
constexpr int kTime = 4;
constexpr std::size_t kSteps = 2;  // towards the likely state

/// Sums over stars: slopes by m and C of the sphere on the mean's orbit (kGaussianSlopes), then these.
enum Sum : Index { kByBirth = kGaussianSlopes, kByAge = kByBirth + 6, kByDxyz, kByDuvw, kSums };

template <std::size_t M>
using Row = std::array<Batch, M>;
template <std::size_t M>
using Square = std::array<Row<M>, M>;

/// A sphere in M coordinates that orbits do not mix with the others, as some stars see it.
template <std::size_t M>
struct Block {
  std::array<Index, M> axes;       ///< the coordinates
  std::array<Index, M> variances;  ///< their variances at birth: 0 that of positions, 1 of velocities
  Square<M> forward;               ///< J
  Row<M> off;                      ///< r, the sphere's mean from the star's likely state
};
using Plane = Block<4>;
using Upright = Block<2>;
Plane plane() { return {.axes = {0, 1, 3, 4}, .variances = {0, 0, 1, 1}, .forward = {}, .off = {}}; }
Upright upright() { return {.axes = {2, 5}, .variances = {0, 1}, .forward = {}, .off = {}}; }

/// What the model's parameters give for all stars.
struct Sphere {
  const EpicyclicOrbit& orbit;
  const AgedSphere& aged;
  BatchGaussian now;              ///< on the mean's orbit
  std::array<Batch, 2> variance;  ///< at birth

  Sphere(const EpicyclicOrbit& of, const AgedSphere& sphere)
      : orbit(of),
        aged(sphere),
        now(broadcast(sphere.now)),
        variance{Batch(sphere.dxyz_pc * sphere.dxyz_pc), Batch(sphere.duvw_kms * sphere.duvw_kms)} {}
  double birth(Index axis) const { return aged.back.first.state[axis]; }
};

/// On the orbits of the stars' likely states.
struct OwnSphere {
  Batch6 state;                  ///< likely, today
  std::array<Second, 4> traced;  ///< its x, y, u, v at birth
  Plane in_plane = plane();
  Upright up = upright();
  BatchGaussian now;
};

Batch6 likely_state(const BatchGaussian& now, const Batch6& u) {
  Batch6 state = now.mean;
  for (Index a = 0; a < 6; ++a)
    for (Index b = 0; b < 6; ++b) state[at(a)] += now.c(a, b) * u[at(b)];
  return state;
}

/// By cofactors: no pivot can vanish.
Square<4> inverse(const Square<4>& m) {
  constexpr std::array<std::array<std::size_t, 3>, 4> kOthers{{{1, 2, 3}, {0, 2, 3}, {0, 1, 3}, {0, 1, 2}}};
  const auto minor = [&m](std::size_t row, std::size_t a, std::size_t b) {
    return m[row][a] * m[row + 1][b] - m[row][b] * m[row + 1][a];
  };
  Square<4> result;
  for (std::size_t i = 0; i < 4; ++i) {
    const Row<4>& row = m[i ^ 1];  // the other row of its pair
    const std::size_t pair = i < 2 ? 2 : 0;
    for (std::size_t j = 0; j < 4; ++j) {
      const auto [a, b, c] = kOthers[j];
      const Batch cofactor = row[a] * minor(pair, b, c) - row[b] * minor(pair, a, c) + row[c] * minor(pair, a, b);
      result[j][i] = (i + j) % 2 == 0 ? cofactor : -cofactor;
    }
  }
  Batch determinant(0.0);
  for (std::size_t j = 0; j < 4; ++j) determinant += m[0][j] * result[j][0];
  for (Row<4>& row : result)
    for (Batch& entry : row) entry /= determinant;
  return result;
}

/// Sets r, m_n and C_n of a block, given how far the sphere's birth lies from where the stars were born.
template <std::size_t M>
void carry(const Sphere& sphere, const Row<M>& off_at_birth, const Batch6& state, Block<M>& block, BatchGaussian& now) {
  for (std::size_t i = 0; i < M; ++i) {
    block.off[i] = Batch(0.0);
    for (std::size_t k = 0; k < M; ++k) block.off[i] += block.forward[i][k] * off_at_birth[k];
    now.mean[at(block.axes[i])] = state[at(block.axes[i])] + block.off[i];
    for (std::size_t j = 0; j <= i; ++j) {
      Batch covariance(0.0);
      for (std::size_t k = 0; k < M; ++k) {
        covariance += sphere.variance[at(block.variances[k])] * block.forward[i][k] * block.forward[j][k];
      }
      now.covariance[at(triangle_at(block.axes[i], block.axes[j]))] = covariance;
    }
  }
}

OwnSphere own_sphere(const Sphere& sphere, const Batch6& state) {
  OwnSphere own{.state = state, .traced = {}, .now = {}};
  own.now.covariance.fill(Batch(0.0));
  const auto [x, y, u, v] = sim::association::follow<Second>(sphere.orbit.constants(),
                                                             {.x = Second::variable(state[0], 0),
                                                              .y = Second::variable(state[1], 1),
                                                              .u = Second::variable(state[3], 2),
                                                              .v = Second::variable(state[4], 3)},
                                                             Second::variable(-sphere.aged.age_myr, kTime));
  own.traced = {x, y, u, v};
  Square<4> back;
  Row<4> off_in_plane;
  for (std::size_t i = 0; i < 4; ++i) {
    for (int j = 0; j < 4; ++j) back[i][at(j)] = own.traced[i].by(j);
    off_in_plane[i] = sphere.birth(own.in_plane.axes[i]) - own.traced[i].value;
  }
  own.in_plane.forward = inverse(back);
  carry(sphere, off_in_plane, state, own.in_plane, own.now);
  Row<2> off_up;
  for (std::size_t i = 0; i < 2; ++i) {
    off_up[i] = Batch(sphere.birth(own.up.axes[i]));
    for (std::size_t j = 0; j < 2; ++j) {
      off_up[i] -= sphere.aged.back.first.jacobian(own.up.axes[i], own.up.axes[j]) * state[at(own.up.axes[j])];
      own.up.forward[i][j] = Batch(sphere.aged.forward(own.up.axes[i], own.up.axes[j]));
    }
  }
  carry(sphere, off_up, state, own.up, own.now);
  return own;
}

/// Slopes of ln p_n by m and C of a Gaussian on the way to it.
struct GaussianPull {
  Batch6 by_mean;
  BatchTriangle twice_by_covariance;

  const Batch& twice(Index a, Index b) const {
    return twice_by_covariance[at(triangle_at(std::max(a, b), std::min(a, b)))];
  }
};

/// Of ln p_n, of a block: g, K and the traces of W over positions and velocities.
template <std::size_t M>
struct BlockSlopes {
  Row<M> by_birth;
  Square<M> by_jacobian;
  std::array<Batch, 2> trace{Batch(0.0), Batch(0.0)};
};

template <std::size_t M>
BlockSlopes<M> block_slopes(const Sphere& sphere, const Block<M>& block, const GaussianPull& pull) {
  const Square<M>& j = block.forward;
  BlockSlopes<M> slopes;
  Square<M> gj, w;  // 2 G J, 2 W
  for (std::size_t a = 0; a < M; ++a) {
    slopes.by_birth[a] = Batch(0.0);
    for (std::size_t i = 0; i < M; ++i) slopes.by_birth[a] += j[i][a] * pull.by_mean[at(block.axes[i])];
    for (std::size_t b = 0; b < M; ++b) {
      gj[a][b] = Batch(0.0);
      for (std::size_t i = 0; i < M; ++i) gj[a][b] += pull.twice(block.axes[a], block.axes[i]) * j[i][b];
    }
  }
  for (std::size_t a = 0; a < M; ++a) {
    for (std::size_t b = 0; b < M; ++b) {
      w[a][b] = Batch(0.0);
      for (std::size_t i = 0; i < M; ++i) w[a][b] += j[i][a] * gj[i][b];
    }
    slopes.trace[at(block.variances[a])] += 0.5 * w[a][a];
  }
  for (std::size_t a = 0; a < M; ++a) {
    for (std::size_t b = 0; b < M; ++b) {
      Batch entry = -slopes.by_birth[a] * block.off[b];
      for (std::size_t i = 0; i < M; ++i) entry -= w[a][i] * sphere.variance[at(block.variances[i])] * j[b][i];
      slopes.by_jacobian[a][b] = entry;
    }
  }
  return slopes;
}

/// q: by the likely state, through the Jacobian there.
Batch6 by_state(const OwnSphere& own, const BlockSlopes<4>& in_plane) {
  Batch6 q;
  q.fill(Batch(0.0));
  for (int k = 0; k < 4; ++k) {
    Batch& sum = q[at(own.in_plane.axes[at(k)])];
    for (std::size_t i = 0; i < 4; ++i)
      for (int j = 0; j < 4; ++j) sum += in_plane.by_jacobian[i][at(j)] * own.traced[i].by(j, k);
  }
  return q;
}

Batch by_age(const Sphere& sphere, const OwnSphere& own, const BlockSlopes<4>& in_plane, const BlockSlopes<2>& up) {
  const Matrix6& back_rate = sphere.aged.back.jacobian_by_time;
  Batch sum(0.0);  // by the time of tracing, minus the age
  for (std::size_t i = 0; i < 4; ++i) {
    sum -= in_plane.by_birth[i] * own.traced[i].by(kTime);
    for (int j = 0; j < 4; ++j) sum += in_plane.by_jacobian[i][at(j)] * own.traced[i].by(j, kTime);
  }
  for (std::size_t i = 0; i < 2; ++i) {
    for (std::size_t j = 0; j < 2; ++j) {
      const Index row = own.up.axes[i], column = own.up.axes[j];
      sum += back_rate(row, column) * (up.by_jacobian[i][j] - up.by_birth[i] * own.state[at(column)]);
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
    for (Index b = 0; b < 6; ++b) cq[at(a)] += now.c(a, b) * q[at(b)];
    ucq += found.u[at(a)] * cq[at(a)];
  }
  GaussianPull pull{.by_mean = q, .twice_by_covariance = {}};  // (1 - Q C) q
  for (Index a = 0; a < 6; ++a) {
    Batch& entry = pull.by_mean[at(a)];
    entry -= found.u[at(a)] * ucq;
    for (Index b = 0; b < 6; ++b) entry += found.twice_g(a, b) * cq[at(b)];
    for (Index b = 0; b <= a; ++b) {
      pull.twice_by_covariance[at(triangle_at(a, b))] =
          pull.by_mean[at(a)] * found.u[at(b)] + pull.by_mean[at(b)] * found.u[at(a)];
    }
  }
  return pull;
}

using Slopes = std::array<Batch, at(kSums)>;

/// Adds the slopes by birth, age and sizes at a given state, and returns those by the state.
Batch6 add_slopes(const Sphere& sphere, const OwnSphere& own, const GaussianPull& pull, Slopes& slopes) {
  const auto in_plane = block_slopes(sphere, own.in_plane, pull);
  const auto up = block_slopes(sphere, own.up, pull);
  for (std::size_t i = 0; i < 4; ++i) slopes[at(kByBirth + own.in_plane.axes[i])] += in_plane.by_birth[i];
  for (std::size_t i = 0; i < 2; ++i) slopes[at(kByBirth + own.up.axes[i])] += up.by_birth[i];
  slopes[at(kByAge)] += by_age(sphere, own, in_plane, up);
  slopes[at(kByDxyz)] += 2.0 * sphere.aged.dxyz_pc * (in_plane.trace[0] + up.trace[0]);
  slopes[at(kByDuvw)] += 2.0 * sphere.aged.duvw_kms * (in_plane.trace[1] + up.trace[1]);
  return by_state(own, in_plane);
}

/// From the mean's orbit to the stars': Gaussians [k] for all k, the first that of all stars.
struct Path {
  std::array<OwnSphere, kSteps> own;
  std::array<BatchOverlap, kSteps + 1> found;
};

Slopes slopes_of(const Sphere& sphere, const Path& path) {
  Slopes slopes;
  slopes.fill(Batch(0.0));
  GaussianPull pull{path.found.back().u, path.found.back().h};
  for (std::size_t k = kSteps; k-- > 0;) {
    const Batch6 q = add_slopes(sphere, path.own[k], pull, slopes);
    pull = through_likely_state(k == 0 ? sphere.now : path.own[k - 1].now, path.found[k], q);
  }
  for (Index a = 0; a < 6; ++a) slopes[at(a)] = pull.by_mean[at(a)];
  for (Index i = 0; i < em::triangle(6); ++i) slopes[at(6 + i)] = pull.twice_by_covariance[at(i)];
  return slopes;
}

Path path_of(const Sphere& sphere, const double* lane) {
  const BatchStars stars = stars_of(lane);
  Path path;
  path.found[0] = overlap(sphere.now, stars);
  for (std::size_t k = 0; k < kSteps; ++k) {
    path.own[k] = own_sphere(sphere, likely_state(k == 0 ? sphere.now : path.own[k - 1].now, path.found[k].u));
    path.found[k + 1] = k + 1 < kSteps ? overlap(path.own[k].now, stars) : overlap_with(path.own[k].now, lane);
  }
  return path;
}

}  // namespace

OwnOrbits::OwnOrbits(std::shared_ptr<const StarStates> stars)
    : stars_(std::move(stars)), sums_(stars_->packs(), kSums) {}

void OwnOrbits::evaluate(const EpicyclicOrbit& orbit, const AgedSphere& sphere, density::Array& values) {
  const Sphere all(orbit, sphere);
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

AgedSphereSlopes OwnOrbits::slopes(const AgedSphere& sphere, const density::Array& weight) const {
  const density::Vector sums = sums_.sum(weight);
  const GaussianSlopes by_now = gaussian_slopes(sums.head<kGaussianSlopes>());
  AgedSphereSlopes slopes = pull_back(sphere, by_now.by_mean, by_now.by_covariance);
  const Vector6 by_birth = sums.segment<6>(kByBirth);  // the mean at birth is the mean today traced back
  slopes.by_mean += sphere.back.first.jacobian.transpose() * by_birth;
  slopes.by_age += sums[kByAge] - by_birth.dot(sphere.back.first.rate);
  slopes.by_dxyz += sums[kByDxyz];
  slopes.by_duvw += sums[kByDuvw];
  return slopes;
}

}  // namespace praesepe::infer::models::association
