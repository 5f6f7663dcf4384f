#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "support/museum.hpp"

/// Every command of the desks, and a museum that has something for each of them to do.

namespace exhibition::tests {

/// What the commands are about.
struct Setting {
  Shown shown;      ///< with all of the reservations
  Shown other;      ///< open as well
  Shown suspended;  ///< and its session is closed
  Shown another;    ///< suspended and closed as well
  ReservationId held;
  ReservationId also_held;
  ReservationId confirmed;
  std::string code;        ///< of a voucher for two, one of whom is in
  std::string other_code;  ///< of another one like it
};

[[nodiscard]] inline Setting set_up(Museum& museum) {
  Setting made;
  for (auto* each : {&made.shown, &made.other, &made.suspended, &made.another}) {
    *each = museum.register_one();
  }
  for (const auto& each : {made.suspended, made.another}) {
    museum.catalogue().suspend(each.exhibition).value();
    museum.catalogue().close(each.session).value();
  }
  made.held = museum.hold(made.shown.session, "held").id;
  made.also_held = museum.hold(made.shown.session, "also held").id;
  made.confirmed = museum.reserve(made.shown.session, "confirmed").id;
  made.code = museum.voucher_of(museum.reserve(made.shown.session, "at the gate", 2).id).code;
  made.other_code = museum.voucher_of(museum.reserve(made.shown.session, "behind", 2).id).code;
  for (const auto& code : {made.code, made.other_code}) museum.vouchers().redeem(code).value();
  return made;
}

/// Which of two requests of one kind to send.
enum class Request : std::uint8_t { usual, another };

/// A command; it gives the id of what it makes or changes.
struct AnyCommand {
  std::string name;
  std::function<Result<std::int64_t>(Engine&, const Setting&, Request, const CommandOptions&)> send;
};

template <class T>
[[nodiscard]] Result<std::int64_t> id_of(const Result<T>& answer) {
  if (!answer) return answer.error();
  if constexpr (requires { answer->reservation.id; }) {
    return answer->reservation.id.value();
  } else if constexpr (requires { answer->exhibition.id; }) {
    return answer->exhibition.id.value();
  } else {
    return answer->id.value();
  }
}

/// `request(desk, setting, is_another, options)` as a command.
template <auto desk, class Send>
[[nodiscard]] AnyCommand command(std::string name, Send request) {
  return {std::move(name), [request](Engine& engine, const Setting& here, Request which,
                                     const CommandOptions& options) {
            return id_of(request((engine.*desk)(), here, which == Request::another, options));
          }};
}

[[nodiscard]] inline std::vector<AnyCommand> exhibition_commands() {
  using Here = const Setting&;
  using Options = const CommandOptions&;
  constexpr auto desk = &Engine::catalogue;
  return {
      command<desk>("register_exhibition",
                    [](Catalogue& to, Here, bool another, Options options) {
                      return to.register_exhibition(
                          {.title = another ? "Manet" : "Picasso",
                           .sessions = {{.starts_at = ten}, {.starts_at = eleven}}},
                          options);
                    }),
      command<desk>("update",
                    [](Catalogue& to, Here here, bool another, Options options) {
                      return to.update(here.shown.exhibition,
                                       {.title = another ? "Manet" : "Picasso"}, options);
                    }),
      command<desk>("suspend",
                    [](Catalogue& to, Here here, bool another, Options options) {
                      return to.suspend((another ? here.other : here.shown).exhibition, options);
                    }),
      command<desk>("resume",
                    [](Catalogue& to, Here here, bool another, Options options) {
                      return to.resume((another ? here.another : here.suspended).exhibition,
                                       options);
                    }),
      command<desk>("withdraw",
                    [](Catalogue& to, Here here, bool another, Options options) {
                      return to.withdraw((another ? here.other : here.shown).exhibition, options);
                    }),
  };
}

[[nodiscard]] inline std::vector<AnyCommand> session_commands() {
  using Here = const Setting&;
  using Options = const CommandOptions&;
  constexpr auto desk = &Engine::catalogue;
  return {
      command<desk>("add_session",
                    [](Catalogue& to, Here here, bool another, Options options) {
                      return to.add_session(here.shown.exhibition,
                                            {.starts_at = another ? ten : eleven}, options);
                    }),
      command<desk>("update_session",
                    [](Catalogue& to, Here here, bool another, Options options) {
                      return to.update_session(here.shown.session,
                                               {.times = {another ? morning : eleven}}, options);
                    }),
      command<desk>("set_capacity",
                    [](Catalogue& to, Here here, bool another, Options options) {
                      return to.set_capacity(here.shown.session, another ? 30 : 3, options);
                    }),
      command<desk>("close",
                    [](Catalogue& to, Here here, bool another, Options options) {
                      return to.close((another ? here.other : here.shown).session, options);
                    }),
      command<desk>("reopen",
                    [](Catalogue& to, Here here, bool another, Options options) {
                      return to.reopen((another ? here.another : here.suspended).session, options);
                    }),
      command<desk>("cancel_session",
                    [](Catalogue& to, Here here, bool another, Options options) {
                      return to.cancel_session((another ? here.other : here.shown).session,
                                               options);
                    }),
  };
}

[[nodiscard]] inline std::vector<AnyCommand> reservation_commands() {
  using Here = const Setting&;
  using Options = const CommandOptions&;
  constexpr auto desk = &Engine::bookings;
  return {
      command<desk>("reserve",
                    [](Bookings& to, Here here, bool another, Options options) {
                      return to.reserve(
                          {.session = here.shown.session, .member = another ? "one" : "other"},
                          options);
                    }),
      command<desk>("confirm",
                    [](Bookings& to, Here here, bool another, Options options) {
                      return to.confirm(another ? here.also_held : here.held, options);
                    }),
      command<desk>("extend",
                    [](Bookings& to, Here here, bool another, Options options) {
                      return to.extend(here.held, another ? 2min : 1min, options);
                    }),
      command<desk>("cancel",
                    [](Bookings& to, Here here, bool another, Options options) {
                      return to.cancel(here.confirmed,
                                       another ? Canceller::organiser : Canceller::member, options);
                    }),
  };
}

[[nodiscard]] inline std::vector<AnyCommand> voucher_commands() {
  using Here = const Setting&;
  using Options = const CommandOptions&;
  constexpr auto desk = &Engine::vouchers;
  return {
      command<desk>("redeem",
                    [](VoucherDesk& to, Here here, bool another, Options options) {
                      return to.redeem(here.code, {.gate = another ? "east" : "west"}, options);
                    }),
      command<desk>("undo_redeem",
                    [](VoucherDesk& to, Here here, bool another, Options options) {
                      return to.undo_redeem(another ? here.other_code : here.code, options);
                    }),
  };
}

/// All that take CommandOptions.
[[nodiscard]] inline std::vector<AnyCommand> every_command() {
  auto all = exhibition_commands();
  for (const auto& more : {session_commands(), reservation_commands(), voucher_commands()}) {
    all.insert(all.end(), more.begin(), more.end());
  }
  return all;
}

}  // namespace exhibition::tests
