"""The rules of the museum said once more, the simple way: everything in dicts, everything recounted
every time. It uses the library's values as data and none of its decisions."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import Any, Callable, NamedTuple, Protocol, TypeVar, Union

import exhibition
from exhibition import (
    BookingRules,
    Canceller,
    CancelReason,
    Exhibition,
    ExhibitionId,
    ExhibitionStatus,
    MyPageEntry,
    NewSession,
    Redemption,
    Reservation,
    ReservationId,
    ReservationStatus,
    Session,
    SessionAvailability,
    SessionId,
    SessionStatus,
    SessionTimes,
    Voucher,
    VoucherId,
    VoucherStatus,
)

Against = set[type[exhibition.Error]]
"""Why a command may be refused; it is done exactly when nothing speaks against it."""

Hold = Union[bool, datetime.timedelta]
NOTHING = datetime.timedelta(0)
LONGEST = datetime.timedelta(days=366)


class HasFields(Protocol):
    def to_dict(self) -> dict[str, Any]: ...


class HasVersion(HasFields, Protocol):
    @property
    def version(self) -> int: ...


Value = TypeVar("Value", bound=HasFields)
Aggregate = TypeVar("Aggregate", bound=HasVersion)


def but(value: Value, **changes: Any) -> Value:
    """The value with other fields."""
    make: Callable[..., Value] = type(value)
    return make(**{**{name: getattr(value, name) for name in value.to_dict()}, **changes})


def changed(value: Aggregate, **changes: Any) -> Aggregate:
    """The value with other fields, one version on if that makes any difference."""
    after = but(value, **changes)
    return value if after == value else but(after, version=value.version + 1)


def live(reservation: Reservation) -> bool:
    return reservation.status in (ReservationStatus.HELD, ReservationStatus.CONFIRMED)


def over(session: Session, at: datetime.datetime) -> bool:
    return session.times.ends_at is not None and session.times.ends_at <= at


def places_of(reservations: Iterable[Reservation]) -> int:
    return sum(reservation.places for reservation in reservations)


class Closure(NamedTuple):
    """When and why all live reservations of a session became due."""

    at: datetime.datetime
    reason: CancelReason


class Command(NamedTuple):
    """What is asked of a desk."""

    kind: str
    request: dict[str, Any]
    key: str | None


class Known(NamedTuple):
    """An applied command that is remembered under its key, and what it made or changed."""

    command: Command
    aggregate: int


class Model:
    """A museum that is recounted from the first to the last reservation for every question."""

    def __init__(self, now: datetime.datetime) -> None:
        self.now = now
        self.exhibitions: dict[ExhibitionId, Exhibition] = {}
        self.sessions: dict[SessionId, Session] = {}
        """Without what is taken."""
        self.reservations: dict[ReservationId, Reservation] = {}
        """As they are written down."""
        self.vouchers: dict[VoucherId, Voucher] = {}
        self.known: dict[tuple[str, str], Known] = {}
        """By kind of command and key."""
        self.labels: dict[ReservationId, tuple[str, str]] = {}
        """Title and kind when it was reserved."""
        self.updated: dict[ReservationId, datetime.datetime] = {}
        """When it or its voucher last changed, but for redemptions."""

    # What is remembered.

    def known_under(self, command: Command) -> Known | None:
        return None if command.key is None else self.known.get((command.kind, command.key))

    def remember(self, command: Command, aggregate: int) -> None:
        if command.key is not None:
            self.known[command.kind, command.key] = Known(command, aggregate)

    # What time has made of things.

    def exhibition_of(self, session: Session) -> Exhibition:
        return self.exhibitions[session.exhibition]

    def closure(self, session: Session) -> Closure | None:
        closures = []
        withdrawn_at = self.exhibition_of(session).withdrawn_at
        if session.cancelled_at is not None:
            closures.append(Closure(session.cancelled_at, CancelReason.SESSION_CANCELLED))
        if withdrawn_at is not None and not over(session, withdrawn_at):
            closures.append(Closure(withdrawn_at, CancelReason.EXHIBITION_WITHDRAWN))
        return min(closures, key=lambda closure: closure.at, default=None)

    def expired(self, reservation: Reservation, at: datetime.datetime) -> bool:
        return reservation.expires_at is not None and reservation.expires_at <= at

    def shown(self, reservation: Reservation) -> Reservation:
        """The reservation as everyone is to see it."""
        closure = self.closure(self.sessions[reservation.session])
        if not live(reservation):
            return reservation
        if self.expired(reservation, self.now if closure is None else closure.at):
            return but(reservation, status=ReservationStatus.EXPIRED)
        if closure is None:
            return reservation
        return but(
            reservation,
            status=ReservationStatus.CANCELLED,
            reason=closure.reason,
            expires_at=None,
        )

    def held(self) -> list[ReservationId]:
        status = ReservationStatus.HELD
        return [id for id, each in self.reservations.items() if self.shown(each).status is status]

    def active(self) -> list[VoucherId]:
        return [id for id, each in self.vouchers.items() if each.status is VoucherStatus.ACTIVE]

    def is_due(self, reservation: Reservation) -> bool:
        return self.shown(reservation) != reservation

    def taken(self, session: SessionId) -> int:
        return places_of(r for r in self.reservations.values() if r.session == session and live(r))

    def in_force(self, session: SessionId) -> int:
        return places_of(
            r
            for r in self.reservations.values()
            if r.session == session and live(self.shown(r))
        )

    def instants(self) -> list[datetime.datetime]:
        """When something begins, ends or runs out today."""
        found = [self.reservations[id].expires_at for id in self.held()]
        for session in self.sessions.values():
            times = session.times
            cutoff = times.starts_at - self.exhibition_of(session).rules.cancel_cutoff
            found += [cutoff, times.ends_at, times.sales_from, times.sales_until]
        near = datetime.timedelta(hours=3)
        return sorted({at for at in found if at is not None and abs(at - self.now) < near})

    def free(self, session: Session) -> int | None:
        if session.capacity is None:
            return None
        return max(0, session.capacity - self.in_force(session.id))

    def sessions_of(self, id: ExhibitionId) -> list[Session]:
        """In the order of their start."""
        sessions = [each for each in self.sessions.values() if each.exhibition == id]
        return sorted(sessions, key=lambda each: (each.times.starts_at, each.id))

    def stored(self, id: SessionId) -> Session:
        """The session with what is taken."""
        session = self.sessions[id]
        taken = self.taken(id)
        overbooked = session.capacity is not None and taken > session.capacity
        return but(session, taken=taken, overbooked=overbooked)

    def availability(self, session: Session) -> SessionAvailability:
        """What the session has to give, but for why it would not."""
        in_force = self.in_force(session.id)
        return SessionAvailability(
            session=session.id,
            exhibition=session.exhibition,
            times=session.times,
            capacity=session.capacity,
            in_force=in_force,
            free=self.free(session),
            overbooked=session.capacity is not None and in_force > session.capacity,
        )

    def vouchers_of(self, reservation: ReservationId) -> list[Voucher]:
        return [v for _, v in sorted(self.vouchers.items()) if v.reservation == reservation]

    def active_voucher(self, reservation: ReservationId) -> Voucher | None:
        active = [v for v in self.vouchers_of(reservation) if v.status is VoucherStatus.ACTIVE]
        assert len(active) < 2
        return active[0] if active else None

    def events(self) -> int:
        """How many there are in the log: every version of everything comes with one."""
        rows = (self.exhibitions, self.sessions, self.reservations, self.vouchers)
        return sum(row.version for kind in rows for row in kind.values())

    def page(self) -> list[MyPageEntry]:
        """My page, once it has followed everything."""
        return [self.entry(self.reservations[id]) for id in sorted(self.reservations)]

    def entry(self, reservation: Reservation) -> MyPageEntry:
        times = self.sessions[reservation.session].times
        vouchers = self.vouchers_of(reservation.id)
        return MyPageEntry(
            reservation=reservation.id,
            exhibition=reservation.exhibition,
            session=reservation.session,
            member=reservation.member,
            title=self.labels[reservation.id][0],
            kind=self.labels[reservation.id][1],
            starts_at=times.starts_at,
            ends_at=times.ends_at,
            places=reservation.places,
            status=reservation.status,
            reason=reservation.reason,
            expires_at=reservation.expires_at,
            voucher_code=vouchers[-1].code if vouchers else "",
            voucher_status=vouchers[-1].status if vouchers else None,
            updated_at=self.updated[reservation.id],
        )

    def entry_shown(self, entry: MyPageEntry) -> MyPageEntry:
        """The entry when only time has passed since."""
        held = entry.status is ReservationStatus.HELD
        past = entry.expires_at is not None and entry.expires_at <= self.now
        return but(entry, status=ReservationStatus.EXPIRED) if held and past else entry

    # What speaks against a command.

    def against_rules(self, rules: BookingRules) -> Against:
        good = NOTHING < rules.hold_ttl <= rules.hold_max <= LONGEST
        return set() if good else {exhibition.InvalidArgument}

    def against_times(self, times: SessionTimes) -> Against:
        ends_first = times.ends_at is not None and times.ends_at <= times.starts_at
        sells_never = (
            times.sales_from is not None
            and times.sales_until is not None
            and times.sales_until <= times.sales_from
        )
        return {exhibition.InvalidArgument} if ends_first or sells_never else set()

    def against_capacity(self, capacity: int | None) -> Against:
        return {exhibition.InvalidArgument} if capacity == 0 else set()

    def against_session(self, wanted: NewSession) -> Against:
        return self.against_times(times_of(wanted)) | self.against_capacity(wanted.capacity)

    def against_registering(
        self,
        title: str,
        status: ExhibitionStatus,
        rules: BookingRules,
        sessions: Iterable[NewSession],
    ) -> Against:
        against = self.against_rules(rules)
        if title == "" or status is ExhibitionStatus.WITHDRAWN:
            against.add(exhibition.InvalidArgument)
        for session in sessions:
            against |= self.against_session(session)
        return against

    def against_a_version(self, of: Exhibition | Session, expected: int | None) -> Against:
        return {exhibition.VersionConflict} if expected not in (None, of.version) else set()

    def against_updating(
        self,
        id: ExhibitionId,
        title: str | None,
        kind: str | None,
        rules: BookingRules | None,
        expected: int | None,
    ) -> Against:
        against = self.against_changing_exhibition(id)
        against |= self.against_a_version(self.exhibitions[id], expected)
        against |= set() if rules is None else self.against_rules(rules)
        if title == "" or (kind is not None and len(kind) > 64):
            against.add(exhibition.InvalidArgument)
        return against

    def against_changing_exhibition(self, id: ExhibitionId) -> Against:
        withdrawn = self.exhibitions[id].status is ExhibitionStatus.WITHDRAWN
        return {exhibition.IllegalTransition} if withdrawn else set()

    def against_changing_session(self, id: SessionId) -> Against:
        against = self.against_changing_exhibition(self.sessions[id].exhibition)
        if self.sessions[id].status is SessionStatus.CANCELLED:
            against.add(exhibition.SessionIsCancelled)
        return against

    def against_cancelling_session(self, id: SessionId) -> Against:
        session = self.sessions[id]
        against = self.against_changing_exhibition(session.exhibition)
        if session.status is not SessionStatus.CANCELLED and over(session, self.now):
            against.add(exhibition.SessionOver)
        return against

    def against_sale(self, session: Session) -> Against:
        against: Against = set()
        times = session.times
        if self.exhibition_of(session).status is not ExhibitionStatus.OPEN:
            against.add(exhibition.ExhibitionNotOpen)
        if session.status is SessionStatus.CANCELLED:
            against.add(exhibition.SessionIsCancelled)
        if session.status is SessionStatus.CLOSED:
            against.add(exhibition.SessionIsClosed)
        if over(session, self.now):
            against.add(exhibition.SessionOver)
        if times.sales_from is not None and self.now < times.sales_from:
            against.add(exhibition.SalesNotOpen)
        if times.sales_until is not None and self.now >= times.sales_until:
            against.add(exhibition.SalesClosed)
        return against

    def selling(self) -> list[SessionId]:
        return [id for id, session in self.sessions.items() if not self.against_sale(session)]

    def against_reserving(self, id: SessionId, member: str, places: int, hold: Hold) -> Against:
        session = self.sessions[id]
        rules = self.exhibition_of(session).rules
        against = self.against_sale(session)
        held_for = None if hold is False else length(hold, rules)
        if places == 0 or (held_for is not None and not NOTHING < held_for <= rules.hold_max):
            against.add(exhibition.InvalidArgument)
        if places > rules.max_places_per_reservation:
            against.add(exhibition.PartyTooLarge)
        used = places_of(
            r
            for r in self.reservations.values()
            if (r.exhibition, r.member) == (session.exhibition, member)
            and r.under_member_limit
            and live(self.shown(r))
        )
        if 0 < rules.max_places_per_member < used + places:
            against.add(exhibition.MemberLimit)
        free = self.free(session)
        if free is not None and places > free:
            against.add(exhibition.SoldOut)
        return against

    def against_confirming(self, id: ReservationId) -> Against:
        status = self.shown(self.reservations[id]).status
        if status is ReservationStatus.EXPIRED:
            return {exhibition.HoldExpired}
        if status is ReservationStatus.CANCELLED:
            return {exhibition.IllegalTransition}
        return set()

    def against_extending(self, id: ReservationId, by: datetime.timedelta) -> Against:
        reservation = self.shown(self.reservations[id])
        against = self.against_confirming(id)
        if by <= NOTHING:
            against.add(exhibition.InvalidArgument)
        if reservation.status is ReservationStatus.CONFIRMED:
            against.add(exhibition.IllegalTransition)
        if reservation.status is ReservationStatus.HELD:
            assert reservation.expires_at is not None
            hold_max = self.exhibitions[reservation.exhibition].rules.hold_max
            if reservation.expires_at + by > reservation.created_at + hold_max:
                against.add(exhibition.HoldMaxReached)
        return against

    def against_cancelling(self, id: ReservationId, by: Canceller) -> Against:
        against: Against = set()
        reservation = self.shown(self.reservations[id])
        session = self.sessions[reservation.session]
        if reservation.status is ReservationStatus.CANCELLED:
            return against
        if reservation.status is ReservationStatus.EXPIRED:
            return {exhibition.IllegalTransition}
        if over(session, self.now):
            against.add(exhibition.SessionOver)
        if by is Canceller.MEMBER:
            cutoff = self.exhibition_of(session).rules.cancel_cutoff
            if cutoff > NOTHING and self.now >= session.times.starts_at - cutoff:
                against.add(exhibition.CutoffPassed)
            if any(voucher.admitted for voucher in self.vouchers_of(id)):
                against.add(exhibition.AlreadyAdmitted)
        return against

    def against_the_voucher(self, voucher: Voucher) -> Against:
        reservation = self.shown(self.reservations[voucher.reservation])
        good = (
            voucher.status is VoucherStatus.ACTIVE
            and reservation.status is ReservationStatus.CONFIRMED
        )
        return set() if good else {exhibition.VoucherIsDeactivated}

    def against_redeeming(self, voucher: Voucher, gate: str, count: int) -> Against:
        against = self.against_the_voucher(voucher)
        if count == 0 or len(gate) > 64:
            against.add(exhibition.InvalidArgument)
        session = self.sessions[self.reservations[voucher.reservation].session]
        if over(session, self.now):
            against.add(exhibition.SessionOver)
        if voucher.admitted + count > voucher.admits:
            against.add(exhibition.AlreadyRedeemed)
        return against

    def against_undoing(self, voucher: Voucher) -> Against:
        against = self.against_the_voucher(voucher)
        if not voucher.redemptions:
            against.add(exhibition.IllegalTransition)
        return against

    # What commands do.

    def register(self, made: Exhibition) -> None:
        self.exhibitions[made.id] = made

    def add_session(self, id: SessionId, of: ExhibitionId, wanted: NewSession) -> None:
        self.sessions[id] = Session(
            id=id, exhibition=of, times=times_of(wanted), capacity=wanted.capacity
        )

    def change_exhibition(self, id: ExhibitionId, **changes: Any) -> None:
        self.exhibitions[id] = changed(self.exhibitions[id], **changes)

    def change_session(self, id: SessionId, **changes: Any) -> None:
        self.sessions[id] = changed(self.sessions[id], **changes)

    def reserve(
        self, id: ReservationId, in_session: SessionId, member: str, places: int, hold: Hold
    ) -> None:
        """Takes the places, and settles due holds of the session until it has no more places taken
        than its capacity, or than it had."""
        session = self.sessions[in_session]
        shown_in = self.exhibition_of(session)
        taken_before = self.taken(in_session)
        due = sorted(
            (r.expires_at, r.id)
            for r in self.reservations.values()
            if r.session == in_session and r.expires_at is not None and self.is_due(r)
        )
        made = Reservation(
            id=id,
            exhibition=shown_in.id,
            session=in_session,
            member=member,
            places=places,
            created_at=self.now,
            under_member_limit=shown_in.rules.max_places_per_member > 0,
        )
        if hold is not False:
            expires_at = self.now + length(hold, shown_in.rules)
            made = but(made, status=ReservationStatus.HELD, expires_at=expires_at)
        self.reservations[id] = made
        self.labels[id] = (shown_in.title, shown_in.kind)
        self.updated[id] = self.now
        for _, each in due:
            if session.capacity is None:
                break
            if self.taken(in_session) <= max(session.capacity, taken_before):
                break
            self.settle(each)

    def change_reservation(self, id: ReservationId, **changes: Any) -> None:
        before = self.reservations[id]
        self.reservations[id] = changed(before, **changes)
        if self.reservations[id] != before:
            self.updated[id] = self.now

    def confirm(self, id: ReservationId) -> None:
        self.change_reservation(id, status=ReservationStatus.CONFIRMED, expires_at=None)

    def extend(self, id: ReservationId, by: datetime.timedelta) -> None:
        expires_at = self.reservations[id].expires_at
        assert expires_at is not None
        self.change_reservation(id, expires_at=expires_at + by)

    def cancel(self, id: ReservationId, by: Canceller) -> None:
        if self.shown(self.reservations[id]).status is not ReservationStatus.CANCELLED:
            self.change_reservation(
                id, status=ReservationStatus.CANCELLED, reason=CancelReason(by), expires_at=None
            )

    def redeem(self, voucher: Voucher, gate: str, count: int) -> None:
        let_in = Redemption(at=self.now, gate=gate, count=count)
        self.change_redemptions(voucher, [*voucher.redemptions, let_in])

    def undo_redeem(self, voucher: Voucher) -> None:
        self.change_redemptions(voucher, voucher.redemptions[:-1])

    def change_redemptions(self, voucher: Voucher, redemptions: list[Redemption]) -> None:
        admitted = sum(redemption.count for redemption in redemptions)
        self.vouchers[voucher.id] = changed(
            voucher, redemptions=redemptions, admitted=admitted
        )

    # What a pump does.

    def settle(self, id: ReservationId) -> None:
        shown = self.shown(self.reservations[id])
        self.change_reservation(
            id, status=shown.status, reason=shown.reason, expires_at=shown.expires_at
        )

    def settle_all(self) -> int:
        """Writes down all that is due, and says how much that was."""
        due = [id for id, reservation in self.reservations.items() if self.is_due(reservation)]
        for id in due:
            self.settle(id)
        return len(due)

    def deactivate(self, voucher: Voucher) -> None:
        self.vouchers[voucher.id] = changed(voucher, status=VoucherStatus.DEACTIVATED)
        self.updated[voucher.reservation] = self.now

    def to_deactivate(self) -> list[Voucher]:
        """Active vouchers of reservations that are no longer good."""
        return [
            voucher
            for voucher in self.vouchers.values()
            if voucher.status is VoucherStatus.ACTIVE
            and not live(self.shown(self.reservations[voucher.reservation]))
        ]

    def without_voucher(self) -> list[ReservationId]:
        """Confirmed reservations that the voucher desk owes one."""
        return sorted(
            id
            for id, reservation in self.reservations.items()
            if self.shown(reservation).status is ReservationStatus.CONFIRMED
            and self.active_voucher(id) is None
        )

    def activate(self, voucher: Voucher) -> None:
        self.vouchers[voucher.id] = voucher
        self.updated[voucher.reservation] = self.now


def times_of(wanted: NewSession) -> SessionTimes:
    return SessionTimes(
        starts_at=wanted.starts_at,
        ends_at=wanted.ends_at,
        sales_from=wanted.sales_from,
        sales_until=wanted.sales_until,
    )


def length(hold: Hold, rules: BookingRules) -> datetime.timedelta:
    """Of a hold that is asked for."""
    return hold if isinstance(hold, datetime.timedelta) else rules.hold_ttl
