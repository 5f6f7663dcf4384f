#include "kill_points.hpp"

#include <signal.h>
#include <unistd.h>

#include <array>

namespace exhibition::tests {
namespace {

constexpr auto points = std::to_array<KillPoint>({
    {"command", "log.append"},
    {"command", "commit"},
    {"command", "acknowledge"},
    {"command", "wake"},
    {"voucher-desk", "log.append"},
    {"voucher-desk", "followers.save"},
    {"voucher-desk", "commit"},
    {"voucher-desk", "acknowledge"},
    {"my-page", "my_pages.save"},
    {"my-page", "followers.save", true},
    {"my-page", "my_pages.commit", true},
    {"my-page", "my_pages.acknowledge", true},
    {"my-page", "my_pages.anew", false, Doing::rebuilding},
    {"my-page", "projection.take_place", false, Doing::rebuilding},
    {"my-page", "projection.in_place", false, Doing::rebuilding},
    {"journal", "projection.acknowledge"},
    {"journal", "handler.middle"},
    {"journal", "handler.end"},
    {"journal", "followers.save", true},
    {"journal", "projection.commit", true},
    {"journal", "projection.acknowledge", true},
    {"journal", "projection.anew", false, Doing::rebuilding},
    {"journal", "handler.replaying", false, Doing::rebuilding},
    {"journal", "projection.take_place", false, Doing::rebuilding},
    {"journal", "projection.in_place", false, Doing::rebuilding},
    {"mailer", "consumers.acknowledge"},
    {"mailer", "handler.middle"},
    {"mailer", "handler.end"},
    {"mailer", "followers.save", true},
    {"mailer", "consumers.commit", true},
    {"mailer", "consumers.acknowledge", true},
    {"prune", "followers.save", false, Doing::forgetting},
    {"prune", "archive.append", false, Doing::forgetting},
    {"prune", "archive.acknowledge", false, Doing::forgetting},
    {"prune", "log.forget", false, Doing::forgetting},
    {"prune", "commit", false, Doing::forgetting},
    {"prune", "acknowledge", false, Doing::forgetting},
});

thread_local std::string_view role = "voucher-desk";

}  // namespace

std::string to_string(const KillPoint& point) {
  return std::string(point.who) + ": " + std::string(point.step) +
         (point.handled ? " after its handler" : "");
}

std::span<const KillPoint> kill_points() { return points; }

void Killer::aim(const KillPoint& point, std::size_t hit) {
  aim_ = &point;
  left_ = hit;
}

void Killer::pass(const KillPoint& point) {
  if (left_ == 0 || point.who != aim_->who || point.step != aim_->step ||
      point.handled != aim_->handled || --left_ > 0) {
    return;
  }
  ::kill(::getpid(), SIGKILL);
  for (;;) ::pause();
}

void FollowerSteps::take(testing::Step step) {
  if (step.name == "handler.middle" || step.name == "my_pages.save") handled_ = false;
  killer_.pass({follower_, step.name, handled_});
  if (step.name == "handler.end" || step.name == "my_pages.save") handled_ = true;
  if (step.kind == testing::StepKind::acknowledge) handled_ = false;
}

void BookingSteps::take(testing::Step step) { killer_.pass({role, step.name}); }

BookingSteps::As::As(std::string_view who) { role = who; }
BookingSteps::As::~As() { role = "voucher-desk"; }

}  // namespace exhibition::tests
