#pragma once

#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

#include "admission.hpp"
#include "context.hpp"
#include "exhibition/core/result.hpp"
#include "exhibition/ports/storage.hpp"
#include "gate.hpp"
#include "thrown.hpp"

namespace exhibition {

/// A command that nobody waits for, as carry_out describes one, with the request that it is about. It
/// ends when its answer is on the way to the host.
template <class Command, class Request>
class Submission final : private Work {
 public:
  using Answer = typename Command::Answer;
  using Completion = std::function<void(Answer)>;

  /// `make(request, options)` gives the command.
  template <class Make>
  static void begin(Context& context, Request request, CommandOptions options, Make make,
                    Completion completion) {
    std::unique_ptr<Submission> submission(new Submission(
        context, std::move(request), std::move(options), make, std::move(completion)));
    if (!submission->stay_) return tell(std::move(submission), refusal::Closed{});
    advance(std::move(submission));
  }

 private:
  using Self = std::unique_ptr<Submission>;

  template <class Make>
  Submission(Context& context, Request request, CommandOptions options, Make& make,
             Completion completion)
      : context_(context),
        stay_(context.gate, context.helpers),
        request_(std::move(request)),
        options_(std::move(options)),
        completion_(std::move(completion)),
        command_(std::in_place, make(request_, options_)) {}

  /// On the caller's thread, where nothing waits.
  static void advance(Self self) {
    Command& command = *self->command_;
    if (const auto key = command.command().check_key(); !key)
      return tell(std::move(self), key.error());
    self->admitted_ = command.command().check_headers();
    if (self->admitted_) self->admitted_ = command.admit();
    if (!self->admitted_ && !command.command().has_key()) {
      Answer refused = self->admitted_.error();
      return tell(std::move(self), std::move(refused));
    }
    if (self->admitted_ && command.try_prepare()) return submit(std::move(self));
    self->context_.helpers.post([self = self.release()] { prepare(Self(self)); });
  }

  /// On a thread that may wait. Nothing refuses what was done before.
  static void prepare(Self self) {
    const Gate::Pass inside(self->stay_);
    std::optional<Answer> answer;
    try {
      if (self->command_->command().has_key()) {
        answer = read(*self->context_.storage,
                      [&](const ReadView& view) { return self->command_->known(view); });
      }
      if (!answer && self->admitted_) self->admitted_ = self->command_->prepare();
      if (!answer && self->admitted_) return submit(std::move(self));
      if (!answer) answer = self->admitted_.error();
    } catch (...) {
      answer = error_of(std::current_exception());
    }
    tell(std::move(self), *std::move(answer));
  }

  static void submit(Self self) {
    self->turn_.emplace(self->context_.admission);
    self->context_.storage->submit(*self);
    (void)self.release();
  }

  Result<void> run(UnitOfWork& unit) override {
    answer_.emplace(command_->run(unit));
    if (!*answer_) return answer_->error();
    return {};
  }

  void done(Result<void> outcome) noexcept override {
    Self self(this);
    Answer answer = outcome ? *std::move(answer_) : Answer(outcome.error());
    turn_.reset();
    command_->finish(answer);
    if (answer) context_.worker.wake();
    tell(std::move(self), std::move(answer));
  }

  /// The host may end the engine as soon as it hears: the stay ends after that is on its way, and
  /// nothing but itself is touched then.
  static void tell(Self self, Answer answer) {
    self->turn_.reset();
    self->command_.reset();
    if (!self->completion_) return;
    self->context_.executor->post(
        [completion = std::move(self->completion_), answer = std::move(answer)]() mutable {
          completion(std::move(answer));
        });
  }

  Context& context_;
  Gate::Stay stay_;
  Request request_;
  CommandOptions options_;
  Completion completion_;
  std::optional<Command> command_;
  std::optional<Admission::Turn> turn_;
  Result<void> admitted_;
  std::optional<Answer> answer_;
};

/// Begins the command that `make(request, options)` gives.
template <class Request, class Make, class Completion>
void begin(Context& context, Request request, CommandOptions options, Make make,
           Completion completion) {
  using Command = std::invoke_result_t<Make&, const Request&, const CommandOptions&>;
  Submission<Command, Request>::begin(context, std::move(request), std::move(options), make,
                                      std::move(completion));
}

}  // namespace exhibition
