// The tables by which the model is judged: what stands in them, and that the model passes.
#include "sim/globular/model_checks.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <sstream>
#include <vector>

#include "sim/error.hpp"
#include "sim/globular/virial_boundary.hpp"

namespace praesepe::sim::globular {
namespace {

std::vector<std::vector<std::string>> rows(const std::string& text, const std::string& header) {
  std::vector<std::vector<std::string>> result;
  std::istringstream stream(text);
  std::string line;
  while (std::getline(stream, line) && line[0] == '#') {
  }
  EXPECT_EQ(line, header);
  while (std::getline(stream, line)) {
    std::istringstream cells(line);
    result.emplace_back();
    for (std::string cell; std::getline(cells, cell, ',');) result.back().push_back(cell);
  }
  return result;
}

TEST(ModelChecks, TabulateTheVirialRatioOnBothSidesOfTheBound) {
  std::size_t models = 0;
  for (const auto& row : rows(virial_table(), "phi0,g,virial_ratio,F_b")) {
    const double phi0 = std::stod(row[0]), g = std::stod(row[1]), ratio = std::stod(row[2]);
    EXPECT_EQ(std::stod(row[3]), virial_boundary(phi0).value);
    if (g <= virial_boundary(phi0).value) {
      EXPECT_GT(ratio, kVirialRatioBound) << phi0 << " " << g;
      EXPECT_LT(ratio, 1.4) << phi0 << " " << g;
    }
    ++models;
  }
  EXPECT_EQ(models, 147U * 175U);
}

TEST(ModelChecks, FindTheDistributionFunctionOfInferenceCloseToThePreciseOne) {
  for (const GlobularParameters& parameters :
       {GlobularParameters{5.0, 2.0, 1e5, 3.0}, GlobularParameters{13.9, 0.1, 1e6, 9.0}}) {
    std::map<std::string, int> points;
    const GlobularModel model(parameters);
    for (const auto& row : rows(accuracy_table(parameters), "cut,r,v,ln_f,ln_f_precise")) {
      const double r = std::stod(row[1]), v = std::stod(row[2]), precise = std::stod(row[4]);
      ++points[row[0]];
      EXPECT_NEAR(std::stod(row[3]), precise, 1e-5) << row[0] << " " << r << " " << v;
      EXPECT_NEAR(model.log_df(r, v), precise, 1e-6) << row[0] << " " << r << " " << v;
    }
    EXPECT_EQ(points["speed"], 200);
    EXPECT_EQ(points["radius"], 200);
  }
}

TEST(ModelChecks, RefuseModelsWithoutAnEdge) {
  EXPECT_THROW(accuracy_table({10.0, 3.0, 1e5, 3.0}), InputError);
  EXPECT_THROW(accuracy_table({5.0, 2.0, -1.0, 3.0}), InputError);
}

}  // namespace
}  // namespace praesepe::sim::globular
