"""Ports of an engine that are written in Python."""

from __future__ import annotations

import datetime
import gc
import threading
from collections.abc import Callable
from pathlib import Path

import exhibition
import pytest
from exhibition import (
    Clock,
    DispatcherCapabilities,
    Envelope,
    EventDispatcher,
    ManualClock,
    ManualMonotonicClock,
    RandomSource,
    ReservationConfirmed,
    SeededRandom,
)
from support import HOUR, NINE, UTC, register

DAY = datetime.timedelta(days=1)


class StoppedClock(Clock):
    def __init__(self) -> None:
        self.shows: object = NINE
        self.threads: set[int] = set()

    def now(self) -> datetime.datetime:
        self.threads.add(threading.get_ident())
        if isinstance(self.shows, BaseException):
            raise self.shows
        return self.shows  # type: ignore[return-value]


def test_the_time_comes_from_a_clock_of_the_host() -> None:
    clock = StoppedClock()
    with exhibition.open(":memory:", clock=clock) as museum:
        session = register(museum)
        assert museum.bookings.reserve(session, "seokwon").reservation.created_at == NINE
        clock.shows = (NINE + HOUR).astimezone(datetime.timezone(HOUR))
        with pytest.raises(exhibition.SessionOver):
            museum.bookings.reserve(session, "seokwon")


def test_a_clock_that_was_passed_as_a_temporary_goes_on() -> None:
    with exhibition.open(":memory:", clock=StoppedClock(), random=Ones()) as museum:
        gc.collect()
        session = register(museum)
        assert museum.bookings.reserve(session, "seokwon").reservation.created_at == NINE
        museum.events.pump()
        assert next(museum.vouchers.list()).code == "7" + "Z" * 25


def test_what_a_clock_raises_comes_back_as_it_was() -> None:
    clock = StoppedClock()
    with exhibition.open(":memory:", clock=clock) as museum:
        session = register(museum)
        clock.shows = KeyError("no battery")
        with pytest.raises(KeyError) as caught:
            museum.bookings.reserve(session, "seokwon")
        assert caught.value is clock.shows
        assert caught.traceback[-1].name == "now"
        clock.shows = exhibition.StorageFailure("the time server is away")
        with pytest.raises(exhibition.StorageFailure, match="the time server is away"):
            museum.bookings.reserve(session, "seokwon")
        clock.shows = NINE
        assert museum.bookings.availability(session).in_force == 0


@pytest.mark.parametrize(
    "shows",
    [
        NINE.replace(tzinfo=None),
        datetime.datetime.max.replace(tzinfo=datetime.timezone(-HOUR)),
        None,
        0,
    ],
)
def test_a_clock_that_does_not_tell_the_time_is_named(shows: object) -> None:
    clock = StoppedClock()
    with exhibition.open(":memory:", clock=clock) as museum:
        clock.shows = shows
        with pytest.raises((exhibition.InvalidArgument, TypeError), match=r"Clock\.now"):
            museum.catalogue.register_exhibition("Monet")


def test_a_class_that_tells_no_time_is_no_clock() -> None:
    with pytest.raises(TypeError):
        Clock()  # type: ignore[abstract]


class Ones(RandomSource):
    def bits(self) -> int:
        return 2**64 - 1


class TooMany(RandomSource):
    def bits(self) -> int:
        return 2**64


def test_random_bits_that_are_too_many_are_refused() -> None:
    with exhibition.open(":memory:", random=TooMany()) as museum:
        museum.bookings.reserve(register(museum), "seokwon")
        (failure,) = museum.events.pump().failures
        assert "RandomSource.bits" in str(failure.error)


def test_a_seed_makes_the_same_codes() -> None:
    def code() -> str:
        with exhibition.open(":memory:", random=SeededRandom(7)) as museum:
            museum.bookings.reserve(register(museum), "seokwon")
            museum.events.pump()
            return next(museum.vouchers.list()).code

    assert code() == code()


def test_a_manual_clock_moves_when_it_is_told_to() -> None:
    clock = ManualClock(NINE)
    with exhibition.open(":memory:", clock=clock) as museum:
        held = museum.bookings.reserve(register(museum), "seokwon", hold=True).reservation
        clock.advance(15 * datetime.timedelta(minutes=1))
        assert museum.bookings.find(held.id).status == "expired"
        clock.set(NINE)
        assert clock.now() == NINE
        assert museum.bookings.find(held.id).status == "held", "the clock stepped back"


class Board:
    """A place at a bulletin board."""

    def __init__(self, board: BulletinBoard, handler: Callable[[Envelope], None]) -> None:
        self.board = board
        self.handler = handler

    def close(self) -> None:
        self.board.places.remove(self)


class BulletinBoard(EventDispatcher):
    def __init__(self) -> None:
        self.places: list[Board] = []
        self.published: list[str] = []
        self.is_away = False

    @property
    def capabilities(self) -> DispatcherCapabilities:
        return DispatcherCapabilities(synchronous=True, total_order=True)

    def subscribe(self, handler: Callable[[Envelope], None]) -> Board:
        self.places.append(Board(self, handler))
        return self.places[-1]

    def publish(self, envelope: Envelope, failed: Callable[[BaseException], None]) -> None:
        if self.is_away:
            raise exhibition.StorageFailure("no pins left")
        self.published.append(envelope.key)
        for place in list(self.places):
            try:
                place.handler(envelope)
            except Exception as error:
                failed(error)


def test_events_leave_through_a_dispatcher_of_the_host() -> None:
    board = BulletinBoard()
    seen: list[object] = []
    errors: list[tuple[str, BaseException]] = []
    with exhibition.open(
        ":memory:",
        dispatcher=board,
        on_subscriber_error=lambda envelope, error: errors.append((envelope.key, error)),
    ) as museum:
        session = register(museum)
        broken = ValueError("no")

        @museum.events.on(ReservationConfirmed)
        def fail(event: ReservationConfirmed) -> None:
            raise broken

        with museum.events.subscribe(seen.append, ReservationConfirmed):
            museum.bookings.reserve(session, "seokwon")
            board.is_away = True
            assert museum.events.pump().failures[0].part == "subscriptions"
            board.is_away = False
            report = museum.events.pump()
        assert len(seen) == 1
        assert errors == [("Reservation/1/1", broken)]
        assert report.subscriber_errors == 1
        assert len(board.places) == 1


def test_the_log_is_relayed_through_another_dispatcher() -> None:
    board = BulletinBoard()
    with exhibition.open(":memory:") as museum:
        museum.events.relay("board", board, types=[ReservationConfirmed])
        museum.bookings.reserve(register(museum), "seokwon")
        board.is_away = True
        assert museum.events.pump().failures[0].part == "board"
        board.is_away = False
        museum.events.retry("board")
        museum.events.pump()
    assert board.published == ["Reservation/1/1"]


def test_what_a_subscriber_raises_is_told_and_stops_nobody() -> None:
    errors: list[BaseException] = []
    with exhibition.open(
        ":memory:", on_subscriber_error=lambda envelope, error: errors.append(error)
    ) as museum:
        session = register(museum)

        @museum.events.on(ReservationConfirmed)
        def fail(event: ReservationConfirmed) -> None:
            raise ValueError("no")

        museum.bookings.reserve(session, "seokwon")
        assert museum.events.pump().subscriber_errors == 1
    assert [type(error) for error in errors] == [ValueError]


def test_a_museum_is_audited_and_copied(museum_file: Path, tmp_path: Path) -> None:
    with exhibition.open(museum_file, my_page=":memory:") as museum:
        visit = museum.bookings.reserve(register(museum), "seokwon").reservation
        museum.events.pump()
        assert museum.audit() == []
        assert museum.stats().admission.admitted == 1
        museum.backup(tmp_path / "copy.db")
        with pytest.raises(exhibition.InvalidArgument):
            museum.backup(tmp_path / "copy.db")
    assert not museum_file.with_name("museum.db-my-page").exists()
    with exhibition.open(tmp_path / "copy.db") as copy:
        assert copy.bookings.find(visit.id) == visit


def test_the_beginning_of_a_log_goes_to_an_archive(museum_file: Path, tmp_path: Path) -> None:
    clock = ManualClock(datetime.datetime(2026, 9, 1, tzinfo=UTC))
    with exhibition.open(museum_file, archive=tmp_path / "archive", clock=clock) as museum:
        museum.bookings.reserve(register(museum), "seokwon")
        museum.events.pump()
        museum.events.pump()  # follows what the voucher desk has written
        assert museum.events.archive().events == 4
        clock.advance(31 * DAY)
        report = museum.events.prune()
        assert (report.events, report.archived) == (4, 0)
        assert museum.events.rebuild("my-page")
        assert len(list(museum.my_page.of("seokwon"))) == 1
    assert len(list((tmp_path / "archive").rglob("*.jsonl"))) == 1


@pytest.mark.parametrize(
    ("options", "field"),
    [
        ({"max_inside": 0}, "max_inside"),
        ({"lease": datetime.timedelta(0)}, "lease"),
        ({"max_inside": -1}, "max_inside"),
    ],
)
def test_a_bad_option_is_named(options: dict[str, object], field: str) -> None:
    with pytest.raises(exhibition.InvalidArgument) as caught:
        exhibition.open(":memory:", **options)  # type: ignore[arg-type]
    assert caught.value.field == field


class RemoteCatalogue(exhibition.Availability):
    def __init__(self) -> None:
        self.answers: list[object] = []
        self.asked: list[datetime.timedelta] = []

    def offer(
        self, session: exhibition.SessionId, time_left: datetime.timedelta
    ) -> exhibition.Offer:
        self.asked.append(time_left)
        answer = self.answers.pop(0)
        if isinstance(answer, BaseException):
            raise answer
        return answer  # type: ignore[return-value]


def offer(capacity: int = 2) -> exhibition.Offer:
    return exhibition.Offer(
        exhibition=exhibition.Exhibition(id=exhibition.ExhibitionId(7), title="Monet"),
        session=exhibition.Session(
            id=exhibition.SessionId(70),
            exhibition=exhibition.ExhibitionId(7),
            times=exhibition.SessionTimes(starts_at=NINE),
            capacity=capacity,
        ),
    )


SEVENTY = exhibition.SessionId(70)


def test_a_catalogue_elsewhere_is_asked_before_each_reservation() -> None:
    catalogue = RemoteCatalogue()
    broken = KeyError("no such server")
    down = exhibition.StorageFailure("it is down", cause="dns")
    gone = exhibition.NotFound("taken down", what="reservation", id=70)
    catalogue.answers = [
        offer(),
        gone,
        broken,
        down,
        offer(),
        "an offer",
    ]
    with exhibition.open(":memory:", availability=catalogue) as museum:
        assert museum.bookings.reserve(SEVENTY, "seokwon").reservation.exhibition == 7
        with pytest.raises(exhibition.NotFound) as not_found:
            museum.bookings.reserve(SEVENTY, "seokwon")
        assert not_found.value is gone
        assert not_found.traceback[-1].name == "offer"
        with pytest.raises(exhibition.NotFound) as its_own:
            museum.bookings.find(exhibition.ReservationId(70))
        assert its_own.value is not gone
        with pytest.raises(KeyError) as caught:
            museum.bookings.reserve(SEVENTY, "seokwon")
        assert caught.value is broken
        with pytest.raises(exhibition.StorageFailure, match="down") as away:
            museum.bookings.reserve(SEVENTY, "seokwon")
        assert away.value is down
        with pytest.raises(exhibition.SoldOut):
            museum.bookings.reserve(SEVENTY, "seokwon", 2)
        with pytest.raises(TypeError, match=r"Availability\.offer gave a str"):
            museum.bookings.reserve(SEVENTY, "seokwon")
        stats = museum.stats().availability
        assert stats is not None and stats.breaker.tally.failures == 3
    assert all(0 < left.total_seconds() <= 1 for left in catalogue.asked)


@pytest.mark.parametrize("requested", [-5, "three", 2**40])
def test_a_fact_of_an_error_that_is_none_is_named(requested: object) -> None:
    catalogue = RemoteCatalogue()
    catalogue.answers = [exhibition.SoldOut(requested=requested)]
    with exhibition.open(":memory:", availability=catalogue) as museum:
        with pytest.raises(TypeError, match=r"SoldOut\.requested must not be"):
            museum.bookings.reserve(SEVENTY, "seokwon")


def test_a_catalogue_that_fails_is_left_alone_and_someone_else_answers() -> None:
    catalogue = RemoteCatalogue()
    clock = ManualMonotonicClock()
    events: list[exhibition.BreakerEvent] = []
    failed: list[BaseException | None] = []

    def answer(
        session: exhibition.SessionId, error: BaseException | None
    ) -> exhibition.Offer:
        failed.append(error)
        if len(failed) > 2:
            raise exhibition.Overloaded(retry_after=HOUR)
        return offer()

    catalogue.answers = [exhibition.StorageFailure("down"), offer()]
    with exhibition.open(
        ":memory:",
        availability=catalogue,
        availability_breaker=exhibition.BreakerOptions(consecutive_failures=1, open_for=HOUR, open_cap=HOUR),
        availability_fallback=answer,
        on_breaker_event=events.append,
        monotonic_clock=clock,
    ) as museum:
        museum.bookings.reserve(SEVENTY, "seokwon")
        museum.bookings.reserve(SEVENTY, "seokwon")
        with pytest.raises(exhibition.Overloaded) as caught:
            museum.bookings.reserve(SEVENTY, "seokwon")
        assert caught.value.retry_after == HOUR
    assert [type(error) for error in failed] == [
        exhibition.StorageFailure,
        exhibition.CircuitOpen,
        exhibition.CircuitOpen,
    ]
    assert [event.to_state for event in events] == ["open"]
    assert len(catalogue.asked) == 1


def test_a_catalogue_that_is_slow_is_given_up_and_may_call_the_engine() -> None:
    class Slow(exhibition.Availability):
        def offer(
            self, session: exhibition.SessionId, time_left: datetime.timedelta
        ) -> exhibition.Offer:
            assert list(museum.bookings.list()) == []
            clock.advance(2 * datetime.timedelta(seconds=1))
            return offer()

    clock = ManualMonotonicClock()
    with exhibition.open(":memory:", availability=Slow(), monotonic_clock=clock) as museum:
        with pytest.raises(exhibition.TimedOut):
            museum.bookings.reserve(SEVENTY, "seokwon")


def test_an_option_of_another_type_is_named() -> None:
    with pytest.raises(TypeError, match=r"lock_timeout: must be a datetime\.timedelta, not int"):
        exhibition.open(":memory:", lock_timeout=3)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="background_checkpoints: bool"):
        exhibition.open(":memory:", background_checkpoints=1)  # type: ignore[arg-type]


def test_a_booking_file_is_no_page_and_nobody_is_told_to_delete_it(museum_file: Path) -> None:
    exhibition.open(museum_file).close()
    with pytest.raises(exhibition.StorageFailure, match="is a booking file") as caught:
        exhibition.open(":memory:", my_page=museum_file)
    assert "delete" not in str(caught.value)


@pytest.mark.parametrize(
    "option",
    [
        "availability",
        "availability_fallback",
        "clock",
        "dispatcher",
        "monotonic_clock",
        "on_breaker_event",
        "on_subscriber_error",
        "random",
    ],
)
def test_a_port_that_is_none_is_refused_at_once(option: str) -> None:
    with pytest.raises(TypeError, match=option):
        exhibition.open(":memory:", **{option: 42})  # type: ignore[arg-type]


@pytest.mark.parametrize("path", ["", "with\0nul"])
def test_a_path_that_is_none_is_named(museum: exhibition.Engine, path: str) -> None:
    with pytest.raises(exhibition.InvalidArgument, match="archive"):
        exhibition.open(":memory:", archive=path)
    with pytest.raises(exhibition.InvalidArgument, match="path"):
        museum.backup(path)


def test_what_a_subscriber_raises_is_logged_where_nobody_asked_for_it(
    museum: exhibition.Engine, caplog: pytest.LogCaptureFixture
) -> None:
    @museum.events.on(exhibition.ExhibitionRegistered)
    def fail(event: object) -> None:
        raise KeyError("no printer")

    museum.catalogue.register_exhibition("Monet")
    museum.events.pump()
    assert "no printer" in caplog.text
