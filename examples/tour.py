"""What docs/python.md shows, as a program. It works in a folder of its own."""

import asyncio
import pickle
import tempfile
import threading
from datetime import datetime, timedelta, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

import exhibition
from exhibition import (
    Bulkhead,
    CircuitBreaker,
    Clock,
    Delivery,
    Fallback,
    NewSession,
    Pipeline,
    ReservationConfirmed,
    ReservationId,
    Retry,
    SessionId,
    Timeout,
    Transaction,
    aio,
)

SECOND = timedelta(seconds=1)
SEOUL = ZoneInfo("Asia/Seoul")


class OpeningDay(Clock):
    """A clock for a program that says the same every time."""

    def now(self) -> datetime:
        return datetime(2026, 9, 1, 8, tzinfo=timezone.utc)


def keyword_arguments_and_times(museum: exhibition.Engine) -> SessionId:
    nine = datetime(2026, 9, 2, 9, tzinfo=SEOUL)
    monet = museum.catalogue.register_exhibition(
        "Monet", kind="gallery", sessions=[NewSession(nine, nine + 3600 * SECOND, capacity=4)]
    )
    (found,) = museum.catalogue.sessions_of(monet.exhibition.id)
    print(found.times.starts_at, "is", found.times.starts_at.astimezone(SEOUL).time(), "in Seoul")
    try:
        NewSession(datetime(2026, 9, 2, 9))
    except exhibition.InvalidArgument as no:
        print(no)
    return monet.sessions[0]


def errors(museum: exhibition.Engine, session: SessionId) -> None:
    try:
        museum.bookings.reserve(session, member="mina", places=5)
    except exhibition.SoldOut as no:
        print(f"{no.code}: {no} ({no.requested} asked for, {no.free} free)")
    try:
        museum.bookings.find(ReservationId(4711))
    except LookupError as no:
        print(type(no).__name__, no)


def values(museum: exhibition.Engine, session: SessionId) -> None:
    visit = museum.bookings.reserve(session, member="seokwon", places=2).reservation
    assert visit == museum.bookings.find(visit.id) == pickle.loads(pickle.dumps(visit))
    print(visit.status == "confirmed", visit.status is exhibition.ReservationStatus.CONFIRMED)
    print({key: value for key, value in visit.to_dict().items() if key in ("member", "status")})


def from_hold_to_gate(museum: exhibition.Engine, session: SessionId) -> None:
    held = museum.bookings.reserve(session, "mina", places=2, hold=15 * 60 * SECOND).reservation
    museum.bookings.extend(held.id, by=5 * 60 * SECOND)  # while she pays
    museum.bookings.confirm(held.id, idempotency_key="payment-4711")
    museum.events.pump()  # the voucher desk issues her voucher
    (voucher,) = museum.vouchers.of(held.id)
    entered = museum.vouchers.redeem(voucher.code, gate="north", idempotency_key="scan-1")
    print(entered.admitted, "of", entered.admits, "are in")
    try:
        museum.bookings.cancel(held.id)
    except exhibition.AlreadyAdmitted as no:
        print(no)


def lists(museum: exhibition.Engine, session: SessionId) -> None:
    for visit in museum.bookings.list(session=session):  # fetches page after page
        print(visit.id, visit.member)
    print([entry.title for entry in museum.my_page.of("seokwon", limit=10)])


def followers(museum: exhibition.Engine, folder: Path) -> None:
    @museum.events.project(
        "visits",
        folder / "visits.db",
        schema="CREATE TABLE visits(member TEXT PRIMARY KEY, places INTEGER NOT NULL) STRICT",
        types=[ReservationConfirmed],
    )
    def count(tx: Transaction, delivery: Delivery) -> None:
        event = delivery.event
        assert isinstance(event, ReservationConfirmed)
        tx.execute(
            "INSERT INTO visits VALUES(?1, ?2)"
            " ON CONFLICT DO UPDATE SET places = places + excluded.places",
            (event.member, event.places),
        )

    @museum.events.follow("mailer", types=[ReservationConfirmed])
    def send(delivery: Delivery) -> None:
        if delivery.attempt == 1:
            raise ConnectionError("the post office is on fire")
        print("mail under", delivery.key)

    report = museum.events.pump()
    assert report.retry_at is not None  # the mailer wants to try again then
    for status in museum.events.status():
        print(f"{status.name}: {status.state}, {status.lag_events} behind")


def dead_letters(museum: exhibition.Engine) -> None:
    for letter in museum.events.dead_letters("mailer"):
        print(letter.envelope.key, letter.attempts, letter.error)
    museum.events.retry("mailer")  # all of them; and what it waits for is tried at once
    museum.events.pump()


def making_anew(museum: exhibition.Engine) -> None:
    stop = threading.Event()  # set it from another thread, or let Ctrl-C end it
    museum.events.rebuild(
        "visits",
        on_progress=lambda progress: print(f"{progress.position} of {progress.target}"),
        stop=stop,
    )


breaker = CircuitBreaker("catalogue", consecutive_failures=2, open_for=30 * SECOND)


@breaker
def ask(title: str) -> str:
    raise ConnectionError(f"nobody knows {title}")


guarded = Pipeline(
    Fallback(lambda error: "Water Lilies, as far as we know"),
    Retry(attempts=2, backoff=SECOND / 1000),
    breaker,
    Timeout(SECOND),
    Bulkhead("catalogue", limit=16),
)


@guarded
async def ask_politely(title: str) -> str:
    return ask(title)


def resilience() -> None:
    for _ in range(3):
        try:
            ask("Monet")
        except ConnectionError as failed:
            print(failed)
        except exhibition.CircuitOpen as no:
            assert no.retry_after is not None
            print("come back in", round(no.retry_after.total_seconds()), "s")
    print(asyncio.run(ask_politely("Monet")))


async def with_await(file: Path) -> None:
    async with aio.open(file, clock=OpeningDay()) as museum:
        async for envelope in museum.events.stream(after=exhibition.Position(0)):
            print(envelope.position, type(envelope.event).__name__)
            if envelope.position == await museum.events.head():
                break  # it would wait for what comes next


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with exhibition.open(folder / "museum.db", clock=OpeningDay()) as museum:
            session = keyword_arguments_and_times(museum)
            errors(museum, session)
            values(museum, session)
            followers(museum, folder)
            lists(museum, session)
            from_hold_to_gate(museum, session)
            dead_letters(museum)
            making_anew(museum)
        resilience()
        asyncio.run(with_await(folder / "museum.db"))


if __name__ == "__main__":
    main()
