#include "peers.hpp"

#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstring>
#include <optional>
#include <random>
#include <utility>

#include "byte_lock.hpp"
#include "exhibition/core/error.hpp"

namespace exhibition::sqlite {
namespace {

/// "gallery-1 4711 5b1f03c2a9": the host, the process, and its byte in hexadecimal.
std::string name_of(std::int64_t byte) {
  std::array<char, 256> host{};
  if (::gethostname(host.data(), host.size() - 1) != 0) host = {"unknown"};
  std::array<char, 16> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), byte, 16).ptr;
  return std::string(host.data()) + ' ' + std::to_string(::getpid()) + ' ' +
         std::string(digits.data(), end);
}

std::optional<std::int64_t> byte_of(std::string_view name) {
  const auto blank = name.rfind(' ');
  if (blank == std::string_view::npos) return std::nullopt;
  const auto digits = name.substr(blank + 1);
  std::int64_t byte = 0;
  const auto [end, failure] =
      std::from_chars(digits.data(), digits.data() + digits.size(), byte, 16);
  if (failure != std::errc{} || end != digits.data() + digits.size() || byte < 0) {
    return std::nullopt;
  }
  return byte;
}

}  // namespace

FilePeers::FilePeers(const std::filesystem::path& store) : file_(store) {
  std::random_device random;
  std::uniform_int_distribution<std::int64_t> bytes(0, std::int64_t{1} << 40U);
  for (int attempts = 8;; --attempts) {
    const auto byte = bytes(random);
    self_ = name_of(byte);
    if (try_lock_byte(file_.descriptor(), byte)) return;
    if (attempts == 0 || (errno != EAGAIN && errno != EACCES)) {
      throw PortError(file_.path().string() + ": cannot be locked: " + std::strerror(errno));
    }
  }
}

Peers::Presence FilePeers::presence_of(std::string_view name) const {
  if (name == self_) return Presence::alive;
  const auto byte = byte_of(name);
  if (!byte) return Presence::gone;
  const auto is_locked = is_byte_locked(file_.descriptor(), *byte);
  if (!is_locked) return Presence::unknown;
  return *is_locked ? Presence::alive : Presence::gone;
}

std::chrono::milliseconds FilePeers::time() const {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::steady_clock::now().time_since_epoch());
}

}  // namespace exhibition::sqlite
