"""What the tests of the Python package share. They run outside the tree, against the package that
run.py has just installed, and against no other one."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import exhibition
from support import register

def pytest_configure() -> None:
    venv = os.environ.get("EXHIBITION_VENV")
    if venv is None:
        pytest.exit("run these tests with tests/python/run.py", returncode=2)
    assert Path(sys.prefix) == Path(venv), f"{sys.prefix} is not {venv}"
    module = Path(exhibition._core.__file__)
    assert Path(venv) in module.parents, f"{module} is not the one that was installed"


@pytest.fixture
def museum() -> Iterator[exhibition.Engine]:
    """A museum in memory."""
    with exhibition.open(":memory:") as engine:
        yield engine


@pytest.fixture
def session(museum: exhibition.Engine) -> exhibition.SessionId:
    """A session of it with four places."""
    return register(museum)


@pytest.fixture
def museum_file(tmp_path: Path) -> Path:
    return tmp_path / "museum.db"
