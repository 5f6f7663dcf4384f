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

#ifdef F_OFD_SETLK

struct flock one_byte(std::int64_t byte) {
  struct flock lock {};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  lock.l_start = byte;
  lock.l_len = 1;
  return lock;
}

bool try_lock(int descriptor, std::int64_t byte) {
  auto lock = one_byte(byte);
  return ::fcntl(descriptor, F_OFD_SETLK, &lock) == 0;
}

Peers::Presence presence_at(int descriptor, std::int64_t byte) {
  auto lock = one_byte(byte);
  if (::fcntl(descriptor, F_OFD_GETLK, &lock) != 0) return Peers::Presence::unknown;
  return lock.l_type == F_UNLCK ? Peers::Presence::gone : Peers::Presence::alive;
}

#else

bool try_lock(int, std::int64_t) { return true; }

Peers::Presence presence_at(int, std::int64_t) { return Peers::Presence::unknown; }

#endif

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
    if (try_lock(descriptor_, byte)) return;
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
  return byte ? presence_at(descriptor_, *byte) : Presence::gone;
}

std::chrono::milliseconds FilePeers::time() const {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::steady_clock::now().time_since_epoch());
}

}  // namespace exhibition::sqlite
