#pragma once

#include <cstdint>
#include <mutex>
#include <random>

namespace exhibition {

/// Where random bits come from. Voucher codes are made of them, and whoever can guess a code can
/// enter.
/// Threads: implementations are called from any thread, several at once.
class RandomSource {
 public:
  virtual ~RandomSource() = default;
  /// 64 uniformly distributed bits.
  [[nodiscard]] virtual std::uint64_t bits() = 0;
};

/// The operating system's random bits, fit for secrets.
/// Threads: any.
class SystemRandom final : public RandomSource {
 public:
  [[nodiscard]] std::uint64_t bits() override {
    const std::lock_guard lock(mutex_);
    return std::uint64_t{device_()} << 32U | device_();
  }

 private:
  std::mutex mutex_;
  std::random_device device_;  // guarded by mutex_
};

/// One for everybody who does not bring their own.
[[nodiscard]] inline RandomSource& system_random() {
  static SystemRandom random;
  return random;
}

/// The same bits for the same seed, on every platform: for tests and demonstrations, never for
/// secrets.
/// Threads: any; which thread gets which bits is up to the scheduler.
class SeededRandom final : public RandomSource {
 public:
  explicit SeededRandom(std::uint64_t seed) : engine_(seed) {}

  [[nodiscard]] std::uint64_t bits() override {
    const std::lock_guard lock(mutex_);
    return engine_();
  }

 private:
  std::mutex mutex_;
  std::mt19937_64 engine_;  // guarded by mutex_
};

}  // namespace exhibition
