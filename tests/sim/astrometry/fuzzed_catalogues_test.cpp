// Damaged files of every format: each must give a catalogue or an InputError, and never anything else. Meant to be run
// under the address sanitizer too.
#include <gtest/gtest.h>

#include "sim/astrometry/catalogue_reader.hpp"
#include "sim/astrometry/catalogue_writer.hpp"
#include "sim/astrometry/gaia_schema.hpp"
#include "sim/error.hpp"
#include "sim/random/stream.hpp"
#include "tests/support/temporary_folder.hpp"

namespace praesepe::sim::astrometry {
namespace {

using random::Stream;

std::size_t below(Stream& rng, std::size_t bound) { return static_cast<std::size_t>(rng() % bound); }

std::string damaged(std::string bytes, Stream& rng) {
  if (rng.uniform() < 0.3) bytes.resize(below(rng, bytes.size()));
  const std::size_t flips = bytes.empty() ? 0 : 1 + below(rng, 8);
  // Half of the damage goes to the first 2 kB after the primary header of FITS, where all headers are.
  for (std::size_t i = 0; i < flips; ++i) {
    const std::size_t begin = rng.uniform() < 0.5 ? std::min<std::size_t>(2880, bytes.size() / 2) : 0;
    const std::size_t length = std::min<std::size_t>(begin > 0 ? 2048 : bytes.size(), bytes.size() - begin);
    char& byte = bytes[begin + below(rng, length)];
    constexpr std::string_view kAwkward = "0123456789,\"'\n\r #-:{}[]\\DKEPA";
    byte = rng.uniform() < 0.5 ? static_cast<char>(below(rng, 256)) : kAwkward[below(rng, kAwkward.size())];
  }
  return bytes;
}

class FuzzedCatalogue : public testing::TestWithParam<const char*> {};

TEST_P(FuzzedCatalogue, IsReadOrRefused) {
  const tests::TemporaryFolder folder;
  Stream rng({.seed = 7}, random::Purpose::latents);
  Catalogue stars(40);
  for (const char* name : {"ra", "dec", "pmra", "pmra_error", "extra"}) {
    std::vector<double> values(stars.rows());
    for (double& value : values) value = rng.uniform(0.0, 90.0);
    stars.add(name, name[0] == 'p' ? "mas/yr" : "deg", values);
    stars.source_id.assign(stars.rows(), static_cast<std::int64_t>(rng() >> 1));
  }
  const auto path = folder.path() / GetParam();
  write_catalogue(path, stars);
  const std::string whole = tests::TemporaryFolder::bytes_of(path);
  int refused = 0;
  constexpr int kTimes = 300;
  for (int i = 0; i < kTimes; ++i) {
    folder.file(GetParam(), damaged(whole, rng));
    try {
      const Catalogue read = read_catalogue(path, gaia_schema());
      EXPECT_GT(read.rows(), 0U);
    } catch (const InputError& error) {
      ++refused;
      EXPECT_EQ(std::string(error.what()).find('\n'), std::string::npos) << error.what();
    }
  }
  EXPECT_GT(refused, kTimes / 20);
}

INSTANTIATE_TEST_SUITE_P(Formats, FuzzedCatalogue,
                         testing::Values("a.csv", "a.csv.gz", "a.ecsv", "a.fits", "a.fits.gz"), [](const auto& test) {
                           std::string name = test.param;
                           std::erase(name, '.');
                           return name;
                         });

}  // namespace
}  // namespace praesepe::sim::astrometry
