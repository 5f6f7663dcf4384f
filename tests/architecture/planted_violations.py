"""Shows that the checks of this folder find what they are for, and let pass what is allowed."""

import os
import tempfile
import unittest
from pathlib import Path

import include_rules
import third_party_headers

HEADERS = [
    "core/id.hpp", "domain/session.hpp", "ports/storage.hpp", "resilience/retry.hpp",
    "application/bookings.hpp", "codec/json.hpp", "adapters/memory.hpp", "adapters/sqlite.hpp",
    "adapters/signals.hpp", "testing/storage_contract.hpp", "engine.hpp", "version.hpp",
]
PRIVATE = ["application/guard.hpp", "codec/writer.hpp", "adapters/sqlite/statement.hpp"]


class Project(unittest.TestCase):
    """A small tree in the shape of the project, into which each test plants one include."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name).resolve()
        for name in HEADERS:
            self.write(f"include/exhibition/{name}", "#pragma once\n#include <vector>\n")
        for name in PRIVATE:
            self.write(f"src/{name}", "#pragma once\n")

    def write(self, name, text):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


class IncludeRules(Project):
    FORBIDDEN = [
        ("include/exhibition/core/a.hpp", "exhibition/domain/session.hpp"),
        ("include/exhibition/domain/a.hpp", "exhibition/ports/storage.hpp"),
        ("include/exhibition/ports/a.hpp", "exhibition/application/bookings.hpp"),
        ("include/exhibition/resilience/a.hpp", "exhibition/domain/session.hpp"),
        ("include/exhibition/application/a.hpp", "exhibition/engine.hpp"),
        ("include/exhibition/application/a.hpp", "sqlite3.h"),
        ("include/exhibition/codec/a.hpp", "nlohmann/json.hpp"),
        ("include/exhibition/core/a.hpp", "gtest/gtest.h"),
        ("include/exhibition/core/a.hpp", "unistd.h"),
        ("src/application/a.cpp", "exhibition/codec/json.hpp"),
        ("src/application/a.cpp", "exhibition/adapters/memory.hpp"),
        ("src/codec/json.cpp", "exhibition/ports/storage.hpp"),
        ("src/adapters/sqlite/a.cpp", "exhibition/application/bookings.hpp"),
        ("src/adapters/sqlite/a.cpp", "exhibition/adapters/memory.hpp"),
        ("src/adapters/sqlite/a.cpp", "../../codec/writer.hpp"),
        ("src/adapters/memory/a.cpp", "boost/signals2.hpp"),
        ("src/adapters/memory/a.cpp", "../sqlite/statement.hpp"),
        ("src/adapters/signals/a.hpp", "boost/signals2.hpp"),
        ("src/engine.cpp", "exhibition/adapters/sqlite.hpp"),
        ("src/engine.cpp", "exhibition/testing/storage_contract.hpp"),
        ("src/engine.cpp", "codec/writer.hpp"),
        ("src/engine.cpp", "fmt/format.h"),
        ("examples/a.cpp", "../src/application/guard.hpp"),
        ("tests/unit/a.cpp", "../../src/codec/writer.hpp"),
        ("tests/stores/a.cpp", "../../src/adapters/sqlite/statement.hpp"),
        ("bindings/python/src/a.cpp", "../../../src/application/guard.hpp"),
    ]
    ALLOWED = [
        ("include/exhibition/domain/a.hpp", "exhibition/version.hpp"),
        ("include/exhibition/testing/a.hpp", "exhibition/engine.hpp"),
        ("include/exhibition/testing/a.hpp", "gtest/gtest.h"),
        ("src/application/a.cpp", "guard.hpp"),
        ("src/codec/json.cpp", "nlohmann/json.hpp"),
        ("src/adapters/signals/a.cpp", "boost/signals2.hpp"),
        ("src/adapters/sqlite/a.cpp", "statement.hpp"),
        ("src/adapters/sqlite/a.cpp", "sqlite3.h"),
        ("src/adapters/sqlite/a.cpp", "sys/file.h"),
        ("src/adapters/sqlite/a.cpp", "exhibition/codec/json.hpp"),
        ("src/engine.cpp", "application/guard.hpp"),
        ("src/engine.cpp", "exhibition/adapters/signals.hpp"),
        ("examples/a.cpp", "exhibition/adapters/sqlite.hpp"),
        ("tests/unit/a.cpp", "exhibition/testing/storage_contract.hpp"),
        ("tests/inside/a.cpp", "application/guard.hpp"),
        ("tests/inside/a.cpp", "adapters/sqlite/statement.hpp"),
    ]

    def test_finds_each_forbidden_include(self):
        for file, name in self.FORBIDDEN:
            with self.subTest(file=file, include=name):
                self.write(file, f'#pragma once\n  # include "{name}"\n')
                found = include_rules.check(self.root)
                self.assertEqual([f"{file}:2"], [line.split(": ")[0] for line in found])
                (self.root / file).unlink()

    def test_lets_each_allowed_include_pass(self):
        for file, name in self.ALLOWED:
            with self.subTest(file=file, include=name):
                self.write(file, f"#include <{name}>\n")
                self.assertEqual([], include_rules.check(self.root))


class ThirdPartyHeaders(Project):
    def check(self):
        return third_party_headers.foreign_headers(self.root / "include", os.environ["CXX"])

    def test_finds_one_that_comes_in_by_another_header(self):
        header = self.root / "include/exhibition/core/id.hpp"
        self.write("elsewhere.h", "#pragma once\n")
        self.write("include/exhibition/core/id.hpp", f'#include "{self.root}/elsewhere.h"\n')
        self.write("include/exhibition/engine.hpp", "#include <exhibition/core/id.hpp>\n")
        foreign = self.root / "elsewhere.h"
        self.assertEqual(
            [(header, foreign), (self.root / "include/exhibition/engine.hpp", foreign)], self.check())

    def test_lets_the_standard_library_and_testing_pass(self):
        self.write("include/exhibition/testing/storage_contract.hpp", "#include <no/such.h>\n")
        self.assertEqual([], self.check())


if __name__ == "__main__":
    unittest.main()
