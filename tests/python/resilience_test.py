"""Policies that guard functions and coroutine functions."""

from __future__ import annotations

import asyncio
import concurrent.futures
import datetime
import gc
import threading
import time
import weakref
from collections.abc import Awaitable
from typing import Any, Callable, Optional

import exhibition
import pytest
from exhibition import (
    BreakerEvent,
    BreakerOptions,
    BreakerState,
    Bulkhead,
    CircuitBreaker,
    CircuitOpen,
    Fallback,
    ManualMonotonicClock,
    NotFound,
    Overloaded,
    Pipeline,
    Policy,
    RateLimiter,
    Retry,
    TimedOut,
    Timeout,
    Verdict,
    time_left,
)

SECOND = datetime.timedelta(seconds=1)
NOTHING = datetime.timedelta(0)


class Callee:
    """Gives, or raises, what it is told to, one after the other; the last of them for ever."""

    def __init__(self, *outcomes: object) -> None:
        self.outcomes = list(outcomes)
        self.calls = 0

    def __call__(self, *args: object, **kwargs: object) -> object:
        self.calls += 1
        outcome = self.outcomes.pop(0) if len(self.outcomes) > 1 else self.outcomes[0]
        if isinstance(outcome, BaseException):
            raise outcome
        return outcome


Runner = Callable[[Any, Callee], object]


def on_a_thread(guard: Policy | Pipeline, callee: Callee) -> object:
    def function() -> object:
        return callee()

    return guard(function)()


def in_a_loop(guard: Policy | Pipeline, callee: Callee) -> object:
    async def coroutine() -> object:
        await asyncio.sleep(0)
        return callee()

    async def run() -> object:
        return await guard(coroutine)()

    return asyncio.run(run())


each_way = pytest.mark.parametrize("run", [on_a_thread, in_a_loop])


def breaker(**options: Any) -> CircuitBreaker:
    return CircuitBreaker("catalogue", minimum_calls=2, probes=1, **options)


@each_way
def test_a_breaker_opens_when_calls_fail_and_closes_when_they_succeed(run: Runner) -> None:
    clock = ManualMonotonicClock()
    events: list[BreakerEvent] = []
    guard = breaker(clock=clock, open_for=5 * SECOND, on_event=events.append)
    callee = Callee(OSError("down"))
    for _ in range(2):
        with pytest.raises(OSError):
            run(guard, callee)
    with pytest.raises(CircuitOpen) as caught:
        run(guard, callee)
    assert callee.calls == 2
    assert caught.value.state == "open"
    assert caught.value.retry_after == guard.snapshot().retry_after == 5 * SECOND
    clock.advance(5 * SECOND)
    assert run(guard, Callee("up")) == "up"
    assert guard.snapshot().state is BreakerState.CLOSED
    assert [event.to_state for event in events] == ["open", "half_open", "closed"]
    assert guard.snapshot().rejected == 1


@each_way
def test_an_answer_that_is_a_no_is_no_failure(run: Runner) -> None:
    guard = breaker()
    for _ in range(9):
        with pytest.raises(NotFound):
            run(guard, Callee(NotFound(what="session")))
    assert guard.snapshot().state == "closed"
    assert guard.snapshot().tally.failures == 0


def test_who_gives_up_says_nothing_of_the_callee() -> None:
    guard = breaker()
    for interrupt in (KeyboardInterrupt(), SystemExit()):
        with pytest.raises(type(interrupt)):
            on_a_thread(guard, Callee(interrupt))
    assert guard.snapshot().ignored == 2


@each_way
def test_a_judge_of_the_hosts_own_decides(run: Runner) -> None:
    def judge(value: object, error: Optional[BaseException]) -> Verdict:
        return Verdict.FAILURE if value == 503 or error else Verdict.SUCCESS

    guard = breaker(judge=judge)
    assert [run(guard, Callee(503)) for _ in range(2)] == [503, 503]
    with pytest.raises(CircuitOpen):
        run(guard, Callee(200))


def test_a_judge_that_raises_has_not_said_that_all_is_well() -> None:
    guard = breaker(judge=lambda value, error: 1 / 0)
    on_a_thread(guard, Callee("fine"))
    assert guard.snapshot().tally.failures == 1


def test_a_block_is_a_call() -> None:
    guard = breaker()
    for _ in range(2):
        with pytest.raises(OSError):
            with guard.guard():
                raise OSError
    with pytest.raises(CircuitOpen):
        with guard.guard():
            pytest.fail("it was let through")

    async def in_a_coroutine() -> None:
        async with guard.guard():
            pytest.fail("it was let through")

    with pytest.raises(CircuitOpen):
        asyncio.run(in_a_coroutine())
    guard.reset()
    with guard.guard():
        pass
    assert guard.snapshot().tally.calls == 1


def test_a_breaker_is_switched_by_hand() -> None:
    guard = breaker()
    guard.force_open()
    with pytest.raises(CircuitOpen) as caught:
        on_a_thread(guard, Callee(1))
    assert caught.value.retry_after is None, "only a human closes it"
    guard.disable()
    assert on_a_thread(guard, Callee(1)) == 1
    guard.only_measure()
    for _ in range(9):
        with pytest.raises(OSError):
            on_a_thread(guard, Callee(OSError()))
    assert guard.snapshot().state == "metrics_only"


def test_options_are_checked_and_named() -> None:
    for options in ({"failure_rate": 0}, {"failure_rate": float("nan")}, {"probes": 65}):
        with pytest.raises(exhibition.InvalidArgument) as caught:
            CircuitBreaker("catalogue", **options)
        assert caught.value.field == next(iter(options))
    with pytest.raises(TypeError):
        CircuitBreaker("catalogue", colour="red")
    with pytest.raises(TypeError):
        CircuitBreaker("catalogue", BreakerOptions(), probes=1)
    with pytest.raises(exhibition.InvalidArgument):
        Timeout(NOTHING)
    with pytest.raises(exhibition.InvalidArgument):
        Retry(attempts=0)


def test_a_guarded_function_is_still_itself() -> None:
    @breaker()
    def ask(session: int, *, kindly: bool = False) -> tuple[int, bool]:
        """Asks."""
        return session, kindly

    assert ask(3, kindly=True) == (3, True)
    assert (ask.__name__, ask.__doc__) == ("ask", "Asks.")


def test_a_method_can_be_guarded() -> None:
    class Catalogue:
        @breaker()
        def ask(self) -> object:
            return self

    catalogue = Catalogue()
    assert catalogue.ask() is catalogue


def test_a_listener_that_knows_the_breaker_is_collected_with_it() -> None:
    guard = breaker()
    guard.listen(lambda event: guard.reset())
    gone = weakref.ref(guard)
    del guard
    gc.collect()
    assert gone() is None


@each_way
def test_retry_makes_a_call_again_and_passes_on_the_last_answer(run: Runner) -> None:
    guard = Retry(attempts=3, backoff=NOTHING)
    callee = Callee(OSError("1"), OSError("2"), "up")
    assert run(guard, callee) == "up"
    last = OSError("3")
    with pytest.raises(OSError) as caught:
        run(guard, Callee(OSError("1"), OSError("2"), last))
    assert caught.value is last


@each_way
def test_retry_tries_nothing_again_that_was_answered(run: Runner) -> None:
    callee = Callee(NotFound())
    with pytest.raises(NotFound):
        run(Retry(backoff=NOTHING), callee)
    assert callee.calls == 1


@each_way
def test_retry_waits_as_long_as_it_is_told_to_and_no_longer_than_it_may(run: Runner) -> None:
    callee = Callee(Overloaded(retry_after=datetime.timedelta(milliseconds=30)), "in")
    began = time.monotonic()
    assert run(Retry(backoff=NOTHING), callee) == "in"
    assert time.monotonic() - began >= 0.03
    callee = Callee(Overloaded(retry_after=10 * SECOND))
    with pytest.raises(Overloaded):
        run(Retry(backoff=NOTHING), callee)
    assert callee.calls == 1


@each_way
def test_a_call_that_is_too_late_is_dropped(run: Runner) -> None:
    guard = Timeout(datetime.timedelta(milliseconds=20))

    class Slow(Callee):
        def __call__(self, *args: object, **kwargs: object) -> object:
            left = time_left()
            assert left is not None and NOTHING < left <= datetime.timedelta(milliseconds=20)
            time.sleep(0.05)
            return super().__call__()

    for outcome in ("late", OSError("late")):
        with pytest.raises(TimedOut) as caught:
            run(guard, Slow(outcome))
        assert caught.value.callee_was_late
        assert isinstance(caught.value, TimeoutError)
    assert run(guard, Callee("in time")) == "in time"
    with pytest.raises(OSError, match="in time"):
        run(guard, Callee(OSError("in time")))
    assert time_left() is None


def test_a_coroutine_is_cancelled_when_its_time_is_over() -> None:
    ended: list[str] = []

    @Timeout(datetime.timedelta(milliseconds=20))
    async def wait() -> None:
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            ended.append("cancelled")
            raise

    with pytest.raises(TimedOut):
        asyncio.run(wait())
    assert ended == ["cancelled"]


def test_a_timeout_of_the_callees_own_is_its_own() -> None:
    error = TimeoutError("the database said so")
    with pytest.raises(TimeoutError) as caught:
        in_a_loop(Timeout(60 * SECOND), Callee(error))
    assert caught.value is error
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        with pytest.raises(TimeoutError) as caught:
            on_a_thread(Timeout(60 * SECOND, pool=pool), Callee(error))
    assert caught.value is error


def test_who_called_a_function_in_a_pool_leaves_when_its_time_is_over() -> None:
    release = threading.Event()
    with concurrent.futures.ThreadPoolExecutor(1) as pool:

        @Timeout(datetime.timedelta(milliseconds=20), pool=pool)
        def stuck() -> Optional[datetime.timedelta]:
            release.wait(60)
            return time_left()

        for _ in range(2):  # the second one has not even begun
            with pytest.raises(TimedOut):
                stuck()
        release.set()


@each_way
def test_a_bulkhead_lets_in_no_more_than_its_limit(run: Runner) -> None:
    guard = Bulkhead("catalogue", limit=1)
    refused: list[Overloaded] = []

    class Nested(Callee):
        def __call__(self, *args: object, **kwargs: object) -> object:
            with pytest.raises(Overloaded) as caught:
                on_a_thread(guard, Callee("second"))
            refused.append(caught.value)
            return super().__call__()

    assert run(guard, Nested("first")) == "first"
    assert refused[0].retry_after is not None
    assert (guard.snapshot().inside, guard.snapshot().rejected) == (0, 1)


def test_coroutines_wait_for_their_turn_without_holding_up_the_loop() -> None:
    guard = Bulkhead("catalogue", limit=2, queue=8, max_wait=60 * SECOND)
    inside = 0
    most = 0

    @guard
    async def work() -> None:
        nonlocal inside, most
        inside += 1
        most = max(most, inside)
        await asyncio.sleep(0.01)
        inside -= 1

    async def run() -> None:
        await asyncio.gather(*(work() for _ in range(10)))

    asyncio.run(run())
    assert most == 2
    assert guard.snapshot().admitted == 10


def test_a_coroutine_that_is_cancelled_in_the_queue_takes_no_place() -> None:
    guard = Bulkhead("catalogue", limit=1, queue=1, max_wait=60 * SECOND)

    async def run() -> None:
        first = asyncio.Event()

        @guard
        async def work() -> None:
            first.set()
            await asyncio.sleep(0.05)

        one = asyncio.create_task(work())
        await first.wait()
        two = asyncio.create_task(work())
        await asyncio.sleep(0.01)
        two.cancel()
        await one
        with pytest.raises(asyncio.CancelledError):
            await two
        await asyncio.sleep(0.01)

    asyncio.run(run())
    assert guard.snapshot().inside == 0


def test_a_rate_limiter_tells_exactly_when_the_next_one_may_come() -> None:
    clock = ManualMonotonicClock()
    guard = RateLimiter("posts", calls=2, per=SECOND, clock=clock)
    assert [on_a_thread(guard, Callee(n)) for n in (1, 2)] == [1, 2]
    with pytest.raises(Overloaded) as caught:
        on_a_thread(guard, Callee(3))
    assert caught.value.retry_after == SECOND / 2
    clock.advance(SECOND / 2)
    assert on_a_thread(guard, Callee(3)) == 3


@each_way
def test_a_fallback_answers_for_who_fails_or_is_refused(run: Runner) -> None:
    failed: list[Optional[BaseException]] = []

    def answer(error: Optional[BaseException]) -> str:
        failed.append(error)
        return "cached"

    guard = Fallback(answer)
    for error in (OSError("down"), Overloaded(), TimedOut(), CircuitOpen()):
        assert run(guard, Callee(error)) == "cached"
        assert failed[-1] is error
    with pytest.raises(NotFound):
        run(guard, Callee(NotFound()))
    assert run(guard, Callee("up")) == "up"


def test_a_fallback_of_a_coroutine_may_be_one() -> None:
    async def answer(error: Optional[BaseException]) -> str:
        await asyncio.sleep(0)
        return "cached"

    assert in_a_loop(Fallback(answer), Callee(OSError())) == "cached"


@each_way
def test_a_pipeline_has_each_policy_do_its_part(run: Runner) -> None:
    circuit = breaker()
    guard = Pipeline(
        RateLimiter("posts", calls=100),
        Fallback(lambda error: error),
        Retry(attempts=5, backoff=NOTHING),
        circuit,
        Timeout(60 * SECOND),
        Bulkhead("catalogue"),
    )
    callee = Callee(OSError("down"))
    answer = run(guard, callee)
    assert isinstance(answer, CircuitOpen), "each attempt was a call of the breaker's"
    assert callee.calls == 2


def test_policies_in_another_order_are_refused() -> None:
    with pytest.raises(exhibition.InvalidArgument, match="Retry must not come inside CircuitBreaker"):
        Pipeline(breaker(), Retry())
    with pytest.raises(exhibition.InvalidArgument):
        Pipeline(Retry(), Retry())


def test_a_function_that_gives_something_to_await_is_called_wrong() -> None:
    async def coroutine() -> None:
        pass

    given = Pipeline(Retry()).run(lambda: coroutine())
    assert isinstance(given, Awaitable), "it is passed on as it is"
    asyncio.run(given)


def test_many_threads_share_a_breaker() -> None:
    guard = CircuitBreaker("catalogue")
    threads = [
        threading.Thread(target=lambda: [on_a_thread(guard, Callee(1)) for _ in range(500)])
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert guard.snapshot().tally.calls == 4000


def test_a_policy_is_made_of_what_it_needs() -> None:
    for make in (
        lambda: Pipeline(None),  # type: ignore[arg-type]
        lambda: Pipeline(judge=42),  # type: ignore[arg-type]
        lambda: Retry()(3),  # type: ignore[type-var]
        lambda: Fallback(42),  # type: ignore[arg-type]
        lambda: CircuitBreaker("c", judge=42),  # type: ignore[arg-type]
        lambda: CircuitBreaker("c", {}),  # type: ignore[arg-type]
        lambda: CircuitBreaker("c", on_event=42),  # type: ignore[arg-type]
        lambda: Timeout(0.5),  # type: ignore[arg-type]
        lambda: Timeout(datetime.timedelta(seconds=1), pool=42),  # type: ignore[arg-type]
    ):
        with pytest.raises(TypeError):
            make()


def test_an_object_that_is_called_as_a_coroutine_function_is_guarded_as_one() -> None:
    class Slow:
        async def __call__(self) -> None:
            await asyncio.sleep(1000)

    async def main() -> None:
        with pytest.raises(exhibition.TimedOut):
            await Timeout(datetime.timedelta(milliseconds=10))(Slow())()

    asyncio.run(main())


def test_those_who_wait_for_a_bulkhead_leave_the_loops_threads_to_those_inside() -> None:
    @Bulkhead("b", limit=1, queue=50, max_wait=datetime.timedelta(seconds=60))
    async def work() -> None:
        await asyncio.to_thread(time.sleep, 0.001)

    async def main() -> None:
        await asyncio.wait_for(asyncio.gather(*(work() for _ in range(40))), 50)

    asyncio.run(main())
