# SPDX-License-Identifier: Apache-2.0
"""Keys change beside a running server: what the former ones signed and sealed holds, wherever kill -9 comes in between."""
import base64
import hashlib
import hmac
import json
import os
import pathlib
import random
import signal
import struct
import subprocess
import sys
import tempfile
import time
import unittest

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import ledger  # noqa: E402
from funders import Funder  # noqa: E402
from jalon import Api, BINARY, Server, sign_in  # noqa: E402

KILLS = 60 if os.environ.get("TEST_LONG") else 6
FORCED = "set session_replication_role = replica; "
QUIET = {**os.environ, "LC_ALL": "C"}


def totp(secret, at):
    mac = hmac.new(base64.b32decode(secret), struct.pack(">Q", int(at // 30)), hashlib.sha1).digest()
    place = mac[-1] & 15
    return f"{(struct.unpack('>I', mac[place:place + 4])[0] & 0x7fffffff) % 1000000:06d}"


def raw(secret):
    return secret.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)


class Keys(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.anchor = pathlib.Path(tempfile.mkdtemp(prefix="jalon-anchor-"))
        os.chmod(cls.anchor, 0o777)
        cls.jalon = Server(anchor=cls.anchor, anchor_every=1)
        cls.jalon.start()
        cls.funder = Funder(cls.jalon, "alpha")
        cls.carrier, _ = sign_in(cls.jalon.admin, "carrier@keys.example")
        cls.seed, cls.sealing = cls.jalon.data / "keys/log.ed25519", cls.jalon.data / "secret.key"
        cls.people = [cls.with_factor(f"{n}@keys.example") for n in range(3)]

    @classmethod
    def tearDownClass(cls):
        cls.jalon.__exit__()
        subprocess.run(["rm", "-rf", str(cls.anchor)])

    @classmethod
    def with_factor(cls, email):
        api, ident = sign_in(cls.jalon.admin, email)
        secret = api.post("/me/totp")["secret"]
        api.post("/me/totp/confirm", {"code": totp(secret, time.time())})
        return api, ident, secret

    def jalon_(self, *args, **more):
        return subprocess.run([BINARY, *args, "--data", str(self.jalon.data)], capture_output=True, text=True, timeout=120, env=QUIET, **more)

    def rotate(self, which):
        done = self.jalon_("keys", "rotate", which)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def gathered(self):
        for _ in range(150):
            if self.jalon.sql("select count(*) from entry e, log_state s where (e.xid, e.chain, e.version) > (s.xid, s.chain, s.version)") == "0":
                return
            time.sleep(0.1)
        self.fail("entries were not gathered within 15 s: " + self.jalon.log_text()[-1500:])

    def receipt(self):
        application, _ = self.funder.apply(self.carrier, title="Jardin")
        self.gathered()
        return self.carrier.get(f"/applications/{application}/receipt").json

    def holds(self, anchor=True):
        self.gathered()
        time.sleep(1.2 if anchor else 0)
        done = self.jalon_("verify", *(["--anchor", str(self.anchor)] if anchor else []))
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done.stdout

    def check(self, receipt, key=None):
        """jalon verify --receipt, without server; `key`: an answer of GET /log/key, or a PEM."""
        with tempfile.TemporaryDirectory() as folder:
            path, known = pathlib.Path(folder) / "receipt.json", pathlib.Path(folder) / "key"
            path.write_text(json.dumps(receipt))
            known.write_text(key if isinstance(key, str) else json.dumps(key or {}))
            return subprocess.run([BINARY, "verify", "--receipt", str(path), *(["--key", str(known)] if key else [])], capture_output=True, text=True, timeout=60).returncode

    def public(self):
        return Api(self.jalon.base).get("/log/key").json

    # --- the log's

    def test_the_log_goes_on_under_a_new_key(self):
        """Old checkpoints and receipts hold, new ones are signed by the new key within a second, and either key leads to the other off-line."""
        before, old = self.public(), self.receipt()
        self.assertIn("BEGIN PUBLIC KEY", self.rotate("log"))
        new, now = self.receipt(), self.public()
        self.assertNotEqual(before["pem"], now["pem"])
        self.assertTrue(ledger.Note(new["proof"]["checkpoint"]).signed_by(now["pem"]))
        self.assertTrue(ledger.Note(old["proof"]["checkpoint"]).signed_by(before["pem"]))
        self.assertEqual(len(now["handovers"]), len(before["handovers"]) + 1)
        self.assertIn("before the present one", self.holds())
        for receipt, key, status in ((old, None, 0), (old, before["pem"], 0), (old, now, 0), (old, now["pem"], 1), (new, None, 0), (new, now["pem"], 0),
                                     (new, before["pem"], 0), (new, {**now, "handovers": []}, 0), ({**new, "key": {}}, before["pem"], 1)):
            with self.subTest(receipt="old" if receipt is old else "new", key=str(key)[:40]):
                self.assertEqual(self.check(receipt, key), status)
        self.assertEqual(self.check(new, raw(Ed25519PrivateKey.generate()).hex()), 1)
        self.assertIn("key.rotated", [a["event"] for a in self.jalon.admin.get("/history?limit=200")["items"]])
        self.assertEqual(oct(self.seed.stat().st_mode & 0o777), "0o600")
        self.assertIn("until", self.jalon_("keys").stdout)
        note = now["handovers"][-1].split("\n")
        keys = [base64.b64encode(base64.b64decode("".join(k["pem"].split("\n")[1:2]))[-32:]).decode() for k in (before, now)]
        self.assertEqual(note[1:3], keys)

    def test_a_former_key_signs_nothing_more(self):
        """A checkpoint that the former key signs after it handed over is found, with a root that is right and a signature that is good."""
        secret = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(self.seed.read_text()))
        public = raw(secret)
        self.rotate("log")
        self.receipt()
        self.holds(anchor=False)
        text = self.jalon.sql(f"select note from log_checkpoint where tree = '{self.funder.space}' order by size desc limit 1")
        body, name = text.split("\n\n")[0] + "\n", text.split("\n")[0]
        ident = hashlib.sha256(name.encode() + b"\n\x01" + public).digest()[:4]
        forged = f"{body}\n\u2014 {name} {base64.b64encode(ident + secret.sign(body.encode())).decode()}\n"
        self.assertEqual(forged.split("\n\n")[0], text.split("\n\n")[0])
        size = body.split("\n")[1]
        put = f"update log_checkpoint set note = $n${{}}$n$ where tree = '{self.funder.space}' and size = {size}"
        self.jalon.sql(FORCED + put.format(forged))
        done = self.jalon_("verify")
        self.jalon.sql(FORCED + put.format(text + "\n"))
        self.assertEqual(done.returncode, 1)
        self.assertIn("not signed by this key", done.stderr)
        self.holds(anchor=False)

    def test_tampered_handovers(self):
        """A handover that is changed, taken out, or that a stranger signed is named."""
        self.rotate("log")
        self.holds(anchor=False)
        where = "chain = '00000000-0000-0000-0000-000000000000' and event = 'key.rotated'"
        self.jalon.sql(f"create temp table x as select 1; drop table if exists public.aside_entry; create table public.aside_entry as select * from entry where {where}")
        for act in (f"update entry set data = replace(data::text, 'note', 'mote')::json where {where}", f"update entry set event = 'key.kept' where {where}",
                    f"delete from entry where {where}"):
            with self.subTest(act=act[:40]):
                self.jalon.sql(FORCED + act)
                done = self.jalon_("verify")
                self.jalon.sql(FORCED + f"delete from entry where (chain, version) in (select chain, version from public.aside_entry); insert into entry select * from public.aside_entry")
                self.assertEqual(done.returncode, 1)
                self.assertIn("platform", done.stderr)
        done = self.jalon_("verify", "--key", "11" * 32)
        self.assertEqual(done.returncode, 1)
        self.jalon.sql("drop table public.aside_entry")
        self.holds(anchor=False)

    def test_stopped_before_the_entry(self):
        """A next key that no entry names counts for nothing: the present one signs on, and another rotation takes its place."""
        before = self.public()
        waiting = self.seed.with_suffix(".ed25519.next")
        waiting.write_text("ab" * 32 + "\n")
        os.chown(waiting, self.seed.stat().st_uid, self.seed.stat().st_gid)
        self.receipt()
        self.assertEqual(self.public()["pem"], before["pem"])
        self.rotate("log")
        self.assertNotEqual(self.seed.read_text(), "ab" * 32 + "\n")
        self.receipt()
        self.holds()

    def test_stopped_between_entry_and_file(self):
        """The entry is there, the file is not in its place yet: the running server, or one that starts, puts it there and signs on."""
        for then in ("the command again", "the running server", "one that starts"):
            with self.subTest(then=then):
                old, waiting = self.seed.read_bytes(), self.seed.with_suffix(".ed25519.next")
                self.jalon.process.send_signal(signal.SIGSTOP)  # it gathers nothing meanwhile
                self.rotate("log")
                new = self.seed.read_bytes()
                waiting.write_bytes(new)  # the state that a kill leaves
                self.seed.write_bytes(old)
                os.chown(waiting, self.seed.stat().st_uid, self.seed.stat().st_gid)
                if then == "the command again":
                    self.assertIn("interrupted", self.rotate("log"))
                if then == "one that starts":
                    self.jalon.kill()
                    self.jalon.start()
                else:
                    self.jalon.process.send_signal(signal.SIGCONT)
                self.receipt()
                self.assertEqual((self.seed.read_bytes(), waiting.exists()), (new, False))
                self.holds()

    def test_killed_anywhere_the_log(self):
        """kill -9 at any moment of a rotation, many times: the server signs on, the next rotation succeeds, everything holds."""
        for n in range(KILLS):
            self.killed("log", random.Random(n))
            self.funder.apply(self.carrier, title=f"Projet {n}")
            self.gathered()
        self.rotate("log")
        self.receipt()
        self.holds()

    def killed(self, which, chance):
        process = subprocess.Popen([BINARY, "keys", "rotate", which, "--data", str(self.jalon.data)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(chance.uniform(0.005, 0.3))
        process.kill()
        process.wait()

    # --- the one that seals

    def opens(self):
        """Each one's code is still the right one."""
        self.jalon.sql("update totp set last_step = 0")
        for api, _, secret in self.people:
            answer = api.post("/session/confirm", {"code": totp(secret, time.time())})
            api.token = answer["token"]

    def sealed_by(self):
        return set(self.jalon.sql("select encode(substring(secret for 8), 'hex') from totp").split("\n"))

    def test_secrets_are_sealed_anew(self):
        """A running server reads what the new key sealed, and seals by it; the old key opens nothing any more."""
        old = self.sealing.read_bytes()
        before = self.sealed_by()
        self.assertIn("3 secrets" if len(self.people) == 3 else "secrets", self.rotate("seal"))
        self.assertEqual(len(self.sealed_by()), 1)
        self.assertFalse(self.sealed_by() & before)
        self.assertNotEqual(self.sealing.read_bytes(), old)
        self.assertEqual(oct(self.sealing.stat().st_mode & 0o777), "0o600")
        self.opens()
        self.people.append(self.with_factor("after@keys.example"))
        self.assertEqual(len(self.sealed_by()), 1)
        self.assertIn("seal.rotated", [a["event"] for a in self.jalon.admin.get("/history?limit=200")["items"]])
        self.jalon.stop()
        self.jalon.start()
        self.opens()
        self.holds()

    def test_secrets_from_before_keys_had_names(self):
        """What an older version sealed opens, and is sealed anew by the first rotation."""
        from ctypes.util import find_library
        import ctypes
        sodium = ctypes.CDLL(find_library("sodium"))
        api, ident, secret = self.people[0]
        plain, nonce, key = base64.b32decode(secret), os.urandom(24), self.sealing.read_bytes()
        out = ctypes.create_string_buffer(len(plain) + 16)
        sodium.crypto_aead_xchacha20poly1305_ietf_encrypt(out, None, plain, ctypes.c_ulonglong(len(plain)), ident.encode(), ctypes.c_ulonglong(len(ident)), None, nonce, key)
        self.jalon.sql(f"update totp set secret = '\\x{(nonce + out.raw).hex()}' where person_id = '{ident}'")
        self.opens()
        self.rotate("seal")
        self.assertEqual(len(self.sealed_by()), 1)
        self.opens()

    def test_stopped_between_secrets_and_file(self):
        """Sealed anew and the file not in its place: what is sealed opens, beside the running server and after a restart; new ones are sealed by it."""
        for restarted in (False, True):
            with self.subTest(restarted=restarted):
                old, waiting = self.sealing.read_bytes(), self.jalon.data / "secret.key.next"
                self.rotate("seal")
                new = self.sealing.read_bytes()
                waiting.write_bytes(new)
                self.sealing.write_bytes(old)
                os.chown(waiting, self.sealing.stat().st_uid, self.sealing.stat().st_gid)
                if restarted:
                    self.jalon.kill()
                    self.jalon.start()
                self.opens()
                self.people.append(self.with_factor(f"between-{int(restarted)}@keys.example"))
                self.assertEqual(len(self.sealed_by()), 1)
                self.assertEqual((self.sealing.read_bytes(), waiting.exists()), (new, False))
                self.rotate("seal")
                self.opens()

    def test_killed_anywhere_the_seal(self):
        """kill -9 at any moment of sealing anew, many times: every secret opens each time."""
        for n in range(KILLS):
            self.killed("seal", random.Random(100 + n))
            self.opens()
        self.rotate("seal")
        self.assertEqual(len(self.sealed_by()), 1)
        self.opens()
        self.assertFalse((self.jalon.data / "secret.key.next").exists())


if __name__ == "__main__":
    unittest.main()
