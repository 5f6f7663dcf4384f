#pragma once

#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>

#include "exhibition/application/event_feed.hpp"
#include "exhibition/core/clock.hpp"
#include "exhibition/core/random.hpp"
#include "exhibition/ports/event_dispatcher.hpp"
#include "exhibition/ports/my_pages.hpp"
#include "exhibition/ports/storage.hpp"
#include "id_source.hpp"
#include "my_page_projection.hpp"
#include "settler.hpp"
#include "voucher_policy.hpp"

namespace exhibition {

/// Runs everything that follows the log, one after the other, on the thread that asks for it.
/// Threads: any; one runs at a time and the others wait their turn, with no lock held while
/// handlers run.
class Pump {
 public:
  using OnError = std::function<void(const Envelope&, std::exception_ptr)>;

  Pump(Storage& storage, MyPages& pages, IdSource& ids, const Clock& clock, RandomSource& random,
       EventDispatcher& dispatcher, OnError on_subscriber_error)
      : storage_(storage),
        clock_(clock),
        dispatcher_(dispatcher),
        on_subscriber_error_(std::move(on_subscriber_error)),
        settler_(storage),
        vouchers_(storage, ids, random),
        my_page_(storage, pages) {}

  PumpReport run(const PumpBudget& budget);

  /// Errors: PortError.
  Subscription subscribe(EventDispatcher::Handler handler);

 private:
  class Turn;

  void deliver(Position until, std::size_t at_most, PumpReport& report);
  [[nodiscard]] Position head() const;
  void report_error(const Envelope& envelope, std::exception_ptr error) const noexcept;

  const Storage& storage_;
  const Clock& clock_;
  EventDispatcher& dispatcher_;
  OnError on_subscriber_error_;
  Settler settler_;
  VoucherPolicy vouchers_;
  MyPageProjection my_page_;

  std::mutex mutex_;
  std::condition_variable turn_ended_;
  std::thread::id runner_;             // guarded by mutex_; nobody's while none runs
  std::optional<Position> delivered_;  // guarded by mutex_; none before the first subscription
};

}  // namespace exhibition
