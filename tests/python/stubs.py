"""Makes exhibition/_core.pyi of the module that is installed.

    <the environment that run.py has made>/bin/python tests/python/stubs.py

writes it into the tree; stubs_test.py compares the two.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from pathlib import Path

STUB = Path(__file__).resolve().parents[2] / "bindings/python/exhibition/_core.pyi"


def make_stub() -> str:
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "pybind11_stubgen", "exhibition._core", "-o", folder]
        subprocess.run([*command, "--exit-code"], check=True, cwd=folder)
        text = Path(folder, "exhibition", "_core.pyi").read_text()
    return import_by_name(text)


def import_by_name(text: str) -> str:
    """Many classes have a property ``exhibition``, which hides the package of that name."""
    used: dict[str, set[str]] = {}
    for module, name in re.findall(r"exhibition\.(_ids|_enums|_errors)\.(\w+)", text):
        used.setdefault(module, set()).add(name)
    for module, names in used.items():
        text = text.replace(f"exhibition.{module}.", "")
        imports = f"from exhibition.{module} import {', '.join(sorted(names))}"
        text = text.replace(f"import exhibition.{module}", imports)
    return text


if __name__ == "__main__":
    STUB.write_text(make_stub())
