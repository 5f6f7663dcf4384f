"""The desk that takes reservations as one would write it by hand: with the standard library's sqlite3,
and with SQLAlchemy. Both promise what the library's desk does of a confirmed reservation."""

from __future__ import annotations

import datetime
import json
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import CheckConstraint, Connection, Engine, ForeignKey, Index
from sqlalchemy import create_engine, event, func, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

DAY = datetime.timedelta(days=1)
MILLISECOND = datetime.timedelta(milliseconds=1)

PRAGMAS = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "secure_delete": 0,
           "busy_timeout": 10_000}
"""As the library has them; 2 is FULL: what is committed survives a power cut."""


class Broken(Exception):
    """One of those that are measured does not keep its word."""


class Refused(Exception):
    """The "no" of those that are written by hand."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Booked(NamedTuple):
    """What is answered by those that are written by hand."""

    id: int
    session: int
    member: str
    places: int
    status: str


class Books(NamedTuple):
    """What should be one number."""

    reservations: int
    taken: int
    events: int


class Museum(NamedTuple):
    """What is measured, and how it is looked into."""

    reserve: Callable[..., object]
    """Takes a place: (member, idempotency_key=key)."""
    books: Callable[[], Books]


def milliseconds() -> int:
    return time.time_ns() // 1_000_000


def check_sale(exhibition: str, session: str, starts_at: int, free: int, places: int) -> None:
    """Raises Refused unless so many places can be sold now, by the states of both."""
    if exhibition != "open":
        raise Refused("exhibition_not_open")
    if session != "open":
        raise Refused("session_closed")
    if milliseconds() >= starts_at:
        raise Refused("session_over")
    if not 1 <= places <= 10:
        raise Refused("party_too_large")
    if places > free:
        raise Refused("sold_out")


def payload(booked: Booked, title: str, starts_at: int) -> str:
    """What is told of a reservation in its event."""
    return json.dumps({**booked._asdict(), "title": title, "starts_at": starts_at})


class Base(DeclarativeBase):
    """The tables of both that are written by hand."""


class ExhibitionRow(Base):
    __tablename__ = "exhibition"
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    status: Mapped[str]


class SessionRow(Base):
    __tablename__ = "session"
    id: Mapped[int] = mapped_column(primary_key=True)
    exhibition: Mapped[int] = mapped_column(ForeignKey("exhibition.id"))
    starts_at: Mapped[int]
    capacity: Mapped[int]
    taken: Mapped[int]
    status: Mapped[str]


class ReservationRow(Base):
    __tablename__ = "reservation"
    __table_args__ = (Index("reservation_by_session", "session", "id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    session: Mapped[int] = mapped_column(ForeignKey("session.id"))
    member: Mapped[str]
    places: Mapped[int] = mapped_column(CheckConstraint("places > 0"))
    status: Mapped[str]
    created_at: Mapped[int]

    def booked(self) -> Booked:
        return Booked(self.id, self.session, self.member, self.places, self.status)


class RequestRow(Base):
    __tablename__ = "request"
    __table_args__ = {"sqlite_with_rowid": False}
    key: Mapped[str] = mapped_column(primary_key=True)
    asked: Mapped[str]
    reservation: Mapped[int] = mapped_column(ForeignKey("reservation.id"))
    applied_at: Mapped[int]


class EventRow(Base):
    __tablename__ = "event_log"
    __table_args__ = {"sqlite_autoincrement": True}
    position: Mapped[int] = mapped_column(primary_key=True)
    type: Mapped[str]
    reservation: Mapped[int] = mapped_column(ForeignKey("reservation.id"))
    occurred_at: Mapped[int]
    payload: Mapped[str]


class ByHand:
    """A desk as it is written with the standard library."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def reserve(
        self, session: int, member: str, places: int = 1, *, idempotency_key: str
    ) -> Booked:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            booked = self._reserve(session, member, places, idempotency_key)
            self._connection.execute("COMMIT")
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        return booked

    def _reserve(self, session: int, member: str, places: int, key: str) -> Booked:
        run = self._connection.execute
        asked = f"{session} {places} {member}"
        known = run("SELECT asked, reservation FROM request WHERE key = ?", (key,)).fetchone()
        if known is not None:
            if known[0] != asked:
                raise Refused("idempotency_mismatch")
            found = run(
                "SELECT id, session, member, places, status FROM reservation WHERE id = ?",
                known[1:],
            )
            return Booked(*found.fetchone())
        shown = run(
            "SELECT e.status, s.status, s.starts_at, s.capacity - s.taken, e.title"
            " FROM session AS s JOIN exhibition AS e ON e.id = s.exhibition WHERE s.id = ?",
            (session,),
        ).fetchone()
        if shown is None:
            raise Refused("not_found")
        exhibition_status, session_status, starts_at, free, title = shown
        check_sale(exhibition_status, session_status, starts_at, free, places)
        now = milliseconds()
        made = run(
            "INSERT INTO reservation(session, member, places, status, created_at)"
            " VALUES(?, ?, ?, 'confirmed', ?) RETURNING id",
            (session, member, places, now),
        )
        booked = Booked(made.fetchall()[0][0], session, member, places, "confirmed")
        run("UPDATE session SET taken = taken + ? WHERE id = ?", (places, session))
        run(
            "INSERT INTO event_log(type, reservation, occurred_at, payload)"
            " VALUES('ReservationConfirmed', ?, ?, ?)",
            (booked.id, now, payload(booked, title, starts_at)),
        )
        run("INSERT INTO request VALUES(?, ?, ?, ?)", (key, asked, booked.id, now))
        return booked


class Mapper:
    """The same desk as it is written with SQLAlchemy's mapped classes."""

    def __init__(self, sessions: sessionmaker[Session]) -> None:
        self._sessions = sessions

    def reserve(
        self, session: int, member: str, places: int = 1, *, idempotency_key: str
    ) -> Booked:
        asked = f"{session} {places} {member}"
        with self._sessions.begin() as unit:
            known = unit.get(RequestRow, idempotency_key)
            if known is not None:
                if known.asked != asked:
                    raise Refused("idempotency_mismatch")
                made_then = select(ReservationRow).where(ReservationRow.id == known.reservation)
                return unit.scalars(made_then).one().booked()
            shown = unit.execute(
                select(SessionRow, ExhibitionRow)
                .join(ExhibitionRow, ExhibitionRow.id == SessionRow.exhibition)
                .where(SessionRow.id == session)
            ).one_or_none()
            if shown is None:
                raise Refused("not_found")
            sold, of = shown
            check_sale(of.status, sold.status, sold.starts_at, sold.capacity - sold.taken, places)
            now = milliseconds()
            made = ReservationRow(
                session=session, member=member, places=places, status="confirmed", created_at=now
            )
            unit.add(made)
            sold.taken += places
            unit.flush()
            booked = made.booked()
            event_of = {"reservation": booked.id, "type": "ReservationConfirmed"}
            told = payload(booked, of.title, sold.starts_at)
            unit.add(EventRow(**event_of, occurred_at=now, payload=told))
            key_of = {"reservation": booked.id, "key": idempotency_key}
            unit.add(RequestRow(**key_of, asked=asked, applied_at=now))
        return booked


@contextmanager
def new_file(places: int, file: Path) -> Iterator[Engine]:
    """A file with the tables of those that are written by hand, and a session in it."""
    engine = create_engine(f"sqlite:///{file}")

    @event.listens_for(engine, "connect")
    def connect(connection: sqlite3.Connection, record: object) -> None:
        prepare(connection)

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    try:
        Base.metadata.create_all(engine)
        with Session(engine) as unit, unit.begin():
            unit.add(ExhibitionRow(id=1, title="Monet", status="open"))
            unit.flush()
            at = milliseconds() + DAY // MILLISECOND
            session = SessionRow(id=1, exhibition=1, starts_at=at, capacity=places, taken=0)
            session.status = "open"
            unit.add(session)
        yield engine
    finally:
        engine.dispose()


def prepare(connection: sqlite3.Connection) -> None:
    """Makes a connection as durable and as strict as the library's, or raises Broken."""
    connection.isolation_level = None  # BEGIN is said by hand
    for name, value in PRAGMAS.items():
        connection.execute(f"PRAGMA {name} = {value}")
        (found,) = connection.execute(f"PRAGMA {name}").fetchone()
        if found != value:
            raise Broken(f"{name} is {found}, not {value}")


def count(engine: Engine) -> Books:
    """What is in the tables of those that are written by hand."""
    with Session(engine) as unit:
        return Books(
            unit.scalar(select(func.count()).select_from(ReservationRow)) or 0,
            unit.scalar(select(SessionRow.taken)) or 0,
            unit.scalar(select(func.count()).select_from(EventRow)) or 0,
        )


@contextmanager
def by_hand(places: int, file: Path) -> Iterator[Museum]:
    """The standard library's sqlite3."""
    with new_file(places, file) as engine, closing(sqlite3.connect(file)) as connection:
        prepare(connection)
        yield Museum(partial(ByHand(connection).reserve, 1), partial(count, engine))


@contextmanager
def mapped(places: int, file: Path) -> Iterator[Museum]:
    """SQLAlchemy's mapped classes."""
    with new_file(places, file) as engine:
        desk = Mapper(sessionmaker(engine, expire_on_commit=False))
        yield Museum(partial(desk.reserve, 1), partial(count, engine))
