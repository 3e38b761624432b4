// A number with its exact first and second derivatives in N variables (forward differentiation to second order).
//
// Run an expression on these and every derivative comes out, as correct as the expression itself. Made for small N: a
// product costs about 2 N^2 multiplications, and nothing is allocated.
#pragma once

#include <array>
#include <cmath>
#include <cstddef>

namespace praesepe::sim::association {

template <int N>
struct Taylor {
  static constexpr int kPairs = N * (N + 1) / 2;

  double value = 0.0;
  std::array<double, N> slope{};
  std::array<double, kPairs> curvature{};  ///< the pairs (i, j <= i), row by row

  /// The i-th variable itself.
  static Taylor variable(double value, int i) {
    Taylor x{.value = value};
    x.slope[static_cast<std::size_t>(i)] = 1.0;
    return x;
  }

  double by(int i) const { return slope[static_cast<std::size_t>(i)]; }
  double by(int i, int j) const {
    const auto row = static_cast<std::size_t>(i < j ? j : i), column = static_cast<std::size_t>(i < j ? i : j);
    return curvature[row * (row + 1) / 2 + column];
  }

  Taylor& operator+=(const Taylor& other) {
    value += other.value;
    for (std::size_t i = 0; i < slope.size(); ++i) slope[i] += other.slope[i];
    for (std::size_t k = 0; k < curvature.size(); ++k) curvature[k] += other.curvature[k];
    return *this;
  }
  Taylor& operator*=(double factor) {
    value *= factor;
    for (double& d : slope) d *= factor;
    for (double& d : curvature) d *= factor;
    return *this;
  }
};

template <int N>
Taylor<N> operator+(Taylor<N> a, const Taylor<N>& b) {
  return a += b;
}
template <int N>
Taylor<N> operator*(double factor, Taylor<N> a) {
  return a *= factor;
}
template <int N>
Taylor<N> operator-(const Taylor<N>& a, const Taylor<N>& b) {
  return a + (-1.0) * b;
}
template <int N>
Taylor<N> operator-(double a, const Taylor<N>& b) {
  Taylor<N> difference = -1.0 * b;
  difference.value += a;
  return difference;
}

template <int N>
Taylor<N> operator*(const Taylor<N>& a, const Taylor<N>& b) {
  Taylor<N> product{.value = a.value * b.value};
  std::size_t pair = 0;
  for (std::size_t i = 0; i < N; ++i) {
    product.slope[i] = a.value * b.slope[i] + b.value * a.slope[i];
    for (std::size_t j = 0; j <= i; ++j, ++pair) {
      product.curvature[pair] =
          a.value * b.curvature[pair] + b.value * a.curvature[pair] + a.slope[i] * b.slope[j] + a.slope[j] * b.slope[i];
    }
  }
  return product;
}

/// f(a), given f, f' and f'' there.
template <int N>
Taylor<N> chain(const Taylor<N>& a, double f, double first, double second) {
  Taylor<N> result{.value = f};
  std::size_t pair = 0;
  for (std::size_t i = 0; i < N; ++i) {
    result.slope[i] = first * a.slope[i];
    for (std::size_t j = 0; j <= i; ++j, ++pair) {
      result.curvature[pair] = first * a.curvature[pair] + second * a.slope[i] * a.slope[j];
    }
  }
  return result;
}
template <int N>
Taylor<N> operator/(double numerator, const Taylor<N>& a) {
  const double f = numerator / a.value, first = -f / a.value;
  return chain(a, f, first, -2.0 * first / a.value);
}
template <int N>
Taylor<N> sqrt(const Taylor<N>& a) {
  const double root = std::sqrt(a.value), first = 0.5 / root;
  return chain(a, root, first, -0.5 * first / a.value);
}
template <int N>
Taylor<N> sin(const Taylor<N>& a) {
  const double f = std::sin(a.value);
  return chain(a, f, std::cos(a.value), -f);
}
template <int N>
Taylor<N> cos(const Taylor<N>& a) {
  const double f = std::cos(a.value);
  return chain(a, f, -std::sin(a.value), -f);
}

/// The angle in (-pi, pi] of which cosine and sine are given.
inline double angle(double sine, double cosine) { return std::atan2(sine, cosine); }
template <int N>
Taylor<N> angle(const Taylor<N>& sine, const Taylor<N>& cosine) {
  // sin(phi - phi0) about phi0, where it is phi - phi0 up to the third order.
  Taylor<N> result = cosine.value * sine - sine.value * cosine;
  result.value = angle(sine.value, cosine.value);
  return result;
}

}  // namespace praesepe::sim::association
