// A number with its exact first and second derivatives in N variables (forward differentiation to second order).
//
// Run an expression on these and every derivative comes out, as correct as the expression itself. Made for small N: a
// product costs about 2 N^2 multiplications, and nothing is allocated. T is the number underneath: double, or several
// of them side by side.
#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <type_traits>

namespace praesepe::sim::association {

template <int N, class T = double>
struct Taylor {
  static constexpr int kPairs = N * (N + 1) / 2;

  T value{};
  std::array<T, N> slope{};
  std::array<T, kPairs> curvature{};  ///< the pairs (i, j <= i), row by row

  /// The i-th variable itself.
  static Taylor variable(const T& value, int i) {
    Taylor x{.value = value};
    x.slope[static_cast<std::size_t>(i)] = T(1.0);
    return x;
  }

  T by(int i) const { return slope[static_cast<std::size_t>(i)]; }
  T by(int i, int j) const {
    const auto row = static_cast<std::size_t>(i < j ? j : i), column = static_cast<std::size_t>(i < j ? i : j);
    return curvature[row * (row + 1) / 2 + column];
  }

  Taylor& operator+=(const Taylor& other) {
    value += other.value;
    for (std::size_t i = 0; i < slope.size(); ++i) slope[i] += other.slope[i];
    for (std::size_t k = 0; k < curvature.size(); ++k) curvature[k] += other.curvature[k];
    return *this;
  }
  Taylor& operator*=(const T& factor) {
    value *= factor;
    for (T& d : slope) d *= factor;
    for (T& d : curvature) d *= factor;
    return *this;
  }
};

template <int N, class T>
Taylor<N, T> operator+(Taylor<N, T> a, const Taylor<N, T>& b) {
  return a += b;
}
template <int N, class T>
Taylor<N, T> operator*(const std::type_identity_t<T>& factor, Taylor<N, T> a) {
  return a *= factor;
}
template <int N, class T>
Taylor<N, T> operator-(const Taylor<N, T>& a, const Taylor<N, T>& b) {
  return a + (-1.0) * b;
}
template <int N, class T>
Taylor<N, T> operator-(const std::type_identity_t<T>& a, const Taylor<N, T>& b) {
  Taylor<N, T> difference = -1.0 * b;
  difference.value += a;
  return difference;
}

template <int N, class T>
Taylor<N, T> operator*(const Taylor<N, T>& a, const Taylor<N, T>& b) {
  Taylor<N, T> product{.value = a.value * b.value};
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
template <int N, class T>
Taylor<N, T> chain(const Taylor<N, T>& a, const T& f, const T& first, const T& second) {
  Taylor<N, T> result{.value = f};
  std::size_t pair = 0;
  for (std::size_t i = 0; i < N; ++i) {
    result.slope[i] = first * a.slope[i];
    for (std::size_t j = 0; j <= i; ++j, ++pair) {
      result.curvature[pair] = first * a.curvature[pair] + second * a.slope[i] * a.slope[j];
    }
  }
  return result;
}
template <int N, class T>
Taylor<N, T> operator/(const std::type_identity_t<T>& numerator, const Taylor<N, T>& a) {
  const T f = numerator / a.value, first = -f / a.value;
  return chain<N, T>(a, f, first, -2.0 * first / a.value);
}
template <int N, class T>
Taylor<N, T> sqrt(const Taylor<N, T>& a) {
  using std::sqrt;
  const T root = sqrt(a.value), first = 0.5 / root;
  return chain<N, T>(a, root, first, -0.5 * first / a.value);
}
template <int N, class T>
Taylor<N, T> sin(const Taylor<N, T>& a) {
  using std::cos, std::sin;
  const T f = sin(a.value);
  return chain<N, T>(a, f, cos(a.value), -f);
}
template <int N, class T>
Taylor<N, T> cos(const Taylor<N, T>& a) {
  using std::cos, std::sin;
  const T f = cos(a.value);
  return chain<N, T>(a, f, -sin(a.value), -f);
}

/// The angle in (-pi, pi] of which cosine and sine are given.
template <class T>
T angle(const T& sine, const T& cosine) {
  using std::atan2;
  return atan2(sine, cosine);
}
template <int N, class T>
Taylor<N, T> angle(const Taylor<N, T>& sine, const Taylor<N, T>& cosine) {
  // sin(phi - phi0) about phi0, where it is phi - phi0 up to the third order.
  Taylor<N, T> result = cosine.value * sine - sine.value * cosine;
  result.value = angle(sine.value, cosine.value);
  return result;
}

}  // namespace praesepe::sim::association
