#include "infer/models/association/star_states.hpp"

#include <fmt/format.h>

#include <Eigen/Cholesky>
#include <array>
#include <cmath>
#include <functional>
#include <limits>
#include <numbers>
#include <numeric>
#include <string>

#include "infer/em/packed_points.hpp"
#include "sim/error.hpp"

namespace praesepe::infer::models::association {

using em::kLanes;
using sim::association::GalacticFrame;
using sim::astrometry::Catalogue;
using sim::astrometry::Icrs6;

namespace {

/// Adds what an integral over distances needs.
void open_distance(const Icrs6& star, const Matrix6& errors, const Matrix6& jacobian, StarState& state) {
  constexpr double kPrecise = 100.0;  // sigma
  constexpr Eigen::Index kParallax = 2, kVelocity = 5;
  const double variance = errors(kParallax, kParallax), rho = std::sqrt(variance) / star.parallax;
  if (!(rho * kPrecise > 1.0)) return;
  state.parallax_error = rho;
  state.by_distance = jacobian * errors.col(kParallax) * (-star.parallax / variance);
  state.across = state.state.covariance - rho * rho * state.by_distance * state.by_distance.transpose() -
                 errors(kVelocity, kVelocity) * jacobian.col(kVelocity) * jacobian.col(kVelocity).transpose();
}

/// Takes what lies along n out of everything.
void project(const Eigen::Vector3d& n, StarState& state) {
  Matrix6 projection = Matrix6::Identity();
  projection.bottomRightCorner<3, 3>() -= n * n.transpose();
  const auto both = [&projection](Matrix6& m) { m = (projection * m * projection).eval(); };
  state.unseen = n;
  state.state.mean = (projection * state.state.mean).eval();
  state.by_distance = (projection * state.by_distance).eval();
  both(state.state.covariance);
  both(state.across);
}

}  // namespace

StarState star_state(const Icrs6& star, const Matrix6& errors, const GalacticFrame& frame, Distances distances) {
  const bool has_velocity = !std::isnan(star.radial_velocity);
  Icrs6 assumed = star;
  Matrix6 known = errors;
  if (!has_velocity) {
    // Any radial velocity will do, since Pi takes it out again: 0, exactly.
    assumed.radial_velocity = 0.0;
    known.row(5).setZero();
    known.col(5).setZero();
  }
  const Matrix6 jacobian = lsr_error_jacobian(assumed, frame);
  StarState state{.state = {.mean = to_lsr(assumed, frame), .covariance = jacobian * known * jacobian.transpose()}};
  if (distances == Distances::integrated) open_distance(assumed, known, jacobian, state);
  if (!has_velocity) project(frame.rotation * sim::astrometry::local_triad(star.ra, star.dec).radial, state);
  return state;
}

StarStates::StarStates(std::vector<StarState> stars)
    : stars_(std::move(stars)), packs_((size() + kLanes - 1) / kLanes), order_(stars_.size()) {
  std::iota(order_.begin(), order_.end(), Eigen::Index{0});
  const auto rho = [this](Eigen::Index n) { return (*this)[n].parallax_error; };
  std::ranges::stable_sort(order_, std::greater{}, rho);
  fields_.assign(static_cast<std::size_t>(packs_ * kFields * kLanes), 0.0);
  StarState padding;
  padding.state.covariance.setIdentity();
  double largest = 0.0;
  for (Eigen::Index i = 0; i < packs_ * kLanes; ++i) {
    const StarState& star = i < size() ? (*this)[order_[static_cast<std::size_t>(i)]] : padding;
    if (i % kLanes == 0) largest = star.parallax_error;
    double* field = fields_.data() + (i / kLanes) * kFields * kLanes + i % kLanes;
    const auto put = [&field](double value) {
      *field = value;
      field += kLanes;
    };
    for (int a = 0; a < 6; ++a) put(star.state.mean[a]);
    for (int a = 0; a < 6; ++a)
      for (int b = 0; b <= a; ++b) put(star.state.covariance(a, b));
    for (int a = 0; a < 3; ++a) put(star.unseen[a]);
    put(-0.5 * star.measured() * std::log(2.0 * std::numbers::pi));
    put(star.parallax_error);
    put(largest);
    for (int a = 0; a < 6; ++a) put(star.by_distance[a]);
    for (int a = 0; a < 6; ++a)
      for (int b = 0; b <= a; ++b) put(star.across(a, b));
  }
}

const double* StarStates::pack(Eigen::Index p) const { return fields_.data() + p * kFields * kLanes; }

namespace {

constexpr std::array<const char*, 6> kColumns{"ra", "dec", "parallax", "pmra", "pmdec", "radial_velocity"};
constexpr std::size_t kFirstNeeded = 2, kVelocity = 5;  // parallax and proper motions must be there

double cell(const Catalogue& catalogue, const std::string& column, std::size_t row, double otherwise) {
  if (!catalogue.has(column)) return otherwise;
  const double value = catalogue[column][row];
  return std::isnan(value) ? otherwise : value;
}

/// A star and the covariance of its errors, as they stand in a row.
struct Row {
  std::array<double, 6> value;
  Matrix6 errors;
};

Row read_row(const Catalogue& catalogue, std::size_t row) {
  const double missing = std::numeric_limits<double>::quiet_NaN();
  const std::string place = fmt::format("{}, row {}", catalogue.origin, row + 1);
  Row star{};
  Vector6 error;
  Matrix6 correlation = Matrix6::Identity();
  for (std::size_t a = 0; a < kColumns.size(); ++a) {
    const auto i = static_cast<Eigen::Index>(a);
    const std::string name = kColumns[a];
    star.value[a] = cell(catalogue, name, row, missing);
    error[i] = cell(catalogue, name + "_error", row, a < kFirstNeeded ? 0.0 : missing);
    if (a == kVelocity && std::isnan(error[i])) star.value[a] = missing;
    if (a != kVelocity && std::isnan(star.value[a] + error[i])) {
      throw InputError(fmt::format("{}: {} or its error is missing; expected parallax and proper motion of every star",
                                   place, name));
    }
    for (std::size_t b = 0; b < a && a < kVelocity; ++b) {
      const auto j = static_cast<Eigen::Index>(b);
      correlation(i, j) = correlation(j, i) = cell(catalogue, fmt::format("{}_{}_corr", kColumns[b], name), row, 0.0);
    }
  }
  if (!(star.value[2] > 0.0)) {
    throw InputError(
        fmt::format("{}: parallax {} mas is not positive; expected one whose inverse is a distance. "
                    "Remove the row",
                    place, star.value[2]));
  }
  if (Eigen::LLT<Matrix6>(correlation).info() != Eigen::Success) {
    throw InputError(place +
                     ": the correlations (columns *_corr) belong to no covariance matrix; expected those of a "
                     "positive definite one");
  }
  star.errors = error.asDiagonal() * correlation * error.asDiagonal();
  return star;
}

}  // namespace

StarStates read_star_states(const Catalogue& catalogue, const GalacticFrame& frame, Distances distances) {
  std::vector<StarState> stars;
  stars.reserve(catalogue.rows());
  for (std::size_t i = 0; i < catalogue.rows(); ++i) {
    const Row row = read_row(catalogue, i);
    const auto& [ra, dec, parallax, pmra, pmdec, radial_velocity] = row.value;
    stars.push_back(star_state(
        {.ra = ra, .dec = dec, .parallax = parallax, .pmra = pmra, .pmdec = pmdec, .radial_velocity = radial_velocity},
        row.errors, frame, distances));
  }
  return StarStates(std::move(stars));
}

}  // namespace praesepe::infer::models::association
