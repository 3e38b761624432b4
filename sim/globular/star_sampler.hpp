// Stars drawn exactly from the distribution function of a lowered isothermal cluster, by inversion alone: a fixed
// number of random words a star, so star i of a stream is found at position i kWordsPerStar.
//
//   radius    M(<r) = u M
//   velocity  with w = v / (2 psi)^(1/2) and phi = psi / s^2, the series of E_g makes the density of the vector w
//               sum_k p_k c_k (1 - |w|^2)^(g+k),    p_k = phi^(g+3/2+k) / (Gamma(g+k+5/2) E(g+3/2, phi)),
//             a mixture: k is drawn from p, then w in closed form, component by component
//   position  isotropic
//
// Cost: about a microsecond a star.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "sim/globular/globular_model.hpp"
#include "sim/random/stream.hpp"

namespace praesepe::sim::globular {

/// A star relative to the centre of the cluster, in non-rotating Cartesian axes.
struct ClusterStar {
  std::array<double, 3> position;  ///< pc
  std::array<double, 3> velocity;  ///< km/s
};

inline constexpr std::uint64_t kWordsPerStar = 8;

/// One star; takes kWordsPerStar words of the stream.
ClusterStar sample_star(const GlobularModel& model, random::Stream& stream);

std::vector<ClusterStar> sample_stars(const GlobularModel& model, std::size_t count, random::Stream& stream);

}  // namespace praesepe::sim::globular
