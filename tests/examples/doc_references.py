"""Checks that what the documentation speaks of is there: doc_references.py <project folder>

- links to files of the project, and the tests that a page names
- docs/errors.md has every code, and no other, and every field that may be refused
- docs/adr/index.md has every decision
- README.ko.md has the blocks, the links and the tests of README.md
"""

import re
import sys
from pathlib import Path

from doc_blocks import FENCE, pages

LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
TEST_NAMED = re.compile(r"`([A-Z]\w+\.[A-Z]\w+)`")
TEST_MADE = re.compile(r"^\s*(?:TYPED_)?TEST(?:_[FP])?\(\s*(\w+),\s*(\w+)\)", re.MULTILINE)
CODE = re.compile(r"case Errc::(\w+):")
FIELD = re.compile(r'InvalidArgument\{"(\w+)"')
HEADING = re.compile(r"^#+ `(\w+)`", re.MULTILINE)


def tests_of(root):
    files = [*(root / "tests").rglob("*.[ch]pp"),
             *(root / "include/exhibition/testing").rglob("*.hpp")]
    texts = [path.read_text(encoding="utf-8") for path in files]
    return {f"{suite}.{name}"
            for text in texts for suite, name in TEST_MADE.findall(text)}


def check_pages(root):
    tests = tests_of(root)
    for page in pages(root):
        text = page.read_text(encoding="utf-8")
        name = page.relative_to(root)
        for target in LINK.findall(FENCE.sub("", text)):
            if "://" not in target and not (page.parent / target).exists():
                yield f"{name}: there is no {target}"
        for test in TEST_NAMED.findall(text):
            if test not in tests:
                yield f"{name}: there is no test {test}"


def check_errors(root):
    words = (root / "include/exhibition/core/error_text.hpp").read_text(encoding="utf-8")
    page = (root / "docs/errors.md").read_text(encoding="utf-8")
    described = HEADING.findall(page)
    codes = CODE.findall(words)
    yield from (f"docs/errors.md: lacks {code}" for code in codes if code not in described)
    yield from (f"docs/errors.md: there is no code {code}" for code in described if code not in codes)
    rows = set(re.findall(r"\w+", " ".join(re.findall(r"^\| ([^|]+) \|", page, re.MULTILINE))))
    for path in [*(root / "include").rglob("*.hpp"), *(root / "src").rglob("*.[ch]pp")]:
        fields = set(FIELD.findall(path.read_text(encoding="utf-8")))
        yield from (f"docs/errors.md: lacks the field {field}" for field in sorted(fields - rows))


def check_decisions(root):
    index = (root / "docs/adr/index.md").read_text(encoding="utf-8")
    for page in sorted((root / "docs/adr").glob("0*.md")):
        if f"({page.name})" not in index:
            yield f"docs/adr/index.md: lacks {page.name}"


def check_translation(root):
    english, korean = ((root / name).read_text(encoding="utf-8")
                       for name in ("README.md", "README.ko.md"))
    for what, of in (("blocks", lambda text: [block[3] for block in FENCE.finditer(text)]),
                     ("links", lambda text: set(LINK.findall(text)) - {"README.md", "README.ko.md"}),
                     ("tests", lambda text: set(TEST_NAMED.findall(text)))):
        if of(english) != of(korean):
            yield f"README.ko.md: its {what} are not those of README.md"


if __name__ == "__main__":
    project = Path(sys.argv[1]).resolve()
    problems = [problem for check in (check_pages, check_errors, check_decisions, check_translation)
                for problem in check(project)]
    print("\n".join(problems) or "everything is there")
    sys.exit(bool(problems))
