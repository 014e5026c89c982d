# SPDX-License-Identifier: Apache-2.0
"""Signing in: by mailed link, by password, with a second factor; sessions, tokens, addresses; and nobody who guesses gets far."""
import base64
import hashlib
import hmac
import http.client
import json
import pathlib
import re
import statistics
import struct
import subprocess
import sys
import tempfile
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from box import until  # noqa: E402
from funders import Funder  # noqa: E402
from jalon import BINARY, Api, Problem, Server, sign_in  # noqa: E402

PASSWORD, OTHER = "a rather long password", "cheval pile agrafe correct"
NOTHING = "00000000-0000-4000-8000-000000000000"


def totp(secret, at=None, digits=6):
    """RFC 6238, written from the text."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    mac = hmac.new(key, struct.pack(">Q", int((time.time() if at is None else at) // 30)), hashlib.sha1).digest()
    place = mac[-1] & 15
    return str((struct.unpack(">I", mac[place:place + 4])[0] & 0x7FFFFFFF) % 10 ** digits).zfill(digits)


class Case(unittest.TestCase):
    settings = {}

    @classmethod
    def setUpClass(cls):
        cls.jalon = Server(**cls.settings).start()
        cls.addClassCleanup(cls.jalon.__exit__)
        cls.admin, cls.nobody = cls.jalon.admin, Api(cls.jalon.base)

    def refused(self, kind, ask, *args, **kw):
        """Refused as this type of problem, which is given back."""
        with self.assertRaises(Problem) as caught:
            ask(*args, **kw)
        self.assertEqual(caught.exception.type, kind, caught.exception)
        return caught.exception

    def mails(self, email):
        return sorted((m for m in self.admin.items("/outbox") if m["recipient"] == email), key=lambda m: int(m["id"]))

    def code(self, email):
        """The newest code that was mailed there."""
        return next(re.search(r"[A-Za-z0-9_-]{43}", m["body"])[0] for m in reversed(self.mails(email)) if m["kind"] == "sign-in" and m["body"])

    def link(self, email, **more):
        self.nobody.post("/sign-in", {"email": email})
        return self.nobody.post("/sign-in/link", {"token": self.code(email), **more}).json

    def person(self, local, password=None):
        """Api, id and address of somebody who has just signed in by mailed link."""
        email = f"{local}@people.example"
        api, ident = sign_in(self.admin, email)
        if password:
            api.put("/me/password", {"password": password})
        return api, ident, email

    def second_factor(self, api):
        """Puts one in place; the secret and the recovery codes. The code that was used is of the step before this one."""
        left = 30 - time.time() % 30
        if left < 12:  # a step that ends amid a test would make codes of the next one
            time.sleep(left + 0.1)
        secret = api.post("/me/totp")["secret"]
        return secret, api.post("/me/totp/confirm", {"code": totp(secret, time.time() - 30)})["codes"]

    def by_password(self, email, password=PASSWORD, **more):
        return self.nobody.post("/sign-in/password", {"email": email, "password": password, **more})


class Links(Case):
    def test_a_link_proves_the_address(self):
        """An account has a proved address once its owner has used a mailed code; one that an administrator made has none."""
        made = self.admin.post("/people", {"email": "made@people.example"}).json
        self.assertEqual(self.jalon.sql(f"select verified_at is null from person where id = '{made['id']}'"), "t")
        api, ident, _ = self.person("made")
        self.assertEqual(ident, made["id"])
        me = api.get("/me").json
        self.assertTrue(me["verified_at"])
        self.assertEqual(me["ways"], ["link"])

    def test_a_link_is_short_and_single(self):
        """A code is good once, for a quarter of an hour, and for what it was asked for."""
        api, _, email = self.person("short")
        self.nobody.post("/sign-in", {"email": email})
        code = self.code(email)
        self.assertEqual(self.jalon.sql("select max(expires_at - created_at) <= interval '15 minutes 1 second' from sign_in_link"), "t")
        for path in ("/sign-in/address", "/session/confirm"):
            self.refused("signed-out", api.post, path, {"token": code})
        self.jalon.sql(f"update sign_in_link set expires_at = now() where email = '{email}'")
        self.refused("signed-out", self.nobody.post, "/sign-in/link", {"token": code})

    def test_the_mail_holds_a_page_for_browsers(self):
        """The mail names a page; its script is the one that its policy allows; the code is behind '#', and reading uses nothing up."""
        self.nobody.post("/sign-in", {"email": "browser@people.example"})
        body = self.mails("browser@people.example")[-1]["body"]
        address, code = re.search(r"http://\S+/sign-in#sign-in=([A-Za-z0-9_-]{43})", body).group(0, 1)
        self.assertTrue(address.startswith(self.jalon.base))
        link = http.client.HTTPConnection("127.0.0.1", self.jalon.port, timeout=10)
        link.request("GET", "/sign-in", headers={"Accept": "text/html", "Accept-Language": "en"})
        reply = link.getresponse()
        page = reply.read().decode()
        self.assertEqual((reply.status, reply.headers["Content-Type"]), (200, "text/html; charset=utf-8"))
        script = re.search(r"<script>(.*)</script>", page, re.S)[1]
        digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
        self.assertIn(f"script-src 'sha256-{digest}'", reply.headers["Content-Security-Policy"])
        self.assertIn("default-src 'none'", reply.headers["Content-Security-Policy"])
        self.assertIn("'/sign-in/'", script)
        style = re.search(r"<style>(.*)</style>", page, re.S)[1]
        self.assertIn(base64.b64encode(hashlib.sha256(style.encode()).digest()).decode(), reply.headers["Content-Security-Policy"])
        self.nobody.post("/sign-in/link", {"token": code, "cookie": True})

    def test_the_answer_is_the_same_for_everyone(self):
        """Known, unknown, with or without a password or a second factor: the mail is promised in the same words and headers."""
        api, _, _ = self.person("same", PASSWORD)
        self.second_factor(api)
        got = []
        for local in ("same", "nobody-has-this"):
            answer = self.nobody.post("/sign-in", {"email": f"{local}@people.example"})
            got.append((answer.status, answer.raw, sorted(set(answer.headers) - {"date"})))
        self.assertEqual(*got)


class Passwords(Case):
    @classmethod
    def setUpClass(cls):
        cls.leaked = tempfile.NamedTemporaryFile("w", suffix=".txt", prefix="leaked-")
        cls.addClassCleanup(cls.leaked.close)
        cls.leaked.write("\n".join(sorted(["doomsayer.2.7mords.v", "seniseviyorum", "tequieromucho", "zz"])) + "\n")
        cls.leaked.flush()
        pathlib.Path(cls.leaked.name).chmod(0o644)
        cls.settings = {"breached_passwords": cls.leaked.name}
        super().setUpClass()

    def test_bad_ones(self):
        """Short, leaked, common, typed along the keyboard, or made of one's own name: refused, with the reason."""
        api, _, _ = self.person("desdemone.lafontaine")
        for password, keyword in (("short one", "minLength"), ("doomsayer.2.7mords.v", "breached"), ("seniseviyorum", "breached"),
                                  ("password1234", "guessable"), ("Motdepasse123", "guessable"), ("azertyuiopqs", "guessable"),
                                  ("aaaaaaaaaaaaaaaa", "guessable"), ("iloveyou1234", "guessable"), ("desdemonelafontaine", "guessable"),
                                  ("Lafontaine2024", "guessable")):
            with self.subTest(password):
                problem = self.refused("invalid", api.put, "/me/password", {"password": password})
                self.assertEqual([(e["pointer"], e["keyword"]) for e in problem.errors], [("/password", keyword)])
        for password in (OTHER, "tK9#vd72Lp0z"):
            api.put("/me/password", {"password": password})

    def test_a_password_beside_the_link(self):
        """A password comes beside the link and goes again; the link always works; whoever owns it is told by mail of each change."""
        api, _, email = self.person("beside", PASSWORD)
        self.assertEqual(api.get("/me")["ways"], ["link", "password"])
        session = self.by_password(email).json
        self.assertEqual((session["way"], session["person"]["email"]), ("password", email))
        self.assertEqual(self.link(email)["way"], "link")
        api.delete("/me/password")
        self.assertEqual(api.get("/me")["ways"], ["link"])
        self.refused("signed-out", self.by_password, email)
        self.refused("not-found", api.delete, "/me/password")
        self.assertEqual(self.link(email)["way"], "link")
        self.assertEqual(len([m for m in self.mails(email) if m["kind"] == "mail"]), 2)

    def test_time_tells_nothing(self):
        """A wrong password takes the same time for an account with one, without one, with a second factor, and for no account."""
        self.person("timed", PASSWORD)
        self.person("timed-without")
        api, _, _ = self.person("timed-twice", PASSWORD)
        self.second_factor(api)
        took = {name: [] for name in ("timed", "timed-without", "timed-twice", "timed-nobody")}
        for _ in range(9):
            for name, times in took.items():
                begin = time.perf_counter()
                self.refused("signed-out", self.by_password, f"{name}@people.example", OTHER)
                times.append(time.perf_counter() - begin)
        medians = {name: statistics.median(times) for name, times in took.items()}
        self.assertLess(max(medians.values()), 1.6 * min(medians.values()) + 0.01, medians)


class SecondFactor(Case):
    def test_by_the_book(self):
        """Our own codes are those of RFC 6238, appendix B."""
        secret = base64.b32encode(b"12345678901234567890").decode()
        self.assertEqual([totp(secret, at, 8) for at in (59, 1111111109, 20000000000)], ["94287082", "07081804", "65353130"])

    def test_two_steps_or_one(self):
        """With a second factor the password alone is not enough; a code is good once; wrong ones are counted."""
        api, _, email = self.person("two", PASSWORD)
        begun = api.post("/me/totp").json
        self.assertIn(f"secret={begun['secret']}", begun["uri"])
        self.assertFalse(api.get("/me")["has_totp"])
        self.by_password(email)
        self.refused("invalid", api.post, "/me/totp/confirm", {"code": "000000" if totp(begun["secret"]) != "000000" else "000001"})
        secret, codes = self.second_factor(api)
        self.assertTrue(api.get("/me")["has_totp"])
        self.assertEqual((len(codes), api.get("/me")["recovery_codes"]), (10, 10))
        self.refused("conflict", api.post, "/me/totp")
        self.refused("code-needed", self.by_password, email)
        self.refused("signed-out", self.by_password, email, OTHER, code=totp(secret))
        self.refused("signed-out", self.by_password, email, code=totp(secret, time.time() - 30))  # it put the factor in place
        self.refused("signed-out", self.by_password, email, code=totp(secret, time.time() - 300))
        code = totp(secret)
        self.assertTrue(self.by_password(email, code=code)["fresh_until"])
        self.refused("signed-out", self.by_password, email, code=code)
        self.assertTrue(self.by_password(email, code=codes[0].upper().replace("-", " "))["token"])
        self.refused("signed-out", self.by_password, email, code=codes[0])
        self.assertEqual(api.get("/me")["recovery_codes"], 9)
        self.assertEqual(self.refused("throttled", self.by_password, email, code=totp(secret, time.time() + 30)).status, 429)

    def test_the_link_lets_in_but_not_to_what_is_sensitive(self):
        """By mailed link one is in without a code; what is sensitive asks for it, and neither mail nor password stand in for it."""
        api, _, email = self.person("in", PASSWORD)
        secret, codes = self.second_factor(api)
        session = self.link(email)
        self.assertIsNone(session["fresh_until"])
        inside = api.signed(session["token"])
        self.assertTrue(inside.get("/me")["has_totp"])
        for method, path, body in (("PUT", "/me/password", {"password": OTHER}), ("DELETE", "/me/totp", None), ("DELETE", "/me/password", None),
                                   ("POST", "/me/address", {"email": "in2@people.example"}), ("POST", "/tokens", {"label": "x"}),
                                   ("POST", "/me/recovery-codes", {})):
            self.assertEqual(self.refused("reauthentication-needed", inside.request, method, path, body).status, 403)
        self.refused("code-needed", inside.post, "/session/confirm", {"password": PASSWORD})
        inside.post("/session/confirm/mail")
        self.refused("code-needed", inside.post, "/session/confirm", {"token": self.code(email)})
        renewed = api.signed(inside.post("/session/confirm", {"code": codes[3]})["token"])
        self.refused("signed-out", inside.get, "/me")
        fresh = renewed.post("/me/recovery-codes")["codes"]
        self.refused("signed-out", self.nobody.post, "/sign-in/password", {"email": email, "password": PASSWORD, "code": codes[4]})
        self.by_password(email, code=fresh[0])
        self.assertTrue(self.link(email, code=totp(secret))["fresh_until"])
        renewed.delete("/me/totp")
        self.by_password(email)

    def test_recovery_codes_are_hardened(self):
        """Recovery codes are kept by Argon2id with a salt; those kept before it take it by themselves, and are still good, once."""
        api, ident, email = self.person("hardened", PASSWORD)
        _, codes = self.second_factor(api)
        kept = lambda: self.jalon.sql(f"select count(*), count(salt), count(distinct salt), min(length(salt)) from recovery_code where person_id = '{ident}'")  # noqa: E731
        self.assertEqual(kept(), "10|10|1|16")
        old = "aaaa-bbbb-cccc-dddd"  # as it was kept before
        print8 = lambda s: len(s).to_bytes(8, "little") + s.encode()  # noqa: E731
        first = hashlib.blake2b(print8(ident) + print8(old.replace("-", "")), digest_size=32).hexdigest()
        self.jalon.sql(f"insert into recovery_code (hash, person_id) values ('\\x{first}', '{ident}')")
        self.by_password(email, code=codes[1])
        self.jalon.stop()
        self.jalon.start()
        self.assertTrue(until(lambda: kept() == "11|11|2|16"), kept())
        self.assertEqual(self.jalon.sql(f"select count(*) from recovery_code where hash = '\\x{first}'"), "0")
        self.assertTrue(self.by_password(email, code=old)["token"])
        self.refused("signed-out", self.by_password, email, code=old)
        self.assertTrue(self.by_password(email, code=codes[2])["token"])

    def test_whose_account_was_tried(self):
        """Every try to sign in is a line that tells the way, the outcome and, by a mark and not by its address, whose account; case aside, one account has one mark."""
        _, _, email = self.person("logged", PASSWORD)
        self.refused("signed-out", self.by_password, email, OTHER)
        self.refused("signed-out", self.by_password, email.upper(), OTHER)
        self.by_password(email)
        self.refused("signed-out", self.by_password, "nobody-here@people.example", OTHER)
        self.link(email)
        lines = [json.loads(line) for line in self.jalon.log_text().splitlines() if '"account"' in line]
        tried = [(e["route"].rsplit("/", 1)[-1], e["status"], e["account"]) for e in lines if e["route"] != "/api/v1/sign-in"][-5:]
        marks = {account for _, _, account in tried}
        ours = tried[-1][2]
        self.assertEqual([(way, status, account == ours) for way, status, account in tried],
                         [("password", 401, True), ("password", 401, True), ("password", 201, True), ("password", 401, False), ("link", 201, True)])
        self.assertEqual(len(marks), 2)
        told = subprocess.run([BINARY, "mark", email.upper(), *self.jalon.flags()], capture_output=True, text=True, timeout=30)
        self.assertEqual(told.stdout.strip(), ours)
        self.assertTrue(all(re.fullmatch("[0-9a-f]{16}", mark) for mark in marks))
        self.assertNotIn("people.example", self.jalon.log_text().lower())

    def test_a_dump_gives_nothing_away(self):
        """Neither the secret nor a recovery code, session or mailed code stands in the database; the key lies beside it, for its owner alone."""
        api, _, email = self.person("dump", PASSWORD)
        secret, codes = self.second_factor(api)
        self.nobody.post("/sign-in", {"email": email})
        code = self.code(email)
        api.signed(self.nobody.post("/sign-in/link", {"token": code})["token"]).get("/me")
        tables = self.jalon.sql("select string_agg(tablename, ' ') from pg_tables where schemaname = 'public'").split()
        text = "".join(self.jalon.sql(f'select * from "{table}"') for table in tables)
        raw = base64.b32decode(secret + "=" * (-len(secret) % 8))
        for what in (secret, raw.hex(), codes[0], codes[0].replace("-", ""), code, api.token, PASSWORD):
            self.assertNotIn(what, text)
        key = self.jalon.data / "secret.key"
        self.assertEqual((key.stat().st_mode & 0o777, key.stat().st_size), (0o600, 32))
        self.assertNotIn(secret, self.jalon.log_text())

    def test_the_administrator_takes_it_off(self):
        """Whoever lost everything is helped by an administrator, and told."""
        api, ident, email = self.person("lost", PASSWORD)
        self.second_factor(api)
        self.refused("forbidden", api.delete, f"/people/{ident}/totp")
        self.admin.delete(f"/people/{ident}/totp")
        self.by_password(email)
        self.assertIn("retiré", self.mails(email)[-1]["body"])


class Sessions(Case):
    settings = {"session_idle": 6, "session_fresh": 2}

    def browser(self, email, **headers):
        """A connection with a cookie, as a browser has it, and the answer that set it."""
        link = http.client.HTTPConnection("127.0.0.1", self.jalon.port, timeout=10)
        self.nobody.post("/sign-in", {"email": email})
        link.request("POST", "/api/v1/sign-in/link", json.dumps({"token": self.code(email), "cookie": True}), {"Content-Type": "application/json", **headers})
        reply = link.getresponse()
        return link, reply, json.loads(reply.read())

    def test_a_cookie_for_browsers(self):
        """Asked for, the session is a cookie that no script reads and no other site uses; the answer does not hold it; signing out ends both."""
        link, reply, body = self.browser("cookie@people.example")
        cookie = reply.headers["Set-Cookie"]
        self.assertRegex(cookie, r"^jalon=[A-Za-z0-9_-]{43}; Path=/; HttpOnly; SameSite=Lax; Max-Age=1209600$")
        self.assertIsNone(body["token"])
        shown = cookie.split(";")[0]

        def send(method, path, **headers):
            link.request(method, path, headers={"Cookie": shown, **headers})
            answer = link.getresponse()
            return answer.status, answer.headers, answer.read()
        self.assertEqual(send("GET", "/api/v1/me")[0], 200)
        self.assertEqual(send("DELETE", "/api/v1/session", Origin="https://evil.example")[0], 403)
        status, headers, _ = send("DELETE", "/api/v1/session", **{"X-Requested-With": "fetch"})
        self.assertEqual((status, headers["Set-Cookie"]), (204, "jalon=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0"))
        self.assertEqual(send("GET", "/api/v1/me")[0], 401)

    def test_idle(self):
        """A session that is used goes on; one that is not ends, whether it is known or forgotten."""
        used, unused, forgotten = (self.person("idle")[0] for _ in range(3))
        unused.get("/me")
        for _ in range(7):
            time.sleep(1)
            used.get("/me")
        for api in (unused, forgotten):
            self.refused("signed-out", api.get, "/me")
        self.assertEqual([t["current"] for t in used.items("/tokens")], [True])

    def test_absolute(self):
        """However much it is used, a session ends on its day."""
        api, _, _ = self.person("absolute")
        self.assertEqual(self.jalon.sql("select bool_and(expires_at - created_at between interval '14 days' - interval '1 minute' and interval '14 days 10 seconds') "
                                  "from token where kind = 'session'"), "t")
        self.jalon.sql("update token set expires_at = now() where person_id = (select id from person where email = 'absolute@people.example')")
        time.sleep(0.3)
        self.refused("signed-out", api.get, "/me")

    def test_list_and_revoke(self):
        """One's own sessions are listed with way, device and last use; any can be ended, and all at once."""
        email = "list@people.example"
        one, two, three = (sign_in(self.admin, email)[0] for _ in range(3))
        rows = list(one.items("/tokens"))
        self.assertEqual([(r["kind"], r["way"], r["current"]) for r in rows], [("session", "link", c) for c in (True, False, False)])
        one.delete(f"/tokens/{rows[1]['id']}")
        self.refused("signed-out", two.get, "/me")
        token = three.post("/tokens", {"label": "machine"})["token"]
        three.delete("/sessions")
        for api in (one, three):
            self.refused("signed-out", api.get, "/me")
        one.signed(token).get("/me")
        sign_in(self.admin, email)[0].delete("/sessions?tokens=true")
        self.refused("signed-out", one.signed(token).get, "/me")

    def test_confirmation(self):
        """After a while what is sensitive asks again: by password or mailed code, never another's; the session goes on under a new secret."""
        api, _, email = self.person("again", PASSWORD)
        other, _, _ = self.person("again-other")
        time.sleep(2.1)
        self.refused("reauthentication-needed", api.put, "/me/password", {"password": OTHER})
        self.refused("signed-out", api.post, "/session/confirm", {"password": OTHER})
        self.refused("signed-out", api.post, "/session/confirm", {})
        other.post("/session/confirm/mail")
        self.refused("signed-out", api.post, "/session/confirm", {"token": self.code("again-other@people.example")})
        new = api.signed(api.post("/session/confirm", {"password": PASSWORD})["token"])
        self.refused("signed-out", api.get, "/me")
        new.put("/me/password", {"password": OTHER})
        time.sleep(2.1)
        new.post("/session/confirm/mail")
        code = self.code(email)
        newer = api.signed(new.post("/session/confirm", {"token": code})["token"])
        newer.delete("/me/password")
        self.refused("signed-out", newer.post, "/session/confirm", {"token": code})

    def test_grants_that_weigh(self):
        """Who may run a space or the platform is decided in a fresh session only."""
        funder = Funder(self.jalon, "fresh")
        manager, ident = funder.person("manager", "manager", "space")
        grant = {"person_id": ident, "role": "manager", "scope": "space", "scope_id": funder.space}
        manager.post("/grants", grant)
        time.sleep(2.1)
        self.refused("reauthentication-needed", manager.post, "/grants", grant)
        manager.post("/grants", {"person_id": ident, "role": "clerk", "scope": "call", "scope_id": funder.call})


class Demanded(Case):
    settings = {"second_factor": "managers"}

    def privileged(self, local):
        funder = Funder(self.jalon, local)
        manager, ident = funder.person("manager", "manager", "space")
        return funder, manager, ident

    def test_asked_of_who_runs_something(self):
        """Where the operator asks a second factor of them, who runs a space or the platform does nothing in a session that was not confirmed by one."""
        funder, manager, ident = self.privileged("asked")
        grant = {"person_id": ident, "role": "clerk", "scope": "call", "scope_id": funder.call}
        for method, path, body in (("POST", "/grants", grant), ("GET", "/applications", None), ("GET", f"/grants?scope=call&scope_id={funder.call}", None),
                                   ("POST", "/dossiers", {}), ("POST", "/tokens", {"label": "around"})):
            self.assertEqual(self.refused("second-factor-needed", manager.request, method, path, body).status, 403)
        self.assertIn("/me/totp", self.refused("second-factor-needed", manager.post, "/dossiers").document["detail"])
        self.assertEqual(manager.get("/spaces").status, 200, "what is public is")
        self.assertEqual(manager.get(f"/observatory?call_id={funder.call}")["least"], 3, "to nobody in particular")
        before = self.link("manager@asked.example")
        secret, codes = self.second_factor(manager)
        self.assertEqual(manager.post("/grants", grant).status, 201, "at once, in the session that put it in place")
        other = manager.signed(before["token"])
        self.assertIn("/session/confirm", self.refused("second-factor-needed", other.post, "/dossiers").document["detail"])
        renewed = manager.signed(other.post("/session/confirm", {"code": codes[0]})["token"])
        self.assertEqual(renewed.post("/dossiers").status, 201)
        self.assertEqual(manager.signed(manager.post("/tokens", {"label": "programme", "access": "write"})["token"]).post("/dossiers").status, 201)
        renewed.delete("/me/totp")
        self.refused("second-factor-needed", renewed.post, "/dossiers")

    def test_not_taken_off_by_a_session_without_it(self):
        """A session that was confirmed before a second factor was there does not take it off, make codes for it or read what was done by it."""
        _, manager, _ = self.privileged("before")
        before = manager.signed(self.link("manager@before.example")["token"])
        self.assertEqual(before.get("/me")["email"], "manager@before.example", "confirmed by the link, and kept in memory so")
        self.second_factor(manager)
        for method, path in (("DELETE", "/me/totp"), ("POST", "/me/recovery-codes"), ("PUT", "/me/password"), ("DELETE", "/me")):
            body = {"password": PASSWORD} if method == "PUT" else None
            self.refused("reauthentication-needed", before.request, method, path, body)
        for path in ("/me/history", "/me/export"):
            self.refused("second-factor-needed", before.get, path)
        self.assertTrue(manager.get("/me/history")["items"])
        self.assertEqual(manager.delete("/me/totp").status, 204)

    def test_of_administrators_and_of_nobody_else(self):
        """An administrator's session is refused the same way; who runs nothing is asked nothing."""
        self.jalon.admin_token("boss@people.example")
        boss, _ = sign_in(self.admin, "boss@people.example")
        self.refused("second-factor-needed", boss.get, "/people")
        self.assertEqual(boss.get("/me")["email"], "boss@people.example")
        self.second_factor(boss)
        self.assertEqual(boss.get("/people").status, 200)
        api, _, _ = self.person("ordinary")
        self.assertEqual(api.post("/dossiers").status, 201)


class LastUse(Case):
    def test_last_use_survives(self):
        """When a session was last used is written at the end, if not before, and read again after a restart."""
        api, _, _ = self.person("last")
        self.assertIsNone(next(api.items("/tokens"))["last_used_at"])
        self.jalon.stop()
        self.jalon.start()
        self.assertTrue(next(api.items("/tokens"))["last_used_at"])


class Https(Case):
    settings = {"base_url": "https://calls.example.org"}

    def test_the_cookie_is_secure(self):
        """Reached by https, the cookie is Secure and bears a name that only this host can set; the plain name is nobody's."""
        link, reply, _ = Sessions.browser(self, "https@people.example")
        cookie = reply.headers["Set-Cookie"]
        self.assertRegex(cookie, r"^__Host-jalon=[A-Za-z0-9_-]{43}; Path=/; HttpOnly; SameSite=Lax; Max-Age=\d+; Secure$")
        for shown, status in ((cookie.split(";")[0], 200), (cookie.split(";")[0].removeprefix("__Host-"), 401)):
            link.request("GET", "/api/v1/me", headers={"Cookie": shown})
            answer = link.getresponse()
            answer.read()
            self.assertEqual(answer.status, status)
        self.nobody.post("/sign-in", {"email": "https@people.example"})
        self.assertIn("https://calls.example.org/sign-in#", self.mails("https@people.example")[-1]["body"])


class Tokens(Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.one, cls.two = Funder(cls.jalon, "une"), Funder(cls.jalon, "deux")
        cls.carrier, _ = sign_in(cls.admin, "carrier@people.example")
        cls.application, cls.dossier = cls.one.apply(cls.carrier, plan="Un")
        cls.second, _ = cls.two.apply(cls.carrier, cls.dossier, plan="Deux")
        cls.other_dossier = cls.carrier.post("/dossiers", {})["id"]

    def token(self, api, **scope):
        made = api.post("/tokens", {"label": "essai", **scope})
        return api.signed(made["token"])

    def test_reading_is_the_least(self):
        """A token reads unless it was made to write; nothing of how one signs in is its to touch."""
        reader, writer = self.token(self.carrier), self.token(self.carrier, access="write")
        self.assertEqual(reader.get(f"/dossiers/{self.dossier}")["id"], self.dossier)
        self.refused("token-scope", reader.post, "/dossiers", {})
        self.refused("token-scope", reader.post, f"/applications/{self.application}/moves", {"event": "submit"})
        writer.post("/dossiers", {})
        for method, path, body in (("POST", "/tokens", {"label": "x"}), ("PUT", "/me/password", {"password": OTHER}), ("GET", "/tokens", None),
                                   ("POST", "/me/totp", {}), ("POST", "/me/address", {"email": "x@people.example"}), ("DELETE", "/sessions", None),
                                   ("POST", "/session/confirm", {"password": PASSWORD}), ("DELETE", f"/tokens/{NOTHING}", None)):
            self.refused("token-scope", writer.request, method, path, body)

    def test_a_scope_is_all_there_is(self):
        """A token bound to a dossier, a call or a space does what its maker may do there, and nothing elsewhere: not to read, list or name it."""
        rows = [("dossier", self.dossier, self.carrier, [f"/dossiers/{self.dossier}", f"/applications/{self.application}", f"/applications/{self.second}"],
                 [f"/dossiers/{self.other_dossier}", f"/calls/{self.one.call}", "/dossiers", "/me", "/calls", f"/dossiers/{NOTHING}"]),
                ("call", self.one.call, self.one.clerk, [f"/calls/{self.one.call}", f"/applications/{self.application}"],
                 [f"/calls/{self.two.call}", f"/spaces/{self.one.space}", "/applications", "/me", f"/applications/{self.second}"]),
                ("space", self.one.space, self.admin_session(), [f"/spaces/{self.one.space}", f"/calls/{self.one.call}", f"/workflows/{self.one.workflow}"],
                 [f"/spaces/{self.two.space}", f"/calls/{self.two.call}", "/people", "/outbox", "/spaces", f"/workflows/{self.two.workflow}"])]
        for scope, ident, api, inside, outside in rows:
            bound = self.token(api, access="write", scope=scope, scope_id=ident)
            for path in inside:
                with self.subTest(f"{scope} {path}"):
                    self.assertEqual(bound.get(path).raw, api.get(path).raw)
            for path in outside:
                with self.subTest(f"{scope} not {path}"):
                    self.refused("token-scope", bound.get, path)
        self.refused("invalid", self.carrier.post, "/tokens", {"label": "x", "scope": "call"})

    def admin_session(self):
        return sign_in(self.admin, "admin@jalon.example")[0]

    def test_a_scope_gives_nothing(self):
        """A token bound to what its maker has no part in is worth nothing there."""
        stranger, _, _ = self.person("stranger")
        bound = self.token(stranger, access="write", scope="dossier", scope_id=self.dossier)
        self.refused("not-found", bound.get, f"/dossiers/{self.dossier}")

    def test_writing_within(self):
        """Bound and made to write, it writes there."""
        bound = self.token(self.carrier, access="write", scope="dossier", scope_id=self.other_dossier)
        etag = bound.get(f"/dossiers/{self.other_dossier}").headers["etag"]
        self.assertEqual(bound.patch(f"/dossiers/{self.other_dossier}", {"title": "Par jeton"}, etag=etag)["title"], "Par jeton")


class Addresses(Case):
    def test_an_address_changes_when_the_new_one_says_so(self):
        """A code goes to the new address, notices to the old; then the account is at the new one alone."""
        api, ident, old = self.person("before")
        self.assertEqual(api.post("/me/address", {"email": "After@people.example"}).status, 202)
        self.assertEqual(api.get("/me")["email"], old)
        self.assertIn("changer l'adresse", self.mails(old)[-1]["body"])
        code = self.code("after@people.example")
        self.nobody.post("/sign-in/address", {"token": code})
        self.refused("signed-out", self.nobody.post, "/sign-in/address", {"token": code})
        self.assertEqual(api.get("/me")["email"], "after@people.example")
        self.assertIn("a changé", self.mails(old)[-1]["body"])
        self.assertEqual(self.link("after@people.example")["person"]["id"], ident)
        self.assertNotEqual(self.link(old)["person"]["id"], ident)

    def test_a_taken_address(self):
        """Whether an address is taken is told to whoever reads its mail, not to whoever asks."""
        api, ident, _ = self.person("wants")
        _, other, taken = self.person("taken")
        free = api.post("/me/address", {"email": "free@people.example"})
        self.assertEqual((free.status, free.raw), (lambda a: (a.status, a.raw))(api.post("/me/address", {"email": taken})))
        self.refused("conflict", self.nobody.post, "/sign-in/address", {"token": self.code(taken)})
        self.assertEqual(api.get("/me")["email"], "wants@people.example")
        self.assertEqual(self.link(taken)["person"]["id"], other)


class Guessing(Case):
    settings = {"client_tries": 20, "trusted_proxies": "10.0.0.0/8, 127.0.0.1"}

    def from_(self, *hops):
        class From(Api):
            def request(self, method, path, body=None, headers=None, timeout=30):
                return super().request(method, path, body, {**(headers or {}), "X-Forwarded-For": ", ".join(hops)}, timeout)
        return From(self.jalon.base)

    def tries(self, api, n, local="guess"):
        got = []
        for i in range(n):
            try:
                api.post("/sign-in/password", {"email": f"{local}{i}@people.example", "password": "wrong wrong wrong"})
            except Problem as problem:
                got.append(problem.status)
        return got

    def test_one_client_many_accounts(self):
        """Twenty wrong ones from one address, then no more for it; others go on; a forged header is not believed; an IPv6 network is one."""
        self.assertEqual(self.tries(self.from_("203.0.113.7"), 22), [401] * 20 + [429] * 2)
        self.assertEqual(self.tries(self.from_("198.51.100.1", "203.0.113.7"), 1), [429])
        self.assertEqual(self.tries(self.from_("203.0.113.7", "10.1.2.3"), 1), [429])
        self.assertEqual(self.tries(self.from_("203.0.113.8"), 1), [401])
        self.tries(self.from_("2001:db8:1:2::1"), 20)
        self.assertEqual(self.tries(self.from_("2001:db8:1:2:ffff::9"), 1), [429])
        self.assertEqual(self.tries(self.from_("2001:db8:1:3::1"), 1), [401])

    def test_codes_and_mails(self):
        """Mailed codes cannot be tried without end, nor mails asked for."""
        one, two = self.from_("192.0.2.1"), self.from_("192.0.2.2")
        for _ in range(20):
            self.refused("signed-out", one.post, "/sign-in/link", {"token": "A" * 43})
        self.refused("throttled", one.post, "/sign-in/link", {"token": "A" * 43})
        for i in range(20):
            two.post("/sign-in", {"email": f"flood{i}@people.example"})
        self.refused("throttled", two.post, "/sign-in", {"email": "flood@people.example"})
        api, _, _ = self.person("mailer")
        for i in range(6):
            api.post("/me/address", {"email": f"box{i}@people.example"})
        self.refused("throttled", api.post, "/me/address", {"email": "box6@people.example"})

    def test_one_mailbox(self):
        """A mailbox gets six codes an hour, whoever asks, and nobody hears that it has enough."""
        for i in range(9):
            self.assertEqual(self.from_(f"198.51.100.{i}").post("/sign-in", {"email": "box@people.example"}).status, 202)
        self.assertEqual(len(self.mails("box@people.example")), 6)


class Accounts(Case):
    """What administrators do to accounts."""

    def test_ended_by_an_administrator(self):
        """An administrator ends all sessions and tokens of somebody."""
        api, ident, email = self.person("stolen")
        token = Api(self.jalon.base, api.post("/tokens", {"label": "programme", "access": "read"})["token"])
        self.refused("forbidden", api.delete, f"/people/{ident}/sessions")
        self.admin.delete(f"/people/{ident}/sessions")
        self.refused("signed-out", api.get, "/me")
        self.refused("signed-out", token.get, "/me")
        self.assertEqual(self.link(email)["person"]["id"], ident)  # who signs in again

    def test_suspended(self):
        """A suspended account signs in by no way, and resumes as it was."""
        api, ident, email = self.person("suspended", PASSWORD)
        dossier = api.post("/dossiers", {"title": "Projet"})["id"]
        self.assertIsNotNone(self.admin.put(f"/people/{ident}/suspension", {"suspended": True})["suspended_at"])
        self.refused("signed-out", api.get, "/me")
        self.refused("forbidden", self.link, email)
        self.refused("forbidden", self.nobody.post, "/sign-in/password", {"email": email, "password": PASSWORD})
        self.refused("signed-out", self.nobody.post, "/sign-in/password", {"email": email, "password": PASSWORD + "x"})  # told to no stranger
        self.assertIsNone(self.admin.put(f"/people/{ident}/suspension", {"suspended": False})["suspended_at"])
        again = Api(self.jalon.base, self.link(email)["token"])
        self.assertEqual(again.get(f"/dossiers/{dossier}")["title"], "Projet")

    def test_who_suspends(self):
        """Nobody suspends their own account, and only administrators suspend."""
        api, ident, _ = self.person("ordinary")
        self.refused("forbidden", api.put, f"/people/{ident}/suspension", {"suspended": True})
        self.refused("conflict", self.admin.put, f"/people/{self.admin.get('/me')['id']}/suspension", {"suspended": True})
        self.refused("not-found", self.admin.put, "/people/00000000-0000-4000-8000-000000000000/suspension", {"suspended": True})


if __name__ == "__main__":
    unittest.main()
