"""A museum to experiment on."""

from __future__ import annotations

import datetime

import exhibition

UTC = datetime.timezone.utc
NINE = datetime.datetime(2030, 9, 1, 9, tzinfo=UTC)
HOUR = datetime.timedelta(hours=1)


def register(museum: exhibition.Engine, capacity: int | None = 4) -> exhibition.SessionId:
    made = museum.catalogue.register_exhibition(
        "Monet", sessions=[exhibition.NewSession(NINE, NINE + HOUR, capacity=capacity)]
    )
    return made.sessions[0]
