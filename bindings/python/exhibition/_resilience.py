"""Policies that guard calls: of functions, and of coroutine functions, which they never block.

Each policy decorates functions of both kinds; several of them, in their order, are a ``Pipeline``::

    breaker = CircuitBreaker("catalogue", failure_rate=50)

    @breaker
    def ask(session): ...

    guarded = Pipeline(Fallback(lambda failed: None), Retry(), breaker, Timeout(seconds))

What a policy refuses is raised: CircuitOpen, Overloaded, TimedOut, each with ``retry_after``.
"""

from __future__ import annotations

import abc
import asyncio
import concurrent.futures
import contextvars
import datetime
import functools
import inspect
import time
from collections.abc import Awaitable, Coroutine
from types import TracebackType
from typing import Any, Callable, ClassVar, Optional, TypeVar, cast

from . import _core
from ._enums import Verdict
from ._errors import CircuitOpen, InvalidArgument, Overloaded, TimedOut, invalid
from ._ports import Kept, check_callable, is_coroutine_function

__all__ = [
    "Bulkhead",
    "CircuitBreaker",
    "Fallback",
    "Guard",
    "Pipeline",
    "Policy",
    "RateLimiter",
    "Retry",
    "Timeout",
    "judge_by_error",
    "time_left",
]

T = TypeVar("T")
F = TypeVar("F", bound=Callable[..., Any])
Call = Callable[[], Awaitable[Any]]
Judge = Callable[[Any, Optional[BaseException]], Verdict]
Span = datetime.timedelta

_SECOND = datetime.timedelta(seconds=1)
_deadline: contextvars.ContextVar[Optional[float]] = contextvars.ContextVar(
    "exhibition_deadline", default=None
)


def time_left() -> Optional[datetime.timedelta]:
    """How long the call that this is called in still has, by the Timeouts around it; None without
    any. Nothing can end a function from outside: one that may take long asks this."""
    deadline = _deadline.get()
    if deadline is None:
        return None
    return datetime.timedelta(seconds=max(deadline - time.monotonic(), 0.0))


def judge_by_error(value: object, error: Optional[BaseException]) -> Verdict:
    """How calls are judged where nobody says otherwise: a value is a success; an ``exhibition.Error``
    is judged by its code (StorageFailure and TimedOut are failures, a refusal by another policy says
    nothing, every other "no" is an answer); every other exception is a failure, but for those that
    are no Exception, such as KeyboardInterrupt and CancelledError."""
    if error is None:
        return Verdict.SUCCESS
    if not isinstance(error, Exception):
        return Verdict.IGNORED
    return _core._verdict_of(error) or Verdict.FAILURE


def _verdict(judge: Judge, value: object, error: Optional[BaseException]) -> Verdict:
    """One who raises has not said that all is well."""
    if error is not None and _is_refusal(error):
        return Verdict.IGNORED
    try:
        return Verdict(judge(value, error))
    except Exception:
        return Verdict.FAILURE


def _is_refusal(error: BaseException) -> bool:
    """Whether a policy has refused, and the callee was not asked."""
    if isinstance(error, TimedOut):
        return not error.callee_was_late
    return isinstance(error, (CircuitOpen, Overloaded))


class _Here:
    """How a call is made and waited for on a thread: nothing in it suspends, so that one step runs a
    coroutine from its beginning to its end."""

    async def sleep(self, span: Span) -> None:
        time.sleep(span.total_seconds())

    async def enter(self, bulkhead: _core._Bulkhead) -> _core._Place:
        return bulkhead.acquire(time_left())

    async def within(
        self, span: Span, call: Call, pool: Optional[concurrent.futures.Executor]
    ) -> Any:
        if pool is None:
            return await call()
        context = contextvars.copy_context()
        future = pool.submit(context.run, lambda: run_now(_coroutine(call)))
        try:
            return future.result(span.total_seconds())
        except concurrent.futures.TimeoutError:
            if future.done():
                raise
            future.cancel()
            raise _missed(span) from None


class _OnTheLoop(_Here):
    """The same in an event loop, which goes on meanwhile."""

    async def sleep(self, span: Span) -> None:
        await asyncio.sleep(span.total_seconds())

    async def enter(self, bulkhead: _core._Bulkhead) -> _core._Place:
        loop = asyncio.get_running_loop()
        entering = loop.run_in_executor(_waiting_room(), bulkhead.acquire, time_left())
        try:
            return await asyncio.shield(entering)
        except asyncio.CancelledError:
            entering.add_done_callback(_give_back)
            raise

    async def within(
        self, span: Span, call: Call, pool: Optional[concurrent.futures.Executor]
    ) -> Any:
        async def outcome() -> tuple[Any, Optional[Exception]]:
            try:
                return await call(), None
            except Exception as error:  # which may be a TimeoutError of its own
                return None, error

        try:
            value, error = await asyncio.wait_for(outcome(), span.total_seconds())
        except asyncio.TimeoutError:
            raise _missed(span) from None
        if error is not None:
            raise error
        return value


@functools.lru_cache(maxsize=None)
def _waiting_room() -> concurrent.futures.Executor:
    """Threads of those who wait for a bulkhead; the loop's own are for those who are in it."""
    return concurrent.futures.ThreadPoolExecutor(1 << 16, "exhibition-bulkhead")


def _give_back(entering: asyncio.Future[_core._Place]) -> None:
    if not entering.cancelled() and entering.exception() is None:
        entering.result().leave()


def _missed(span: Span) -> TimedOut:
    return TimedOut("it was not done in time", retry_after=span)


async def _coroutine(call: Call) -> Any:
    return await call()


def run_now(coroutine: Coroutine[Any, Any, T]) -> T:
    """Runs a coroutine that does not suspend."""
    try:
        coroutine.send(None)
    except StopIteration as end:
        return cast(T, end.value)
    coroutine.close()
    raise RuntimeError("a guarded function gave something to await; is it a coroutine function?")


class Policy(abc.ABC):
    """What guards a call. It decorates functions and coroutine functions; ``Pipeline`` puts several
    together."""

    _layer: ClassVar[int]

    @abc.abstractmethod
    async def _run(self, here: _Here, call: Call, judge: Judge) -> Any:
        """Makes the call, or does not."""

    def __call__(self, function: F) -> F:
        """The function, guarded."""
        return Pipeline(self)(function)


class Pipeline:
    """Policies around a call, the outermost first, in this order: RateLimiter, Fallback, Retry,
    CircuitBreaker, Timeout, Bulkhead. ``judge(value, error)`` says what a call's end says of the
    callee: see ``judge_by_error``.

    Errors: InvalidArgument when they come in another order, or one kind is there twice.

    Threads: any.
    """

    def __init__(self, *policies: Policy, judge: Judge = judge_by_error) -> None:
        for policy in policies:
            if not isinstance(policy, Policy):
                raise TypeError(f"a pipeline is made of policies, not {policy!r}")
        check_callable("judge", judge)
        for outer, inner in zip(policies, policies[1:]):
            if outer._layer >= inner._layer:
                names = f"{type(inner).__name__} must not come inside {type(outer).__name__}"
                raise InvalidArgument(names, field="policies", rule=names)
        self._policies = policies
        self._judge = judge

    def __call__(self, function: F) -> F:
        """The function, guarded."""
        if not callable(function):
            raise TypeError(f"a policy guards functions, not {function!r}")
        if is_coroutine_function(function):

            @functools.wraps(function)
            async def guarded_coroutine(*args: Any, **kwargs: Any) -> Any:
                return await self.run_async(function, *args, **kwargs)

            return cast(F, guarded_coroutine)

        @functools.wraps(function)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            return self.run(function, *args, **kwargs)

        return cast(F, guarded)

    def run(self, function: Callable[..., T], *args: Any, **kwargs: Any) -> T:
        """Gives what ``function(*args, **kwargs)`` gives, if it is let through."""

        async def call() -> T:
            return function(*args, **kwargs)

        return cast(T, run_now(self._from(0, _HERE, call)))

    async def run_async(
        self, function: Callable[..., Awaitable[T]], *args: Any, **kwargs: Any
    ) -> T:
        """The same with a coroutine function, in the event loop that runs."""

        async def call() -> T:
            return await function(*args, **kwargs)

        return cast(T, await self._from(0, _ON_THE_LOOP, call))

    async def _from(self, at: int, here: _Here, call: Call) -> Any:
        if at == len(self._policies):
            return await call()
        return await self._policies[at]._run(
            here, lambda: self._from(at + 1, here, call), self._judge
        )


_HERE = _Here()
_ON_THE_LOOP = _OnTheLoop()


class CircuitBreaker(Policy):
    """Guards the calls of one dependency: when too many of them fail, or are slow, it refuses them for
    a while at once, then lets a few through to find out, and closes or opens again.

    Its options are those of ``BreakerOptions``; ``clock`` is for tests.

    Errors: InvalidArgument naming the option.

    Threads: any.
    """

    _layer = 3

    def __init__(
        self,
        name: str,
        options: Optional[_core.BreakerOptions] = None,
        *,
        judge: Judge = judge_by_error,
        on_event: Optional[Callable[[_core.BreakerEvent], object]] = None,
        clock: Optional[_core.ManualMonotonicClock] = None,
        **fields: Any,
    ) -> None:
        if options is not None and fields:
            raise TypeError("options are given as BreakerOptions or by keyword, not both")
        if options is not None and not isinstance(options, _core.BreakerOptions):
            raise TypeError(f"options: must be BreakerOptions, not {type(options).__name__}")
        check_callable("judge", judge)
        self.name = name
        self._judge = judge
        self._core = _core._CircuitBreaker(name, options or _core.BreakerOptions(**fields), clock)
        self._kept: list[Kept] = []
        if on_event is not None:
            self.listen(on_event)

    def __call__(self, function: F) -> F:
        """The function, guarded."""
        if not callable(function) or is_coroutine_function(function):
            return super().__call__(function)
        judge = self._judge

        # What `Pipeline(self)` would do, in fewer steps.
        @functools.wraps(function)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            permit = self._core.acquire()
            try:
                value = function(*args, **kwargs)
            except BaseException as error:
                permit.finish(_verdict(judge, None, error))
                raise
            if judge is judge_by_error:
                permit.succeed()
            else:
                permit.finish(_verdict(judge, value, None))
            return value

        return cast(F, guarded)

    async def _run(self, here: _Here, call: Call, judge: Judge) -> Any:
        permit = self._core.acquire()
        judge = self._judge if judge is judge_by_error else judge
        try:
            value = await call()
        except BaseException as error:
            permit.finish(_verdict(judge, None, error))
            raise
        permit.finish(_verdict(judge, value, None))
        return value

    def guard(self) -> Guard:
        """For ``with`` and ``async with``: what is in the block is one call.

        Errors: CircuitOpen.
        """
        return Guard(self._core, self._judge)

    def snapshot(self) -> _core.BreakerSnapshot:
        """What it looks like at this moment."""
        return self._core.snapshot()

    def listen(self, listener: Callable[[_core.BreakerEvent], object]) -> None:
        """Calls it for every event from now on, in their order, on the thread of whoever calls when it
        happens. What it raises is counted."""
        check_callable("listener", listener)
        kept = Kept(listener)
        self._kept.append(kept)
        self._core.listen(kept)

    def force_open(self) -> None:
        """Lets nothing through until a human says otherwise."""
        self._core.force_open()

    def disable(self) -> None:
        """Lets everything through, and judges nothing."""
        self._core.disable()

    def only_measure(self) -> None:
        """Lets everything through, and judges it."""
        self._core.only_measure()

    def reset(self) -> None:
        """Closes it, whatever it is, and forgets all calls."""
        self._core.reset()


class Guard:
    """A block as one call: ``with breaker.guard():``, ``async with breaker.guard():``."""

    __slots__ = ("_breaker", "_judge", "_permit")

    def __init__(self, breaker: _core._CircuitBreaker, judge: Judge) -> None:
        self._breaker = breaker
        self._judge = judge
        self._permit: Optional[_core._BreakerPermit] = None

    def __enter__(self) -> None:
        if self._permit is not None:
            raise RuntimeError("a guard is of one block: ask for another one")
        self._permit = self._breaker.acquire()

    def __exit__(
        self,
        kind: Optional[type[BaseException]],
        error: Optional[BaseException],
        traceback: Optional[TracebackType],
    ) -> None:
        assert self._permit is not None
        if error is None:
            self._permit.succeed()
        else:
            self._permit.finish(_verdict(self._judge, None, error))

    async def __aenter__(self) -> None:
        self.__enter__()

    async def __aexit__(
        self,
        kind: Optional[type[BaseException]],
        error: Optional[BaseException],
        traceback: Optional[TracebackType],
    ) -> None:
        self.__exit__(kind, error, traceback)


class Bulkhead(Policy):
    """Keeps the calls of one dependency from taking up everything: no more than ``limit`` of them are
    on their way at once; ``queue`` more wait for their turn, ``max_wait`` at most. In an event loop
    they wait on a thread of its default executor.

    Errors: InvalidArgument naming the option.

    Threads: any.
    """

    _layer = 5

    def __init__(
        self,
        name: str,
        *,
        limit: int = 32,
        queue: int = 0,
        max_wait: Span = _SECOND,
        clock: Optional[_core.ManualMonotonicClock] = None,
    ) -> None:
        self.name = name
        self._waits = queue > 0
        self._core = _core._Bulkhead(name, limit, queue, max_wait, clock)

    async def _run(self, here: _Here, call: Call, judge: Judge) -> Any:
        place = await (here if self._waits else _HERE).enter(self._core)
        try:
            return await call()
        finally:
            place.leave()

    def snapshot(self) -> _core.BulkheadSnapshot:
        """What it looks like at this moment."""
        return self._core.snapshot()


class RateLimiter(Policy):
    """Lets calls in at a rate: ``calls`` in each ``per``, ``burst`` of them at once after a time
    without any. Those that come too soon are told exactly when the next one may.

    Errors: InvalidArgument naming the option.

    Threads: any.
    """

    _layer = 0

    def __init__(
        self,
        name: str,
        *,
        calls: int = 100,
        per: Span = _SECOND,
        burst: Optional[int] = None,
        clock: Optional[_core.ManualMonotonicClock] = None,
    ) -> None:
        self.name = name
        self._core = _core._RateLimiter(name, calls, per, burst, clock)

    async def _run(self, here: _Here, call: Call, judge: Judge) -> Any:
        self._core.acquire()
        return await call()


class Retry(Policy):
    """Makes a call again when it fails, each time after a longer while, or when another policy refuses
    it and says when to come back; never sooner than that, and not at all when that is longer than
    ``max_wait``, or the time that is left. For calls that may be made twice.

    ``budget`` is how many failures in a row, of all calls, there may be before none is tried again; 0
    is any.

    Errors: InvalidArgument naming the option.

    Threads: any. All calls share the budget.
    """

    _layer = 2

    def __init__(
        self,
        *,
        attempts: int = 3,
        backoff: Span = _SECOND / 10,
        factor: float = 2,
        max_backoff: Span = 10 * _SECOND,
        max_wait: Span = _SECOND,
        jitter: float = 0.5,
        budget: int = 50,
    ) -> None:
        self._core = _core._Retry(attempts, backoff, factor, max_backoff, max_wait, jitter, budget)

    async def _run(self, here: _Here, call: Call, judge: Judge) -> Any:
        attempt = 0
        while True:
            attempt += 1
            try:
                value = await call()
            except BaseException as error:
                pause = self._pause(attempt, _verdict(judge, None, error), error)
                if pause is None:
                    raise
            else:
                pause = self._pause(attempt, _verdict(judge, value, None), None)
                if pause is None:
                    return value
            await here.sleep(pause)

    def _pause(
        self, attempt: int, verdict: Verdict, error: Optional[BaseException]
    ) -> Optional[Span]:
        return self._core.pause_after(attempt, verdict, error, time_left())


class Timeout(Policy):
    """Gives a call ``span`` to be done.

    A coroutine is cancelled when that is over. A function cannot be ended from outside: it asks
    ``time_left()``, and what it gives or raises after its time is dropped. With a ``pool`` it is called
    on a thread of that, and its caller leaves when the time is over; what it gives then is dropped.
    The caller gets TimedOut.

    Errors: InvalidArgument unless span is longer than nothing.

    Threads: any.
    """

    _layer = 4

    def __init__(self, span: Span, *, pool: Optional[concurrent.futures.Executor] = None) -> None:
        if not isinstance(span, datetime.timedelta):
            raise TypeError(f"span: must be a datetime.timedelta, not {type(span).__name__}")
        if pool is not None and not isinstance(pool, concurrent.futures.Executor):
            raise TypeError(f"pool: must be an Executor, not {type(pool).__name__}")
        if span <= datetime.timedelta(0):
            raise invalid("span", "must be longer than nothing")
        self._span = span
        self._pool = pool

    async def _run(self, here: _Here, call: Call, judge: Judge) -> Any:
        outer = _deadline.get()
        deadline = time.monotonic() + self._span.total_seconds()
        if outer is not None:
            deadline = min(deadline, outer)
        if deadline <= time.monotonic():
            raise TimedOut("its time was over when it came", callee_was_late=False)
        token = _deadline.set(deadline)
        try:
            value = await here.within(self._span, call, self._pool)
        except Exception as error:
            if time.monotonic() <= deadline or _is_refusal(error) or isinstance(error, TimedOut):
                raise
            raise _missed(self._span) from error
        finally:
            _deadline.reset(token)
        if time.monotonic() > deadline:
            raise _missed(self._span)
        return value


class Fallback(Policy):
    """Answers for a call that failed, was not done in time or was refused by a policy:
    ``handler(error)`` gives the answer, ``error`` being what was raised, or None when a judge took a
    value for a failure. What the callee answers, be it "no", is passed on.

    Threads: any, if ``handler`` may be called by several at once.
    """

    _layer = 1

    def __init__(self, handler: Callable[[Optional[BaseException]], Any]) -> None:
        check_callable("handler", handler)
        self._handler = handler

    async def _run(self, here: _Here, call: Call, judge: Judge) -> Any:
        failed: Optional[BaseException] = None
        try:
            value = await call()
        except BaseException as error:
            if not _is_refusal(error) and _verdict(judge, None, error) != Verdict.FAILURE:
                raise
            failed = error
        else:
            if _verdict(judge, value, None) != Verdict.FAILURE:
                return value
        answer = self._handler(failed)
        if here is _ON_THE_LOOP and inspect.isawaitable(answer):
            return await answer
        return answer
