#pragma once

#include <utility>

#include "admission.hpp"
#include "context.hpp"
#include "exhibition/core/result.hpp"
#include "exhibition/ports/storage.hpp"

namespace exhibition {

/// Takes a command through the desk, and waits for its end. A command says
///
///     command()      its key and its headers
///     known(view)    the answer of one that was applied before, which nothing may refuse; else none
///     admit()        refuses what needs no store to be refused, and who would only wait
///     prepare()      gets what it needs in its unit, and may wait for that
///     try_prepare()  the same if nothing has to be waited for; else false
///     run(unit)      what it does in its unit
///     finish(answer) hears of the end
///
/// `make()` gives it, inside the gate.
template <class Make>
auto carry_out(Context& context, Make make) {
  using Answer = typename decltype(make())::Answer;
  return at_the_desk(context, [&]() -> Answer {
    auto command = make();
    auto answered =
        command.command().answered_by([&](const ReadView& view) { return command.known(view); });
    if (answered) return *std::move(answered);
    if (const auto admitted = command.admit(); !admitted) return admitted.error();
    if (const auto prepared = command.prepare(); !prepared) return prepared.error();
    const Admission::Turn turn(context.admission);
    auto answer =
        transact(*context.storage, [&](UnitOfWork& unit) -> Answer { return command.run(unit); });
    command.finish(answer);
    if (answer) context.worker.wake();
    return answer;
  });
}

}  // namespace exhibition
