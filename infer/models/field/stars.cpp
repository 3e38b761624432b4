#include "infer/models/field/stars.hpp"

#include <limits>

#include "infer/models/column.hpp"
#include "sim/astrometry/coordinates.hpp"

namespace praesepe::infer::models::field {

using sim::astrometry::Catalogue;

namespace {

/// Covariance of the errors of two columns; 0 where the catalogue does not tell their correlation, or one is missing.
Array covariance(const Catalogue& catalogue, const std::string& first, const std::string& second) {
  const std::string name = first + "_" + second + "_corr";
  if (!catalogue.has(name) || !catalogue.has(first + "_error") || !catalogue.has(second + "_error")) {
    return Array::Zero(static_cast<Eigen::Index>(catalogue.rows()));
  }
  const Array product =
      column(catalogue, name) * column(catalogue, first + "_error") * column(catalogue, second + "_error");
  return product.isNaN().select(0.0, product);
}

}  // namespace

ProperMotions proper_motions(const Catalogue& catalogue) {
  const Measured east = measured(catalogue, "pmra"), north = measured(catalogue, "pmdec");
  return {east.value, north.value, east.variance, north.variance, covariance(catalogue, "pmra", "pmdec")};
}

Measured measured(const Catalogue& catalogue, const std::string& name) {
  const auto rows = static_cast<Eigen::Index>(catalogue.rows());
  if (!catalogue.has(name)) {
    return {Array::Constant(rows, std::numeric_limits<double>::quiet_NaN()), Array::Ones(rows)};
  }
  return {column(catalogue, name), column(catalogue, name + "_error").square()};
}

ParallaxCovariance parallax_covariance(const Catalogue& catalogue) {
  return {covariance(catalogue, "parallax", "pmra"), covariance(catalogue, "parallax", "pmdec")};
}

Astrometry astrometry(const Catalogue& catalogue) {
  return {measured(catalogue, "parallax"), proper_motions(catalogue), parallax_covariance(catalogue)};
}

em::NoisyPoints noisy_motions(const ProperMotions& pm) {
  em::NoisyPoints points(2);
  for (Eigen::Index n = 0; n < pm.pmra.size(); ++n) {
    points.add(em::Vector{{pm.pmra[n], pm.pmdec[n]}},
               em::Matrix{{pm.var_pmra[n], pm.cov[n]}, {pm.cov[n], pm.var_pmdec[n]}});
  }
  return points;
}

Directions directions(const Catalogue& catalogue) {
  const auto rows = static_cast<Eigen::Index>(catalogue.rows());
  Directions all{Eigen::Matrix3Xd(3, rows), Eigen::Matrix3Xd(3, rows), Eigen::Matrix3Xd(3, rows)};
  for (Eigen::Index n = 0; n < rows; ++n) {
    const auto i = static_cast<std::size_t>(n);
    const auto triad = sim::astrometry::local_triad(catalogue["ra"][i], catalogue["dec"][i]);
    all.radial.col(n) = triad.radial;
    all.east.col(n) = triad.east;
    all.north.col(n) = triad.north;
  }
  return all;
}

}  // namespace praesepe::infer::models::field
