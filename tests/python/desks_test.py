"""The desks: what Python's manners add to what the C++ tests have tested."""

from __future__ import annotations

import datetime
import os
import threading
from pathlib import Path

import exhibition
import pytest
from support import HOUR, NINE, register
from exhibition import (
    BookingRules,
    Canceller,
    ErrorCode,
    ExhibitionId,
    ExhibitionStatus,
    NewSession,
    ReservationId,
    ReservationStatus,
    SessionCursor,
    SessionId,
    SessionStatus,
)

MINUTE = datetime.timedelta(minutes=1)


def test_a_manager_changes_an_exhibition(museum: exhibition.Engine) -> None:
    catalogue = museum.catalogue
    made = catalogue.register_exhibition(
        "Monet", kind="gallery", status=ExhibitionStatus.SUSPENDED, rules=BookingRules(hold_ttl=MINUTE)
    )
    monet = made.exhibition
    assert (monet.kind, monet.status, monet.rules.hold_ttl) == ("gallery", "suspended", MINUTE)
    assert catalogue.resume(monet.id).status == "open"
    assert catalogue.suspend(monet.id).status == "suspended"
    changed = catalogue.update(monet.id, title="Manet", expected_version=3)
    assert (changed.title, changed.kind, changed.version) == ("Manet", "gallery", 4)
    with pytest.raises(exhibition.VersionConflict) as caught:
        catalogue.update(monet.id, title="Monet", expected_version=3)
    assert (caught.value.expected, caught.value.actual) == (3, 4)
    assert catalogue.withdraw(monet.id).withdrawn_at is not None
    assert catalogue.find(monet.id).status == ExhibitionStatus.WITHDRAWN
    with pytest.raises(exhibition.IllegalTransition) as illegal:
        catalogue.resume(monet.id)
    assert illegal.value.from_status == "withdrawn"


def test_a_manager_changes_a_session(museum: exhibition.Engine) -> None:
    catalogue = museum.catalogue
    monet = catalogue.register_exhibition("Monet").exhibition.id
    session = catalogue.add_session(monet, NINE, NINE + HOUR, capacity=3)
    assert catalogue.set_capacity(session.id, None).capacity is None
    assert catalogue.close(session.id).status is SessionStatus.CLOSED
    with pytest.raises(exhibition.SessionIsClosed):
        museum.bookings.reserve(session.id, "seokwon")
    assert catalogue.reopen(session.id).status is SessionStatus.OPEN
    later = catalogue.update_session(session.id, NINE + HOUR, None, sales_until=NINE)
    assert (later.times.starts_at, later.times.ends_at) == (NINE + HOUR, None)
    assert catalogue.cancel_session(session.id).cancelled_at is not None
    with pytest.raises(exhibition.SessionIsCancelled):
        museum.bookings.reserve(session.id, "seokwon")


def test_a_bad_session_is_named_by_its_index(museum: exhibition.Engine) -> None:
    with pytest.raises(exhibition.InvalidArgument) as caught:
        museum.catalogue.register_exhibition(
            "Monet", sessions=[NewSession(NINE), NewSession(NINE, NINE)]
        )
    assert (caught.value.field, caught.value.index) == ("ends_at", 1)


def test_sessions_may_come_in_any_sequence(museum: exhibition.Engine) -> None:
    made = museum.catalogue.register_exhibition("Monet", sessions=(NewSession(NINE),) * 2)
    assert len(made.sessions) == 2
    with pytest.raises(TypeError):
        museum.catalogue.register_exhibition("Monet", sessions=[NINE])  # type: ignore[list-item]


def test_a_hold_is_made_extended_and_confirmed(
    museum: exhibition.Engine, session: SessionId
) -> None:
    held = museum.bookings.reserve(session, "seokwon", 2, hold=True).reservation
    assert held.status is ReservationStatus.HELD
    assert held.expires_at == held.created_at + 15 * MINUTE
    assert museum.bookings.extend(held.id, MINUTE).expires_at == held.created_at + 16 * MINUTE
    assert museum.bookings.confirm(held.id).status == "confirmed"
    short = museum.bookings.reserve(session, "seokwon", hold=MINUTE).reservation
    assert short.expires_at == short.created_at + MINUTE
    for hold in (datetime.timedelta(0), -MINUTE, datetime.timedelta.max):
        with pytest.raises(exhibition.InvalidArgument) as caught:
            museum.bookings.reserve(session, "seokwon", hold=hold)
        assert caught.value.field == "hold"
    with pytest.raises(TypeError):
        museum.bookings.reserve(session, "seokwon", hold=300)  # type: ignore[arg-type]


def test_a_reservation_is_cancelled_by_a_member_or_the_organiser(
    museum: exhibition.Engine, session: SessionId
) -> None:
    first = museum.bookings.reserve(session, "seokwon").reservation.id
    second = museum.bookings.reserve(session, "seokwon").reservation.id
    assert museum.bookings.cancel(first).reason == "member"
    assert museum.bookings.cancel(second, by=Canceller.ORGANISER).reason == "organiser"
    assert museum.bookings.cancel(second).reason == "organiser", "it stays so"


def test_a_command_is_applied_once_under_its_key(
    museum: exhibition.Engine, session: SessionId
) -> None:
    first = museum.bookings.reserve(session, "seokwon", idempotency_key="k", actor="desk 3")
    again = museum.bookings.reserve(session, "seokwon", idempotency_key="k", actor="desk 4")
    assert (first.replayed, again.replayed) == (False, True)
    assert again.reservation == first.reservation
    with pytest.raises(exhibition.IdempotencyMismatch):
        museum.bookings.reserve(session, "mina", idempotency_key="k")
    with pytest.raises(exhibition.InvalidArgument) as caught:
        museum.bookings.reserve(session, "seokwon", idempotency_key="k" * 256)
    assert caught.value.field == "idempotency_key"


@pytest.mark.parametrize(
    ("member", "field"), [("", "member"), ("m" * 129, "member"), ("\ud800", "member")]
)
def test_bad_text_is_an_invalid_argument(
    museum: exhibition.Engine, session: SessionId, member: str, field: str
) -> None:
    with pytest.raises(exhibition.InvalidArgument) as caught:
        museum.bookings.reserve(session, member)
    assert caught.value.field == field


def test_text_of_any_language_and_with_a_nul_comes_back(
    museum: exhibition.Engine, session: SessionId
) -> None:
    for member in ("석원", "🎨", "a\0b"):
        made = museum.bookings.reserve(session, member).reservation
        assert museum.bookings.find(made.id).member == member


@pytest.mark.parametrize("number", [2**63, -(2**63) - 1, 2**200])
def test_an_id_that_cannot_be_one_is_an_invalid_argument(
    museum: exhibition.Engine, number: int
) -> None:
    with pytest.raises(exhibition.InvalidArgument) as caught:
        museum.bookings.find(ReservationId(number))
    assert caught.value.field == "reservation"


def test_an_unknown_id_is_a_lookup_error(museum: exhibition.Engine) -> None:
    with pytest.raises(LookupError, match="no such reservation: 7"):
        museum.bookings.find(ReservationId(7))
    with pytest.raises(TypeError):
        museum.bookings.find("7")  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        museum.bookings.find(7.0)  # type: ignore[arg-type]


def test_lists_page_by_themselves(museum: exhibition.Engine) -> None:
    session = register(museum, capacity=None)
    made = [museum.bookings.reserve(session, f"m{i % 3}").reservation for i in range(450)]
    assert list(museum.bookings.list()) == made
    assert list(museum.bookings.list(session=session, status=ReservationStatus.CONFIRMED)) == made
    assert list(museum.bookings.list(after=made[9].id, limit=250)) == made[10:260]
    assert list(museum.bookings.list(limit=0)) == []
    assert list(museum.bookings.list(status=ReservationStatus.CANCELLED)) == []
    museum.events.pump()
    assert len(list(museum.my_page.of("m1"))) == 150
    assert len(list(museum.my_page.list())) == 450
    assert len(list(museum.vouchers.list())) == 450


def test_sessions_are_listed_in_the_order_of_their_start(museum: exhibition.Engine) -> None:
    starts = [NINE + HOUR * i for i in range(300)]
    made = museum.catalogue.register_exhibition(
        "Monet", sessions=[NewSession(start, capacity=1) for start in reversed(starts)]
    )
    sessions = list(museum.catalogue.sessions_of(made.exhibition.id))
    assert [session.times.starts_at for session in sessions] == starts
    cursor = SessionCursor(starts_at=starts[9], id=sessions[9].id)
    assert list(museum.catalogue.sessions_of(made.exhibition.id, after=cursor)) == sessions[10:]
    free = museum.bookings.availabilities(made.exhibition.id, since=starts[3], until=starts[5])
    assert [each.session for each in free] == [session.id for session in sessions[3:5]]
    assert museum.bookings.availability(sessions[0].id).free == 1
    assert next(museum.catalogue.list()).id == made.exhibition.id


def test_a_list_of_an_unknown_exhibition_says_so_when_it_is_iterated(
    museum: exhibition.Engine,
) -> None:
    sessions = museum.catalogue.sessions_of(ExhibitionId(99))
    with pytest.raises(exhibition.NotFound):
        next(sessions)


def test_what_a_session_refuses_is_a_code(museum: exhibition.Engine, session: SessionId) -> None:
    museum.catalogue.close(session)
    assert museum.bookings.availability(session).refuses is ErrorCode.SESSION_CLOSED


def test_a_voucher_lets_in_as_many_as_it_admits(
    museum: exhibition.Engine, session: SessionId
) -> None:
    visit = museum.bookings.reserve(session, "seokwon", 3).reservation
    museum.events.pump()
    (voucher,) = museum.vouchers.of(visit.id)
    typed = voucher.code.lower()
    assert museum.vouchers.redeem(typed, gate="north", count=2).admitted == 2
    with pytest.raises(exhibition.AlreadyRedeemed) as caught:
        museum.vouchers.redeem(typed, count=2)
    assert (caught.value.admits, caught.value.admitted) == (3, 2)
    assert caught.value.last_at is not None
    assert museum.vouchers.undo_redeem(typed).redemptions == []
    assert museum.vouchers.find(typed) == next(museum.vouchers.list())
    with pytest.raises(exhibition.NotFound):
        museum.vouchers.find("X" * 26)


def test_a_museum_is_kept_in_its_file(museum_file: Path) -> None:
    with exhibition.open(museum_file) as museum:
        session = register(museum)
        visit = museum.bookings.reserve(session, "seokwon").reservation
    for path in (str(museum_file), museum_file, os.fspath(museum_file)):
        with exhibition.open(path) as museum:
            assert museum.bookings.find(visit.id) == visit


def test_a_path_of_any_bytes_is_a_path(tmp_path: Path) -> None:
    odd = tmp_path / os.fsdecode(b"mus\xffeum.db")
    exhibition.open(odd).close()
    assert odd.exists()


@pytest.mark.parametrize("path", ["no/such/folder/museum.db", "."])
def test_a_file_that_cannot_be_opened_is_named(path: str, tmp_path: Path) -> None:
    with pytest.raises(exhibition.StorageFailure, match="(?s)" + str(tmp_path / path)) as caught:
        exhibition.open(tmp_path / path)
    assert isinstance(caught.value, OSError)


def test_a_file_of_something_else_is_left_alone(museum_file: Path) -> None:
    museum_file.write_text("a list of paintings")
    with pytest.raises(exhibition.StorageFailure, match="not a database"):
        exhibition.open(museum_file)
    assert museum_file.read_text() == "a list of paintings"


def test_a_closed_engine_says_so(museum: exhibition.Engine, session: SessionId) -> None:
    reservations = museum.bookings.list()
    museum.close()
    museum.close()
    with pytest.raises(exhibition.Closed):
        museum.bookings.reserve(session, "seokwon")
    with pytest.raises(exhibition.Closed):
        next(reservations)


def test_an_engine_is_not_pickled(museum: exhibition.Engine) -> None:
    import pickle

    with pytest.raises(TypeError, match="cannot be pickled"):
        pickle.dumps(museum)


def test_sixteen_threads_never_sell_a_place_twice(museum_file: Path) -> None:
    with exhibition.open(museum_file) as museum:
        session = register(museum, capacity=25)
        sold: list[ReservationId] = []
        refused: list[exhibition.SoldOut] = []
        start = threading.Barrier(16)

        def fight(member: str) -> None:
            start.wait()
            for _ in range(4):
                try:
                    sold.append(museum.bookings.reserve(session, member).reservation.id)
                except exhibition.SoldOut as no:
                    refused.append(no)

        threads = [threading.Thread(target=fight, args=(f"m{i}",)) for i in range(16)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(set(sold)) == 25
        assert len(refused) == 16 * 4 - 25
        assert museum.bookings.availability(session).free == 0


def test_an_empty_key_protects_from_nothing_and_is_refused(museum: exhibition.Engine) -> None:
    session = register(museum)
    with pytest.raises(exhibition.InvalidArgument, match="idempotency_key: must not be empty"):
        museum.bookings.reserve(session, "seokwon", idempotency_key="")
