"""Values are frozen, compare, hash, pickle, and keep secrets out of their repr."""

from __future__ import annotations

import copy
import enum
import inspect
import pickle
import pydoc
from typing import Any

import exhibition
import pytest
from support import HOUR, NINE
from exhibition import (
    BookingRules,
    NewSession,
    Reservation,
    ReservationStatus,
    SessionId,
    ExhibitionId,
    ReservationId,
    VoucherActivated,
)


def reservation(**changes: Any) -> Reservation:
    fields: dict[str, Any] = {
        "id": ReservationId(3),
        "exhibition": ExhibitionId(1),
        "session": SessionId(2),
        "member": "seokwon",
        "created_at": NINE,
    }
    return Reservation(**{**fields, **changes})


def all_values() -> list[type]:
    return [
        value
        for _, value in inspect.getmembers(exhibition, inspect.isclass)
        if hasattr(value, "to_dict") and not issubclass(value, BaseException)
    ]


def test_values_are_equal_and_hash_alike_exactly_when_their_fields_are() -> None:
    assert reservation() == reservation()
    assert hash(reservation()) == hash(reservation())
    assert reservation() != reservation(places=2)
    assert reservation() != 3
    assert len({reservation(), reservation(), reservation(places=2)}) == 2


def test_a_value_cannot_be_changed() -> None:
    value = reservation()
    with pytest.raises(AttributeError):
        value.places = 2  # type: ignore[misc]
    with pytest.raises(AttributeError):
        value.colour = "red"  # type: ignore[attr-defined]


def test_a_value_with_lists_has_a_hash_too(museum: exhibition.Engine) -> None:
    made = museum.catalogue.register_exhibition("Monet", sessions=[NewSession(NINE)])
    assert isinstance(made.sessions, list)
    assert hash(made) == hash(copy.deepcopy(made))
    made.sessions.append(SessionId(99))
    assert SessionId(99) not in made.sessions, "the list is a copy"


def test_a_value_survives_pickling_and_copying() -> None:
    value = reservation(status=ReservationStatus.HELD, expires_at=NINE + HOUR)
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        assert pickle.loads(pickle.dumps(value, protocol)) == value
    assert copy.copy(value) == value
    assert copy.deepcopy(value) == value


@pytest.mark.parametrize(
    "kind", [exhibition.Reservation, exhibition.Bookings, exhibition.ManualClock]
)
def test_nothing_is_made_that_has_nothing_in_it(kind: type[object]) -> None:
    with pytest.raises(TypeError):
        kind.__new__(kind)


def test_what_is_of_an_engine_cannot_be_pickled(museum: exhibition.Engine) -> None:
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        for part in (museum, museum.bookings, exhibition.ManualClock(NINE)):
            with pytest.raises(TypeError, match="cannot be pickled"):
                pickle.dumps(part, protocol)


def test_help_describes_what_is_public() -> None:
    described = pydoc.plain(pydoc.render_doc(exhibition))
    for name in ("open(", "class SoldOut", "class Reservation", "class CircuitBreaker"):
        assert name in described
    described = pydoc.plain(pydoc.render_doc(exhibition.Engine))
    for name in ("bookings", "catalogue", "vouchers", "my_page", "events"):
        assert name in described


def test_a_dict_of_a_value_has_its_fields_all_the_way_down() -> None:
    session = exhibition.Session(
        id=SessionId(2),
        exhibition=ExhibitionId(1),
        times=exhibition.SessionTimes(starts_at=NINE),
        capacity=40,
    )
    assert session.to_dict() == {
        "id": 2,
        "exhibition": 1,
        "times": {"starts_at": NINE, "ends_at": None, "sales_from": None, "sales_until": None},
        "capacity": 40,
        "taken": 0,
        "status": "open",
        "cancelled_at": None,
        "overbooked": False,
        "version": 1,
    }


def test_a_repr_names_the_fields_but_never_a_voucher_code() -> None:
    assert repr(BookingRules()).startswith("BookingRules(hold_ttl=datetime.timedelta(seconds=900), ")
    activated = VoucherActivated(
        voucher=exhibition.VoucherId(1),
        reservation=ReservationId(3),
        member="seokwon",
        code="613XJK3TV6V6KZ61B7AHX39GB2",
    )
    assert "613X" not in repr(activated)
    assert activated.code.startswith("613X")


def test_fields_have_to_be_named() -> None:
    with pytest.raises(TypeError):
        Reservation(3, 1, 2, "seokwon")  # type: ignore[call-arg,arg-type]
    with pytest.raises(TypeError):
        Reservation(id=3)  # type: ignore[call-arg,arg-type]


def test_a_session_to_be_may_be_written_short() -> None:
    assert NewSession(NINE, NINE + HOUR) == NewSession(starts_at=NINE, ends_at=NINE + HOUR)


def test_a_word_is_an_enum_member_and_its_text() -> None:
    assert {"held": 1}[ReservationStatus.HELD] == 1, "it is its text"
    assert f"{ReservationStatus.HELD} {ReservationStatus.HELD!s}" == "held held"
    assert ReservationStatus("held") is ReservationStatus.HELD
    assert reservation(status="held").status is ReservationStatus.HELD
    with pytest.raises(exhibition.InvalidArgument) as caught:
        reservation(status="lost")
    assert caught.value.field == "status"


def test_every_value_is_documented_and_so_is_what_it_can_do() -> None:
    values = all_values()
    assert len(values) > 50
    assert [value.__name__ for value in values if not value.__doc__] == []


def test_whatever_is_public_is_documented() -> None:
    silent = [
        f"{owner.__name__}.{name}"
        for package in (exhibition, exhibition.aio)
        for _, owner in inspect.getmembers(package, inspect.isclass)
        if owner.__module__.startswith("exhibition") and not owner.__name__.startswith("_")
        if not issubclass(owner, enum.Enum)
        for name, member in vars(owner).items()
        if not name.startswith("_") and (callable(member) or isinstance(member, property))
        if not inspect.getdoc(member)
    ]
    assert silent == []


@pytest.mark.parametrize("places", [-1, 2**32, 2**70])
def test_a_number_out_of_range_is_an_invalid_argument(places: int) -> None:
    with pytest.raises(exhibition.InvalidArgument) as caught:
        reservation(places=places)
    assert caught.value.field == "places"


@pytest.mark.parametrize("member", [b"seokwon", 3, None])
def test_text_is_a_str(member: object) -> None:
    with pytest.raises(TypeError):
        reservation(member=member)
