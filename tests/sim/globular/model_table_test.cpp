// The text of `praesepe model globular`: layout, and digits that read back exactly.
#include "sim/globular/model_table.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <sstream>

#include "sim/error.hpp"

namespace praesepe::sim::globular {
namespace {

std::vector<std::string> lines(const std::string& text) {
  std::vector<std::string> result;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) result.push_back(line);
  return result;
}

std::vector<double> numbers(const std::string& row) {
  std::vector<double> result;
  std::istringstream stream(row);
  for (std::string cell; std::getline(stream, cell, ',');) result.push_back(std::stod(cell));
  return result;
}

TEST(ModelTable, ListsTheQuantitiesThenTheProfiles) {
  const GlobularModel model({5.0, 2.0, 1e5, 3.0}, 0.004302);
  const std::vector<double> radii{0.0, 1.5};
  const auto text = lines(model_table(model, radii));
  ASSERT_EQ(text.size(), 12U);
  const char* names[] = {"rt", "rh", "rv", "r0", "A", "s2", "phi_0", "rho_0", "v2_1d_0"};
  for (std::size_t i = 0; i < 9; ++i) EXPECT_EQ(text[i].rfind(std::string("# ") + names[i] + " = ", 0), 0U) << text[i];
  EXPECT_EQ(std::stod(text[0].substr(7)), model.edge_radius());
  EXPECT_EQ(text[9], "r,phi,rho,v2,mass,Sigma,v2p");
  const auto row = numbers(text[11]);
  ASSERT_EQ(row.size(), 7U);
  EXPECT_EQ(row[0], 1.5);
  EXPECT_EQ(row[1], model.potential(1.5));
  EXPECT_EQ(row[2], model.density(1.5));
  EXPECT_EQ(row[3], model.mean_square_velocity(1.5));
  EXPECT_EQ(row[4], model.mass_inside(1.5));
  EXPECT_EQ(row[5], model.surface_density(1.5));
  EXPECT_EQ(row[6], model.line_of_sight_dispersion2(1.5));
}

TEST(ModelTable, CoversTheClusterByDefault) {
  const GlobularModel model({8.0, 1.6, 1e6, 9.0});
  const auto radii = default_radii(model);
  ASSERT_EQ(radii.size(), 101U);
  EXPECT_EQ(radii.front(), 0.0);
  EXPECT_EQ(radii.back(), model.edge_radius());
  for (std::size_t i = 1; i < radii.size(); ++i) EXPECT_LT(radii[i - 1], radii[i]);
}

TEST(ModelTable, TabulatesTheDistributionFunction) {
  const GlobularModel model({5.0, 2.0, 1e5, 3.0});
  const std::vector<double> r{1.0, 2.0, 1000.0};
  const std::vector<double> v{3.0, 0.0, 1.0};
  const auto text = lines(df_table(model, r, v));
  ASSERT_EQ(text.size(), 4U);
  EXPECT_EQ(text[0], "r,v,ln_f,ln_f_over_M,ln_f_marginal_over_M");
  const auto row = numbers(text[1]);
  EXPECT_EQ(row[2], model.log_df(1.0, 3.0));
  EXPECT_EQ(row[3], model.log_probability(1.0, 3.0));
  EXPECT_EQ(row[4], model.log_marginal_probability(1.0, 3.0));
  EXPECT_EQ(text[3], "1000,1,-inf,-inf,-inf");
}

TEST(ModelTable, RefusesRadiiAndSpeedsThatAreNone) {
  const GlobularModel model({5.0, 2.0, 1e5, 3.0});
  const std::vector<double> good{1.0, 1.0};
  const std::vector<double> bad{1.0, -1.0};
  const std::vector<double> missing{std::nan(""), 1.0};
  EXPECT_THROW(model_table(model, bad), InputError);
  EXPECT_THROW(df_table(model, good, bad), InputError);
  EXPECT_THROW(df_table(model, missing, good), InputError);
  EXPECT_THROW(df_table(model, good, std::vector<double>{1.0}), InputError);
}

}  // namespace
}  // namespace praesepe::sim::globular
