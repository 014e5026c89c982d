# SPDX-License-Identifier: Apache-2.0
"""The history: every act is an entry, the serving role adds and never changes, proofs are checked by another implementation."""
import base64
import json
import os
import pathlib
import stat
import subprocess
import sys
import tempfile
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import ledger  # noqa: E402
from funders import Funder  # noqa: E402
from jalon import Api, BINARY, Problem, Server, sign_in  # noqa: E402


def run(jalon, *args):
    return subprocess.run([BINARY, *args[:1], "--data", str(jalon.data), *args[1:]], capture_output=True, text=True, timeout=120)


class History(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.jalon = Server()
        cls.jalon.start()
        cls.funder = Funder(cls.jalon, "alpha")
        cls.other = Funder(cls.jalon, "beta")
        cls.carrier, cls.carrier_id = sign_in(cls.jalon.admin, "carrier@alpha.example")
        cls.application, cls.dossier = cls.funder.apply(cls.carrier, title="Jardin")
        cls.funder.fund(cls.carrier, cls.application, 5000)
        cls.gathered()

    @classmethod
    def tearDownClass(cls):
        cls.jalon.__exit__()

    @classmethod
    def gathered(cls):
        """Waits until nothing is left to gather."""
        for _ in range(100):
            if cls.jalon.sql("select count(*) from entry e, log_state s where (e.xid, e.chain, e.version) > (s.xid, s.chain, s.version)") == "0":
                return
            time.sleep(0.1)
        raise AssertionError("entries were not gathered within 10 s")

    def refused(self, status, call):
        with self.assertRaises(Problem) as told:
            call()
        self.assertEqual(told.exception.status, status)

    def test_verify_holds(self):
        """jalon verify recomputes chains, trees and checkpoints, and all of it holds."""
        done = run(self.jalon, "verify")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_the_serving_role_cannot_change_the_history(self):
        """UPDATE, DELETE and TRUNCATE of entries and checkpoints are refused to the role that serves; so it is not the owner."""
        self.assertEqual(self.jalon.sql("select count(*) from pg_stat_activity where usename = 'jalon' and backend_type = 'client backend' and pid <> pg_backend_pid()"), "0")
        for table in ("entry", "log_checkpoint"):
            for act in (f"update {table} set at = now()", f"delete from {table}", f"truncate {table}", f"alter table {table} disable trigger all", f"drop table {table}"):
                with self.subTest(act=act), self.assertRaisesRegex(RuntimeError, "permission denied|must be owner"):
                    self.jalon.sql(f"set role jalon_serve; {act}")
        with self.assertRaisesRegex(RuntimeError, "permission denied"):
            self.jalon.sql("set role jalon_serve; update move set event = 'x'")

    def test_a_database_of_one_s_own(self):
        """With --database and --database-owner two roles keep the history; with one URL alone triggers do, and /health/ready says so."""
        where = f"host={self.jalon.data}/run dbname=borrowed user="
        self.jalon.sql("create database borrowed")
        for settings, words in (({"database": where + "jalon_serve", "database_owner": where + "jalon"}, "kept by roles"),
                                ({"database": where + "jalon"}, "kept by triggers alone")):
            with self.subTest(words=words), Server(**settings) as guest:
                self.assertTrue(Api(guest.base).get("/health/ready")["parts"]["history"].startswith(words))
                users = self.jalon.sql("select string_agg(distinct usename, ' ') from pg_stat_activity where datname = 'borrowed'")
                self.assertEqual(users, settings["database"].rsplit("=", 1)[1])

    def test_triggers_are_the_second_line(self):
        """Even the owner's plain UPDATE, DELETE and TRUNCATE are refused."""
        for act in ("update entry set event = 'x'", "delete from entry", "truncate entry", "delete from log_checkpoint"):
            with self.subTest(act=act), self.assertRaisesRegex(RuntimeError, "never changed"):
                self.jalon.sql(act)

    def test_receipt_proves_off_line(self):
        """The receipt proves to another implementation, openssl included, that the version was filed, when, and is in the log."""
        receipt = self.carrier.get(f"/applications/{self.application}/receipt")
        raw = base64.b64decode(receipt["entry"]["bytes"])
        self.assertEqual(ledger.blake(raw).hex(), receipt["move_hash"])
        self.assertIn(bytes.fromhex(receipt["sha256"]), raw)
        proof, note = receipt["proof"], ledger.Note(receipt["proof"]["checkpoint"])
        self.assertEqual((note.origin, note.size), (f"jalon/space/{self.funder.space}", proof["size"]))
        path = [base64.b64decode(h) for h in proof["hashes"]]
        self.assertTrue(ledger.included(ledger.leaf(bytes.fromhex(receipt["move_hash"])), proof["index"], note.size, path, note.root))
        self.assertTrue(note.signed_by(receipt["key"]["pem"]))
        self.assertEqual(receipt["key"]["pem"], self.carrier.get("/log/key")["pem"])

    def test_receipt_command(self):
        """jalon verify --receipt needs no server; a receipt with one letter changed does not pass, nor does another key."""
        receipt = self.carrier.get(f"/applications/{self.application}/receipt").json
        with tempfile.TemporaryDirectory() as folder:
            def check(value, *more):
                path = pathlib.Path(folder) / "receipt.json"
                path.write_text(json.dumps(value))
                return subprocess.run([BINARY, "verify", "--receipt", str(path), *more], capture_output=True, text=True, timeout=60)
            good = check(receipt)
            self.assertEqual(good.returncode, 0, good.stderr)
            self.assertIn(receipt["sha256"], good.stdout)
            key = pathlib.Path(folder) / "key.pem"
            key.write_text(receipt["key"]["pem"])
            self.assertEqual(check(receipt, "--key", str(key)).returncode, 0)
            self.assertEqual(check(receipt, "--key", "00" * 32).returncode, 1)
            for change in ({"sha256": "0" * 64}, {"filed_at": "2026-01-01T00:00:00Z"}, {"application_id": self.dossier}, {"move_version": 7},
                           {"move_hash": "1" * 64}, {"proof": None}, {"proof": {**receipt["proof"], "index": receipt["proof"]["index"] + 1}},
                           {"proof": {**receipt["proof"], "hashes": receipt["proof"]["hashes"][1:]}},
                           {"proof": {**receipt["proof"], "checkpoint": receipt["proof"]["checkpoint"].replace("\n" + str(receipt["proof"]["size"]), "\n99", 1)}}):
                with self.subTest(change=list(change)):
                    self.assertEqual(check({**receipt, **change}).returncode, 1)

    def test_receipt_before_the_checkpoint(self):
        """Right after filing, the receipt has its entry and no proof, or its proof already; a second later it has it."""
        application, _ = self.funder.apply(self.carrier, title="Verger")
        first = self.carrier.get(f"/applications/{application}/receipt")
        self.assertTrue(first["entry"]["bytes"])
        if first["proof"] is None:
            self.assertEqual(first.headers["retry-after"], "1")
        self.gathered()
        self.assertIsNotNone(self.carrier.get(f"/applications/{application}/receipt")["proof"])

    def test_proofs_by_api(self):
        """Inclusion and consistency proofs hold for another implementation, and grow with the log."""
        space = self.funder.space
        before = ledger.Note(self.carrier.get(f"/spaces/{space}/log/checkpoint").raw.decode())
        for n in range(5):
            self.funder.apply(self.carrier, title=f"Projet {n}")
        self.gathered()
        after = ledger.Note(self.carrier.get(f"/spaces/{space}/log/checkpoint").raw.decode())
        self.assertGreater(after.size, before.size)
        told = self.carrier.get(f"/spaces/{space}/log/consistency?from={before.size}")
        self.assertTrue(ledger.consistent(before.size, after.size, before.root, after.root, [base64.b64decode(h) for h in told["hashes"]]))
        for version in (1, 2, 3):
            told = self.funder.clerk.get(f"/spaces/{space}/log/proof?entry={self.application}:{version}")
            path = [base64.b64decode(h) for h in told["proof"]["hashes"]]
            leaf = ledger.leaf(bytes.fromhex(told["entry"]["hash"]))
            self.assertTrue(ledger.included(leaf, told["proof"]["index"], told["proof"]["size"], path, ledger.Note(told["proof"]["checkpoint"]).root))
        self.refused(422, lambda: self.carrier.get(f"/spaces/{space}/log/consistency?from=0"))
        self.refused(422, lambda: self.carrier.get(f"/spaces/{space}/log/consistency?from=1&to=100000"))
        self.refused(422, lambda: self.carrier.get(f"/spaces/{space}/log/proof?entry=x"))

    def test_proofs_are_for_readers(self):
        """Nobody learns by a proof of an entry that they may not see."""
        self.refused(404, lambda: self.other.clerk.get(f"/spaces/{self.funder.space}/log/proof?entry={self.application}:1"))
        self.refused(404, lambda: self.funder.clerk.get(f"/spaces/{self.other.space}/log/proof?entry={self.application}:1"))
        self.refused(404, lambda: self.funder.clerk.get(f"/log/proof?entry={self.dossier}:1"))
        self.assertTrue(self.carrier.get(f"/log/proof?entry={self.dossier}:1")["entry"]["hash"])

    def test_dossier_history(self):
        """Edits stand field by field, with who and when; others do not read them."""
        dossier = self.carrier.post("/dossiers", {"title": "Un"})["id"]
        etag = self.carrier.get(f"/dossiers/{dossier}").headers["etag"]
        self.carrier.patch(f"/dossiers/{dossier}", {"title": "Deux", "workflow_id": self.funder.workflow, "answers": {"plan": "Semer"}}, etag=etag)
        acts = self.carrier.get(f"/dossiers/{dossier}/history")["items"]
        self.assertEqual([a["event"] for a in acts], ["dossier.made", "dossier.edited"])
        changes = {c["field"]: (c["before"], c["after"]) for c in acts[1]["data"]["changes"]}
        self.assertEqual(changes["/title"], ("Un", "Deux"))
        self.assertEqual([v for k, v in changes.items() if k.endswith("/plan")], [(None, "Semer")])
        self.assertEqual(acts[1]["person_id"], self.carrier_id)
        self.refused(404, lambda: self.funder.clerk.get(f"/dossiers/{dossier}/history"))

    def test_reading_a_document_is_an_act(self):
        """A funder's reading of a document stands in the dossier's history, without the reader's name; a carrier's own does not."""
        dossier = self.carrier.post("/dossiers", {"title": "Lu"})["id"]
        made = self.carrier.post(f"/dossiers/{dossier}/documents?kind=statutes&name=s.pdf", b"%PDF-1.4 x", headers={"Content-Type": "application/pdf"})
        self.funder.apply(self.carrier, dossier=dossier)
        self.carrier.get(f"/documents/{made['id']}/content").raw.decode()
        self.funder.clerk.get(f"/documents/{made['id']}/content").raw.decode()
        acts = self.carrier.get(f"/dossiers/{dossier}/history")["items"]
        reads = [a for a in acts if a["event"] == "document.read"]
        self.assertEqual(len(reads), 1, [a["event"] for a in acts])
        self.assertEqual((reads[0]["person_id"], reads[0]["data"]["id"]), (None, made["id"]))
        self.assertIn("document.added", [a["event"] for a in acts])

    def test_grants_history(self):
        """Grants given and revoked stand on the chain of their space; its manager reads them, nobody else."""
        _, ident = sign_in(self.jalon.admin, "late@alpha.example")
        grant = self.jalon.admin.post("/grants", {"person_id": ident, "role": "clerk", "scope": "call", "scope_id": self.funder.call})["id"]
        self.jalon.admin.delete(f"/grants/{grant}")
        path = f"/grants/history?scope=call&scope_id={self.funder.call}&limit=200"
        acts = [a for a in self.jalon.admin.get(path)["items"] if a["about_id"] == ident]
        self.assertEqual([a["event"] for a in acts], ["grant.given", "grant.revoked"])
        self.assertEqual(acts[0]["data"]["role"], "clerk")
        self.refused(403, lambda: self.carrier.get(path))
        self.refused(403, lambda: self.other.clerk.get(path))

    def test_the_bytes_are_documented(self):
        """Every entry's hash is what another implementation makes of its columns by the documented format, along every chain."""
        rows = json.loads(self.jalon.sql("""select json_agg(json_build_object('kind', kind, 'scheme', scheme, 'tree', tree, 'chain', chain, 'version', coalesce(told, version),
            'event', event, 'person_id', person_id, 'behalf_id', behalf_id, 'about_id', about_id, 'data', data::text, 'places', places,
            'at', to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.USZ'), 'seal', encode(seal, 'hex'), 'salt', encode(salt, 'hex'),
            'commitment', encode(commitment, 'hex'), 'hash', encode(hash, 'hex')) order by chain, version) from entry"""))
        self.assertGreater(len(rows), 30)
        self.assertGreaterEqual({row["kind"] for row in rows}, {"a", "d", "s", "p"})
        prev = {}
        for row in rows:
            for name in ("seal", "salt", "commitment"):
                row[name] = bytes.fromhex(row[name]) if row[name] else None
            made = ledger.blake(ledger.entry_bytes(row, prev.get(row["chain"], ledger.ZERO)))
            self.assertEqual(made.hex(), row["hash"], f"{row['kind']} {row['chain']} {row['version']}")
            prev[row["chain"]] = made

    def test_the_key_is_a_secret_file(self):
        """The key is in the data directory, readable by its owner alone, and printed nowhere."""
        path = self.jalon.data / "keys/log.ed25519"
        self.assertEqual(stat.S_IMODE(os.stat(path).st_mode), 0o600)
        self.assertNotIn(path.read_text().strip(), self.jalon.log_text())

    def test_checkpoint_command(self):
        """jalon checkpoint prints the latest signed notes."""
        done = run(self.jalon, "checkpoint", self.funder.space)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertTrue(ledger.Note(done.stdout).signed_by(self.carrier.get("/log/key")["pem"]))


if __name__ == "__main__":
    unittest.main()
