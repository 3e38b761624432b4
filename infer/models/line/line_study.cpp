#include "infer/models/line/line_study.hpp"

#include <algorithm>
#include <cmath>

#include "infer/models/line/line_likelihood.hpp"
#include "sim/error.hpp"

namespace praesepe::infer::models::line {

using sim::astrometry::Catalogue;

const std::vector<Parameter>& LineStudy::parameters() const {
  static const std::vector<Parameter> parameters{
      {"m", "", "slope of the line", "uniform(0, 10)", "uniform(0, 10)", 3.17},
      {"b", "", "intercept of the line", "normal(0, 25)", "normal(0, 25)", -11.9},
      {"ln_s_out", "", "log of the standard deviation of the outliers", "uniform(-3, 4)", "uniform(-3, 4)", 2.7},
      {"w0", "", "fraction of points on the line", "uniform(0, 1)", "uniform(0, 1)", 0.75}};
  return parameters;
}

const std::vector<SettingKey>& LineStudy::observe_keys() const {
  static const std::vector<SettingKey> keys{{"points", "", "number of points", 32.0},
                                            {"x_min", "", "smallest possible x", 0.0},
                                            {"x_max", "", "largest possible x", 10.0},
                                            {"y_err_min", "", "smallest possible standard deviation of y", 0.5},
                                            {"y_err_max", "", "largest possible standard deviation of y", 3.0}};
  return keys;
}

const sim::astrometry::CatalogueSchema& LineStudy::schema() const {
  static const sim::astrometry::CatalogueSchema schema{
      {{.name = "x", .unit = "", .required = true}, {.name = "y", .unit = "", .required = true, .needs_error = true}},
      "_err"};
  return schema;
}

void LineStudy::check(const Vector& truth, const Observation& observation) const {
  if (!(truth[kLineFraction] >= 0.0 && truth[kLineFraction] <= 1.0)) {
    throw InputError("truth.w0: expected a fraction between 0 and 1");
  }
  const double points = number(observation, "points");
  if (!(points >= 1.0 && points == std::floor(points))) {
    throw InputError("observe.points: expected a whole number, 1 or more");
  }
  if (!(number(observation, "x_min") < number(observation, "x_max"))) {
    throw InputError("observe.x_min: expected less than observe.x_max");
  }
  const double smallest = number(observation, "y_err_min");
  if (!(smallest > 0.0 && smallest <= number(observation, "y_err_max"))) {
    throw InputError("observe.y_err_min: expected a positive number, at most observe.y_err_max");
  }
}

Catalogue LineStudy::simulate(const Vector& truth, const Observation& observation, sim::random::Stream& latents,
                              sim::random::Stream& noise) const {
  const auto points = static_cast<std::size_t>(number(observation, "points"));
  std::vector<double> x(points), y(points), y_err(points);
  for (double& value : x) value = latents.uniform(number(observation, "x_min"), number(observation, "x_max"));
  std::ranges::sort(x);
  for (std::size_t n = 0; n < points; ++n) {
    // Both numbers are drawn for every point, so that a change of w0 leaves the others' points as they are.
    const bool on_line = latents.uniform() < truth[kLineFraction];
    const double outlier = std::exp(truth[kLogOutlierSd]) * latents.normal();
    const double y_true = on_line ? truth[kSlope] * x[n] + truth[kIntercept] : outlier;
    y_err[n] = latents.uniform(number(observation, "y_err_min"), number(observation, "y_err_max"));
    y[n] = y_true + y_err[n] * noise.normal();
  }
  Catalogue catalogue(points);
  catalogue.add("x", "", std::move(x));
  catalogue.add("y", "", std::move(y));
  catalogue.add("y_err", "", std::move(y_err));
  return catalogue;
}

namespace {

Eigen::ArrayXd column(const Catalogue& catalogue, const char* name) {
  const auto& values = catalogue[name];
  return Eigen::Map<const Eigen::ArrayXd>(values.data(), static_cast<Eigen::Index>(values.size()));
}

/// Slope and intercept by weighted least squares, each round trusting points the less the further they lie from the
/// last.
std::pair<double, double> robust_line(const Eigen::ArrayXd& x, const Eigen::ArrayXd& y, const Eigen::ArrayXd& y_err) {
  double slope = 0.0, intercept = 0.0;
  Eigen::ArrayXd weight = y_err.square().inverse();
  for (int round = 0; round < 30; ++round) {
    const double total = weight.sum(), x_mean = (weight * x).sum() / total, y_mean = (weight * y).sum() / total;
    const double spread = (weight * (x - x_mean).square()).sum();
    slope = spread > 0.0 ? (weight * (x - x_mean) * (y - y_mean)).sum() / spread : 0.0;
    intercept = y_mean - slope * x_mean;
    const Eigen::ArrayXd chi2 = ((y - slope * x - intercept) / y_err).square();
    weight = (y_err.square() * (1.0 + chi2 / 4.0)).inverse();
  }
  return {slope, intercept};
}

}  // namespace

std::unique_ptr<density::Likelihood> LineStudy::likelihood(const Catalogue& catalogue, const Observation&) const {
  return std::make_unique<LineLikelihood>(column(catalogue, "x"), column(catalogue, "y"), column(catalogue, "y_err"));
}

std::vector<Vector> LineStudy::starts(const Catalogue& catalogue, const density::ParameterSpace& space,
                                      sim::random::Stream& stream) const {
  const Eigen::ArrayXd y = column(catalogue, "y");
  const auto [slope, intercept] = robust_line(column(catalogue, "x"), y, column(catalogue, "y_err"));
  const double ln_s_out = 0.5 * std::log(y.square().mean() + 1e-3);
  // Mostly on the line, and mostly outliers; then points of the prior for whatever else there may be.
  std::vector<Vector> starts;
  for (const double w0 : {0.8, 0.2}) {
    starts.push_back(space.pulled_inside(Vector{{slope, intercept, ln_s_out, w0}}, 2.0));
  }
  constexpr int kFromPrior = 6;
  for (int k = 0; k < kFromPrior; ++k) starts.push_back(space.sample(stream));
  return starts;
}

double LineStudy::expected_seconds(const Observation& observation) const {
  return 0.05 + 2e-3 * number(observation, "points");
}

}  // namespace praesepe::infer::models::line
