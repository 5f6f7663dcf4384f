"""Checks that includes only point inwards: include_rules.py <project folder>

The table below is the architecture (docs/architecture.md). Everything the project may include is
in it; whatever is not, is a violation.
"""

import re
import sys
from pathlib import Path

PUBLIC = "public"  # every header under include/exhibition, the testing ones too

# layer: the layers it may include, itself aside
LAYERS = {
    "core": set(),
    "domain": {"core"},
    "ports": {"domain", "core"},
    "resilience": {"core"},
    "application": {"ports", "resilience", "domain", "core"},
    "codec": {"domain", "core"},
    "adapters/*": {"ports", "codec", "domain", "core"},
    "engine": {"application", "codec", "ports", "resilience", "domain", "core",
               "adapters/memory", "adapters/signals"},
    "testing": {PUBLIC},
    "outside": {PUBLIC},  # bindings, examples, tests, benchmarks
    "inside": {PUBLIC},  # tests of private parts
}

# A private header is its own layer's, but for these.
PRIVATE = {
    "engine": {"application"},  # it composes the desks
    "inside": {"application", "codec", "adapters/sqlite", "outside"},
}

# third-party header: where it may be included
THIRD_PARTY = {
    r"boost/": r"src/adapters/signals/.*\.cpp",
    r"nlohmann/": r"src/codec/.*",
    r"sqlite3\.h": r"src/adapters/sqlite/.*",
    r"gtest/": r"include/exhibition/testing/.*",
    r"(sys/\w+|unistd|fcntl|pthread)\.h": r"src/adapters/.*\.cpp",  # the operating system's
}

STANDARD = re.compile(r"[a-z_0-9]+")  # <vector>; a name with a dot or a slash is someone else's
INCLUDE = re.compile(r'^\s*#\s*include\s*[<"]([^>"]+)[>"]')


def layer_of(path):
    """The layer a file of the project belongs to, from its place in the tree."""
    parts = path.parts
    if parts[0] == "src":
        inner = parts[1:]
    elif parts[:2] == ("include", "exhibition"):
        inner = parts[2:]
    else:
        return "inside" if parts[:2] == ("tests", "inside") else "outside"
    if inner[0] == "adapters":
        return f"adapters/{inner[1].removesuffix('.hpp')}"
    if inner == ("version.hpp",):
        return "core"
    if len(inner) == 1:  # engine.hpp, engine.cpp and the umbrella
        return "engine"
    return inner[0]


def may_include(layer, other, public):
    if layer == other:
        return True
    if not public:
        return other in PRIVATE.get(layer, set())
    allowed = LAYERS["adapters/*" if layer.startswith("adapters/") else layer]
    return other in allowed or PUBLIC in allowed


def resolve(root, includer, name):
    """The file of the project that an include means, or None."""
    for folder in (includer.parent, Path("include"), Path("src"), Path("tests")):
        if (root / folder / name).is_file():
            return (root / folder / name).resolve().relative_to(root)
    return None


def violation(root, includer, name):
    """Why this file may not include that name, or None."""
    layer = layer_of(includer)
    target = resolve(root, includer, name)
    if target:
        other, public = layer_of(target), target.parts[0] == "include"
        if may_include(layer, other, public):
            return None
        return f"{layer} may not include {'' if public else 'the private headers of '}{other}"
    if STANDARD.fullmatch(name) or layer in ("outside", "inside"):
        return None
    for pattern, place in THIRD_PARTY.items():
        if re.match(pattern, name):
            if re.fullmatch(place, includer.as_posix()):
                return None
            return f"{name} belongs in {place}"
    return f"{name} is neither ours nor the standard library's"


def check(root):
    """Every violation under root, as 'file:line: reason'."""
    root = Path(root).resolve()
    found = []
    for top in ("include", "src", "bindings", "examples", "tests", "benchmarks"):
        for path in sorted((root / top).rglob("*.[ch]pp")):
            includer = path.relative_to(root)
            for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
                include = INCLUDE.match(line)
                reason = include and violation(root, includer, include[1])
                if reason:
                    found.append(f"{includer}:{number}: {reason}")
    return found


if __name__ == "__main__":
    violations = check(sys.argv[1])
    print("\n".join(violations) or "includes only point inwards")
    sys.exit(bool(violations))
