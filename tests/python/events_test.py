"""Following the log with functions of Python, whatever they do."""

from __future__ import annotations

import datetime
import json
import threading
import time
from pathlib import Path
from typing import Any

import exhibition
import pytest
from support import HOUR, NINE, register
from exhibition import (
    Delivery,
    Envelope,
    ManualClock,
    ReservationCancelled,
    ReservationConfirmed,
    SessionId,
    Transaction,
    VoucherActivated,
)

LONG = datetime.timedelta(seconds=60)
SCHEMA = "CREATE TABLE visits(member TEXT PRIMARY KEY, places INTEGER NOT NULL)"


def status_of(museum: exhibition.Engine, name: str) -> exhibition.FollowerStatus:
    (status,) = [status for status in museum.events.status() if status.name == name]
    return status


def test_a_subscriber_gets_the_events_it_asked_for(
    museum: exhibition.Engine, session: SessionId
) -> None:
    seen: list[object] = []

    @museum.events.on(VoucherActivated)
    def activated(event: VoucherActivated) -> None:
        seen.append(event.member)

    @museum.events.on(ReservationConfirmed, ReservationCancelled)
    def changed(event: object, envelope: Envelope) -> None:
        seen.append((type(event).__name__, envelope.key, envelope.headers.actor))

    visit = museum.bookings.reserve(session, "seokwon", actor="desk 3").reservation
    museum.bookings.cancel(visit.id)
    assert seen == []
    report = museum.events.pump()
    assert ("ReservationConfirmed", "Reservation/1/1", "desk 3") in seen
    assert ("ReservationCancelled", "Reservation/1/2", "") in seen
    assert report.delivered == len(list(seen)) == 2


def test_a_subscription_ends_when_it_is_closed(
    museum: exhibition.Engine, session: SessionId
) -> None:
    seen: list[object] = []
    with museum.events.subscribe(seen.append, ReservationConfirmed):
        museum.bookings.reserve(session, "seokwon")
        museum.events.pump()
    museum.bookings.reserve(session, "seokwon")
    museum.events.pump()
    assert len(seen) == 1


def test_what_is_no_event_cannot_be_followed(museum: exhibition.Engine) -> None:
    with pytest.raises(TypeError, match="is no class of events"):
        museum.events.subscribe(print, int)
    with pytest.raises(TypeError, match="is no class of events"):
        museum.events.follow("mailer", types=[int])(print)


async def coroutine(*anything: object) -> None:
    raise AssertionError("nobody awaits it")


class WithACoroutine:
    async def __call__(self, *anything: object) -> None:
        raise AssertionError("nobody awaits it")


@pytest.mark.parametrize(
    "handler", [3, None, coroutine, WithACoroutine(), lambda: None, lambda a, b, c: None]
)
def test_what_cannot_be_called_with_an_event_is_no_handler(
    museum: exhibition.Engine, tmp_path: Path, handler: Any
) -> None:
    for decorate in (
        museum.events.on(ReservationConfirmed),
        museum.events.follow("mailer"),
        museum.events.project("visits", tmp_path / "visits.db"),
    ):
        with pytest.raises(TypeError):
            decorate(handler)
    assert [each.name for each in museum.events.status()] == ["voucher-desk", "my-page"]


def test_a_decorator_without_its_arguments_says_so(museum: exhibition.Engine) -> None:
    with pytest.raises(TypeError, match="write @events.on"):

        @museum.events.on  # type: ignore[arg-type]
        def look(event: object) -> None: ...

    with pytest.raises(TypeError, match="has a name"):

        @museum.events.follow  # type: ignore[arg-type]
        def send(delivery: object) -> None: ...


def test_a_handler_that_gives_a_coroutine_has_not_handled_the_event(
    museum: exhibition.Engine, session: SessionId
) -> None:
    museum.events.follow("mailer")(lambda delivery: coroutine())
    museum.bookings.reserve(session, "seokwon")
    museum.events.pump()
    (mailer,) = (each for each in museum.events.status() if each.name == "mailer")
    assert mailer.failure is not None
    assert "coroutine" in mailer.failure.error


def test_a_follower_needs_some_type_of_event_and_a_projection_a_file(
    museum: exhibition.Engine,
) -> None:
    with pytest.raises(exhibition.InvalidArgument, match="types"):
        museum.events.follow("mailer", types=[])
    with pytest.raises(exhibition.InvalidArgument, match="path"):
        museum.events.project("visits", ":memory:")
    with pytest.raises(exhibition.InvalidArgument, match="schema"):
        museum.events.project("visits", "visits.db", schema="CREATE TABLE a(x);\0")


@pytest.mark.parametrize("limit", [-1, 1.5, float("nan")])
def test_a_limit_of_events_is_a_number_of_them(museum: exhibition.Engine, limit: Any) -> None:
    with pytest.raises((exhibition.InvalidArgument, TypeError)):
        museum.events.read(limit=limit)
    with pytest.raises(exhibition.InvalidArgument, match="types"):
        museum.events.read(types=[])


def test_a_closed_engine_says_so_whatever_it_is_asked(museum: exhibition.Engine) -> None:
    museum.close()
    for call in (
        museum.events.pump,
        museum.events.start,
        lambda: museum.events.subscribe(print),
        lambda: museum.events.follow("mailer")(print),
        museum.audit,
    ):
        with pytest.raises(exhibition.Closed):
            call()


@pytest.mark.parametrize("parameters", ["a", b"a", {"a": 1}, {1}])
def test_parameters_have_an_order(
    museum: exhibition.Engine, session: SessionId, tmp_path: Path, parameters: Any
) -> None:
    @museum.events.project("visits", tmp_path / "visits.db", schema="CREATE TABLE visits(a)")
    def count(tx: Transaction, delivery: Delivery) -> None:
        with pytest.raises(TypeError, match="in the order of"):
            tx.execute("INSERT INTO visits VALUES(:a)", parameters)

    museum.bookings.reserve(session, "seokwon")
    assert museum.events.pump().followed("visits") > 0


def test_a_read_model_is_kept_in_its_own_file(
    museum: exhibition.Engine, session: SessionId, tmp_path: Path
) -> None:
    @museum.events.project("visits", tmp_path / "visits.db", schema=SCHEMA, types=[ReservationConfirmed])
    def count(tx: Transaction, delivery: Delivery) -> None:
        assert isinstance(delivery.event, ReservationConfirmed)
        changed = tx.execute(
            "INSERT INTO visits VALUES(?1, ?2) ON CONFLICT DO UPDATE SET places = places + ?2",
            (delivery.event.member, delivery.event.places),
        )
        assert changed == 1
        rows.append(tx.query("SELECT * FROM visits"))

    rows: list[list[tuple[Any, ...]]] = []
    museum.bookings.reserve(session, "seokwon", 2)
    museum.bookings.reserve(session, "seokwon", 1)
    museum.events.pump()
    assert rows == [[("seokwon", 2)], [("seokwon", 3)]]

    progress: list[exhibition.RebuildProgress] = []
    assert museum.events.rebuild("visits", on_progress=progress.append)
    assert progress[-1].position == progress[-1].target
    assert rows[2:] == rows[:2]
    assert status_of(museum, "visits").generation == 2


def test_every_kind_of_value_goes_through_a_transaction(
    museum: exhibition.Engine, session: SessionId, tmp_path: Path
) -> None:
    given = (None, 2**63 - 1, 1.5, "석원", b"\0\xff", True)
    rows: list[tuple[Any, ...]] = []
    errors: list[BaseException] = []

    @museum.events.project("all", tmp_path / "all.db")
    def keep(tx: Transaction, delivery: Delivery) -> None:
        rows.extend(tx.query("SELECT ?1, ?2, ?3, ?4, ?5, ?6", given))
        for bad in ((object(),), "text", (2**63,), ("\ud800",)):
            try:
                tx.query("SELECT ?1", bad)
            except Exception as error:
                errors.append(error)
        try:
            tx.execute("SELEKT 1")
        except exhibition.StatementError as error:
            errors.append(error)

    museum.events.pump()
    assert rows[0] == (None, 2**63 - 1, 1.5, "석원", b"\0\xff", 1)
    assert [type(error).__name__ for error in errors[:5]] == [
        "TypeError",
        "TypeError",
        "InvalidArgument",
        "InvalidArgument",
        "StatementError",
    ]


def test_a_transaction_is_of_its_handler_alone(
    museum: exhibition.Engine, session: SessionId, tmp_path: Path
) -> None:
    lent: list[Transaction] = []
    elsewhere: list[BaseException] = []

    @museum.events.project("all", tmp_path / "all.db")
    def keep(tx: Transaction, delivery: Delivery) -> None:
        def use() -> None:
            try:
                tx.query("SELECT 1")
            except RuntimeError as error:
                elsewhere.append(error)

        thread = threading.Thread(target=use)
        thread.start()
        thread.join()
        lent.append(tx)

    museum.events.pump()
    assert len(elsewhere) == len(lent) == 2
    with pytest.raises(RuntimeError, match="ended when the handler returned"):
        lent[0].execute("SELECT 1")


def test_a_handler_that_raises_is_tried_again(
    museum: exhibition.Engine, session: SessionId
) -> None:
    attempts: list[int] = []

    @museum.events.follow("mailer", types=[ReservationConfirmed])
    def send(delivery: Delivery) -> None:
        attempts.append(delivery.attempt)
        if len(attempts) == 1:
            raise ValueError("the post office is on fire")

    museum.bookings.reserve(session, "seokwon")
    report = museum.events.pump()
    status = status_of(museum, "mailer")
    assert status.state == "backoff"
    assert status.failure is not None
    assert status.failure.error == "ValueError: the post office is on fire"
    assert report.retry_at == status.failure.retry_at
    assert museum.events.wait_for("mailer", LONG)
    assert attempts == [1, 2]


def test_a_handler_whose_other_side_is_away_waits_for_it(
    museum: exhibition.Engine, session: SessionId
) -> None:
    attempts: list[int] = []
    is_away = [True]

    @museum.events.follow("mailer", types=[ReservationConfirmed])
    def send(delivery: Delivery) -> None:
        if is_away[0]:
            raise exhibition.StorageFailure("no route to host")
        attempts.append(delivery.attempt)

    museum.bookings.reserve(session, "seokwon")
    museum.events.pump()
    status = status_of(museum, "mailer")
    assert (status.state, status.failure) == ("waiting", None)
    assert "no route to host" in status.store_failure
    is_away[0] = False
    museum.events.retry("mailer")
    museum.events.pump()
    assert attempts == [1]


def test_dead_letters_are_retried_in_order_or_discarded() -> None:
    sent: list[str] = []
    fails = [True]
    clock = ManualClock(NINE - HOUR)
    with exhibition.open(":memory:", clock=clock) as museum:

        @museum.events.follow("mailer", types=[ReservationConfirmed, ReservationCancelled])
        def send(delivery: Delivery) -> None:
            if fails[0]:
                raise ValueError("no")
            sent.append(delivery.key)

        visit = museum.bookings.reserve(register(museum), "seokwon").reservation
        museum.bookings.cancel(visit.id)
        for _ in range(8):
            museum.events.pump()
            clock.advance(LONG)
        museum.events.pump()
        first, second = museum.events.dead_letters("mailer")
        assert (first.reason, first.attempts, first.error) == ("failed", 8, "ValueError: no")
        assert second.reason == "behind"
        assert museum.events.retry("mailer").failed[0].attempts == 9
        fails[0] = False
        museum.events.discard("mailer", first.envelope.position)
        with pytest.raises(exhibition.NotFound):
            museum.events.discard("mailer", first.envelope.position)
        assert museum.events.retry("mailer", first.envelope.stream).replayed == 1
        assert sent == ["Reservation/1/2"]


def test_a_handler_may_call_the_engine_but_not_pump_it(
    museum: exhibition.Engine, session: SessionId
) -> None:
    seen: list[object] = []

    @museum.events.on(ReservationConfirmed)
    def look(event: ReservationConfirmed) -> None:
        seen.append(museum.bookings.find(event.reservation).member)
        seen.append(museum.events.pump().inside_handler)
        try:
            museum.events.wait_for("my-page", LONG)
        except RuntimeError as error:
            seen.append("handler" in str(error))

    museum.bookings.reserve(session, "seokwon")
    museum.events.pump()
    assert seen == ["seokwon", True, True]


def test_a_handler_may_close_the_engine(museum: exhibition.Engine, session: SessionId) -> None:
    @museum.events.follow("closer", types=[ReservationConfirmed])
    def close(delivery: Delivery) -> None:
        museum.close()

    museum.bookings.reserve(session, "seokwon")
    museum.events.pump()
    with pytest.raises(exhibition.Closed):
        museum.events.status()


def test_a_worker_follows_while_others_book(museum: exhibition.Engine, session: SessionId) -> None:
    threads: list[str] = []

    @museum.events.follow("mailer", types=[ReservationConfirmed])
    def send(delivery: Delivery) -> None:
        time.sleep(0.01)
        threads.append(threading.current_thread().name)

    museum.events.start()
    museum.events.start()
    for _ in range(4):
        museum.bookings.reserve(session, "seokwon")
    assert museum.events.wait_for("mailer", LONG)
    museum.events.stop(drain=datetime.timedelta(0))
    museum.events.stop()
    assert len(threads) == 4
    assert threading.current_thread().name not in threads


@pytest.mark.parametrize("raised", [KeyboardInterrupt, SystemExit])
def test_an_interrupt_in_a_handler_ends_the_pump_and_costs_no_attempt(
    museum: exhibition.Engine, session: SessionId, raised: type[BaseException]
) -> None:
    attempts: list[int] = []

    @museum.events.follow("mailer", types=[ReservationConfirmed])
    def send(delivery: Delivery) -> None:
        attempts.append(delivery.attempt)
        if len(attempts) == 1:
            raise raised

    museum.bookings.reserve(session, "seokwon")
    with pytest.raises(raised):
        museum.events.pump()
    museum.events.retry("mailer")
    museum.events.pump()
    assert attempts == [1, 1]


def test_a_look_at_the_progress_may_raise_or_stop(
    museum: exhibition.Engine, session: SessionId, tmp_path: Path
) -> None:
    @museum.events.project("visits", tmp_path / "visits.db", schema=SCHEMA)
    def count(tx: Transaction, delivery: Delivery) -> None:
        pass

    museum.bookings.reserve(session, "seokwon")
    museum.events.pump()
    with pytest.raises(ZeroDivisionError):
        museum.events.rebuild("visits", on_progress=lambda progress: 1 / 0)
    stop = threading.Event()
    stop.set()
    assert museum.events.rebuild("visits", stop=stop) is False
    assert museum.events.rebuild("visits") is True
    assert museum.events.cancel_rebuild("visits") is False


def test_the_log_forgets_what_is_old(museum: exhibition.Engine, session: SessionId) -> None:
    museum.bookings.reserve(session, "seokwon")
    museum.events.pump()
    assert museum.events.prune().events == 0, "nothing is 30 days old"
    reports: list[exhibition.PruneReport] = []
    report = museum.events.prune(older_than=datetime.timedelta(0), on_progress=reports.append)
    assert report.events == status_of(museum, "my-page").floor > 0
    assert reports[-1] == report
    with pytest.raises(exhibition.InvalidArgument):
        museum.events.prune(older_than=datetime.timedelta(days=-1))
    with pytest.raises(exhibition.InvalidArgument):
        museum.events.archive()
    with pytest.raises(exhibition.NotFound):
        museum.events.abandon("nobody")


@pytest.mark.parametrize("start", ["yesterday", -1, 10**6])
def test_a_start_that_is_none_is_refused(museum: exhibition.Engine, start: Any) -> None:
    with pytest.raises(exhibition.InvalidArgument) as caught:
        museum.events.follow("mailer", start=start)(print)
    assert caught.value.field == "start"


def test_a_follower_may_begin_now_or_after_a_position(
    museum: exhibition.Engine, session: SessionId
) -> None:
    seen: dict[str, list[str]] = {"now": [], "after": [], "beginning": []}
    museum.bookings.reserve(session, "seokwon")
    museum.events.pump()
    position = status_of(museum, "my-page").position
    for name, start in (("now", "now"), ("after", position), ("beginning", "beginning")):

        @museum.events.follow(name, start=start, types=[ReservationConfirmed])  # type: ignore[arg-type]
        def send(delivery: Delivery, name: str = name) -> None:
            seen[name].append(delivery.key)

    museum.bookings.reserve(register(museum), "seokwon")
    museum.events.pump()
    assert [len(keys) for keys in seen.values()] == [1, 1, 2]


def test_events_are_cloud_events_there_and_back(
    museum: exhibition.Engine, session: SessionId
) -> None:
    museum.bookings.reserve(session, "석원", actor="desk 3")
    museum.events.pump()
    for envelope in museum.events.read():
        text = envelope.to_cloud_event(source="/museum", voucher_codes=True)
        assert Envelope.from_cloud_event(text) == envelope
        read = json.loads(text)
        assert (read["specversion"], read["source"], read["id"]) == ("1.0", "/museum", envelope.key)
        assert "\n" not in text
        if isinstance(envelope.event, VoucherActivated):
            assert read["data"]["code"] == envelope.event.code
            assert "code" not in json.loads(envelope.to_cloud_event(source="/museum"))["data"]
    with pytest.raises(exhibition.InvalidArgument) as caught:
        Envelope.from_cloud_event('{"specversion":"0.3"}')
    assert caught.value.field == "specversion"


def test_a_list_is_not_advanced_by_two_threads_at_once(
    museum: exhibition.Engine, session: SessionId
) -> None:
    for _ in range(4):
        museum.bookings.reserve(session, "seokwon")
    visits = museum.bookings.list()
    seen: list[object] = []
    errors: list[BaseException] = []

    def look() -> None:
        while True:
            try:
                seen.append(next(visits))
            except StopIteration:
                return
            except ValueError as error:
                errors.append(error)

    threads = [threading.Thread(target=look) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(seen) == len(set(seen)) == 4
    assert all("another thread" in str(error) for error in errors)
