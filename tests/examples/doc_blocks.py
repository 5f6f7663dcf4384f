"""Checks that what the documentation shows is what was compiled: doc_blocks.py <project folder>

A code block says where it is from in the line before it, <!-- from examples/readme.cpp -->, and is
found there word for word, whatever its indentation. Blocks of C++, Python and CMake have to say so.
"""

import re
import sys
from pathlib import Path

FENCE = re.compile(r"^( *)```(\w*)\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)
ORIGIN = re.compile(r"<!-- from (\S+) -->\n+ *\Z")
MUST_HAVE_ORIGIN = {"cpp", "cmake", "python"}


def pages(root):
    return [*sorted(root.glob("*.md")), *sorted((root / "docs").rglob("*.md"))]


def dedent(lines):
    filled = [line for line in lines if line.strip()]
    margin = min((len(line) - len(line.lstrip()) for line in filled), default=0)
    return [line[margin:] if line.strip() else "" for line in lines]


def contains(text, block):
    lines, wanted = text.splitlines(), dedent(block.splitlines())
    starts = range(len(lines) - len(wanted) + 1)
    return any(dedent(lines[at : at + len(wanted)]) == wanted for at in starts)


def check(root):
    """Every block that is not where it says, as 'file:line: reason'."""
    found = []
    for page in pages(root):
        text = page.read_text(encoding="utf-8")
        for fence in FENCE.finditer(text):
            origin = ORIGIN.search(text[: fence.start()])
            line = text.count("\n", 0, fence.start()) + 1
            where = f"{page.relative_to(root)}:{line}"
            if not origin:
                if fence[2] in MUST_HAVE_ORIGIN:
                    found.append(f"{where}: does not say where it is from")
            elif not (root / origin[1]).is_file():
                found.append(f"{where}: there is no {origin[1]}")
            elif not contains((root / origin[1]).read_text(encoding="utf-8"), fence[3]):
                found.append(f"{where}: is not in {origin[1]}")
    return found


if __name__ == "__main__":
    problems = check(Path(sys.argv[1]).resolve())
    print("\n".join(problems) or "every block is where it says")
    sys.exit(bool(problems))
