#include "workflow/store/checksum.hpp"

#include <fmt/core.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <fstream>
#include <memory>
#include <system_error>
#include <vector>

#include "sim/error.hpp"

namespace praesepe::workflow::store {

namespace {

constexpr std::string_view kSealBegin = "\npraesepe sha256 ";
constexpr std::size_t kDigits = 64;
constexpr std::size_t kSealSize = kSealBegin.size() + kDigits + 1;  // and a newline

class Digest {
 public:
  Digest() : context_(EVP_MD_CTX_new(), EVP_MD_CTX_free) {
    if (context_ == nullptr || EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr) != 1)
      throw InternalError("SHA-256 is not available from libcrypto");
  }
  void add(std::string_view bytes) {
    if (EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()) != 1) throw InternalError("SHA-256 failed");
  }
  std::string hexadecimal() {
    std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
    unsigned size = 0;
    if (EVP_DigestFinal_ex(context_.get(), bytes.data(), &size) != 1) throw InternalError("SHA-256 failed");
    std::string text;
    for (unsigned i = 0; i < size; ++i) text += fmt::format("{:02x}", bytes[i]);
    return text;
  }

 private:
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context_;
};

std::ifstream open(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw InputError(path.string() + ": cannot be read");
  return file;
}

/// SHA-256 of the first `size` bytes.
std::string sha256_of_front(const std::filesystem::path& path, std::uintmax_t size) {
  auto file = open(path);
  Digest digest;
  std::vector<char> buffer(std::size_t{1} << 16);
  while (size > 0) {
    const auto wanted = static_cast<std::streamsize>(std::min<std::uintmax_t>(size, buffer.size()));
    if (!file.read(buffer.data(), wanted)) throw InputError(path.string() + ": cannot be read to its end");
    digest.add({buffer.data(), static_cast<std::size_t>(wanted)});
    size -= static_cast<std::uintmax_t>(wanted);
  }
  return digest.hexadecimal();
}

/// The seal's checksum, or nothing.
std::string read_seal(const std::filesystem::path& path) {
  auto file = open(path);
  if (std::filesystem::file_size(path) < kSealSize) return {};
  std::string line(kSealSize, '\0');
  file.seekg(-static_cast<std::streamoff>(kSealSize), std::ios::end);
  if (!file.read(line.data(), static_cast<std::streamsize>(line.size()))) return {};
  if (!line.starts_with(kSealBegin) || line.back() != '\n') return {};
  return line.substr(kSealBegin.size(), kDigits);
}

}  // namespace

std::string sha256(std::string_view text) {
  Digest digest;
  digest.add(text);
  return digest.hexadecimal();
}

std::string sha256_of_file(const std::filesystem::path& path) {
  return sha256_of_front(path, std::filesystem::file_size(path));
}

std::string sealed(std::string bytes) {
  const std::string checksum = sha256(bytes);
  bytes += kSealBegin;
  return bytes + checksum + '\n';
}

void check_seal(const std::filesystem::path& path) {
  const std::string expected = read_seal(path);
  if (expected.empty())
    throw InputError(path.string() +
                     ": does not end with its checksum: cut short, or not a shard. "
                     "Remove it and run the campaign again to compute this task anew.");
  if (sha256_of_front(path, std::filesystem::file_size(path) - kSealSize) != expected)
    throw InputError(path.string() +
                     ": its bytes do not match their checksum: the file was damaged. "
                     "Remove it and run the campaign again to compute this task anew.");
}

bool has_seal(const std::filesystem::path& path) { return !read_seal(path).empty(); }

}  // namespace praesepe::workflow::store
