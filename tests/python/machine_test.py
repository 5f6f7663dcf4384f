"""A museum and a model of it are given the same random commands, and have to agree all the time."""

from __future__ import annotations

import dataclasses
import datetime
import os
import sys
import tempfile
from collections.abc import Iterable, Sequence
from typing import Any, Callable, ClassVar, Generic, TypeVar

import exhibition
import pytest
from hypothesis import Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from model import Against, Command, Hold, Model, but
from support import HOUR, NINE
from exhibition import (
    BookingRules,
    Canceller,
    ExhibitionId,
    ExhibitionStatus,
    NewSession,
    Reservation,
    ReservationId,
    ReservationStatus,
    SessionId,
    SessionStatus,
    SessionTimes,
    Voucher,
    VoucherId,
)

MILLISECOND = datetime.timedelta(milliseconds=1)
MINUTE = datetime.timedelta(minutes=1)
GOOD_RULES = [
    BookingRules(),
    BookingRules(
        hold_ttl=10 * MINUTE,
        hold_max=20 * MINUTE,
        max_places_per_reservation=3,
        max_places_per_member=4,
        cancel_cutoff=HOUR,
    ),
    BookingRules(max_places_per_member=3),
    BookingRules(hold_ttl=MILLISECOND, hold_max=HOUR, cancel_cutoff=30 * MINUTE),
]
RULES = st.sampled_from([*GOOD_RULES, *GOOD_RULES, BookingRules(hold_ttl=2 * HOUR)])
STARTS = st.sampled_from([NINE, NINE + HOUR, NINE - 2 * HOUR, NINE + 24 * HOUR])
LENGTHS = st.sampled_from([90 * MINUTE, None, 90 * MINUTE, None, 90 * MINUTE, 0 * MINUTE])
SALES = st.sampled_from(
    [(None, None)] * 3
    + [(NINE - 50 * MINUTE, None), (None, NINE - 10 * MINUTE), (NINE + HOUR, NINE)]
)
CAPACITIES = st.sampled_from([4, 2, None, 8, 3, 1, 0])
KEYS = st.sampled_from([None, None, None, None, None, "a key", "another key"])
MEMBERS = st.sampled_from(["seokwon", "mina", "몽"])
PARTIES = st.sampled_from([1, 2, 1, 3, 1, 2, 4, 0])
HOLDS: st.SearchStrategy[Hold] = st.sampled_from(
    [True, False, 5 * MINUTE, MILLISECOND, 20 * MINUTE, 0 * MINUTE, 61 * MINUTE]
)
VERSIONS = st.sampled_from([None, None, None, None, 1, 2, 3])
MOVES = [MILLISECOND, MINUTE, 5 * MINUTE, 15 * MINUTE, 15 * MINUTE, 20 * MINUTE, HOUR]
MOVES += [-MILLISECOND, -MINUTE, -10 * MINUTE, -2 * HOUR]
NOBODY = 999
CHANGES = st.one_of(
    st.tuples(st.just("confirm")),
    st.tuples(
        st.just("extend"),
        st.sampled_from([MINUTE, MILLISECOND, 10 * MINUTE, 45 * MINUTE, 0 * MINUTE, -MINUTE]),
    ),
    st.tuples(st.just("cancel"), st.sampled_from(Canceller)),
)
SCANS = st.one_of(
    st.tuples(
        st.just("redeem"),
        st.sampled_from(["north", "north", "x" * 65]),
        st.sampled_from([1, 1, 1, 2, 0]),
        st.booleans(),
    ),
    st.tuples(st.just("undo_redeem"), st.booleans()),
)


@st.composite
def session_times(draw: st.DrawFn) -> SessionTimes:
    starts_at, length, sales = draw(STARTS), draw(LENGTHS), draw(SALES)
    return SessionTimes(
        starts_at=starts_at,
        ends_at=None if length is None else starts_at + length,
        sales_from=sales[0],
        sales_until=sales[1],
    )


@st.composite
def new_sessions(draw: st.DrawFn) -> NewSession:
    times = draw(session_times())
    return NewSession(
        times.starts_at,
        times.ends_at,
        sales_from=times.sales_from,
        sales_until=times.sales_until,
        capacity=draw(CAPACITIES),
    )


EXHIBITION_CHANGES = st.one_of(
    st.tuples(
        st.just("update"),
        st.sampled_from([None, None, None, "Manet", "Monet", ""]),
        st.sampled_from([None, None, None, "gallery", "gallery", "x" * 65]),
        st.none() | RULES,
        VERSIONS,
    ),
    st.tuples(st.sampled_from(["resume"] * 3 + ["suspend", "withdraw"])),
)
SESSION_CHANGES = st.one_of(
    st.tuples(st.just("update_session"), session_times(), VERSIONS),
    st.tuples(st.just("set_capacity"), CAPACITIES),
    st.tuples(st.sampled_from(["reopen"] * 3 + ["close", "cancel_session"])),
)

Answer = TypeVar("Answer")
Row = TypeVar("Row")


def one_of(rows: Callable[[Model], Iterable[Row]]) -> st.SearchStrategy[Row]:
    """One of those that the model has when the command is given."""
    return st.runner().flatmap(lambda machine: st.sampled_from(list(rows(machine.model))))


EXHIBITIONS = one_of(lambda model: model.exhibitions)
SESSIONS = one_of(lambda model: [*model.sessions, *model.selling() * 3])
RESERVATIONS = one_of(lambda model: [*model.reservations, *model.held() * 3])
INSTANTS = one_of(lambda model: model.instants())
VOUCHERS = one_of(lambda model: [*model.vouchers, *model.active() * 3])
KNOWN = one_of(lambda model: model.known)


@dataclasses.dataclass(frozen=True)
class Outcome(Generic[Answer]):
    """What a command came to: refused, applied just now, or known and answered once more."""

    answer: Answer | None = None
    is_new: bool = False
    known: int = 0


class Visitor(RuleBasedStateMachine):
    """Gives a command to a museum and to the model, and compares the answers."""

    path: str = ":memory:"
    make_model: ClassVar[type[Model]] = Model

    def __init__(self) -> None:
        super().__init__()
        self.clock = exhibition.ManualClock(NINE - HOUR)
        self.model = self.make_model(self.clock.now())
        self.times_opened = 0
        self.page: list[exhibition.MyPageEntry] | None = []
        self.museum = self.open()

    def open(self) -> exhibition.Engine:
        self.times_opened += 1
        random = exhibition.SeededRandom(self.times_opened)
        return exhibition.open(self.path, clock=self.clock, random=random)

    def give(
        self, command: Command, against: Against, call: Callable[[], Answer]
    ) -> Outcome[Answer]:
        """Gives the command to the museum; fails unless it does what is to be expected."""
        known = self.model.known_under(command)
        if known is not None:
            is_same = known.command.request == command.request
            against = set() if is_same else {exhibition.IdempotencyMismatch}
        before = self.museum.events.head()
        try:
            answer = call()
        except exhibition.Error as no:
            assert type(no) in against, f"{command} was refused: {no!r}, and not {against}"
            assert self.museum.events.head() == before, f"{command} was refused and done"
            return Outcome()
        assert not against, f"{command} was done in spite of {against}"
        if known is None:
            return Outcome(answer, is_new=True)
        assert self.museum.events.head() == before, f"{command} was done twice"
        return Outcome(answer, known=known.aggregate)

    # Makers of exhibitions.

    def register_exhibition(
        self,
        title: str,
        status: ExhibitionStatus,
        rules: BookingRules,
        sessions: list[NewSession],
        key: str | None = None,
    ) -> None:
        request = {"title": title, "status": status, "rules": rules, "sessions": sessions}
        command = Command("register_exhibition", request, key)
        outcome = self.give(
            command,
            self.model.against_registering(title, status, rules, sessions),
            lambda: self.museum.catalogue.register_exhibition(
                title, status=status, rules=rules, sessions=sessions, idempotency_key=key
            ),
        )
        if outcome.answer is None:
            return
        id = outcome.answer.exhibition.id if outcome.is_new else ExhibitionId(outcome.known)
        if outcome.is_new:
            assert id not in self.model.exhibitions
            self.model.register(
                exhibition.Exhibition(id=id, title=title, status=status, rules=rules)
            )
            assert len(set(outcome.answer.sessions)) == len(sessions)
            for each, wanted in zip(sorted(outcome.answer.sessions), sessions):
                self.model.add_session(each, id, wanted)
            self.model.remember(command, id)
        assert outcome.answer == exhibition.Registered(
            exhibition=self.model.exhibitions[id],
            sessions=[session.id for session in self.model.sessions_of(id)],
            replayed=not outcome.is_new,
        )

    def update(
        self,
        id: ExhibitionId,
        title: str | None,
        kind: str | None,
        rules: BookingRules | None,
        expected: int | None,
        key: str | None,
    ) -> None:
        changes = {"title": title, "kind": kind, "rules": rules}
        command = Command("update", {"id": id, **changes, "expected": expected}, key)
        outcome = self.give(
            command,
            self.model.against_updating(id, title, kind, rules, expected),
            lambda: self.museum.catalogue.update(
                id,
                title=title,
                kind=kind,
                rules=rules,
                expected_version=expected,
                idempotency_key=key,
            ),
        )
        if outcome.is_new:
            given = {name: value for name, value in changes.items() if value is not None}
            self.model.change_exhibition(id, **given)
            self.model.remember(command, id)
        assert outcome.answer in (None, self.model.exhibitions[id])

    def suspend(self, id: ExhibitionId, key: str | None) -> None:
        self.turn_exhibition("suspend", id, key, {"status": ExhibitionStatus.SUSPENDED})

    def resume(self, id: ExhibitionId, key: str | None) -> None:
        self.turn_exhibition("resume", id, key, {"status": ExhibitionStatus.OPEN})

    def withdraw(self, id: ExhibitionId, key: str | None) -> None:
        status = ExhibitionStatus.WITHDRAWN
        is_new = self.model.exhibitions[id].status is not status
        changes = {"status": status, "withdrawn_at": self.model.now} if is_new else {}
        self.turn_exhibition("withdraw", id, key, changes)

    def turn_exhibition(
        self, verb: str, id: ExhibitionId, key: str | None, changes: dict[str, Any]
    ) -> None:
        command = Command(verb, {"id": id}, key)
        turn = getattr(self.museum.catalogue, verb)
        against = set() if verb == "withdraw" else self.model.against_changing_exhibition(id)
        outcome = self.give(command, against, lambda: turn(id, idempotency_key=key))
        if outcome.is_new:
            self.model.change_exhibition(id, **changes)
            self.model.remember(command, id)
        assert outcome.answer in (None, self.model.exhibitions[id])

    def add_session(self, id: ExhibitionId, wanted: NewSession, key: str | None) -> None:
        command = Command("add_session", {"id": id, "wanted": wanted}, key)
        outcome = self.give(
            command,
            self.model.against_changing_exhibition(id) | self.model.against_session(wanted),
            lambda: self.museum.catalogue.add_session(
                id,
                wanted.starts_at,
                wanted.ends_at,
                sales_from=wanted.sales_from,
                sales_until=wanted.sales_until,
                capacity=wanted.capacity,
                idempotency_key=key,
            ),
        )
        if outcome.answer is None:
            return
        session = outcome.answer.id if outcome.is_new else SessionId(outcome.known)
        if outcome.is_new:
            assert session not in self.model.sessions
            self.model.add_session(session, id, wanted)
            self.model.remember(command, session)
        assert outcome.answer == self.model.stored(session)

    def update_session(
        self, id: SessionId, times: SessionTimes, expected: int | None, key: str | None
    ) -> None:
        request = {"id": id, "times": times, "expected": expected}
        command = Command("update_session", request, key)
        outcome = self.give(
            command,
            self.model.against_changing_session(id)
            | self.model.against_times(times)
            | self.model.against_a_version(self.model.sessions[id], expected),
            lambda: self.museum.catalogue.update_session(
                id,
                times.starts_at,
                times.ends_at,
                sales_from=times.sales_from,
                sales_until=times.sales_until,
                expected_version=expected,
                idempotency_key=key,
            ),
        )
        if outcome.is_new:
            self.model.change_session(id, times=times)
            self.model.remember(command, id)
        assert outcome.answer in (None, self.model.stored(id))

    def set_capacity(self, id: SessionId, capacity: int | None, key: str | None) -> None:
        request = {"id": id, "capacity": capacity}
        command = Command("set_capacity", request, key)
        outcome = self.give(
            command,
            self.model.against_changing_session(id) | self.model.against_capacity(capacity),
            lambda: self.museum.catalogue.set_capacity(id, capacity, idempotency_key=key),
        )
        if outcome.is_new:
            self.model.change_session(id, capacity=capacity)
            self.model.remember(command, id)
        assert outcome.answer in (None, self.model.stored(id))

    def close(self, id: SessionId, key: str | None) -> None:
        against = self.model.against_changing_session(id)
        self.turn_session("close", id, key, against, {"status": SessionStatus.CLOSED})

    def reopen(self, id: SessionId, key: str | None) -> None:
        against = self.model.against_changing_session(id)
        self.turn_session("reopen", id, key, against, {"status": SessionStatus.OPEN})

    def cancel_session(self, id: SessionId, key: str | None) -> None:
        against = self.model.against_cancelling_session(id)
        status = SessionStatus.CANCELLED
        is_new = self.model.sessions[id].status is not status
        changes = {"status": status, "cancelled_at": self.model.now} if is_new else {}
        self.turn_session("cancel_session", id, key, against, changes)

    def turn_session(
        self, verb: str, id: SessionId, key: str | None, against: Against, changes: dict[str, Any]
    ) -> None:
        command = Command(verb, {"id": id}, key)
        turn = getattr(self.museum.catalogue, verb)
        outcome = self.give(command, against, lambda: turn(id, idempotency_key=key))
        if outcome.is_new:
            self.model.change_session(id, **changes)
            self.model.remember(command, id)
        assert outcome.answer in (None, self.model.stored(id))

    # Members.

    def reserve(
        self, id: SessionId, member: str, places: int, hold: Hold, key: str | None = None
    ) -> None:
        request = {"id": id, "member": member, "places": places, "hold": hold}
        command = Command("reserve", request, key)
        outcome = self.give(
            command,
            self.model.against_reserving(id, member, places, hold),
            lambda: self.museum.bookings.reserve(
                id, member, places, hold=hold, idempotency_key=key
            ),
        )
        if outcome.answer is None:
            return
        made = outcome.answer.reservation.id if outcome.is_new else ReservationId(outcome.known)
        if outcome.is_new:
            assert made not in self.model.reservations
            self.model.reserve(made, id, member, places, hold)
            self.model.remember(command, made)
            free = self.museum.bookings.availability(id)
            assert free.capacity is None or free.in_force <= free.capacity, "oversold"
        assert outcome.answer == exhibition.Reserved(
            reservation=self.model.shown(self.model.reservations[made]),
            replayed=not outcome.is_new,
        )

    def confirm(self, id: ReservationId, key: str | None) -> None:
        command = Command("confirm", {"id": id}, key)
        outcome = self.give(
            command,
            self.model.against_confirming(id),
            lambda: self.museum.bookings.confirm(id, idempotency_key=key),
        )
        if outcome.is_new:
            self.model.confirm(id)
            self.model.remember(command, id)
        assert outcome.answer in (None, self.model.shown(self.model.reservations[id]))

    def extend(self, id: ReservationId, by: datetime.timedelta, key: str | None) -> None:
        command = Command("extend", {"id": id, "by": by}, key)
        outcome = self.give(
            command,
            self.model.against_extending(id, by),
            lambda: self.museum.bookings.extend(id, by, idempotency_key=key),
        )
        if outcome.is_new:
            self.model.extend(id, by)
            self.model.remember(command, id)
        assert outcome.answer in (None, self.model.shown(self.model.reservations[id]))

    def cancel(self, id: ReservationId, by: Canceller, key: str | None) -> None:
        command = Command("cancel", {"id": id, "by": by}, key)
        outcome = self.give(
            command,
            self.model.against_cancelling(id, by),
            lambda: self.museum.bookings.cancel(id, by=by, idempotency_key=key),
        )
        if outcome.is_new:
            self.model.cancel(id, by)
            self.model.remember(command, id)
        assert outcome.answer in (None, self.model.shown(self.model.reservations[id]))

    # Gates.

    def redeem(
        self, id: VoucherId, gate: str, count: int, is_typed: bool = False, key: str | None = None
    ) -> None:
        request = {"id": id, "gate": gate, "count": count}
        command = Command("redeem", request, key)
        voucher = self.model.vouchers[id]
        outcome = self.give(
            command,
            self.model.against_redeeming(voucher, gate, count),
            lambda: self.museum.vouchers.redeem(
                as_typed(voucher) if is_typed else voucher.code,
                gate=gate,
                count=count,
                idempotency_key=key,
            ),
        )
        if outcome.is_new:
            self.model.redeem(voucher, gate, count)
            self.model.remember(command, id)
        assert outcome.answer in (None, self.model.vouchers[id])

    def undo_redeem(
        self, id: VoucherId, is_typed: bool = False, key: str | None = None
    ) -> None:
        command = Command("undo_redeem", {"id": id}, key)
        voucher = self.model.vouchers[id]
        outcome = self.give(
            command,
            self.model.against_undoing(voucher),
            lambda: self.museum.vouchers.undo_redeem(
                as_typed(voucher) if is_typed else voucher.code, idempotency_key=key
            ),
        )
        if outcome.is_new:
            self.model.undo_redeem(voucher)
            self.model.remember(command, id)
        assert outcome.answer in (None, self.model.vouchers[id])


class InMemory(Visitor):
    """Any commands to a museum in memory at any time, with everything compared after each."""

    @initialize(
        rules=st.sampled_from(GOOD_RULES),
        capacities=st.lists(CAPACITIES.filter(bool), min_size=1, max_size=2),
        bookings=st.lists(st.tuples(MEMBERS, st.integers(1, 2), HOLDS), max_size=8),
        is_pumped=st.booleans(),
    )
    def begin(
        self,
        rules: BookingRules,
        capacities: list[int],
        bookings: list[tuple[str, int, Hold]],
        is_pumped: bool,
    ) -> None:
        sessions = [NewSession(NINE, NINE + HOUR, capacity=capacity) for capacity in capacities]
        self.register_exhibition("Monet", ExhibitionStatus.OPEN, rules, sessions)
        for member, places, hold in bookings:
            self.reserve(SessionId(1), member, places, hold)
        if is_pumped:
            self.pump()

    @rule(
        id=SESSIONS,
        members=st.lists(MEMBERS, min_size=1, max_size=3),
        places=PARTIES,
        hold=HOLDS,
        key=KEYS,
    )
    def members_come(
        self, id: SessionId, members: list[str], places: int, hold: Hold, key: str | None
    ) -> None:
        for i, member in enumerate(members):
            self.reserve(id, member, places, hold, None if i else key)

    @precondition(lambda self: self.model.reservations)
    @rule(id=RESERVATIONS, change=CHANGES, key=KEYS)
    def a_member_decides(
        self, id: ReservationId, change: tuple[Any, ...], key: str | None
    ) -> None:
        self.do(id, change, key)

    @precondition(lambda self: self.model.vouchers)
    @rule(id=VOUCHERS, scans=st.lists(SCANS, min_size=1, max_size=3), key=KEYS)
    def a_voucher_is_shown(
        self, id: VoucherId, scans: list[tuple[Any, ...]], key: str | None
    ) -> None:
        for i, scan in enumerate(scans):
            self.do(id, scan, None if i else key)

    @precondition(lambda self: len(self.model.exhibitions) < 3)
    @rule(
        title=st.sampled_from(["Monet", "Manet", "Monet", "Manet", ""]),
        status=st.sampled_from([ExhibitionStatus.OPEN] * 3 + list(ExhibitionStatus)),
        rules=RULES,
        sessions=st.lists(new_sessions(), max_size=2),
        key=KEYS,
    )
    def an_exhibition_is_made(
        self,
        title: str,
        status: ExhibitionStatus,
        rules: BookingRules,
        sessions: list[NewSession],
        key: str | None,
    ) -> None:
        self.register_exhibition(title, status, rules, sessions, key)

    @precondition(lambda self: len(self.model.sessions) < 5)
    @rule(id=EXHIBITIONS, wanted=new_sessions(), key=KEYS)
    def a_session_is_made(self, id: ExhibitionId, wanted: NewSession, key: str | None) -> None:
        self.add_session(id, wanted, key)

    @rule(id=EXHIBITIONS, change=EXHIBITION_CHANGES, key=KEYS)
    def an_exhibition_changes(
        self, id: ExhibitionId, change: tuple[Any, ...], key: str | None
    ) -> None:
        self.do(id, change, key)

    @rule(id=SESSIONS, change=SESSION_CHANGES, key=KEYS)
    def a_session_changes(self, id: SessionId, change: tuple[Any, ...], key: str | None) -> None:
        self.do(id, change, key)

    def do(self, id: int, change: tuple[Any, ...], key: str | None) -> None:
        """Gives the command that the change names, with the arguments that come after its name."""
        command, *arguments = change
        getattr(self, command)(id, *arguments, key=key)

    @precondition(lambda self: self.model.known)
    @rule(which=KNOWN)
    def send_again(self, which: tuple[str, str]) -> None:
        command = self.model.known[which].command
        getattr(self, command.kind)(**command.request, key=command.key)

    @rule(
        call=st.sampled_from(
            [
                lambda museum: museum.catalogue.update(ExhibitionId(NOBODY), title="Manet"),
                lambda museum: museum.catalogue.suspend(ExhibitionId(NOBODY)),
                lambda museum: museum.catalogue.resume(ExhibitionId(0)),
                lambda museum: museum.catalogue.withdraw(ExhibitionId(-1)),
                lambda museum: museum.catalogue.add_session(ExhibitionId(NOBODY), NINE),
                lambda museum: museum.catalogue.update_session(SessionId(NOBODY), NINE, None),
                lambda museum: museum.catalogue.set_capacity(SessionId(NOBODY), 1),
                lambda museum: museum.catalogue.close(SessionId(NOBODY)),
                lambda museum: museum.catalogue.reopen(SessionId(NOBODY)),
                lambda museum: museum.catalogue.cancel_session(SessionId(NOBODY)),
                lambda museum: museum.bookings.reserve(SessionId(NOBODY), "mina"),
                lambda museum: museum.bookings.confirm(ReservationId(NOBODY)),
                lambda museum: museum.bookings.extend(ReservationId(0), MINUTE),
                lambda museum: museum.bookings.cancel(ReservationId(-1)),
                lambda museum: museum.vouchers.redeem("X" * 26),
                lambda museum: museum.vouchers.undo_redeem("no code"),
            ]
        )
    )
    def ask_for_nobody(self, call: Callable[[exhibition.Engine], object]) -> None:
        before = self.museum.events.head()
        with pytest.raises(exhibition.NotFound):
            call(self.museum)
        assert self.museum.events.head() == before

    @rule(by=st.sampled_from(MOVES))
    def time_passes(self, by: datetime.timedelta) -> None:
        self.clock.advance(by)
        self.model.now += by

    @precondition(lambda self: self.model.instants())
    @rule(at=INSTANTS, less=st.sampled_from([0 * MILLISECOND, MILLISECOND]))
    def it_is_time(self, at: datetime.datetime, less: datetime.timedelta) -> None:
        """When something begins, ends or runs out, or just before."""
        self.clock.set(at - less)
        self.model.now = at - less

    @rule()
    def pump(self) -> None:
        """What is due is settled, and everyone has followed everything."""
        report = self.museum.events.pump()
        assert report.failures == [] and not report.more
        assert report.settled == self.model.settle_all()
        for voucher in self.model.to_deactivate():
            self.model.deactivate(voucher)
        owed = self.model.without_voucher()
        issued = self.new_vouchers()
        assert [voucher.reservation for voucher in issued] == owed
        for voucher in issued:
            self.model.activate(voucher)
        for id, reservation in self.model.reservations.items():
            active = [each for each in self.museum.vouchers.of(id) if each.status == "active"]
            is_confirmed = reservation.status is ReservationStatus.CONFIRMED
            assert len(active) == is_confirmed
        self.page = self.model.page()
        assert len(list(self.museum.events.read())) == self.model.events()

    @rule(most=st.integers(0, 4))
    def pump_a_little(self, most: int) -> None:
        """How far each one gets is its own choice: it is observed, and has to be allowed."""
        report = self.museum.events.pump(max_events=most)
        assert report.failures == []
        assert all(follower.followed <= most for follower in report.followers)
        found = {each.id: each.version for each in self.museum.bookings.list()}
        settled = [id for id, each in self.model.reservations.items() if found[id] != each.version]
        assert report.settled == len(settled) <= 2 * most, "holds, and as many of closings"
        for id in settled:
            assert self.model.is_due(self.model.reservations[id])
            self.model.settle(id)
        vouchers = {each.id: each for each in self.museum.vouchers.list()}
        for before in self.model.to_deactivate():
            if vouchers[before.id] != before:
                self.model.deactivate(before)
        for voucher in self.new_vouchers():
            assert voucher.reservation in self.model.without_voucher()
            self.model.activate(voucher)
        self.page = None

    def new_vouchers(self) -> list[Voucher]:
        """Vouchers that the model does not know, in the order of their reservations."""
        vouchers = [v for v in self.museum.vouchers.list() if v.id not in self.model.vouchers]
        for voucher in vouchers:
            assert len(voucher.code) == 26
            assert voucher == Voucher(
                id=voucher.id,
                reservation=voucher.reservation,
                code=voucher.code,
                admits=self.model.reservations[voucher.reservation].places,
            )
        return sorted(vouchers, key=lambda voucher: voucher.reservation)

    @invariant()
    def everything_is_as_the_model_says(self) -> None:
        self.the_catalogue_is_that_of_the_model()
        self.the_places_are_those_of_the_model()
        self.the_reservations_are_those_of_the_model()
        self.the_vouchers_are_those_of_the_model()
        self.my_page_is_as_it_was_pumped()
        assert self.museum.audit() == []

    def the_catalogue_is_that_of_the_model(self) -> None:
        catalogue = self.museum.catalogue
        exhibitions = [each for _, each in sorted(self.model.exhibitions.items())]
        assert list(catalogue.list()) == exhibitions
        for each in exhibitions:
            sessions = [self.model.stored(it.id) for it in self.model.sessions_of(each.id)]
            assert list(catalogue.sessions_of(each.id)) == sessions

    def the_places_are_those_of_the_model(self) -> None:
        bookings = self.museum.bookings
        for each in self.model.exhibitions:
            seen = list(bookings.availabilities(each))
            assert [one.session for one in seen] == [s.id for s in self.model.sessions_of(each)]
            for one in seen:
                session = self.model.sessions[one.session]
                assert one == bookings.availability(session.id)
                against = self.model.against_sale(session)
                if self.model.free(session) == 0:
                    against.add(exhibition.SoldOut)
                assert (one.refuses is not None) == bool(against)
                assert one.refuses is None or one.refuses in {error.code for error in against}
                assert but(one, refuses=None) == self.model.availability(session)

    def the_reservations_are_those_of_the_model(self) -> None:
        bookings = self.museum.bookings
        shown = [self.model.shown(each) for _, each in sorted(self.model.reservations.items())]
        assert list(bookings.list()) == shown
        for status in ReservationStatus:
            of_status = [each for each in shown if each.status is status]
            assert list(bookings.list(status=status)) == of_status
        for each in shown[-3:]:
            assert bookings.find(each.id) == each

    def the_vouchers_are_those_of_the_model(self) -> None:
        vouchers = [each for _, each in sorted(self.model.vouchers.items())]
        assert list(self.museum.vouchers.list()) == vouchers

    def my_page_is_as_it_was_pumped(self) -> None:
        if self.page is None:
            return
        page = [self.model.entry_shown(entry) for entry in self.page]
        assert list(self.museum.my_page.list()) == page
        mine = [entry for entry in page if entry.member == "mina"]
        assert list(self.museum.my_page.of("mina")) == mine

    def teardown(self) -> None:
        with self.museum:
            if sys.exc_info()[0] is None:
                self.pump()
                self.everything_is_as_the_model_says()
                live_page = list(self.museum.my_page.list())
                assert self.museum.events.rebuild("my-page")
                assert list(self.museum.my_page.list()) == live_page


class InAFile(InMemory):
    """The same with a museum that is kept in a file, and is closed and opened in between."""

    def __init__(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.path = os.path.join(self.folder.name, "museum.db")
        super().__init__()

    @rule()
    def open_anew(self) -> None:
        self.museum.close()
        self.museum = self.open()

    def teardown(self) -> None:
        with self.folder:
            super().teardown()


def as_typed(voucher: Voucher) -> str:
    """The code as somebody types it who reads it aloud."""
    code = voucher.code.lower().replace("0", "o").replace("1", "l")
    return f"{code[:13]}-{code[13:]}"


class Overselling:
    """A desk that takes one place more than it says."""

    def __init__(self, desk: exhibition.Bookings) -> None:
        self.desk = desk

    def __getattr__(self, name: str) -> Any:
        return getattr(self.desk, name)

    def reserve(
        self, session: SessionId, member: str, places: int = 1, **options: Any
    ) -> exhibition.Reserved:
        made = self.desk.reserve(session, member, places + 1, **options)
        return but(made, reservation=but(made.reservation, places=places))


class OfAnOversellingDesk(InMemory):
    def open(self) -> exhibition.Engine:
        museum = super().open()
        museum._bookings = Overselling(museum.bookings)  # type: ignore[assignment]
        return museum


class WithoutKeys(Model):
    def remember(self, command: Command, aggregate: int) -> None:
        pass


class WithoutCutoff(Model):
    def against_cancelling(self, id: ReservationId, by: Canceller) -> Against:
        return super().against_cancelling(id, by) - {exhibition.CutoffPassed}


class ExpiringLate(Model):
    def expired(self, reservation: Reservation, at: datetime.datetime) -> bool:
        return super().expired(reservation, at - MILLISECOND)


class KeepingVouchers(Model):
    def to_deactivate(self) -> list[Voucher]:
        return []


def believing(model: type[Model]) -> type[InMemory]:
    """A machine that expects what this model says."""
    return type(f"Believing{model.__name__}", (InMemory,), {"make_model": model})


def run(machine: type[InMemory], rounds: int, phases: Sequence[Phase] = tuple(Phase)) -> None:
    """Runs the machine in many short runs, the same each time, or in a long one that is new."""
    # After the first ten examples of a run, five of six are variations of the sixth.
    is_long = os.environ.get("EXHIBITION_EFFORT") == "long"
    how = settings(
        max_examples=300 * rounds if is_long else 10,
        stateful_step_count=60,
        derandomize=not is_long,
        deadline=None,
        phases=phases,
        report_multiple_bugs=False,
    )
    for number in range(1 if is_long else rounds):
        once = type(machine.__name__, (machine,), {})
        run_state_machine_as_test(  # type: ignore[no-untyped-call, unused-ignore]
            once if is_long else seed(number)(once), settings=how
        )


def test_a_museum_in_memory_does_what_the_model_says() -> None:
    run(InMemory, rounds=17)


def test_a_museum_in_a_file_does_what_the_model_says() -> None:
    run(InAFile, rounds=3)


@pytest.mark.parametrize(
    "machine",
    [
        OfAnOversellingDesk,
        believing(WithoutKeys),
        believing(WithoutCutoff),
        believing(ExpiringLate),
        believing(KeepingVouchers),
    ],
)
def test_a_mistake_on_either_side_is_found(machine: type[InMemory]) -> None:
    with pytest.raises(AssertionError):
        run(machine, rounds=16, phases=[Phase.generate])
