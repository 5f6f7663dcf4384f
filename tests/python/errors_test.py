"""Each code has a class to catch, with its facts as attributes."""

from __future__ import annotations

import datetime
import inspect
import pickle

import exhibition
import pytest
from support import HOUR, NINE
from exhibition import ErrorCode


def classes() -> list[type[exhibition.Error]]:
    return [
        value
        for _, value in inspect.getmembers(exhibition, inspect.isclass)
        if issubclass(value, exhibition.Error) and hasattr(value, "code")
    ]


def test_every_code_has_a_class() -> None:
    assert {each.code for each in classes()} == set(ErrorCode)


def test_classes_are_what_python_programmers_expect() -> None:
    assert issubclass(exhibition.NotFound, LookupError)
    assert issubclass(exhibition.InvalidArgument, ValueError)
    assert issubclass(exhibition.TimedOut, TimeoutError)
    assert issubclass(exhibition.StorageFailure, OSError)
    assert not issubclass(exhibition.StorageFailure, exhibition.Refusal)
    assert issubclass(exhibition.OpenedInAnotherProcess, exhibition.Closed)


def test_a_refusal_has_its_facts(museum: exhibition.Engine, session: exhibition.SessionId) -> None:
    with pytest.raises(exhibition.SoldOut) as caught:
        museum.bookings.reserve(session, "seokwon", 5)
    no = caught.value
    assert (no.code, no.requested, no.free, no.retry_after) == (ErrorCode.SOLD_OUT, 5, 4, None)
    assert str(no) == "sold out: 5 requested, 4 free"
    assert no.to_dict() == {
        "code": "sold_out",
        "message": "sold out: 5 requested, 4 free",
        "retry_after": None,
        "requested": 5,
        "free": 4,
    }


def test_facts_that_are_instants_are_aware(museum: exhibition.Engine) -> None:
    made = museum.catalogue.register_exhibition(
        "Monet", sessions=[exhibition.NewSession(NINE, sales_from=NINE - HOUR)]
    )
    with pytest.raises(exhibition.SalesNotOpen) as caught:
        museum.bookings.reserve(made.sessions[0], "seokwon")
    assert caught.value.opens_at == NINE - HOUR


@pytest.mark.parametrize("kind", classes(), ids=lambda kind: kind.__name__)
def test_an_error_survives_pickling_and_is_documented(kind: type[exhibition.Error]) -> None:
    error = kind("no", retry_after=datetime.timedelta(seconds=3))
    back = pickle.loads(pickle.dumps(error))
    assert type(back) is kind
    assert back.to_dict() == error.to_dict()
    assert kind.__doc__


def test_a_host_may_raise_one_with_facts_and_with_no_others() -> None:
    assert exhibition.NotFound(what="session", id=3).id == 3
    assert str(exhibition.NotFound()) == "not found"
    with pytest.raises(TypeError, match="colour"):
        exhibition.NotFound(colour="red")
    with pytest.raises(TypeError):
        exhibition.Error("what?")
