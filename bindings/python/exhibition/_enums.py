"""The words that values of the library are made of: each is an ``enum.Enum`` member and a ``str``."""

from __future__ import annotations

import enum

__all__ = [
    "AggregateKind",
    "AuditRule",
    "BreakerEventKind",
    "BreakerState",
    "CancelReason",
    "Canceller",
    "DeadLetterReason",
    "ErrorCode",
    "ExhibitionStatus",
    "FollowerState",
    "OnFailure",
    "ReservationStatus",
    "SessionStatus",
    "StreamKind",
    "Verdict",
    "VoucherStatus",
]


class Word(str, enum.Enum):
    """A member that is its own text: ``ReservationStatus.HELD == "held"``, and prints as ``held``."""

    def __str__(self) -> str:
        return str.__str__(self)

    def __format__(self, form: str) -> str:
        return str.__format__(self, form)


class ErrorCode(Word):
    """What to branch on. The codes are stable; the messages are not."""

    NOT_FOUND = "not_found"
    INVALID_ARGUMENT = "invalid_argument"
    ILLEGAL_TRANSITION = "illegal_transition"
    EXHIBITION_NOT_OPEN = "exhibition_not_open"
    SESSION_CLOSED = "session_closed"
    SESSION_CANCELLED = "session_cancelled"
    SESSION_OVER = "session_over"
    SALES_NOT_OPEN = "sales_not_open"
    SALES_CLOSED = "sales_closed"
    SOLD_OUT = "sold_out"
    PARTY_TOO_LARGE = "party_too_large"
    MEMBER_LIMIT = "member_limit"
    HOLD_EXPIRED = "hold_expired"
    HOLD_MAX_REACHED = "hold_max_reached"
    CUTOFF_PASSED = "cutoff_passed"
    ALREADY_ADMITTED = "already_admitted"
    VOUCHER_DEACTIVATED = "voucher_deactivated"
    ALREADY_REDEEMED = "already_redeemed"
    IDEMPOTENCY_MISMATCH = "idempotency_mismatch"
    VERSION_CONFLICT = "version_conflict"
    OVERLOADED = "overloaded"
    CIRCUIT_OPEN = "circuit_open"
    TIMEOUT = "timeout"
    CLOSED = "closed"
    LOG_DIVERGED = "log_diverged"
    HISTORY_TRUNCATED = "history_truncated"
    UNKNOWN_VERSION = "unknown_version"
    STORAGE_FAILURE = "storage_failure"


class ExhibitionStatus(Word):
    """Whether an exhibition takes reservations. Withdrawn is for good."""

    OPEN = "open"
    SUSPENDED = "suspended"
    WITHDRAWN = "withdrawn"


class SessionStatus(Word):
    """Whether a session takes reservations. Cancelled is for good."""

    OPEN = "open"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class ReservationStatus(Word):
    """Cancelled and expired are for good."""

    HELD = "held"
    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


class CancelReason(Word):
    """Why a reservation was cancelled."""

    MEMBER = "member"
    ORGANISER = "organiser"
    EXHIBITION_WITHDRAWN = "exhibition_withdrawn"
    SESSION_CANCELLED = "session_cancelled"


class Canceller(Word):
    """Who asks for a cancellation: a member is bound by the cutoff and by what was admitted, the
    organiser is not."""

    MEMBER = "member"
    ORGANISER = "organiser"


class VoucherStatus(Word):
    """Whether a voucher lets anybody in."""

    ACTIVE = "active"
    DEACTIVATED = "deactivated"


class AggregateKind(Word):
    """Whose event it is."""

    EXHIBITION = "Exhibition"
    SESSION = "Session"
    RESERVATION = "Reservation"
    VOUCHER = "Voucher"


class StreamKind(Word):
    """What keeps its events in order: an exhibition with its sessions, a reservation with its
    vouchers."""

    EXHIBITION = "exhibition"
    RESERVATION = "reservation"


class OnFailure(Word):
    """What becomes of an event that a follower has failed to take eight times."""

    PARK_STREAM = "park_stream"
    """It goes to the dead letters and later events of its stream queue behind it; others go on."""
    HALT = "halt"
    """The follower stops there until ``retry``: for those that need the order of all."""


class FollowerState(Word):
    """What a durable follower is doing."""

    RUNNING = "running"
    BACKOFF = "backoff"
    """The event it is at has failed, and is tried again later."""
    WAITING = "waiting"
    """Its store, or what its handler talks to, is away, and is asked again later."""
    HALTED = "halted"
    """It stands still until ``retry``."""
    DIVERGED = "diverged"
    """The log is not the one that it has followed: another, or an older copy."""


class DeadLetterReason(Word):
    """Why an event was laid aside: it failed too often, or waits behind one of its stream that did."""

    FAILED = "failed"
    BEHIND = "behind"


class Verdict(Word):
    """What a call that has ended says about whom it called."""

    SUCCESS = "success"
    """It answers, be it "no": NotFound and SoldOut are answers."""
    FAILURE = "failure"
    """It does not."""
    IGNORED = "ignored"
    """Nothing: it was not asked, or the caller has given up."""


class BreakerState(Word):
    """What a circuit breaker lets through."""

    CLOSED = "closed"
    """Calls go through, and are judged."""
    OPEN = "open"
    """None does, for a while."""
    HALF_OPEN = "half_open"
    """A few do, to find out."""
    FORCED_OPEN = "forced_open"
    """None does, until a human says otherwise."""
    DISABLED = "disabled"
    """All do, and none is judged."""
    METRICS_ONLY = "metrics_only"
    """All do; they are judged, and nothing comes of it."""


class BreakerEventKind(Word):
    """What a circuit breaker tells of."""

    TRANSITION = "transition"
    """It went from one state to another."""
    THRESHOLDS = "thresholds"
    """With metrics only: it would have opened."""
    PROBE_LOST = "probe_lost"
    """A probe did not come back before its lease was over."""


class AuditRule(Word):
    """What ``Engine.audit`` checks."""

    TAKEN_IS_RECOUNTED = "taken_is_recounted"
    PLACES_FIT_THE_CAPACITY = "places_fit_the_capacity"
    RESERVATION_HAS_A_SESSION = "reservation_has_a_session"
    CONFIRMED_HAS_A_VOUCHER = "confirmed_has_a_voucher"
    ONE_VOUCHER_AT_MOST = "one_voucher_at_most"
    OTHERS_HAVE_NO_VOUCHER = "others_have_no_voucher"
