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

  /// The answer of a command that was applied before, or whose options are of no use; else none.
  /// Comes first, so that nothing refuses what has been done.
  template <class Replay>
  auto answered(Replay& replay) const {
    std::optional<std::invoke_result_t<Replay&, const ReadView&, std::int64_t>> answer;
    if (const auto key = check("idempotency_key", options_.idempotency_key); !key) {
      answer = key.error();
    } else if (has_key()) {
      answer =
          read(*context_.storage, [&](const ReadView& view) { return answered_in(view, replay); });
    }
    if (answer) return answer;
    if (const auto actor = check("actor", options_.actor); !actor) {
      answer = actor.error();
    } else if (const auto id = check("correlation_id", options_.correlation_id); !id) {
      answer = id.error();
    }
    return answer;
  }

  /// Runs `use_case(unit)` in a unit of work and remembers the key with it, unless another thread
  /// or process has been here with the same key meanwhile.
  template <class Replay, class UseCase>
  auto apply(Replay& replay, UseCase use_case) const {
    using Answer = std::invoke_result_t<UseCase&, UnitOfWork&>;
    const Admission::Turn turn(context_.admission);
    auto answer = transact(*context_.storage, [&](UnitOfWork& unit) -> Answer {
      if (has_key()) {
        if (auto known = answered_in(unit, replay)) return *std::move(known);
      }
      Answer done = use_case(unit);
      if (done && has_key()) {
        unit.keys().add(kind_, options_.idempotency_key,
                        {fingerprint_, aggregate_id(*done).value()}, now_);
      }
      return done;
    });
    if (answer) context_.worker.wake();
    return answer;
  }

 private:
  [[nodiscard]] bool has_key() const { return !options_.idempotency_key.empty(); }

  static Result<void> check(std::string_view field, std::string_view text) {
    if (text.size() > 255 || !is_utf8(text)) {
      return refusal::InvalidArgument{field, "must be at most 255 bytes of UTF-8"};
    }
    return {};
  }

  template <class Replay>
  auto answered_in(const ReadView& view, Replay& replay) const {
    using Answer = std::invoke_result_t<Replay&, const ReadView&, std::int64_t>;
    std::optional<Answer> answer;
    if (const auto known = view.keys().find(kind_, options_.idempotency_key)) {
      if (known->fingerprint == fingerprint_) {
        answer = replay(view, known->aggregate);
      } else {
        answer = Answer(refusal::IdempotencyMismatch{});
      }
    }
    return answer;
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
