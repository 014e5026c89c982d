# SPDX-License-Identifier: Apache-2.0
"""deploy/security.md holds together: every requirement once, and each test that it names is there."""
import collections
import pathlib
import re
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
# The numbers of the requirements of levels 1 and 2 in each section of ASVS 5.0.0; level 3 leaves holes.
SECTIONS = {
    "1.1": range(1, 3), "1.2": range(1, 10), "1.3": range(1, 12), "1.4": range(1, 4), "1.5": range(1, 3), "2.1": range(1, 4), "2.2": range(1, 4),
    "2.3": range(1, 5), "2.4": range(1, 2), "3.2": range(1, 3), "3.3": range(1, 5), "3.4": range(1, 7), "3.5": range(1, 6), "3.7": range(1, 3),
    "4.1": range(1, 4), "4.2": range(1, 2), "4.3": range(1, 3), "4.4": range(1, 5), "5.1": range(1, 2), "5.2": range(1, 4), "5.3": range(1, 3),
    "5.4": range(1, 4), "6.1": range(1, 4), "6.2": range(1, 13), "6.3": range(1, 5), "6.4": range(1, 5), "6.5": range(1, 6), "6.6": range(1, 4),
    "6.8": range(1, 5), "7.1": range(1, 4), "7.2": range(1, 5), "7.3": range(1, 3), "7.4": range(1, 6), "7.5": range(1, 3), "7.6": range(1, 3),
    "8.1": range(1, 3), "8.2": range(1, 4), "8.3": range(1, 2), "8.4": range(1, 2), "9.1": range(1, 4), "9.2": range(1, 5), "10.1": range(1, 3),
    "10.2": range(1, 3), "10.3": range(1, 5), "10.4": range(1, 12), "10.5": range(1, 6), "10.6": range(1, 3), "10.7": range(1, 4), "11.1": range(1, 3),
    "11.2": range(1, 4), "11.3": range(1, 4), "11.4": range(1, 5), "11.5": range(1, 2), "11.6": range(1, 2), "12.1": range(1, 4), "12.2": range(1, 3),
    "12.3": range(1, 5), "13.1": range(1, 2), "13.2": range(1, 6), "13.3": range(1, 3), "13.4": range(1, 6), "14.1": range(1, 3), "14.2": range(1, 5),
    "14.3": range(1, 4), "15.1": range(1, 4), "15.2": range(1, 4), "15.3": range(1, 8), "16.1": range(1, 2), "16.2": range(1, 6), "16.3": range(1, 5),
    "16.4": range(1, 4), "16.5": range(1, 4), "17.1": range(1, 2), "17.2": range(1, 5), "17.3": range(1, 3),
}
ROW = re.compile(r"^\| (V\d+\.\d+\.\d+) \| (.+?) \| (.+) \|$", re.M)
NAMED = re.compile(r'([\w/]+(?:\.\w+)?) "([^"]+)"')
REASONS = ("n/a", "operator", "not yet")


class Table(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.rows = ROW.findall((ROOT / "deploy/security.md").read_text())
        cls.files = collections.defaultdict(list)
        for path in (ROOT / "tests").rglob("*"):
            if path.is_file() and "seeds" not in path.parts:
                cls.files[path.name].append(path)
                cls.files[str(path.relative_to(ROOT / "tests"))].append(path)

    def test_each_requirement_once(self):
        """Each requirement of level 1 and 2 has one row, and nothing else has."""
        wanted = [f"V{section}.{n}" for section, numbers in SECTIONS.items() for n in numbers]
        self.assertEqual(len(wanted), 253)
        self.assertEqual([ident for ident, _, _ in self.rows], wanted)

    def test_each_proof_exists(self):
        """Each row names tests that are there, or says why it names none."""
        wrong = []
        for ident, ours, proof in self.rows:
            named = NAMED.findall(proof)
            for name, sentence in named:
                if name == "run":
                    name = "attack/run"
                found = self.files.get(name, [])
                if not any(sentence in path.read_text(errors="replace") for path in found):
                    wrong.append(f"{ident}: {name} “{sentence}”")
            if not named and proof != "review" and not proof.startswith(tuple("— " + reason for reason in REASONS)):
                wrong.append(f"{ident}: no test and no reason")
        self.assertEqual(wrong, [])

    def test_files_exist(self):
        """Each file of ours that a row names is there."""
        wrong = []
        for ident, ours, _ in self.rows:
            for name in re.findall(r"`((?:api|engine|sql|deploy|workflows|tests)/[\w./-]+|[\w-]+\.[ch])`", ours):
                if not (ROOT / name).exists() and not (ROOT / (name + ".c")).exists() and not list(ROOT.glob(f"*/**/{name}")):
                    wrong.append(f"{ident}: {name}")
        self.assertEqual(wrong, [])


if __name__ == "__main__":
    unittest.main()
