"""Datetimes are aware on their way in, and in UTC on their way out, whatever the local time zone."""

from __future__ import annotations

import datetime
import zoneinfo

import exhibition
import pytest
from support import HOUR, NINE, UTC
from exhibition import NewSession, SessionTimes

DAY = datetime.timedelta(days=1)


def there_and_back(instant: datetime.datetime) -> datetime.datetime:
    return SessionTimes(starts_at=instant).starts_at


@pytest.mark.parametrize(
    "zone", ["UTC", "Asia/Seoul", "America/New_York", "Asia/Kathmandu", "Pacific/Kiritimati"]
)
@pytest.mark.parametrize("month", range(1, 13))
def test_an_instant_comes_back_as_the_same_one_in_utc(zone: str, month: int) -> None:
    given = datetime.datetime(2026, month, 8, 2, 30, 15, 123000, zoneinfo.ZoneInfo(zone))
    back = there_and_back(given)
    assert back == given.astimezone(UTC)
    assert back.tzinfo is UTC


@pytest.mark.parametrize("fold", [0, 1])
def test_the_hour_that_is_there_twice_is_told_apart(fold: int) -> None:
    new_york = zoneinfo.ZoneInfo("America/New_York")
    given = datetime.datetime(2026, 11, 1, 1, 30, tzinfo=new_york, fold=fold)
    assert there_and_back(given) == datetime.datetime(2026, 11, 1, 5 + fold, 30, tzinfo=UTC)


def test_the_hour_that_is_not_there_is_read_as_python_reads_it() -> None:
    new_york = zoneinfo.ZoneInfo("America/New_York")
    given = datetime.datetime(2026, 3, 8, 2, 30, tzinfo=new_york)
    assert there_and_back(given) == given.astimezone(UTC)


def test_a_session_keeps_its_length_across_a_change_of_the_clocks() -> None:
    new_york = zoneinfo.ZoneInfo("America/New_York")
    before = datetime.datetime(2026, 11, 1, 0, 30, tzinfo=new_york)
    after = datetime.datetime(2026, 11, 1, 3, 30, tzinfo=new_york)
    times = SessionTimes(starts_at=before, ends_at=after)
    assert times.ends_at is not None
    assert times.ends_at - times.starts_at == 4 * HOUR


def test_what_is_finer_than_a_millisecond_is_cut() -> None:
    given = NINE.replace(microsecond=123999)
    assert there_and_back(given) == NINE.replace(microsecond=123000)
    long_ago = datetime.datetime(1931, 5, 5, 5, 5, 5, 999999, UTC)
    assert there_and_back(long_ago) == long_ago.replace(microsecond=999000)


def test_the_years_1_and_9999_are_instants() -> None:
    first = datetime.datetime(1, 1, 1, tzinfo=UTC)
    last = datetime.datetime(9999, 12, 31, 23, 59, 59, 999000, UTC)
    assert there_and_back(first) == first
    assert there_and_back(last) == last


@pytest.mark.parametrize(
    ("moment", "hours"),
    [(datetime.datetime.min, 14), (datetime.datetime.max, -12)],
)
def test_an_instant_beyond_them_is_refused(moment: datetime.datetime, hours: int) -> None:
    far = datetime.timezone(datetime.timedelta(hours=hours))
    with pytest.raises(exhibition.InvalidArgument) as caught:
        NewSession(moment.replace(tzinfo=far))
    assert caught.value.field == "starts_at"


def test_a_naive_datetime_is_refused_and_named() -> None:
    with pytest.raises(exhibition.InvalidArgument) as caught:
        NewSession(NINE, NINE.replace(tzinfo=None))
    assert caught.value.field == "ends_at"
    assert "tzinfo" in str(caught.value)


@pytest.mark.parametrize("given", [0, "2030-09-01", datetime.date(2030, 9, 1), None])
def test_only_a_datetime_is_one(given: object) -> None:
    with pytest.raises(TypeError):
        NewSession(given)  # type: ignore[call-overload]


def test_a_time_zone_that_raises_is_heard() -> None:
    class Broken(datetime.tzinfo):
        def utcoffset(self, moment: datetime.datetime | None) -> datetime.timedelta:
            raise KeyError("no such zone")

        dst = utcoffset

        def tzname(self, moment: datetime.datetime | None) -> str:
            return "nowhere"

    with pytest.raises(KeyError, match="no such zone"):
        NewSession(datetime.datetime(2030, 9, 1, tzinfo=Broken()))


def test_spans_are_timedeltas() -> None:
    rules = exhibition.BookingRules(hold_ttl=datetime.timedelta(minutes=5, microseconds=999))
    assert rules.hold_ttl == datetime.timedelta(minutes=5)
    with pytest.raises(TypeError):
        exhibition.BookingRules(hold_ttl=300)  # type: ignore[arg-type]


@pytest.mark.parametrize("span", [datetime.timedelta.max, datetime.timedelta.min, -DAY])
def test_a_span_out_of_range_is_refused(museum: exhibition.Engine, span: datetime.timedelta) -> None:
    with pytest.raises(exhibition.InvalidArgument) as caught:
        museum.catalogue.register_exhibition("Monet", rules=exhibition.BookingRules(hold_max=span))
    assert caught.value.field == "hold_max"
