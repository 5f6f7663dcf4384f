"""
What is compiled of the package: see help(exhibition).
"""
from __future__ import annotations
import builtins
import collections.abc
import datetime
from exhibition._enums import AggregateKind, AuditRule, BreakerEventKind, BreakerState, CancelReason, Canceller, DeadLetterReason, ErrorCode, ExhibitionStatus, FollowerState, OnFailure, ReservationStatus, SessionStatus, StreamKind, Verdict, VoucherStatus
from exhibition._errors import Error
from exhibition._ids import ExhibitionId, Position, ReservationId, SessionId, VoucherId
import typing
__all__: list[str] = ['AdmissionStats', 'Aggregate', 'ArchiveReport', 'AuditFinding', 'AvailabilityStats', 'BookingRules', 'Bookings', 'BreakerEvent', 'BreakerOptions', 'BreakerSnapshot', 'BulkheadSnapshot', 'CapacityChanged', 'Catalogue', 'DeadLetter', 'Delivery', 'DispatcherCapabilities', 'EngineStats', 'Envelope', 'EventSlice', 'Exhibition', 'ExhibitionRegistered', 'ExhibitionResumed', 'ExhibitionSuspended', 'ExhibitionUpdated', 'ExhibitionWithdrawn', 'Failure', 'FollowerProgress', 'FollowerStatus', 'Headers', 'HoldExtended', 'ManualClock', 'ManualMonotonicClock', 'MemberPages', 'MyPageEntry', 'NewSession', 'Offer', 'PruneReport', 'PumpFailure', 'PumpReport', 'RebuildProgress', 'Redemption', 'RedemptionUndone', 'Registered', 'Reservation', 'ReservationCancelled', 'ReservationConfirmed', 'ReservationExpired', 'ReservationHeld', 'Reserved', 'RetryReport', 'SeededRandom', 'Session', 'SessionAdded', 'SessionAvailability', 'SessionCancelled', 'SessionClosed', 'SessionCursor', 'SessionReopened', 'SessionTimes', 'SessionUpdated', 'Stream', 'Subscription', 'Tally', 'Transaction', 'UnknownEvent', 'Voucher', 'VoucherActivated', 'VoucherDeactivated', 'VoucherDesk', 'VoucherRedeemed']
class BookingRules:
    """
    What an exhibition allows its reservations.
    """
    @staticmethod
    def _restore(state: tuple[typing.Any, ...]) -> BookingRules:
        ...
    def __eq__(self, other: typing.Any) -> bool:
        ...
    def __hash__(self) -> int:
        ...
    def __init__(self, *, hold_ttl: datetime.timedelta = ..., hold_max: datetime.timedelta = ..., max_places_per_reservation: int = ..., max_places_per_member: int = ..., cancel_cutoff: datetime.timedelta = ...) -> None:
        ...
    def __reduce__(self) -> tuple[typing.Any, typing.Any]:
        ...
    def __repr__(self) -> str:
        ...
    def to_dict(self) -> dict[str, typing.Any]:
        """
        The fields under their names; values in them are dicts too, and enum members their words.
        """
    @property
    def cancel_cutoff(self) -> datetime.timedelta:
        """
        So long before the start, members can no longer cancel; 0 sets none.
        """
    @property
    def hold_max(self) -> datetime.timedelta:
        """
        From reserving to the last extension; at most 366 days.
        """
    @property
    def hold_ttl(self) -> datetime.timedelta:
        """
        Of a hold without a length of its own.
        """
    @property
    def max_places_per_member(self) -> int:
        """
        In the whole exhibition; 0 sets no limit.
        """
    @property
    def max_places_per_reservation(self) -> int:
        """
        Persons.
        """
class Exhibition:
    """
    What is shown.
    """
    @staticmethod
    def _restore(state: tuple[typing.Any, ...]) -> Exhibition:
        ...
    def __eq__(self, other: typing.Any) -> bool:
        ...
    def __hash__(self) -> int:
        ...
    def __init__(self, *, id: ExhibitionId, title: str, kind: str = ..., status: ExhibitionStatus = ..., rules: BookingRules = ..., withdrawn_at: datetime.datetime | None = ..., version: int = ...) -> None:
        ...
    def __reduce__(self) -> tuple[typing.Any, typing.Any]:
        ...
    def __repr__(self) -> str:
        ...
    def to_dict(self) -> dict[str, typing.Any]:
        """
        The fields under their names; values in them are dicts too, and enum members their words.
        """
    @property
    def id(self) -> ExhibitionId:
        """
        Its own number, which no other of its kind has.
        """
    @property
    def kind(self) -> str:
        """
        Of which kind it is.
        """
    @property
    def rules(self) -> BookingRules:
        """
        What it allows its reservations.
        """
    @property
    def status(self) -> ExhibitionStatus:
        """
        What has become of it.
        """
    @property
    def title(self) -> str:
        """
        Of the exhibition.
        """
    @property
    def version(self) -> int:
        """
        Grows with every change.
        """
    @property
    def withdrawn_at(self) -> datetime.datetime | None:
        """
        When the exhibition was withdrawn; its reservations are due from then on.
        """
class Registered:
    """
    An exhibition as it is now, and its sessions.
    """
    @staticmethod
    def _restore(state: tuple[typing.Any, ...]) -> Registered:
        ...
    def __eq__(self, other: typing.Any) -> bool:
        ...
    def __hash__(self) -> int:
        ...
    def __init__(self, *, exhibition: Exhibition, sessions: collections.abc.Sequence[SessionId], replayed: bool = ...) -> None:
        ...
    def __reduce__(self) -> tuple[typing.Any, typing.Any]:
        ...
    def __repr__(self) -> str:
        ...
    def to_dict(self) -> dict[str, typing.Any]:
        """
        The fields under their names; values in them are dicts too, and enum members their words.
        """
    @property
    def exhibition(self) -> Exhibition:
        """
        The exhibition that it is of.
        """
    @property
    def replayed(self) -> bool:
        """
        The command had been applied before.
        """
    @property
    def sessions(self) -> list[SessionId]:
        """
        In the order of their start.
        """
class SessionTimes:
    """
    When a session takes place, and when its places are sold. A session without ends_at is never over.
    """
    @staticmethod
    def _restore(state: tuple[typing.Any, ...]) -> SessionTimes:
        ...
    def __eq__(self, other: typing.Any) -> bool:
        ...
    def __hash__(self) -> int:
        ...
    def __init__(self, *, starts_at: datetime.datetime, ends_at: datetime.datetime | None = ..., sales_from: datetime.datetime | None = ..., sales_until: datetime.datetime | None = ...) -> None:
        ...
    def __reduce__(self) -> tuple[typing.Any, typing.Any]:
        ...
    def __repr__(self) -> str:
        ...
    def to_dict(self) -> dict[str, typing.Any]:
        """
        The fields under their names; values in them are dicts too, and enum members their words.
        """
    @property
    def ends_at(self) -> datetime.datetime | None:
        """
        When the session ends; None: it is open-ended, and never over.
        """
    @property
    def sales_from(self) -> datetime.datetime | None:
        """
        When sales begin; None: they have begun.
        """
    @property
    def sales_until(self) -> datetime.datetime | None:
        """
        When sales end; None: when the session does.
        """
    @property
    def starts_at(self) -> datetime.datetime:
        """
        When the session begins.
        """
class NewSession:
    """
    A session to be.
    """
    @staticmethod
    def _restore(state: tuple[typing.Any, ...]) -> NewSession:
        ...
    def __eq__(self, other: typing.Any) -> bool:
        ...
    def __hash__(self) -> int:
        ...
    @typing.overload
    def __init__(self, *, starts_at: datetime.datetime, ends_at: datetime.datetime | None = ..., sales_from: datetime.datetime | None = ..., sales_until: datetime.datetime | None = ..., capacity: typing.SupportsInt | typing.SupportsIndex | None = ...) -> None:
        ...
    @typing.overload
    def __init__(self, starts_at: datetime.datetime, ends_at: datetime.datetime | None = None, *, sales_from: datetime.datetime | None = None, sales_until: datetime.datetime | None = None, capacity: typing.SupportsInt | typing.SupportsIndex | None = None) -> None:
        ...
    def __reduce__(self) -> tuple[typing.Any, typing.Any]:
        ...
    def __repr__(self) -> str:
        ...
    def to_dict(self) -> dict[str, typing.Any]:
        """
        The fields under their names; values in them are dicts too, and enum members their words.
        """
    @property
    def capacity(self) -> int | None:
        """
        Places, at least 1. None: there is no limit.
        """
    @property
    def ends_at(self) -> datetime.datetime | None:
        """
        None: it is never over.
        """
    @property
    def sales_from(self) -> datetime.datetime | None:
        """
        When sales begin; None: they have begun.
        """
    @property
    def sales_until(self) -> datetime.datetime | None:
        """
        When sales end; None: when the session does.
        """
    @property
    def starts_at(self) -> datetime.datetime:
        """
        When the session begins.
        """
class Session:
    """
    One bookable time of an exhibition.
    """
    @staticmethod
    def _restore(state: tuple[typing.Any, ...]) -> Session:
        ...
    def __eq__(self, other: typing.Any) -> bool:
        ...
    def __hash__(self) -> int:
        ...
    def __init__(self, *, id: SessionId, exhibition: ExhibitionId, times: SessionTimes, capacity: typing.SupportsInt | typing.SupportsIndex | None = ..., taken: int = ..., status: SessionStatus = ..., cancelled_at: datetime.datetime | None = ..., overbooked: bool = ..., version: int = ...) -> None:
        ...
    def __reduce__(self) -> tuple[typing.Any, typing.Any]:
        ...
    def __repr__(self) -> str:
        ...
    def to_dict(self) -> dict[str, typing.Any]:
        """
        The fields under their names; values in them are dicts too, and enum members their words.
        """
    @property
    def cancelled_at(self) -> datetime.datetime | None:
        """
        When the session was cancelled; its reservations are due from then on.
        """
    @property
    def capacity(self) -> int | None:
        """
        Places. None: there is no limit.
        """
    @property
    def exhibition(self) -> ExhibitionId:
        """
        The exhibition that it is of.
        """
    @property
    def id(self) -> SessionId:
        """
        Its own number, which no other of its kind has.
        """
    @property
    def overbooked(self) -> bool:
        """
        The capacity was lowered below what is taken.
        """
    @property
    def status(self) -> SessionStatus:
        """
        What has become of it.
        """
    @property
    def taken(self) -> int:
        """
        Places of held and confirmed reservations that are not yet settled.
        """
    @property
    def times(self) -> SessionTimes:
        """
        When the session is, and when it is sold.
        """
    @property
    def version(self) -> int:
        """
        Grows with every change; taken is outside it.
        """
class SessionCursor:
    """
    A place in a list of sessions, which is in the order of their start.
    """
    @staticmethod
    def _restore(state: tuple[typing.Any, ...]) -> SessionCursor:
        ...
    def __eq__(self, other: typing.Any) -> bool:
        ...
    def __hash__(self) -> int:
        ...
    def __init__(self, *, starts_at: datetime.datetime, id: SessionId) -> None:
        ...
    def __reduce__(self) -> tuple[typing.Any, typing.Any]:
        ...
    def __repr__(self) -> str:
        ...
    def to_dict(self) -> dict[str, typing.Any]:
        """
        The fields under their names; values in them are dicts too, and enum members their words.
        """
    @property
    def id(self) -> SessionId:
        """
        Its own number, which no other of its kind has.
        """
    @property
    def starts_at(self) -> datetime.datetime:
        """
        When the session begins.
        """
class SessionAvailability:
    """
    What a session has to give at one instant. Units: places.
    """
    @staticmethod
    def _restore(state: tuple[typing.Any, ...]) -> SessionAvailability:
        ...
    def __eq__(self, other: typing.Any) -> bool:
        ...
    def __hash__(self) -> int:
        ...
    def __init__(self, *, session: SessionId, exhibition: ExhibitionId, times: SessionTimes, capacity: typing.SupportsInt | typing.SupportsIndex | None = ..., in_force: int = ..., free: typing.SupportsInt | typing.SupportsIndex | None = ..., overbooked: bool = ..., refuses: ErrorCode | None = ...) -> None:
        ...
    def __reduce__(self) -> tuple[typing.Any, typing.Any]:
        ...
    def __repr__(self) -> str:
        ...
    def to_dict(self) -> dict[str, typing.Any]:
        """
        The fields under their names; values in them are dicts too, and enum members their words.
        """
    @property
    def capacity(self) -> int | None:
        """
        None: there is no limit.
        """
    @property
    def exhibition(self) -> ExhibitionId:
        """
        The exhibition that it is of.
        """
    @property
    def free(self) -> int | None:
        """
        None: there is no limit.
        """
    @property
    def in_force(self) -> int:
        """
        Taken, less what is due.
        """
    @property
    def overbooked(self) -> bool:
        """
        More in force than the capacity.
        """
    @property
    def refuses(self) -> ErrorCode | None:
        """
        Why one place would be refused now, if it would.
        """
    @property
    def session(self) -> SessionId:
        """
        The session that it is of.
        """
    @property
    def times(self) -> SessionTimes:
        """
        When the session is, and when it is sold.
        """
class Reservation:
    """
    Places taken for some persons of one member.
    """
    @staticmethod
    def _restore(state: tuple[typing.Any, ...]) -> Reservation:
        ...
    def __eq__(self, other: typing.Any) -> bool:
        ...
    def __hash__(self) -> int:
        ...
    def __init__(self, *, id: ReservationId, exhibition: ExhibitionId, session: SessionId, member: str, places: int = ..., status: ReservationStatus = ..., expires_at: datetime.datetime | None = ..., reason: CancelReason | None = ..., created_at: datetime.datetime, under_member_limit: bool = ..., version: int = ...) -> None:
        ...
    def __reduce__(self) -> tuple[typing.Any, typing.Any]:
        ...
    def __repr__(self) -> str:
        ...
    def to_dict(self) -> dict[str, typing.Any]:
        """
        The fields under their names; values in them are dicts too, and enum members their words.
        """
    @property
    def created_at(self) -> datetime.datetime:
        """
        When it was made.
        """
    @property
    def exhibition(self) -> ExhibitionId:
        """
        The exhibition that it is of.
        """
    @property
    def expires_at(self) -> datetime.datetime | None:
        """
        Of a hold; kept when it has expired.
        """
    @property
    def id(self) -> ReservationId:
        """
        Its own number, which no other of its kind has.
        """
    @property
    def member(self) -> str:
        """
        The host's reference to a customer.
        """
    @property
    def places(self) -> int:
        """
        Persons.
        """
    @property
    def reason(self) -> CancelReason | None:
        """
        Of a cancellation.
        """
    @property
    def session(self) -> SessionId:
        """
        The session that it is of.
        """
    @property
    def status(self) -> ReservationStatus:
        """
        What has become of it.
        """
    @property
    def under_member_limit(self) -> bool:
        """
        Made while its exhibition limited members.
        """
    @property
    def version(self) -> int:
        """
        Grows with every change.
        """
class Reserved:
    """
    A reservation as it is now.
    """
    @staticmethod
    def _restore(state: tuple[typing.Any, ...]) -> Reserved:
        ...
    def __eq__(self, other: typing.Any) -> bool:
        ...
    def __hash__(self) -> int:
        ...
    def __init__(self, *, reservation: Reservation, replayed: bool = ...) -> None:
        ...
    def __reduce__(self) -> tuple[typing.Any, typing.Any]:
        ...
    def __repr__(self) -> str:
        ...
    def to_dict(self) -> dict[str, typing.Any]:
        """
        The fields under their names; values in them are dicts too, and enum members their words.
        """
    @property
    def replayed(self) -> bool:
        """
        The command had been applied before.
        """
    @property
    def reservation(self) -> Reservation:
        """
        The reservation that it is of.
        """
class Redemption:
    """
    Some persons let in at once.
    """
    @staticmethod
    def _restore(state: tuple[typing.Any, ...]) -> Redemption:
        ...
    def __eq__(self, other: typing.Any) -> bool:
        ...
    def __hash__(self) -> int:
        ...
    def __init__(self, *, at: datetime.datetime, gate: str = ..., count: int = ...) -> None:
        ...
    def __reduce__(self) -> tuple[typing.Any, typing.Any]:
        ...
    def __repr__(self) -> str:
        ...
    def to_dict(self) -> dict[str, typing.Any]:
        """
        The fields under their names; values in them are dicts too, and enum members their words.
        """
    @property
    def at(self) -> datetime.datetime:
        """
        When, or where in the log.
        """
    @property
    def count(self) -> int:
        """
        Persons.
        """
    @property
    def gate(self) -> str:
        """
        Where, in the host's words.
        """
class Voucher:
    """
    The right to enter.
    """
    @staticmethod
    def _restore(state: tuple[typing.Any, ...]) -> Voucher:
        ...
    def __eq__(self, other: typing.Any) -> bool:
        ...
    def __hash__(self) -> int:
        ...
    def __init__(self, *, id: VoucherId, reservation: ReservationId, code: str, admits: int = ..., admitted: int = ..., status: VoucherStatus = ..., redemptions: collections.abc.Sequence[Redemption] = ..., version: int = ...) -> None:
        ...
    def __reduce__(self) -> tuple[typing.Any, typing.Any]:
        ...
    def __repr__(self) -> str:
        ...
    def to_dict(self) -> dict[str, typing.Any]:
        """
        The fields under their names; values in them are dicts too, and enum members their words.
        """
    @property
    def admits(self) -> int:
        """
        Persons.
        """
    @property
    def admitted(self) -> int:
        """
        Persons, so far.
        """
    @property
    def code(self) -> str:
        """
        A bearer secret: whoever shows it gets in. Left out of repr().
        """
    @property
    def id(self) -> VoucherId:
        """
        Its own number, which no other of its kind has.
        """
    @property
    def redemptions(self) -> list[Redemption]:
        """
        Each time that persons were let in.
        """
    @property
    def reservation(self) -> ReservationId:
        """
        The reservation that it is of.
        """
    @property
    def status(self) -> VoucherStatus:
        """
        What has become of it.
        """
    @property
    def version(self) -> int:
        """
        Grows with every change.
        """
class MyPageEntry:
    """
    One reservation as its member sees it.
    """
    @staticmethod
    def _restore(state: tuple[typing.Any, ...]) -> MyPageEntry:
        ...
    def __eq__(self, other: typing.Any) -> bool:
        ...
    def __hash__(self) -> int:
        ...
    def __init__(self, *, reservation: ReservationId, exhibition: ExhibitionId, session: SessionId, member: str, title: str, kind: str = ..., starts_at: datetime.datetime, ends_at: datetime.datetime | None = ..., places: int = ..., status: ReservationStatus = ..., reason: CancelReason | None = ..., expires_at: datetime.datetime | None = ..., voucher_code: str = ..., voucher_status: VoucherStatus | None = ..., updated_at: datetime.datetime) -> None:
        ...
    def __reduce__(self) -> tuple[typing.Any, typing.Any]:
        ...
    def __repr__(self) -> str:
        ...
    def to_dict(self) -> dict[str, typing.Any]:
        """
        The fields under their names; values in them are dicts too, and enum members their words.
        """
    @property
    def ends_at(self) -> datetime.datetime | None:
        """
        When the session ends; None: it is open-ended, and never over.
        """
    @property
    def exhibition(self) -> ExhibitionId:
        """
        The exhibition that it is of.
        """
    @property
    def expires_at(self) -> datetime.datetime | None:
        """
        Until when its places are held.
        """
    @property
    def kind(self) -> str:
        """
        As it was when reserved.
        """
    @property
    def member(self) -> str:
        """
        The host's reference to a customer.
        """
    @property
    def places(self) -> int:
        """
        Persons.
        """
    @property
    def reason(self) -> CancelReason | None:
        """
        Why.
        """
    @property
    def reservation(self) -> ReservationId:
        """
        The reservation that it is of.
        """
    @property
    def session(self) -> SessionId:
        """
        The session that it is of.
        """
    @property
    def starts_at(self) -> datetime.datetime:
        """
        When the session begins.
        """
    @property
    def status(self) -> ReservationStatus:
        """
        What has become of it.
        """
    @property
    def title(self) -> str:
        """
        As it was when reserved.
        """
    @property
    def updated_at(self) -> datetime.datetime:
        """
        When it changed last.
        """
    @property
    def voucher_code(self) -> str:
        """
        Empty until a voucher was active. A bearer secret, left out of repr().
        """
    @property
    def voucher_status(self) -> VoucherStatus | None:
        """
        Of the voucher; None until there was one.
        """
class Offer:
    """
    A session and its exhibition as a catalogue elsewhere knows them.
    """
    @staticmethod
    def _restore(state: tuple[typing.Any, ...]) -> Offer:
        ...
    def __eq__(self, other: typing.Any) -> bool:
        ...
    def __hash__(self) -> int:
        ...
    def __init__(self, *, exhibition: Exhibition, session: Session) -> None:
        ...
    def __reduce__(self) -> tuple[typing.Any, typing.Any]:
        ...
    def __repr__(self) -> str:
        ...
    def to_dict(self) -> dict[str, typing.Any]:
        """
        The fields under their names; values in them are dicts too, and enum members their words.
        """
    @property
    def exhibition(self) -> Exhibition:
        """
        The exhibition that it is of.
        """
    @property
    def session(self) -> Session:
        """
        The session that it is of.
        """
class Aggregate:
    """
    Whose event it is: "Reservation/123".
    """
    @staticmethod
    def _restore(state: tuple[typing.Any, ...]) -> Aggregate:
        ...
    def __eq__(self, other: typing.Any) -> bool:
        ...
    def __hash__(self) -> int:
        ...
    def __init__(self, *, kind: AggregateKind, id: int) -> None:
        ...
    def __reduce__(self) -> tuple[typing.Any, typing.Any]:
        ...
    def __repr__(self) -> str:
        ...
    def __str__(self) -> str:
        ...
    def to_dict(self) -> dict[str, typing.Any]:
        """
        The fields under their names; values in them are dicts too, and enum members their words.
        """
    @property
    def id(self) -> int:
        """
        Its own number, which no other of its kind has.
        """
    @property
    def kind(self) -> AggregateKind:
        """
        Of which kind it is.
        """
class AuditFinding:
    """
    A difference between what a store has and what the rule asks for.
    """
    @staticmethod
    def _restore(state: tuple[typing.Any, ...]) -> AuditFinding:
        ...
    def __eq__(self, other: typing.Any) -> bool:
        ...
    def __hash__(self) -> int:
        ...
    def __init__(self, *, rule: AuditRule, where: Aggregate, expected: int, found: int) -> None:
        ...
    def __reduce__(self) -> tuple[typing.Any, typing.Any]:
        ...
    def __repr__(self) -> str:
        ...
    def __str__(self) -> str:
        ...
    def to_dict(self) -> dict[str, typing.Any]:
        """
        The fields under their names; values in them are dicts too, and enum members their words.
        """
    @property
    def expected(self) -> int:
        """
        What should be.
        """
    @property
    def found(self) -> int:
        """
        What is.
        """
    @property
    def rule(self) -> AuditRule:
        """
        What is broken.
        """
    @property
    def where(self) -> Aggregate:
        """
        What it was found in.
        """
class ExhibitionRegistered:
    """
    An exhibition was registered.
    """
    @staticmethod
    def _restore(state: tuple[typing.Any, ...]) -> ExhibitionRegistered:
        ...
    def __eq__(self, other: typing.Any) -> bool:
        ...
    def __hash__(self) -> int:
        ...
    def __init__(self, *, exhibition: ExhibitionId, title: str, kind: str = ..., status: ExhibitionStatus = ..., rules: BookingRules = ...) -> None:
        ...
    def __reduce__(self) -> tuple[typing.Any, typing.Any]:
        ...
    def __repr__(self) -> str:
        ...
    def to_dict(self) -> dict[str, typing.Any]:
        """
        The fields under their names; values in them are dicts too, and enum members their words.
        """
    @property
    def exhibition(self) -> ExhibitionId:
        """
        The exhibition that it is of.
        """
    @property
    def kind(self) -> str:
        """
        Of which kind it is.
        """
    @property
    def rules(self) -> BookingRules:
        """
        What it allows its reservations.
        """
    @property
    def status(self) -> ExhibitionStatus:
        """
        What has become of it.
        """
    @property
    def title(self) -> str:
        """
        Of the exhibition.
        """
class ExhibitionUpdated:
    """
    Its title, kind or rules are now these.
    """
    @staticmethod
    def _restore(state: tuple[typing.Any, ...]) -> ExhibitionUpdated:
        ...
    def __eq__(self, other: typing.Any) -> bool:
        ...
    def __hash__(self) -> int:
        ...
    def __init__(self, *, exhibition: ExhibitionId, title: str, kind: str = ..., rules: BookingRules = ...) -> None:
        ...
    def __reduce__(self) -> tuple[typing.Any, typing.Any]:
        ...
    def __repr__(self) -> str:
        ...
    def to_dict(self) -> dict[str, typing.Any]:
        """
        The fields under their names; values in them are dicts too, and enum members their words.
        """
    @property
    def exhibition(self) -> ExhibitionId:
        """
        The exhibition that it is of.
        """
    @property
    def kind(self) -> str:
        """
        Of which kind it is.
        """
    @property
    def rules(self) -> BookingRules:
        """
        What it allows its reservations.
        """
    @property
    def title(self) -> str:
        """
        Of the exhibition.
        """
class ExhibitionSuspended:
    """
    It takes no new reservations.
    """
    @staticmethod
    def _restore(state: tuple[typing.Any, ...]) -> ExhibitionSuspended:
        ...
    def __eq__(self, other: typing.Any) -> bool:
        ...
    def __hash__(self) -> int:
        ...
    def __init__(self, *, exhibition: ExhibitionId) -> None:
        ...
    def __reduce__(self) -> tuple[typing.Any, typing.Any]:
        ...
    def __repr__(self) -> str:
        ...
    def to_dict(self) -> dict[str, typing.Any]:
        """
        The fields under their names; values in them are dicts too, and enum members their words.
        """
    @property
    def exhibition(self) -> ExhibitionId:
        """
        The exhibition that it is of.
        """
class ExhibitionResumed:
    """
    It takes reservations again.
    """
    @staticmethod
    def _restore(state: tuple[typing.Any, ...]) -> ExhibitionResumed:
        ...
    def __eq__(self, other: typing.Any) -> bool:
        ...
    def __hash__(self) -> int:
        ...
    def __init__(self, *, exhibition: ExhibitionId) -> None:
        ...
    def __reduce__(self) -> tuple[typing.Any, typing.Any]:
        ...
    def __repr__(self) -> str:
        ...
    def to_dict(self) -> dict[str, typing.Any]:
        """
        The fields under their names; values in them are dicts too, and enum members their words.
        """
    @property
    def exhibition(self) -> ExhibitionId:
        """
        The exhibition that it is of.
        """
class ExhibitionWithdrawn:
    """
    It ended for good.
    """
    @staticmethod
    def _restore(state: tuple[typing.Any, ...]) -> ExhibitionWithdrawn:
        ...
    def __eq__(self, other: typing.Any) -> bool:
        ...
    def __hash__(self) -> int:
        ...
    def __init__(self, *, exhibition: ExhibitionId, withdrawn_at: datetime.datetime) -> None:
        ...
    def __reduce__(self) -> tuple[typing.Any, typing.Any]:
        ...
    def __repr__(self) -> str:
        ...
    def to_dict(self) -> dict[str, typing.Any]:
        """
        The fields under their names; values in them are dicts too, and enum members their words.
        """
    @property
    def exhibition(self) -> ExhibitionId:
        """
        The exhibition that it is of.
        """
    @property
    def withdrawn_at(self) -> datetime.datetime:
        """
        When the exhibition was withdrawn; its reservations are due from then on.
        """
class SessionAdded:
    """
    An exhibition got a session.
    """
    @staticmethod
    def _restore(state: tuple[typing.Any, ...]) -> SessionAdded:
        ...
    def __eq__(self, other: typing.Any) -> bool:
        ...
    def __hash__(self) -> int:
        ...
    def __init__(self, *, session: SessionId, exhibition: ExhibitionId, times: SessionTimes, capacity: typing.SupportsInt | typing.SupportsIndex | None = ...) -> None:
        ...
    def __reduce__(self) -> tuple[typing.Any, typing.Any]:
        ...
    def __repr__(self) -> str:
        ...
    def to_dict(self) -> dict[str, typing.Any]:
        """
        The fields under their names; values in them are dicts too, and enum members their words.
        """
    @property
    def capacity(self) -> int | None:
        """
        How many places there are; None: there is no limit.
        """
    @property
    def exhibition(self) -> ExhibitionId:
        """
        The exhibition that it is of.
        """
    @property
    def session(self) -> SessionId:
        """
        The session that it is of.
        """
    @property
    def times(self) -> SessionTimes:
        """
        When the session is, and when it is sold.
        """
class SessionUpdated:
    """
    Its times are now these.
    """
    @staticmethod
    def _restore(state: tuple[typing.Any, ...]) -> SessionUpdated:
        ...
    def __eq__(self, other: typing.Any) -> bool:
        ...
    def __hash__(self) -> int:
        ...
    def __init__(self, *, session: SessionId, exhibition: ExhibitionId, times: SessionTimes) -> None:
        ...
    def __reduce__(self) -> tuple[typing.Any, typing.Any]:
        ...
    def __repr__(self) -> str:
        ...
    def to_dict(self) -> dict[str, typing.Any]:
        """
        The fields under their names; values in them are dicts too, and enum members their words.
        """
    @property
    def exhibition(self) -> ExhibitionId:
        """
        The exhibition that it is of.
        """
    @property
    def session(self) -> SessionId:
        """
        The session that it is of.
        """
    @property
    def times(self) -> SessionTimes:
        """
        When the session is, and when it is sold.
        """
class SessionClosed:
    """
    It takes no new reservations.
    """
    @staticmethod
    def _restore(state: tuple[typing.Any, ...]) -> SessionClosed:
        ...
    def __eq__(self, other: typing.Any) -> bool:
        ...
    def __hash__(self) -> int:
        ...
    def __init__(self, *, session: SessionId, exhibition: ExhibitionId) -> None:
        ...
    def __reduce__(self) -> tuple[typing.Any, typing.Any]:
        ...
    def __repr__(self) -> str:
        ...
    def to_dict(self) -> dict[str, typing.Any]:
        """
        The fields under their names; values in them are dicts too, and enum members their words.
        """
    @property
    def exhibition(self) -> ExhibitionId:
        """
        The exhibition that it is of.
        """
    @property
    def session(self) -> SessionId:
        """
        The session that it is of.
        """
class SessionReopened:
    """
    It takes reservations again.
    """
    @staticmethod
    def _restore(state: tuple[typing.Any, ...]) -> SessionReopened:
        ...
    def __eq__(self, other: typing.Any) -> bool:
        ...
    def __hash__(self) -> int:
        ...
    def __init__(self, *, session: SessionId, exhibition: ExhibitionId) -> None:
        ...
    def __reduce__(self) -> tuple[typing.Any, typing.Any]:
        ...
    def __repr__(self) -> str:
        ...
    def to_dict(self) -> dict[str, typing.Any]:
        """
        The fields under their names; values in them are dicts too, and enum members their words.
        """
    @property
    def exhibition(self) -> ExhibitionId:
        """
        The exhibition that it is of.
        """
    @property
    def session(self) -> SessionId:
        """
        The session that it is of.
        """
class SessionCancelled:
    """
    It ended for good.
    """
    @staticmethod
    def _restore(state: tuple[typing.Any, ...]) -> SessionCancelled:
        ...
    def __eq__(self, other: typing.Any) -> bool:
        ...
    def __hash__(self) -> int:
        ...
    def __init__(self, *, session: SessionId, exhibition: ExhibitionId, cancelled_at: datetime.datetime) -> None:
        ...
    def __reduce__(self) -> tuple[typing.Any, typing.Any]:
        ...
    def __repr__(self) -> str:
        ...
    def to_dict(self) -> dict[str, typing.Any]:
        """
        The fields under their names; values in them are dicts too, and enum members their words.
        """
    @property
    def cancelled_at(self) -> datetime.datetime:
        """
        When the session was cancelled; its reservations are due from then on.
        """
    @property
    def exhibition(self) -> ExhibitionId:
        """
        The exhibition that it is of.
        """
    @property
    def session(self) -> SessionId:
        """
        The session that it is of.
        """
class CapacityChanged:
    """
    It has so many places; None is no limit.
    """
    @staticmethod
    def _restore(state: tuple[typing.Any, ...]) -> CapacityChanged:
        ...
    def __eq__(self, other: typing.Any) -> bool:
        ...
    def __hash__(self) -> int:
        ...
    def __init__(self, *, session: SessionId, exhibition: ExhibitionId, capacity: typing.SupportsInt | typing.SupportsIndex | None) -> None:
        ...
    def __reduce__(self) -> tuple[typing.Any, typing.Any]:
        ...
    def __repr__(self) -> str:
        ...
    def to_dict(self) -> dict[str, typing.Any]:
        """
        The fields under their names; values in them are dicts too, and enum members their words.
        """
    @property
    def capacity(self) -> int | None:
        """
        How many places there are; None: there is no limit.
        """
    @property
    def exhibition(self) -> ExhibitionId:
        """
        The exhibition that it is of.
        """
    @property
    def session(self) -> SessionId:
        """
        The session that it is of.
        """
class ReservationHeld:
    """
    Places are held until expires_at.
    """
    @staticmethod
    def _restore(state: tuple[typing.Any, ...]) -> ReservationHeld:
        ...
    def __eq__(self, other: typing.Any) -> bool:
        ...
    def __hash__(self) -> int:
        ...
    def __init__(self, *, reservation: ReservationId, exhibition: ExhibitionId, session: SessionId, member: str, places: int = ..., title: str, kind: str = ..., starts_at: datetime.datetime, ends_at: datetime.datetime | None = ..., expires_at: datetime.datetime) -> None:
        ...
    def __reduce__(self) -> tuple[typing.Any, typing.Any]:
        ...
    def __repr__(self) -> str:
        ...
    def to_dict(self) -> dict[str, typing.Any]:
        """
        The fields under their names; values in them are dicts too, and enum members their words.
        """
    @property
    def ends_at(self) -> datetime.datetime | None:
        """
        When the session ends; None: it is open-ended, and never over.
        """
    @property
    def exhibition(self) -> ExhibitionId:
        """
        The exhibition that it is of.
        """
    @property
    def expires_at(self) -> datetime.datetime:
        """
        Until when its places are held.
        """
    @property
    def kind(self) -> str:
        """
        Of which kind it is.
        """
    @property
    def member(self) -> str:
        """
        The host's reference to a customer.
        """
    @property
    def places(self) -> int:
        """
        Persons.
        """
    @property
    def reservation(self) -> ReservationId:
        """
        The reservation that it is of.
        """
    @property
    def session(self) -> SessionId:
        """
        The session that it is of.
        """
    @property
    def starts_at(self) -> datetime.datetime:
        """
        When the session begins.
        """
    @property
    def title(self) -> str:
        """
        Of the exhibition.
        """
class ReservationConfirmed:
    """
    Places are taken for good.
    """
    @staticmethod
    def _restore(state: tuple[typing.Any, ...]) -> ReservationConfirmed:
        ...
    def __eq__(self, other: typing.Any) -> bool:
        ...
    def __hash__(self) -> int:
        ...
    def __init__(self, *, reservation: ReservationId, exhibition: ExhibitionId, session: SessionId, member: str, places: int = ..., title: str, kind: str = ..., starts_at: datetime.datetime, ends_at: datetime.datetime | None = ...) -> None:
        ...
    def __reduce__(self) -> tuple[typing.Any, typing.Any]:
        ...
    def __repr__(self) -> str:
        ...
    def to_dict(self) -> dict[str, typing.Any]:
        """
        The fields under their names; values in them are dicts too, and enum members their words.
        """
    @property
    def ends_at(self) -> datetime.datetime | None:
        """
        When the session ends; None: it is open-ended, and never over.
        """
    @property
    def exhibition(self) -> ExhibitionId:
        """
        The exhibition that it is of.
        """
    @property
    def kind(self) -> str:
        """
        Of which kind it is.
        """
    @property
    def member(self) -> str:
        """
        The host's reference to a customer.
        """
    @property
    def places(self) -> int:
        """
        Persons.
        """
    @property
    def reservation(self) -> ReservationId:
        """
        The reservation that it is of.
        """
    @property
    def session(self) -> SessionId:
        """
        The session that it is of.
        """
    @property
    def starts_at(self) -> datetime.datetime:
        """
        When the session begins.
        """
    @property
    def title(self) -> str:
        """
        Of the exhibition.
        """
class HoldExtended:
    """
    A hold lasts until expires_at now.
    """
    @staticmethod
    def _restore(state: tuple[typing.Any, ...]) -> HoldExtended:
        ...
    def __eq__(self, other: typing.Any) -> bool:
        ...
    def __hash__(self) -> int:
        ...
    def __init__(self, *, reservation: ReservationId, exhibition: ExhibitionId, session: SessionId, member: str, places: int = ..., title: str, kind: str = ..., starts_at: datetime.datetime, ends_at: datetime.datetime | None = ..., expires_at: datetime.datetime) -> None:
        ...
    def __reduce__(self) -> tuple[typing.Any, typing.Any]:
        ...
    def __repr__(self) -> str:
        ...
    def to_dict(self) -> dict[str, typing.Any]:
        """
        The fields under their names; values in them are dicts too, and enum members their words.
        """
    @property
    def ends_at(self) -> datetime.datetime | None:
        """
        When the session ends; None: it is open-ended, and never over.
        """
    @property
    def exhibition(self) -> ExhibitionId:
        """
        The exhibition that it is of.
        """
    @property
    def expires_at(self) -> datetime.datetime:
        """
        Until when its places are held.
        """
    @property
    def kind(self) -> str:
        """
        Of which kind it is.
        """
    @property
    def member(self) -> str:
        """
        The host's reference to a customer.
        """
    @property
    def places(self) -> int:
        """
        Persons.
        """
    @property
    def reservation(self) -> ReservationId:
        """
        The reservation that it is of.
        """
    @property
    def session(self) -> SessionId:
        """
        The session that it is of.
        """
    @property
    def starts_at(self) -> datetime.datetime:
        """
        When the session begins.
        """
    @property
    def title(self) -> str:
        """
        Of the exhibition.
        """
class ReservationExpired:
    """
    A hold was over; it was written down when the event occurred.
    """
    @staticmethod
    def _restore(state: tuple[typing.Any, ...]) -> ReservationExpired:
        ...
    def __eq__(self, other: typing.Any) -> bool:
        ...
    def __hash__(self) -> int:
        ...
    def __init__(self, *, reservation: ReservationId, exhibition: ExhibitionId, session: SessionId, member: str, places: int = ..., title: str, kind: str = ..., starts_at: datetime.datetime, ends_at: datetime.datetime | None = ..., due_at: datetime.datetime) -> None:
        ...
    def __reduce__(self) -> tuple[typing.Any, typing.Any]:
        ...
    def __repr__(self) -> str:
        ...
    def to_dict(self) -> dict[str, typing.Any]:
        """
        The fields under their names; values in them are dicts too, and enum members their words.
        """
    @property
    def due_at(self) -> datetime.datetime:
        """
        When the hold ended.
        """
    @property
    def ends_at(self) -> datetime.datetime | None:
        """
        When the session ends; None: it is open-ended, and never over.
        """
    @property
    def exhibition(self) -> ExhibitionId:
        """
        The exhibition that it is of.
        """
    @property
    def kind(self) -> str:
        """
        Of which kind it is.
        """
    @property
    def member(self) -> str:
        """
        The host's reference to a customer.
        """
    @property
    def places(self) -> int:
        """
        Persons.
        """
    @property
    def reservation(self) -> ReservationId:
        """
        The reservation that it is of.
        """
    @property
    def session(self) -> SessionId:
        """
        The session that it is of.
        """
    @property
    def starts_at(self) -> datetime.datetime:
        """
        When the session begins.
        """
    @property
    def title(self) -> str:
        """
        Of the exhibition.
        """
class ReservationCancelled:
    """
    Places were given back.
    """
    @staticmethod
    def _restore(state: tuple[typing.Any, ...]) -> ReservationCancelled:
        ...
    def __eq__(self, other: typing.Any) -> bool:
        ...
    def __hash__(self) -> int:
        ...
    def __init__(self, *, reservation: ReservationId, exhibition: ExhibitionId, session: SessionId, member: str, places: int = ..., title: str, kind: str = ..., starts_at: datetime.datetime, ends_at: datetime.datetime | None = ..., reason: CancelReason, due_at: datetime.datetime | None = ...) -> None:
        ...
    def __reduce__(self) -> tuple[typing.Any, typing.Any]:
        ...
    def __repr__(self) -> str:
        ...
    def to_dict(self) -> dict[str, typing.Any]:
        """
        The fields under their names; values in them are dicts too, and enum members their words.
        """
    @property
    def due_at(self) -> datetime.datetime | None:
        """
        When a withdrawal or a cancelled session made it due; None when someone asked for it.
        """
    @property
    def ends_at(self) -> datetime.datetime | None:
        """
        When the session ends; None: it is open-ended, and never over.
        """
    @property
    def exhibition(self) -> ExhibitionId:
        """
        The exhibition that it is of.
        """
    @property
    def kind(self) -> str:
        """
        Of which kind it is.
        """
    @property
    def member(self) -> str:
        """
        The host's reference to a customer.
        """
    @property
    def places(self) -> int:
        """
        Persons.
        """
    @property
    def reason(self) -> CancelReason:
        """
        Why.
        """
    @property
    def reservation(self) -> ReservationId:
        """
        The reservation that it is of.
        """
    @property
    def session(self) -> SessionId:
        """
        The session that it is of.
        """
    @property
    def starts_at(self) -> datetime.datetime:
        """
        When the session begins.
        """
    @property
    def title(self) -> str:
        """
        Of the exhibition.
        """
class VoucherActivated:
    """
    A reservation has a voucher.
    """
    @staticmethod
    def _restore(state: tuple[typing.Any, ...]) -> VoucherActivated:
        ...
    def __eq__(self, other: typing.Any) -> bool:
        ...
    def __hash__(self) -> int:
        ...
    def __init__(self, *, voucher: VoucherId, reservation: ReservationId, member: str, code: str, admits: int = ...) -> None:
        ...
    def __reduce__(self) -> tuple[typing.Any, typing.Any]:
        ...
    def __repr__(self) -> str:
        ...
    def to_dict(self) -> dict[str, typing.Any]:
        """
        The fields under their names; values in them are dicts too, and enum members their words.
        """
    @property
    def admits(self) -> int:
        """
        Persons.
        """
    @property
    def code(self) -> str:
        """
        A bearer secret: whoever shows it gets in. Left out of repr().
        """
    @property
    def member(self) -> str:
        """
        The host's reference to a customer.
        """
    @property
    def reservation(self) -> ReservationId:
        """
        The reservation that it is of.
        """
    @property
    def voucher(self) -> VoucherId:
        """
        The voucher that it is of.
        """
class VoucherDeactivated:
    """
    The voucher lets nobody in any more.
    """
    @staticmethod
    def _restore(state: tuple[typing.Any, ...]) -> VoucherDeactivated:
        ...
    def __eq__(self, other: typing.Any) -> bool:
        ...
    def __hash__(self) -> int:
        ...
    def __init__(self, *, voucher: VoucherId, reservation: ReservationId, member: str) -> None:
        ...
    def __reduce__(self) -> tuple[typing.Any, typing.Any]:
        ...
    def __repr__(self) -> str:
        ...
    def to_dict(self) -> dict[str, typing.Any]:
        """
        The fields under their names; values in them are dicts too, and enum members their words.
        """
    @property
    def member(self) -> str:
        """
        The host's reference to a customer.
        """
    @property
    def reservation(self) -> ReservationId:
        """
        The reservation that it is of.
        """
    @property
    def voucher(self) -> VoucherId:
        """
        The voucher that it is of.
        """
class VoucherRedeemed:
    """
    Persons were let in.
    """
    @staticmethod
    def _restore(state: tuple[typing.Any, ...]) -> VoucherRedeemed:
        ...
    def __eq__(self, other: typing.Any) -> bool:
        ...
    def __hash__(self) -> int:
        ...
    def __init__(self, *, voucher: VoucherId, reservation: ReservationId, member: str, gate: str = ..., count: int = ..., admitted: int = ...) -> None:
        ...
    def __reduce__(self) -> tuple[typing.Any, typing.Any]:
        ...
    def __repr__(self) -> str:
        ...
    def to_dict(self) -> dict[str, typing.Any]:
        """
        The fields under their names; values in them are dicts too, and enum members their words.
        """
    @property
    def admitted(self) -> int:
        """
        Everyone whom the voucher has let in by then.
        """
    @property
    def count(self) -> int:
        """
        Persons.
        """
    @property
    def gate(self) -> str:
        """
        Where, in the host's words.
        """
    @property
    def member(self) -> str:
        """
        The host's reference to a customer.
        """
    @property
    def reservation(self) -> ReservationId:
        """
        The reservation that it is of.
        """
    @property
    def voucher(self) -> VoucherId:
        """
        The voucher that it is of.
        """
class RedemptionUndone:
    """
    The last redemption was taken back.
    """
    @staticmethod
    def _restore(state: tuple[typing.Any, ...]) -> RedemptionUndone:
        ...
    def __eq__(self, other: typing.Any) -> bool:
        ...
    def __hash__(self) -> int:
        ...
    def __init__(self, *, voucher: VoucherId, reservation: ReservationId, member: str, gate: str = ..., count: int = ..., admitted: int = ...) -> None:
        ...
    def __reduce__(self) -> tuple[typing.Any, typing.Any]:
        ...
    def __repr__(self) -> str:
        ...
    def to_dict(self) -> dict[str, typing.Any]:
        """
        The fields under their names; values in them are dicts too, and enum members their words.
        """
    @property
    def admitted(self) -> int:
        """
        Everyone whom the voucher has let in by then.
        """
    @property
    def count(self) -> int:
        """
        Persons.
        """
    @property
    def gate(self) -> str:
        """
        Where, in the host's words.
        """
    @property
    def member(self) -> str:
        """
        The host's reference to a customer.
        """
    @property
    def reservation(self) -> ReservationId:
        """
        The reservation that it is of.
        """
    @property
    def voucher(self) -> VoucherId:
        """
        The voucher that it is of.
        """
class UnknownEvent:
    """
    An event of a type, or of a version of it, that this version of the library does not know, as it is stored.
    """
    @staticmethod
    def _restore(state: tuple[typing.Any, ...]) -> UnknownEvent:
        ...
    def __eq__(self, other: typing.Any) -> bool:
        ...
    def __hash__(self) -> int:
        ...
    def __init__(self, *, type: str, payload: str) -> None:
        ...
    def __reduce__(self) -> tuple[typing.Any, typing.Any]:
        ...
    def __repr__(self) -> str:
        ...
    def to_dict(self) -> dict[str, typing.Any]:
        """
        The fields under their names; values in them are dicts too, and enum members their words.
        """
    @property
    def payload(self) -> str:
        """
        As it is stored.
        """
    @property
    def type(self) -> str:
        """
        The name of its kind.
        """
class Stream:
    """
    What has to stay in order: an exhibition and its sessions, or a reservation and its vouchers. "reservation/123".
    """
    @staticmethod
    def _restore(state: tuple[typing.Any, ...]) -> Stream:
        ...
    def __eq__(self, other: typing.Any) -> bool:
        ...
    def __hash__(self) -> int:
        ...
    def __init__(self, *, kind: StreamKind, id: int) -> None:
        ...
    def __reduce__(self) -> tuple[typing.Any, typing.Any]:
        ...
    def __repr__(self) -> str:
        ...
    def __str__(self) -> str:
        ...
    def to_dict(self) -> dict[str, typing.Any]:
        """
        The fields under their names; values in them are dicts too, and enum members their words.
        """
    @property
    def id(self) -> int:
        """
        Its own number, which no other of its kind has.
        """
    @property
    def kind(self) -> StreamKind:
        """
        Of which kind it is.
        """
class Headers:
    """
    What the host knows of a command's origin.
    """
    @staticmethod
    def _restore(state: tuple[typing.Any, ...]) -> Headers:
        ...
    def __eq__(self, other: typing.Any) -> bool:
        ...
    def __hash__(self) -> int:
        ...
    def __init__(self, *, correlation_id: str = ..., actor: str = ...) -> None:
        ...
    def __reduce__(self) -> tuple[typing.Any, typing.Any]:
        ...
    def __repr__(self) -> str:
        ...
    def to_dict(self) -> dict[str, typing.Any]:
        """
        The fields under their names; values in them are dicts too, and enum members their words.
        """
    @property
    def actor(self) -> str:
        """
        Who gave the command, in the host's words; empty if nobody said.
        """
    @property
    def correlation_id(self) -> str:
        """
        What the command belongs to, in the host's words; empty if nobody said.
        """
class Envelope:
    """
    An event as the log has it.
    """
    @staticmethod
    def _restore(state: tuple[typing.Any, ...]) -> Envelope:
        ...
    @staticmethod
    def from_cloud_event(text: str) -> Envelope:
        """
        What to_cloud_event has made the text of; a code that was left out is empty.
        
        Errors: InvalidArgument naming the attribute.
        """
    def __eq__(self, other: typing.Any) -> bool:
        ...
    def __hash__(self) -> int:
        ...
    def __init__(self, *, position: Position, stream: Stream, aggregate: Aggregate, version: int = ..., occurred_at: datetime.datetime, schema_version: int = ..., headers: Headers = ..., event: ExhibitionRegistered | ExhibitionUpdated | ExhibitionSuspended | ExhibitionResumed | ExhibitionWithdrawn | SessionAdded | SessionUpdated | SessionClosed | SessionReopened | SessionCancelled | CapacityChanged | ReservationHeld | ReservationConfirmed | HoldExtended | ReservationExpired | ReservationCancelled | VoucherActivated | VoucherDeactivated | VoucherRedeemed | RedemptionUndone | UnknownEvent) -> None:
        ...
    def __reduce__(self) -> tuple[typing.Any, typing.Any]:
        ...
    def __repr__(self) -> str:
        ...
    def to_cloud_event(self, *, source: str, voucher_codes: bool = False) -> str:
        """
        The event as CloudEvents 1.0 in JSON, in one line.
        
        source is a URI reference that tells whose log it is from, such as "/museum". A voucher's code lets
        in who has it: voucher_codes=True leaves it in.
        """
    def to_dict(self) -> dict[str, typing.Any]:
        """
        The fields under their names; values in them are dicts too, and enum members their words.
        """
    @property
    def aggregate(self) -> Aggregate:
        """
        What has changed.
        """
    @property
    def event(self) -> ExhibitionRegistered | ExhibitionUpdated | ExhibitionSuspended | ExhibitionResumed | ExhibitionWithdrawn | SessionAdded | SessionUpdated | SessionClosed | SessionReopened | SessionCancelled | CapacityChanged | ReservationHeld | ReservationConfirmed | HoldExtended | ReservationExpired | ReservationCancelled | VoucherActivated | VoucherDeactivated | VoucherRedeemed | RedemptionUndone | UnknownEvent:
        """
        What has happened.
        """
    @property
    def headers(self) -> Headers:
        """
        What the host said of the command.
        """
    @property
    def key(self) -> str:
        """
        "Reservation/123/2": the same for every delivery, and no other event's.
        """
    @property
    def occurred_at(self) -> datetime.datetime:
        """
        When it was written down.
        """
    @property
    def position(self) -> Position:
        """
        Its place in the log.
        """
    @property
    def schema_version(self) -> int:
        """
        Of the form in which it was stored.
        """
    @property
    def stream(self) -> Stream:
        """
        What it has to stay in order with.
        """
    @property
    def version(self) -> int:
        """
        The aggregate's, that the event made.
        """
class EventSlice:
    """
    A part of what has happened.
    """
    @staticmethod
    def _restore(state: tuple[typing.Any, ...]) -> EventSlice:
        ...
    def __eq__(self, other: typing.Any) -> bool:
        ...
    def __hash__(self) -> int:
        ...
    def __init__(self, *, events: collections.abc.Sequence[Envelope] = ..., end: Position = ...) -> None:
        ...
    def __reduce__(self) -> tuple[typing.Any, typing.Any]:
        ...
    def __repr__(self) -> str:
        ...
    def to_dict(self) -> dict[str, typing.Any]:
        """
        The fields under their names; values in them are dicts too, and enum members their words.
        """
    @property
    def end(self) -> Position:
        """
        From where the next part goes on.
        """
    @property
    def events(self) -> list[Envelope]:
        """
        The wanted ones among the events up to end.
        """
class Delivery:
    """
    An event on its way to a follower. To one whose effect is outside it comes at least once:
    what the handler does it should do only once for each key.
    """
    @staticmethod
    def _restore(state: tuple[typing.Any, ...]) -> Delivery:
        ...
    def __eq__(self, other: typing.Any) -> bool:
        ...
    def __hash__(self) -> int:
        ...
    def __init__(self, *, envelope: Envelope, attempt: int = ..., replaying: bool = ...) -> None:
        ...
    def __reduce__(self) -> tuple[typing.Any, typing.Any]:
        ...
    def __repr__(self) -> str:
        ...
    def to_dict(self) -> dict[str, typing.Any]:
        """
        The fields under their names; values in them are dicts too, and enum members their words.
        """
    @property
    def attempt(self) -> int:
        """
        1 for the first try.
        """
    @property
    def envelope(self) -> Envelope:
        """
        The event as the log has it.
        """
    @property
    def event(self) -> ExhibitionRegistered | ExhibitionUpdated | ExhibitionSuspended | ExhibitionResumed | ExhibitionWithdrawn | SessionAdded | SessionUpdated | SessionClosed | SessionReopened | SessionCancelled | CapacityChanged | ReservationHeld | ReservationConfirmed | HoldExtended | ReservationExpired | ReservationCancelled | VoucherActivated | VoucherDeactivated | VoucherRedeemed | RedemptionUndone | UnknownEvent:
        """
        What has happened.
        """
    @property
    def key(self) -> str:
        """
        "Reservation/123/2": the same for every delivery, and no other event's.
        """
    @property
    def replaying(self) -> bool:
        """
        In a rebuild: it is to change the read model, and nothing else.
        """
class DispatcherCapabilities:
    """
    What a dispatcher promises beyond the order of each stream and at least once.
    """
    @staticmethod
    def _restore(state: tuple[typing.Any, ...]) -> DispatcherCapabilities:
        ...
    def __eq__(self, other: typing.Any) -> bool:
        ...
    def __hash__(self) -> int:
        ...
    def __init__(self, *, synchronous: bool = ..., total_order: bool = ..., exactly_once: bool = ...) -> None:
        ...
    def __reduce__(self) -> tuple[typing.Any, typing.Any]:
        ...
    def __repr__(self) -> str:
        ...
    def to_dict(self) -> dict[str, typing.Any]:
        """
        The fields under their names; values in them are dicts too, and enum members their words.
        """
    @property
    def exactly_once(self) -> bool:
        """
        No handler gets an event twice.
        """
    @property
    def synchronous(self) -> bool:
        """
        When publish returns, its thread has run every handler.
        """
    @property
    def total_order(self) -> bool:
        """
        Events of all streams come in the order of their publication.
        """
class ManualClock:
    """
    A clock that stands still until it is told to move, in either direction: for tests and
    demonstrations.
    
    Threads: any.
    """
    def __init__(self, now: datetime.datetime) -> None:
        ...
    def __reduce__(self) -> typing.NoReturn:
        ...
    def advance(self, by: datetime.timedelta) -> None:
        """
        Moves it on; back, if it is negative.
        """
    def now(self) -> datetime.datetime:
        """
        The time that it shows.
        """
    def set(self, now: datetime.datetime) -> None:
        """
        Shows another time.
        """
class ManualMonotonicClock:
    """
    A clock of the time that passes, which passes when it is told to: for tests.
    
    Threads: any.
    """
    def __init__(self) -> None:
        ...
    def __reduce__(self) -> typing.NoReturn:
        ...
    def advance(self, by: datetime.timedelta) -> None:
        """
        Lets time pass.
        """
class SeededRandom:
    """
    The same bits for the same seed, on every platform: for tests and demonstrations, never for
    secrets. Each engine that it is given to begins with the first ones.
    """
    def __init__(self, seed: int) -> None:
        ...
    def __reduce__(self) -> typing.NoReturn:
        ...
class Tally:
    """
    Calls that were judged, and how many of them were bad.
    """
    @staticmethod
    def _restore(state: tuple[typing.Any, ...]) -> Tally:
        ...
    def __eq__(self, other: typing.Any) -> bool:
        ...
    def __hash__(self) -> int:
        ...
    def __init__(self, *, calls: int = ..., failures: int = ..., slow: int = ...) -> None:
        ...
    def __reduce__(self) -> tuple[typing.Any, typing.Any]:
        ...
    def __repr__(self) -> str:
        ...
    def to_dict(self) -> dict[str, typing.Any]:
        """
        The fields under their names; values in them are dicts too, and enum members their words.
        """
    @property
    def calls(self) -> int:
        """
        That were judged.
        """
    @property
    def failures(self) -> int:
        """
        Those that were bad.
        """
    @property
    def slow(self) -> int:
        """
        Those that took too long.
        """
class BreakerSnapshot:
    """
    What a circuit breaker looks like at one moment; looking changes nothing.
    """
    @staticmethod
    def _restore(state: tuple[typing.Any, ...]) -> BreakerSnapshot:
        ...
    def __eq__(self, other: typing.Any) -> bool:
        ...
    def __hash__(self) -> int:
        ...
    def __init__(self, *, state: BreakerState = ..., tally: Tally = ..., rejected: int = ..., ignored: int = ..., late: int = ..., thrown: int = ..., retry_after: datetime.timedelta | None = ...) -> None:
        ...
    def __reduce__(self) -> tuple[typing.Any, typing.Any]:
        ...
    def __repr__(self) -> str:
        ...
    def to_dict(self) -> dict[str, typing.Any]:
        """
        The fields under their names; values in them are dicts too, and enum members their words.
        """
    @property
    def ignored(self) -> int:
        """
        Verdicts that said nothing.
        """
    @property
    def late(self) -> int:
        """
        Verdicts on calls of an earlier state, which count for nothing.
        """
    @property
    def rejected(self) -> int:
        """
        Calls that were not let through, of all times.
        """
    @property
    def retry_after(self) -> datetime.timedelta | None:
        """
        While it lets none through.
        """
    @property
    def state(self) -> BreakerState:
        """
        What it is doing, or why it is not.
        """
    @property
    def tally(self) -> Tally:
        """
        Of the window; of the probes while it is half open.
        """
    @property
    def thrown(self) -> int:
        """
        Exceptions of listeners.
        """
class BulkheadSnapshot:
    """
    What a bulkhead looks like at one moment.
    """
    @staticmethod
    def _restore(state: tuple[typing.Any, ...]) -> BulkheadSnapshot:
        ...
    def __eq__(self, other: typing.Any) -> bool:
        ...
    def __hash__(self) -> int:
        ...
    def __init__(self, *, inside: int = ..., waiting: int = ..., admitted: int = ..., rejected: int = ..., takes: datetime.timedelta = ...) -> None:
        ...
    def __reduce__(self) -> tuple[typing.Any, typing.Any]:
        ...
    def __repr__(self) -> str:
        ...
    def to_dict(self) -> dict[str, typing.Any]:
        """
        The fields under their names; values in them are dicts too, and enum members their words.
        """
    @property
    def admitted(self) -> int:
        """
        Of all times.
        """
    @property
    def inside(self) -> int:
        """
        Calls on their way.
        """
    @property
    def rejected(self) -> int:
        """
        Likewise; those that waited in vain as well.
        """
    @property
    def takes(self) -> datetime.timedelta:
        """
        How long a call is inside, of late; 0 while none has ended.
        """
    @property
    def waiting(self) -> int:
        """
        Calls in the queue.
        """
class BreakerEvent:
    """
    What a circuit breaker tells its listeners.
    """
    @staticmethod
    def _restore(state: tuple[typing.Any, ...]) -> BreakerEvent:
        ...
    def __eq__(self, other: typing.Any) -> bool:
        ...
    def __hash__(self) -> int:
        ...
    def __init__(self, *, kind: BreakerEventKind = ..., from_state: BreakerState = ..., to_state: BreakerState = ..., number: int = ..., tally: Tally = ...) -> None:
        ...
    def __reduce__(self) -> tuple[typing.Any, typing.Any]:
        ...
    def __repr__(self) -> str:
        ...
    def to_dict(self) -> dict[str, typing.Any]:
        """
        The fields under their names; values in them are dicts too, and enum members their words.
        """
    @property
    def from_state(self) -> BreakerState:
        """
        What it was before.
        """
    @property
    def kind(self) -> BreakerEventKind:
        """
        Of which kind it is.
        """
    @property
    def number(self) -> int:
        """
        Of this event, counted from 1.
        """
    @property
    def tally(self) -> Tally:
        """
        What was known when it happened.
        """
    @property
    def to_state(self) -> BreakerState:
        """
        What it is now.
        """
class BreakerOptions:
    """
    When a circuit breaker opens, for how long, and how it finds out whether it may close.
    
    Units: rates in percent of the calls that were judged.
    """
    @staticmethod
    def _restore(state: tuple[typing.Any, ...]) -> BreakerOptions:
        ...
    def __eq__(self, other: typing.Any) -> bool:
        ...
    def __hash__(self) -> int:
        ...
    def __init__(self, *, failure_rate: typing.SupportsFloat | typing.SupportsIndex = ..., slow_rate: typing.SupportsFloat | typing.SupportsIndex = ..., slow_after: datetime.timedelta = ..., window: datetime.timedelta = ..., buckets: int = ..., count_window: int = ..., minimum_calls: int = ..., consecutive_failures: int = ..., open_for: datetime.timedelta = ..., open_factor: typing.SupportsFloat | typing.SupportsIndex = ..., open_cap: datetime.timedelta = ..., probes: int = ..., decide_early: bool = ..., probe_lease: datetime.timedelta = ..., min_retry_after: datetime.timedelta = ...) -> None:
        ...
    def __reduce__(self) -> tuple[typing.Any, typing.Any]:
        ...
    def __repr__(self) -> str:
        ...
    def to_dict(self) -> dict[str, typing.Any]:
        """
        The fields under their names; values in them are dicts too, and enum members their words.
        """
    @property
    def buckets(self) -> int:
        """
        Of the window; 1 to 64.
        """
    @property
    def consecutive_failures(self) -> int:
        """
        So many in a row open it as well; 0: none do.
        """
    @property
    def count_window(self) -> int:
        """
        The last so many calls count instead; at most 65,535.
        """
    @property
    def decide_early(self) -> bool:
        """
        As soon as the rest of them cannot change it.
        """
    @property
    def failure_rate(self) -> float:
        """
        Opens at it; above 0, at most 100.
        """
    @property
    def min_retry_after(self) -> datetime.timedelta:
        """
        While it finds out.
        """
    @property
    def minimum_calls(self) -> int:
        """
        Before that many, no rate opens it; at least 1.
        """
    @property
    def open_cap(self) -> datetime.timedelta:
        """
        At last; at least open_for.
        """
    @property
    def open_factor(self) -> float:
        """
        Each time it was too short; 1 to 100.
        """
    @property
    def open_for(self) -> datetime.timedelta:
        """
        At first.
        """
    @property
    def probe_lease(self) -> datetime.timedelta:
        """
        A longer probe is a failure.
        """
    @property
    def probes(self) -> int:
        """
        Calls that are let through to find out; 1 to 64.
        """
    @property
    def slow_after(self) -> datetime.timedelta:
        """
        A longer call is slow; 0: none is.
        """
    @property
    def slow_rate(self) -> float:
        """
        Opens at it; likewise; of no effect without slow_after.
        """
    @property
    def window(self) -> datetime.timedelta:
        """
        Calls that count; at most 1 hour.
        """
class _BreakerPermit:
    def __reduce__(self) -> typing.NoReturn:
        ...
    def finish(self, verdict: Verdict) -> None:
        ...
    def open_for(self, span: datetime.timedelta) -> None:
        ...
    def succeed(self) -> None:
        ...
class _CircuitBreaker:
    def __init__(self, name: str, options: BreakerOptions, clock: ManualMonotonicClock | None) -> None:
        ...
    def __reduce__(self) -> typing.NoReturn:
        ...
    def acquire(self) -> _BreakerPermit:
        ...
    def disable(self) -> None:
        ...
    def force_open(self) -> None:
        ...
    def listen(self, listener: typing.Any) -> None:
        ...
    def only_measure(self) -> None:
        ...
    def reset(self) -> None:
        ...
    def snapshot(self) -> BreakerSnapshot:
        ...
class _Place:
    def __reduce__(self) -> typing.NoReturn:
        ...
    def leave(self) -> None:
        ...
class _Bulkhead:
    def __init__(self, name: str, limit: int, queue: int, max_wait: datetime.timedelta, clock: ManualMonotonicClock | None) -> None:
        ...
    def __reduce__(self) -> typing.NoReturn:
        ...
    def acquire(self, left: datetime.timedelta | None) -> _Place:
        ...
    def snapshot(self) -> BulkheadSnapshot:
        ...
class _RateLimiter:
    def __init__(self, name: str, calls: int, per: datetime.timedelta, burst: typing.SupportsInt | typing.SupportsIndex | None, clock: ManualMonotonicClock | None) -> None:
        ...
    def __reduce__(self) -> typing.NoReturn:
        ...
    def acquire(self) -> None:
        ...
class _Retry:
    def __init__(self, attempts: int, backoff: datetime.timedelta, factor: typing.SupportsFloat | typing.SupportsIndex, max_backoff: datetime.timedelta, max_wait: datetime.timedelta, jitter: typing.SupportsFloat | typing.SupportsIndex, budget: int) -> None:
        ...
    def __reduce__(self) -> typing.NoReturn:
        ...
    def pause_after(self, attempt: int, verdict: Verdict, raised: typing.Any, left: datetime.timedelta | None) -> datetime.timedelta | None:
        ...
class PumpFailure:
    """
    A part of a pump that a store or another port refused, or a follower that has halted.
    """
    @staticmethod
    def _restore(state: tuple[typing.Any, ...]) -> PumpFailure:
        ...
    def __eq__(self, other: typing.Any) -> bool:
        ...
    def __hash__(self) -> int:
        ...
    def __init__(self, *, part: str, error: Error) -> None:
        ...
    def __reduce__(self) -> tuple[typing.Any, typing.Any]:
        ...
    def __repr__(self) -> str:
        ...
    def to_dict(self) -> dict[str, typing.Any]:
        """
        The fields under their names; values in them are dicts too, and enum members their words.
        """
    @property
    def error(self) -> Error:
        """
        An exception that nobody has raised.
        """
    @property
    def part(self) -> str:
        """
        "clock" (and nothing was done), "holds", "closings", "subscriptions", or the name of a follower.
        """
class FollowerProgress:
    """
    What a durable follower did: events that it took, passed over as not wanted, or parked.
    """
    @staticmethod
    def _restore(state: tuple[typing.Any, ...]) -> FollowerProgress:
        ...
    def __eq__(self, other: typing.Any) -> bool:
        ...
    def __hash__(self) -> int:
        ...
    def __init__(self, *, name: str, followed: int = ...) -> None:
        ...
    def __reduce__(self) -> tuple[typing.Any, typing.Any]:
        ...
    def __repr__(self) -> str:
        ...
    def to_dict(self) -> dict[str, typing.Any]:
        """
        The fields under their names; values in them are dicts too, and enum members their words.
        """
    @property
    def followed(self) -> int:
        """
        Events that it took.
        """
    @property
    def name(self) -> str:
        """
        What it is called.
        """
class PumpReport:
    """
    What a pump did.
    """
    @staticmethod
    def _restore(state: tuple[typing.Any, ...]) -> PumpReport:
        ...
    def __eq__(self, other: typing.Any) -> bool:
        ...
    def __hash__(self) -> int:
        ...
    def __init__(self, *, settled: int = ..., followers: collections.abc.Sequence[FollowerProgress] = ..., delivered: int = ..., subscriber_errors: int = ..., more: bool = ..., retry_at: datetime.datetime | None = ..., inside_handler: bool = ..., failures: collections.abc.Sequence[PumpFailure] = ...) -> None:
        ...
    def __reduce__(self) -> tuple[typing.Any, typing.Any]:
        ...
    def __repr__(self) -> str:
        ...
    def followed(self, name: str) -> int:
        """
        How many events the follower of that name has followed; 0 for an unknown one.
        """
    def to_dict(self) -> dict[str, typing.Any]:
        """
        The fields under their names; values in them are dicts too, and enum members their words.
        """
    @property
    def delivered(self) -> int:
        """
        Events that were given to subscriptions.
        """
    @property
    def failures(self) -> list[PumpFailure]:
        """
        What a store or another port refused; the others went on.
        """
    @property
    def followers(self) -> list[FollowerProgress]:
        """
        In the order in which they ran.
        """
    @property
    def inside_handler(self) -> bool:
        """
        Called from a handler, it did nothing.
        """
    @property
    def more(self) -> bool:
        """
        Pump again: the budget was used up.
        """
    @property
    def retry_at(self) -> datetime.datetime | None:
        """
        Pump again then: a follower backs off, or a store failed.
        """
    @property
    def settled(self) -> int:
        """
        Due reservations that were written down.
        """
    @property
    def subscriber_errors(self) -> int:
        """
        Exceptions that subscribers raised.
        """
class Failure:
    """
    The event that a follower could not take so far.
    """
    @staticmethod
    def _restore(state: tuple[typing.Any, ...]) -> Failure:
        ...
    def __eq__(self, other: typing.Any) -> bool:
        ...
    def __hash__(self) -> int:
        ...
    def __init__(self, *, at: Position, attempts: int = ..., retry_at: datetime.datetime, error: str = ...) -> None:
        ...
    def __reduce__(self) -> tuple[typing.Any, typing.Any]:
        ...
    def __repr__(self) -> str:
        ...
    def to_dict(self) -> dict[str, typing.Any]:
        """
        The fields under their names; values in them are dicts too, and enum members their words.
        """
    @property
    def at(self) -> Position:
        """
        When, or where in the log.
        """
    @property
    def attempts(self) -> int:
        """
        That failed.
        """
    @property
    def error(self) -> str:
        """
        What was said about it.
        """
    @property
    def retry_at(self) -> datetime.datetime:
        """
        None is made before.
        """
class RebuildProgress:
    """
    How far a rebuild has come on its way to where the read model is that serves.
    """
    @staticmethod
    def _restore(state: tuple[typing.Any, ...]) -> RebuildProgress:
        ...
    def __eq__(self, other: typing.Any) -> bool:
        ...
    def __hash__(self) -> int:
        ...
    def __init__(self, *, position: Position, target: Position) -> None:
        ...
    def __reduce__(self) -> tuple[typing.Any, typing.Any]:
        ...
    def __repr__(self) -> str:
        ...
    def to_dict(self) -> dict[str, typing.Any]:
        """
        The fields under their names; values in them are dicts too, and enum members their words.
        """
    @property
    def position(self) -> Position:
        """
        Its place in the log.
        """
    @property
    def target(self) -> Position:
        """
        Where it has to come.
        """
class FollowerStatus:
    """
    Where a follower is, and how far behind.
    """
    @staticmethod
    def _restore(state: tuple[typing.Any, ...]) -> FollowerStatus:
        ...
    def __eq__(self, other: typing.Any) -> bool:
        ...
    def __hash__(self) -> int:
        ...
    def __init__(self, *, name: str, state: FollowerState = ..., position: Position = ..., head: Position = ..., floor: Position = ..., lag_events: int = ..., lag: datetime.timedelta = ..., failure: Failure | None = ..., parked: int = ..., unknown: int = ..., generation: int = ..., rebuild: RebuildProgress | None = ..., halted_by: Error | None = ..., owner: str = ..., epoch: int = ..., store_failure: str = ...) -> None:
        ...
    def __reduce__(self) -> tuple[typing.Any, typing.Any]:
        ...
    def __repr__(self) -> str:
        ...
    def to_dict(self) -> dict[str, typing.Any]:
        """
        The fields under their names; values in them are dicts too, and enum members their words.
        """
    @property
    def epoch(self) -> int:
        """
        How many times that has been another one.
        """
    @property
    def failure(self) -> Failure | None:
        """
        Of the event it is at.
        """
    @property
    def floor(self) -> Position:
        """
        Of the log: the last position that it has forgotten.
        """
    @property
    def generation(self) -> int:
        """
        Of its read model: one more with every rebuild.
        """
    @property
    def halted_by(self) -> Error | None:
        """
        Why it has halted: an exception that nobody has raised.
        """
    @property
    def head(self) -> Position:
        """
        Of the log.
        """
    @property
    def lag(self) -> datetime.timedelta:
        """
        Since the first of them.
        """
    @property
    def lag_events(self) -> int:
        """
        Events of its types that it has not followed.
        """
    @property
    def name(self) -> str:
        """
        What it is called.
        """
    @property
    def owner(self) -> str:
        """
        The process that runs it, or ran it last: host, process, number.
        """
    @property
    def parked(self) -> int:
        """
        Dead letters.
        """
    @property
    def position(self) -> Position:
        """
        Its place in the log.
        """
    @property
    def rebuild(self) -> RebuildProgress | None:
        """
        Of this engine, that is not over.
        """
    @property
    def state(self) -> FollowerState:
        """
        What it is doing, or why it is not.
        """
    @property
    def store_failure(self) -> str:
        """
        Why its last run ended early; empty when it did not.
        """
    @property
    def unknown(self) -> int:
        """
        Events that were skipped, for their types are not known.
        """
class DeadLetter:
    """
    An event that a follower has laid aside: a copy, for the log may forget the event.
    """
    @staticmethod
    def _restore(state: tuple[typing.Any, ...]) -> DeadLetter:
        ...
    def __eq__(self, other: typing.Any) -> bool:
        ...
    def __hash__(self) -> int:
        ...
    def __init__(self, *, envelope: Envelope, reason: DeadLetterReason = ..., attempts: int = ..., error: str = ..., parked_at: datetime.datetime) -> None:
        ...
    def __reduce__(self) -> tuple[typing.Any, typing.Any]:
        ...
    def __repr__(self) -> str:
        ...
    def to_dict(self) -> dict[str, typing.Any]:
        """
        The fields under their names; values in them are dicts too, and enum members their words.
        """
    @property
    def attempts(self) -> int:
        """
        That failed.
        """
    @property
    def envelope(self) -> Envelope:
        """
        The event as the log has it.
        """
    @property
    def error(self) -> str:
        """
        What was said about it.
        """
    @property
    def parked_at(self) -> datetime.datetime:
        """
        When it was laid aside.
        """
    @property
    def reason(self) -> DeadLetterReason:
        """
        Why.
        """
class RetryReport:
    """
    What retrying dead letters came to.
    """
    @staticmethod
    def _restore(state: tuple[typing.Any, ...]) -> RetryReport:
        ...
    def __eq__(self, other: typing.Any) -> bool:
        ...
    def __hash__(self) -> int:
        ...
    def __init__(self, *, resumed: bool = ..., replayed: int = ..., failed: collections.abc.Sequence[DeadLetter] = ...) -> None:
        ...
    def __reduce__(self) -> tuple[typing.Any, typing.Any]:
        ...
    def __repr__(self) -> str:
        ...
    def to_dict(self) -> dict[str, typing.Any]:
        """
        The fields under their names; values in them are dicts too, and enum members their words.
        """
    @property
    def failed(self) -> list[DeadLetter]:
        """
        Of each stream the one that has failed again.
        """
    @property
    def replayed(self) -> int:
        """
        Events that were taken now.
        """
    @property
    def resumed(self) -> bool:
        """
        The follower had halted, and goes on with the next pump.
        """
class PruneReport:
    """
    What forgetting has come to.
    """
    @staticmethod
    def _restore(state: tuple[typing.Any, ...]) -> PruneReport:
        ...
    def __eq__(self, other: typing.Any) -> bool:
        ...
    def __hash__(self) -> int:
        ...
    def __init__(self, *, events: int = ..., archived: int = ..., keys: int = ..., floor: Position = ..., held_by: str | None = ...) -> None:
        ...
    def __reduce__(self) -> tuple[typing.Any, typing.Any]:
        ...
    def __repr__(self) -> str:
        ...
    def to_dict(self) -> dict[str, typing.Any]:
        """
        The fields under their names; values in them are dicts too, and enum members their words.
        """
    @property
    def archived(self) -> int:
        """
        Those that went to the archive before.
        """
    @property
    def events(self) -> int:
        """
        That the log has forgotten.
        """
    @property
    def floor(self) -> Position:
        """
        The last position that the log has forgotten.
        """
    @property
    def held_by(self) -> str | None:
        """
        The follower that needs what comes next, where that kept it from forgetting more.
        """
    @property
    def keys(self) -> int:
        """
        Idempotency keys that were removed.
        """
class ArchiveReport:
    """
    What archiving has come to.
    """
    @staticmethod
    def _restore(state: tuple[typing.Any, ...]) -> ArchiveReport:
        ...
    def __eq__(self, other: typing.Any) -> bool:
        ...
    def __hash__(self) -> int:
        ...
    def __init__(self, *, events: int = ..., end: Position = ...) -> None:
        ...
    def __reduce__(self) -> tuple[typing.Any, typing.Any]:
        ...
    def __repr__(self) -> str:
        ...
    def to_dict(self) -> dict[str, typing.Any]:
        """
        The fields under their names; values in them are dicts too, and enum members their words.
        """
    @property
    def end(self) -> Position:
        """
        Of the archive now.
        """
    @property
    def events(self) -> int:
        """
        That went to the archive.
        """
class AdmissionStats:
    """
    How busy an engine is.
    """
    @staticmethod
    def _restore(state: tuple[typing.Any, ...]) -> AdmissionStats:
        ...
    def __eq__(self, other: typing.Any) -> bool:
        ...
    def __hash__(self) -> int:
        ...
    def __init__(self, *, inside: int = ..., queued: int = ..., takes: datetime.timedelta = ..., admitted: int = ..., rejected: int = ..., remembered: int = ...) -> None:
        ...
    def __reduce__(self) -> tuple[typing.Any, typing.Any]:
        ...
    def __repr__(self) -> str:
        ...
    def to_dict(self) -> dict[str, typing.Any]:
        """
        The fields under their names; values in them are dicts too, and enum members their words.
        """
    @property
    def admitted(self) -> int:
        """
        Reserve calls of all times.
        """
    @property
    def inside(self) -> int:
        """
        Reserve calls on their way.
        """
    @property
    def queued(self) -> int:
        """
        Commands of all kinds that wait for the store or are in it.
        """
    @property
    def rejected(self) -> int:
        """
        Likewise, with Overloaded.
        """
    @property
    def remembered(self) -> int:
        """
        Likewise, refused as the session was a moment ago.
        """
    @property
    def takes(self) -> datetime.timedelta:
        """
        How long the store is busy with one, of late.
        """
class AvailabilityStats:
    """
    How the catalogue elsewhere is doing.
    """
    @staticmethod
    def _restore(state: tuple[typing.Any, ...]) -> AvailabilityStats:
        ...
    def __eq__(self, other: typing.Any) -> bool:
        ...
    def __hash__(self) -> int:
        ...
    def __init__(self, *, breaker: BreakerSnapshot = ..., bulkhead: BulkheadSnapshot = ...) -> None:
        ...
    def __reduce__(self) -> tuple[typing.Any, typing.Any]:
        ...
    def __repr__(self) -> str:
        ...
    def to_dict(self) -> dict[str, typing.Any]:
        """
        The fields under their names; values in them are dicts too, and enum members their words.
        """
    @property
    def breaker(self) -> BreakerSnapshot:
        """
        Of the circuit breaker around it.
        """
    @property
    def bulkhead(self) -> BulkheadSnapshot:
        """
        Of the bulkhead around it.
        """
class EngineStats:
    """
    How an engine is doing.
    """
    @staticmethod
    def _restore(state: tuple[typing.Any, ...]) -> EngineStats:
        ...
    def __eq__(self, other: typing.Any) -> bool:
        ...
    def __hash__(self) -> int:
        ...
    def __init__(self, *, admission: AdmissionStats = ..., availability: AvailabilityStats | None = ...) -> None:
        ...
    def __reduce__(self) -> tuple[typing.Any, typing.Any]:
        ...
    def __repr__(self) -> str:
        ...
    def to_dict(self) -> dict[str, typing.Any]:
        """
        The fields under their names; values in them are dicts too, and enum members their words.
        """
    @property
    def admission(self) -> AdmissionStats:
        """
        Of calls of reserve.
        """
    @property
    def availability(self) -> AvailabilityStats | None:
        """
        None without a catalogue elsewhere.
        """
class Transaction:
    """
    The transaction of a projection file that a handler writes through.
    
    It is begun before the handler runs and committed after it; what the handler raises rolls it back.
    
    Threads: the one that runs the handler, and until that returns.
    """
    def __reduce__(self) -> typing.NoReturn:
        ...
    def execute(self, sql: str, parameters: collections.abc.Iterable[typing.Any] = ()) -> int:
        """
        Runs one statement with its parameters ?1, ?2, ... and gives the number of rows that it
        changed. It is compiled once and kept.
        
        Errors: StatementError; StorageFailure.
        """
    def query(self, sql: str, parameters: collections.abc.Iterable[typing.Any] = ()) -> list[tuple[typing.Any, ...]]:
        """
        The rows of one statement, each a tuple.
        
        Errors: StatementError; StorageFailure.
        """
class _DeadLetters:
    """
    Gives one after the other, fetching page after page.
    """
    def __iter__(self) -> _DeadLetters:
        ...
    def __next__(self) -> DeadLetter:
        ...
    def __reduce__(self) -> typing.NoReturn:
        ...
class Subscription:
    """
    A handler's place at EventFeed.subscribe; it ends when this does.
    
    Threads: any; closing twice is once.
    """
    def __enter__(self) -> Subscription:
        ...
    def __exit__(self, kind: typing.Any, error: typing.Any, traceback: typing.Any) -> None:
        ...
    def __reduce__(self) -> typing.NoReturn:
        ...
    def close(self) -> None:
        """
        After it returns the handler is not running and will not be called again; called by the handler itself, it returns at once and this call is the handler's last.
        """
class _EventFeed:
    """
    Engine.events, as exhibition.EventFeed has it.
    """
    def __reduce__(self) -> typing.NoReturn:
        ...
    def abandon(self, follower: str) -> None:
        ...
    def archive(self, *, on_progress: typing.Any, stop: typing.Any) -> ArchiveReport:
        ...
    def cancel_rebuild(self, follower: str) -> bool:
        ...
    def dead_letters(self, follower: str, *, after: Position | None = None, limit: typing.SupportsInt | typing.SupportsIndex | None = None) -> collections.abc.Iterator[DeadLetter]:
        ...
    def discard(self, follower: str, dead_letter: Position) -> None:
        ...
    def follow(self, name: str, *, handler: typing.Any, types: typing.Any, start: str | Position, batch: int, on_failure: OnFailure) -> None:
        ...
    def head(self) -> Position:
        ...
    def project(self, name: str, path: bytes, *, schema: str, handler: typing.Any, types: typing.Any, start: str | Position, batch: int, on_failure: OnFailure, lock_timeout: datetime.timedelta) -> None:
        ...
    def prune(self, *, older_than: datetime.timedelta, up_to: Position | None, on_progress: typing.Any, stop: typing.Any) -> PruneReport:
        ...
    def pump(self, *, max_events: typing.SupportsInt | typing.SupportsIndex | None = None, max_time: datetime.timedelta | None = None) -> PumpReport:
        ...
    def read(self, after: Position, types: typing.Any, limit: int) -> EventSlice:
        ...
    def rebuild(self, follower: str, *, on_progress: typing.Any, stop: typing.Any) -> bool:
        ...
    def relay(self, name: str, dispatcher: typing.Any, *, types: typing.Any, start: str | Position) -> None:
        ...
    def retry(self, follower: str, stream: Stream | None) -> RetryReport:
        ...
    def start(self) -> None:
        ...
    def status(self) -> list[FollowerStatus]:
        ...
    def stop(self, drain: datetime.timedelta) -> None:
        ...
    def subscribe(self, types: typing.Any, handler: typing.Any) -> Subscription:
        ...
    def wait_beyond(self, after: Position, timeout: datetime.timedelta) -> bool:
        ...
    def wait_for(self, follower: str, timeout: datetime.timedelta) -> bool:
        ...
class _Exhibitions:
    """
    Gives one after the other, fetching page after page.
    """
    def __iter__(self) -> _Exhibitions:
        ...
    def __next__(self) -> Exhibition:
        ...
    def __reduce__(self) -> typing.NoReturn:
        ...
class _Sessions:
    """
    Gives one after the other, fetching page after page.
    """
    def __iter__(self) -> _Sessions:
        ...
    def __next__(self) -> Session:
        ...
    def __reduce__(self) -> typing.NoReturn:
        ...
class Catalogue:
    """
    The desk of those who make exhibitions: Engine.catalogue.
    
    Asking for a status that is there already changes nothing and succeeds. Every command may come with
    an idempotency_key (then it is applied once, however often it is sent), an actor and a
    correlation_id, which go with its events; each 1 to 255 bytes of UTF-8.
    
    Threads: any.
    """
    def __reduce__(self) -> typing.NoReturn:
        ...
    def add_session(self, exhibition: ExhibitionId, starts_at: datetime.datetime, ends_at: datetime.datetime | None = None, *, sales_from: datetime.datetime | None = None, sales_until: datetime.datetime | None = None, capacity: typing.SupportsInt | typing.SupportsIndex | None = None, idempotency_key: str | None = None, actor: str | None = None, correlation_id: str | None = None) -> Session:
        """
        Adds a session. Without ends_at it is never over, without capacity there is no limit.
        
        Errors: InvalidArgument; NotFound; IllegalTransition when withdrawn; IdempotencyMismatch; Closed;
        StorageFailure.
        Effects: SessionAdded.
        """
    def cancel_session(self, session: SessionId, *, idempotency_key: str | None = None, actor: str | None = None, correlation_id: str | None = None) -> Session:
        """
        Ends the session for good, and with it all its reservations; pump writes that down.
        
        Errors: NotFound; SessionOver; IllegalTransition when withdrawn; IdempotencyMismatch; Closed;
        StorageFailure.
        Effects: SessionCancelled, unless it is cancelled already.
        """
    def close(self, session: SessionId, *, idempotency_key: str | None = None, actor: str | None = None, correlation_id: str | None = None) -> Session:
        """
        Stops new reservations of the session.
        
        Errors: NotFound; SessionIsCancelled; IllegalTransition when withdrawn; IdempotencyMismatch; Closed;
        StorageFailure.
        Effects: SessionClosed, unless it is closed already.
        """
    def find(self, exhibition: ExhibitionId) -> Exhibition:
        """
        The exhibition of that id.
        
        Errors: NotFound; Closed; StorageFailure.
        """
    def list(self, *, after: ExhibitionId | None = None, limit: typing.SupportsInt | typing.SupportsIndex | None = None) -> collections.abc.Iterator[Exhibition]:
        """
        All exhibitions, in the order of their ids, as an iterator that fetches page after page.
        
        Errors: while iterating: Closed; StorageFailure.
        """
    def register_exhibition(self, title: str, *, kind: str = '', status: ExhibitionStatus = ..., rules: BookingRules | None = None, sessions: collections.abc.Sequence[NewSession] = [], idempotency_key: str | None = None, actor: str | None = None, correlation_id: str | None = None) -> Registered:
        """
        Registers an exhibition, open or suspended, with at most 1,000 sessions; more can be added.
        
        Units: title 1 to 200 bytes of UTF-8, kind at most 64.
        Errors: InvalidArgument, with the index of the session; IdempotencyMismatch; Closed;
        StorageFailure.
        Effects: ExhibitionRegistered, SessionAdded for each session.
        """
    def reopen(self, session: SessionId, *, idempotency_key: str | None = None, actor: str | None = None, correlation_id: str | None = None) -> Session:
        """
        Lets the session take reservations again.
        
        Errors: NotFound; SessionIsCancelled; IllegalTransition when withdrawn; IdempotencyMismatch; Closed;
        StorageFailure.
        Effects: SessionReopened, unless it is open already.
        """
    def resume(self, exhibition: ExhibitionId, *, idempotency_key: str | None = None, actor: str | None = None, correlation_id: str | None = None) -> Exhibition:
        """
        Lets it take reservations again.
        
        Errors: NotFound; IllegalTransition when withdrawn; IdempotencyMismatch; Closed; StorageFailure.
        Effects: ExhibitionResumed, unless it is open already.
        """
    def sessions_of(self, exhibition: ExhibitionId, *, after: SessionCursor | None = None, limit: typing.SupportsInt | typing.SupportsIndex | None = None) -> collections.abc.Iterator[Session]:
        """
        An exhibition's sessions, in the order of their start, fetched page after page.
        
        Errors: while iterating: NotFound; Closed; StorageFailure.
        """
    def set_capacity(self, session: SessionId, capacity: typing.SupportsInt | typing.SupportsIndex | None, *, idempotency_key: str | None = None, actor: str | None = None, correlation_id: str | None = None) -> Session:
        """
        Says how many places a session has; None is no limit.
        
        Below the places in force, the session is overbooked until they fit again, and takes no more.
        
        Errors: InvalidArgument; NotFound; SessionIsCancelled; IllegalTransition when withdrawn;
        IdempotencyMismatch; Closed; StorageFailure.
        Effects: CapacityChanged, if it changes.
        """
    def suspend(self, exhibition: ExhibitionId, *, idempotency_key: str | None = None, actor: str | None = None, correlation_id: str | None = None) -> Exhibition:
        """
        Stops new reservations; those that are there may be confirmed, extended and cancelled.
        
        Errors: NotFound; IllegalTransition when withdrawn; IdempotencyMismatch; Closed; StorageFailure.
        Effects: ExhibitionSuspended, unless it is suspended already.
        """
    def update(self, exhibition: ExhibitionId, *, title: str | None = None, kind: str | None = None, rules: BookingRules | None = None, expected_version: typing.SupportsInt | typing.SupportsIndex | None = None, idempotency_key: str | None = None, actor: str | None = None, correlation_id: str | None = None) -> Exhibition:
        """
        Changes what is given; what is None stays.
        
        Errors: InvalidArgument; NotFound; VersionConflict unless it has the expected version;
        IllegalTransition when withdrawn; IdempotencyMismatch; Closed; StorageFailure.
        Effects: ExhibitionUpdated, if anything changes.
        """
    def update_session(self, session: SessionId, starts_at: datetime.datetime, ends_at: datetime.datetime | None, *, sales_from: datetime.datetime | None = None, sales_until: datetime.datetime | None = None, expected_version: typing.SupportsInt | typing.SupportsIndex | None = None, idempotency_key: str | None = None, actor: str | None = None, correlation_id: str | None = None) -> Session:
        """
        Gives a session other times. All of them are replaced: None is none.
        
        Errors: InvalidArgument; NotFound; VersionConflict unless it has the expected version;
        SessionIsCancelled; IllegalTransition when withdrawn; IdempotencyMismatch; Closed; StorageFailure.
        Effects: SessionUpdated, if anything changes.
        """
    def withdraw(self, exhibition: ExhibitionId, *, idempotency_key: str | None = None, actor: str | None = None, correlation_id: str | None = None) -> Exhibition:
        """
        Ends the exhibition for good.
        
        From then on none of its reservations is good but those of sessions that were over; pump writes that
        down.
        
        Errors: NotFound; IdempotencyMismatch; Closed; StorageFailure.
        Effects: ExhibitionWithdrawn, unless it is withdrawn already.
        """
class _Answers:
    """
    What comes of asynchronous commands, on its way to an event loop.
    """
    def __init__(self) -> None:
        ...
    def __reduce__(self) -> typing.NoReturn:
        ...
    def fileno(self) -> int:
        """
        Can be read from once there are answers.
        """
    def take(self) -> list[tuple[int, bool, typing.Any]]:
        """
        The numbers of the commands, whether they were refused, and what they came to.
        """
class _Reservations:
    """
    Gives one after the other, fetching page after page.
    """
    def __iter__(self) -> _Reservations:
        ...
    def __next__(self) -> Reservation:
        ...
    def __reduce__(self) -> typing.NoReturn:
        ...
class _Availabilities:
    """
    Gives one after the other, fetching page after page.
    """
    def __iter__(self) -> _Availabilities:
        ...
    def __next__(self) -> SessionAvailability:
        ...
    def __reduce__(self) -> typing.NoReturn:
        ...
class Bookings:
    """
    The desk that takes reservations: Engine.bookings.
    
    Whatever the order of calls, threads, processes and crashes, no session has more places in force
    than its capacity by a reservation. Every command may come with an idempotency_key (then it is
    applied once, however often it is sent), an actor and a correlation_id, which go with its events;
    each 1 to 255 bytes of UTF-8.
    
    Threads: any.
    """
    def __reduce__(self) -> typing.NoReturn:
        ...
    def _begin_cancel(self, answers: _Answers, number: typing.SupportsInt | typing.SupportsIndex, reservation: ReservationId, *, by: Canceller = ..., idempotency_key: str | None = None, actor: str | None = None, correlation_id: str | None = None) -> None:
        """
        The command of that name, whose answer goes to answers.
        """
    def _begin_confirm(self, answers: _Answers, number: typing.SupportsInt | typing.SupportsIndex, reservation: ReservationId, *, idempotency_key: str | None = None, actor: str | None = None, correlation_id: str | None = None) -> None:
        """
        The command of that name, whose answer goes to answers.
        """
    def _begin_reserve(self, answers: _Answers, number: typing.SupportsInt | typing.SupportsIndex, session: SessionId, member: str, places: int = 1, *, hold: bool | datetime.timedelta = False, idempotency_key: str | None = None, actor: str | None = None, correlation_id: str | None = None) -> None:
        """
        The command of that name, whose answer goes to answers.
        """
    def availabilities(self, exhibition: ExhibitionId, *, since: datetime.datetime | None = None, until: datetime.datetime | None = None, after: SessionCursor | None = None, limit: typing.SupportsInt | typing.SupportsIndex | None = None) -> collections.abc.Iterator[SessionAvailability]:
        """
        What the sessions of an exhibition have to give that start at since or later, and before
        until, in the order of their start.
        
        Errors: while iterating: NotFound; Closed; StorageFailure.
        """
    def availability(self, session: SessionId) -> SessionAvailability:
        """
        What a session has to give now.
        
        Errors: NotFound; Closed; StorageFailure.
        """
    def cancel(self, reservation: ReservationId, *, by: Canceller = ..., idempotency_key: str | None = None, actor: str | None = None, correlation_id: str | None = None) -> Reservation:
        """
        Gives the places back. A cancelled reservation stays so.
        
        Errors: NotFound; IllegalTransition when expired; SessionOver; for a member CutoffPassed and
        AlreadyAdmitted; IdempotencyMismatch; Closed; StorageFailure.
        Effects: ReservationCancelled.
        """
    def confirm(self, reservation: ReservationId, *, idempotency_key: str | None = None, actor: str | None = None, correlation_id: str | None = None) -> Reservation:
        """
        Makes a hold good. A confirmed reservation stays so.
        
        Errors: NotFound; HoldExpired; IllegalTransition when cancelled; IdempotencyMismatch; Closed;
        StorageFailure.
        Effects: ReservationConfirmed.
        """
    def extend(self, reservation: ReservationId, by: datetime.timedelta, *, idempotency_key: str | None = None, actor: str | None = None, correlation_id: str | None = None) -> Reservation:
        """
        Moves the end of a hold, at most to the exhibition's hold_max after it was made.
        
        Errors: InvalidArgument; NotFound; HoldExpired; IllegalTransition unless held; HoldMaxReached;
        IdempotencyMismatch; Closed; StorageFailure.
        Effects: HoldExtended.
        """
    def find(self, reservation: ReservationId) -> Reservation:
        """
        The reservation of that id, as it is now.
        
        Errors: NotFound; Closed; StorageFailure.
        """
    def list(self, *, session: SessionId | None = None, status: ReservationStatus | None = None, after: ReservationId | None = None, limit: typing.SupportsInt | typing.SupportsIndex | None = None) -> collections.abc.Iterator[Reservation]:
        """
        Reservations in the order of their ids, fetched page after page; of one session, or shown
        with one status, if asked for.
        
        Errors: while iterating: Closed; StorageFailure.
        """
    def reserve(self, session: SessionId, member: str, places: int = 1, *, hold: bool | datetime.timedelta = False, idempotency_key: str | None = None, actor: str | None = None, correlation_id: str | None = None) -> Reserved:
        """
        Takes places; once this returns they are taken for good, or held until expires_at.
        
        With hold=True they are held for the exhibition's hold_ttl, with a timedelta for so long, to be
        confirmed meanwhile. member is the host's own reference to a customer.
        
        Units: member 1 to 128 bytes of UTF-8.
        Errors: InvalidArgument; NotFound; ExhibitionNotOpen, SessionIsCancelled, SessionOver,
        SessionIsClosed, SalesNotOpen, SalesClosed; PartyTooLarge; MemberLimit; SoldOut; Overloaded,
        CircuitOpen and TimedOut with retry_after; IdempotencyMismatch; Closed; StorageFailure.
        Effects: ReservationHeld or ReservationConfirmed; ReservationExpired for holds whose places it
        takes.
        """
class _Vouchers:
    """
    Gives one after the other, fetching page after page.
    """
    def __iter__(self) -> _Vouchers:
        ...
    def __next__(self) -> Voucher:
        ...
    def __reduce__(self) -> typing.NoReturn:
        ...
class VoucherDesk:
    """
    The desk at the gates: Engine.vouchers.
    
    It activates a voucher when a reservation is confirmed and deactivates it when that is cancelled or
    expires, as it follows the log: see EventFeed.pump. Codes are taken as typed or scanned: in lower
    case, with hyphens and spaces, O for 0, I and L for 1.
    
    Threads: any.
    """
    def __reduce__(self) -> typing.NoReturn:
        ...
    def find(self, code: str) -> Voucher:
        """
        The voucher of that code.
        
        Errors: NotFound; Closed; StorageFailure.
        """
    def list(self, *, after: VoucherId | None = None, limit: typing.SupportsInt | typing.SupportsIndex | None = None) -> collections.abc.Iterator[Voucher]:
        """
        All vouchers, in the order of their ids, fetched page after page.
        
        Errors: while iterating: Closed; StorageFailure.
        """
    def of(self, reservation: ReservationId) -> builtins.list[Voucher]:
        """
        Every voucher that the reservation has had, in the order of their ids.
        
        Errors: Closed; StorageFailure.
        """
    def redeem(self, code: str, *, gate: str = '', count: int = 1, idempotency_key: str | None = None, actor: str | None = None, correlation_id: str | None = None) -> Voucher:
        """
        Lets persons in, before the session starts as well. Give an idempotency_key, so that a scan
        sent twice lets in once.
        
        Units: gate at most 64 bytes of UTF-8, count in persons.
        Errors: InvalidArgument; NotFound; VoucherIsDeactivated, also when only the reservation is no longer
        good; SessionOver; AlreadyRedeemed when fewer are left than asked for; IdempotencyMismatch; Closed;
        StorageFailure.
        Effects: VoucherRedeemed.
        """
    def undo_redeem(self, code: str, *, idempotency_key: str | None = None, actor: str | None = None, correlation_id: str | None = None) -> Voucher:
        """
        Takes the voucher's last redemption back.
        
        Errors: NotFound; VoucherIsDeactivated; IllegalTransition when there is none; IdempotencyMismatch;
        Closed; StorageFailure.
        Effects: RedemptionUndone.
        """
class _MyPageEntries:
    """
    Gives one after the other, fetching page after page.
    """
    def __iter__(self) -> _MyPageEntries:
        ...
    def __next__(self) -> MyPageEntry:
        ...
    def __reduce__(self) -> typing.NoReturn:
        ...
class MemberPages:
    """
    What members see of their reservations: Engine.my_page.
    
    It is made of events, so it is as current as the last EventFeed.pump.
    
    Threads: any.
    """
    def __reduce__(self) -> typing.NoReturn:
        ...
    def list(self, *, after: ReservationId | None = None, limit: typing.SupportsInt | typing.SupportsIndex | None = None) -> collections.abc.Iterator[MyPageEntry]:
        """
        Everyone's entries, in the order of their reservations, fetched page after page.
        
        Errors: while iterating: Closed; StorageFailure.
        """
    def of(self, member: str, *, after: ReservationId | None = None, limit: typing.SupportsInt | typing.SupportsIndex | None = None) -> collections.abc.Iterator[MyPageEntry]:
        """
        One member's entries, in the order of their reservations, fetched page after page; an
        unknown member has none.
        
        Errors: while iterating: Closed; StorageFailure.
        """
class _Elsewhere:
    """
    What exhibition.open is told of a catalogue elsewhere.
    """
    def __init__(self, port: typing.Any, breaker: BreakerOptions, availability_timeout: datetime.timedelta, availability_limit: int, availability_queue: int, availability_max_wait: datetime.timedelta, fallback: typing.Any, on_breaker_event: typing.Any) -> None:
        ...
    def __reduce__(self) -> typing.NoReturn:
        ...
class _Engine:
    """
    An engine, as exhibition.Engine has it.
    """
    def __init__(self, path: bytes | None, *, my_page: tuple[bytes | None] | None, archive: bytes | None, lock_timeout: datetime.timedelta, background_checkpoints: bool, lease: datetime.timedelta, max_inside: int, max_delay: datetime.timedelta, refusal_lifetime: datetime.timedelta, clock: typing.Any, monotonic_clock: typing.Any, random: typing.Any, dispatcher: typing.Any, on_subscriber_error: typing.Any, availability: _Elsewhere | None) -> None:
        ...
    def __reduce__(self) -> typing.NoReturn:
        ...
    def audit(self) -> list[AuditFinding]:
        ...
    def backup(self, path: bytes) -> None:
        ...
    def close(self) -> None:
        ...
    def stats(self) -> EngineStats:
        ...
    @property
    def bookings(self) -> Bookings:
        ...
    @property
    def catalogue(self) -> Catalogue:
        ...
    @property
    def events(self) -> _EventFeed:
        ...
    @property
    def my_page(self) -> MemberPages:
        ...
    @property
    def vouchers(self) -> VoucherDesk:
        ...
def _verdict_of(raised: typing.Any) -> Verdict | None:
    """
    How an exception of the library is judged; None for any other.
    """
__version__: str = '0.1.0'
