#include "infer/models/membership/field_choice.hpp"

#include <gtest/gtest.h>

#include <sstream>
#include <vector>

#include "infer/models/membership/membership_study.hpp"
#include "sim/error.hpp"

namespace praesepe::infer::models::membership {
namespace {

using sim::random::Purpose;
using sim::random::Stream;

/// 600 stars, 40 % cluster, the field of two Gaussians 2 and 6 mas/yr wide.
sim::astrometry::Catalogue two_fields() {
  const auto study = MembershipStudy().configured({{"model.data", std::string("proper-motions")},
                                                   {"model.cluster_motion", std::string("isotropic")},
                                                   {"field.components", 2.0}});
  Observation observation;
  for (const auto& key : study->observe_keys()) observation[key.name] = key.default_value;
  observation["stars"] = 600.0;
  Vector truth(static_cast<Eigen::Index>(study->parameters().size()));
  for (Eigen::Index i = 0; i < truth.size(); ++i) {
    const auto& parameter = study->parameters()[static_cast<std::size_t>(i)];
    truth[i] = *parameter.default_truth * (parameter.name.starts_with("field_1_sigma") ? 1.5 : 1.0);
  }
  Stream latents({4, 0, 0}, Purpose::latents), noise({4, 0, 0}, Purpose::noise);
  return study->simulate(truth, observation, latents, noise);
}

struct Row {
  double components, log_likelihood, parameters, bic, cv;
};

std::vector<Row> table(const sim::astrometry::Catalogue& catalogue, int most) {
  Stream stream({0, 0, 0}, Purpose::starts);
  std::istringstream text(field_choice_table(catalogue, most, stream));
  std::string line;
  std::getline(text, line);
  std::vector<Row> rows;
  char comma;
  while (std::getline(text, line)) {
    std::istringstream cells(line);
    Row& row = rows.emplace_back();
    cells >> row.components >> comma >> row.log_likelihood >> comma >> row.parameters >> comma >> row.bic >> comma >>
        row.cv;
  }
  return rows;
}

TEST(FieldChoice, FindsBothGaussiansOfTheFieldAndNoMore) {
  const auto rows = table(two_fields(), 3);
  ASSERT_EQ(rows.size(), 3U);
  for (const Row& row : rows) {
    EXPECT_NEAR(row.bic, row.parameters * std::log(600.0) - 2.0 * row.log_likelihood, 0.01);
    EXPECT_EQ(row.parameters, 6.0 * row.components + 5.0);  // means, covariances, weights less one
  }
  EXPECT_LT(rows[1].bic, rows[0].bic - 20.0);
  EXPECT_LT(rows[1].bic, rows[2].bic);
  EXPECT_GT(rows[1].cv, rows[0].cv);
}

TEST(FieldChoice, RefusesAHandfulOfStars) {
  sim::astrometry::Catalogue few(5);
  for (const char* name : {"pmra", "pmra_error", "pmdec", "pmdec_error"}) few.add(name, "", {1.0, 2.0, 3.0, 4.0, 5.0});
  Stream stream({0, 0, 0}, Purpose::starts);
  EXPECT_THROW(field_choice_table(few, 2, stream), InputError);
}

}  // namespace
}  // namespace praesepe::infer::models::membership
