#pragma once

#include <cstdint>
#include <ostream>
#include <string>

#include "exhibition/core/result.hpp"
#include "property/model.hpp"
#include "support/museum.hpp"

namespace exhibition::tests {

enum class Kind : std::uint8_t {
  reserve,
  confirm,
  extend,
  cancel,
  redeem,
  undo_redeem,
  register_one,
  update,
  suspend,
  resume,
  withdraw,
  add_session,
  update_session,
  set_capacity,
  close,
  reopen,
  cancel_session,
  clock,
  pump,
  restart
};

[[nodiscard]] constexpr const char* to_string(Kind kind) {
  constexpr const char* names[] = {"reserve",        "confirm",      "extend",       "cancel",
                                   "redeem",         "undo_redeem",  "register_one", "update",
                                   "suspend",        "resume",       "withdraw",     "add_session",
                                   "update_session", "set_capacity", "close",        "reopen",
                                   "cancel_session", "clock",        "pump",         "restart"};
  return names[static_cast<std::size_t>(kind)];
}

/// One random command. What `which` and the numbers come to depends on what is there when it is
/// given, so that any part of a sequence is a sequence too, and a failing one can be made smaller.
struct Command {
  Kind kind = Kind::reserve;
  std::uint8_t which = 0;  ///< of the aggregates that are there
  std::uint8_t a = 0;
  std::uint8_t b = 0;
  std::uint8_t key = 0;  ///< idempotency key; most have none
};

inline std::ostream& operator<<(std::ostream& out, const Command& command) {
  return out << to_string(command.kind) << '(' << int{command.which} << ", " << int{command.a}
             << ", " << int{command.b} << ", key " << int{command.key} << ')';
}

/// Gives commands to a museum and to the model, and compares the answers, then everything there is.
/// A difference fails the property.
class Visitor {
 public:
  explicit Visitor(StorageKind kind);

  void give(const Command& command);
  /// Pumps until nothing is left, and checks what has to be true then.
  void finish();

 private:
  void reserve(const Command& command);
  void change_reservation(const Command& command);
  void use_voucher(const Command& command);
  void register_one(const Command& command);
  void change_exhibition(const Command& command);
  void add_session(const Command& command);
  void change_session(const Command& command);
  void pump(const PumpBudget& budget);

  void compare();
  void compare_reservations();
  void compare_sessions(const Exhibition& exhibition);
  void observe_settling(std::size_t settled);
  void observe_vouchers();

  /// What a command's idempotency key makes of it.
  struct Turn {
    CommandOptions options;
    std::string kind_and_key;
    std::string request;
    const Model::Known* known = nullptr;
  };
  [[nodiscard]] Turn turn(const Command& command, std::string request) const;
  /// Whether the answer says that the command has been applied now; fails the property if it is not
  /// what was expected.
  template <class T>
  bool is_applied(const Turn& turn, const Result<T>& answer, const Against& against);
  void remember(const Turn& turn, std::int64_t aggregate);

  /// Where the log ends.
  [[nodiscard]] Position head();

  Museum museum_;
  Model model_;
  bool may_have_changed_ = false;  // by the command that is being given
};

}  // namespace exhibition::tests
