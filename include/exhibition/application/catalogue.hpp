#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "exhibition/application/command.hpp"
#include "exhibition/core/page.hpp"
#include "exhibition/core/result.hpp"
#include "exhibition/domain/exhibition.hpp"
#include "exhibition/domain/ids.hpp"
#include "exhibition/domain/session.hpp"
#include "exhibition/ports/repositories.hpp"

namespace exhibition {

struct Context;

/// A session to be.
/// Units: capacity in places, at least 1; without one there is no limit.
struct NewSession {
  Instant starts_at;
  std::optional<Instant> ends_at = std::nullopt;
  std::optional<Instant> sales_from = std::nullopt;
  std::optional<Instant> sales_until = std::nullopt;
  std::optional<std::uint32_t> capacity = std::nullopt;
};

/// An exhibition to be, open or suspended, with at most 1,000 sessions; more can be added later.
struct NewExhibition {
  std::string title;
  std::string kind = {};
  ExhibitionStatus status = ExhibitionStatus::open;
  BookingRules rules = {};
  std::vector<NewSession> sessions = {};
};

/// An exhibition as it is now; its sessions are in the order of their start.
struct Registered {
  Exhibition exhibition;
  std::vector<SessionId> sessions;
  bool replayed = false;  ///< the command had been applied before
};

/// New times of a session; all of them are replaced.
struct SessionUpdate {
  SessionTimes times;
  std::optional<std::int64_t> expected_version = std::nullopt;  ///< else version_conflict
};

/// The desk of those who make exhibitions. Asking for a status that is there already changes
/// nothing and succeeds.
/// Errors: every call may answer closed and storage_failure, every command
/// invalid_argument{idempotency_key, actor, correlation_id} and idempotency_mismatch, and every
/// list invalid_argument{limit} unless it is 1 to 1,000.
/// Threads: any.
class [[gnu::visibility("default")]] Catalogue {
 public:
  explicit Catalogue(Context& context) : context_(context) {}

  /// Errors: invalid_argument naming the field, and the index of the session.
  /// Effects: ExhibitionRegistered, SessionAdded for each session.
  Result<Registered> register_exhibition(const NewExhibition& wanted,
                                         const CommandOptions& options = {});

  /// Errors: invalid_argument; not_found; version_conflict; illegal_transition when withdrawn.
  /// Effects: ExhibitionUpdated, if anything changes.
  Result<Exhibition> update(ExhibitionId id, const ExhibitionUpdate& change,
                            const CommandOptions& options = {});

  /// Stops new reservations; those that are there may be confirmed, extended and cancelled.
  /// Errors: not_found; illegal_transition when withdrawn.
  /// Effects: ExhibitionSuspended.
  Result<Exhibition> suspend(ExhibitionId id, const CommandOptions& options = {});

  /// Errors: not_found; illegal_transition when withdrawn.
  /// Effects: ExhibitionResumed.
  Result<Exhibition> resume(ExhibitionId id, const CommandOptions& options = {});

  /// Ends the exhibition for good. From then on none of its reservations is good but those of
  /// sessions that were over; pump writes that down.
  /// Errors: not_found.
  /// Effects: ExhibitionWithdrawn.
  Result<Exhibition> withdraw(ExhibitionId id, const CommandOptions& options = {});

  /// Errors: invalid_argument; not_found; illegal_transition when withdrawn.
  /// Effects: SessionAdded.
  Result<Session> add_session(ExhibitionId exhibition, const NewSession& wanted,
                              const CommandOptions& options = {});

  /// Errors: invalid_argument; not_found; version_conflict; session_cancelled; illegal_transition
  /// when withdrawn.
  /// Effects: SessionUpdated, if anything changes.
  Result<Session> update_session(SessionId id, const SessionUpdate& change,
                                 const CommandOptions& options = {});

  /// None is no limit. Below the places in force, the session is overbooked until they fit again,
  /// and takes no more.
  /// Errors: invalid_argument{capacity}; not_found; session_cancelled; illegal_transition when
  /// withdrawn.
  /// Effects: CapacityChanged, if it changes.
  Result<Session> set_capacity(SessionId id, std::optional<std::uint32_t> capacity,
                               const CommandOptions& options = {});

  /// Stops new reservations of the session.
  /// Errors: not_found; session_cancelled; illegal_transition when withdrawn.
  /// Effects: SessionClosed.
  Result<Session> close(SessionId id, const CommandOptions& options = {});

  /// Errors: not_found; session_cancelled; illegal_transition when withdrawn.
  /// Effects: SessionReopened.
  Result<Session> reopen(SessionId id, const CommandOptions& options = {});

  /// Ends the session for good, and with it all its reservations; pump writes that down.
  /// Errors: not_found; session_over; illegal_transition when withdrawn.
  /// Effects: SessionCancelled.
  Result<Session> cancel_session(SessionId id, const CommandOptions& options = {});

  /// Errors: not_found.
  [[nodiscard]] Result<Exhibition> find(ExhibitionId id) const;

  /// All exhibitions, in the order of their ids.
  [[nodiscard]] Result<Page<Exhibition, ExhibitionId>> list(
      const PageRequest<ExhibitionId>& page = {}) const;

  /// In the order of their start.
  /// Errors: not_found.
  [[nodiscard]] Result<Page<Session, SessionCursor>> sessions_of(
      ExhibitionId id, const PageRequest<SessionCursor>& page = {}) const;

 private:
  Context& context_;
};

}  // namespace exhibition
