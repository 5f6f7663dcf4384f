#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <semaphore>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace exhibition::tests {

/// Runs a few threads in every order in which their steps can come. A step ends where its thread
/// calls `pause`, or is done; one thread runs at a time, so what they share needs no lock.
class Interleavings {
 public:
  using Body = std::function<void()>;

  explicit Interleavings(std::size_t threads) {
    for (std::size_t i = 0; i < threads; ++i) workers_.push_back(std::make_unique<Worker>());
  }
  ~Interleavings() {
    for (auto& worker : workers_) {
      worker->body = nullptr;
      worker->go.release();
    }
  }
  Interleavings(const Interleavings&) = delete;
  Interleavings& operator=(const Interleavings&) = delete;

  /// Ends a step of the calling thread, if it is one of these.
  static void pause() {
    if (auto* worker = own()) worker->pause();
  }

  /// For each order: has `begin()` give what the threads do, as many as there are, and calls
  /// `end(order)` when they have. Gives the number of orders; stops early when `end` gives false.
  template <class Begin, class End>
  std::size_t explore(Begin begin, End end) {
    choices_.clear();
    std::size_t orders = 0;
    do {
      run(begin());
      ++orders;
      if (!end(order())) return orders;
    } while (next());
    return orders;
  }

 private:
  class Worker {
   public:
    Body body;
    bool is_done = true;
    std::binary_semaphore go{0};
    std::binary_semaphore has_paused{0};

    void pause() {
      has_paused.release();
      go.acquire();
    }

   private:
    void work() {
      own() = this;
      for (;;) {
        go.acquire();
        if (!body) return;
        body();
        is_done = true;
        has_paused.release();
      }
    }
    std::jthread thread_{[this] { work(); }};  // the last: it uses the others
  };

  /// Which of the threads that were not done took the step.
  struct Choice {
    std::size_t taken = 0;
    std::size_t of = 0;
    std::size_t thread = 0;
  };

  static Worker*& own() {
    thread_local Worker* worker = nullptr;
    return worker;
  }

  /// The choices that are there already, then always the first.
  void run(std::vector<Body> bodies) {
    for (std::size_t i = 0; i < workers_.size(); ++i) {
      workers_[i]->body = std::move(bodies.at(i));
      workers_[i]->is_done = false;
    }
    for (std::size_t depth = 0;; ++depth) {
      std::vector<std::size_t> running;
      for (std::size_t i = 0; i < workers_.size(); ++i) {
        if (!workers_[i]->is_done) running.push_back(i);
      }
      if (running.empty()) return;
      if (depth == choices_.size()) choices_.push_back({});
      auto& choice = choices_[depth];
      choice.of = running.size();
      choice.thread = running.at(choice.taken);
      auto& worker = *workers_[choice.thread];
      worker.go.release();
      worker.has_paused.acquire();
    }
  }

  bool next() {
    while (!choices_.empty() && choices_.back().taken + 1 == choices_.back().of)
      choices_.pop_back();
    if (choices_.empty()) return false;
    ++choices_.back().taken;
    return true;
  }

  [[nodiscard]] std::string order() const {
    std::string threads = "the order of the steps: ";
    for (const auto& choice : choices_) threads += std::to_string(choice.thread);
    return threads;
  }

  std::vector<std::unique_ptr<Worker>> workers_;
  std::vector<Choice> choices_;
};

}  // namespace exhibition::tests
