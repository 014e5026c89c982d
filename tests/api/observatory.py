# SPDX-License-Identifier: Apache-2.0
"""The observatory that everyone reads: no sum tells what one of a few asked for or got, neither alone nor by subtraction."""
import collections
import itertools
import pathlib
import random
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from funders import Funder  # noqa: E402
from jalon import Api, Problem, Server, sign_in  # noqa: E402

PLACES = {"REG-84": ("region", []), "DEP-38": ("departement", ["REG-84"]), "DEP-69": ("departement", ["REG-84"]),
          **{f"EPCI-{e}": ("epci", ["DEP-38" if e < 3 else "DEP-69"]) for e in range(5)},
          **{f"COM-{c:02}": ("commune", ["DEP-38" if c % 5 < 3 else "DEP-69", f"EPCI-{c % 5}"]) for c in range(15)}}
THEMES = ["eau", "culture", "numerique", "habitat", "sante"]
LEAST, SUMS, PRIME = 3, ("applications", "requested", "decided"), 2**61 - 1


def above(code):
    return {code}.union(*(above(p) for p in PLACES[code][1]))


def rank(rows):
    """Of a matrix, modulo a large prime."""
    rows, found = [list(r) for r in rows], 0
    for column in range(len(rows[0]) if rows else 0):
        pivot = next((i for i in range(found, len(rows)) if rows[i][column]), None)
        if pivot is None:
            continue
        rows[found], rows[pivot] = rows[pivot], rows[found]
        inverse = pow(rows[found][column], -1, PRIME)
        for i in range(found + 1, len(rows)):
            if rows[i][column]:
                times = rows[i][column] * inverse % PRIME
                rows[i] = [(a - times * b) % PRIME for a, b in zip(rows[i], rows[found])]
        found += 1
    return found


class Filed:
    def __init__(self, owner, call, themes, place, requested, decided):
        self.owner, self.call, self.themes, self.requested, self.decided, self.applications = owner, call, set(themes), requested, decided, 1
        self.places = above(place) if place else set()

    def within(self, question):
        name, _, value = question.partition("=")
        return not name or value in {"theme": self.themes, "territory": self.places, "call_id": {self.call}}[name]


class Observatory(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.jalon = Server().start()
        cls.addClassCleanup(cls.jalon.__exit__)
        admin = cls.admin = cls.jalon.admin
        admin.put("/territories", {"territories": [{"code": code, "kind": kind, "name": code, "parents": parents} for code, (kind, parents) in PLACES.items()]})
        cls.funder = Funder(cls.jalon, "ville", amount=10**9)
        cls.manager, _ = cls.funder.person("manager", "manager", "space")
        cls.calls = [cls.funder.call, cls.funder.new_call(10**9), cls.funder.new_call(10**9)]
        cls.nobody, cls.filed = Api(cls.jalon.base), []
        chance = random.Random(20)
        for owner in range(34):
            carrier, _ = sign_in(admin, f"owner{owner}@ville.example")
            for _ in range(chance.choice((1, 1, 2))):
                cls.file(chance, owner, carrier)

    @classmethod
    def file(cls, chance, owner, carrier):
        themes = chance.sample(THEMES, chance.choices((0, 1, 2), (1, 6, 2))[0])
        place = chance.choices([*list(PLACES)[8:], "EPCI-1", "DEP-69", None], [9, 5, 1, 4, 1, 3, 2, 1, 6, 1, 1, 2, 1, 3, 1, 1, 1, 1])[0]
        call, requested = chance.choices(cls.calls, (6, 2, 1))[0], chance.randrange(1, 10**6)
        dossier = carrier.post("/dossiers", {"title": "Projet", "themes": themes, "territories": [place] if place else []})["id"]
        application, _ = cls.funder.apply(carrier, dossier, call, requested=requested)
        decided = chance.choice((0, requested // 2))
        if decided:
            cls.funder.decide(application, decided, "partial")
        cls.filed.append(Filed(owner, call, themes, place, requested, decided))

    def questions(self):
        return ["", *(f"theme={t}" for t in THEMES), *(f"territory={p}" for p in PLACES), *(f"call_id={c}" for c in self.calls)]

    def cells(self, question, api=None):
        """{list: {what: (its figures, what was filed that it is made of)}} of an answer."""
        seen = (api or self.nobody).get("/observatory" + ("?" + question if question else "")).json
        inside, found = [f for f in self.filed if f.within(question)], collections.defaultdict(dict)
        found["total"][""] = seen, inside
        for row in seen["themes"]:
            found["themes"][row["theme"]] = row, [f for f in inside if row["theme"] in f.themes]
        for row in seen["territories"]:
            found["territories"][row["code"]] = row, [f for f in inside if row["code"] in f.places]
        return found

    def test_those_who_run_it(self):
        """An administrator reads every sum, and so does whoever runs the call; each is right."""
        for api, questions in ((self.admin, self.questions()), (self.manager, [f"call_id={c}" for c in self.calls])):
            for question in questions:
                for cells in self.cells(question, api).values():
                    for what, (row, filed) in cells.items():
                        for name in SUMS:
                            self.assertEqual(row[name], sum(getattr(f, name) for f in filed), (question, what, name))
        crossed = self.manager.get(f"/observatory?call_id={self.calls[0]}&theme=eau").json
        self.assertEqual(crossed["applications"], sum(f.call == self.calls[0] and "eau" in f.themes for f in self.filed))

    def test_no_sum_of_few(self):
        """What is told is right and of three owners at least who gave to it; the rest is null, and of a total that is null nothing is listed."""
        told = collections.Counter()
        for question in self.questions():
            cells = self.cells(question)
            for where, rows in cells.items():
                for what, (row, filed) in rows.items():
                    for name in SUMS:
                        givers = {f.owner for f in filed if getattr(f, name)}
                        told[row[name] is None] += 1
                        if row[name] is not None:
                            self.assertEqual(row[name], sum(getattr(f, name) for f in filed), (question, what, name))
                            self.assertFalse(0 < len(givers) < LEAST, (question, what, name))
                    self.assertTrue(row["applications"] is not None or row["requested"] is row["decided"] is row["paid"] is None)
            if cells["total"][""][0]["applications"] is None:
                self.assertEqual(list(cells), ["total"], question)
        self.assertGreater(told[False], 100, told)
        self.assertGreater(told[True], 100, told)
        print(f"{told[False]} sums told, {told[True]} withheld")

    def gives_away(self, cells, name):
        """Two owners at most that some combination of what is shown tells apart from all others; None when there are none."""
        shown = [filed for row, filed in cells if row[name] is not None]
        given = [f for f in self.filed if getattr(f, name)]
        matrix = [[int(f in filed) for f in given] for filed in shown]
        full, owners = rank(matrix), sorted({f.owner for f in given})
        for few in [(o,) for o in owners] + list(itertools.combinations(owners, 2)):
            others = [i for i, f in enumerate(given) if f.owner not in few]
            if rank([[row[i] for i in others] for row in matrix]) < full:
                return few
        return None

    def test_no_subtraction(self):
        """No sum or difference, of however many, of what an answer shows tells what one or two owners asked for or got."""
        for question in ("", *(f"call_id={c}" for c in self.calls), "territory=DEP-38", "theme=eau"):
            cells = [cell for rows in self.cells(question).values() for cell in rows.values()]
            for name in SUMS:
                self.assertIsNone(self.gives_away(cells, name), (question, name))

    def test_asking_twice(self):
        """Asked with a filter and without, the difference is of nobody or of three owners at least."""
        whole = self.cells("")
        for question in self.questions()[1:]:
            for where, rows in self.cells(question).items():
                for what, (row, filed) in rows.items():
                    for name in SUMS:
                        if row[name] is not None and whole[where][what][0][name] is not None:
                            left = {f.owner for f in whole[where][what][1] if f not in filed and getattr(f, name)}
                            self.assertFalse(0 < len(left) < LEAST, (question, where, what, name))

    def test_call_by_call(self):
        """A sum less those of all calls but a small one does not give that one."""
        whole, by_call = self.cells(""), [self.cells(f"call_id={c}") for c in self.calls]
        for where in ("total", "themes", "territories"):
            for what, (row, filed) in whole[where].items():
                shown = [c[where][what][1] for c in by_call if what in c[where] and c[where][what][0]["applications"] is not None]
                left = {f.owner for f in filed if not any(f in s for s in shown)}
                if row["applications"] is not None:
                    self.assertFalse(0 < len(left) < LEAST, (where, what))

    def test_one_thing_at_a_time(self):
        """Whoever may not see the parts crosses nothing."""
        for api in (self.nobody, self.funder.clerk):
            with self.assertRaises(Problem) as refused:
                api.get(f"/observatory?call_id={self.calls[0]}&theme=eau")
            self.assertEqual(refused.exception.type, "forbidden")

    def test_many_applications(self):
        """With two thousand applications that say their communes it still answers in time: nobody's question grows with the square."""
        many = """
            create table many as select gen_random_uuid() as id, d.id as like_id, a.id as as_id, n from generate_series(1, 2000) n
                cross join lateral (select * from application where filed_at is not null and n > 0 limit 1) a join dossier d on d.id = a.dossier_id;
            insert into dossier (id, content, themes, territories, created_by)
                select m.id, '{}', '{eau}', '{COM-07}', d.created_by from many m join dossier d on d.id = m.like_id;
            insert into sealed (dossier_id, version, content, documents, sha256, sealed_at) select id, 1, '{}', '[]', '', now() from many;
            insert into application (call_id, dossier_id, number, state, places, stage, version, hash, sealed_version, filed_at)
                select a.call_id, m.id, 'many-' || m.n, a.state, a.places, a.stage, 1, a.hash, 1, now() from many m join application a on a.id = m.as_id;
            analyze"""
        gone = """
            delete from application where dossier_id in (select id from many); delete from sealed where dossier_id in (select id from many);
            delete from dossier where id in (select id from many); drop table many; analyze"""
        self.addCleanup(self.jalon.sql, gone)
        self.jalon.sql(many)
        for query in ("", "?territory=DEP-38", "?theme=eau", f"?call_id={self.calls[0]}"):
            self.assertEqual(self.nobody.get(f"/observatory{query}").status, 200)


class Open(unittest.TestCase):
    def test_a_platform_may_tell_all(self):
        """Where the operator says so, every sum is read by everyone."""
        with Server(observatory_least=1) as jalon:
            funder = Funder(jalon, "ville")
            carrier, _ = sign_in(jalon.admin, "one@ville.example")
            funder.apply(carrier, requested=500)
            seen = Api(jalon.base).get("/observatory").json
            self.assertEqual((seen["least"], seen["applications"], seen["requested"]), (1, 1, 500))


if __name__ == "__main__":
    unittest.main()
