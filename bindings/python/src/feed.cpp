#include <algorithm>
#include <array>
#include <chrono>
#include <concepts>
#include <stdexcept>
#include <string>
#include <utility>
#include <variant>

#include "bindings.hpp"
#include "callback.hpp"
#include "delivery.hpp"
#include "desk_arguments.hpp"
#include "exhibition/adapters/sqlite.hpp"
#include "exhibition/application/event_feed.hpp"
#include "exhibition/core/deadline.hpp"
#include "gil.hpp"
#include "ports.hpp"
#include "transaction.hpp"
#include "value.hpp"

namespace exhibition::python {
namespace {

using Feed = DeskOf<EventFeed>;
using Follower = Named<std::string, "follower">;

constexpr std::size_t event_types = std::variant_size_v<Event>;

/// The types of some classes of events; all of them for None.
/// Errors: TypeError naming what is no event's class.
EventTypes types_of(const py::object& classes) {
  if (classes.is_none()) return EventTypes::all();
  static const auto known = []<std::size_t... I>(std::index_sequence<I...>) {
    return std::array{std::pair{py::type::of<std::variant_alternative_t<I, Event>>().release(),
                                EventTypes::of<std::variant_alternative_t<I, Event>>()}...};
  }
  (std::make_index_sequence<event_types>{});
  EventTypes types;
  for (const auto& wanted : classes) {
    const auto found = std::find_if(known.begin(), known.end(),
                                    [&](const auto& type) { return wanted.is(type.first); });
    if (found == known.end()) {
      throw py::type_error(py::repr(wanted).cast<std::string>() + " is no class of events");
    }
    types = types | found->second;
  }
  return types;
}

/// Where a follower begins: "beginning", "now", or after a position.
using Start = Named<std::variant<std::string, Position>, "start">;

StartAt start_of(const Start& start) {
  if (const auto* position = std::get_if<Position>(&start.value)) return StartAt::after(*position);
  const auto& word = std::get<std::string>(start.value);
  if (word == "beginning") return StartAt::beginning();
  if (word == "now") return StartAt::now();
  throw Exception(
      refusal::InvalidArgument{"start", "must be \"beginning\", \"now\" or a position"});
}

struct FollowerArguments {
  py::object types;
  Start start;
  Named<std::size_t, "batch"> batch;
  Named<OnFailure, "on_failure"> on_failure;

  [[nodiscard]] FollowerOptions options() const {
    return {types_of(types), start_of(start), batch.value, on_failure.value};
  }
};

/// A handler's place among those of a type; it ends when this does.
class HeldSubscription {
 public:
  HeldSubscription(Feed feed, Subscription subscription)
      : feed_(std::move(feed)), subscription_(new Subscription(std::move(subscription))) {}
  /// In a forked child it lets everything be.
  ~HeldSubscription() {
    if (!feed_.is_of_this_process()) static_cast<void>(subscription_.release());
  }
  HeldSubscription(const HeldSubscription&) = delete;
  HeldSubscription& operator=(const HeldSubscription&) = delete;

  void close() {
    feed_.call([&](EventFeed&) { subscription_->close(); });
  }

 private:
  Feed feed_;  // which outlives it
  std::unique_ptr<Subscription> subscription_;
};

/// What has no Result to say so throws a logic_error when the engine is closed.
/// Errors: Closed.
template <class Call>
auto unless_closed(const Feed& feed, Call&& call) {
  try {
    return feed.call(call);
  } catch (const std::logic_error&) {
    value_of(feed.call([](EventFeed& events) { return events.head(); }));
    throw;
  }
}

std::unique_ptr<HeldSubscription> subscribe(const Feed& feed, const py::object& types,
                                            const py::object& handler) {
  auto subscription = unless_closed(
      feed, [&, wanted = types_of(types), call = Callback(handler)](EventFeed& events) {
        return events.on<Event>([wanted, call](const Event& event, const Envelope& envelope) {
          if (!wanted.contains(event)) return;
          call([&](const py::object& target) {
            expect_none_to_await(target.attr("call")(event, envelope));
          });
        });
      });
  return std::make_unique<HeldSubscription>(feed, std::move(subscription));
}

void project(const Feed& feed, std::string name, const std::string& file, const std::string& schema,
             const py::object& handler, const FollowerArguments& arguments,
             std::chrono::milliseconds lock_timeout) {
  const auto handle = [call = Callback(handler)](sqlite::Transaction& transaction,
                                                 const Delivery& delivery) {
    call([&](const py::object& target) {
      LentTransaction lent(transaction);
      auto* const object = &lent;
      const auto in_python = py::cast(object, py::return_value_policy::copy);
      struct EndAtTheEnd {
        LentTransaction& lent;
        ~EndAtTheEnd() { lent.end(); }
      } const end{in_python.cast<LentTransaction&>()};
      expect_none_to_await(target.attr("call")(in_python, HeldDelivery(delivery)));
    });
  };
  value_of(feed.call([&, options = arguments.options()](EventFeed& events) {
    return events.project(std::move(name),
                          sqlite::projection_file(file, schema, {.lock_timeout = lock_timeout}),
                          handle, options);
  }));
}

void follow(const Feed& feed, std::string name, const py::object& handler,
            const FollowerArguments& arguments) {
  const auto handle = [call = Callback(handler)](const Delivery& delivery) {
    call([&](const py::object& target) {
      expect_none_to_await(target.attr("call")(HeldDelivery(delivery)));
    });
  };
  const auto options = arguments.options();
  value_of(feed.call([&](EventFeed& events) {
    return events.follow(std::move(name), options.types, handle, options);
  }));
}

/// Tells Python how far a long call has come, ends it on Ctrl-C, and stops it when `stop` is set.
template <class Progress>
class Watch {
 public:
  Watch(py::object on_progress, py::object stop)
      : on_progress_(std::move(on_progress)), stop_(std::move(stop)) {}

  void operator()(const Progress& progress) {
    const WithGil gil;
    const Counted inside(CallDepth::here().callbacks);
    try {
      or_stay([&] { look(progress); });
    } catch (const py::error_already_set& raised) {
      throw RaisedInPython(raised);
    }
  }
  [[nodiscard]] std::stop_token token() {
    look_at_stop();
    return source_.get_token();
  }

 private:
  void look(const Progress& progress) {
    if (PyErr_CheckSignals() != 0) throw py::error_already_set();
    if (!on_progress_.is_none()) on_progress_(progress);
    look_at_stop();
  }
  void look_at_stop() {
    if (!stop_.is_none() && stop_.attr("is_set")().template cast<bool>()) source_.request_stop();
  }

  py::object on_progress_;
  py::object stop_;
  std::stop_source source_;
};

void bind_following(py::class_<Feed>& bound) {
  bound.def("subscribe", &subscribe, py::arg("types"), py::arg("handler"));
  bound.def(
      "project",
      [](const Feed& self, Named<std::string, "name"> name, const py::bytes& path,
         Named<std::string, "schema"> schema, const py::object& handler, py::object types,
         Start start, Named<std::size_t, "batch"> batch, Named<OnFailure, "on_failure"> on_failure,
         Named<std::chrono::milliseconds, "lock_timeout"> lock_timeout) {
        project(self, std::move(name.value), std::string(path), schema.value, handler,
                {std::move(types), std::move(start), batch, on_failure}, lock_timeout.value);
      },
      named<"name">(), py::arg("path"), py::kw_only(), named<"schema">(), py::arg("handler"),
      py::arg("types"), named<"start">(), named<"batch">(), named<"on_failure">(),
      named<"lock_timeout">());
  bound.def(
      "follow",
      [](const Feed& self, Named<std::string, "name"> name, const py::object& handler,
         py::object types, Start start, Named<std::size_t, "batch"> batch,
         Named<OnFailure, "on_failure"> on_failure) {
        follow(self, std::move(name.value), handler,
               {std::move(types), std::move(start), batch, on_failure});
      },
      named<"name">(), py::kw_only(), py::arg("handler"), py::arg("types"), named<"start">(),
      named<"batch">(), named<"on_failure">());
}

void bind_relay(py::class_<Feed>& bound) {
  bound.def(
      "relay",
      [](const Feed& self, Named<std::string, "name"> name, const py::object& dispatcher,
         const py::object& types, const Start& start) {
        std::shared_ptr<EventDispatcher> port = make_dispatcher(dispatcher);
        value_of(
            self.call([&, wanted = types_of(types), from = start_of(start)](EventFeed& events) {
              return events.relay(std::move(name.value), std::move(port), wanted, from);
            }));
      },
      named<"name">(), py::arg("dispatcher"), py::kw_only(), py::arg("types"), named<"start">());
}

/// Waits in slices, between which Ctrl-C is heard.
bool wait_beyond(const Feed& feed, Position after, std::chrono::milliseconds timeout) {
  constexpr std::chrono::milliseconds slice{100};
  for (const auto deadline = deadline_after(timeout);;) {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    const auto span = std::clamp(left, std::chrono::milliseconds{0}, slice);
    const bool is_there =
        value_of(feed.call([&](EventFeed& events) { return events.wait_beyond(after, span); }));
    if (is_there || left <= slice) return is_there;
    if (PyErr_CheckSignals() != 0) throw py::error_already_set();
  }
}

void bind_reading(py::class_<Feed>& bound) {
  bound.def("head", [](const Feed& self) {
    return value_of(self.call([](EventFeed& events) { return events.head(); }));
  });
  bound.def(
      "read",
      [](const Feed& self, Named<Position, "after"> after, const py::object& types,
         Named<std::size_t, "limit"> limit) {
        return value_of(self.call([&, wanted = types_of(types)](EventFeed& events) {
          return events.read(after.value, wanted, limit.value);
        }));
      },
      named<"after">(), py::arg("types"), named<"limit">());
  bound.def(
      "wait_beyond",
      [](const Feed& self, Named<Position, "after"> after,
         Named<std::chrono::milliseconds, "timeout"> timeout) {
        return wait_beyond(self, after.value, timeout.value);
      },
      named<"after">(), named<"timeout">());
}

void bind_running(py::class_<Feed>& bound) {
  bound.def(
      "pump",
      [](const Feed& self, Named<std::optional<std::size_t>, "max_events"> max_events,
         Named<std::optional<std::chrono::milliseconds>, "max_time"> max_time) {
        PumpBudget budget;
        if (max_events.value) budget.max_events = *max_events.value;
        if (max_time.value) budget.max_time = *max_time.value;
        return unless_closed(self, [&](EventFeed& events) { return events.pump(budget); });
      },
      py::kw_only(), named<"max_events">() = py::none(), named<"max_time">() = py::none());
  bound.def("start", [](const Feed& self) {
    unless_closed(self, [](EventFeed& events) { events.start(); });
  });
  bound.def(
      "stop",
      [](const Feed& self, Named<std::chrono::milliseconds, "drain"> drain) {
        self.call([&](EventFeed& events) { events.stop(drain.value); });
      },
      named<"drain">());
  bound.def(
      "wait_for",
      [](const Feed& self, Follower follower, Named<std::chrono::milliseconds, "timeout"> timeout) {
        return value_of(self.call(
            [&](EventFeed& events) { return events.wait_for(follower.value, timeout.value); }));
      },
      named<"follower">(), named<"timeout">());
  bound.def("status", [](const Feed& self) {
    return value_of(self.call([](EventFeed& events) { return events.status(); }));
  });
}

void bind_dead_letter_functions(py::class_<Feed>& bound) {
  def_list(
      bound, "dead_letters",
      [](const Feed& self, Follower follower, Named<std::optional<Position>, "after"> after,
         Limit limit) {
        return list_of<DeadLetter, Position>(
            self,
            [follower = std::move(follower.value)](const EventFeed& events, const auto& page) {
              return events.dead_letters(follower, page);
            },
            after, limit);
      },
      "", named<"follower">(), py::kw_only());
  bound.def(
      "retry",
      [](const Feed& self, Follower follower, const std::optional<Stream>& stream) {
        return value_of(
            self.call([&](EventFeed& events) { return events.retry(follower.value, stream); }));
      },
      named<"follower">(), py::arg("stream"));
  bound.def(
      "discard",
      [](const Feed& self, Follower follower, Named<Position, "dead_letter"> dead_letter) {
        value_of(self.call(
            [&](EventFeed& events) { return events.discard(follower.value, dead_letter.value); }));
      },
      named<"follower">(), named<"dead_letter">());
}

void bind_history_functions(py::class_<Feed>& bound) {
  bound.def(
      "rebuild",
      [](const Feed& self, Follower follower, py::object on_progress, py::object stop) {
        Watch<RebuildProgress> watch(std::move(on_progress), std::move(stop));
        const RebuildOptions options{std::ref(watch), watch.token()};
        return value_of(
            self.call([&](EventFeed& events) { return events.rebuild(follower.value, options); }));
      },
      named<"follower">(), py::kw_only(), py::arg("on_progress"), py::arg("stop"));
  bound.def(
      "cancel_rebuild",
      [](const Feed& self, Follower follower) {
        return value_of(
            self.call([&](EventFeed& events) { return events.cancel_rebuild(follower.value); }));
      },
      named<"follower">());
  bound.def(
      "prune",
      [](const Feed& self, Named<std::chrono::milliseconds, "older_than"> older_than,
         Named<std::optional<Position>, "up_to"> up_to, py::object on_progress, py::object stop) {
        Watch<PruneReport> watch(std::move(on_progress), std::move(stop));
        const PruneOptions options{older_than.value, up_to.value, std::ref(watch), watch.token()};
        return value_of(self.call([&](EventFeed& events) { return events.prune(options); }));
      },
      py::kw_only(), named<"older_than">(), named<"up_to">(), py::arg("on_progress"),
      py::arg("stop"));
  bound.def(
      "archive",
      [](const Feed& self, py::object on_progress, py::object stop) {
        Watch<ArchiveReport> watch(std::move(on_progress), std::move(stop));
        const ArchiveOptions options{std::ref(watch), watch.token()};
        return value_of(self.call([&](EventFeed& events) { return events.archive(options); }));
      },
      py::kw_only(), py::arg("on_progress"), py::arg("stop"));
  bound.def(
      "abandon",
      [](const Feed& self, Follower follower) {
        value_of(self.call([&](EventFeed& events) { return events.abandon(follower.value); }));
      },
      named<"follower">());
}

}  // namespace

void bind_feed(py::module_& module) {
  bind_paged<DeadLetter, Position>(module, "_DeadLetters");
  // Its end waits for its handler, which may wait for the GIL.
  py::class_<HeldSubscription>(module, "Subscription",
                               R"(A handler's place at EventFeed.subscribe; it ends when this does.

Threads: any; closing twice is once.)",
                               py::release_gil_before_calling_cpp_dtor())
      .def(
          "close", &HeldSubscription::close,
          "After it returns the handler is not running and will not be called again; called by the "
          "handler itself, it returns at once and this call is the handler's last.")
      .def("__enter__", [](HeldSubscription& self) -> HeldSubscription& { return self; })
      .def(
          "__exit__",
          [](HeldSubscription& self, const py::object&, const py::object&, const py::object&) {
            self.close();
          },
          py::arg("kind"), py::arg("error"), py::arg("traceback"));
  py::class_<Feed> bound(module, "_EventFeed", "Engine.events, as exhibition.EventFeed has it.");
  bind_following(bound);
  bind_relay(bound);
  bind_reading(bound);
  bind_running(bound);
  bind_dead_letter_functions(bound);
  bind_history_functions(bound);
}

}  // namespace exhibition::python
