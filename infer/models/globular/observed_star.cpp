#include "infer/models/globular/observed_star.hpp"

#include <Eigen/Eigenvalues>
#include <cmath>
#include <string>

#include "sim/astrometry/units.hpp"
#include "sim/error.hpp"

namespace praesepe::infer::models::globular {

namespace units = sim::astrometry;
using sim::astrometry::Catalogue;

namespace {

/// Value of an optional column, or what stands for it.
double cell(const Catalogue& catalogue, const char* name, std::size_t row, double otherwise) {
  if (!catalogue.has(name)) return otherwise;
  const double value = catalogue[name][row];
  return std::isfinite(value) ? value : otherwise;
}

ObservedStar observed_star(const Catalogue& catalogue, std::size_t row) {
  ObservedStar star{.ra = catalogue["ra"][row],
                    .dec = catalogue["dec"][row],
                    .ra_error = cell(catalogue, "ra_error", row, 0.0),
                    .dec_error = cell(catalogue, "dec_error", row, 0.0),
                    .triad = units::local_triad(catalogue["ra"][row], catalogue["dec"][row]),
                    .parallax = cell(catalogue, "parallax", row, 0.0),
                    .inverse_parallax_error = 0.0,
                    .motion = {cell(catalogue, "pmra", row, NAN), cell(catalogue, "pmdec", row, NAN)},
                    .variance = {},
                    .axes = {}};
  const double east = cell(catalogue, "pmra_error", row, NAN), north = cell(catalogue, "pmdec_error", row, NAN);
  if (!(star.motion.allFinite() && east > 0.0 && north > 0.0)) {
    throw InputError(catalogue.origin + ", row " + std::to_string(row + 1) +
                     ", columns pmra, pmdec: a proper motion with errors is needed. Remove the row.");
  }
  const double cross = cell(catalogue, "pmra_pmdec_corr", row, 0.0) * east * north;
  Eigen::Matrix2d covariance;
  covariance << east * east, cross, cross, north * north;
  const Eigen::SelfAdjointEigenSolver<Eigen::Matrix2d> principal(covariance);
  constexpr double k = units::kKmsPerMasyrPc;
  star.motion *= k;
  star.variance = k * k * principal.eigenvalues();
  star.axes = principal.eigenvectors();
  const double parallax_error = cell(catalogue, "parallax_error", row, NAN);
  if (parallax_error > 0.0 && std::isfinite(cell(catalogue, "parallax", row, NAN))) {
    star.inverse_parallax_error = 1.0 / parallax_error;
  }
  return star;
}

}  // namespace

std::vector<ObservedStar> observed_stars(const Catalogue& catalogue) {
  std::vector<ObservedStar> stars;
  for (std::size_t row = 0; row < catalogue.rows(); ++row) stars.push_back(observed_star(catalogue, row));
  return stars;
}

}  // namespace praesepe::infer::models::globular
