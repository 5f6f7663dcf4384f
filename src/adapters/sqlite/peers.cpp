#include "peers.hpp"

#include <fcntl.h>
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

FilePeers::FilePeers(const std::filesystem::path& store) {
  auto file = store;
  file += "-lock";
  descriptor_ = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  std::random_device random;
  std::uniform_int_distribution<std::int64_t> bytes(0, std::int64_t{1} << 40U);
  for (int attempts = 8; descriptor_ >= 0; --attempts) {
    const auto byte = bytes(random);
    self_ = name_of(byte);
    if (try_lock_byte(descriptor_, byte)) return;
    if (attempts == 0 || (errno != EAGAIN && errno != EACCES)) {
      ::close(std::exchange(descriptor_, -1));
    }
  }
  throw PortError(file.string() + ": cannot be locked: " + std::strerror(errno));
}

FilePeers::~FilePeers() { ::close(descriptor_); }

Peers::Presence FilePeers::presence_of(std::string_view name) const {
  if (name == self_) return Presence::alive;
  const auto byte = byte_of(name);
  if (!byte) return Presence::gone;
  const auto is_locked = is_byte_locked(descriptor_, *byte);
  if (!is_locked) return Presence::unknown;
  return *is_locked ? Presence::alive : Presence::gone;
}

std::chrono::milliseconds FilePeers::time() const {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::steady_clock::now().time_since_epoch());
}

}  // namespace exhibition::sqlite
