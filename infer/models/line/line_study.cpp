#include "infer/models/line/line_study.hpp"

#include <algorithm>
#include <cmath>

#include "infer/models/column.hpp"
#include "infer/models/line/line_components.hpp"
#include "sim/error.hpp"

namespace praesepe::infer::models::line {

using sim::astrometry::Catalogue;

namespace {

/// "name" if there is one, else "name_k".
std::string numbered(const std::string& name, int k, int count) {
  return count == 1 ? name : name + "_" + std::to_string(k);
}

/// A line fraction of three quarters, and outliers of 15, 45, ... in equal parts.
std::vector<Parameter> parameters_of(const Layout& layout) {
  const int outliers = layout.outliers;
  const std::string uniform = "uniform(-3, 4)", sd = outliers == 1 ? uniform : "ascending(" + uniform + ")";
  std::vector<Parameter> all{{"m", "", "slope of the line", "uniform(0, 10)", "uniform(0, 10)", 3.17},
                             {"b", "", "intercept of the line", "normal(0, 25)", "normal(0, 25)", -11.9}};
  for (int k = 0; k < outliers; ++k) {
    all.push_back({numbered("ln_s_out", k, outliers), "", "log of the standard deviation of the outliers", sd, sd,
                   2.7 - 1.1 * (outliers - 1 - k)});
  }
  all.push_back({"w0", "", "fraction of points on the line", "uniform(0, 1)", "uniform(0, 1)", 0.75});
  for (int k = 0; outliers > 1 && k < outliers; ++k) {
    all.push_back({numbered("outlier_weight", k, outliers), "", "share of the outliers", "dirichlet(1)", "dirichlet(1)",
                   1.0 / outliers});
  }
  return all;
}

}  // namespace

LineStudy::LineStudy(int outliers) : layout_{outliers}, parameters_(parameters_of(layout_)) {}

const std::vector<SettingKey>& LineStudy::model_keys() const {
  static const std::vector<SettingKey> keys{{"model.outliers", "", "number of kinds of outliers", 1.0}};
  return keys;
}

std::unique_ptr<const Study> LineStudy::configured(const ModelSettings& settings) const {
  return std::make_unique<LineStudy>(whole(settings, "model.outliers", 1, 5));
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
  const double line_fraction = truth[layout_.line_fraction()];
  if (!(line_fraction >= 0.0 && line_fraction <= 1.0))
    throw InputError("truth.w0: expected a fraction between 0 and 1");
  if (layout_.outliers > 1 &&
      !(std::abs(truth.segment(layout_.outlier_weight(0), layout_.outliers).sum() - 1.0) < 1e-9)) {
    throw InputError("truth.outlier_weight_0: expected shares that sum to 1");
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
  std::vector<double> x(points), y(points), y_err(points), component(points);
  for (double& value : x) value = latents.uniform(number(observation, "x_min"), number(observation, "x_max"));
  std::ranges::sort(x);
  const double line_fraction = truth[layout_.line_fraction()];
  for (std::size_t n = 0; n < points; ++n) {
    // Both numbers are drawn for every point, so that a change of w0 leaves the others' points as they are.
    const double u = latents.uniform(), standard = latents.normal();
    const bool on_line = u < line_fraction;
    double left = (u - line_fraction) / (1.0 - line_fraction);
    int kind = 0;
    for (; kind + 1 < layout_.outliers && left >= truth[layout_.outlier_weight(kind)]; ++kind) {
      left -= truth[layout_.outlier_weight(kind)];
    }
    const double line = truth[Layout::slope()] * x[n] + truth[Layout::intercept()];
    y_err[n] = latents.uniform(number(observation, "y_err_min"), number(observation, "y_err_max"));
    y[n] = (on_line ? line : std::exp(truth[layout_.log_sd(kind)]) * standard) + y_err[n] * noise.normal();
    component[n] = on_line ? 0.0 : 1.0;
  }
  Catalogue catalogue(points);
  catalogue.add("x", "", std::move(x));
  catalogue.add("y", "", std::move(y));
  catalogue.add("y_err", "", std::move(y_err));
  catalogue.add("component", "", std::move(component));
  return catalogue;
}

namespace {

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
  const Points points{column(catalogue, "x"), column(catalogue, "y"), column(catalogue, "y_err")};
  std::vector<density::Mixture::Part> kinds;
  for (int k = 0; k < layout_.outliers; ++k) {
    kinds.push_back({"outlier", std::make_shared<Outlier>(points, layout_.log_sd(k)), layout_.outlier_weight(k)});
  }
  auto line = std::make_shared<OnLine>(points, Layout::slope(), Layout::intercept());
  auto outliers = std::make_shared<density::Mixture>(std::move(kinds));
  const auto all = std::make_shared<density::Mixture>(std::vector<density::Mixture::Part>{
      {"line", std::move(line), layout_.line_fraction()}, {"outlier", std::move(outliers)}});
  return std::make_unique<density::StarLikelihood>(layout_.size(), all);
}

std::vector<Vector> LineStudy::starts(const Catalogue& catalogue, const density::ParameterSpace& space,
                                      sim::random::Stream& stream) const {
  const Eigen::ArrayXd y = column(catalogue, "y");
  const auto [slope, intercept] = robust_line(column(catalogue, "x"), y, column(catalogue, "y_err"));
  const double ln_s_out = 0.5 * std::log(y.square().mean() + 1e-3);
  // Mostly on the line, and mostly outliers; then points of the prior for whatever else there may be.
  std::vector<Vector> starts;
  for (const double w0 : {0.8, 0.2}) {
    Vector start = Vector::Constant(layout_.size(), 1.0 / layout_.outliers);
    start[Layout::slope()] = slope;
    start[Layout::intercept()] = intercept;
    for (int k = 0; k < layout_.outliers; ++k) start[layout_.log_sd(k)] = ln_s_out - (layout_.outliers - 1 - k);
    start[layout_.line_fraction()] = w0;
    starts.push_back(space.pulled_inside(start, 2.0));
  }
  constexpr int kFromPrior = 6;
  for (int k = 0; k < kFromPrior; ++k) starts.push_back(space.sample(stream));
  return starts;
}

double LineStudy::expected_seconds(const Observation& observation) const {
  return 0.05 + 2e-3 * number(observation, "points");
}

}  // namespace praesepe::infer::models::line
