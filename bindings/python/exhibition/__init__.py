"""A museum's reservations inside your process: exhibitions, sessions, holds, reservations, vouchers,
and a page for each member. Start with ``exhibition.open``."""

from ._core import *
from ._core import __version__
from ._engine import Engine, open
from ._enums import *
from ._errors import *
from ._events import EventFeed
from ._ids import *
from ._ports import Availability, Clock, EventDispatcher, RandomSource
