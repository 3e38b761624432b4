#include "tests/support/posteriordb.hpp"

#include <cmath>
#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "tests/support/data_path.hpp"

namespace praesepe::tests {

namespace {

using Json = nlohmann::json;
using Quantity = ReferencePosterior::Quantity;

Vector numbers(const Json& array) {
  const auto values = array.get<std::vector<double>>();
  return Eigen::Map<const Vector>(values.data(), static_cast<Eigen::Index>(values.size()));
}

std::function<double(const Vector&)> coordinate(Eigen::Index i) {
  return [i](const Vector& q) { return q[i]; };
}

std::function<double(const Vector&)> exponential(Eigen::Index i) {
  return [i](const Vector& q) { return std::exp(q[i]); };
}

Quantity quantity(const Json& file, const std::string& name, std::function<double(const Vector&)> of) {
  const Json& reference = file.at("reference").at("statistics").at(name);
  return {name, std::move(of), reference.at("mean"), reference.at("sd"), reference.at("mcse_mean")};
}

ReferencePosterior eight_schools(const Json& file) {
  ReferencePosterior posterior{std::make_unique<EightSchools>(EightSchools::Form::noncentred), {}};
  for (Eigen::Index j = 0; j < 8; ++j)
    posterior.quantities.push_back(quantity(file, "theta[" + std::to_string(j + 1) + "]",
                                            [j](const Vector& q) { return q[8] + std::exp(q[9]) * q[j]; }));
  posterior.quantities.push_back(quantity(file, "mu", coordinate(8)));
  posterior.quantities.push_back(quantity(file, "tau", exponential(9)));
  return posterior;
}

ReferencePosterior kidscore(const Json& file) {
  const Vector score = numbers(file.at("data").at("kid_score")), iq = numbers(file.at("data").at("mom_iq"));
  Matrix design(score.size(), 2);
  design << Vector::Ones(score.size()), iq;
  const Vector flat = Vector::Constant(2, std::numeric_limits<double>::infinity());
  ReferencePosterior posterior{std::make_unique<LinearRegression>(design, score, flat), {}};
  posterior.quantities = {quantity(file, "beta[1]", coordinate(0)), quantity(file, "beta[2]", coordinate(1)),
                          quantity(file, "sigma", exponential(2))};
  return posterior;
}

ReferencePosterior autoregression(const Json& file) {
  constexpr Eigen::Index kLags = 5;
  const Vector series = numbers(file.at("data").at("y"));
  const Eigen::Index n = series.size() - kLags;
  Matrix design(n, kLags + 1);
  design.col(0).setOnes();
  for (Eigen::Index lag = 1; lag <= kLags; ++lag) design.col(lag) = series.segment(kLags - lag, n);
  ReferencePosterior posterior{
      std::make_unique<LinearRegression>(design, series.tail(n), Vector::Constant(kLags + 1, 10.0)), {}};
  posterior.quantities.push_back(quantity(file, "alpha", coordinate(0)));
  for (Eigen::Index lag = 1; lag <= kLags; ++lag)
    posterior.quantities.push_back(quantity(file, "beta[" + std::to_string(lag) + "]", coordinate(lag)));
  posterior.quantities.push_back(quantity(file, "sigma", exponential(kLags + 1)));
  return posterior;
}

}  // namespace

std::optional<ReferencePosterior> read_posteriordb(const std::string& name) {
  const auto path = data_path("reference/posteriordb/" + name + ".json");
  if (!path) return std::nullopt;
  std::ifstream stream(*path);
  const Json file = Json::parse(stream);
  if (name == "eight_schools_noncentered") return eight_schools(file);
  if (name == "kidscore_momiq") return kidscore(file);
  if (name == "arK") return autoregression(file);
  throw std::invalid_argument("no reference posterior is named " + name);
}

}  // namespace praesepe::tests
