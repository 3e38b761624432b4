#include "workflow/store/checksum.hpp"

#include "tests/workflow/store/example_results.hpp"

namespace praesepe::tests {

using namespace workflow::store;

TEST(Checksum, AgreesWithThePublishedExamples) {  // FIPS 180-4, examples of NIST
  EXPECT_EQ(sha256(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(sha256("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

using Seal = InFolder;

TEST_F(Seal, HoldsUntilAnyByteChanges) {
  const auto path = folder_ / "file";
  write_bytes(path, "some bytes");
  EXPECT_FALSE(has_seal(path));
  expect_refusal([&] { check_seal(path); }, {path.string(), "does not end with its checksum"});
  const std::string whole = sealed("some bytes");
  write_bytes(path, whole);
  EXPECT_NO_THROW(check_seal(path));
  for (std::size_t i = 0; i < whole.size(); ++i) {
    std::string changed = whole;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    write_bytes(path, changed);
    EXPECT_THROW(check_seal(path), InputError) << "byte " << i;
  }
}

}  // namespace praesepe::tests
