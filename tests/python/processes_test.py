"""Engines that end: collected, at the interpreter's exit, and in forked children."""

from __future__ import annotations

import asyncio
import datetime
import gc
import os
import signal
import subprocess
import sys
import textwrap
import threading
import traceback
import warnings
import weakref
from collections.abc import Callable
from pathlib import Path

import exhibition
import pytest
from support import register
from exhibition import Delivery

LONG = 60
SECOND = datetime.timedelta(seconds=1)
LASTS_LONG = os.environ.get("EXHIBITION_EFFORT") == "long"


def run(
    program: str, *arguments: object, timeout: int = LONG
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program), *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=timeout,
    )


def in_a_child(call: Callable[[], None]) -> None:
    """Runs it in a forked child, which has to end well."""
    assert end_of(fork(call)) == 0


def fork(call: Callable[[], None]) -> int:
    """A child that runs it and ends; killed when it hangs."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of forking with threads
        child = os.fork()
    if child != 0:
        return child
    signal.alarm(LONG)
    try:
        call()
        os._exit(0)
    except BaseException:
        traceback.print_exc()
        os._exit(1)


def end_of(child: int) -> int:
    return os.waitpid(child, 0)[1]


def test_an_engine_that_nobody_has_any_more_is_closed(museum_file: Path) -> None:
    museum = exhibition.open(museum_file)
    register(museum)
    del museum
    assert not museum_file.with_name("museum.db-wal").exists(), "as after a close"


def test_an_engine_is_collected_with_handlers_that_know_it(museum_file: Path) -> None:
    museum = exhibition.open(museum_file)

    @museum.events.follow("mailer")
    def send(delivery: Delivery) -> None:
        museum.bookings.list()

    museum.events.on()(lambda event: museum.close())
    museum.events.start()
    gone = weakref.ref(museum)
    del museum, send
    gc.collect()
    assert gone() is None
    assert not museum_file.with_name("museum.db-wal").exists()


def test_an_engine_may_be_let_go_of_by_its_own_handler() -> None:
    ended = run("""
        import datetime, exhibition, gc
        museum = exhibition.open(":memory:")

        @museum.events.follow("last")
        def let_go(delivery):
            global museum
            museum = None
            gc.collect()

        museum.catalogue.register_exhibition("Monet")
        museum.events.start()
        while museum is not None:
            pass
        del let_go
        gc.collect()
        print("well")
    """)
    assert (ended.returncode, ended.stdout) == (0, "well\n"), ended.stderr


@pytest.mark.parametrize("closes", [True, False])
def test_the_interpreter_ends_with_a_worker_at_work(museum_file: Path, closes: bool) -> None:
    ended = run(
        """
        import exhibition, sys, time
        museum = exhibition.open(sys.argv[1])

        @museum.events.follow("slow")
        def slow(delivery):
            time.sleep(0.01)

        for i in range(20):
            museum.catalogue.register_exhibition("Monet")
        museum.events.start()
        time.sleep(0.03)
        if sys.argv[2] == "True":
            museum.close()
        """,
        museum_file,
        closes,
    )
    assert (ended.returncode, ended.stderr) == (0, "")


def test_a_forked_child_cannot_use_an_engine_and_opens_its_own(museum_file: Path) -> None:
    with exhibition.open(museum_file) as museum:
        session = register(museum)
        visit = museum.bookings.reserve(session, "seokwon").reservation
        reservations = museum.bookings.list()

        def child() -> None:
            for call in (
                lambda: museum.bookings.reserve(session, "child"),
                lambda: museum.events.pump(),
                lambda: museum.close(),
                lambda: next(reservations),
            ):
                with pytest.raises(exhibition.OpenedInAnotherProcess):
                    call()

        in_a_child(child)
        assert list(museum.bookings.list()) == [visit]


def test_a_forked_child_may_leave_the_block_of_its_parent(museum_file: Path) -> None:
    with exhibition.open(museum_file) as museum:
        session = register(museum)
        child_process = os.fork()
        if child_process == 0:
            status = 1
            try:
                with museum:
                    status = 0
            finally:
                os._exit(status)
        assert os.waitstatus_to_exitcode(os.waitpid(child_process, 0)[1]) == 0
        museum.bookings.reserve(session, "seokwon")


def test_a_forked_child_may_drop_an_engine(museum_file: Path) -> None:
    museums = [exhibition.open(museum_file)]
    session = register(museums[0])
    seen: list[object] = []
    places = [museums[0].events.subscribe(seen.append)]

    def child() -> None:
        places.clear()
        museums.clear()
        gc.collect()

    in_a_child(child)
    museums[0].bookings.reserve(session, "seokwon")
    museums[0].events.pump()
    assert len(seen) == 2, "confirmed, and its voucher"
    museums[0].close()


def test_a_forked_child_opens_what_its_parent_has_open_and_both_go_on(museum_file: Path) -> None:
    with exhibition.open(museum_file) as museum:
        session = register(museum)

        def child() -> None:
            with exhibition.open(museum_file) as own:
                own.bookings.reserve(session, "child")
                own.events.pump()

        in_a_child(child)
        museum.bookings.reserve(session, "parent")
        museum.events.pump()
        assert museum.audit() == []
        assert {visit.member for visit in museum.bookings.list()} == {"child", "parent"}


def test_children_of_a_busy_parent_never_hang_nor_oversell(museum_file: Path) -> None:
    children, places = (400, 250) if LASTS_LONG else (40, 25)
    with exhibition.open(museum_file) as museum:
        session = register(museum, places)
        busy = register(museum, None)
        museum.events.start()
        is_over = threading.Event()

        def book() -> None:
            while not is_over.is_set():
                museum.bookings.reserve(busy, "parent")

        def child() -> None:
            with exhibition.open(museum_file, lock_timeout=LONG * SECOND) as own:
                try:
                    own.bookings.reserve(session, "child")
                except exhibition.SoldOut:
                    pass

        threads = [threading.Thread(target=book) for _ in range(3)]
        for thread in threads:
            thread.start()
        ends = [end_of(fork(child)) for _ in range(children)]
        is_over.set()
        for thread in threads:
            thread.join()
        assert ends == [0] * children
        assert museum.bookings.availability(session).free == 0
        assert len(list(museum.bookings.list(session=session))) == places
        assert museum.audit() == []


LIFE = """
    import datetime, exhibition, os, random, signal, sys, threading, warnings

    warnings.simplefilter("ignore", DeprecationWarning)  # of forking with threads
    file, seed, rounds = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    chance = random.Random(seed)
    soon = datetime.timedelta(milliseconds=50)
    signal.alarm(LONG)
    for round in range(rounds):
        museum = exhibition.open(file)
        session = museum.catalogue.register_exhibition(
            "Monet", sessions=[exhibition.NewSession(datetime.datetime.max.replace(
                year=9000, tzinfo=datetime.timezone.utc))]).sessions[0]

        @museum.events.follow("looker", start="now")
        def look(delivery, museum=museum):
            museum.bookings.list()

        museum.events.on()(lambda event, museum=museum: museum.stats())

        def book(museum=museum, session=session):
            try:
                while True:
                    museum.bookings.reserve(session, "seokwon")
            except exhibition.Closed:
                pass

        museum.events.start()
        threads = [threading.Thread(target=book, daemon=True) for _ in range(2)]
        for thread in threads:
            thread.start()
        for act in chance.choices(["start", "stop", "pump", "fork", "drop", "wait"], k=4):
            if act == "start":
                museum.events.start()
            elif act == "stop":
                museum.events.stop(soon)
            elif act == "pump":
                museum.events.pump(max_time=soon)
            elif act == "wait":
                museum.events.wait_for("looker", soon)
            elif act == "drop":
                museum.events.subscribe(lambda event: None).close()
            else:
                child = os.fork()
                if child == 0:
                    signal.alarm(LONG)
                    own = exhibition.open(file)
                    own.events.start()
                    own.bookings.reserve(session, "child")
                    if chance.random() < 0.5:
                        own.close()
                    sys.exit()  # as interpreters end
                assert os.waitpid(child, 0)[1] == 0, (seed, round)
        if round + 1 < rounds and chance.random() < 0.9:
            museum.close()
            for thread in threads:
                thread.join()
    print("well")
""".replace("LONG", str(20 * LONG))


@pytest.mark.parametrize("time", range(20 if LASTS_LONG else 4))
def test_the_interpreter_ends_while_other_threads_are_in_an_engine(time: int) -> None:
    ended = run("""
        import datetime, exhibition, threading

        museum = exhibition.open(":memory:")
        session = museum.catalogue.register_exhibition("Monet", sessions=[exhibition.NewSession(
            datetime.datetime(2999, 1, 1, tzinfo=datetime.timezone.utc))]).sessions[0]

        def book():
            while True:
                try:
                    museum.bookings.reserve(session, "seokwon")
                except exhibition.Closed:
                    pass

        for _ in range(8):
            threading.Thread(target=book, daemon=True).start()
    """)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", "")


@pytest.mark.parametrize("seed", range(10 if LASTS_LONG else 1))
def test_nobody_waits_for_ever_who_starts_stops_closes_forks_and_exits(
    museum_file: Path, seed: int
) -> None:
    rounds = 100 if LASTS_LONG else 15
    ended = run(LIFE, museum_file, seed, rounds, timeout=20 * LONG)
    assert (ended.returncode, ended.stdout) == (0, "well\n"), ended.stderr
    with exhibition.open(museum_file) as museum:
        assert museum.audit() == []


def test_a_forked_child_cannot_await_an_engine_and_opens_its_own(museum_file: Path) -> None:
    async def opened() -> exhibition.aio.Engine:
        return await exhibition.aio.open(museum_file)

    museum = asyncio.run(opened())

    async def use() -> None:
        for call in (museum.stats, museum.events.pump, museum.close):
            with pytest.raises(exhibition.OpenedInAnotherProcess):
                await call()
        with pytest.raises(exhibition.OpenedInAnotherProcess):
            async for _ in museum.events.stream():
                pass
        async with exhibition.aio.open(museum_file) as own:
            await own.catalogue.register_exhibition("Monet")

    in_a_child(lambda: asyncio.run(use()))
    asyncio.run(museum.close())


WAITING = """
import datetime, os, signal, sys, threading
import exhibition

with exhibition.open(":memory:") as museum:
    threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT)).start()
    try:
        museum.events.wait_beyond(museum.events.head(), datetime.timedelta(minutes=10))
    except KeyboardInterrupt:
        sys.exit(0)
sys.exit(1)
"""


def test_ctrl_c_ends_a_wait_for_the_log() -> None:
    waiting = subprocess.run([sys.executable, "-c", WAITING], timeout=120, check=False)
    assert waiting.returncode == 0
