#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>

#include "context.hpp"
#include "exhibition/application/command.hpp"
#include "exhibition/core/result.hpp"
#include "exhibition/domain/envelope.hpp"
#include "exhibition/ports/storage.hpp"
#include "fingerprint.hpp"

namespace exhibition {

/// One command on its way through the desk: its instant, its headers, and its idempotency key,
/// under which it is applied once. A `replay(view, id)` answers it from what is there by now.
class IdempotentCommand {
 public:
  IdempotentCommand(Context& context, std::string_view kind, const CommandOptions& options,
                    const Fingerprint& request)
      : context_(context),
        kind_(kind),
        options_(options),
        fingerprint_(request.value()),
        now_(context.clock->now()) {}

  [[nodiscard]] Instant now() const { return now_; }
  [[nodiscard]] Headers headers() const { return {options_.correlation_id, options_.actor}; }

  [[nodiscard]] NewEvent event(Event happened, std::int64_t version) const {
    return {std::move(happened), version, now_, headers()};
  }

  [[nodiscard]] bool has_key() const { return !options_.idempotency_key.empty(); }

  [[nodiscard]] Result<void> check_key() const {
    return check("idempotency_key", options_.idempotency_key);
  }
  [[nodiscard]] Result<void> check_headers() const {
    if (const auto actor = check("actor", options_.actor); !actor) return actor;
    return check("correlation_id", options_.correlation_id);
  }

  /// The answer of a command that was applied before; else none.
  template <class Replay>
  auto known(const ReadView& view, const Replay& replay) const {
    using Answer = std::invoke_result_t<const Replay&, const ReadView&, std::int64_t>;
    std::optional<Answer> answer;
    if (!has_key()) return answer;
    if (const auto known = view.keys().find(kind_, options_.idempotency_key)) {
      if (known->fingerprint == fingerprint_) {
        answer = replay(view, known->aggregate);
      } else {
        answer = Answer(refusal::IdempotencyMismatch{});
      }
    }
    return answer;
  }

  /// The answer of a command that was applied before, which `look(view)` gives, or whose options are
  /// of no use; else none. Comes first, so that nothing refuses what has been done.
  template <class Look>
  auto answered_by(Look look) const {
    std::invoke_result_t<Look&, const ReadView&> answer;
    if (const auto key = check_key(); !key) {
      answer = key.error();
    } else if (has_key()) {
      answer = read(*context_.storage, look);
    }
    if (answer) return answer;
    if (const auto headers = check_headers(); !headers) answer = headers.error();
    return answer;
  }
  template <class Replay>
  auto answered(const Replay& replay) const {
    return answered_by([&](const ReadView& view) { return known(view, replay); });
  }

  /// Gives what `use_case(unit)` gives and remembers the key with it, unless another thread or
  /// process has been here with the same key meanwhile.
  template <class Replay, class UseCase>
  auto run(UnitOfWork& unit, const Replay& replay, UseCase use_case) const
      -> std::invoke_result_t<UseCase&, UnitOfWork&> {
    if (auto before = known(unit, replay)) return *std::move(before);
    auto answer = use_case(unit);
    if (answer && has_key()) {
      unit.keys().add(kind_, options_.idempotency_key,
                      {fingerprint_, aggregate_id(*answer).value()}, now_);
    }
    return answer;
  }

  /// The same in a unit of its own.
  template <class Replay, class UseCase>
  auto apply(const Replay& replay, UseCase use_case) const {
    const Admission::Turn turn(context_.admission);
    auto answer =
        transact(*context_.storage, [&](UnitOfWork& unit) { return run(unit, replay, use_case); });
    if (answer) context_.worker.wake();
    return answer;
  }

 private:
  static Result<void> check(std::string_view field, std::string_view text) {
    if (text.size() > 255 || !is_utf8(text)) {
      return refusal::InvalidArgument{field, "must be at most 255 bytes of UTF-8"};
    }
    return {};
  }

  template <class Answer>
  static auto aggregate_id(const Answer& answer) {
    if constexpr (requires { answer.reservation.id; }) {
      return answer.reservation.id;
    } else if constexpr (requires { answer.exhibition.id; }) {
      return answer.exhibition.id;
    } else {
      return answer.id;
    }
  }

  Context& context_;
  std::string_view kind_;
  const CommandOptions& options_;
  std::uint64_t fingerprint_;
  Instant now_;
};

}  // namespace exhibition
