# SPDX-License-Identifier: Apache-2.0
"""Who sees what, and who may do what: two funders, one dossier, everyone with their own token."""
import http.client
import pathlib
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from jalon import Api, Problem, Server, sign_in  # noqa: E402
from world import World  # noqa: E402

BLIND = """jalon: 1
id: blind
title: {fr: À l'aveugle, en: Blind}
roles:
  carrier: {title: Carrier, on: dossier, sees: [forms, documents, reviews, decision, history, messages]}
  clerk: {title: Clerk, on: call, sees: [forms, documents, reviews, decision, history, messages]}
  expert: {title: Expert, on: call, sees: [forms, reviews]}
  reader: {title: Reader, on: call, sees: [form.main]}
forms:
  main: {title: Main, type: object, properties: {title: {$ref: "dictionary#/title"}}}
  secret: {title: Secret, type: object, properties: {summary: {$ref: "dictionary#/summary"}, own: {type: string}}}
documents:
  statutes: {$ref: "dictionary#/documents/statutes"}
grids:
  merit: {title: Merit, by: expert, reviews: 2, blind: true, criteria: {worth: {title: Worth, weight: 1, scale: {1: Low, 5: High}}}}
decision: {kinds: [granted, refused], floor: 1, ceiling: 1000000}
initial: draft
states:
  draft: {title: Draft, stage: submission, edit: {carrier: [forms, documents]}, on: {submit: {by: carrier, to: read, do: [seal]}}}
  read: {title: Reading, stage: evaluation, edit: {expert: [reviews], clerk: [decision]}, on: {decision.recorded: {to: end}}}
  end: {type: final, title: End, stage: decision}
"""
SUMMARY = "Ce que le lecteur ne doit pas voir."

# sentence, who, method, path, body, status
ROWS = [
    ("the carrier reads the dossier", "carrier", "GET", "/dossiers/{dossier}", None, 200),
    ("an author reads it", "author", "GET", "/dossiers/{dossier}", None, 200),
    ("a clerk reads it through the application only", "clerk", "GET", "/dossiers/{dossier}", None, 404),
    ("so he does", "clerk", "GET", "/applications/{filed}/dossier", None, 200),
    ("a draft is its authors' own", "clerk", "GET", "/applications/{draft}/dossier", None, 404),
    ("whom nobody named sees no application", "stranger", "GET", "/applications/{filed}", None, 404),
    ("nor its dossier", "stranger", "GET", "/applications/{filed}/dossier", None, 404),
    ("nor its documents", "stranger", "GET", "/documents/{document}", None, 404),
    ("nor their bytes", "stranger", "GET", "/documents/{document}/content", None, 404),
    ("nor its decisions", "stranger", "GET", "/applications/{filed}/decisions", None, 404),
    ("a clerk reads a filed document", "clerk", "GET", "/documents/{document}/content", None, 200),
    ("a role that does not see documents does not", "reader", "GET", "/documents/{document}/content", None, 404),
    ("the other funder's clerk has no part here", "other_clerk", "GET", "/applications/{filed}", None, 404),
    ("nor sees the scores", "other_clerk", "GET", "/applications/{filed}/reviews", None, 404),
    ("a role that does not see decisions is told so", "expert", "GET", "/applications/{filed}/decisions", None, 403),
    ("an author files nothing", "author", "POST", "/calls/{call}/applications", {"dossier_id": "{dossier}"}, 403),
    ("an author invites nobody", "author", "POST", "/dossiers/{dossier}/authors", {"email": "a@b.example"}, 403),
    ("a stranger does not open somebody's dossier", "stranger", "POST", "/calls/{call}/applications", {"dossier_id": "{dossier}"}, 422),
    ("a carrier grants no part in a call", "carrier", "POST", "/grants", {"email": "a@b.example", "role": "clerk", "scope": "call", "scope_id": "{call}"}, 403),
    ("a clerk grants nothing", "clerk", "POST", "/grants", {"email": "a@b.example", "role": "clerk", "scope": "call", "scope_id": "{call}"}, 403),
    ("a manager grants on their call", "manager", "POST", "/grants", {"email": "a@b.example", "role": "reader", "scope": "call", "scope_id": "{call}"}, 201),
    ("a manager cannot make themselves a carrier", "manager", "POST", "/grants", {"email": "a@b.example", "role": "carrier", "scope": "space", "scope_id": "{space}"}, 422),
    ("nor of a dossier that was filed with them", "manager", "POST", "/grants", {"email": "a@b.example", "role": "carrier", "scope": "dossier", "scope_id": "{dossier}"}, 404),
    ("a manager runs no platform", "manager", "POST", "/grants", {"email": "a@b.example", "role": "admin", "scope": "platform", "scope_id": ""}, 403),
    ("a role that no workflow knows is refused", "manager", "POST", "/grants", {"email": "a@b.example", "role": "king", "scope": "call", "scope_id": "{call}"}, 422),
    ("a manager knows that it exists and reads no answers", "manager", "GET", "/applications/{filed}/dossier", None, 403),
    ("an administrator decides nothing", "admin", "POST", "/applications/{filed}/decisions", {"kind": "granted", "amount": 1}, 409),
    ("strangers to the platform see open calls", "nobody", "GET", "/calls/{call}", None, 200),
    ("and no people", "nobody", "GET", "/people", None, 401),
    ("whoever is signed in does not list people", "carrier", "GET", "/people", None, 403),
    ("a stranger's account is not shown", "stranger", "GET", "/people/{carrier_id}", None, 404),
    ("the outbox is for administrators", "manager", "GET", "/outbox", None, 403),
]


class Rights(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.jalon = Server().start()
        cls.addClassCleanup(cls.jalon.__exit__)
        w = cls.world = World(cls.jalon, BLIND)
        admin = cls.jalon.admin
        admin.patch(f"/calls/{w.call}", {"amount": 1000}, etag=admin.get(f"/calls/{w.call}").headers["etag"])
        other = admin.post("/calls", {"space_id": w.space, "workflow_id": w.workflow, "title": {"fr": "Autre"},
                                      "opens_at": "2020-01-01T00:00:00Z", "closes_at": "2099-01-01T00:00:00Z"})["id"]
        cls.draft, cls.draft_dossier = w.application("Brouillon")
        cls.filed, cls.dossier = w.application("Déposé")
        cls.who = {"admin": admin, "carrier": w.carrier, "nobody": Api(cls.jalon.base)}
        for name, role, scope in (("clerk", "clerk", "call"), ("expert", "expert", "call"), ("expert2", "expert", "call"),
                                  ("reader", "reader", "call"), ("manager", "manager", "space"), ("stranger", None, None)):
            cls.who[name], _ = w.person(name, role, scope)
        cls.who["other_clerk"], other_id = sign_in(admin, "other@monde.example")
        admin.post("/grants", {"person_id": other_id, "role": "clerk", "scope": "call", "scope_id": other})
        w.carrier.post(f"/dossiers/{cls.dossier}/authors", {"email": "author@monde.example"})
        cls.who["author"], _ = sign_in(admin, "author@monde.example")
        etag = w.carrier.get(f"/dossiers/{cls.dossier}").headers["etag"]
        w.carrier.patch(f"/dossiers/{cls.dossier}", {"workflow_id": w.workflow, "answers": {"summary": SUMMARY, "own": "x"}}, etag=etag)
        cls.document = w.carrier.post(f"/dossiers/{cls.dossier}/documents?kind=statutes&name=s.pdf", b"%PDF-1.4",
                                      headers={"Content-Type": "application/pdf"})["id"]
        w.carrier.post(f"/applications/{cls.filed}/moves", {"event": "submit"})
        cls.names = {"dossier": cls.dossier, "filed": cls.filed, "draft": cls.draft, "document": cls.document, "call": w.call,
                     "space": w.space, "carrier_id": w.carrier_id}

    def fill(self, value):
        if isinstance(value, dict):
            return {k: self.fill(v) for k, v in value.items()}
        for name, ident in self.names.items():
            value = value.replace("{%s}" % name, ident) if isinstance(value, str) else value
        return value

    def status(self, who, method, path, body=None, **kw):
        try:
            return who.request(method, path, body, **kw).status
        except Problem as problem:
            return problem.status

    def test_rows(self):
        """Each sees and does what they were granted, and no more."""
        for sentence, who, method, path, body, expected in ROWS:
            with self.subTest(sentence):
                self.assertEqual(self.status(self.who[who], method, self.fill(path), self.fill(body)), expected)

    def test_forms_are_filtered(self):
        """A role that sees one form reads no answer of another."""
        read = self.who["reader"].get(f"/applications/{self.filed}/dossier").json
        self.assertEqual(read["answers"], {"title": "Déposé"})
        self.assertEqual(read["documents"], [])
        full = self.who["clerk"].get(f"/applications/{self.filed}/dossier").json
        self.assertEqual(full["answers"], {"title": "Déposé", "summary": SUMMARY, "own": "x"})
        self.assertTrue(full["sealed"])

    def test_lists_show_what_one_may_see(self):
        """Lists are empty for strangers; a call's draft is nobody's but its managers'."""
        self.assertEqual(list(self.who["stranger"].items("/applications")), [])
        self.assertEqual(list(self.who["stranger"].items("/dossiers")), [])
        made = self.who["manager"].post("/calls", {"space_id": self.world.space, "workflow_id": self.world.workflow, "title": {"fr": "Secret"},
                                                   "opens_at": "2030-01-01T00:00:00Z", "closes_at": "2031-01-01T00:00:00Z"})["id"]
        self.assertNotIn(made, [c["id"] for c in self.who["stranger"].items("/calls")])
        self.assertIn(made, [c["id"] for c in self.who["manager"].items("/calls")])
        self.assertEqual(self.status(self.who["stranger"], "GET", f"/calls/{made}"), 404)

    def test_blind_reviews(self):
        """No reviewer reads another's scores, nor their mean, before submitting; a submitted review is locked."""
        one, two, path = self.who["expert"], self.who["expert2"], f"/applications/{self.filed}"
        one.put(f"{path}/reviews/merit", {"content": {"scores": {"worth": 5}}})
        self.assertEqual(list(self.who["clerk"].items(f"{path}/reviews")), [], "a draft is its author's own")
        one.put(f"{path}/reviews/merit", {"content": {"scores": {"worth": 5}}, "submit": True})
        self.assertEqual(list(two.items(f"{path}/reviews")), [])
        self.assertEqual(two.get(f"{path}/results").json, {})
        self.assertEqual(len(list(self.who["clerk"].items(f"{path}/reviews"))), 1)
        self.assertEqual([r["person_id"] for r in self.world.carrier.items(f"{path}/reviews")], [None], "carriers read what, not who")
        self.assertEqual(self.status(one, "PUT", f"{path}/reviews/merit", {"content": {"scores": {"worth": 1}}, "submit": True}), 409)
        two.put(f"{path}/reviews/merit", {"content": {"scores": {"worth": 1}}, "submit": True})
        self.assertEqual(len(list(two.items(f"{path}/reviews"))), 2)
        self.assertEqual(two.get(f"{path}/results").json["merit"]["count"], 2)

    def test_dates_of_a_call(self):
        """A call whose opening is moved opens at the new date; one that is closed stays so, its date put off, until it is opened again."""
        admin, w = self.jalon.admin, self.world
        call = admin.post("/calls", {"space_id": w.space, "workflow_id": w.workflow, "title": {"fr": "Dates"},
                                     "opens_at": "2090-01-01T00:00:00Z", "closes_at": "2099-01-01T00:00:00Z"})["id"]
        path = f"/calls/{call}"
        self.assertEqual(admin.post(f"{path}/open")["status"], "draft")
        admin.patch(path, {"opens_at": "2020-01-01T00:00:00Z"}, etag=admin.get(path).headers["etag"])
        end = time.monotonic() + 5
        while admin.get(path)["status"] == "draft" and time.monotonic() < end:
            time.sleep(0.1)
        self.assertEqual(admin.get(path)["status"], "open")
        dossier = w.carrier.post("/dossiers", {"title": "Dates"})["id"]
        w.carrier.post(f"{path}/applications", {"dossier_id": dossier})
        admin.post(f"{path}/close")
        admin.patch(path, {"closes_at": "2098-01-01T00:00:00Z"}, etag=admin.get(path).headers["etag"])
        self.assertEqual(admin.get(path)["status"], "closed")
        late = w.carrier.post("/dossiers", {"title": "Tard"})["id"]
        self.assertEqual(self.status(w.carrier, "POST", f"{path}/applications", {"dossier_id": late}), 409)
        self.assertEqual(admin.post(f"{path}/open")["status"], "open")
        w.carrier.post(f"{path}/applications", {"dossier_id": late})

    def test_envelope(self):
        """A decision beyond the envelope is refused and leaves no trace."""
        path = f"/applications/{self.filed}/decisions"
        with self.assertRaises(Problem) as caught:
            self.who["clerk"].post(path, {"kind": "granted", "amount": 1001})
        self.assertEqual((caught.exception.status, caught.exception.type), (409, "envelope"))
        self.assertEqual(list(self.who["clerk"].items(path)), [])
        self.assertEqual(self.jalon.admin.get(f"/calls/{self.world.call}")["committed"], 0)

    def test_revoked_at_once(self):
        """A grant revoked, or one that has ended, counts no more at the next request."""
        api, ident = sign_in(self.jalon.admin, "brief@monde.example")
        path, grant = f"/applications/{self.filed}", {"person_id": ident, "role": "clerk", "scope": "call", "scope_id": self.world.call}
        made = self.who["manager"].post("/grants", grant)["id"]
        self.assertEqual(self.status(api, "GET", path), 200)
        self.who["manager"].delete(f"/grants/{made}")
        self.assertEqual(self.status(api, "GET", path), 404)
        soon = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 2))
        self.who["manager"].post("/grants", {**grant, "until_at": soon})
        self.assertEqual(self.status(api, "GET", path), 200)
        time.sleep(2.2)
        self.assertEqual(self.status(api, "GET", path), 404)

    def test_sign_in(self):
        """A code works once; the answer is the same for known and unknown addresses; signing out ends the session."""
        nobody = self.who["nobody"]
        self.assertEqual(nobody.post("/sign-in", {"email": "unknown@monde.example"}).json, nobody.post("/sign-in", {"email": "clerk@monde.example"}).json)
        nobody.post("/sign-in", {"email": "once@monde.example"})

        def mail():
            return [m for m in self.jalon.admin.items("/outbox") if m["recipient"] == "once@monde.example"][0]
        code = [line for line in mail()["body"].split("\n") if len(line) == 43][0]
        api = Api(self.jalon.base, nobody.post("/sign-in/link", {"token": code})["token"])
        self.assertEqual(mail()["body"], "", "a code that was used is kept nowhere")
        self.assertEqual(self.status(nobody, "POST", "/sign-in/link", {"token": code}), 401)
        api.delete("/session")
        self.assertEqual(self.status(api, "GET", "/me"), 401)

    def test_password(self):
        """A password that is set or changed ends every other session and token."""
        api, _ = sign_in(self.jalon.admin, "word@monde.example")
        other, token = sign_in(self.jalon.admin, "word@monde.example")[0], api.post("/tokens", {"label": "x"})["token"]
        api.put("/me/password", {"password": "first enormous cupboard"})
        self.assertEqual([self.status(a, "GET", "/me") for a in (api, other, api.signed(token))], [200, 401, 401])
        api.put("/me/password", {"password": "second enormous cupboard"})
        nobody = self.who["nobody"]
        self.assertEqual(self.status(nobody, "POST", "/sign-in/password", {"email": "word@monde.example", "password": "first enormous cupboard"}), 401)
        nobody.post("/sign-in/password", {"email": "Word@monde.example", "password": "second enormous cupboard"})

    def test_password_tries(self):
        """Ten wrong passwords in a quarter of an hour are let through, known address or not, and nobody else waits for it."""
        api, _ = sign_in(self.jalon.admin, "tries@monde.example")
        api.put("/me/password", {"password": "a rather long password"})
        quiet, _ = sign_in(self.jalon.admin, "quiet@monde.example")
        quiet.put("/me/password", {"password": "a rather long password"})
        nobody = self.who["nobody"]
        for email in ("tries@monde.example", "unknown.tries@monde.example"):
            got = [self.status(nobody, "POST", "/sign-in/password", {"email": email, "password": "wrong"}) for _ in range(11)]
            self.assertEqual(got, [401] * 10 + [429], email)
            with self.assertRaises(Problem) as caught:
                nobody.post("/sign-in/password", {"email": email.upper(), "password": "a rather long password"})
            self.assertEqual(caught.exception.status, 429)
            self.assertGreater(int(caught.exception.headers["retry-after"]), 600)
        for _ in range(12):
            nobody.post("/sign-in/password", {"email": "quiet@monde.example", "password": "a rather long password"})

    def test_cookie_from_elsewhere(self):
        """A page of another site cannot act with somebody's cookie."""
        api, _ = sign_in(self.jalon.admin, "cookie@monde.example")
        token, link = api.token, http.client.HTTPConnection("127.0.0.1", self.jalon.port, timeout=10)

        def send(**headers):
            link.request("POST", "/api/v1/dossiers", "{}", {"Content-Type": "application/json", "Cookie": f"a=b; jalon={token}", **headers})
            reply = link.getresponse()
            reply.read()
            return reply.status
        self.assertEqual(send(), 403)
        self.assertEqual(send(Origin="https://evil.example"), 403)
        self.assertEqual(send(Origin=f"http://127.0.0.1:{self.jalon.port}"), 201)
        self.assertEqual(send(**{"X-Requested-With": "fetch"}), 201)

    def test_secrets_are_not_kept(self):
        """The answer that holds a new token is not kept for its idempotency key."""
        key = {"Idempotency-Key": "0123456789"}
        one = self.who["stranger"].post("/tokens", {"label": "x"}, headers=key)["token"]
        two = self.who["stranger"].post("/tokens", {"label": "x"}, headers=key)["token"]
        self.assertNotEqual(one, two)


if __name__ == "__main__":
    unittest.main()
