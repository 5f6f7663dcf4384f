"""The engine with await."""

from __future__ import annotations

import asyncio
import datetime
import inspect
import sqlite3
import sys
import threading
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, TypeVar

import exhibition
import pytest
from exhibition import Delivery, Envelope, NewSession, ReservationConfirmed, SessionId, SoldOut, aio
from support import HOUR, NINE

T = TypeVar("T")


def run(coroutine: Coroutine[Any, Any, T]) -> T:
    return asyncio.run(asyncio.wait_for(coroutine, 100))


async def register(museum: aio.Engine, capacity: int | None = 4) -> SessionId:
    made = await museum.catalogue.register_exhibition(
        "Monet", sessions=[NewSession(NINE, NINE + HOUR, capacity=capacity)]
    )
    return made.sessions[0]


def test_commands_and_queries_are_awaited(museum_file: Path) -> None:
    async def main() -> None:
        async with aio.open(museum_file) as museum:
            session = await register(museum)
            visit = (await museum.bookings.reserve(session, "seokwon", 2)).reservation
            assert await museum.bookings.find(visit.id) == visit
            assert [each async for each in museum.bookings.list(session=session)] == [visit]
            await museum.events.pump()
            (voucher,) = await museum.vouchers.of(visit.id)
            assert (await museum.vouchers.redeem(voucher.code)).admitted == 1
            assert [each.title async for each in museum.my_page.of("seokwon")] == ["Monet"]
            assert await museum.audit() == []
            with pytest.raises(SoldOut):
                await museum.bookings.reserve(session, "mina", 3)
        with pytest.raises(exhibition.Closed):
            await museum.bookings.find(visit.id)

    run(main())


def test_an_engine_may_be_opened_without_a_block() -> None:
    async def main() -> None:
        museum = await aio.open(":memory:")
        await register(museum)
        await museum.close()
        with pytest.raises(exhibition.StorageFailure):
            await aio.open("no/such/folder/museum.db")

    run(main())


def test_long_lists_are_fetched_page_after_page() -> None:
    async def main() -> None:
        async with aio.open(":memory:") as museum:
            session = await register(museum, None)
            for _ in range(600):
                await museum.bookings.reserve(session, "seokwon")
            assert len([each async for each in museum.bookings.list()]) == 600
            assert len([each async for each in museum.events.read()]) == 602

    run(main())


def test_two_hundred_tasks_never_sell_a_place_twice(museum_file: Path) -> None:
    async def main() -> None:
        async with aio.open(museum_file) as museum:
            session = await register(museum, 50)
            answers = await asyncio.gather(
                *(museum.bookings.reserve(session, f"m{i}") for i in range(200)),
                return_exceptions=True,
            )
            sold = [each for each in answers if isinstance(each, exhibition.Reserved)]
            refused = [each for each in answers if isinstance(each, SoldOut)]
            assert (len(sold), len(refused)) == (50, 150)
            assert (await museum.bookings.availability(session)).free == 0

    run(main())


def test_bookings_wait_for_no_thread_of_the_pool(museum_file: Path) -> None:
    async def main() -> None:
        let_go = threading.Event()
        async with aio.open(museum_file, threads=1) as museum:
            session = await register(museum)
            held_up = asyncio.create_task(museum._pool.run(let_go.wait, 50))
            await asyncio.sleep(0.05)
            held = (await museum.bookings.reserve(session, "seokwon", hold=True)).reservation
            await museum.bookings.confirm(held.id)
            given_back = await museum.bookings.cancel(held.id, by=exhibition.Canceller.ORGANISER)
            assert given_back.reason == "organiser"
            assert not held_up.done()
            let_go.set()
            assert await held_up

    run(main())


def test_bookings_that_are_begun_say_no_as_others_do(museum_file: Path) -> None:
    async def main() -> None:
        async with aio.open(museum_file) as museum:
            reserve = museum.bookings.reserve
            session = await register(museum, 1)
            first = await reserve(session, "seokwon", idempotency_key="once", actor="web")
            again = await reserve(session, "seokwon", idempotency_key="once")
            assert (again.reservation, again.replayed) == (first.reservation, True)
            with pytest.raises(exhibition.IdempotencyMismatch):
                await reserve(session, "mina", idempotency_key="once")
            for _ in range(2):
                with pytest.raises(SoldOut) as sold_out:
                    await reserve(session, "mina")
                assert (sold_out.value.requested, sold_out.value.free) == (1, 0)
            assert (await museum.stats()).admission.remembered == 1
            with pytest.raises(exhibition.InvalidArgument):
                await reserve(session, "mina", idempotency_key="")
            with pytest.raises(TypeError):
                await reserve(session, "mina", "three")  # type: ignore[arg-type]
            with pytest.raises(exhibition.NotFound):
                await museum.bookings.confirm(exhibition.ReservationId(99))
        for _ in range(2):
            with pytest.raises(exhibition.Closed):
                await reserve(session, "mina")
            await asyncio.sleep(0.05)

    run(main())


def test_an_engine_may_be_used_in_one_loop_after_the_other(museum_file: Path) -> None:
    museum = run(opened(museum_file))
    session = run(register(museum, None))
    for number in range(1, 4):
        visits = run(visits_at_once(museum, session, 20))
        assert visits == 20 * number
    run(museum.close())


async def opened(path: Path) -> aio.Engine:
    return await aio.open(path)


async def visits_at_once(museum: aio.Engine, session: SessionId, count: int) -> int:
    """Reserves so often, and gives how often that was done by now."""
    await asyncio.gather(*(museum.bookings.reserve(session, f"m{i}") for i in range(count)))
    return len([each async for each in museum.bookings.list()])


def test_a_stream_gives_what_was_and_then_what_comes() -> None:
    async def main() -> None:
        async with aio.open(":memory:") as museum:
            session = await register(museum)
            first = (await museum.bookings.reserve(session, "first")).reservation
            seen: list[str] = []

            async def follow(count: int, **options: Any) -> None:
                async for envelope in museum.events.stream(types=[ReservationConfirmed], **options):
                    assert isinstance(envelope.event, ReservationConfirmed)
                    seen.append(envelope.event.member)
                    if len(seen) >= count:
                        return

            late = asyncio.create_task(follow(1))
            await asyncio.sleep(0.1)
            assert seen == [], "it begins at the end of the log"
            await museum.bookings.reserve(session, "second")
            await late
            assert seen == ["second"]
            seen.clear()
            await follow(2, after=exhibition.Position(0))
            assert seen == ["first", "second"]
            assert first.member == "first"

    run(main())


def test_many_streams_share_a_thread_and_end_when_the_engine_does() -> None:
    async def main() -> None:
        museum = await aio.open(":memory:", threads=2)
        session = await register(museum)
        seen: list[Envelope] = []

        async def follow() -> None:
            async for envelope in museum.events.stream(types=[ReservationConfirmed]):
                seen.append(envelope)

        streams = [asyncio.create_task(follow()) for _ in range(50)]
        await asyncio.sleep(0.2)
        await museum.bookings.reserve(session, "seokwon")
        while len(seen) < 50:
            await asyncio.sleep(0.01)
        streams[0].cancel()
        await museum.close()
        ended = await asyncio.gather(*streams, return_exceptions=True)
        assert isinstance(ended[0], asyncio.CancelledError)
        assert all(isinstance(each, exhibition.Closed) for each in ended[1:])

    run(main())


@pytest.mark.parametrize("threads", [1, 4])
def test_coroutines_of_handlers_are_never_kept_waiting_by_those_who_wait_for_them(
    threads: int,
) -> None:
    async def main() -> None:
        async with aio.open(":memory:", threads=threads) as museum:
            session = await register(museum, None)

            @museum.events.follow("mailer", types=[ReservationConfirmed])
            async def send(delivery: Delivery) -> None:
                await museum.bookings.find(delivery.event.reservation)  # type: ignore[union-attr]

            for _ in range(3):
                await museum.bookings.reserve(session, "seokwon")
            await asyncio.gather(*(museum.events.pump() for _ in range(8)))
            await museum.events.start()
            await museum.bookings.reserve(session, "seokwon")
            waited = await asyncio.gather(
                *(
                    museum.events.wait_for("mailer", datetime.timedelta(seconds=60))
                    for _ in range(8)
                ),
                museum.bookings.availability(session),
            )
            assert waited[:8] == [True] * 8

    run(main())


def test_a_coroutine_of_a_handler_may_call_back_as_a_function_may() -> None:
    async def main() -> None:
        async with aio.open(":memory:") as museum:
            session = await register(museum, None)
            seen: list[object] = []

            @museum.events.follow("mailer", types=[ReservationConfirmed])
            async def send(delivery: Delivery) -> None:
                seen.append((await museum.events.pump()).inside_handler)
                for call in (
                    lambda: museum.events.retry("mailer"),
                    lambda: museum.events.prune(),
                    lambda: museum.events.wait_for("mailer", datetime.timedelta(seconds=60)),
                ):
                    with pytest.raises(RuntimeError):
                        await call()
                await museum.events.stop()
                seen.append("done")

            await museum.bookings.reserve(session, "seokwon")
            await museum.events.pump()
            assert seen == [True, "done"]
            await museum.events.start()
            await museum.bookings.reserve(session, "seokwon")
            while len(seen) < 4:
                await asyncio.sleep(0.01)

    run(main())


def test_a_task_that_outlives_its_handler_may_call_the_engine() -> None:
    async def main() -> None:
        async with aio.open(":memory:") as museum:
            session = await register(museum, None)
            tasks: list[asyncio.Task[exhibition.PumpReport]] = []

            @museum.events.follow("mailer", types=[ReservationConfirmed])
            async def send(delivery: Delivery) -> None:
                tasks.append(asyncio.create_task(museum.events.pump()))
                if len(tasks) % 2 == 0:
                    await asyncio.sleep(0)

            for _ in range(100):
                await museum.bookings.reserve(session, "seokwon")
                await museum.events.pump()
            await asyncio.gather(*tasks)

    run(main())


def test_what_is_asked_of_a_handlers_thread_at_the_last_moment_is_done(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    next_call = aio._Handling._next_call
    answers: list[Any] = []

    def next_call_but_one(self: Any, loop: asyncio.AbstractEventLoop) -> Any:
        found = next_call(self, loop)
        if found is None:  # the handler has ended, and its thread does not know yet
            answers.append(self.make(lambda: "done"))
        return found

    monkeypatch.setattr(aio._Handling, "_next_call", next_call_but_one)

    async def main() -> None:
        async with aio.open(":memory:") as museum:
            session = await register(museum)

            @museum.events.follow("mailer", types=[ReservationConfirmed])
            async def send(delivery: Delivery) -> None: ...

            await museum.bookings.reserve(session, "seokwon")
            await museum.events.pump()

    run(main())
    (answer,) = answers
    assert answer.result(60) == "done"


def test_both_engines_are_opened_with_the_same_options() -> None:
    def options(function: Callable[..., object]) -> dict[str, tuple[object, object]]:
        given = inspect.signature(function).parameters.values()
        return {each.name: (each.kind, each.default) for each in given if each.name != "threads"}

    assert options(aio.open) == options(exhibition.open)


def test_a_coroutine_of_a_handler_may_close_the_engine() -> None:
    async def main() -> None:
        async with aio.open(":memory:") as museum:
            session = await register(museum)

            @museum.events.follow("mailer", types=[ReservationConfirmed])
            async def send(delivery: Delivery) -> None:
                await museum.close()
                with pytest.raises(exhibition.Closed):
                    await museum.audit()

            await museum.bookings.reserve(session, "seokwon")
            await museum.events.pump()
            with pytest.raises(exhibition.Closed):
                await museum.audit()

    run(main())


@pytest.mark.skipif(sys.version_info < (3, 11), reason="nobody knows who was cancelled")
def test_a_handler_that_waits_for_what_is_cancelled_has_failed() -> None:
    async def main() -> None:
        async with aio.open(":memory:") as museum:
            session = await register(museum)

            @museum.events.follow("mailer", types=[ReservationConfirmed])
            async def send(delivery: Delivery) -> None:
                helper = asyncio.create_task(asyncio.sleep(1000))
                helper.cancel()
                await helper

            await museum.bookings.reserve(session, "seokwon")
            await museum.events.pump()
            (mailer,) = [each for each in await museum.events.status() if each.name == "mailer"]
            assert mailer.failure is not None and mailer.failure.attempts == 1

    run(main())


def test_hundreds_wait_for_the_log_on_one_thread() -> None:
    async def main() -> None:
        async with aio.open(":memory:") as museum:
            session = await register(museum, None)
            head = await museum.events.head()
            waiting = [
                asyncio.create_task(museum.events.wait_beyond(head, datetime.timedelta(minutes=5)))
                for _ in range(300)
            ]
            await asyncio.sleep(0.1)
            assert threading.active_count() < 50
            assert not await museum.events.wait_beyond(head, datetime.timedelta(milliseconds=10))
            await museum.bookings.reserve(session, "seokwon")
            assert all(await asyncio.gather(*waiting))

    run(main())


def test_a_handler_whose_loop_has_ended_is_not_waited_for(museum_file: Path) -> None:
    museums: list[aio.Engine] = []

    async def main() -> None:
        museum = await aio.open(museum_file)
        museums.append(museum)
        session = await register(museum)
        is_called = asyncio.Event()

        @museum.events.follow("mailer", types=[ReservationConfirmed])
        async def send(delivery: Delivery) -> None:
            is_called.set()
            await asyncio.sleep(1000)

        await museum.events.start()
        await museum.bookings.reserve(session, "seokwon")
        await is_called.wait()

    run(main())

    async def after() -> None:
        await museums[0].close()

    run(after())
    with exhibition.open(museum_file) as museum:
        seen: list[Delivery] = []
        museum.events.follow("mailer", types=[ReservationConfirmed])(seen.append)
        museum.events.pump()
        assert len(seen) == 1, "it waits for whoever comes next"


def test_a_handler_of_a_closed_loop_is_left_alone(museum_file: Path) -> None:
    async def main() -> aio.Engine:
        museum = await aio.open(museum_file)

        @museum.events.follow("mailer", types=[ReservationConfirmed])
        async def send(delivery: Delivery) -> None: ...

        await museum.bookings.reserve(await register(museum), "seokwon")
        return museum

    async def after(museum: aio.Engine) -> None:
        (away,) = (await museum.events.pump()).failures
        assert away.part == "mailer"
        assert "event loop" in str(away.error)
        await museum.close()

    run(after(run(main())))


def test_an_engine_may_be_used_in_a_block_later() -> None:
    async def main() -> None:
        museum = await aio.open(":memory:")
        async with museum:
            await register(museum)
        with pytest.raises(exhibition.Closed):
            await museum.audit()

    run(main())


def test_a_projection_is_no_coroutine(tmp_path: Path) -> None:
    async def keep(tx: object, delivery: Delivery) -> None: ...

    async def main() -> None:
        async with aio.open(":memory:") as museum:
            with pytest.raises(TypeError, match="coroutine function"):
                museum.events.project("visits", tmp_path / "visits.db")(keep)

    run(main())


def test_handlers_may_be_coroutines() -> None:
    async def main() -> None:
        async with aio.open(":memory:") as museum:
            session = await register(museum)
            seen: list[object] = []

            @museum.events.follow("mailer", types=[ReservationConfirmed])
            async def send(delivery: Delivery) -> None:
                found = await museum.bookings.find(delivery.event.reservation)  # type: ignore[union-attr]
                seen.append(found.member)

            @museum.events.on(ReservationConfirmed)
            async def look(event: ReservationConfirmed) -> None:
                await asyncio.sleep(0)
                seen.append(event.places)

            await museum.events.start()
            await museum.bookings.reserve(session, "seokwon", 2)
            assert await museum.events.wait_for("mailer", datetime.timedelta(seconds=60))
            await museum.events.stop()
            assert sorted(map(str, seen)) == ["2", "seokwon"]

    run(main())


class StoppedClock(exhibition.Clock):
    """Stops whoever asks it for the time, once it is told to."""

    def __init__(self) -> None:
        self.asked = threading.Event()
        self.goes_on = threading.Event()
        self.goes_on.set()

    def now(self) -> datetime.datetime:
        self.asked.set()
        assert self.goes_on.wait(100)
        return NINE


def test_a_slow_clock_holds_up_no_loop_and_a_cancelled_caller_no_command() -> None:
    async def main() -> None:
        clock = StoppedClock()
        async with aio.open(":memory:", clock=clock) as museum:
            session = await register(museum)
            clock.asked.clear()
            clock.goes_on.clear()
            task = asyncio.create_task(museum.bookings.reserve(session, "seokwon"))
            while not clock.asked.is_set():
                await asyncio.sleep(0.01)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            clock.goes_on.set()
            while (await museum.bookings.availability(session)).free != 3:
                await asyncio.sleep(0.01)

    run(main())


def test_a_cancelled_caller_leaves_a_command_that_has_begun_to_end(museum_file: Path) -> None:
    async def main() -> None:
        async with aio.open(museum_file) as museum:
            session = await register(museum)
            elsewhere = sqlite3.connect(museum_file, isolation_level=None)
            elsewhere.execute("BEGIN IMMEDIATE")
            task = asyncio.create_task(museum.bookings.reserve(session, "seokwon"))
            await asyncio.sleep(0.05)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            elsewhere.execute("ROLLBACK")
            elsewhere.close()
            while (await museum.bookings.availability(session)).free != 3:
                await asyncio.sleep(0.01)

    run(main())
