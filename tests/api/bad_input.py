# SPDX-License-Identifier: Apache-2.0
"""Bad input gets a clear problem document: status, stable type, pointer; nothing is stored, nothing private is logged."""
import http.client
import json
import pathlib
import sys
import unittest
import uuid

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from jalon import Api, Problem, Server  # noqa: E402
from world import TOGGLE, World  # noqa: E402

JSON = {"Content-Type": "application/json"}
DEEP = "[" * 100 + "]" * 100
SECRET = "jean.secret@example.org"

# sentence, who, method, path, body (text, or a value to be JSON), headers, status, type, pointer (None: not looked at)
ROWS = [
    ("JSON that breaks off", "admin", "POST", "/organisations", '{"name": "a', JSON, 400, "malformed", None),
    ("JSON with a duplicate key", "admin", "POST", "/organisations", '{"name":"a","name":"b"}', JSON, 400, "malformed", None),
    ("JSON too deep", "admin", "POST", "/organisations", '{"name": %s}' % DEEP, JSON, 400, "malformed", None),
    ("a body too large", "admin", "POST", "/organisations", '{"name": "%s"}' % ("a" * 1100000), JSON, 413, "too-large", None),
    ("text that is not UTF-8", "admin", "POST", "/organisations", b'{"name": "\xff\xfe"}', JSON, 400, "malformed", None),
    ("no body at all", "admin", "POST", "/organisations", "", JSON, 422, "invalid", "/name"),
    ("an array where an object is asked", "admin", "POST", "/organisations", "[]", JSON, 422, "invalid", ""),
    ("a wrong type", "admin", "POST", "/organisations", {"name": 3, "kind": "epci"}, None, 422, "invalid", "/name"),
    ("a missing member", "admin", "POST", "/organisations", {"kind": "epci"}, None, 422, "invalid", "/name"),
    ("an unknown member", "admin", "POST", "/organisations", {"name": "a", "kind": "epci", "colour": "red"}, None, 422, "invalid", "/colour"),
    ("a text too long", "admin", "POST", "/organisations", {"name": "a" * 5000, "kind": "epci"}, None, 422, "invalid", "/name"),
    ("a SIREN whose check digit is wrong", "admin", "POST", "/organisations", {"name": "a", "kind": "epci", "siren": "123456789"}, None, 422, "invalid", "/siren"),
    ("an instant that is none", "admin", "POST", "/calls", {"space_id": "{space}", "workflow_id": "{workflow}", "title": {"fr": "a"}, "opens_at": "demain", "closes_at": "2030-01-01T00:00:00Z"}, None, 422, "invalid", "/opens_at"),
    ("an id that is no UUID in the body", "admin", "POST", "/calls", {"space_id": "x", "workflow_id": "{workflow}", "title": {"fr": "a"}, "opens_at": "2029-01-01T00:00:00Z", "closes_at": "2030-01-01T00:00:00Z"}, None, 422, "invalid", "/space_id"),
    ("a call that closes before it opens", "admin", "POST", "/calls", {"space_id": "{space}", "workflow_id": "{workflow}", "title": {"fr": "a"}, "opens_at": "2031-01-01T00:00:00Z", "closes_at": "2030-01-01T00:00:00Z"}, None, 422, "invalid", None),
    ("money below zero", "admin", "POST", "/calls", {"space_id": "{space}", "workflow_id": "{workflow}", "title": {"fr": "a"}, "opens_at": "2029-01-01T00:00:00Z", "closes_at": "2030-01-01T00:00:00Z", "amount": -1}, None, 422, "invalid", "/amount"),
    ("an unknown query parameter", "admin", "GET", "/calls?colour=red", None, None, 422, "invalid", None),
    ("a page size that is no number", "admin", "GET", "/calls?limit=many", None, None, 422, "invalid", None),
    ("a cursor that is not ours", "admin", "GET", "/calls?cursor=abc", None, None, 422, "invalid", None),
    ("an unknown path", "admin", "GET", "/nothing", None, None, 404, "not-found", None),
    ("an id that is no UUID in the path", "admin", "GET", "/applications/12", None, None, 404, "not-found", None),
    ("a wrong method", "admin", "DELETE", "/calls", None, None, 405, "method", None),
    ("a wrong media type", "admin", "POST", "/organisations", "name=a", {"Content-Type": "application/x-www-form-urlencoded"}, 415, "media-type", None),
    ("nobody signed in", "nobody", "GET", "/me", None, None, 401, "signed-out", None),
    ("a token that is none", "wrong", "GET", "/me", None, None, 401, "signed-out", None),
    ("an act for administrators", "stranger", "POST", "/spaces", {"slug": "x", "title": {"fr": "x"}, "organisation_id": "{organisation}"}, None, 403, "forbidden", None),
    ("someone else's dossier", "stranger", "GET", "/dossiers/{dossier}", None, None, 404, "not-found", None),
    ("someone else's application", "stranger", "GET", "/applications/{application}", None, None, 404, "not-found", None),
    ("someone else's application, by a move", "stranger", "POST", "/applications/{application}/moves", {"event": "flip"}, None, 404, "not-found", None),
    ("an edit of someone else's dossier", "stranger", "PATCH", "/dossiers/{dossier}", {"answers": {"title": "pris"}}, {"If-Match": '"1"', **JSON}, 404, "not-found", None),
    ("an edit without If-Match", "carrier", "PATCH", "/dossiers/{dossier}", {"answers": {"title": "abc"}}, None, 428, "unconditional", None),
    ("an edit of a stale version", "carrier", "PATCH", "/dossiers/{dossier}", {"answers": {"title": "abc"}}, {"If-Match": '"99"', **JSON}, 412, "stale", None),
    ("an answer of the wrong type", "carrier", "PATCH", "/dossiers/{dossier}", {"answers": {"title": 12}}, "etag", 422, "invalid", "/answers/title"),
    ("an answer that no form knows", "carrier", "PATCH", "/dossiers/{dossier}", {"answers": {"colour": "red"}}, "etag", 422, "invalid", "/answers/colour"),
    ("a move that does not exist", "carrier", "POST", "/applications/{application}/moves", {"event": "fly"}, None, 409, "refused", None),
    ("a move of another role", "carrier", "POST", "/applications/{application}/moves", {"event": "close"}, None, 409, "refused", None),
    ("a move with data that do not fit", "carrier", "POST", "/applications/{application}/moves", {"event": "flip", "data": {"n": 3}}, None, 422, "invalid", "/data/n"),
    ("a move with a stale version", "carrier", "POST", "/applications/{application}/moves", {"event": "flip", "version": 99}, None, 412, "stale", None),
    ("a workflow without a word", "admin", "POST", "/workflows?space_id={space}", "", {"Content-Type": "application/yaml"}, 422, "invalid", None),
    ("a space's file without a word", "admin", "PUT", "/spaces/{space}/file", "", {"Content-Type": "application/yaml"}, 422, "invalid", None),
    ("a workflow that is no YAML", "admin", "POST", "/workflows?space_id={space}", "a: [", {"Content-Type": "application/yaml"}, 422, "invalid", None),
    ("a workflow that names an unknown state", "admin", "POST", "/workflows?space_id={space}", TOGGLE.replace("to: right", "to: rigth"), {"Content-Type": "application/yaml"}, 422, "invalid", None),
]


class BadInput(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.jalon = Server().start()
        cls.addClassCleanup(cls.jalon.__exit__)
        cls.world = World(cls.jalon)
        cls.application, cls.dossier = cls.world.application()
        stranger, _ = cls.world.person("stranger")
        cls.who = {"admin": cls.jalon.admin, "carrier": cls.world.carrier, "stranger": stranger, "nobody": Api(cls.jalon.base),
                   "wrong": Api(cls.jalon.base, "A" * 43)}
        cls.names = {"space": cls.world.space, "workflow": cls.world.workflow, "organisation": cls.world.organisation,
                     "application": cls.application, "dossier": cls.dossier}

    def fill(self, value):
        if isinstance(value, str):
            for name, ident in self.names.items():
                value = value.replace("{%s}" % name, ident)
            return value
        if isinstance(value, dict):
            return {k: self.fill(v) for k, v in value.items()}
        return value

    def counts(self):
        admin = self.jalon.admin
        return [len(list(admin.items(path))) for path in ("/organisations", "/spaces", "/calls", "/workflows", "/people")] + [
            self.world.carrier.get(f"/dossiers/{self.dossier}").json, self.world.carrier.get(f"/applications/{self.application}").json]

    def test_workflow_faults_name_line_and_column(self):
        """A workflow's faults name their line, column and what to write instead."""
        text = TOGGLE.replace("by: carrier, to: right", "by: carier, to: rigth")
        with self.assertRaises(Problem) as caught:
            self.jalon.admin.post(f"/workflows?space_id={self.world.space}", text, headers={"Content-Type": "application/yaml"})
        errors = caught.exception.errors
        self.assertGreaterEqual(len(errors), 2)
        for error in errors:
            self.assertGreater(error["line"], 20)
            self.assertGreater(error["column"], 1)
        self.assertIn("right", json.dumps(errors))
        self.assertIn("carrier", json.dumps(errors))

    def test_both_languages(self):
        """The same problem is told in the reader's language."""
        told = {}
        for lang in ("fr", "en"):
            try:
                Api(self.jalon.base, self.jalon.admin.token, lang).post("/organisations", {"kind": "epci"})
            except Problem as problem:
                told[lang] = problem.document["title"], problem.errors[0]["detail"]
        self.assertNotEqual(told["fr"], told["en"])
        self.assertEqual(told["fr"][0], "Données invalides")
        self.assertEqual(told["en"][0], "Invalid data")

    def test_every_problem_at_once(self):
        """Three faults of one body are three errors, each with its pointer."""
        with self.assertRaises(Problem) as caught:
            self.jalon.admin.post("/organisations", {"name": 1, "siren": "x", "colour": 2})
        self.assertEqual({e["pointer"] for e in caught.exception.errors}, {"/name", "/siren", "/colour"})

    def test_idempotency_key_is_for_one_request(self):
        """A key used again gives the same answer; with another body it is refused; nothing is made twice."""
        key = {"Idempotency-Key": str(uuid.uuid4())}
        first = self.jalon.admin.post("/organisations", {"name": "Une fois", "kind": "other"}, headers=key)
        again = self.jalon.admin.post("/organisations", {"name": "Une fois", "kind": "other"}, headers=key)
        self.assertEqual((first.status, first.json), (again.status, again.json))
        with self.assertRaises(Problem) as caught:
            self.jalon.admin.post("/organisations", {"name": "Deux fois", "kind": "other"}, headers=key)
        self.assertEqual((caught.exception.status, caught.exception.type), (422, "key-reused"))
        self.assertEqual(sum(o["name"] in ("Une fois", "Deux fois") for o in self.jalon.admin.items("/organisations")), 1)

    def test_allow_names_the_methods(self):
        """405 names the methods that are allowed."""
        with self.assertRaises(Problem) as caught:
            self.jalon.admin.delete("/calls")
        self.assertIn("GET", caught.exception.headers["allow"])

    def test_headers_too_large(self):
        """Headers beyond the limit are refused, and the server goes on."""
        link = http.client.HTTPConnection("127.0.0.1", self.jalon.port, timeout=10)
        try:
            link.request("GET", "/api/v1/calls", headers={"X-Big": "a" * 60000})
            self.assertIn(link.getresponse().status, (400, 413, 431))
        except OSError:
            pass
        Api(self.jalon.base).get("/health/live")

    def test_nothing_private_is_logged(self):
        """Logs hold no address, no token, no answer."""
        Api(self.jalon.base).post("/sign-in", {"email": SECRET})
        try:
            self.world.carrier.patch(f"/dossiers/{self.dossier}", {"answers": {"title": 12, "confidential": "Z4Z4Z4"}}, etag='"1"')
        except Problem:
            pass
        log = self.jalon.log_text()
        for private in (SECRET, "jean.secret", self.world.carrier.token, self.jalon.admin.token, "Z4Z4Z4", "carrier@monde.example"):
            self.assertNotIn(private, log)
        requests = [json.loads(line) for line in log.splitlines() if line.startswith("{")]
        self.assertTrue(any("request" in line or "id" in line for line in requests))


def add(index, row):
    sentence, who, method, path, body, headers, status, kind, pointer = row

    def test(self):
        before = self.counts()
        sent = headers
        if headers == "etag":
            sent = {"If-Match": self.world.carrier.get(f"/dossiers/{self.dossier}").headers["etag"], **JSON}
        with self.assertRaises(Problem) as caught:
            self.who[who].request(method, self.fill(path), self.fill(body), headers=sent)
        problem = caught.exception
        self.assertEqual((problem.status, problem.type), (status, kind), str(problem))
        self.assertEqual(problem.headers["content-type"].split(";")[0], "application/problem+json")
        for member in ("type", "title", "status", "detail", "instance"):
            self.assertIn(member, problem.document)
        if pointer is not None:
            self.assertIn(pointer, [e.get("pointer") for e in problem.errors])
        self.assertEqual(self.counts(), before, "something was stored")
    test.__doc__ = f"{sentence}: {status} {kind}"
    setattr(BadInput, f"test_row_{index:02}", test)


for index, row in enumerate(ROWS):
    add(index, row)

if __name__ == "__main__":
    unittest.main()
