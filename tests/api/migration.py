# SPDX-License-Identifier: Apache-2.0
"""A call goes over to another version of its workflow with its applications: tried first, then all or nothing, and in the history."""
import base64
import pathlib
import subprocess
import sys
import threading
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from jalon import Api, BINARY, Problem, Server  # noqa: E402
from world import World  # noqa: E402
import ledger  # noqa: E402

FIRST = """jalon: 1
id: toggle
title: {fr: Bascule, en: Toggle}
roles:
  carrier: {title: {fr: Porteur, en: Carrier}, on: dossier, sees: [forms, documents, history, messages]}
  clerk: {title: {fr: Instructeur, en: Clerk}, on: call, sees: [forms, documents, history, messages]}
forms:
  main:
    title: {fr: Projet, en: Project}
    type: object
    properties: {title: {$ref: "dictionary#/title"}}
events:
  submit: {title: {fr: Déposer, en: File}}
  ask: {title: {fr: Demander, en: Ask}}
  close: {title: {fr: Clore, en: Close}}
data: {rounds: 0}
initial: draft
states:
  draft:
    title: {fr: Brouillon, en: Draft}
    stage: submission
    edit: {carrier: [forms, documents, messages], clerk: [messages]}
    on: {submit: {by: carrier, to: filed, do: [{assign: {rounds: "rounds + 1"}}]}}
  filed:
    title: {fr: Déposé, en: Filed}
    stage: evaluation
    edit: {clerk: [messages]}
    on: {close: {by: clerk, to: closed}, ask: {by: clerk, to: draft}}
    after: {P30D: {to: closed}}
  closed: {type: final, title: {fr: Clos, en: Closed}}
"""
# The filed state is named otherwise, its deadline is longer, and the clerk asks no more.
SECOND = (FIRST.replace("to: filed,", "to: received,").replace("  filed:\n", "  received:\n").replace("P30D", "P60D")
          .replace(", ask: {by: clerk, to: draft}", "").replace("  ask: {title: {fr: Demander, en: Ask}}\n", ""))


class Migration(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.jalon = Server(movable_clock="true").start()
        cls.addClassCleanup(cls.jalon.__exit__)
        cls.jalon.admin.lang = "en"
        cls.world = World(cls.jalon, FIRST)
        cls.second = cls.version(SECOND)

    @classmethod
    def version(cls, text, publish=True):
        admin = cls.jalon.admin
        made = admin.post(f"/workflows?space_id={cls.world.space}", text, headers={"Content-Type": "application/yaml"})
        if publish:
            admin.post(f"/workflows/{cls.world.workflow}/versions/{made['version']}/publish")
        return made["version"]

    def setUp(self):
        admin = self.jalon.admin
        self.call = admin.post("/calls", {"space_id": self.world.space, "workflow_id": self.world.workflow, "version": 1,
                                          "title": {"fr": "Appel"}, "opens_at": "2020-01-01T00:00:00Z",
                                          "closes_at": "2099-01-01T00:00:00Z", "amount": 0})["id"]
        admin.post(f"/calls/{self.call}/open")
        self.world.call = self.call
        self.filed, _ = self.world.application("Filed")
        self.draft, _ = self.world.application("Draft")
        self.fire(self.filed, "submit")

    def fire(self, application, event):
        return self.world.carrier.post(f"/applications/{application}/moves", {"event": event})

    def migrate(self, mapping=None, api=None, version=None, **more):
        body = {"version": version or self.second, **({"mapping": mapping} if mapping is not None else {}), **more}
        return (api or self.jalon.admin).post(f"/calls/{self.call}/migration", body)

    def refused(self, status, *args, **more):
        with self.assertRaises(Problem) as problem:
            self.migrate(*args, **more)
        self.assertEqual(problem.exception.status, status, problem.exception)
        return problem.exception

    def application(self, ident):
        return self.world.carrier.get(f"/applications/{ident}").json

    def test_a_dry_run_tells_each_application_what_it_would_lose(self):
        """a dry run tells what each application would lose, and changes nothing"""
        before = self.application(self.filed)
        answer = self.migrate({"states": {"filed": "received"}})
        self.assertEqual((answer["from"], answer["to"], answer["dry_run"], answer["losing"], answer["nowhere"]),
                         (1, self.second, True, 1, 0))
        rows = {"Filed" if row["id"] == self.filed else "Draft": row for row in answer["applications"]}
        self.assertEqual((rows["Draft"]["losses"], rows["Draft"]["title"]), ([], None))
        self.assertEqual((rows["Filed"]["places"], rows["Filed"]["lands"]), (["filed"], ["received"]))
        losses = {loss["kind"]: loss["sentence"] for loss in rows["Filed"]["losses"]}
        self.assertEqual(set(losses), {"deadline", "right"})
        self.assertEqual(losses["right"], "Clerk can no longer: 'Ask'.")
        self.assertIn("counted as before: after 30 days (the new version says: after 60 days)", losses["deadline"])
        self.assertTrue(answer["changes"])
        self.assertEqual(self.application(self.filed), before)

    def test_one_that_lands_nowhere_keeps_all_where_they_are(self):
        """one application that lands nowhere keeps all of them where they are"""
        self.assertEqual(self.migrate()["nowhere"], 1)
        problem = self.refused(409, dry_run=False)
        self.assertEqual(len(problem.errors), 1)
        self.assertIn("'Filed' is no more", problem.errors[0]["detail"])
        self.assertEqual(self.application(self.draft)["version"], 1)
        self.assertEqual(self.jalon.admin.get(f"/calls/{self.call}")["workflow_version"], 1)

    def test_the_call_goes_over_with_all_its_applications(self):
        """the real run moves every application, writes its history and pins the call"""
        timers = self.timers()
        self.migrate({"states": {"filed": "received"}}, dry_run=False)
        call = self.jalon.admin.get(f"/calls/{self.call}")
        self.assertEqual(call["workflow_version"], self.second)
        filed, draft = self.application(self.filed), self.application(self.draft)
        self.assertEqual((filed["places"], filed["version"]), (["received"], 3))
        self.assertEqual((draft["places"], draft["version"]), (["draft"], 2))
        past = self.world.carrier.get(f"/applications/{self.filed}/moves")["items"]
        self.assertEqual([move["event"] for move in past], ["opened", "submit", "migrated"])
        self.assertEqual((past[2]["data"], past[2]["places"]), ({"from": 1, "to": self.second}, ["received"]))
        self.chained(self.filed, past)
        self.assertEqual(self.timers(), {"timer.received.1": timers["timer.filed.1"]}, "the date that ran is kept")
        # Life goes on under the new rules.
        self.assertEqual(self.fire(self.draft, "submit")["application"]["places"], ["received"])

    def test_deadlines_begin_again_when_the_mapping_says_so(self):
        """a running deadline is counted anew when the mapping says restart"""
        was = self.timers()["timer.filed.1"]
        self.migrate({"states": {"filed": "received"}, "deadlines": "restart"}, dry_run=False)
        self.assertGreater(self.timers()["timer.received.1"], was)

    def test_who_does_not_run_the_space_may_not(self):
        """only those who run the space may"""
        clerk, _ = self.world.person("clerk-of-all", "clerk")
        self.refused(403, api=clerk)
        self.refused(403, api=self.world.carrier)
        manager, _ = self.world.person("manager", "manager", "space")
        self.assertEqual(self.migrate({"states": {"filed": "received"}}, api=manager)["nowhere"], 0)

    def test_what_is_wrong_is_told_with_its_place(self):
        """a wrong mapping or version is told with its place"""
        problem = self.refused(422, {"states": {"file": "received", "filed": "recieved"}, "timers": 1})
        self.assertEqual({e["pointer"] for e in problem.errors}, {"/mapping/states/file", "/mapping/states/filed", "/mapping/timers"})
        self.assertEqual(self.refused(422, version=99).errors[0]["pointer"], "/version")
        self.refused(409, version=1)

    def test_a_draft_may_be_tried_but_not_followed(self):
        """a version that is not published may be tried and not followed"""
        draft = self.version(SECOND + "\n", publish=False)
        mapping = {"states": {"filed": "received"}}
        self.assertEqual(self.migrate(mapping, version=draft)["nowhere"], 0)
        self.refused(409, mapping, version=draft, dry_run=False)

    def test_moves_meanwhile_see_one_version_or_the_other(self):
        """while a call goes over, each move is decided by one version, and the history stays whole"""
        others = [self.world.application(f"Project {n}")[0] for n in range(12)]
        wrong = []

        def move(ident):
            try:
                self.fire(ident, "submit")
            except Problem as problem:
                wrong.append(problem)

        threads = [threading.Thread(target=move, args=(ident,)) for ident in others]
        threads.insert(6, threading.Thread(target=lambda: self.migrate({"states": {"filed": "received"}}, dry_run=False)))
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for ident in others:
            self.assertIn(self.application(ident)["places"], (["received"], ["draft"]))
            past = self.world.carrier.get(f"/applications/{ident}/moves")["items"]
            self.chained(ident, past)
            self.assertIn("migrated", [move["event"] for move in past])
        self.assertEqual([p for p in wrong if p.status >= 500 and p.status != 503], [])

    def test_two_versions_are_compared(self):
        """two versions are compared in sentences, in the reader's language"""
        changes = self.jalon.admin.get(f"/workflows/{self.world.workflow}/versions/{self.second}/diff?from=1")
        self.assertEqual((changes["from"], changes["to"]), (1, self.second))
        said = [change["sentence"] for change in changes["changes"]]
        self.assertIn("in 'Filed', the deadline to 'Closed' falls after 60 days (before: after 30 days)", said)
        reader = Api(self.jalon.base, lang="fr")
        french = reader.get(f"/workflows/{self.world.workflow}/versions/{self.second}/diff?from=1")["changes"]
        self.assertIn("dans « Déposé », l'échéance vers « Clos » tombe après 60 jours (avant : après 30 jours)",
                      [change["sentence"] for change in french])

    def timers(self):
        """Names and dates of what runs for the filed application."""
        query = f"select name, to_char(due_at at time zone 'utc', 'YYYY-MM-DD HH24:MI:SS.US') from timer where owner = '{self.filed}'"
        out = subprocess.run([BINARY, "psql", *self.jalon.flags(), "--", "-Atc", query], capture_output=True, text=True, timeout=60)
        return dict(line.split("|") for line in out.stdout.splitlines())

    def chained(self, ident, past):
        before = bytes(32)
        for move in past:
            proof = self.world.carrier.get(f"/spaces/{self.world.space}/log/proof?entry={ident}:{move['version']}")
            told = base64.b64decode(proof["entry"]["bytes"])
            self.assertEqual((told[1:33], ledger.blake(told).hex()), (before, move["hash"]), f"the chain breaks at {move['event']}")
            before = bytes.fromhex(move["hash"])


if __name__ == "__main__":
    unittest.main()
