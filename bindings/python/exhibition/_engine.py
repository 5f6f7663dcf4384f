"""The engine as Python has it: ``exhibition.open``."""

from __future__ import annotations

import contextlib
import datetime
import logging
import os
from types import TracebackType
from typing import Callable, Optional, Union

from . import _core
from ._errors import OpenedInAnotherProcess, invalid
from ._events import EventFeed
from ._ids import SessionId
from ._ports import Availability, Clock, EventDispatcher, Kept, RandomSource, check_callable

Path = Union[str, "os.PathLike[str]"]

SECOND = datetime.timedelta(seconds=1)


class Engine:
    """A reservation system inside this process: what ``exhibition.open`` gives.

    It runs no threads of its own but the one that ``events.start()`` starts. Use it in a ``with``
    statement, or close it. It cannot be pickled, and is of no use in a forked child, which opens one
    of its own.

    Threads: any, several at once.
    """

    def __init__(self, core: _core._Engine, ports: list[Kept]) -> None:
        self._core = core
        self._ports = ports
        self._catalogue = core.catalogue
        self._bookings = core.bookings
        self._vouchers = core.vouchers
        self._my_page = core.my_page
        self._events = EventFeed(core.events)

    @property
    def catalogue(self) -> _core.Catalogue:
        """The desk of those who make exhibitions."""
        return self._catalogue

    @property
    def bookings(self) -> _core.Bookings:
        """The desk that takes reservations."""
        return self._bookings

    @property
    def vouchers(self) -> _core.VoucherDesk:
        """The desk at the gates."""
        return self._vouchers

    @property
    def my_page(self) -> _core.MemberPages:
        """What members see of their reservations."""
        return self._my_page

    @property
    def events(self) -> EventFeed:
        """Where committed events are followed."""
        return self._events

    def __enter__(self) -> Engine:
        return self

    def __exit__(
        self,
        kind: Optional[type[BaseException]],
        error: Optional[BaseException],
        traceback: Optional[TracebackType],
    ) -> None:
        # A child that leaves a block which its parent began has nothing to close.
        with contextlib.suppress(OpenedInAnotherProcess):
            self.close()

    def __reduce__(self) -> str:
        raise TypeError("an Engine cannot be pickled: open the file where it is needed")

    def stats(self) -> _core.EngineStats:
        """How the engine is doing. Looking changes nothing."""
        return self._core.stats()

    def audit(self) -> list[_core.AuditFinding]:
        """Recounts the store against its rules, on one snapshot, and gives every difference; none is
        the answer to hope for. It takes time in proportion to the store and holds up nobody.

        Errors: Closed; StorageFailure.
        """
        return self._core.audit()

    def backup(self, path: Path) -> None:
        """Copies the booking file to ``path`` and the library's side files beside it, while others go
        on; what is copied can be opened as it is.

        Errors: InvalidArgument when something is there already, or nothing is kept in files; Closed;
        StorageFailure, and then no copy is left.
        """
        self._core.backup(_encoded(path, "path"))

    def close(self) -> None:
        """Waits for calls that other threads are in, then closes the stores; later calls raise
        ``Closed``. From inside a handler it only marks the engine closed, and the outermost call
        finishes it. Closing twice is once."""
        self._core.close()


def open(
    path: Path,
    *,
    my_page: Optional[Path] = None,
    archive: Optional[Path] = None,
    lock_timeout: datetime.timedelta = 10 * SECOND,
    background_checkpoints: bool = False,
    lease: datetime.timedelta = 10 * SECOND,
    max_inside: int = 1024,
    max_delay: datetime.timedelta = 10 * SECOND,
    refusal_lifetime: datetime.timedelta = SECOND / 10,
    availability: Optional[Availability] = None,
    availability_breaker: _core.BreakerOptions = _core.BreakerOptions(probe_lease=SECOND),
    availability_timeout: datetime.timedelta = SECOND,
    availability_limit: int = 64,
    availability_queue: int = 0,
    availability_max_wait: datetime.timedelta = SECOND,
    availability_fallback: Optional[
        Callable[[SessionId, Optional[BaseException]], _core.Offer]
    ] = None,
    on_breaker_event: Optional[Callable[[_core.BreakerEvent], object]] = None,
    clock: Union[Clock, _core.ManualClock, None] = None,
    monotonic_clock: Optional[_core.ManualMonotonicClock] = None,
    random: Union[RandomSource, _core.SeededRandom, None] = None,
    dispatcher: Optional[EventDispatcher] = None,
    on_subscriber_error: Optional[Callable[[_core.Envelope, BaseException], object]] = None,
) -> Engine:
    """Opens the museum that is kept in the file ``path``, or makes it; its folder has to be there.

    ``":memory:"`` is one that ends with the process.

    ``my_page`` is a file for my page, or ``":memory:"``, rather than one beside the booking file.
    ``archive`` is a folder for the beginning of the log, before ``events.prune`` has the log forget it.
    ``lock_timeout`` is how long a command waits for another process that writes the same file, and
    ``lease`` how long a follower stays with an engine that has stopped in the middle of its run.
    With ``background_checkpoints`` a thread of the library's own moves what was committed from SQLite's log
    (WAL) to its place in the file; otherwise one in many commits takes longer by that.
    ``max_inside`` is how many reserve calls may be on their way, and ``max_delay`` how long one that
    comes may take, before it is told to come back later: Overloaded. For ``refusal_lifetime`` a session
    that had to refuse is not asked again, unless this process has freed places of it or changed it.
    ``availability`` is a catalogue elsewhere, which is asked before each reservation and no longer than
    ``availability_timeout``; ``availability_limit`` calls of it are on their way at once, and
    ``availability_queue`` more wait, ``availability_max_wait`` at most. A circuit breaker leaves it alone
    when it fails, and tells ``on_breaker_event``. ``availability_fallback(session, error)`` gives an Offer
    in its place, or raises what the caller gets.
    ``clock``, ``random`` and ``dispatcher`` are ports of the host's own; ``monotonic_clock`` is for tests. ``on_subscriber_error`` gets
    what a function of ``events.on`` raises, with the event's envelope; without one it is logged, as an
    error of the logger ``exhibition``.

    Errors: InvalidArgument; StorageFailure naming the file and the cause: no folder, read-only, not a
    database, another application's, made by a newer version, damaged, locked for longer than
    lock_timeout, disk full.
    """
    _check("clock", clock, Clock, _core.ManualClock)
    _check("monotonic_clock", monotonic_clock, _core.ManualMonotonicClock)
    _check("random", random, RandomSource, _core.SeededRandom)
    _check("dispatcher", dispatcher, EventDispatcher)
    _check("availability", availability, Availability)
    if availability_fallback is not None:
        check_callable("availability_fallback", availability_fallback)
    if on_breaker_event is not None:
        check_callable("on_breaker_event", on_breaker_event)
    on_subscriber_error = _log if on_subscriber_error is None else on_subscriber_error
    check_callable("on_subscriber_error", on_subscriber_error)
    ports: list[Kept] = []

    def keep(port: object) -> Optional[Kept]:
        if port is None:
            return None
        ports.append(Kept(port))
        return ports[-1]

    def native(port: object, kind: type[object]) -> object:
        return port if isinstance(port, kind) else keep(port)

    elsewhere = None
    if availability is not None:
        elsewhere = _core._Elsewhere(
            keep(availability),
            availability_breaker,
            availability_timeout,
            availability_limit,
            availability_queue,
            availability_max_wait,
            keep(availability_fallback),
            keep(on_breaker_event),
        )
    core = _core._Engine(
        _file(path),
        my_page=None if my_page is None else (_file(my_page),),
        archive=None if archive is None else _encoded(archive, "archive"),
        lock_timeout=lock_timeout,
        background_checkpoints=background_checkpoints,
        lease=lease,
        max_inside=max_inside,
        max_delay=max_delay,
        refusal_lifetime=refusal_lifetime,
        clock=native(clock, _core.ManualClock),
        monotonic_clock=monotonic_clock,
        random=native(random, _core.SeededRandom),
        dispatcher=keep(dispatcher),
        on_subscriber_error=keep(on_subscriber_error),
        availability=elsewhere,
    )
    return Engine(core, ports)


def _file(path: Path) -> Optional[bytes]:
    """The path as the system has it; none for ``":memory:"``."""
    name = os.fsencode(path)
    return None if name == b":memory:" else name


def _encoded(path: Path, field: str) -> bytes:
    name = os.fsencode(path)
    if not name or b"\0" in name:
        raise invalid(field, "must not be empty or have a NUL in it")
    return name


def _check(option: str, given: object, *kinds: type[object]) -> None:
    if given is not None and not isinstance(given, kinds):
        wanted = " or ".join(each.__name__ for each in kinds)
        raise TypeError(f"{option}: must be {wanted}, not {type(given).__name__}")


def _log(envelope: _core.Envelope, error: BaseException) -> None:
    """Nobody else was named who would like to know."""
    logging.getLogger("exhibition").error(
        "a subscriber could not take event %d", envelope.position, exc_info=error
    )
