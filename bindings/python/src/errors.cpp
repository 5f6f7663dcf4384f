#include "errors.hpp"

#include <exception>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "callback.hpp"
#include "casters.hpp"
#include "exhibition/adapters/sqlite/transaction.hpp"
#include "gil.hpp"
#include "held.hpp"

namespace exhibition::python {
namespace {

namespace py = pybind11;

/// The class of a refusal, and its facts under their names in Python: `each(name, member)`.
template <class Each>
const char* facts(refusal::NotFound& no, Each&& each) {
  each("what", no.what);
  each("id", no.id);
  return "NotFound";
}
template <class Each>
const char* facts(refusal::InvalidArgument& no, Each&& each) {
  each("field", no.field);
  each("rule", no.rule);
  each("index", no.index);
  return "InvalidArgument";
}
template <class Each>
const char* facts(refusal::IllegalTransition& no, Each&& each) {
  each("from_status", no.from);
  return "IllegalTransition";
}
template <class Each>
const char* facts(refusal::ExhibitionNotOpen&, Each&&) {
  return "ExhibitionNotOpen";
}
template <class Each>
const char* facts(refusal::SessionClosed&, Each&&) {
  return "SessionIsClosed";
}
template <class Each>
const char* facts(refusal::SessionCancelled&, Each&&) {
  return "SessionIsCancelled";
}
template <class Each>
const char* facts(refusal::SessionOver&, Each&&) {
  return "SessionOver";
}
template <class Each>
const char* facts(refusal::SalesNotOpen& no, Each&& each) {
  each("opens_at", no.opens_at);
  return "SalesNotOpen";
}
template <class Each>
const char* facts(refusal::SalesClosed&, Each&&) {
  return "SalesClosed";
}
template <class Each>
const char* facts(refusal::SoldOut& no, Each&& each) {
  each("requested", no.requested);
  each("free", no.free);
  return "SoldOut";
}
template <class Each>
const char* facts(refusal::PartyTooLarge& no, Each&& each) {
  each("max", no.max);
  return "PartyTooLarge";
}
template <class Each>
const char* facts(refusal::MemberLimit& no, Each&& each) {
  each("limit", no.limit);
  each("used", no.used);
  return "MemberLimit";
}
template <class Each>
const char* facts(refusal::HoldExpired& no, Each&& each) {
  each("at", no.at);
  return "HoldExpired";
}
template <class Each>
const char* facts(refusal::HoldMaxReached& no, Each&& each) {
  each("until", no.until);
  return "HoldMaxReached";
}
template <class Each>
const char* facts(refusal::CutoffPassed& no, Each&& each) {
  each("at", no.at);
  return "CutoffPassed";
}
template <class Each>
const char* facts(refusal::AlreadyAdmitted&, Each&&) {
  return "AlreadyAdmitted";
}
template <class Each>
const char* facts(refusal::VoucherDeactivated&, Each&&) {
  return "VoucherIsDeactivated";
}
template <class Each>
const char* facts(refusal::AlreadyRedeemed& no, Each&& each) {
  each("admits", no.admits);
  each("admitted", no.admitted);
  each("last_at", no.last_at);
  return "AlreadyRedeemed";
}
template <class Each>
const char* facts(refusal::IdempotencyMismatch&, Each&&) {
  return "IdempotencyMismatch";
}
template <class Each>
const char* facts(refusal::VersionConflict& no, Each&& each) {
  each("expected", no.expected);
  each("actual", no.actual);
  return "VersionConflict";
}
template <class Each>
const char* facts(refusal::Overloaded& no, Each&& each) {
  each("retry_after", no.retry_after);
  return "Overloaded";
}
template <class Each>
const char* facts(refusal::CircuitOpen& no, Each&& each) {
  each("state", no.state);
  each("retry_after", no.retry_after);
  return "CircuitOpen";
}
template <class Each>
const char* facts(refusal::Timeout& no, Each&& each) {
  each("retry_after", no.retry_after);
  each("callee_was_late", no.callee_was_late);
  return "TimedOut";
}
template <class Each>
const char* facts(refusal::Closed&, Each&&) {
  return "Closed";
}
template <class Each>
const char* facts(refusal::LogDiverged& no, Each&& each) {
  each("position", no.position);
  return "LogDiverged";
}
template <class Each>
const char* facts(refusal::HistoryTruncated& no, Each&& each) {
  each("position", no.position);
  each("floor", no.floor);
  return "HistoryTruncated";
}
template <class Each>
const char* facts(refusal::UnknownVersion& no, Each&& each) {
  each("position", no.position);
  each("schema_version", no.schema_version);
  return "UnknownVersion";
}
template <class Each>
const char* facts(refusal::StorageFailure& no, Each&& each) {
  each("cause", no.cause);
  each("retry_after", no.retry_after);
  return "StorageFailure";
}

/// The facts of the library are literals; those that Python makes up are kept for good, each once.
std::string_view literal(std::string text) {
  static std::mutex mutex;
  static auto* const texts = new std::set<std::string>;
  constexpr std::size_t most = 1000;
  const std::lock_guard lock(mutex);
  if (texts->size() >= most && !texts->contains(text)) return "(one of too many texts)";
  return *texts->insert(std::move(text)).first;
}

py::object errors(const char* name) { return py::module_::import("exhibition._errors").attr(name); }

/// Errors: TypeError for a fact of another type, or out of its range.
template <class T>
T fact_of(const char* error, const char* fact, const py::object& value) {
  try {
    return value.cast<T>();
  } catch (const py::cast_error&) {
  } catch (const BadValue&) {
  }
  throw py::type_error(std::string(error) + '.' + fact + " must not be " +
                       py::repr(value).cast<std::string>());
}

template <std::size_t I = 0>
std::optional<Error> error_of(const py::handle& exception) {
  if constexpr (I == std::variant_size_v<Error::Detail>) {
    return std::nullopt;
  } else {
    std::variant_alternative_t<I, Error::Detail> no{};
    const char* name = facts(no, [](const char*, const auto&) {});
    if (!py::isinstance(exception, errors(name))) return error_of<I + 1>(exception);
    facts(no, [&]<class T>(const char* fact, T& member) {
      const auto value = exception.attr(fact);
      if constexpr (std::same_as<T, std::string_view>) {
        member = literal(fact_of<std::string>(name, fact, value));
      } else if constexpr (std::same_as<T, Instant>) {
        if (!value.is_none()) member = fact_of<Instant>(name, fact, value);
      } else {
        member = fact_of<T>(name, fact, value);
      }
    });
    // What a port raises may say no more than its message.
    if constexpr (I + 1 == std::variant_size_v<Error::Detail>) {
      if (no.cause.empty()) no.cause = py::str(exception).cast<std::string>();
    }
    return no;
  }
}

void translate(std::exception_ptr thrown) {
  try {
    std::rethrow_exception(thrown);
  } catch (const RaisedInPython& raised) {
    raised.restore();
  } catch (const AwayInPython& away) {
    away.restore();
  } catch (const Exception& thrown_error) {
    raise(to_exception(thrown_error.error()));
  } catch (const BadValue& bad) {
    raise(to_exception(refusal::InvalidArgument{"value", bad.rule}));
  } catch (const PortError& failed) {
    raise(to_exception(refusal::StorageFailure{failed.what()}));
  } catch (const sqlite::StatementError& refused) {
    raise(errors("StatementError")(refused.what()));
  }
}

}  // namespace

namespace {

/// Whether they say the same, but for when to come back.
bool is_same_no(Error one, const Error& other) {
  std::visit(
      [&]<class No>(No& no) {
        if constexpr (requires { no.retry_after; }) {
          if (const auto* that = std::get_if<No>(&other.detail)) no.retry_after = that->retry_after;
        }
      },
      one.detail);
  return one == other;
}

/// The exception that a port has raised in this call, if it says what `error` says; with the hint that
/// the engine has added.
std::optional<py::object> raised_by_a_port(const Error& error) {
  auto& here = CallDepth::here();
  const auto raised = here.refusal ? to_error(here.refusal.get()) : std::nullopt;
  if (!raised || !is_same_no(*raised, error)) return std::nullopt;
  auto exception = py::reinterpret_borrow<py::object>(std::exchange(here.refusal, Held()).get());
  if (error.retry_after()) exception.attr("retry_after") = py::cast(*error.retry_after());
  return exception;
}

}  // namespace

void refuse(const Error& error) {
  raise(raised_by_a_port(error).value_or(to_exception(error)));
  throw py::error_already_set();
}

py::object to_exception(const Error& error) {
  py::dict arguments;
  auto detail = error.detail;
  const char* name = std::visit(
      [&](auto& no) {
        return facts(
            no, [&](const char* fact, const auto& member) { arguments[fact] = py::cast(member); });
      },
      detail);
  const py::object kind = errors(name);
  const auto message = py::make_tuple(error.message());
  auto* const made =
      or_stay([&] { return PyObject_Call(kind.ptr(), message.ptr(), arguments.ptr()); });
  if (!made) throw py::error_already_set();
  return py::reinterpret_steal<py::object>(made);
}

std::optional<Error> to_error(py::handle exception) { return error_of(exception); }

void register_exceptions() { py::register_local_exception_translator(&translate); }

}  // namespace exhibition::python
