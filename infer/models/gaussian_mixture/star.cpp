#include "infer/models/gaussian_mixture/star.hpp"

#include <Eigen/Cholesky>
#include <array>
#include <cmath>
#include <limits>
#include <string>

#include "sim/astrometry/coordinates.hpp"
#include "sim/error.hpp"

namespace praesepe::infer::models::gaussian_mixture {

using sim::astrometry::Catalogue;

Star make_star(const Eigen::Vector2d& direction, const Eigen::Matrix3d& triad, const Vector6& data,
               const Matrix6& noise) {
  Star star{direction, triad, data, noise, Vector6::Ones(), kRows};
  for (Eigen::Index row = 0; row < kRows; ++row) {
    if (!std::isnan(data[row])) continue;
    star.data[row] = star.has[row] = 0.0;
    star.noise.row(row).setZero();
    star.noise.col(row).setZero();
    star.noise(row, row) = 1.0;
    --star.measured;
  }
  return star;
}

namespace {

constexpr std::array kColumns{"bp_rp", "phot_g_mean_mag", "radial_velocity", "parallax", "pmra", "pmdec"};

double cell(const Catalogue& catalogue, const std::string& column, std::size_t row, double otherwise) {
  if (!catalogue.has(column)) return otherwise;
  const double value = catalogue[column][row];
  return std::isnan(value) ? otherwise : value;
}

}  // namespace

std::vector<Star> read_stars(const Catalogue& catalogue, const sim::mixture::SkyPlane& plane) {
  const double missing = std::numeric_limits<double>::quiet_NaN();
  std::vector<Star> stars;
  stars.reserve(catalogue.rows());
  for (std::size_t i = 0; i < catalogue.rows(); ++i) {
    const double ra = catalogue["ra"][i], dec = catalogue["dec"][i];
    const auto local = sim::astrometry::local_triad(ra, dec);
    Eigen::Matrix3d triad;
    triad << local.east.transpose(), local.north.transpose(), local.radial.transpose();
    Vector6 data;
    Matrix6 noise = Matrix6::Zero();
    for (std::size_t a = 0; a < kColumns.size(); ++a) {
      const auto row = static_cast<Eigen::Index>(a);
      const double sigma = cell(catalogue, std::string(kColumns[a]) + "_error", i, missing);
      data[row] = std::isnan(sigma) ? missing : cell(catalogue, kColumns[a], i, missing);
      noise(row, row) = sigma * sigma;
      for (std::size_t b = kParallaxRow; b < a && row > kParallaxRow; ++b) {
        const auto column = static_cast<Eigen::Index>(b);
        const double rho = cell(catalogue, std::string(kColumns[b]) + "_" + kColumns[a] + "_corr", i, 0.0);
        noise(row, column) = noise(column, row) = rho * sigma * std::sqrt(noise(column, column));
      }
    }
    stars.push_back(make_star(plane.to_plane({ra, dec}), triad, data, noise));
    if (Eigen::LLT<Matrix6>(stars.back().noise).info() != Eigen::Success) {
      throw InputError(catalogue.origin + ", row " + std::to_string(i + 1) +
                       ": parallax_pmra_corr, parallax_pmdec_corr and pmra_pmdec_corr belong to no covariance matrix; "
                       "expected correlations of a positive definite one");
    }
  }
  return stars;
}

}  // namespace praesepe::infer::models::gaussian_mixture
