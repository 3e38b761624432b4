// SHA-256 of files and texts, as 64 hexadecimal digits (FIPS 180-4, by OpenSSL's libcrypto).
//
// A sealed file ends with one line of text that holds the checksum of all bytes before it. HDF5 ignores bytes behind
// its own end of file, so a sealed HDF5 file opens everywhere, and file and checksum appear under a name in one step.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace praesepe::workflow::store {

std::string sha256(std::string_view text);
std::string sha256_of_file(const std::filesystem::path& path);

/// The bytes and their seal.
std::string sealed(std::string bytes);

/// Throws InputError if the file cannot be read, has no seal (cut short, or never sealed) or has changed since.
void check_seal(const std::filesystem::path& path);

/// Whether the file ends like a sealed one.
bool has_seal(const std::filesystem::path& path);

}  // namespace praesepe::workflow::store
