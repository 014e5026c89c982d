# SPDX-License-Identifier: Apache-2.0
"""Tampering done straight in the database, as its superuser: each kind is found by `jalon verify`, which names the entry."""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import ledger  # noqa: E402
from jalon import BINARY, Server  # noqa: E402
from world import World  # noqa: E402

TABLES = "entry", "application", "chain", "log_tree", "log_tile", "log_checkpoint", "log_state"
FORCED = "set session_replication_role = replica; "  # triggers are no obstacle to a superuser


class Tamper(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.anchor = pathlib.Path(tempfile.mkdtemp(prefix="jalon-anchor-"))
        os.chmod(cls.anchor, 0o777)
        cls.jalon = Server(anchor=cls.anchor, anchor_every=1)
        cls.jalon.start()
        cls.world = World(cls.jalon)
        cls.first, cls.dossier = cls.world.application("Un")
        cls.second, _ = cls.world.application("Deux")
        for n in range(6):
            cls.flip(cls.first, n)
            cls.flip(cls.second, n)
        cls.settled()
        cls.jalon.sql("create schema aside; " + "".join(f"create table aside.{t} as table {t};" for t in TABLES))

    @classmethod
    def tearDownClass(cls):
        cls.jalon.__exit__()
        shutil.rmtree(cls.anchor, ignore_errors=True)

    @classmethod
    def flip(cls, application, n):
        cls.world.carrier.post(f"/applications/{application}/moves", {"event": "flip", "data": {"n": str(n)}})

    @classmethod
    def settled(cls):
        """Everything is gathered, and the checkpoint of it is anchored."""
        for _ in range(200):
            size = cls.jalon.sql("select coalesce((select size from log_tree where id = '%s'), 0), (select count(*) from entry e, log_state s "
                           "where (e.xid, e.chain, e.version) > (s.xid, s.chain, s.version))" % cls.world.space).split("|")
            path = cls.anchor / f"{cls.world.space}.checkpoints"
            if size[1] == "0" and path.exists() and f"\n{size[0]}\n" in path.read_text():
                return
            time.sleep(0.1)
        raise AssertionError("not gathered and anchored within 20 s")

    def setUp(self):
        self.addCleanup(self.put_back)

    def put_back(self):
        self.jalon.sql(FORCED + "".join(f"delete from {t}; insert into {t} select * from aside.{t};" for t in TABLES if t != "application")
                 + "insert into application select * from aside.application on conflict (id) do update set version = excluded.version, hash = excluded.hash")
        self.holds()

    def verify(self, anchor=True):
        return subprocess.run([BINARY, "verify", "--data", str(self.jalon.data), *(["--anchor", str(self.anchor)] if anchor else [])],
                              capture_output=True, text=True, timeout=120, env={**os.environ, "LC_ALL": "C"})

    def holds(self):
        done = self.verify()
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def found(self, *words, anchor=True):
        done = self.verify(anchor)
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        for word in words:
            self.assertIn(word, done.stderr)
        return done.stderr

    def test_edit(self):
        """Any column of an entry that is edited, personal or not, names that entry."""
        for change in ("event = 'close'", "places = '{closed}'", "at = at + interval '1 microsecond'", "data = '{\"n\":\"9\"}'", "data = null",
                       "person_id = gen_random_uuid()", "behalf_id = gen_random_uuid()", "about_id = gen_random_uuid()", "person_id = null",
                       "kind = 'd'", "tree = gen_random_uuid()", "seal = decode(repeat('00', 32), 'hex')", "scheme = 0",
                       "salt = decode(repeat('00', 32), 'hex')", "salt = null", "commitment = decode(repeat('00', 32), 'hex')",
                       "hash = decode(repeat('00', 32), 'hex')"):
            with self.subTest(change=change):
                self.jalon.sql(FORCED + f"update entry set {change} where chain = '{self.first}' and version = 3")
                self.found(self.first, "3")
                self.put_back()

    def test_edit_of_a_dossier_chain(self):
        """An edit in the history of a dossier, and in that of grants, is found like one of a move."""
        for chain, what in ((self.dossier, "dossier"), (self.world.space, "space"), ("00000000-0000-0000-0000-000000000000", "platform")):
            rows = self.jalon.sql(f"select count(*) from entry where chain = '{chain}'")
            if rows == "0":
                continue
            with self.subTest(chain=what):
                self.jalon.sql(FORCED + f"update entry set event = 'x' where chain = '{chain}' and version = 1")
                self.found(what, chain, "entry 1")
                self.put_back()

    def test_delete(self):
        """An entry that is deleted is named: in the middle, at the beginning."""
        for version in (4, 1):
            with self.subTest(version=version):
                self.jalon.sql(FORCED + f"delete from entry where chain = '{self.first}' and version = {version}")
                self.found(self.first, f"entry {version} is missing")
                self.put_back()

    def test_delete_a_whole_chain(self):
        """A chain whose entries are all gone is named, with its subject or without."""
        self.jalon.sql(FORCED + f"delete from entry where chain = '{self.first}'")
        self.found(self.first, "entry 1")
        self.jalon.sql(FORCED + f"update application set version = 0 where id = '{self.first}'")
        self.found("tree " + self.world.space)

    def test_reorder(self):
        """Two entries that change places are found at the first of them."""
        self.jalon.sql(FORCED + f"update entry set version = -version where chain = '{self.first}' and version in (3, 4);"
                 f"update entry set version = case version when -3 then 4 else 3 end where chain = '{self.first}' and version < 0")
        self.found(self.first, "entry 3")

    def test_insert(self):
        """An entry put in the middle of a chain is named."""
        self.jalon.sql(FORCED + f"update entry set version = version + 100 where chain = '{self.first}' and version > 3;"
                 f"update entry set version = version - 99 where chain = '{self.first}' and version > 100;"
                 "create temp table copy as select * from entry where chain = '%s' and version = 3; update copy set version = 4; insert into entry select * from copy;" % self.first
                 + f"update application set version = version + 1 where id = '{self.first}'")
        self.found(self.first, "entry 4")

    def rows(self, chain):
        rows = json.loads(self.jalon.sql(f"""select json_agg(json_build_object('kind', kind, 'tree', tree, 'chain', chain, 'version', version, 'event', event,
            'person_id', person_id, 'behalf_id', behalf_id, 'about_id', about_id, 'data', data::text, 'places', places,
            'at', to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.USZ'), 'seal', encode(seal, 'hex'), 'salt', encode(salt, 'hex'),
            'commitment', null) order by version) from entry where chain = '{chain}'"""))
        for row in rows:
            row["seal"], row["salt"] = bytes.fromhex(row["seal"] or ""), bytes.fromhex(row["salt"])
        return rows

    def forge(self, keep=lambda row: True, change=lambda row: None):
        """What a careful forger does: changes the rows of the first chain and computes every hash after them anew."""
        prev, text, n = ledger.ZERO, FORCED + f"delete from entry where chain = '{self.first}';", 0
        for row in filter(keep, self.rows(self.first)):
            n += 1
            row["version"] = n
            change(row)
            prev = ledger.blake(ledger.entry_bytes(row, prev))
            text += (f"insert into entry select * from aside.entry where chain = '{self.first}' and version = {n};"
                     f"update entry set event = '{row['event']}', data = $d${row['data'] or 'null'}$d$, person_id = '{row['person_id']}', salt = '\\x{row['salt'].hex()}', "
                     f"at = '{row['at']}', places = array[{','.join(repr(p) for p in row['places'])}]::text[], hash = '\\x{prev.hex()}' where chain = '{self.first}' and version = {n};")
        text = text.replace("data = $d$null$d$", "data = null")
        self.jalon.sql(text + f"update application set version = {n}, hash = '\\x{prev.hex()}' where id = '{self.first}'")
        return prev, n

    def test_forged_chain(self):
        """A chain that was changed and hashed anew from there on holds by itself; the tree names the first changed entry."""
        def change(row):
            if row["version"] == 3:
                row["event"] = "close"
        self.forge(change=change)
        self.found("tree " + self.world.space, f"application {self.first} · 3")

    def test_forged_deletion(self):
        """So with an entry that was taken out."""
        self.forge(keep=lambda row: row["version"] != 5)
        self.found("tree " + self.world.space, self.first)

    def test_truncate(self):
        """A chain cut at its end is named; cut with its subject put back as well, the tree says that its end is gone."""
        last = int(self.jalon.sql(f"select max(version) from entry where chain = '{self.first}'"))
        self.jalon.sql(FORCED + f"delete from entry where chain = '{self.first}' and version = {last}")
        self.found(self.first, f"entry {last} is missing")
        self.put_back()
        self.forge(keep=lambda row: row["version"] < last)
        self.found("tree " + self.world.space)

    def cut_log(self, gone):
        """Takes the last entries of the log away with everything that the database knows of them."""
        size = int(self.jalon.sql(f"select size from log_tree where id = '{self.world.space}'")) - gone
        self.jalon.sql(FORCED + f"""create temp table gone as select chain, version from entry where tree = '{self.world.space}' order by xid desc, chain desc, version desc limit {gone};
            delete from entry e using gone g where e.chain = g.chain and e.version = g.version;
            update application a set (version, hash) = (select e.version, e.hash from entry e where e.chain = a.id order by e.version desc limit 1)
            where id in (select chain from gone) and exists (select from entry e where e.chain = a.id);
            update chain c set (version, hash) = (select e.version, e.hash from entry e where e.chain = c.id order by e.version desc limit 1)
            where id in (select chain from gone) and exists (select from entry e where e.chain = c.id);
            update log_tree set size = {size} where id = '{self.world.space}';
            update log_tile set hashes = substring(hashes from 1 for {size} * 32) where tree = '{self.world.space}';
            delete from log_checkpoint where tree = '{self.world.space}' and size > {size}""")
        return size

    def test_truncate_with_the_log(self):
        """Cut with its tiles and checkpoints too, the database holds by itself; what was anchored elsewhere tells."""
        size = self.cut_log(3)
        self.assertEqual(self.verify(anchor=False).returncode, 0)
        self.found("tree " + self.world.space, f"only {size} are left")

    def test_truncate_all(self):
        """An emptied history is found by the subjects, and without these by the anchors."""
        self.jalon.sql(FORCED + "truncate entry")
        self.found("entry 1")
        self.jalon.sql(FORCED + "truncate entry, chain, log_tree, log_tile, log_checkpoint; update application set version = 0")
        self.found("tree", "none of its entries is left")

    def test_roll_back(self):
        """An old dump put back is a whole history, shorter than the anchored one; what is written on top of it does not hide that."""
        old = self.jalon.sql(f"select size from log_tree where id = '{self.world.space}'")
        for n in range(4):
            self.flip(self.second, n)
        self.settled()
        self.jalon.sql(FORCED + "".join(f"delete from {t}; insert into {t} select * from aside.{t};" for t in TABLES if t != "application")
                 + "insert into application select * from aside.application on conflict (id) do update set version = excluded.version, hash = excluded.hash, state = excluded.state, places = excluded.places")
        self.assertEqual(self.verify(anchor=False).returncode, 0)
        self.found("tree " + self.world.space, f"only {old} are left")
        for n in range(6):
            self.flip(self.first, n)
        time.sleep(2.5)
        self.assertEqual(self.verify(anchor=False).returncode, 0)
        self.found("tree " + self.world.space, "anchored")
        # The world of the other tests: the anchors of this one's branches go with it.
        path = self.anchor / f"{self.world.space}.checkpoints"
        notes = path.read_text().split("jalon/space/" + self.world.space + "\n")
        kept = [note for note in notes if note and int(note.split("\n")[0]) <= int(old)]
        path.write_text("".join("jalon/space/" + self.world.space + "\n" + note for note in kept if note.count("\n") >= 5))

    def test_checkpoints(self):
        """A checkpoint that was changed, or signed by another key, is named."""
        self.jalon.sql(FORCED + "update log_checkpoint set root = decode(repeat('00', 32), 'hex')")
        self.found("no longer those that were signed")
        self.put_back()
        self.jalon.sql(FORCED + "update log_checkpoint set note = replace(note, '+', '/')")
        self.found("not signed by this key")

    def test_another_key(self):
        """Checkpoints do not hold under a key that is not theirs."""
        done = subprocess.run([BINARY, "verify", "--data", str(self.jalon.data), "--key", "11" * 32], capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 1)


if __name__ == "__main__":
    unittest.main()
