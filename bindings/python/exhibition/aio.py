"""The same engine with ``await``, for programs with an event loop::

    async with exhibition.aio.open("museum.db") as museum:
        await museum.bookings.reserve(session, "seokwon")
        async for envelope in museum.events.stream():
            ...

None holds up the loop. ``reserve``, ``confirm`` and ``cancel`` are begun on the loop's own thread and answer
when they are durable, however many are on their way; the other calls are made on a small pool of threads.
What they take, give and raise is what those of ``exhibition.Engine`` do.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextlib
import contextvars
import datetime
import functools
import inspect
import itertools
import os
import queue
import threading
import time
from collections.abc import AsyncIterator, Coroutine, Generator, Iterator, Sequence
from types import TracebackType
from typing import (
    Any,
    Callable,
    Concatenate,
    Generic,
    Optional,
    ParamSpec,
    TypeVar,
    Union,
    cast,
)

from . import _core, _engine, _events
from ._errors import OpenedInAnotherProcess, StorageFailure
from ._ids import Position, SessionId
from ._ports import (
    Availability,
    Clock,
    EventDispatcher,
    RandomSource,
    is_coroutine_function,
)

__all__ = ["Bookings", "Catalogue", "Engine", "EventFeed", "MemberPages", "VoucherDesk", "open"]

P = ParamSpec("P")
T = TypeVar("T")
Desk = TypeVar("Desk")
Handler = TypeVar("Handler", bound=Callable[..., object])

_AT_ONCE = 256
_POLL = datetime.timedelta(milliseconds=250)
_MANY = 1 << 16


class _Pool:
    """Where calls are made: the one place that knows that they are blocking ones.

    Calls that may wait for a handler have threads of their own, as many as there are of them: they
    would keep others waiting that the handler itself waits for.
    """

    def __init__(self, threads: int, *, begins: bool) -> None:
        self._begins = begins
        self._answers: dict[asyncio.AbstractEventLoop, _Answers] = {}
        self._executor = concurrent.futures.ThreadPoolExecutor(threads, "exhibition")
        # Now or never: a call whose thread could not be begun would be made all the same, later.
        together = threading.Barrier(threads)
        for _ in range(threads):
            self._executor.submit(together.wait)
        self._waiting = concurrent.futures.ThreadPoolExecutor(_MANY, "exhibition-waiting")
        self._has_ended = False
        self._process = os.getpid()

    async def run(self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """What is begun is done, whether or not its caller is cancelled meanwhile."""
        return await self._run_on(self._executor, functools.partial(call, *args, **kwargs))

    def answers(self) -> Optional[_Answers]:
        """Of commands that are begun on this loop's thread; none where that may not be."""
        if not self._begins or self._has_ended or self._process != os.getpid():
            return None
        loop = asyncio.get_running_loop()
        found = self._answers.get(loop)
        if found is None:
            for other in list(self._answers):
                if other.is_closed():
                    self._answers.pop(other, None)
            found = self._answers[loop] = _Answers(loop)
        return found

    async def wait(self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """The same for a call that may wait for something else than the store. One that a handler's
        coroutine makes is made on the handler's own thread, where the engine knows it for one."""
        ready = functools.partial(call, *args, **kwargs)
        handling = _handling.get()
        while handling is not None:
            if handling.pool is self and (answer := handling.make(ready)) is not None:
                return await asyncio.wrap_future(answer)
            handling = handling.outer
        return await self._run_on(self._waiting, ready)

    async def _run_on(self, executor: concurrent.futures.Executor, call: Callable[[], T]) -> T:
        if self._process != os.getpid():
            return call()  # it touches nothing, and says so at once
        # Of an engine that is closed, or is being closed, the pool's threads have ended.
        where = None if self._has_ended else executor
        return await asyncio.get_running_loop().run_in_executor(where, call)

    def end(self) -> None:
        self._has_ended = True
        for answers in list(self._answers.values()):
            answers.end()
        self._executor.shutdown(wait=False)
        self._waiting.shutdown(wait=False)


class _Answers:
    """What comes of commands that tasks of one loop have begun. It arrives through a pipe that the loop
    watches: no thread has to wait for the interpreter to deliver it."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._core = _core._Answers()
        self._numbers = itertools.count()
        self._waiting: dict[int, asyncio.Future[Any]] = {}
        self._has_ended = False
        loop.add_reader(self._core.fileno(), self._deliver)

    async def of(self, begin: Callable[..., None], *args: object, **kwargs: object) -> Any:
        """What is begun is done, whether or not its caller is cancelled meanwhile."""
        number = next(self._numbers)
        told = self._waiting[number] = self._loop.create_future()
        try:
            begin(self._core, number, *args, **kwargs)
        except BaseException:
            del self._waiting[number]
            raise
        return await told

    def _deliver(self) -> None:
        for number, is_error, answer in self._core.take():
            told = self._waiting.pop(number)
            if told.done():
                continue
            if is_error:
                told.set_exception(answer)
            else:
                told.set_result(answer)
        if self._has_ended and not self._waiting:
            self._loop.remove_reader(self._core.fileno())

    def end(self) -> None:
        """When the engine is closed: a task that was about to begin a command is told so."""
        with contextlib.suppress(RuntimeError):  # the loop is closed
            self._loop.call_soon_threadsafe(self._leave)

    def _leave(self) -> None:
        self._has_ended = True
        self._deliver()


class _Handling:
    """A coroutine of a handler, and the thread of a pump that waits for its end."""

    def __init__(self, pool: _Pool) -> None:
        self.pool = pool
        self.outer = _handling.get()
        self._calls: queue.SimpleQueue[Optional[Callable[[], None]]] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._is_over = False  # guarded by _lock: nobody makes calls that come later

    def make(self, call: Callable[[], T]) -> Optional[concurrent.futures.Future[T]]:
        """Has that thread make a call; none when it waits no more."""
        answer: concurrent.futures.Future[T] = concurrent.futures.Future()

        def make() -> None:
            try:
                answer.set_result(call())
            except BaseException as error:
                answer.set_exception(error)

        with self._lock:
            if self._is_over:
                return None
            self._calls.put(make)
        return answer

    def wait_for(self, coroutine: Coroutine[Any, Any, object], loop: asyncio.AbstractEventLoop) -> None:
        """On that thread."""
        handled = _handled(coroutine)
        token = _handling.set(self)
        try:
            outcome = asyncio.run_coroutine_threadsafe(handled, loop)
        except RuntimeError:  # the loop is closed
            _forget(handled, coroutine)
            raise _ended() from None
        finally:
            _handling.reset(token)
        outcome.add_done_callback(lambda _: self._calls.put(None))
        try:
            while (make := self._next_call(loop)) is not None:
                make()
            outcome.result()
        except concurrent.futures.CancelledError:
            raise _ended() from None
        finally:
            self._end()
            if not loop.is_running():
                _forget(handled, coroutine)

    def _next_call(self, loop: asyncio.AbstractEventLoop) -> Optional[Callable[[], None]]:
        while True:
            try:
                return self._calls.get(timeout=_POLL.total_seconds())
            except queue.Empty:
                if not loop.is_running():
                    raise _ended() from None

    def _end(self) -> None:
        """Makes what tasks that outlive the handler have asked for so far."""
        with self._lock:
            self._is_over = True
        while not self._calls.empty():
            if (make := self._calls.get()) is not None:
                make()


_handling: contextvars.ContextVar[Optional[_Handling]] = contextvars.ContextVar(
    "exhibition_handling", default=None
)


async def _handled(coroutine: Coroutine[Any, Any, object]) -> object:
    """What it waits for may have been cancelled, which is the handler's failure; that it was cancelled
    itself, as all tasks are by the end of the loop, is not."""
    try:
        return await coroutine
    except asyncio.CancelledError as cancelled:
        task = asyncio.current_task()
        if task is None or not hasattr(task, "cancelling") or task.cancelling() > 0:
            raise
        raise RuntimeError("what the handler waited for was cancelled") from cancelled


def _forget(*coroutines: Coroutine[Any, Any, object]) -> None:
    """Those that have not begun, and never will: their loop has ended."""
    for each in coroutines:
        if inspect.getcoroutinestate(each) == inspect.CORO_CREATED:
            each.close()


def _ended() -> StorageFailure:
    """An event loop that is no more is not the event's fault: it waits for another engine."""
    cause = "the event loop that the handler runs in has ended"
    return StorageFailure(cause, cause=cause)


class _Part(Generic[Desk]):
    """A part of an engine, and the pool on which it is called."""

    def __init__(self, core: Desk, pool: _Pool) -> None:
        self._core = core
        self._pool = pool


def _awaited(
    call: Callable[Concatenate[Desk, P], T],
) -> Callable[Concatenate[_Part[Desk], P], Coroutine[Any, Any, T]]:
    """The function as one of ``Engine``'s parts, to be awaited."""

    async def awaited(self: _Part[Desk], /, *args: P.args, **kwargs: P.kwargs) -> T:
        return await self._pool.run(call, self._core, *args, **kwargs)

    functools.update_wrapper(awaited, call)
    return awaited


def _begun(
    call: Callable[Concatenate[Desk, P], T], begin: Callable[..., None]
) -> Callable[Concatenate[_Part[Desk], P], Coroutine[Any, Any, T]]:
    """The same of a command that ``begin`` begins, which waits for nothing."""

    async def begun(self: _Part[Desk], /, *args: P.args, **kwargs: P.kwargs) -> T:
        answers = self._pool.answers()
        if answers is None:
            return await self._pool.run(call, self._core, *args, **kwargs)
        return cast(
            T, await answers.of(functools.partial(begin, self._core), *args, **kwargs)
        )

    functools.update_wrapper(begun, call)
    return begun


def _waited(
    call: Callable[Concatenate[Desk, P], T],
) -> Callable[Concatenate[_Part[Desk], P], Coroutine[Any, Any, T]]:
    """The same of one that may wait for handlers."""

    async def waited(self: _Part[Desk], /, *args: P.args, **kwargs: P.kwargs) -> T:
        return await self._pool.wait(call, self._core, *args, **kwargs)

    functools.update_wrapper(waited, call)
    return waited


def _iterated(
    call: Callable[Concatenate[Desk, P], Iterator[T]],
) -> Callable[Concatenate[_Part[Desk], P], AsyncIterator[T]]:
    """The same of one that gives an iterator, which fetches page after page."""

    async def iterated(
        self: _Part[Desk], /, *args: P.args, **kwargs: P.kwargs
    ) -> AsyncIterator[T]:
        items = call(self._core, *args, **kwargs)

        def some() -> list[T]:
            return list(itertools.islice(items, _AT_ONCE))

        while page := await self._pool.run(some):
            for item in page:
                yield item

    functools.update_wrapper(iterated, call)
    iterated.__doc__ = f"For ``async for``, not to be awaited.\n\n{call.__doc__}"
    return iterated


def _decorating(
    call: Callable[Concatenate[_events.EventFeed, P], Callable[[Handler], Handler]],
    prepare: Callable[[_Pool, Handler], Handler] = lambda pool, handler: handler,
) -> Callable[Concatenate[_Part[_events.EventFeed], P], Callable[[Handler], Handler]]:
    """One that gives a decorator, which gets what ``prepare`` makes of the function."""

    def decorating(
        self: _Part[_events.EventFeed], /, *args: P.args, **kwargs: P.kwargs
    ) -> Callable[[Handler], Handler]:
        decorate = call(self._core, *args, **kwargs)

        def decorated(handler: Handler) -> Handler:
            decorate(prepare(self._pool, handler))
            return handler

        return decorated

    functools.update_wrapper(decorating, call)
    return decorating


def _in_the_loop(pool: _Pool, handler: Handler) -> Handler:
    """Has a coroutine function run in the loop that runs now, and its caller wait for it."""
    if not is_coroutine_function(handler):
        return handler
    try:
        loop = asyncio.get_running_loop()
    except RuntimeError:
        raise RuntimeError(
            "a coroutine function is decorated where its event loop runs, and none does here"
        ) from None

    @functools.wraps(handler)
    def run(*args: object) -> None:
        _Handling(pool).wait_for(cast(Coroutine[Any, Any, object], handler(*args)), loop)

    return cast(Handler, run)


class Catalogue(_Part[_core.Catalogue]):
    """The desk of those who make exhibitions: see ``exhibition.Catalogue``."""

    register_exhibition = _awaited(_core.Catalogue.register_exhibition)
    update = _awaited(_core.Catalogue.update)
    suspend = _awaited(_core.Catalogue.suspend)
    resume = _awaited(_core.Catalogue.resume)
    withdraw = _awaited(_core.Catalogue.withdraw)
    add_session = _awaited(_core.Catalogue.add_session)
    update_session = _awaited(_core.Catalogue.update_session)
    set_capacity = _awaited(_core.Catalogue.set_capacity)
    close = _awaited(_core.Catalogue.close)
    reopen = _awaited(_core.Catalogue.reopen)
    cancel_session = _awaited(_core.Catalogue.cancel_session)
    find = _awaited(_core.Catalogue.find)
    list = _iterated(_core.Catalogue.list)
    sessions_of = _iterated(_core.Catalogue.sessions_of)


class Bookings(_Part[_core.Bookings]):
    """The desk that takes reservations: see ``exhibition.Bookings``."""

    reserve = _begun(_core.Bookings.reserve, _core.Bookings._begin_reserve)
    confirm = _begun(_core.Bookings.confirm, _core.Bookings._begin_confirm)
    extend = _awaited(_core.Bookings.extend)
    cancel = _begun(_core.Bookings.cancel, _core.Bookings._begin_cancel)
    find = _awaited(_core.Bookings.find)
    availability = _awaited(_core.Bookings.availability)
    list = _iterated(_core.Bookings.list)
    availabilities = _iterated(_core.Bookings.availabilities)


class VoucherDesk(_Part[_core.VoucherDesk]):
    """The desk at the gates: see ``exhibition.VoucherDesk``."""

    redeem = _awaited(_core.VoucherDesk.redeem)
    undo_redeem = _awaited(_core.VoucherDesk.undo_redeem)
    find = _awaited(_core.VoucherDesk.find)
    of = _awaited(_core.VoucherDesk.of)
    list = _iterated(_core.VoucherDesk.list)


class MemberPages(_Part[_core.MemberPages]):
    """What members see: see ``exhibition.MemberPages``."""

    of = _iterated(_core.MemberPages.of)
    list = _iterated(_core.MemberPages.list)


class EventFeed(_Part[_events.EventFeed]):
    """Where committed events are followed: see ``exhibition.EventFeed``.

    What decorates may be a coroutine function: it runs in the loop that was running when it was
    decorated, and the follower waits for its end.
    """

    pump = _waited(_events.EventFeed.pump)
    start = _waited(_events.EventFeed.start)
    stop = _waited(_events.EventFeed.stop)
    wait_for = _waited(_events.EventFeed.wait_for)
    status = _awaited(_events.EventFeed.status)
    retry = _waited(_events.EventFeed.retry)
    discard = _waited(_events.EventFeed.discard)
    rebuild = _waited(_events.EventFeed.rebuild)
    cancel_rebuild = _waited(_events.EventFeed.cancel_rebuild)
    prune = _waited(_events.EventFeed.prune)
    archive = _waited(_events.EventFeed.archive)
    abandon = _awaited(_events.EventFeed.abandon)
    head = _awaited(_events.EventFeed.head)
    dead_letters = _iterated(_events.EventFeed.dead_letters)
    read = _iterated(_events.EventFeed.read)

    on = _decorating(_events.EventFeed.on, _in_the_loop)
    follow = _decorating(_events.EventFeed.follow, _in_the_loop)
    project = _decorating(_events.EventFeed.project)

    async def wait_beyond(self, after: Position, timeout: datetime.timedelta) -> bool:
        """As ``exhibition.EventFeed.wait_beyond``; all that wait share a thread."""
        ends = time.monotonic() + timeout.total_seconds()
        while not await self._pool.run(self._core.wait_beyond, after, datetime.timedelta()):
            left = ends - time.monotonic()
            if left <= 0:
                return False
            try:
                await asyncio.wait_for(self._growth.beyond(after), left)
            except asyncio.TimeoutError:
                return False
        return True

    async def stream(
        self,
        *,
        after: Optional[Position] = None,
        types: Optional[Sequence[type[object]]] = None,
    ) -> AsyncIterator[_core.Envelope]:
        """Events of these types after a position, and then those to come, for ever. Without a position
        it begins at the end of the log. Nobody's place is kept: who comes back says where they were.

        Errors: while iterating: HistoryTruncated; Closed, also when the engine is closed meanwhile;
        StorageFailure.
        """
        position = await self.head() if after is None else after
        while True:
            part = await self._pool.run(self._core._core.read, position, types, _AT_ONCE)
            if part.end == position:
                await self._growth.beyond(position)
            position = part.end
            for envelope in part.events:
                yield envelope

    def __init__(self, core: _events.EventFeed, pool: _Pool) -> None:
        super().__init__(core, pool)
        self._growth = _Growth(core)


class _Growth:
    """Waits for the log to grow, on one thread for all that wait."""

    def __init__(self, events: _events.EventFeed) -> None:
        self._events = events
        self._waiting: dict[asyncio.Future[None], Position] = {}
        self._watch: Optional[asyncio.Task[None]] = None

    async def beyond(self, position: Position) -> None:
        told = asyncio.get_running_loop().create_future()
        self._waiting[told] = position
        if self._watch is None or self._watch.done():
            self._watch = asyncio.create_task(self._tell())
        try:
            await told
        finally:
            del self._waiting[told]

    async def _tell(self) -> None:
        loop = asyncio.get_running_loop()
        with concurrent.futures.ThreadPoolExecutor(1, "exhibition-stream") as thread:
            while self._waiting:
                lowest = min(self._waiting.values())
                try:
                    grew = await loop.run_in_executor(
                        thread, self._events.wait_beyond, lowest, _POLL
                    )
                except Exception as error:
                    self._wake(error)
                    return
                if grew:
                    self._wake(None)
                    await asyncio.sleep(0)

    def _wake(self, error: Optional[Exception]) -> None:
        for told in self._waiting:
            if told.done():
                continue
            if error is None:
                told.set_result(None)
            else:
                told.set_exception(error)


class Engine:
    """A reservation system inside this process, to be awaited: what ``open`` gives."""

    catalogue: Catalogue
    bookings: Bookings
    vouchers: VoucherDesk
    my_page: MemberPages
    events: EventFeed

    def __init__(self, engine: _engine.Engine, pool: _Pool) -> None:
        self._engine = engine
        self._pool = pool
        self.catalogue = Catalogue(engine.catalogue, pool)
        self.bookings = Bookings(engine.bookings, pool)
        self.vouchers = VoucherDesk(engine.vouchers, pool)
        self.my_page = MemberPages(engine.my_page, pool)
        self.events = EventFeed(engine.events, pool)

    async def stats(self) -> _core.EngineStats:
        """As ``exhibition.Engine.stats``."""
        return await self._pool.run(self._engine.stats)

    async def audit(self) -> list[_core.AuditFinding]:
        """As ``exhibition.Engine.audit``."""
        return await self._pool.run(self._engine.audit)

    async def backup(self, path: _engine.Path) -> None:
        """As ``exhibition.Engine.backup``."""
        await self._pool.run(self._engine.backup, path)

    async def close(self) -> None:
        """As ``exhibition.Engine.close``; streams end with ``Closed``."""
        await self._pool.wait(self._engine.close)
        self._pool.end()

    async def __aenter__(self) -> Engine:
        return self

    async def __aexit__(
        self,
        kind: Optional[type[BaseException]],
        error: Optional[BaseException],
        traceback: Optional[TracebackType],
    ) -> None:
        # A child that leaves a block which its parent began has nothing to close.
        with contextlib.suppress(OpenedInAnotherProcess):
            await self.close()


class _Opening(contextlib.AbstractAsyncContextManager[Engine]):
    """``await`` it, or use it in ``async with``."""

    def __init__(self, make: Callable[[], Coroutine[Any, Any, Engine]]) -> None:
        self._make = make
        self._engine: Optional[Engine] = None

    def __await__(self) -> Generator[Any, Any, Engine]:
        return self._make().__await__()

    async def __aenter__(self) -> Engine:
        self._engine = await self._make()
        return self._engine

    async def __aexit__(
        self,
        kind: Optional[type[BaseException]],
        error: Optional[BaseException],
        traceback: Optional[TracebackType],
    ) -> None:
        if self._engine is not None:
            await self._engine.__aexit__(kind, error, traceback)


def open(
    path: _engine.Path,
    *,
    threads: int = 4,
    my_page: Optional[_engine.Path] = None,
    archive: Optional[_engine.Path] = None,
    lock_timeout: datetime.timedelta = 10 * _engine.SECOND,
    background_checkpoints: bool = False,
    lease: datetime.timedelta = 10 * _engine.SECOND,
    max_inside: int = 1024,
    max_delay: datetime.timedelta = 10 * _engine.SECOND,
    refusal_lifetime: datetime.timedelta = _engine.SECOND / 10,
    availability: Optional[Availability] = None,
    availability_breaker: _core.BreakerOptions = _core.BreakerOptions(probe_lease=_engine.SECOND),
    availability_timeout: datetime.timedelta = _engine.SECOND,
    availability_limit: int = 64,
    availability_queue: int = 0,
    availability_max_wait: datetime.timedelta = _engine.SECOND,
    availability_fallback: Optional[
        Callable[[SessionId, Optional[BaseException]], _core.Offer]
    ] = None,
    on_breaker_event: Optional[Callable[[_core.BreakerEvent], object]] = None,
    clock: Union[Clock, _core.ManualClock, None] = None,
    monotonic_clock: Optional[_core.ManualMonotonicClock] = None,
    random: Union[RandomSource, _core.SeededRandom, None] = None,
    dispatcher: Optional[EventDispatcher] = None,
    on_subscriber_error: Optional[Callable[[_core.Envelope, BaseException], object]] = None,
) -> _Opening:
    """As ``exhibition.open``, to be awaited, or used in ``async with``; ``threads`` is how many of its
    calls are made at once."""
    def opening() -> _engine.Engine:
        return _engine.open(
            path,
            my_page=my_page,
            archive=archive,
            lock_timeout=lock_timeout,
            background_checkpoints=background_checkpoints,
            lease=lease,
            max_inside=max_inside,
            max_delay=max_delay,
            refusal_lifetime=refusal_lifetime,
            availability=availability,
            availability_breaker=availability_breaker,
            availability_timeout=availability_timeout,
            availability_limit=availability_limit,
            availability_queue=availability_queue,
            availability_max_wait=availability_max_wait,
            availability_fallback=availability_fallback,
            on_breaker_event=on_breaker_event,
            clock=clock,
            monotonic_clock=monotonic_clock,
            random=random,
            dispatcher=dispatcher,
            on_subscriber_error=on_subscriber_error,
        )

    async def make() -> Engine:
        # What reserving asks of the host's own Python may be slow, and raise what C++ does not know.
        pool = _Pool(threads, begins=availability is None and not isinstance(clock, Clock))
        try:
            engine = await pool.run(opening)
        except BaseException:
            pool.end()
            raise
        return Engine(engine, pool)

    return _Opening(make)
