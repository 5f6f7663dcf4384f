#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "exhibition/ports/archive.hpp"
#include "exhibition/testing/faulty_storage/steps.hpp"

namespace exhibition::testing {

/// An archive each of whose calls is a step; `archive.acknowledge` is the one after events are in
/// it.
class FaultyArchive final : public Archive {
 public:
  FaultyArchive(std::unique_ptr<Archive> inside, Steps& steps)
      : inside_(std::move(inside)), steps_(steps) {}

  [[nodiscard]] std::optional<Position> end(std::string_view log) const override {
    steps_.take({StepKind::query, "archive.end"});
    return inside_->end(log);
  }
  void append(std::string_view log, std::span<const ArchivedEvent> events) override {
    steps_.take({StepKind::commit, "archive.append"});
    inside_->append(log, events);
    steps_.take({StepKind::acknowledge, "archive.acknowledge"});
  }
  [[nodiscard]] std::vector<ArchivedEvent> read(std::string_view log, Position after,
                                                std::size_t limit) const override {
    steps_.take({StepKind::query, "archive.read"});
    return inside_->read(log, after, limit);
  }

 private:
  std::unique_ptr<Archive> inside_;
  Steps& steps_;
};

}  // namespace exhibition::testing
