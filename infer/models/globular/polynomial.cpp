#include "infer/models/globular/polynomial.hpp"

#include <cmath>
#include <numbers>

namespace praesepe::infer::models::globular {

std::vector<double> fit_polynomial(const std::function<double(double)>& f, int degree) {
  const auto size = static_cast<std::size_t>(degree) + 1;
  std::vector<long double> chebyshev(size, 0.0L), values(size);
  const auto angle = [&](std::size_t j) {
    return std::numbers::pi_v<long double> * (static_cast<long double>(j) + 0.5L) / static_cast<long double>(size);
  };
  for (std::size_t j = 0; j < size; ++j) values[j] = f(static_cast<double>(std::cos(angle(j))));
  for (std::size_t n = 0; n < size; ++n) {
    for (std::size_t j = 0; j < size; ++j) chebyshev[n] += values[j] * std::cos(static_cast<long double>(n) * angle(j));
    chebyshev[n] *= (n == 0 ? 1.0L : 2.0L) / static_cast<long double>(size);
  }
  // T_0 = 1, T_1 = t, T_{n+1} = 2 t T_n - T_{n-1}, in powers of t
  std::vector<long double> powers(size, 0.0L), previous(size, 0.0L), current(size, 0.0L);
  previous[0] = 1.0L;
  powers[0] = chebyshev[0];
  if (degree > 0) current[1] = 1.0L;
  for (std::size_t n = 1; n < size; ++n) {
    std::vector<long double> next(size, 0.0L);
    for (std::size_t k = 0; k < size; ++k) {
      powers[k] += chebyshev[n] * current[k];
      next[k] = (k > 0 ? 2.0L * current[k - 1] : 0.0L) - previous[k];
    }
    previous = std::move(current);
    current = std::move(next);
  }
  return {powers.begin(), powers.end()};
}

}  // namespace praesepe::infer::models::globular
