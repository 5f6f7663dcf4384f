"""Why something was not done: a class to catch for each code, with the facts behind it."""

from __future__ import annotations

import datetime
from typing import Any, ClassVar, Optional

from ._enums import ErrorCode

__all__ = [
    "AlreadyAdmitted",
    "AlreadyRedeemed",
    "CircuitOpen",
    "Closed",
    "CutoffPassed",
    "Error",
    "ExhibitionNotOpen",
    "HistoryTruncated",
    "HoldExpired",
    "HoldMaxReached",
    "IdempotencyMismatch",
    "IllegalTransition",
    "InvalidArgument",
    "LogDiverged",
    "MemberLimit",
    "NotFound",
    "OpenedInAnotherProcess",
    "Overloaded",
    "PartyTooLarge",
    "Refusal",
    "SalesClosed",
    "SalesNotOpen",
    "SessionIsCancelled",
    "SessionIsClosed",
    "SessionOver",
    "SoldOut",
    "StatementError",
    "StorageFailure",
    "TimedOut",
    "UnknownVersion",
    "VersionConflict",
    "VoucherIsDeactivated",
]


class Error(Exception):
    """What the library has to say against it, when it does not do as it was asked.

    ``code`` is what to branch on, ``str(error)`` one English sentence to show, ``retry_after`` how
    long to wait before it is worth another try, where that is known. The facts are attributes.
    """

    code: ClassVar[ErrorCode]
    retry_after: Optional[datetime.timedelta] = None

    def __init__(self, message: Optional[str] = None, /, **facts: Any) -> None:
        if type(self) in (Error, Refusal):
            raise TypeError("raise one of the classes that have a code, such as NotFound")
        unknown = [fact for fact in facts if fact not in _facts_of(type(self))]
        if unknown:
            raise TypeError(f"{type(self).__name__} has no fact {unknown[0]!r}")
        super().__init__(self.code.replace("_", " ") if message is None else message)
        self.__dict__.update(facts)

    def to_dict(self) -> dict[str, Any]:
        """The code, the message and the facts, for a log or an answer."""
        facts = {name: getattr(self, name) for name in _facts_of(type(self))}
        return {"code": self.code, "message": str(self), **facts}


def _facts_of(error: type[Error]) -> list[str]:
    return [
        name
        for kind in reversed(error.__mro__)
        if issubclass(kind, Error)
        for name in kind.__annotations__
        if name != "code"
    ]


class Refusal(Error):
    """An ordinary "no", or "not now": nothing is broken, and nothing was written."""


class NotFound(Refusal, LookupError):
    """Nothing of that kind has that id (0 where it was looked up by something else than an id)."""

    code = ErrorCode.NOT_FOUND
    what: str = ""
    id: int = 0


class InvalidArgument(Refusal, ValueError):
    """``field`` breaks ``rule``; ``index`` tells which element of a list it is in."""

    code = ErrorCode.INVALID_ARGUMENT
    field: str = ""
    rule: str = ""
    index: Optional[int] = None


def invalid(field: str, rule: str) -> InvalidArgument:
    """What the library itself says of an argument."""
    return InvalidArgument(f"{field}: {rule}", field=field, rule=rule)


class IllegalTransition(Refusal):
    """What was asked is not possible from the status ``from_status``."""

    code = ErrorCode.ILLEGAL_TRANSITION
    from_status: str = ""


class ExhibitionNotOpen(Refusal):
    """The exhibition is suspended or withdrawn."""

    code = ErrorCode.EXHIBITION_NOT_OPEN


class SessionIsClosed(Refusal):
    """The session takes no reservations at present."""

    code = ErrorCode.SESSION_CLOSED


class SessionIsCancelled(Refusal):
    """The session was cancelled, for good."""

    code = ErrorCode.SESSION_CANCELLED


class SessionOver(Refusal):
    """The session is over."""

    code = ErrorCode.SESSION_OVER


class SalesNotOpen(Refusal):
    """Sales open at ``opens_at``."""

    code = ErrorCode.SALES_NOT_OPEN
    opens_at: Optional[datetime.datetime] = None


class SalesClosed(Refusal):
    """Sales are over."""

    code = ErrorCode.SALES_CLOSED


class SoldOut(Refusal):
    """Of ``requested`` places only ``free`` are left."""

    code = ErrorCode.SOLD_OUT
    requested: int = 0
    free: int = 0


class PartyTooLarge(Refusal):
    """A reservation takes at most ``max`` places."""

    code = ErrorCode.PARTY_TOO_LARGE
    max: int = 0


class MemberLimit(Refusal):
    """The member has ``used`` of at most ``limit`` places in this exhibition."""

    code = ErrorCode.MEMBER_LIMIT
    limit: int = 0
    used: int = 0


class HoldExpired(Refusal):
    """The hold expired at ``at``."""

    code = ErrorCode.HOLD_EXPIRED
    at: Optional[datetime.datetime] = None


class HoldMaxReached(Refusal):
    """The hold may last until ``until``, and not longer."""

    code = ErrorCode.HOLD_MAX_REACHED
    until: Optional[datetime.datetime] = None


class CutoffPassed(Refusal):
    """Members could cancel until ``at``."""

    code = ErrorCode.CUTOFF_PASSED
    at: Optional[datetime.datetime] = None


class AlreadyAdmitted(Refusal):
    """Someone of the party is already in."""

    code = ErrorCode.ALREADY_ADMITTED


class VoucherIsDeactivated(Refusal):
    """The voucher lets nobody in any more."""

    code = ErrorCode.VOUCHER_DEACTIVATED


class AlreadyRedeemed(Refusal):
    """The voucher admits ``admits`` persons and has admitted ``admitted``, last at ``last_at``."""

    code = ErrorCode.ALREADY_REDEEMED
    admits: int = 0
    admitted: int = 0
    last_at: Optional[datetime.datetime] = None


class IdempotencyMismatch(Refusal):
    """The idempotency key was used for another request of the same kind."""

    code = ErrorCode.IDEMPOTENCY_MISMATCH


class VersionConflict(Refusal):
    """Someone changed it since the caller read it."""

    code = ErrorCode.VERSION_CONFLICT
    expected: int = 0
    actual: int = 0


class Overloaded(Refusal):
    """So many are being served that more would only wait: come back after ``retry_after``."""

    code = ErrorCode.OVERLOADED


class CircuitOpen(Refusal):
    """What this needs is known to fail at present, and is left alone; ``state`` is that of the
    circuit breaker. No hint where only a human can close it."""

    code = ErrorCode.CIRCUIT_OPEN
    state: str = ""


class TimedOut(Refusal, TimeoutError):
    """It was not done in time, as far as is known. ``callee_was_late`` is False when the callee was
    not asked, or was not waited for."""

    code = ErrorCode.TIMEOUT
    callee_was_late: bool = True


class Closed(Refusal):
    """The engine is closed."""

    code = ErrorCode.CLOSED


class OpenedInAnotherProcess(Closed):
    """The engine came here by ``os.fork()``: it is of no use in this process, which has to open one
    of its own. Nothing was touched."""


class LogDiverged(Refusal):
    """The log does not hold the event at ``position`` that a follower has followed last, or that an
    archive has: it is another log, or an older copy of this one."""

    code = ErrorCode.LOG_DIVERGED
    position: int = 0


class HistoryTruncated(Refusal):
    """What comes after ``position`` is needed, and the log has forgotten its events up to ``floor``, or
    does so only once an archive has them, and no archive has."""

    code = ErrorCode.HISTORY_TRUNCATED
    position: int = 0
    floor: int = 0


class UnknownVersion(Refusal):
    """The event at ``position`` was written by a later version of the library."""

    code = ErrorCode.UNKNOWN_VERSION
    position: int = 0
    schema_version: int = 0


class StorageFailure(Error, OSError):
    """Not a refusal but a failure: the store, or the catalogue elsewhere, could not do it. ``cause``
    names it and what it said."""

    code = ErrorCode.STORAGE_FAILURE
    cause: str = ""


class StatementError(Exception):
    """A statement that SQLite refuses whatever the state of the disk: a mistake in it, or a
    constraint that it breaks."""
