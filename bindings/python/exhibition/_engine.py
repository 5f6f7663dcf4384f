"""The engine as Python has it: ``exhibition.open``."""

from __future__ import annotations

import datetime
import os
from types import TracebackType
from typing import Optional, Union

from . import _core
from ._events import EventFeed

Path = Union[str, "os.PathLike[str]"]


class Engine:
    """A reservation system inside this process: what ``exhibition.open`` gives.

    It runs no threads of its own but the one that ``events.start()`` starts. Use it in a ``with``
    statement, or close it. It cannot be pickled, and is of no use in a forked child, which opens one
    of its own.

    Threads: any, several at once.
    """

    catalogue: _core.Catalogue
    """The desk of those who make exhibitions."""
    bookings: _core.Bookings
    """The desk that takes reservations."""
    vouchers: _core.VoucherDesk
    """The desk at the gates."""
    my_page: _core.MemberPages
    """What members see of their reservations."""
    events: EventFeed
    """Where committed events are followed."""

    def __init__(self, core: _core.Engine) -> None:
        self._core = core
        self.catalogue = core.catalogue
        self.bookings = core.bookings
        self.vouchers = core.vouchers
        self.my_page = core.my_page
        self.events = EventFeed(core.events)

    def __enter__(self) -> Engine:
        return self

    def __exit__(
        self,
        kind: Optional[type[BaseException]],
        error: Optional[BaseException],
        traceback: Optional[TracebackType],
    ) -> None:
        self.close()

    def __reduce__(self) -> str:
        raise TypeError("an Engine cannot be pickled: open the file where it is needed")

    def close(self) -> None:
        """Waits for calls that other threads are in, then closes the stores; later calls raise
        ``Closed``. From inside a handler it only marks the engine closed, and the outermost call
        finishes it. Closing twice is once."""
        self._core.close()


def open(
    path: Path,
    *,
    lock_timeout: datetime.timedelta = datetime.timedelta(seconds=10),
) -> Engine:
    """Opens the museum that is kept in the file ``path``, or makes it; its folder has to be there.

    ``":memory:"`` is one that ends with the process.

    ``lock_timeout`` is how long a command waits for another process that writes the same file.

    Errors: InvalidArgument; StorageFailure naming the file and the cause: no folder, read-only, not a
    database, another application's, made by a newer version, damaged, locked for longer than
    lock_timeout, disk full.
    """
    return Engine(_core.Engine(_file(path), lock_timeout=lock_timeout))


def _file(path: Path) -> Optional[bytes]:
    """The path as the system has it; none for ``":memory:"``."""
    return None if path == ":memory:" else os.fsencode(path)
