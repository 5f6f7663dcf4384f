"""A museum's reservations inside your process: exhibitions, sessions, holds, reservations, vouchers,
and a page for each member. Start with ``exhibition.open``."""

from . import aio as aio
from ._core import *
from ._core import __version__ as __version__
from ._engine import Engine as Engine
from ._engine import open as open
from ._enums import *
from ._errors import *
from ._events import EventFeed as EventFeed
from ._ids import *
from ._ports import Availability as Availability
from ._ports import Clock as Clock
from ._ports import EventDispatcher as EventDispatcher
from ._ports import RandomSource as RandomSource
from ._resilience import *

__all__ = [name for name in dir() if not name.startswith("_")]  # what help() describes
