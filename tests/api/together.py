# SPDX-License-Identifier: Apache-2.0
"""Reads that wait together are asked together: everyone hears of their own dossier, whoever stands beside them in the flight."""
import concurrent.futures
import pathlib
import random
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from jalon import Problem, Server, sign_in  # noqa: E402

PEOPLE, READS = 8, 800


class Together(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.jalon = Server(readers=2).start()
        cls.addClassCleanup(cls.jalon.__exit__)
        cls.people = [sign_in(cls.jalon.admin, f"carrier{i}@projet.example")[0] for i in range(PEOPLE)]
        cls.dossiers = [person.post("/dossiers", {"title": f"Projet {i}"})["id"] for i, person in enumerate(cls.people)]

    def read(self, who, what):
        try:
            return 200, self.people[who].get(f"/dossiers/{self.dossiers[what]}")
        except Problem as problem:
            return problem.status, None

    def test_a_crowd_of_readers_gets_each_their_own_dossier_and_nobody_elses(self):
        chosen = random.Random(4)
        pairs = [(chosen.randrange(PEOPLE), chosen.randrange(PEOPLE)) for _ in range(READS // 2)] + [(i % PEOPLE, i % PEOPLE) for i in range(READS // 2)]
        chosen.shuffle(pairs)
        with concurrent.futures.ThreadPoolExecutor(32) as pool:
            answers = list(pool.map(lambda pair: self.read(*pair), pairs))
        for (who, what), (status, body) in zip(pairs, answers):
            self.assertEqual(status, 200 if who == what else 404)
            if who == what:
                self.assertEqual((body["id"], body["title"]), (self.dossiers[what], f"Projet {what}"))


if __name__ == "__main__":
    unittest.main()
