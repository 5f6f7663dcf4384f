"""Engines that end: collected, at the interpreter's exit, and in forked children."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import textwrap
import warnings
import weakref
from collections.abc import Callable
from pathlib import Path

import exhibition
import pytest
from support import register
from exhibition import Delivery

LONG = 60


def run(program: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program), *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=LONG,
    )


def in_a_child(call: Callable[[], None]) -> None:
    """Runs it in a forked child, which has to end well."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of forking with threads
        child = os.fork()
    if child == 0:
        try:
            call()
            os._exit(0)
        except BaseException:
            import traceback

            traceback.print_exc()
            os._exit(1)
    assert os.waitpid(child, 0)[1] == 0


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


def test_a_forked_child_may_drop_an_engine(museum_file: Path) -> None:
    museums = [exhibition.open(museum_file)]
    session = register(museums[0])

    def child() -> None:
        museums.clear()
        gc.collect()

    in_a_child(child)
    museums[0].bookings.reserve(session, "seokwon")
    museums[0].close()
