"""Checks that public headers pull in the standard library only: third_party_headers.py <include folder> <compiler>

What they pull in, directly or not, is compared with what the standard headers they name pull in by
themselves. The testing headers may use GoogleTest and are left out.
"""

import re
import subprocess
import sys
from pathlib import Path

STANDARD_INCLUDE = re.compile(r"^\s*#\s*include\s*(<[a-z_0-9]+>)", re.MULTILINE)


def dependencies(compiler, folder, includes):
    """Every file the preprocessor opens for these includes."""
    source = "".join(f"#include {name}\n" for name in includes)
    rule = subprocess.run(
        [compiler, "-std=c++20", "-I", folder, "-M", "-x", "c++", "-"],
        input=source, stdout=subprocess.PIPE, text=True, check=True).stdout
    return {Path(name).resolve() for name in rule.replace("\\\n", " ").split()[1:] if name != "-"}


def foreign_headers(folder, compiler):
    """Pairs of a public header and a file it should not pull in."""
    folder = Path(folder).resolve()
    headers = [header for header in sorted(folder.rglob("*.hpp"))
               if header.relative_to(folder).parts[1] != "testing"]
    standard = {name for header in headers
                for name in STANDARD_INCLUDE.findall(header.read_text(encoding="utf-8"))}
    expected = dependencies(compiler, folder, sorted(standard))

    def foreign(some):
        opened = dependencies(compiler, folder, [f"<{h.relative_to(folder)}>" for h in some])
        return sorted(file for file in opened - expected if folder not in file.parents)

    if not foreign(headers):  # all at once is fast; one by one names the culprit
        return []
    return [(header, file) for header in headers for file in foreign([header])]


if __name__ == "__main__":
    pairs = foreign_headers(*sys.argv[1:])
    for header, file in pairs:
        print(f"{header} pulls in {file}")
    if not pairs:
        print("public headers pull in the standard library only")
    sys.exit(bool(pairs))
