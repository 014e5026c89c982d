# SPDX-License-Identifier: Apache-2.0
"""The proof of the cells: every role x move x state x ownership x phase of the call, and every route x role, over HTTP, against the oracle.

TEST_LONG=1 tries every cell; without it a part is drawn by a fixed seed (TEST_SEED), the same at each run. TEST_FLOWS names workflows."""
import collections
import os
import pathlib
import random
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import oracle  # noqa: E402
import routes  # noqa: E402
import twins  # noqa: E402
from asking import INSIDE, Tally, acts_of, plain  # noqa: E402
from scene import FILES, HOUR, Scene, random_id  # noqa: E402

LONG = bool(os.environ.get("TEST_LONG"))
SEED = int(os.environ.get("TEST_SEED", "1901"))
FLOWS = os.environ.get("TEST_FLOWS", ",".join(FILES)).split(",")
DRAWN = int(os.environ.get("TEST_CELLS", "2000"))  # requests of each phase that the short form draws
EACH = 8  # of these, to one person about one application
FRESH = int(os.environ.get("TEST_FRESH", "40"))    # applications that it plays anew, to see allowed moves succeed
class Cells(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.scene = Scene(FLOWS)
        cls.addClassCleanup(cls.scene.close)
        cls.addClassCleanup(cls.print_count)
        cls.count = collections.Counter()
        cls.apps = []
        for flow in FLOWS:
            for key, steps in cls.scene.ways(flow).items():
                app = cls.scene.play(flow, steps)
                app.way = steps
                wanted = sorted(k for k in key if k[0] != "#")
                assert not key or sorted(p.rsplit(".", 1)[-1] for p in app.places) == wanted, f"{flow}: {key} but {app.places}"
                cls.apps.append(app)
        cls.scene.apps += cls.apps
        cls.missing = {}  # what is answered about nothing, whoever asks

    @classmethod
    def print_count(cls):
        print(f"{sum(cls.count.values())} cells tried ({', '.join(f'{n} {k}' for k, n in sorted(cls.count.items()))}) with {cls.scene.wire.count} requests"
              f"{'' if LONG else f'; a part drawn by seed {SEED}, TEST_LONG=1 tries all'}", flush=True)

    def end(self, tally):
        self.count.update(tally.by)
        if tally.wrong:
            self.fail(tally.report())

    # ---- one question to one person about one application

    def ask(self, p, method, path, body=None, headers=None):
        return self.scene.wire.ask(p.token, method, path, body, headers)

    def hidden(self, tally, p, where, reply, method, shape, body=None):
        """A 404 says the same as it says of what does not exist."""
        key = (method, shape, str(body))
        if key not in self.missing:
            self.missing[key] = plain(self.ask(p, method, shape % random_id(), body))
        tally.cell("indistinguishable", plain(reply) == self.missing[key], where, self.missing[key], plain(reply))

    def see(self, tally, app, p, where):
        flow = self.scene.flows[app.flow]
        expected = 401 if not p.who.signed_in else 200 if oracle.knows(p.who, flow, app.place) else 404
        reply = self.ask(p, "GET", f"/applications/{app.id}")
        tally.reply("sight", where, expected, reply)
        if expected == 404:
            self.hidden(tally, p, where, reply, "GET", "/applications/%s")
        if reply.status != 200 or expected != 200:
            return
        roles = oracle.roles_on(p.who, flow, app.place)
        tally.cell("roles", set(reply.json["roles"]) == roles, where, sorted(roles), reply.json["roles"])
        offered = {m["event"]: m for m in reply.json["moves"]}
        for event in flow.events:
            verdict = oracle.move(p.who, flow, app, event, self.scene.facts(app, event))
            row = offered.get(event)
            tally.cell("moves offered", bool(row and row["open"]) == (verdict == 201), f"{where}, {event}", verdict, str(row)[:200])
            if row and verdict in ((409, oracle.ROLE), (409, oracle.STATE)):
                tally.cell("reasons", not INSIDE & {r["kind"] for r in row["reasons"]}, f"{where}, {event}", "no more than rights", str(row["reasons"])[:300])

    def read(self, tally, app, p, where, path):
        flow = self.scene.flows[app.flow]
        expected = oracle.read(p.who, flow, app, path)
        reply = self.ask(p, "GET", f"/applications/{app.id}{path}")
        tally.reply("reads", f"{where}, GET {path}", expected, reply)
        if not oracle.knows(p.who, flow, app.place) and p.who.signed_in:
            self.hidden(tally, p, where, reply, "GET", f"/applications/%s{path}")
        if reply.status != 200:
            return
        if path == "/dossier":
            allowed = oracle.answers_seen(p.who, flow, app)
            expected = {name for name in app.answers if name in allowed}
            came = set(reply.json["answers"])
            tally.cell("answers", came == expected, f"{where}, answers", sorted(expected), sorted(came))
            seen = {d["kind"].rsplit("/", 1)[-1] for d in reply.json["documents"]}
            expected = oracle.kinds_seen(p.who, flow, app) & set(app.documents)
            tally.cell("documents", seen == expected, f"{where}, documents", sorted(expected), sorted(seen))
        if path == "/reviews":
            expected = sorted(grid for _, grid in oracle.reviews_seen(p.who, flow, app))
            tally.cell("reviews", sorted(r["grid"] for r in reply.json["items"]) == expected, f"{where}, reviews", expected, str(reply.json)[:200])
        if path in ("/agreement", "/instalments", "/payments", "/measures", "/decisions", "/messages", "/moves"):
            tally.cell("caches", reply.headers.get("cache-control", "").startswith(("no-store", "private")), f"{where} GET {path}", "not kept by caches", reply.headers.get("cache-control"))

    def fire(self, tally, app, p, where, event):
        flow, facts = self.scene.flows[app.flow], self.scene.facts(app, event)
        expected = oracle.move(p.who, flow, app, event, facts)
        body = {"event": event, **({"data": data} if (data := self.scene.data(app.flow, event)) else {})}
        reply = self.ask(p, "POST", f"/applications/{app.id}/moves", body)
        tally.reply("moves", f"{where}, {event}", expected, reply)
        if expected == 404:
            self.hidden(tally, p, where, reply, "POST", "/applications/%s/moves", body)

    def act(self, tally, app, p, where, row):
        name, method, path, body, word, grid = row
        flow = self.scene.flows[app.flow]
        expected = oracle.act(p.who, flow, app, word, grid)
        if body is None:
            roles = oracle.roles_on(p.who, flow, app.place)
            signing = [r for r in sorted(roles) if oracle.has_word(flow.edits(app.places, {r}), "signature")]
            body = {"role": (signing or sorted(roles) or ["carrier"])[0]}
        reply = self.ask(p, method, f"/applications/{app.id}{path}", body)
        tally.reply("acts", f"{where}, {name}", expected, reply)
        if expected == 404:
            self.hidden(tally, p, where, reply, method, f"/applications/%s{path}", body)

    def judge(self, tally, app, p, where, verb):
        expected = oracle.judges_measure(p.who, self.scene.flows[app.flow], app)
        body = {"motive": "Source manquante."} if verb == "contest" else {}
        reply = self.ask(p, "POST", f"/measures/{app.measure}/{verb}", body)
        tally.reply("acts", f"{where}, {verb}", expected, reply)
        if expected == 404:
            self.hidden(tally, p, where, reply, "POST", f"/measures/%s/{verb}", body)

    def paper(self, tally, app, p, where, kind, end):
        expected = oracle.document(p.who, self.scene.flows[app.flow], app, kind)
        reply = self.ask(p, "GET", f"/documents/{app.documents[kind]}{end}")
        tally.reply("documents", f"{where}, {kind}{end}", expected, reply)
        if expected == 404:
            self.hidden(tally, p, where, reply, "GET", f"/documents/%s{end}")

    def own(self, tally, app, p, where, end):
        expected = oracle.dossier(p.who, app)
        reply = self.ask(p, "GET", f"/dossiers/{app.dossier}{end}")
        tally.reply("dossiers", f"{where}, GET dossier{end}", expected, reply)
        if expected == 404:
            self.hidden(tally, p, where, reply, "GET", f"/dossiers/%s{end}")

    # ---- every question

    def refused(self, expected):
        return expected != 201 and expected != "passes"

    def questions(self, app, p, phase):
        """Every question of one person about one application that changes nothing: (method, arguments)."""
        flow, where = self.scene.flows[app.flow], f"{phase}: {app.flow}/{app.name}: {p.who.name}"
        yield self.see, (app, p, where)
        for path in oracle.READS:
            yield self.read, (app, p, where, path)
        for event in flow.events + ["nothing-of-the-kind"]:
            if self.refused(oracle.move(p.who, flow, app, event, self.scene.facts(app, event))):
                yield self.fire, (app, p, where, event)
        for row in acts_of(self.scene, app):
            if self.refused(oracle.act(p.who, flow, app, row[4], row[5])):
                yield self.act, (app, p, where, row)
        for verb in ("validate", "contest") if app.measure else ():
            if self.refused(oracle.judges_measure(p.who, flow, app)):
                yield self.judge, (app, p, where, verb)
        for kind in app.documents:
            for end in ("", "/content"):
                yield self.paper, (app, p, where, kind, end)
        for end in ("", "/authors", "/documents"):
            yield self.own, (app, p, where, end)

    def phase(self, phase):
        tally, few = Tally(), random.Random(f"{SEED} {phase}")
        pairs = [(app, p) for app in self.apps for p in self.scene.around(app.flow)]
        for app, p in pairs if LONG else few.sample(pairs, min(DRAWN // EACH, len(pairs))):
            asked = list(self.questions(app, p, phase))
            for question, arguments in asked if LONG else few.sample(asked, min(EACH, len(asked))):
                question(tally, *arguments)
        for app in self.apps:  # what was refused has changed nothing
            before = app.version
            self.scene.refresh(app)
            tally.cell("unchanged", app.version == before, f"{phase}: {app.flow}/{app.name}", before, app.version)
        self.end(tally)

    def test_1_open(self):
        """While the call is open, everyone is answered as the documentation says, in every state."""
        self.phase("open")

    def test_2_lists(self):
        """Each list holds what one may know of, once, under every filter, and nothing else."""
        tally = Tally()
        people = [p for p in self.scene.people.values() if p.who.signed_in]
        for p in people if LONG else random.Random(SEED).sample(people, min(60, len(people))):
            one = random.Random(f"{SEED} {p.who.name}").choice(self.apps)
            for query, keep in (("", lambda a: True), ("?is_over=true", lambda a: self.scene.flows[a.flow].over(a.places)), (f"?dossier_id={one.dossier}", lambda a: a.dossier == one.dossier),
                                (f"?call_id={self.scene.ids[f'{one.flow}/call']}", lambda a: a.place.call == f"{one.flow}/call")):
                came = [a["id"] for a in self.pages(p, "/applications" + query)]
                expected = {a.id for a in self.scene.apps if keep(a) and oracle.listed(p.who, self.scene.flows[a.flow], a.place, "call_id" in query)}
                tally.cell("lists", len(came) == len(set(came)) and set(came) == expected, f"{p.who.name} /applications{query}", len(expected),
                           f"{len(came)}, too many: {len(set(came) - expected)}, missing: {len(expected - set(came))}")
            dossiers = {a.dossier for a in self.scene.apps if oracle.writes(p.who, a)}
            came = {d["id"] for d in self.pages(p, "/dossiers")}
            tally.cell("lists", came == dossiers, f"{p.who.name} /dossiers", len(dossiers), len(came))
        self.end(tally)

    def pages(self, p, path):
        seen, more = [], "?"
        while more:
            reply = self.ask(p, "GET", path + ("&" if "?" in path else "?") + "limit=50" + (f"&cursor={more}" if more != "?" else ""))
            if reply.status != 200:
                return [{"id": f"{reply.status}"}]
            seen += reply.json["items"]
            more = reply.json["next"]
        return seen

    def test_3_allowed(self):
        """What the documentation allows succeeds, each time on an application of its own."""
        todo = []
        for app in self.apps:
            flow = self.scene.flows[app.flow]
            for p in self.scene.around(app.flow):
                where = f"allowed: {app.flow}/{app.name}: {p.who.name}"
                todo += [(app, self.fire, p, where, event) for event in flow.events if oracle.move(p.who, flow, app, event, self.scene.facts(app, event)) == 201]
                todo += [(app, self.act, p, where, row) for row in acts_of(self.scene, app) if oracle.act(p.who, flow, app, row[4], row[5]) == "passes"]
                if app.measure and oracle.judges_measure(p.who, flow, app) == "passes":
                    todo += [(app, self.judge, p, where, "validate")]
        tally = Tally()
        for app, question, p, where, what in todo if LONG else random.Random(SEED).sample(todo, min(FRESH, len(todo))):
            fresh = self.scene.play(app.flow, app.way, only={p.who.name})
            question(tally, fresh, p, where, what)
        self.end(tally)

    def test_4_routes(self):
        """Every route answers everyone as its row says, and no route is without a row."""
        tally = Tally()
        routes.run(self.scene, tally, LONG, SEED)
        self.end(tally)

    def test_5_twins(self):
        """With and without a secret, whoever may not see it is answered byte for byte the same."""
        tally = Tally()
        for flow in FLOWS if LONG else FLOWS[:1]:
            twins.run(self.scene, flow, tally, LONG, SEED)
        self.end(tally)

    def test_6_before(self):
        """Before the call opens, the same."""
        self.scene.go(self.scene.opens - HOUR)
        self.phase("before")

    def test_7_closed(self):
        """When the call has closed and drafts have lapsed, the same."""
        self.scene.go(self.scene.closes + HOUR)
        self.phase("closed")

    def test_8_later(self):
        """A year later, when timers have moved what waited, the same."""
        self.scene.go(self.scene.closes + 24 * 366 * HOUR)
        self.phase("later")


if __name__ == "__main__":
    unittest.main()
