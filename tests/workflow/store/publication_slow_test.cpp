#include "tests/workflow/store/publishing.hpp"

namespace praesepe::tests {

TEST_F(Publishing, SurvivesManyKills) { kill_publishers(150, 2); }

}  // namespace praesepe::tests
