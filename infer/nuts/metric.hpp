// The inverse metric of a chain, and its estimate from draws and their gradients.
//
// Of all linear maps x = mu + F z, the one that makes z most nearly standard normal in Fisher divergence,
// mean |grad_z log p + z|^2 (Seyboldt, Carlson & Carpenter 2026), has F F' = S with
//
//   dense      S = C_g^-1/2 (C_g^1/2 C_x C_g^1/2)^1/2 C_g^-1/2,  the geometric mean of C_x = Cov(x) and Cov(g)^-1;
//   diagonal   s_i^2 = sqrt(var x_i / var g_i).
//
// For a Gaussian the dense rule is exact after D + 1 draws, whatever their spread: g = -P (x - mu), so C_g = P C_x P
// and S = P^-1.
#pragma once

#include <optional>
#include <utility>

#include "infer/nuts/draws.hpp"

namespace praesepe::infer::nuts {

enum class MetricKind { dense, diagonal };

/// Dimension above which chains take the diagonal metric whatever was asked for: the dense one costs D^2 a step.
constexpr Eigen::Index kMaxDenseDimension = 150;

/// M^-1 = L L'. Dense: (D, D) matrices. Diagonal: (D, 1) columns.
class InverseMetric {
 public:
  /// `matrix`: (D, D) symmetric or a column (D, 1). Nothing if it is not finite and positive definite.
  static std::optional<InverseMetric> factorise(Matrix matrix);

  MetricKind kind() const { return matrix_.cols() == 1 ? MetricKind::diagonal : MetricKind::dense; }
  const Matrix& matrix() const { return matrix_; }

  /// q += step L u
  void add_scaled(double step, const Vector& u, Vector& q) const;
  /// f = L' g
  void whiten(const Vector& g, Vector& f) const;

 private:
  InverseMetric(Matrix matrix, Matrix factor) : matrix_(std::move(matrix)), factor_(std::move(factor)) {}

  Matrix matrix_, factor_;
};

/// The estimate from draws and the gradients there, (n, D) each. With n <= D the covariances are singular and the
/// diagonal rule stands in for the dense one: what a dense estimate makes of directions never seen costs hundreds of
/// leapfrogs a transition. Nothing if n < 3, or if no finite positive definite matrix comes out, as when a coordinate
/// never changes.
std::optional<InverseMetric> fisher_metric(MetricKind kind, const Eigen::Ref<const Matrix>& draws,
                                           const Eigen::Ref<const Matrix>& gradients);

}  // namespace praesepe::infer::nuts
