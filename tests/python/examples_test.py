"""Examples say what they are known to say."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import Message
from pathlib import Path
from typing import Any

import exhibition

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


def run(folder: Path, name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-W", "error", EXAMPLES / f"{name}.py", *arguments],
        cwd=folder,
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONUTF8": "1"},
    )


def test_the_readme_says_what_its_twin_in_cpp_says(tmp_path: Path) -> None:
    ended = run(tmp_path, "readme")
    assert (ended.stdout, ended.stderr) == ((EXAMPLES / "readme.expected").read_text(), "")


def test_the_quickstart_says_what_its_twin_in_cpp_says_to_the_letter(tmp_path: Path) -> None:
    for expected in ("quickstart.expected", "quickstart-second.expected"):
        ended = run(tmp_path, "quickstart", "--now", "2026-09-01T08:00:00+00:00", "--seed", "7")
        assert ended.stderr == ""
        assert ended.stdout == (EXAMPLES / expected).read_text(encoding="utf-8")


def test_the_quickstart_runs_on_any_day_and_names_what_it_cannot_open(tmp_path: Path) -> None:
    for day in ("2024-02-28T23:59:59.999+00:00", "2031-12-31T20:30:00+09:00"):
        assert run(tmp_path, "quickstart", "--now", day).returncode == 0
    ended = run(tmp_path, "quickstart", "--database", "missing/museum.db")
    assert ended.returncode == 1
    assert "missing/museum.db" in ended.stderr and "Traceback" not in ended.stderr


def test_the_tour_says_what_it_is_known_to_say(tmp_path: Path) -> None:
    ended = run(tmp_path, "tour")
    assert (ended.stdout, ended.stderr) == ((EXAMPLES / "tour.expected").read_text(), "")


@contextmanager
def web_service(folder: Path) -> Iterator[str]:
    """The web service of docs/python.md, and where it is."""
    command = [sys.executable, "-m", "uvicorn", "fastapi_app:app", "--app-dir", str(EXAMPLES)]
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    with subprocess.Popen(
        [*command, "--port", "0"], cwd=folder, stderr=subprocess.PIPE, text=True, env=environment
    ) as server:
        try:
            assert server.stderr is not None
            said = ""
            while (found := re.search(r"running on (http://\S+)", said)) is None:
                line = server.stderr.readline()
                assert line, said
                said += line
            yield found[1]
        finally:
            server.send_signal(signal.SIGINT)
            _, rest = server.communicate()
    assert "Application shutdown complete" in rest, rest


def ask(method: str, url: str, **headers: str) -> tuple[int, Any, Message]:
    request = urllib.request.Request(url, method=method, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=100) as answer:
            return answer.status, json.load(answer), answer.headers
    except urllib.error.HTTPError as no:
        with no:
            return no.code, json.load(no), no.headers


def test_the_web_service_takes_reservations(tmp_path: Path) -> None:
    with web_service(tmp_path) as museum:
        query = "title=Monet&starts_at=2030-09-01T09:00:00%2B09:00&capacity=2"
        status, (session,), _ = ask("POST", f"{museum}/exhibitions?{query}")
        assert status == 201
        reserve = f"{museum}/sessions/{session}/reservations?member=seokwon&places=2"
        first = ask("POST", reserve, **{"Idempotency-Key": "k"})
        again = ask("POST", reserve, **{"Idempotency-Key": "k"})
        assert (first[0], first[1]["replayed"], again[1]["replayed"]) == (201, False, True)
        assert again[1]["reservation"] == first[1]["reservation"]
        assert first[1]["reservation"]["status"] == "confirmed"

        assert ask("POST", reserve)[:2] == (
            409,
            {"code": "sold_out", "why": "sold out: 2 requested, 0 free"},
        )
        assert ask("POST", reserve.replace(f"/{session}/", "/4711/"))[0] == 404
        assert ask("POST", reserve.replace("seokwon", ""))[1]["code"] == "invalid_argument"
        naive = query.replace("%2B09:00", "")
        assert ask("POST", f"{museum}/exhibitions?{naive}")[0] == 422

        deadline = time.monotonic() + 100
        page: list[dict[str, Any]] = []
        while not page or not page[0]["voucher_code"]:
            assert time.monotonic() < deadline, page
            page = ask("GET", f"{museum}/members/seokwon")[1]
        assert (page[0]["title"], page[0]["voucher_status"]) == ("Monet", "active")
    with exhibition.open(tmp_path / "museum.db") as closed:
        assert closed.audit() == []
