/// Calls of a price list elsewhere, behind all policies: what callers get while it is away, and how
/// it comes back. It needs no engine and no store, only the headers of exhibition::core.

#include <chrono>
#include <exhibition/core/result.hpp>
#include <exhibition/resilience/bulkhead.hpp>
#include <exhibition/resilience/circuit_breaker.hpp>
#include <exhibition/resilience/pipeline.hpp>
#include <exhibition/resilience/retry.hpp>
#include <exhibition/resilience/timeout.hpp>
#include <exhibition/testing/skipping_clock.hpp>
#include <iostream>
#include <string_view>

using namespace exhibition;
using namespace std::chrono_literals;

namespace {

struct Response {
  int status = 200;
  int price = 12;
};

/// In the place of a client of something remote. A real one hands the deadline on to its transport.
class PriceList {
 public:
  void go_away() { is_away_ = true; }
  void come_back() { is_away_ = false; }
  [[nodiscard]] int requests() const { return requests_; }

  Response ask(const CallContext& /*context*/) {
    ++requests_;
    return is_away_ ? Response{.status = 503, .price = 0} : Response{};
  }

 private:
  bool is_away_ = false;
  int requests_ = 0;
};

/// Its own "no", such as 404, is an answer.
Verdict by_status(const Response& response) {
  return response.status >= 500 ? Verdict::failure : Verdict::success;
}

}  // namespace

int main() {
  PriceList prices;

  // Whoever leaves the clock out has the system's; this one skips all waiting.
  testing::SkippingClock clock;
  Fallback last_known([](const FailedCall&) { return Response{.status = 203, .price = 11}; });
  Retry retry({.attempts = 2, .backoff = 50ms, .jitter = 0}, clock);
  CircuitBreaker breaker("prices", {.consecutive_failures = 5, .open_for = 5s}, clock);
  Timeout timeout(500ms, clock);
  Bulkhead bulkhead("prices", {.limit = 8}, clock);
  const Pipeline guard(last_known, retry, breaker, timeout, bulkhead);

  const auto call = [&](const CallContext& context) { return prices.ask(context); };
  const auto show = [&](std::string_view when) {
    const int before = prices.requests();
    const CallContext soon{.deadline = later(clock.now(), 2s), .clock = &clock};
    const auto response = guard.run(call, soon, by_status).value();
    std::cout << when << ": status " << response.status << ", price " << response.price << ", "
              << prices.requests() - before << " requests, breaker "
              << to_string(breaker.snapshot().state) << '\n';
  };

  show("as usual");
  prices.go_away();
  for (int visitor = 0; visitor < 4; ++visitor) show("away");

  const Pipeline without_fallback(retry, breaker, timeout, bulkhead);
  const auto refused = without_fallback.run(call, {}, by_status);
  std::cout << "without a fallback: " << to_string(refused.error().code) << ", come back in "
            << refused.error().retry_after()->count() << " ms\n";

  prices.come_back();
  clock.advance(5s);
  for (int visitor = 0; visitor < 3; ++visitor) show("back");
}
