#include "infer/models/membership/field_choice.hpp"

#include <fmt/format.h>

#include <cmath>

#include "infer/em/extreme_deconvolution.hpp"
#include "infer/em/starting_mixture.hpp"
#include "infer/models/field/stars.hpp"
#include "sim/error.hpp"

namespace praesepe::infer::models::membership {

using em::NoisyPoints;
using field::noisy_motions;
using field::proper_motions;
using sim::astrometry::Catalogue;

namespace {

constexpr std::size_t kFolds = 10;
constexpr int kStarts = 5;

em::FitOptions fit_options() {
  em::FitOptions options;
  options.regularisation = 1e-4;  // (mas/yr)^2
  options.tolerance = 1e-7;
  return options;
}

/// Stars n with n mod kFolds = fold, or the others. Rows of a catalogue may be sorted; which fold a row is in is not.
NoisyPoints part_of(const NoisyPoints& all, std::size_t fold, bool left_out) {
  NoisyPoints part(2);
  for (std::size_t n = 0; n < all.size(); ++n) {
    if ((n % kFolds == fold) == left_out) part.add(all[n].value, all[n].noise);
  }
  return part;
}

struct CrossValidation {
  double mean, error;
};

CrossValidation cross_validate(const NoisyPoints& points, std::size_t components, sim::random::Stream& stream) {
  double sum = 0.0, squares = 0.0;
  for (std::size_t fold = 0; fold < kFolds; ++fold) {
    const auto fit = em::best_fit(part_of(points, fold, false), components, kStarts, stream, fit_options());
    const em::Matrix terms = em::log_terms(part_of(points, fold, true), fit.mixture);
    for (Eigen::Index n = 0; n < terms.rows(); ++n) {
      const double largest = terms.row(n).maxCoeff();
      const double density = largest + std::log((terms.row(n).array() - largest).exp().sum());
      sum += density;
      squares += density * density;
    }
  }
  const auto stars = static_cast<double>(points.size());
  const double mean = sum / stars;
  return {mean, std::sqrt((squares / stars - mean * mean) / stars)};
}

}  // namespace

std::string field_choice_table(const Catalogue& catalogue, int most, sim::random::Stream& stream) {
  if (catalogue.rows() < 2 * kFolds) {
    throw InputError(fmt::format("{}: {} stars; expected {} or more", catalogue.origin, catalogue.rows(), 2 * kFolds));
  }
  const NoisyPoints points = noisy_motions(proper_motions(catalogue));
  std::string text = "components,log_likelihood,free_parameters,bic,cv_log_density,cv_error,state\n";
  for (int k = 1; k <= most; ++k) {
    const auto components = static_cast<std::size_t>(k) + 1;  // with the cluster
    const auto fit = em::best_fit(points, components, kStarts, stream, fit_options());
    const auto cv = cross_validate(points, components, stream);
    text += fmt::format("{},{:.3f},{},{:.3f},{:.5f},{:.5f},{}\n", k, fit.log_likelihood, fit.mixture.free_parameters(),
                        em::bic(points, fit.mixture), cv.mean, cv.error, em::name_of(fit.state));
  }
  return text;
}

}  // namespace praesepe::infer::models::membership
