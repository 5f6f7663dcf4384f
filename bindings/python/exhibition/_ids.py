"""Numbers that name one thing of one kind. They are ints when the program runs; a type checker keeps
them apart, so that a voucher's id never passes for a reservation's."""

from __future__ import annotations

from typing import NewType

__all__ = [
    "ExhibitionId",
    "Position",
    "ReservationId",
    "SessionId",
    "VoucherId",
]

ExhibitionId = NewType("ExhibitionId", int)
SessionId = NewType("SessionId", int)
ReservationId = NewType("ReservationId", int)
VoucherId = NewType("VoucherId", int)
Position = NewType("Position", int)
