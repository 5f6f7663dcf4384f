"""The Makefile's targets, as they are typed: make.py <source folder> <build folder>

They run in a copy of the project's first level, whose build/release is the tree that this test was
built in: nothing is built again, and no file of the source tree is touched.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

SOURCE, TREE = Path(sys.argv[1]), Path(sys.argv[2])


class Make(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        for name in ("Makefile", "CMakePresets.json"):
            shutil.copy(SOURCE / name, self.folder)
        shutil.copytree(SOURCE / "debian", self.folder / "debian")
        (self.folder / "build").mkdir()
        (self.folder / "build/release").symlink_to(TREE)

    def run_it(self, *command, path=os.environ["PATH"]):
        done = subprocess.run(command, cwd=self.folder, env={**os.environ, "PATH": str(path)},
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, encoding="utf-8", timeout=300)
        self.assertEqual(done.returncode, 0, done.stdout)
        return done.stdout

    def test_demo_shows_the_library_at_work_and_goes_on_from_there(self):
        first = self.run_it("make", "demo", "DEPS=no")
        self.assertIn("36 exhibitions registered, 0 found", first)
        again = self.run_it("make", "demo", "DEPS=no")
        self.assertIn("0 exhibitions registered, 36 found", again)
        self.assertIn("no work to do", again)
        self.assertTrue((self.folder / "build/museum.db").is_file())

    def test_no_target_is_help(self):
        targets = re.findall(r"^([a-z]+):", (SOURCE / "Makefile").read_text(), re.MULTILINE)
        said = self.run_it("make")
        self.assertEqual(said, self.run_it("make", "help"))
        self.assertEqual(re.findall(r"make (\S+)", said), targets)

    def test_off_debian_it_names_what_to_install(self):
        tools = self.folder / "bin"
        tools.mkdir()
        for tool in ("sh", "sed", "dirname"):
            (tools / tool).symlink_to(shutil.which(tool))
        for profile, checks in (((), True), (("nocheck",), False)):
            said = self.run_it("sh", "debian/install-build-deps", *profile, path=tools)
            self.assertIn("libsqlite3-dev", said)
            self.assertEqual("librapidcheck-dev" in said, checks)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
