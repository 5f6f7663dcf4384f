#pragma once

#include <cstdint>
#include <functional>
#include <mutex>
#include <variant>
#include <vector>

#include "exhibition/application/bookings.hpp"
#include "exhibition/core/result.hpp"
#include "exhibition/ports/executor.hpp"

namespace exhibition::python {

/// What comes of asynchronous commands, on its way to an event loop of Python's: the loop watches a
/// file descriptor, and so nobody who has an answer waits for the GIL.
/// Threads: any.
class Answers {
 public:
  using Answer = std::variant<Result<Reserved>, Result<Reservation>>;
  struct Numbered {
    std::uint64_t number;  ///< the command's
    Answer answer;
  };

  /// Errors: std::system_error.
  Answers();
  ~Answers();
  Answers(const Answers&) = delete;
  Answers& operator=(const Answers&) = delete;

  /// Can be read from once there are answers.
  [[nodiscard]] int descriptor() const { return reading_; }

  void put(std::uint64_t number, Answer answer);

  /// All that have come; the descriptor cannot be read from until there are more.
  [[nodiscard]] std::vector<Numbered> take();

 private:
  int reading_ = -1;
  int writing_ = -1;
  std::mutex mutex_;
  std::vector<Numbered> come_;  // guarded by mutex_
};

/// Hands answers on where they come: all they do is to go to an `Answers`.
class HandingOn final : public Executor {
 public:
  void post(std::function<void()> task) noexcept override { task(); }
};

}  // namespace exhibition::python
