#pragma once

#include <cstddef>
#include <cstdint>
#include <exhibition/exhibition.hpp>
#include <exhibition/testing/manual_clock.hpp>
#include <filesystem>
#include <string>
#include <string_view>

#include "programme.hpp"

namespace quickstart {

/// "2026-09-01 08:00", UTC.
std::string minute(exhibition::Instant instant);

/// "1 place", "2 places", "3 entries".
std::string count(std::size_t number, std::string_view singular);

/// What the steps of the demo share, and how they tell what they do.
class Demo {
 public:
  Demo(exhibition::Engine& engine, exhibition::testing::ManualClock& time,
       std::filesystem::path file, std::string run_name)
      : museum(engine), clock(time), database(std::move(file)), run(std::move(run_name)) {}

  exhibition::Engine& museum;
  exhibition::testing::ManualClock& clock;
  std::filesystem::path database;
  std::string run;  ///< names this run in the keys of its requests
  Opening programme;

  /// Begins a step.
  void step(std::string_view title);
  void asked(std::string_view text) const { tell("asked", text); }
  void answer(std::string_view text) const { tell("answer", text); }
  void answer(const exhibition::Error& no) const;
  void heard(std::string_view text) const { tell("heard", text); }
  /// A further line of what was told last.
  void more(std::string_view text) const { tell("", text); }

  /// Pumps, and tells what the pump did.
  void pump() const;
  /// Tells what is in the database, and ends the step.
  void now() const;

  /// "36 exhibitions, 139 sessions, ..."
  [[nodiscard]] std::string inventory() const;
  [[nodiscard]] std::size_t reservations() const;

  /// The next session of the exhibition that has so many places to give; a new one if all are full.
  [[nodiscard]] exhibition::SessionAvailability next_session(const std::string& slug,
                                                             std::uint32_t places) const;
  /// Adds a session to the exhibition, thirty evenings from now.
  [[nodiscard]] exhibition::SessionId extra_session(const std::string& slug,
                                                    std::uint32_t capacity) const;
  /// "38 of 40 places free"
  [[nodiscard]] std::string free_places(exhibition::SessionId session) const;
  /// The voucher that the reservation has now: "07Z..., active, admits 2".
  [[nodiscard]] std::string voucher_of(exhibition::ReservationId reservation) const;
  [[nodiscard]] std::string title_of(const std::string& slug) const;
  [[nodiscard]] exhibition::Reservation reserve(exhibition::SessionId session,
                                                const std::string& member,
                                                std::uint32_t places) const;

 private:
  void tell(std::string_view label, std::string_view text) const;

  int steps_ = 0;
};

/// The seven things that the origin's customers and managers do.
void show_everyday_life(Demo& demo, const Programme& programme);

/// What has to hold when many come at once, when something lags, and when things go wrong.
void show_a_bad_day(Demo& demo);

}  // namespace quickstart
