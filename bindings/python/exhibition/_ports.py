"""What an engine is told from outside: classes to derive from.

The engine calls them on the thread of whoever calls it, or of the worker that ``events.start()``
starts; several at once. What they raise goes through the engine unharmed, to who called it. A storage
is not among them: see docs/python.md.
"""

from __future__ import annotations

import abc
import datetime
import inspect
from typing import Any, Callable, Optional, Protocol

from . import _core
from ._ids import SessionId


class Clock(abc.ABC):
    """Where the time comes from. It may step back, as system clocks do."""

    @abc.abstractmethod
    def now(self) -> datetime.datetime:
        """An aware datetime."""


class RandomSource(abc.ABC):
    """Where random bits come from. Voucher codes are made of them, and whoever can guess a code can
    enter."""

    @abc.abstractmethod
    def bits(self) -> int:
        """64 uniformly distributed bits, such as ``secrets.randbits(64)``."""


class Availability(abc.ABC):
    """A catalogue that is kept elsewhere and asked before each reservation, for an engine that has
    none of its own."""

    @abc.abstractmethod
    def offer(self, session: SessionId, time_left: datetime.timedelta) -> _core.Offer:
        """What there is to reserve. An answer that takes longer than ``time_left`` is dropped: give up
        by then.

        Errors: NotFound, and whatever else the catalogue has to say against it as an
        ``exhibition.Error``, which the caller gets; StorageFailure when it is not to be reached. Another
        exception is passed on, and counts as a failure.
        """


class Closes(Protocol):
    """Something that ends."""

    def close(self) -> object: ...


class Kept:
    """Something of the host's that the engine calls, kept by the engine's Python side. The compiled
    side only knows of it, so that an engine and its handlers that know each other can be collected.
    """

    __slots__ = ("__weakref__", "call")

    def __init__(self, call: Any) -> None:
        self.call = call


def check_callable(name: str, given: object) -> None:
    if not callable(given):
        raise TypeError(f"{name}: must be a function, not {type(given).__name__}")


def is_coroutine_function(function: object) -> bool:
    """Whether it, or its ``__call__``, is one."""
    return inspect.iscoroutinefunction(function) or inspect.iscoroutinefunction(
        getattr(function, "__call__", None)
    )


class EventDispatcher(abc.ABC):
    """The way by which committed events leave the engine: ``exhibition.open(dispatcher=...)`` for
    subscriptions, ``EventFeed.relay`` for others beside it."""

    @property
    def capabilities(self) -> _core.DispatcherCapabilities:
        """What it promises beyond the order of each stream and at least once."""
        return _core.DispatcherCapabilities()

    @abc.abstractmethod
    def subscribe(self, handler: Callable[[_core.Envelope], None]) -> Closes:
        """``handler`` gets what is published after this returns, until what this gives is closed. After
        that ``close`` it is not running and is not called again."""

    @abc.abstractmethod
    def publish(
        self, envelope: _core.Envelope, failed: Callable[[BaseException], None]
    ) -> None:
        """Gives the event to every handler; one that raises does not stop the others, and what it
        raised goes to ``failed``.

        Called by one thread at a time.
        Errors: StorageFailure when the event could not leave; it is then published again, later.
        """


def publish(
    dispatcher: EventDispatcher,
    envelope: _core.Envelope,
    failed: Callable[[BaseException], None],
) -> None:
    """Publishes, with a ``failed`` that is of no use any more once that has returned."""
    tell: Optional[Callable[[BaseException], None]] = failed

    def tell_now(error: BaseException) -> None:
        if tell is None:
            raise RuntimeError("publish has returned")
        tell(error)

    try:
        dispatcher.publish(envelope, tell_now)
    finally:
        tell = None
