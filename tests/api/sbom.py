# SPDX-License-Identifier: Apache-2.0
"""The bill of materials is whole and well formed."""
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from jalon import BINARY, ROOT  # noqa: E402

FOLDER = ROOT / "build/sbom"
PACKAGES = ["@cyclonedx/cyclonedx-library@8.0.0", "ajv@8.17.1", "ajv-formats@3.0.1", "ajv-formats-draft2019@1.6.1"]
JUDGE = """
const { createRequire } = require('node:module');
const { Validation, Spec } = createRequire(process.argv[1] + '/')('@cyclonedx/cyclonedx-library');
new Validation.JsonStrictValidator(Spec.Version.v1dot6).validate(require('node:fs').readFileSync(0, 'utf8'))
  .then(wrong => { console.log(JSON.stringify(wrong)); });
"""


class Bill(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        if not (FOLDER / "node_modules/ajv-formats-draft2019/package.json").exists():
            FOLDER.mkdir(parents=True, exist_ok=True)
            subprocess.run(["npm", "install", "--silent", "--no-save", "--no-package-lock", "--ignore-scripts", "--prefix", str(FOLDER), *PACKAGES],
                           check=True, capture_output=True, timeout=300)
        cls.env = {**os.environ, "SOURCE_DATE_EPOCH": "1700000000"}
        cls.text = cls.write()
        cls.bill = json.loads(cls.text)

    @classmethod
    def write(cls):
        return subprocess.run([str(ROOT / "deploy/sbom"), BINARY], check=True, capture_output=True, text=True, timeout=120, env=cls.env).stdout

    def judge(self, text):
        done = subprocess.run([shutil.which("node"), "-e", JUDGE, str(FOLDER)], input=text, capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)

    def test_it_is_cyclonedx(self):
        """The bill of materials is CycloneDX 1.6, as the standard's own schema judges it; one with a wrong member is not."""
        self.assertIsNone(self.judge(self.text))
        self.assertIsNotNone(self.judge(json.dumps({**self.bill, "components": [{"name": "no type"}]})))

    def test_it_names_all_that_runs(self):
        """Each library that the program loads, and PostgreSQL, is in it with its installed version; what only builds or tests is not required."""
        rows = {c["name"]: c for c in self.bill["components"]}
        required = {name for name, c in rows.items() if c["scope"] == "required"}
        loaded = re.findall(r"=> (/\S+)", subprocess.run(["ldd", BINARY], capture_output=True, text=True).stdout)
        self.assertGreater(len(loaded), 10)
        files = {os.path.realpath(line) for name in required for line in subprocess.run(["dpkg-query", "-L", name], capture_output=True, text=True).stdout.split()}
        self.assertEqual([path for path in loaded if os.path.realpath(path) not in files], [])
        self.assertLess({"libsodium23", "libpq5", "libmicrohttpd12", "postgresql-15"}, required)
        self.assertEqual([name for name in required if not rows[name].get("version")], [])
        self.assertEqual(rows["cmake"]["scope"], "excluded")
        named = {p for line in (ROOT / "deploy/packages").read_text().splitlines() if not line.startswith("#") for p in line.split()[1:]}
        self.assertEqual(named - set(rows), set())
        self.assertEqual(set(self.bill["dependencies"][0]["dependsOn"]), {rows[name]["bom-ref"] for name in required})

    def test_it_is_the_same_twice(self):
        """Made twice, it is the same."""
        self.assertEqual(self.write(), self.text)


if __name__ == "__main__":
    unittest.main()
