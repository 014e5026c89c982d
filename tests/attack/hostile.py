# SPDX-License-Identifier: Apache-2.0
"""A few dozen hostile requests at every route: an answer of 2xx or 4xx each time, never a 5xx, and the server goes on as it was.
TEST_LONG=1 tries every payload in every place; else each place gets some, other ones at each run (TEST_SEED repeats a run)."""
import json
import os
import pathlib
import random
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from doors import ENDING, Api, Doors, Knock, Server, quote, sample  # noqa: E402

LONG = bool(os.environ.get("TEST_LONG"))
SEED = int(os.environ.get("TEST_SEED", "0")) or random.SystemRandom().randrange(1, 10**6)
EACH = 1000 if LONG else 6  # payloads in one place

# As text: in paths, in the query, in members of bodies.
TEXTS = [
    "'", "''", "' or '1'='1", "'; drop table person; --", "1; select pg_sleep(9)", "' union select null,null,null--", "\\'; --", "$$", "$1", "%27", "{{7*7}}", "${7*7}", "#{7*7}",
    "%s%n%x", "`id`", "$(id)", "| id", "; id", "\0", "a\0b", "\x01\x02", "\x7f", "\r\nX-Injected: yes\r\n\r\n", "\nSet-Cookie: jalon=x", "../../../../etc/passwd",
    "..\\..\\windows", "/etc/passwd", "....//", "%2e%2e%2f", "file:///etc/passwd", "http://169.254.169.254/", "//evil.example", "javascript:alert(1)",
    "<script>alert(1)</script>", "\"><svg onload=alert(1)>", "<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]>", "a" * 300, "é" * 1500, "\U0001f469\u200d\U0001f469", "\u202eabc",
    "\ufeff", "\ufffe", "NaN", "Infinity", "-1", "0", "00", "1e400", "9223372036854775808", "99999999999999999999999999", "-9223372036854775809", "1.5", "0x10", "true", "null",
    "[]", "{}", "*", "", " ", "%", "%zz", "%00", "%c0%ae", "%ff", ".", "..", "__proto__", "constructor",
    "00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff", "0001-01-01T00:00:00Z", "9999-12-31T23:59:60Z", "infinity", "-infinity", "2024-02-30",
]
# As JSON: where a member or the whole body is asked.
VALUES = [None, True, False, 0, -1, 1.5, 2**53, -2**63, 2**63 - 1, "", " ", [], [[]], [None], {}, {"": ""}, {"a": {"b": {"c": []}}}, ["a"] * 300, {"$ref": "#"}, {"__proto__": {}},
          {"fr": 3}, {"fr": "a" * 3000}, [{"organisation_id": "'"}], *TEXTS]
BODIES = [b"", b"null", b"true", b"3", b'"a"', b"[]", b"[{}]", b"{", b"{}}", b'{"a":1,"a":2}', b'{"":1}', b"[" * 5000, b'{"a":' * 5000, b"{\"a\":" * 60 + b"1" + b"}" * 60,
          b'{"a":1e999}', b'{"a":-}', b'{"a":"\\u0000"}', b'{"a\\u0000":1}', b'{"a":"\\ud800"}', b'{"a":"\xff"}', b"\xef\xbb\xbf{}", b"\xff\xfe{\x00}\x00", b"a: [", b"<a/>",
          b"a=1&b=2", b"\x00" * 64, b" " * 70000 + b"{}", b'{"a":' + b"9" * 5000 + b"}", b"&a [*a, *a]", b"--- !!python/object/apply:os.system ['id']", b"? {? {? {}}}"]
HEADERS = [("Authorization", "Bearer '"), ("Authorization", "Bearer " + "a" * 5000), ("Authorization", "Basic YWRtaW46YWRtaW4="), ("Authorization", "\x01"), ("Cookie", "jalon='; --"),
           ("Cookie", "jalon=" + "=" * 43), ("Cookie", "jalon=%00; jalon=a"), ("Accept", "*/*;q=\x00"), ("Accept", "a/b" * 900), ("Accept-Language", "';--"), ("Accept-Language", "fr;q=nan"),
           ("Accept-Language", "," * 4000), ("If-Match", "'"), ("If-Match", '"99999999999999999999999"'), ("If-Match", '"-1"'), ("If-None-Match", '"' * 999), ("Idempotency-Key", "'; --"),
           ("Idempotency-Key", "é"), ("Idempotency-Key", "a" * 129), ("Idempotency-Key", ""), ("Request-Id", "'}\"\\"), ("Request-Id", "a" * 4000), ("X-Request-Id", "\t"),
           ("Content-Type", "application/json; charset=utf-7"), ("Content-Type", "application/yaml"), ("Content-Type", "'"), ("Content-Type", "multipart/form-data; boundary=a"),
           ("Content-Encoding", "gzip"), ("Range", "bytes=0-18446744073709551615"), ("Range", "bytes=-1,-1"), ("Origin", "null"), ("Expect", "200-maybe"), ("Upgrade", "h2c"),
           ("X-HTTP-Method-Override", "DELETE"), ("X-Forwarded-For", "' or 1=1"), ("X-Forwarded-For", "127.0.0.1, " * 300), ("Forwarded", "for=\"[::1]:x\"")]


class Hostile(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.jalon = Server().start()
        cls.addClassCleanup(cls.jalon.__exit__)
        cls.all, cls.chance, cls.count = Doors(cls.jalon), random.Random(SEED), 0
        cls.doors = [door for door in cls.all if str(door) not in ENDING]
        cls.strong, cls.weak = Knock(cls.jalon.port, cls.jalon.admin.token), Knock(cls.jalon.port, cls.all.world.carrier.token)
        print(f"seed {SEED}")

    @classmethod
    def tearDownClass(cls):
        print(f"{cls.count} hostile requests")

    def some(self, payloads):
        return payloads if len(payloads) <= EACH else self.chance.sample(payloads, EACH)

    def knock(self, door, path, headers=(), body=None, media=True):
        """Whoever is entitled and whoever is not; each gets a civil answer."""
        headers = list(headers)
        if body is not None and media and door.media and not any(name == "Content-Type" for name, _ in headers):
            headers.append(("Content-Type", door.media.replace("*/*", "application/pdf")))
        for who in (self.strong, self.weak):
            type(self).count += 1
            status, found, data = who(door.method, path, headers, body)
            told = f"seed {SEED}: {door.method} {path[:200]} {headers} {(body or b'')[:200]} -> {status} {data[:300]}"
            self.assertTrue(200 <= status < 500, told)
            self.assertNotIn("x-injected", [name.lower() for name, _ in found], told)
            for word in (b"PostgreSQL", b"syntax error at", b"SELECT", b"/home/", b"/var/lib", b"root:x:", b"libpq", b".c:"):
                self.assertFalse(word in data and status >= 400, told)

    def body_of(self, door):
        return json.dumps(sample(door.body)).encode() if door.body else b"a" if door.media else None

    def test_paths(self):
        """In each {…} of each path."""
        for door in self.doors:
            for name in door.ids:
                for text in self.some(TEXTS):
                    self.knock(door, self.all.fill(door, **{name: quote(text)}), body=self.body_of(door))
            for end in ("/", "//", "/..", "/%2e%2e/", ";a=b", ".json", "/.git", "%00", "?", "#", "/" + "a" * 3000):
                self.knock(door, self.all.fill(door) + end, body=self.body_of(door))

    def test_queries(self):
        """In each parameter of each query, twice, without a value, and in names that nobody knows."""
        for door in self.doors:
            path = self.all.fill(door)
            for name in [*door.query, "unknown"]:
                for text in self.some(TEXTS):
                    self.knock(door, f"{path}?{name}={quote(text)}", body=self.body_of(door))
                for query in (name, f"{name}=", f"{name}=a&{name}=b", f"{name}[]=a", f"{name}=%", f"{name}=%00", f"&&{name}=a&", f"{name}=" + "a" * 3000):
                    self.knock(door, f"{path}?{query}", body=self.body_of(door))

    def test_bodies(self):
        """In the whole body, and in each member of it, at its place and one deeper."""
        for door in self.doors:
            path = self.all.fill(door)
            for body in self.some(BODIES):
                self.knock(door, path, self.all.condition(door), body)
            if not door.body:
                continue
            whole = sample(door.body)
            for name in [*door.body.get("properties", {}), "unknown"]:
                for value in self.some(VALUES):
                    for put in (value, {"fr": value}, [value])[:1 if not LONG else 3]:
                        self.knock(door, path, self.all.condition(door), json.dumps({**whole, name: put}).encode())

    def test_headers(self):
        """In headers."""
        for door in self.doors:
            for header in self.some(HEADERS) if not LONG else HEADERS:
                self.knock(door, self.all.fill(door), [header], self.body_of(door))

    def test_zz_the_server_goes_on(self):
        """Afterwards it is the same process, healthy, nobody has been made an administrator, and its log tells of no mistake of ours."""
        self.assertIsNone(self.jalon.process.poll())
        Api(self.jalon.base).get("/health/ready")
        self.jalon.admin.get(f"/applications/{self.all.application}")
        me = self.all.world.carrier.get("/me")
        self.assertFalse([grant for grant in me["grants"] if grant["scope"] == "platform"])
        wrong = [line for line in self.jalon.log_text().splitlines() if '"level":"error"' in line or "Sanitizer" in line or "runtime error" in line]
        self.assertEqual(wrong, [])


if __name__ == "__main__":
    unittest.main()
