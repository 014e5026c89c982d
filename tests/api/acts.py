# SPDX-License-Identifier: Apache-2.0
"""Every act is told: on which chain, to whom, once; what leaves the server is told before it leaves."""
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from funders import Funder  # noqa: E402
from jalon import Api, BINARY, Problem, ROOT, Server, sign_in  # noqa: E402

PDF = b"%PDF-1.4 x"


class Acts(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.jalon = Server(movable_clock="true")
        cls.jalon.start()
        cls.admin = cls.jalon.admin
        cls.funder = Funder(cls.jalon, "alpha")
        cls.carrier, cls.carrier_id = sign_in(cls.admin, "carrier@alpha.example")

    @classmethod
    def tearDownClass(cls):
        cls.jalon.__exit__()

    def refused(self, status, call):
        with self.assertRaises(Problem) as told:
            call()
        self.assertEqual(told.exception.status, status)

    def acts(self, path, api=None):
        found, cursor = [], ""
        while cursor is not None:
            page = (api or self.admin).get(f"{path}?limit=200{cursor and '&cursor=' + cursor}")
            found += page["items"]
            cursor = page["next"]
        return found

    def newest(self, path, event, api=None):
        return [a for a in self.acts(path, api) if a["event"] == event][-1]

    def test_what_funders_do(self):
        """Making, changing, opening and closing a call, uploading and publishing a workflow, drawing a perimeter stand on the space's chain, with what changed."""
        path, call = f"/spaces/{self.funder.space}/history", self.funder.call
        events = [a["event"] for a in self.acts(path)]
        for event in ("space.made", "space.changed", "workflow.uploaded", "workflow.published", "call.made", "call.opened", "grant.given"):
            self.assertIn(event, events)
        etag = self.admin.get(f"/calls/{call}").headers["etag"]
        self.admin.patch(f"/calls/{call}", {"title": {"fr": "Autre nom"}}, etag=etag)
        told = self.newest(path, "call.changed")
        self.assertEqual(told["data"]["id"], call)
        self.assertEqual([(c["field"], c["after"]) for c in told["data"]["changes"]], [("/title", {"fr": "Autre nom"})])
        self.assertEqual(told["person_id"], self.admin.get("/me")["id"])
        self.refused(403, lambda: self.carrier.get(path))
        self.refused(403, lambda: self.funder.clerk.get(path))

    def test_a_call_that_closes_by_itself(self):
        """What a date does is nobody's act, and an entry like any other."""
        funder = Funder(self.jalon, "delta")
        self.admin.post(f"/calls/{funder.call}/close", {})
        path = f"/spaces/{funder.space}/history"
        self.assertTrue(self.newest(path, "call.closed")["person_id"])
        body = {"space_id": funder.space, "workflow_id": funder.workflow, "title": {"fr": "Bref"}, "opens_at": "2020-01-01T00:00:00Z",
                "closes_at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 3))}
        call = self.admin.post("/calls", body)["id"]
        self.admin.post(f"/calls/{call}/open", {})
        for _ in range(100):
            if (told := self.newest(path, "call.closed"))["data"]["id"] == call:
                break
            time.sleep(0.1)
        self.assertEqual((told["data"]["id"], told["person_id"]), (call, None))

    def test_settings_by_file_and_command_line(self):
        """A space's file tells what it changed; by the command line it is nobody's act."""
        text = (ROOT / "deploy/space.yaml").read_text()
        with tempfile.TemporaryDirectory() as folder:
            os.chmod(folder, 0o755)
            for name in ROOT.glob("workflows/*.yaml"):
                (pathlib.Path(folder) / name.name).write_bytes(name.read_bytes())
            for other in (ROOT / "deploy").iterdir():
                if other.suffix == ".png":
                    (pathlib.Path(folder) / other.name).write_bytes(other.read_bytes())
            file = pathlib.Path(folder) / "space.yaml"
            file.write_text(text.replace("../workflows/", ""))
            done = subprocess.run([BINARY, "space", str(file), "--data", str(self.jalon.data)], capture_output=True, text=True, timeout=60)
            self.assertEqual(done.returncode, 0, done.stderr)
        space = self.admin.get("/spaces?slug=" + next(line.split()[1] for line in text.splitlines() if line.startswith("space:")))["items"][0]["id"]
        told = self.acts(f"/spaces/{space}/history")
        self.assertEqual([a["event"] for a in told][0], "space.made")
        self.assertEqual({a["person_id"] for a in told}, {None})

    def test_organisations(self):
        """Making and changing an organisation, its members and invitations: told to its owners and administrators."""
        owner, ident = sign_in(self.admin, "owner@org.example")
        organisation = owner.post("/organisations", {"name": "Ville"})["id"]
        path = f"/organisations/{organisation}"
        owner.patch(path, {"name": "Ville neuve"}, etag=owner.get(path).headers["etag"])
        told = self.acts(f"{path}/history", owner)
        self.assertEqual([a["event"] for a in told], ["organisation.made", "organisation.changed"])
        self.assertEqual(told[1]["data"]["changes"], [{"field": "/name", "before": "Ville", "after": "Ville neuve"}])
        self.refused(403, lambda: self.carrier.get(f"{path}/history"))

    def test_accounts(self):
        """How one signs in, tokens, sessions ended and accounts suspended: told to oneself and to administrators, to nobody else."""
        person, ident = sign_in(self.admin, "person@acts.example")
        token = person.post("/tokens", {"label": "secret words"})["id"]
        person.delete(f"/tokens/{token}")
        person.put("/me/password", {"password": "correct horse battery staple 9"})
        person.delete("/me/password")
        person.patch("/me", {"name": "Une Personne"})
        self.admin.put(f"/people/{ident}/suspension", {"suspended": True})
        self.admin.put(f"/people/{ident}/suspension", {"suspended": False})
        person, _ = sign_in(self.admin, "person@acts.example")
        person.get("/me/export")
        wanted = ["token.made", "token.revoked", "account.password-set", "account.password-removed", "account.changed", "account.suspended", "account.resumed", "person.exported"]
        for path, api in (("/me/history", person), ("/history", self.admin)):
            told = [a["event"] for a in self.acts(path, api) if a["about_id"] == ident]
            self.assertEqual([e for e in told if e in wanted], wanted, path)
        self.assertNotIn("secret words", json.dumps(self.acts("/history")))
        self.assertNotIn("Une Personne", json.dumps([a["data"] for a in self.acts("/history")]))
        self.refused(403, lambda: self.carrier.get("/history"))
        self.assertEqual([a for a in self.acts("/me/history", self.carrier) if ident in (a["person_id"], a["about_id"])], [])

    def test_readings(self):
        """Who reads a filed dossier or its documents without holding it is told once a day, version and thing; holders see that, not who."""
        application, dossier = self.funder.apply(self.carrier, title="Lu")
        made = self.carrier.get(f"/dossiers/{dossier}/documents")["items"]
        document = made[0]["id"] if made else self.carrier.post(f"/dossiers/{dossier}/documents?kind=statutes&name=s.pdf", PDF, headers={"Content-Type": "application/pdf"})["id"]
        self.carrier.get(f"/applications/{application}/dossier")

        def told():
            return [a for a in self.acts(f"/dossiers/{dossier}/history", self.carrier) if a["event"].endswith(".read")]
        self.assertEqual(told(), [])
        for _ in range(4):
            self.funder.clerk.get(f"/applications/{application}/dossier")
        self.funder.expert.get(f"/applications/{application}/dossier")
        if made:
            for _ in range(3):
                self.funder.clerk.get(f"/documents/{document}/content")
        reads = told()
        self.assertEqual([a["event"] for a in reads], ["dossier.read"] * 2 + (["document.read"] if made else []))
        self.assertEqual({(a["person_id"], a["behalf_id"]) for a in reads}, {(None, None)})
        self.assertEqual(reads[0]["data"], {"application_id": application, "version": reads[0]["data"]["version"]})
        mine = [a for a in self.acts("/me/history", self.funder.clerk) if a["event"] == "dossier.read" and a["chain"] == dossier]
        self.assertEqual(len(mine), 1)

    def test_a_reading_that_cannot_be_told_does_not_happen(self):
        """What leaves the server is told before: while no entry can be added, the dossier stays; what was told today is read on."""
        application, dossier = self.funder.apply(self.carrier, title="Gardé")
        for _ in range(3):
            self.funder.clerk.get(f"/applications/{application}/dossier")
        self.jalon.sql("revoke insert on entry from jalon_serve")
        try:
            with self.assertRaises(Problem):
                self.funder.expert.get(f"/applications/{application}/dossier")
            self.funder.clerk.get(f"/applications/{application}/dossier")
        finally:
            self.jalon.sql("grant insert on entry to jalon_serve")
        self.funder.expert.get(f"/applications/{application}/dossier")
        reads = [a for a in self.acts(f"/dossiers/{dossier}/history", self.carrier) if a["event"] == "dossier.read"]
        self.assertEqual(len(reads), 2)

    def test_two_read_at_once(self):
        """Ten readings of one person at one moment are one entry."""
        import concurrent.futures
        application, dossier = self.funder.apply(self.carrier, title="Ensemble")
        with concurrent.futures.ThreadPoolExecutor(10) as pool:
            list(pool.map(lambda _: self.funder.clerk.get(f"/applications/{application}/dossier"), range(10)))
        reads = [a for a in self.acts(f"/dossiers/{dossier}/history", self.carrier) if a["event"] == "dossier.read"]
        self.assertEqual(len(reads), 1)

    def test_targets_and_first_signatures(self):
        """A promised target and a signature that is not the last are entries of the application."""
        application, _ = self.funder.apply(self.carrier, title="Promis")
        self.funder.fund(self.carrier, application, 5000)
        self.carrier.put(f"/applications/{application}/targets/trees", {"target": 12})
        events = [m["event"] for m in self.acts(f"/applications/{application}/moves", self.carrier)]
        for event in ("signature.added", "agreement.signed", "target.set"):
            self.assertIn(event, events)

    def test_own_acts_to_the_end(self):
        """However many they are and however far apart: an export holds the first, and its link leads on to the last."""
        person, ident = sign_in(self.admin, "busy@acts.example")
        dossier = person.post("/dossiers", {"title": "Zéro"})["id"]
        # More than a window of others' entries, and more than an export holds of one's own: rows that look like entries.
        self.jalon.sql(f"""insert into entry (chain, kind, scheme, tree, version, event, person_id, places, at, hash, salt)
            select '{dossier}', 'd', 1, '00000000-0000-0000-0000-000000000000', n, 'x', case when n % 2 = 0 then '{ident}'::uuid end, '{{}}', now(), decode(lpad(to_hex(n), 64, '0'), 'hex'), decode(repeat('00', 32), 'hex')
            from generate_series(2, 12001) n""")
        told = person.get("/me/export")
        self.assertEqual(len(told["acts"]), 5000)
        rest, path = [], told["acts_next"]
        while path:
            page = person.get(path.removeprefix("/api/v1"))
            rest += page["items"]
            path = page["next"] and f"/api/v1/me/history?limit=200&cursor={page['next']}"
        acts = [(a["chain"], a["hash"]) for a in told["acts"] + rest if a["chain"] == dossier]
        self.assertEqual(len(acts), len(set(acts)))
        self.assertEqual(len(acts), 6001)


if __name__ == "__main__":
    unittest.main()
