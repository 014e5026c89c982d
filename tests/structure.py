# SPDX-License-Identifier: Apache-2.0
"""The house stands as drawn: includes point one way, each foreign library has one room, the law calls nothing impure."""
import json
import os
import pathlib
import re
import subprocess
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[1]
INCLUDE = re.compile(r'^\s*#\s*include\s+([<"])([^>"]+)[>"]', re.M)

# A room -> the rooms it may include (by path prefix), itself aside. The longest prefix that fits a file is its room.
ROOMS = {
    "engine/base": [],
    "engine/cel": ["engine/base"],
    "engine/schema": ["engine/base"],
    "engine": ["engine/base", "engine/cel", "engine/schema"],
    "api/store": ["engine"],
    "api/http": ["engine/base"],
    "api/auth": ["engine", "api/store", "api/request.h", "api/settings.h"],
    "api/history": ["engine/base", "api/store", "api/auth/hash.h"],
    "api/files": ["engine/base", "api/settings.h"],
    "api/resources": ["engine", "api/store", "api/auth", "api/files", "api/history", "api/request.h", "api/clock.h", "api/settings.h", "api/metrics.h",
                      "api/health.h"],
    "api/tasks": ["engine", "api/store", "api/auth", "api/files", "api/history", "api/resources", "api/clock.h", "api/log.h", "api/metrics.h"],
    "api": ["engine", "api"],
}
FOREIGN = {"microhttpd.h": ["api/http"], "libpq-fe.h": ["api/store"], "sodium.h": ["api/auth", "api/history"], "liboath/oath.h": ["api/auth"], "zxcvbn.h": ["api/auth"], "curl/curl.h": ["api/tasks", "api/auth/oidc_wire.c"],
           "rhonabwy.h": ["api/auth/oidc_token.c"], "magic.h": ["api/files"],
           "yaml.h": ["engine/yaml.c"], "pcre2.h": ["engine/cel", "engine/schema"]}
# What libengine.a may ask of the system: memory, text, numbers, calendars as pure functions. No clock, file, socket, environment.
PURE = re.compile(r"^(?:_GLOBAL_OFFSET_TABLE_|__stack_chk_fail|__(?:asan|ubsan|sanitizer|lsan|tsan)_\w+|__\w+_chk|__errno_location|"
                  r"__assert_fail|__isoc99_sscanf|__ctype_\w+_loc|__(?:div|mod|udiv|umod|popcount)\w+|abort|malloc|calloc|realloc|free|mem\w+|str\w+|v?snprintf|qsort(?:_r)?|bsearch|"
                  r"json\w*|yaml_\w+|pcre2_\w+|is(?:alnum|alpha|digit|space)|to(?:lower|upper)|"
                  r"fmod|floor|ceil|round|trunc|rint|l?lrint|l?lround|fabs|pow|sqrt|log10|ldexp|frexp|modf|nan|is(?:nan|inf)\w*|hypot|exp|log|log2|fma|nearbyint)$")
FORBIDDEN = re.compile(r"strftime|strerror|strsignal")


def sources():
    for top in ("engine", "api"):
        for path in sorted((ROOT / top).rglob("*.[ch]")):
            yield path


def room_of(name):
    return max((room for room in ROOMS if name == room or name.startswith(room + "/")), key=len)


def project_include(path, name):
    """The include as a path from the root, or None for what is not ours."""
    if name in ("queries.h",):
        return "api/store/queries.h"
    for base in (path.parent, ROOT):
        found = (base / name).resolve()
        if found.is_file() and ROOT in found.parents:
            return str(found.relative_to(ROOT))
    return None


class Structure(unittest.TestCase):
    def test_includes_point_one_way(self):
        wrong = []
        for path in sources():
            own = str(path.relative_to(ROOT))
            room = room_of(own)
            for mark, name in INCLUDE.findall(path.read_text()):
                target = project_include(path, name) if mark == '"' else None
                if target is None:
                    continue
                allowed = [room] + ROOMS[room]
                if room_of(target) == room and room != "engine" and room != "api":
                    continue
                if not any(target == a or target.startswith(a + "/") for a in allowed):
                    wrong.append(f"{own} includes {target}")
        self.assertEqual(wrong, [])

    def test_each_foreign_library_has_one_room(self):
        wrong = []
        for path in sources():
            own = str(path.relative_to(ROOT))
            for _, name in INCLUDE.findall(path.read_text()):
                if name in FOREIGN and not any(own == f or own.startswith(f + "/") for f in FOREIGN[name]) and project_include(path, name) is None:
                    wrong.append(f"{own} includes <{name}>")
        self.assertEqual(wrong, [])

    def test_editors_complete_the_media_types_that_the_law_admits(self):
        table = re.findall(r'^X\("([^"]+)"', (ROOT / "engine/media.def").read_text(), re.M)
        schema = json.loads((ROOT / "workflows/workflow.schema.json").read_text())
        self.assertEqual(schema["$defs"]["media"]["enum"], table)

    def test_the_law_calls_nothing_impure(self):
        library = pathlib.Path(os.environ.get("TEST_BUILD", ROOT / "build/sanitize")) / "libengine.a"
        self.assertTrue(library.exists(), f"{library} is not built")
        undefined, defined = set(), set()
        for line in subprocess.run(["nm", str(library)], capture_output=True, text=True, check=True).stdout.splitlines():
            part = line.split()
            if len(part) >= 2 and part[-2] in "Uw":
                undefined.add(part[-1])
            elif len(part) == 3:
                defined.add(part[2])
        asked = {name for name in undefined - defined if not PURE.match(name) or FORBIDDEN.search(name)}
        self.assertEqual(sorted(asked), [])

    def test_the_container_has_what_the_build_needs(self):
        wanted = next(line.split()[1:] for line in (ROOT / "deploy/packages").read_text().splitlines() if line.startswith("build "))
        there = (ROOT / "deploy/Containerfile").read_text().split()
        self.assertEqual([name for name in wanted if name.endswith("-dev") and name not in there], [])

    def test_what_tells_nothing_stands_in_the_history_s_readme(self):
        """A route that changes something without an entry is named, with the reason, where a reader of the history looks for it."""
        page, table = (ROOT / "api/history/README.md").read_text(), (ROOT / "api/routes.c").read_text()
        silent = [m.group(1, 2) for m in re.finditer(r'\{ (\w+), +"/api/v1([^"]+)"(?:(?!\n    \{).)*?\.silent = ', table, re.S)]
        self.assertGreater(len(silent), 5)
        self.assertEqual([f"{method} {path}" for method, path in silent if f"`{method} {path}`" not in page], [])

    def test_every_source_names_its_licence(self):
        wrong = []
        for name in subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines():
            path = ROOT / name
            if path.suffix in (".c", ".h", ".def", ".py", ".sh", ".sql", ".ts", ".tsx", ".css", ".lua") or name == "CMakeLists.txt":
                if "SPDX-License-Identifier: Apache-2.0" not in path.read_text(errors="replace")[:200]:
                    wrong.append(name)
        self.assertEqual(wrong, [])

    def test_no_source_file_outgrows_a_reader(self):
        long = {str(p.relative_to(ROOT)): n for p in sources() if (n := len(p.read_text().splitlines())) > 800}
        self.assertEqual(long, {})


if __name__ == "__main__":
    unittest.main()
