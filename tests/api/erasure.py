# SPDX-License-Identifier: Apache-2.0
"""A person's own data: taken along whole, gone at their wish, kept no longer than a call says; every proof stays valid."""
import pathlib
import subprocess
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from funders import Funder  # noqa: E402
from jalon import BINARY, Problem, Server, sign_in  # noqa: E402


class Erasure(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.jalon = Server(movable_clock="true")
        cls.jalon.start()
        cls.funder = Funder(cls.jalon, "alpha")

    @classmethod
    def tearDownClass(cls):
        cls.jalon.__exit__()

    def until(self, text, expected):
        for _ in range(100):
            if (came := self.jalon.sql(text)) == expected:
                return
            time.sleep(0.1)
        self.assertEqual(came, expected)

    def verified(self):
        self.until("select count(*) from entry e, log_state s where (e.xid, e.chain, e.version) > (s.xid, s.chain, s.version)", "0")
        done = subprocess.run([BINARY, "verify", "--data", str(self.jalon.data)], capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def refused(self, status, call):
        with self.assertRaises(Problem) as told:
            call()
        self.assertEqual(told.exception.status, status)
        return told.exception

    def test_export(self):
        """The export holds the account, grants, dossiers with answers, reviews, and acts; another person's words are not in it."""
        carrier, ident = sign_in(self.jalon.admin, "ana@export.example")
        other, _ = sign_in(self.jalon.admin, "ben@export.example")
        self.funder.apply(other, title="Secret de Ben")
        application, dossier = self.funder.apply(carrier, title="Jardin d'Ana", plan="Semer")
        told = carrier.get("/me/export")
        self.assertEqual((told["person"]["id"], told["person"]["email"]), (ident, "ana@export.example"))
        self.assertEqual([d["id"] for d in told["dossiers"]], [dossier])
        self.assertEqual(told["dossiers"][0]["content"]["title"], "Jardin d'Ana")
        self.assertEqual(told["dossiers"][0]["applications"][0]["id"], application)
        events = [a["event"] for a in told["acts"]]
        for event in ("dossier.made", "dossier.edited", "opened", "submit"):
            self.assertIn(event, events)
        self.assertNotIn("Ben", told.raw.decode())
        self.assertIsNone(told["acts_next"])
        self.assertIn("person.exported", [a["event"] for a in carrier.get("/me/history?limit=200")["items"]])

    def test_erasure(self):
        """Account, drafts and what is personal in the history go; receipts and the whole history still hold."""
        carrier, ident = sign_in(self.jalon.admin, "eve@gone.example")
        carrier.patch("/me", {"name": "Ève Personne"})
        helper, _ = sign_in(self.jalon.admin, "helper@gone.example")
        application, dossier = self.funder.apply(carrier, title="Verger d'Ève")
        carrier.post(f"/dossiers/{dossier}/authors", {"email": "helper@gone.example", "role": "carrier"})
        self.jalon.sql(f"update invitation set accepted_at = now() where scope_id = '{dossier}'")
        draft = carrier.post("/dossiers", {"title": "Brouillon d'Ève"})["id"]
        told = carrier.get("/me/erasure")
        self.assertEqual(told["hinders"], [])
        self.assertTrue(all(kept["why"] for kept in told["kept"]))
        carrier.delete("/me")
        self.refused(401, lambda: carrier.get("/me"))
        self.until(f"select done_at is not null from erasure where person_id = '{ident}'", "t")
        self.assertEqual(self.jalon.sql(f"select count(*) from entry where '{ident}' in (person_id, behalf_id, about_id)"), "0")
        self.assertGreater(int(self.jalon.sql("select count(*) from entry where commitment is not null")), 4)
        self.assertEqual(self.jalon.sql(f"select name || password is null from person where id = '{ident}'"), "t")
        self.assertEqual(self.jalon.sql(f"select content from dossier where id = '{draft}'"), "{}")
        self.assertEqual(self.jalon.sql("select count(*) from person where email = 'eve@gone.example'"), "0")
        self.assertEqual(self.jalon.sql("select count(*) from outbox where recipient = 'eve@gone.example'"), "0")
        self.verified()
        receipt = helper.get(f"/applications/{application}/receipt")
        self.assertTrue(receipt["proof"])
        self.assertNotIn("Ève Personne", self.funder.clerk.get(f"/applications/{application}/moves").raw.decode())
        again, new = sign_in(self.jalon.admin, "eve@gone.example")
        self.assertNotEqual(new, ident)

    def test_what_hinders(self):
        """The last administrator and the only carrier of a filed dossier hand over first."""
        admin, _ = sign_in(self.jalon.admin, "admin@jalon.example")
        self.refused(409, lambda: admin.delete("/me"))
        carrier, _ = sign_in(self.jalon.admin, "only@stays.example")
        self.funder.apply(carrier, title="Seul")
        self.refused(409, lambda: carrier.delete("/me"))
        self.assertEqual(len(carrier.get("/me/erasure")["hinders"]), 1)

    def test_money_is_kept(self):
        """Acts on an application with an agreement stay whole: accounts are kept for ten years."""
        carrier, ident = sign_in(self.jalon.admin, "paid@kept.example")
        application, dossier = self.funder.apply(carrier, title="Financé")
        self.funder.fund(carrier, application, 1000)
        carrier.post(f"/dossiers/{dossier}/authors", {"email": "next@kept.example", "role": "carrier"})
        told = carrier.get("/me/erasure")
        carrier.delete("/me")
        self.assertEqual({k["what"]: k["count"] for k in told["kept"]}["signatures"], 1)
        self.until(f"select done_at is not null from erasure where person_id = '{ident}'", "t")
        self.assertGreater(int(self.jalon.sql(f"select count(*) from entry where chain = '{application}' and person_id = '{ident}'")), 0)
        self.assertEqual(self.jalon.sql(f"select count(*) from entry where chain = '{dossier}' and person_id = '{ident}'"), "0")
        self.verified()

    def test_retention(self):
        """Rules of a call: a preview names what is due, the task empties it and remembers; receipts and history still hold."""
        funder = Funder(self.jalon, "beta")
        carrier, _ = sign_in(self.jalon.admin, "long@ago.example")
        filed, dossier = funder.apply(carrier, title="Rendu", plan="Le plan")
        funded, _ = funder.apply(carrier, title="Payé")
        funder.fund(carrier, funded, 1000)
        funder.move(funder.clerk, funded, "halt")
        draft, _ = funder.apply(carrier, title="Jamais rendu", plan="Secret", file=False)
        path = f"/calls/{funder.call}/retention"
        self.refused(404, lambda: carrier.get(path))
        self.refused(404, lambda: self.funder.clerk.get(path + "/preview"))
        self.refused(422, lambda: self.jalon.admin.put(path, {"funded_months": 12}))
        self.assertEqual(self.jalon.admin.put(path, {"draft_months": 6, "funded_months": 120})["refused_months"], None)
        self.assertEqual(self.jalon.admin.get(path + "/preview")["draft"], {"count": 0, "ids": []})
        self.jalon.admin.post(f"/calls/{funder.call}/close")
        later = self.jalon.admin.get(path + "/preview?at=2040-01-01T00:00:00Z")
        self.assertEqual((later["draft"], later["refused"], later["funded"]), ({"count": 1, "ids": [draft]}, {"count": 0, "ids": []}, {"count": 1, "ids": [funded]}))
        self.jalon.admin.post("/clock", {"now": "2040-01-01T00:00:00Z"})
        self.until(f"select count(*) from application where call_id = '{funder.call}' and erased_at is not null", "2")
        self.assertEqual(self.jalon.sql(f"select count(*) from entry where chain in ('{draft}', '{funded}') and commitment is null"), "0")
        self.assertEqual(self.jalon.sql(f"select d.content::text like '%Secret%' from dossier d join application a on a.dossier_id = d.id where a.id = '{draft}'"), "f")
        self.assertEqual(self.jalon.sql(f"select count(*) from entry where event = 'retention.applied' and chain = '{funder.space}'"), "2")
        self.assertEqual(self.jalon.sql(f"select content from dossier where id = '{dossier}'").count("Le plan"), 1)
        self.verified()
        self.assertTrue(self.jalon.sql(f"select sha256 from sealed s join application a on a.dossier_id = s.dossier_id where a.id = '{funded}'"))


if __name__ == "__main__":
    unittest.main()
