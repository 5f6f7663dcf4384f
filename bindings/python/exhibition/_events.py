"""Following the log: ``Engine.events``."""

from __future__ import annotations

import datetime
import inspect
import operator
import os
import threading
from collections.abc import Iterator, Sequence
from typing import Callable, Literal, Optional, TypeVar, Union

from . import _core
from ._enums import OnFailure
from ._errors import invalid
from ._ids import Position
from ._ports import EventDispatcher, Kept, is_coroutine_function

Handler = TypeVar("Handler", bound=Callable[..., object])
Path = Union[str, "os.PathLike[str]"]
Start = Union[Literal["beginning", "now"], Position]

_AT_ONCE = 256
_SECOND = datetime.timedelta(seconds=1)


class EventFeed:
    """Where committed events are followed.

    Nothing runs behind the host's back: vouchers, my page, followers and subscriptions move when the
    host calls ``pump``, or on the one thread that ``start`` starts.

    Threads: any; a second pump waits its turn, for max_time at most.
    """

    def __init__(self, core: _core._EventFeed) -> None:
        self._core = core
        self._kept: list[Kept] = []
        self._subscriptions: list[_core.Subscription] = []

    def _keep(self, call: object) -> Kept:
        kept = Kept(call)
        self._kept.append(kept)
        return kept

    def on(self, *types: type[object]) -> Callable[[Handler], Handler]:
        """Decorates a function that is called for every event of these types that is committed from
        now on, in the order of the log, while a pump runs and on its thread.

        It is called with the event, or if it takes two arguments with the event and its envelope. It
        may call the engine, but a pump in it does nothing. What it raises goes to
        ``on_subscriber_error`` of ``exhibition.open``. Without types it gets every event.

        Errors: Closed; StorageFailure when the head of the log cannot be read.
        """

        for each in types:
            if not isinstance(each, type):
                raise TypeError(f"on() takes types of events, not {each!r}: write @events.on(Type)")

        def decorate(handler: Handler) -> Handler:
            self._subscriptions.append(self.subscribe(handler, *types))
            return handler

        return decorate

    def subscribe(self, handler: Callable[..., object], *types: type[object]) -> _core.Subscription:
        """As ``on``, for a handler that leaves again: close what this gives."""
        check_handler(handler)
        both = _takes(handler, 2)
        if not both and not _takes(handler, 1):
            raise TypeError(f"{handler!r} takes neither an event, nor an event and its envelope")
        call = handler if both else lambda event, envelope: handler(event)
        return self._core.subscribe(types or None, self._keep(call))

    def project(
        self,
        name: str,
        path: Path,
        *,
        schema: str = "",
        types: Optional[Sequence[type[object]]] = None,
        start: Start = "beginning",
        batch: int = 256,
        on_failure: OnFailure = OnFailure.PARK_STREAM,
        lock_timeout: datetime.timedelta = 10 * _SECOND,
    ) -> Callable[[Handler], Handler]:
        """Decorates a function ``handler(tx, delivery)`` that keeps a read model of the host's in a
        file of its own, with ``tx.execute(sql, parameters)`` and ``tx.query(sql, parameters)``.

        ``schema`` is the SQL that makes its tables, and is run in a file that has none, which a
        rebuild makes as well; read models that share a file give all their tables to each. The
        follower's place in the log is kept in the same transaction, so that each event has its effect
        exactly once. What the handler raises rolls that event back, and it is tried again, after
        100 ms, 200 ms, ... and eight times, before ``on_failure`` says what becomes of it.

        Units: batch in events of one transaction.
        Errors: InvalidArgument; Closed; StorageFailure, also for one of the library's own files.
        """

        _check_name(name)
        _check_types(types)
        if os.fspath(path) == ":memory:":
            raise invalid("path", "must be a file: a projection is not kept in memory")
        if "\0" in schema:
            raise invalid("schema", "must not have a NUL in it")

        def decorate(handler: Handler) -> Handler:
            check_handler(handler, takes=2)
            self._core.project(
                name,
                os.fsencode(path),
                schema=schema,
                handler=self._keep(handler),
                types=types,
                start=start,
                batch=batch,
                on_failure=on_failure,
                lock_timeout=lock_timeout,
            )
            return handler

        return decorate

    def follow(
        self,
        name: str,
        *,
        types: Optional[Sequence[type[object]]] = None,
        start: Start = "beginning",
        batch: int = 256,
        on_failure: OnFailure = OnFailure.PARK_STREAM,
    ) -> Callable[[Handler], Handler]:
        """Decorates a function ``handler(delivery)`` whose effect is outside: e-mails, webhooks.

        It gets every event of these types at least once, and does what it does only once for each
        ``delivery.key``. What it raises makes the event be tried again, after 100 ms, 200 ms, ... and
        eight times, before ``on_failure`` says what becomes of it. By raising a StorageFailure it says
        that what it talks to is away: the event waits for it, and no attempt is counted.

        Units: batch in events of one checkpoint.
        Errors: InvalidArgument; Closed; StorageFailure.
        """

        _check_name(name)
        _check_types(types)

        def decorate(handler: Handler) -> Handler:
            check_handler(handler, takes=1)
            self._core.follow(
                name,
                handler=self._keep(handler),
                types=types,
                start=start,
                batch=batch,
                on_failure=on_failure,
            )
            return handler

        return decorate

    def relay(
        self,
        name: str,
        dispatcher: EventDispatcher,
        *,
        types: Optional[Sequence[type[object]]] = None,
        start: Start = "beginning",
    ) -> None:
        """Lets another dispatcher follow the log: events leave through it in the order of the log, at
        least once. While it is away (StorageFailure) they wait; another exception of its ``publish``
        makes the event be tried again, and after the last attempt halts the relay, so that none
        overtakes. What its handlers raise goes to ``on_subscriber_error`` of ``exhibition.open``.

        Errors: InvalidArgument; Closed; StorageFailure.
        """
        _check_types(types)
        self._core.relay(name, self._keep(dispatcher), types=types, start=start)

    def head(self) -> Position:
        """The position of the last event; 0 of a log that never had one.

        Errors: Closed; StorageFailure.
        """
        return self._core.head()

    def read(
        self,
        after: Position = Position(0),
        *,
        types: Optional[Sequence[type[object]]] = None,
        limit: Optional[int] = None,
    ) -> Iterator[_core.Envelope]:
        """Events of these types after a position, and to the end of the log as it is then, fetched part
        after part: those of the log, and before its floor those of the archive. Nobody's place is kept.

        Errors: while iterating: HistoryTruncated; Closed; StorageFailure.
        """
        _check_types(types)
        if limit is not None and operator.index(limit) < 0:
            raise invalid("limit", "must not be negative")
        return self._read(after, types, limit)

    def _read(
        self,
        after: Position,
        types: Optional[Sequence[type[object]]],
        left: Optional[int],
    ) -> Iterator[_core.Envelope]:
        while left is None or left > 0:
            part = self._core.read(after, types, _AT_ONCE)
            if part.end == after:
                return
            after = part.end
            events = part.events if left is None else part.events[:left]
            yield from events
            if left is not None:
                left -= len(events)

    def wait_beyond(self, after: Position, timeout: datetime.timedelta) -> bool:
        """Waits until there is an event after the position; False when there is none within
        ``timeout``. What the desks of this engine write is seen at once, anything else within 50 ms.

        Errors: Closed, also when the engine is closed meanwhile; StorageFailure.
        """
        return self._core.wait_beyond(after, timeout)

    def pump(
        self,
        *,
        max_events: Optional[int] = None,
        max_time: Optional[datetime.timedelta] = None,
    ) -> _core.PumpReport:
        """Settles what is due, then lets the voucher desk, my page, the host's followers and the
        subscriptions follow the log at least to where it ends when their turn comes.

        ``max_events`` is for each kind of work and each follower; after ``max_time`` none begins
        another batch. What a store refuses is in the report, and taken up by the next pump.
        """
        return self._core.pump(max_events=max_events, max_time=max_time)

    def start(self) -> None:
        """Starts a thread that pumps from now on, woken by every command; without effect when there
        is one.

        Errors: Closed.
        """
        self._core.start()

    def stop(self, drain: datetime.timedelta = 5 * _SECOND) -> None:
        """Ends that thread once nothing is left to pump, or after ``drain``, and waits for it and the
        handler that it is in; from inside a handler it does not wait. Stopping twice is once."""
        self._core.stop(drain)

    def wait_for(self, follower: str, timeout: datetime.timedelta) -> bool:
        """Waits until the follower has followed what is in the log now, and what the voucher desk
        makes of it; False when it has not within ``timeout``. Pumps on this thread when no worker
        runs. What was parked counts as followed.

        Errors: NotFound; StorageFailure, UnknownVersion or HistoryTruncated when it has halted, or the
        voucher desk has; LogDiverged; Closed; RuntimeError inside a handler.
        """
        return self._core.wait_for(follower, timeout)

    def status(self) -> list[_core.FollowerStatus]:
        """Where every durable follower is that this engine was told of, in the order in which they
        run.

        Errors: Closed; StorageFailure.
        """
        return self._core.status()

    def dead_letters(
        self, follower: str, *, after: Optional[Position] = None, limit: Optional[int] = None
    ) -> Iterator[_core.DeadLetter]:
        """Dead letters of a follower in the order of their positions, fetched page after page.

        Errors: while iterating: NotFound; Closed; StorageFailure.
        """
        return self._core.dead_letters(follower, after=after, limit=limit)

    def retry(self, follower: str, stream: Optional[_core.Stream] = None) -> _core.RetryReport:
        """Gives dead letters of a follower to it once more, of one stream or of all, in the order of
        each stream until one of it fails. For all of them, lets a follower that waits or has halted go
        on with the next pump, first.

        Errors: NotFound; Closed; StorageFailure; RuntimeError inside a handler.
        """
        return self._core.retry(follower, stream)

    def discard(self, follower: str, dead_letter: Position) -> None:
        """Drops one dead letter on purpose, and those behind it wait for ``retry``; or the event that
        the follower has halted at, which it is then past.

        Errors: NotFound; Closed; StorageFailure; RuntimeError inside a handler.
        """
        self._core.discard(follower, dead_letter)

    def rebuild(
        self,
        follower: str,
        *,
        on_progress: Optional[Callable[[_core.RebuildProgress], object]] = None,
        stop: Optional[threading.Event] = None,
    ) -> bool:
        """Makes the read model of a projection anew from the beginning of the log, beside the one that
        serves, and puts it in its place once it has come as far. Its handler is told
        ``delivery.replaying`` meanwhile.

        True when it is done; False when ``stop`` was set or it was cancelled. What is there after a
        stop, Ctrl-C, an error or a crash is kept, and the next call goes on with it.

        Errors: NotFound; InvalidArgument when it has no read model of its own that can be made anew;
        LogDiverged, UnknownVersion, HistoryTruncated; StorageFailure, also when it has halted at an
        event, or another process is at it; Closed; RuntimeError inside a handler; what on_progress
        raises.
        """
        return self._core.rebuild(follower, on_progress=on_progress, stop=stop)

    def cancel_rebuild(self, follower: str) -> bool:
        """Ends a rebuild, whoever runs it or has been interrupted in it, and lets go of what is there;
        False when there is nothing.

        Errors: NotFound; Closed; StorageFailure; RuntimeError inside a handler.
        """
        return self._core.cancel_rebuild(follower)

    def prune(
        self,
        *,
        older_than: datetime.timedelta = datetime.timedelta(days=30),
        up_to: Optional[Position] = None,
        on_progress: Optional[Callable[[_core.PruneReport], object]] = None,
        stop: Optional[threading.Event] = None,
    ) -> _core.PruneReport:
        """Has the log forget its beginning, and then the store the idempotency keys of that time, none
        younger than a day; with an archive events go there first.

        What a follower still needs stays: the report says whose turn it is. In small units, between
        which others book. Who was told to stop goes on with the next call.

        Errors: InvalidArgument; HistoryTruncated when the archive lacks events that the log has
        forgotten; Closed; StorageFailure; RuntimeError inside a handler; what on_progress raises.
        """
        return self._core.prune(
            older_than=older_than, up_to=up_to, on_progress=on_progress, stop=stop
        )

    def archive(
        self,
        *,
        on_progress: Optional[Callable[[_core.ArchiveReport], object]] = None,
        stop: Optional[threading.Event] = None,
    ) -> _core.ArchiveReport:
        """Copies all that is in the log, and not in the archive yet, to the archive; nothing is
        forgotten.

        Errors: InvalidArgument when there is none; HistoryTruncated, Closed and StorageFailure as
        prune; what on_progress raises.
        """
        return self._core.archive(on_progress=on_progress, stop=stop)

    def abandon(self, follower: str) -> None:
        """Lets the log forget what a follower needs that will not come back.

        Errors: NotFound; InvalidArgument when this engine runs it; Closed; StorageFailure.
        """
        self._core.abandon(follower)


def check_handler(handler: object, takes: Optional[int] = None) -> None:
    """Raises a TypeError for what can not be called by a pump."""
    if not callable(handler):
        raise TypeError(f"a handler is a function, not {handler!r}")
    if inspect.isgeneratorfunction(handler) or inspect.isasyncgenfunction(handler):
        raise TypeError(f"{handler!r} is a generator function: calling it would run none of it")
    if is_coroutine_function(handler):
        raise TypeError(
            f"{handler!r} is a coroutine function, and nobody would await it here: "
            "exhibition.aio awaits those of on() and follow()"
        )
    if takes is not None and not _takes(handler, takes):
        raise TypeError(f"{handler!r} does not take {takes} argument{'s' * (takes > 1)}")


def _takes(handler: Callable[..., object], arguments: int) -> bool:
    """Whether it can be called with so many, as far as that can be known."""
    try:
        signature = inspect.signature(handler)
    except (TypeError, ValueError):
        return arguments == 1
    try:
        signature.bind(*[None] * arguments)
    except TypeError:
        return False
    return True


def _check_name(name: object) -> None:
    if not isinstance(name, str):
        raise TypeError(f"a follower has a name, a str, not {name!r}")


def _check_types(types: Optional[Sequence[type[object]]]) -> None:
    if types is not None and not types:
        raise invalid("types", "must have a type of events in it; without types it gets all of them")
