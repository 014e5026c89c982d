# SPDX-License-Identifier: Apache-2.0
"""One dossier, two funders: nobody learns anything by address, by list, by count, by refusal or by clock that they were not granted."""
import http.client
import json
import pathlib
import re
import statistics
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from funders import Funder  # noqa: E402
from jalon import Api, Problem, Server, sign_in  # noqa: E402

PDF = {"Content-Type": "application/pdf"}
PUBLIC_NOTHING = "00000000-0000-4000-8000-000000000000"
REVIEW = {"content": {"scores": {"worth": 5}}, "submit": True}
BODIES = {  # a body that would do, for whoever may
    "PATCH /api/v1/dossiers/{dossier_id}": {"answers": {"title": "Volé"}},
    "POST /api/v1/dossiers/{dossier_id}/authors": {"email": "thief@nowhere.example"},
    "POST /api/v1/applications/{application_id}/moves": {"event": "submit"},
    "PUT /api/v1/applications/{application_id}/reviews/{grid_name}": REVIEW,
    "POST /api/v1/applications/{application_id}/decisions": {"kind": "granted", "amount": 1},
    "POST /api/v1/applications/{application_id}/agreement": {},
    "POST /api/v1/applications/{application_id}/agreement/signatures": {"role": "carrier"},
    "POST /api/v1/applications/{application_id}/instalments/{name}/payments": {"amount": 1},
    "PUT /api/v1/applications/{application_id}/targets/{indicator}": {"target": 1},
    "POST /api/v1/applications/{application_id}/measures": {"indicator": "trees", "value": 1},
    "POST /api/v1/measures/{measure_id}/contest": {"motive": "Non."},
    "POST /api/v1/applications/{application_id}/messages": {"body": "Bonjour"},
}
PARAMS = {"grid_name": "blind", "name": "advance", "indicator": "trees"}
NOUNS = ("dossier_id", "application_id", "document_id", "measure_id")


def instant(seconds):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + seconds))


class Privacy(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.jalon = Server().start()
        cls.addClassCleanup(cls.jalon.__exit__)
        admin = cls.admin = cls.jalon.admin
        cls.one, cls.two = Funder(cls.jalon, "alpha"), Funder(cls.jalon, "beta")
        cls.carrier, cls.carrier_id = sign_in(admin, "carrier@projet.example")
        cls.dossier = cls.carrier.post("/dossiers", {"title": "Titre-confidentiel"})["id"]
        cls.application, _ = cls.one.apply(cls.carrier, cls.dossier, file=False, plan="Secret-alpha", requested=700)
        cls.document = cls.upload("statutes", "statuts-confidentiels.pdf", b"%PDF-1.4 un")
        cls.private = cls.upload("alpha/plan", "plan-confidentiel.pdf", b"%PDF-1.4 prive")
        cls.one.move(cls.carrier, cls.application, "submit")
        cls.second, _ = cls.two.apply(cls.carrier, cls.dossier, plan="Secret-beta", requested=900)
        funded, cls.funded_dossier = cls.one.apply(cls.carrier, plan="Financé")
        cls.one.fund(cls.carrier, funded, 1000)
        cls.funded, cls.measure = funded, cls.carrier.post(f"/applications/{funded}/measures", {"indicator": "trees", "value": 3})["id"]
        cls.author, _ = cls.invited("author@projet.example")
        cls.stranger, cls.stranger_id = sign_in(admin, "stranger@nowhere.example")
        cls.outsiders = {"a stranger": cls.stranger}
        cls.outsiders["a manager of the other space"], _ = cls.two.person("manager", "manager", "space")
        cls.outsiders["the other funder's clerk"] = cls.two.clerk
        elsewhere = cls.one.new_call(0)
        cls.outsiders["a clerk of another call of the same funder"], _ = cls.one.person("elsewhere", "clerk", "call", elsewhere)
        cls.outsiders["one whose grant is to come"], _ = cls.one.person("future", "clerk", from_at=instant(3600))
        cls.outsiders["one whose grant has ended"], _ = cls.one.person("past", "clerk", from_at="2020-01-01T00:00:00Z", until_at="2021-01-01T00:00:00Z")
        revoked, ident = cls.one.person("revoked")
        grant = admin.post("/grants", {"person_id": ident, "role": "clerk", "scope": "call", "scope_id": cls.one.call})["id"]
        revoked.get(f"/applications/{cls.application}")  # known to whatever keeps rights in memory
        admin.delete(f"/grants/{grant}")
        cls.outsiders["one whose grant was revoked"] = revoked
        # The other dossier's carrier has all the words and none of the ids.
        cls.outsiders["the carrier of another dossier"], _ = sign_in(admin, "other@projet.example")
        cls.two.apply(cls.outsiders["the carrier of another dossier"], plan="Autre")
        cls.routes = [(method.upper(), path) for path, item in Api(cls.jalon.base).get("/openapi.json").json["paths"].items()
                      for method in item if method in ("get", "post", "put", "patch", "delete") and any("{%s}" % noun in path for noun in NOUNS)]

    @classmethod
    def upload(cls, kind, name, content, dossier=None):
        return cls.carrier.post(f"/dossiers/{dossier or cls.dossier}/documents?kind={kind}&name={name}", content, headers=PDF)["id"]

    @classmethod
    def invited(cls, email):
        cls.carrier.post(f"/dossiers/{cls.dossier}/authors", {"email": email})
        return sign_in(cls.admin, email)

    def ask(self, api, method, path, body=None, headers=None):
        """Status, headers and text of an answer, whatever it says."""
        try:
            answer = api.request(method, path, body, headers=headers)
            return answer.status, answer.headers, answer.raw.decode(errors="replace")
        except Problem as problem:
            return problem.status, problem.headers, json.dumps(problem.document, ensure_ascii=False)

    def call(self, api, method, route, ids):
        path = re.sub(r"\{(\w+)\}", lambda m: ids.get(m[1]) or PARAMS[m[1]], route)
        body, headers = BODIES.get(f"{method} {route}"), {}
        if method == "PATCH":
            headers["If-Match"] = '"1"'
        if method == "POST" and route.endswith("/documents"):
            path, body, headers = path + "?kind=statutes&name=x.pdf", b"%PDF-1.4", dict(PDF)
        elif method == "POST" and body is None:
            body = {}
        return self.ask(api, method, path, body, headers)

    def ids(self, application=None):
        return {"dossier_id": self.dossier, "application_id": application or self.application, "document_id": self.private, "measure_id": self.measure}

    # ---- by address

    def test_every_route_is_tried(self):
        """The table of routes names dossiers, applications, documents and measures at least thirty times."""
        self.assertGreaterEqual(len(self.routes), 30)

    def test_nobody_signed_in(self):
        """Whoever shows nothing is told 401 by each of these routes."""
        for method, route in self.routes:
            with self.subTest(f"{method} {route}"):
                self.assertEqual(self.call(Api(self.jalon.base), method, route, self.ids())[0], 401)

    def test_outsiders(self):
        """To whoever has no part, what exists and what does not are one and the same 404, word for word."""
        nothing = {noun: PUBLIC_NOTHING for noun in NOUNS}
        for name, api in self.outsiders.items():
            for method, route in self.routes:
                with self.subTest(f"{name}: {method} {route}"):
                    there, gone = (self.call(api, method, route, ids) for ids in (self.ids(), nothing))
                    self.assertEqual((there[0], gone[0]), (404, 404))
                    told = [re.sub(r'"(instance|request_id|request)": "[^"]*"', "", text).replace(PUBLIC_NOTHING, "-") for text in (there[2], gone[2])]
                    for ident in self.ids().values():
                        told[0] = told[0].replace(ident, "-")
                    self.assertEqual(*told)
                    self.assertNotIn("etag", there[1])
                    self.assertNotIn("confidentiel", there[2])
        self.assertEqual(self.carrier.get(f"/dossiers/{self.dossier}")["title"], "Titre-confidentiel", "nothing was changed on the way")

    def test_tokens(self):
        """A token that was revoked, that never was, or that has ended is 401 everywhere, even where nothing is needed."""
        api, _ = sign_in(self.admin, "tokens@nowhere.example")
        short = api.post("/tokens", {"label": "bref", "expires_at": instant(2)})["token"]
        self.assertEqual(self.ask(api.signed(short), "GET", "/me")[0], 200)
        gone = api.post("/tokens", {"label": "x"}).json
        self.assertEqual(self.ask(api.signed(gone["token"]), "GET", "/me")[0], 200)
        api.delete(f"/tokens/{gone['id']}")
        time.sleep(2.3)
        for token in (short, gone["token"], "A" * 43, "x", "~" * 43):
            for path in ("/me", "/calls", f"/applications/{self.application}"):
                self.assertEqual(self.ask(api.signed(token), "GET", path)[0], 401, f"{token[:4]} {path}")

    def test_others_tokens(self):
        """Nobody revokes or lists another's tokens."""
        mine = self.carrier.post("/tokens", {"label": "mien"}).json
        self.assertEqual(self.ask(self.stranger, "DELETE", f"/tokens/{mine['id']}")[0], 404)
        self.assertNotIn(mine["id"], [t["id"] for t in self.stranger.items("/tokens")])
        self.assertEqual(self.ask(self.carrier.signed(mine["token"]), "GET", "/me")[0], 200)

    def test_timing(self):
        """What exists and what does not take a stranger the same time, within a factor of three."""
        for path in ("/applications/%s", "/dossiers/%s", "/documents/%s", "/documents/%s/content"):
            there = {"a": self.application, "d": self.dossier}.get(path[1] if "documents" not in path else "", self.private)
            times = {there: [], PUBLIC_NOTHING: []}
            for _ in range(40):
                for ident, mine in times.items():  # in turns: a busy machine is busy for both
                    begin = time.perf_counter()
                    self.ask(self.stranger, "GET", path % ident)
                    mine.append(time.perf_counter() - begin)
            took = {ident: statistics.median(mine) for ident, mine in times.items()}
            self.assertLess(took[there], 3 * took[PUBLIC_NOTHING] + 0.003, path)

    def test_sign_in_timing(self):
        """A wrong password takes as long for an address without account or without password as for one with it."""
        api, _ = sign_in(self.admin, "password@nowhere.example")
        api.put("/me/password", {"password": "correct horse battery"})
        took = {}
        for email in ("password@nowhere.example", "stranger@nowhere.example", "unknown@nowhere.example"):
            times = []
            for _ in range(5):
                begin = time.perf_counter()
                self.assertEqual(self.ask(Api(self.jalon.base), "POST", "/sign-in/password", {"email": email, "password": "wrong wrong wrong"})[0], 401)
                times.append(time.perf_counter() - begin)
            took[email] = statistics.median(times)
        self.assertLess(max(took.values()), 2 * min(took.values()) + 0.02, took)

    # ---- by list and by count

    def test_lists(self):
        """Whoever has no part finds nothing in any list, under any filter, and no next page."""
        for name, api in self.outsiders.items():
            for query in ("", f"?call_id={self.one.call}", f"?dossier_id={self.dossier}", "?stage=evaluation", f"?call_id={self.one.call}&stage=evaluation",
                          "?is_over=false", "?limit=1"):
                with self.subTest(f"{name} {query}"):
                    text = self.ask(api, "GET", "/applications" + query)[2]
                    for hidden in (self.application, self.funded, self.dossier) + ((self.second,) if api is self.stranger else ()):
                        if hidden == self.dossier and api in (self.two.clerk, self.outsiders["a manager of the other space"]):
                            continue  # filed with them too
                        self.assertNotIn(hidden, text)
            self.assertNotIn(self.dossier, self.ask(api, "GET", "/dossiers")[2])
        self.assertEqual(self.stranger.get("/applications").json, {"items": [], "next": None})
        self.assertEqual([g["person_id"] for g in self.stranger.items("/grants")], [])

    def test_own_lists(self):
        """Everyone finds in their list what they have a grant for, by whatever scope, once."""
        for api, mine in ((self.carrier, {self.application, self.second, self.funded}), (self.author, {self.application, self.second}),
                          (self.one.clerk, {self.application, self.funded}), (self.one.mayor, {self.application, self.funded})):
            for query in ("", "?is_over=false", "?limit=1"):
                found = [a["id"] for a in api.items("/applications" + query)]
                self.assertEqual(len(found), len(set(found)))
                self.assertLessEqual(mine, set(found))
        self.assertNotIn(self.second, [a["id"] for a in self.one.clerk.items("/applications")])
        self.assertEqual({a["id"] for a in self.one.clerk.items(f"/applications?call_id={self.one.call}&dossier_id={self.dossier}")}, {self.application})
        self.assertEqual({a["id"] for a in self.author.items(f"/applications?dossier_id={self.dossier}")}, {self.application, self.second})

    def test_grants(self):
        """Grants on a dossier or a call are listed to those who may give them, and taken back by them only."""
        for query in (f"?scope=dossier&scope_id={self.dossier}", f"?scope=call&scope_id={self.one.call}", f"?scope=space&scope_id={self.one.space}"):
            for api in (self.stranger, self.two.clerk, self.outsiders["a manager of the other space"]):
                self.assertEqual(list(api.items("/grants" + query)), [], query)
        grant = next(g for g in self.carrier.items(f"/grants?scope=dossier&scope_id={self.dossier}") if g["role"] == "author")
        for name, api in self.outsiders.items():
            self.assertEqual(self.ask(api, "DELETE", f"/grants/{grant['id']}")[0], 404, name)
        self.assertEqual(self.ask(self.author, "GET", f"/dossiers/{self.dossier}")[0], 200)

    def test_drafts(self):
        """A draft is in no sum of the observatory, and the funder reads neither its answers nor its documents nor its receipt."""
        seen = Api(self.jalon.base).get("/observatory").json
        application, dossier = self.one.apply(self.carrier, file=False, requested=123456, territories=["COM-97415"])
        document = self.upload("statutes", "brouillon.pdf", b"%PDF-1.4 brouillon", dossier)
        self.assertEqual(Api(self.jalon.base).get("/observatory").json, seen)
        for path in (f"/dossiers/{dossier}", f"/applications/{application}/dossier", f"/documents/{document}", f"/documents/{document}/content",
                     f"/applications/{application}/receipt"):
            self.assertEqual(self.ask(self.one.clerk, "GET", path)[0], 404, path)

    def test_draft_titles(self):
        """The title of what was never filed is told to those who hold the dossier, and to nobody of the call."""
        dossier = self.carrier.post("/dossiers", {"title": "Titre-en-cours"})["id"]
        application, _ = self.one.apply(self.carrier, dossier, file=False)
        for query in ("", f"?call_id={self.one.call}", f"?call_id={self.one.call}&stage=submission", f"?dossier_id={dossier}"):
            self.assertNotIn("Titre-en-cours", self.ask(self.one.clerk, "GET", "/applications" + query)[2], query)
        self.assertIn(application, [a["id"] for a in self.one.clerk.items("/applications")])
        self.assertIsNone(self.one.clerk.get(f"/applications/{application}")["title"])
        self.assertEqual([a["title"] for a in self.carrier.items(f"/applications?dossier_id={dossier}")], ["Titre-en-cours"])
        self.assertEqual(self.carrier.get(f"/applications/{application}")["title"], "Titre-en-cours")
        self.one.move(self.carrier, application, "submit")
        self.assertEqual(self.one.clerk.get(f"/applications/{application}")["title"], "Titre-en-cours")

    # ---- between two funders

    def test_private_answers(self):
        """A funder reads its own questions' answers and the shared ones; the other's are nowhere."""
        for funder, application, own, others in ((self.one, self.application, "Secret-alpha", "Secret-beta"), (self.two, self.second, "Secret-beta", "Secret-alpha")):
            text = "".join(self.ask(funder.clerk, "GET", f"/applications/{application}{path}")[2] for path in ("", "/dossier", "/receipt", "/moves"))
            self.assertIn(own, text)
            self.assertNotIn(others, text)

    def test_same_file_id(self):
        """A funder whose workflow file bears the other's id still reads none of the other's private answers and documents."""
        thief = Funder(self.jalon, "gamma", ident="alpha")
        application, _ = thief.apply(self.carrier, self.dossier, plan="Secret-gamma")
        self.assertEqual(thief.clerk.get(f"/applications/{application}/dossier")["answers"]["plan"], "Secret-gamma")
        self.assertNotIn("Secret-gamma", self.ask(self.carrier, "GET", f"/applications/{self.application}/dossier")[2])
        own = self.upload("alpha@gamma/plan", "plan.pdf", b"%PDF-1.4 gamma")
        thief.move(thief.clerk, application, "reopen")
        thief.move(self.carrier, application, "submit")
        self.assertEqual([self.ask(api, "GET", f"/documents/{own}/content")[0] for api in (thief.clerk, self.one.clerk)], [200, 404])
        text = self.ask(thief.clerk, "GET", f"/applications/{application}/dossier")[2]
        self.assertNotIn("Secret-alpha", text)
        self.assertNotIn("plan-confidentiel", text)
        self.assertEqual(self.ask(thief.clerk, "GET", f"/documents/{self.private}/content")[0], 404)

    def test_private_documents(self):
        """A funder's own document is read by that funder; a shared one by both; by nobody else."""
        for document, readers in ((self.private, [self.carrier, self.author, self.one.clerk, self.one.expert, self.one.board]),
                                  (self.document, [self.carrier, self.author, self.one.clerk, self.two.clerk])):
            for path in (f"/documents/{document}", f"/documents/{document}/content"):
                for api in readers:
                    self.assertEqual(self.ask(api, "GET", path)[0], 200)
        for path in (f"/documents/{self.private}", f"/documents/{self.private}/content"):
            for api in (self.two.clerk, self.two.expert, self.one.jury, self.one.treasurer, self.stranger, self.admin):
                self.assertEqual(self.ask(api, "GET", path)[0], 404)

    def test_later_documents(self):
        """A document added or replaced after filing is not the funder's to see until it is filed again, or asked for by a later state."""
        application, dossier = self.one.apply(self.carrier, file=False)
        first = self.upload("statutes", "un.pdf", b"%PDF-1.4 1", dossier)
        self.one.move(self.carrier, application, "submit")
        later = self.upload("alpha/plan", "plus-tard.pdf", b"%PDF-1.4 plus tard", dossier)
        newer = self.upload("statutes", "deux.pdf", b"%PDF-1.4 2", dossier)
        clerk = self.one.clerk

        def seen():
            return [self.ask(clerk, "GET", f"/documents/{ident}/content")[0] for ident in (first, later, newer)]
        self.assertEqual(seen(), [200, 404, 404])
        self.assertEqual([d["id"] for d in clerk.get(f"/applications/{application}/dossier")["documents"]], [first])
        self.one.move(clerk, application, "reopen")
        self.one.move(self.carrier, application, "submit")
        self.assertEqual(seen(), [404, 200, 200])
        self.one.decide(application, 1)
        self.one.move(clerk, application, "agree")
        asked = self.upload("statutes", "trois.pdf", b"%PDF-1.4 3", dossier)
        self.assertEqual(self.ask(clerk, "GET", f"/documents/{asked}/content")[0], 200)
        self.assertIn(asked, [d["id"] for d in clerk.get(f"/applications/{application}/dossier")["documents"]])
        for api in (self.one.jury, self.two.clerk, self.stranger):
            self.assertEqual(self.ask(api, "GET", f"/documents/{asked}/content")[0], 404)

    def test_later_answers(self):
        """What the carrier edits after filing is not read by the funder; a shared title neither."""
        application, dossier = self.one.apply(self.carrier)
        etag = self.carrier.get(f"/dossiers/{dossier}").headers["etag"]
        self.carrier.patch(f"/dossiers/{dossier}", {"answers": {"title": "Titre-nouveau", "summary": "Résumé qui n'est pas encore déposé."}}, etag=etag)
        lists = [self.ask(self.one.clerk, "GET", "/applications" + query)[2] for query in ("", f"?call_id={self.one.call}", f"?dossier_id={dossier}")]
        for text in lists:
            self.assertIn(application, text)
            self.assertNotIn("Titre-nouveau", text)
        for path in ("", "/dossier", "/receipt"):
            self.assertNotIn("pas encore", self.ask(self.one.clerk, "GET", f"/applications/{application}{path}")[2])
            self.assertNotIn("Titre-nouveau", self.ask(self.one.clerk, "GET", f"/applications/{application}{path}")[2])

    # ---- within one funder

    def test_blind(self):
        """An evaluator of a blind grid learns of no other review, mean, count or author before giving their own."""
        application, _ = self.one.apply(self.carrier)
        path = f"/applications/{application}"

        def sees(api):
            views = [self.ask(api, "GET", path + end) for end in ("", "/reviews", "/results", "/moves")]
            bodies = [json.loads(v[2]) if v[0] == 200 else v[0] for v in views]
            return bodies
        before = sees(self.one.expert2)
        self.one.expert.put(f"{path}/reviews/blind", REVIEW)
        after = sees(self.one.expert2)
        self.assertEqual(before, after)
        reasons = json.dumps([m["reasons"] for m in after[0]["moves"]])
        self.assertNotRegex(reasons, r"mean\b[^>]*= ?5|= 5")
        self.assertEqual(after[1]["items"], [])
        self.one.expert2.put(f"{path}/reviews/blind", {"content": {"scores": {"worth": 1}}})
        self.assertEqual([r["submitted_at"] for r in self.one.expert2.get(f"{path}/reviews")["items"]], [None], "one's own draft, and no other's")
        self.assertEqual(len(self.one.board.get(f"{path}/reviews")["items"]), 1, "a draft is its author's own")
        self.assertEqual(self.one.board.get(f"{path}/results")["blind"]["count"], 1)

    def test_other_grids(self):
        """Nobody writes on a grid that is not theirs, and a review names the one who signed in, whatever the body says."""
        path = f"/applications/{self.application}"
        for api, grid in ((self.one.jury, "blind"), (self.one.expert, "open"), (self.one.clerk, "blind"), (self.one.board, "open"), (self.carrier, "blind")):
            self.assertEqual(self.ask(api, "PUT", f"{path}/reviews/{grid}", REVIEW)[0], 409)
        self.assertEqual(self.ask(self.one.expert, "PUT", f"{path}/reviews/none", REVIEW)[0], 404)
        self.assertEqual(self.ask(self.one.expert, "PUT", f"{path}/reviews/blind", {**REVIEW, "person_id": self.carrier_id})[0], 422)

    def test_carriers_see_no_reviews(self):
        """Carriers and authors read no review, no result, and not who reviews, whatever they ask."""
        application, dossier = self.one.apply(self.carrier)
        path = f"/applications/{application}"
        expert_id = self.one.expert.get("/me")["id"]
        self.one.expert.put(f"{path}/reviews/blind", REVIEW)
        for api in (self.carrier, self.author):
            for end in ("", "/reviews", "/results", "/moves", "/messages", "/decisions", "/dossier"):
                text = self.ask(api, "GET", path + end)[2]
                self.assertNotIn(expert_id, text, end)
                self.assertNotIn('"worth"', text, end)
                self.assertNotRegex(text, r"mean\)? = ", end)
        self.assertEqual(self.ask(self.carrier, "GET", f"/people/{expert_id}")[0], 404)

    def test_administrator(self):
        """An administrator without a role in the workflow knows that an application exists, and reads and does nothing in it."""
        path = f"/applications/{self.funded}"
        seen = self.admin.get(path).json
        self.assertEqual(seen["roles"], [])
        self.assertFalse([m for m in seen["moves"] if m["open"]])
        for end in ("/dossier", "/results", "/decisions", "/agreement", "/instalments", "/payments", "/measures", "/messages", "/moves", "/indicators"):
            self.assertEqual(self.ask(self.admin, "GET", path + end)[0], 403, end)
        for method, end, body in (("POST", "/moves", {"event": "halt"}), ("POST", "/decisions", {"kind": "granted", "amount": 1}), ("POST", "/agreement", {}),
                                  ("POST", "/measures", {"indicator": "trees", "value": 1}), ("POST", "/messages", {"body": "x"}),
                                  ("POST", "/instalments/advance/request", {}), ("PUT", "/reviews/blind", REVIEW)):
            self.assertEqual(self.ask(self.admin, method, path + end, body)[0], 409, end)
        self.assertEqual(self.ask(self.admin, "POST", f"/measures/{self.measure}/validate", {})[0], 404)
        self.assertEqual(self.ask(self.admin, "GET", f"/dossiers/{self.dossier}")[0], 404)

    def test_a_dossier_keeps_a_carrier(self):
        """A dossier's only carrier cannot end, by leaving or by dates."""
        dossier = self.carrier.post("/dossiers", {})["id"]
        grant = self.carrier.get(f"/grants?scope=dossier&scope_id={dossier}")["items"][0]["id"]
        self.assertEqual(self.ask(self.carrier, "DELETE", f"/grants/{grant}")[0], 409)
        body = {"person_id": self.carrier_id, "role": "carrier", "scope": "dossier", "scope_id": dossier, "until_at": "2021-01-01T00:00:00Z"}
        self.assertEqual(self.ask(self.carrier, "POST", "/grants", body)[0], 422)
        self.assertEqual(self.ask(self.carrier, "GET", f"/dossiers/{dossier}")[0], 200)

    def test_invited_by_address(self):
        """Whoever invites an address learns nobody's name or id by it before that person signs in; one mail an hour goes there."""
        known, ident = sign_in(self.admin, "known@nowhere.example")
        known.patch("/me", {"name": "Nom-secret"})
        dossier = self.carrier.post("/dossiers", {"title": "Invitation"})["id"]
        told = []
        for email in ("known@nowhere.example", "nobody@nowhere.example"):
            grant = {"email": email, "role": "author", "scope": "dossier", "scope_id": dossier}
            for path, body in ((f"/dossiers/{dossier}/authors", {"email": email}), ("/grants", grant)):
                made = self.carrier.post(path, body).json
                self.assertEqual((made["person_id"], made["name"], made["email"]), (None, None, email))
                told.append(sorted(made))
            self.carrier.post(f"/dossiers/{dossier}/authors", {"email": email})
            self.assertEqual(len([m for m in self.admin.items("/outbox") if m["recipient"] == email and "Invitation" in m["subject"]]), 1)
        self.assertEqual(len(set(map(tuple, told))), 1)
        for path in (f"/dossiers/{dossier}/authors", f"/grants?scope=dossier&scope_id={dossier}"):
            text = self.ask(self.carrier, "GET", path)[2]
            self.assertNotIn(ident, text)
            self.assertNotIn("Nom-secret", text)
        self.assertEqual(self.ask(self.carrier, "GET", f"/people/{ident}")[0], 404)
        sign_in(self.admin, "known@nowhere.example")
        self.assertIn("Nom-secret", self.ask(self.carrier, "GET", f"/dossiers/{dossier}/authors")[2])

    def test_members(self):
        """Nobody is made a member without knowing: until they accept, an organisation reads no name by it and they act for nobody."""
        owner, _ = sign_in(self.admin, "owner@nowhere.example")
        victim, ident = sign_in(self.admin, "victim@nowhere.example")
        victim.patch("/me", {"name": "Nom-tu"})
        organisation = owner.post("/organisations", {"name": "Curieux"})["id"]
        path = f"/organisations/{organisation}/members"
        self.assertIsNone(owner.post(path, {"person_id": ident, "role": "owner"})["name"])
        self.assertNotIn("Nom-tu", self.ask(owner, "GET", path)[2])
        self.assertEqual(self.ask(owner, "GET", f"/people/{ident}")[0], 404)
        self.assertEqual(self.ask(victim, "GET", path)[0], 404)
        self.assertEqual(self.ask(victim, "POST", "/dossiers", {"organisation_id": organisation})[0], 422)
        self.assertEqual([m["accepted_at"] for m in victim.get("/me")["memberships"]], [None])
        self.assertEqual(self.ask(self.stranger, "POST", path, {"person_id": self.stranger_id, "role": "owner"})[0], 403)
        self.assertEqual(victim.post(path, {"person_id": ident, "role": "member"})["role"], "owner")
        self.assertIn("Nom-tu", self.ask(owner, "GET", path)[2])
        self.assertEqual(self.ask(victim, "POST", "/dossiers", {"organisation_id": organisation})[0], 201)

    def test_mailbox(self):
        """However an address is written, its mailbox gets six codes an hour at most."""
        for email in ("flood@nowhere.example", "Flood@nowhere.example", "FLOOD@NOWHERE.example"):
            for _ in range(4):
                Api(self.jalon.base).post("/sign-in", {"email": email})
        self.assertEqual(len([m for m in self.admin.items("/outbox") if m["recipient"].lower() == "flood@nowhere.example"]), 6)

    def test_no_role_climbs(self):
        """Nobody gives themselves a role: not a clerk, not a carrier, not a manager beyond their space."""
        manager, other_manager = self.one.person("chief", "manager", "space")[0], self.outsiders["a manager of the other space"]
        for api, role, scope, scope_id in ((self.one.clerk, "board", "call", self.one.call), (self.carrier, "clerk", "application", self.application),
                                           (self.carrier, "clerk", "dossier", self.dossier), (other_manager, "clerk", "call", self.one.call),
                                           (manager, "admin", "platform", ""), (manager, "manager", "space", self.two.space),
                                           (manager, "carrier", "dossier", self.dossier), (self.author, "carrier", "dossier", self.dossier),
                                           (self.stranger, "clerk", "territory", "FR"), (self.stranger, "carrier", "organisation", self.one.organisation)):
            me = api.get("/me")["id"]
            status = self.ask(api, "POST", "/grants", {"person_id": me, "role": role, "scope": scope, "scope_id": scope_id})[0]
            self.assertIn(status, (403, 404, 422), f"{role} on {scope}")

    def test_workflows_of_strangers(self):
        """Whoever runs no space there uploads, publishes and opens nothing; a draft workflow is not shown."""
        manager = self.outsiders["a manager of the other space"]
        for api in (self.stranger, self.one.clerk, manager):
            self.assertEqual(self.ask(api, "POST", f"/workflows?space_id={self.one.space}", "jalon: 1", {"Content-Type": "application/yaml"})[0], 403)
            self.assertEqual(self.ask(api, "POST", f"/workflows/{self.one.workflow}/versions/1/publish", {})[0], 403)
            self.assertEqual(self.ask(api, "POST", f"/calls/{self.one.call}/close", {})[0], 403)
            self.assertEqual(self.ask(api, "PATCH", f"/calls/{self.one.call}", {"amount": 10**9}, {"If-Match": '"1"'})[0], 403)
        for media in ("application/json", "text/plain", "application/x-yaml; charset=latin-1"):
            self.assertEqual(self.ask(self.admin, "POST", f"/workflows?space_id={self.one.space}", "jalon: 1", {"Content-Type": media})[0], 415)

    # ---- at the edges

    def test_cookies(self):
        """A session in a cookie changes nothing without a header that a foreign page cannot send; reading needs none."""
        link = http.client.HTTPConnection("127.0.0.1", self.jalon.port, timeout=10)

        def send(method, path, body=None, **headers):
            link.request(method, "/api/v1" + path, body, {"Cookie": f"jalon={self.carrier.token}", "Content-Type": "application/json", **headers})
            reply = link.getresponse()
            reply.read()
            return reply.status
        self.assertEqual(send("GET", "/me"), 200)
        for method, path, body in (("POST", "/dossiers", "{}"), ("PATCH", "/me", '{"name":"x"}'), ("DELETE", "/session", None),
                                   ("POST", f"/applications/{self.application}/moves", '{"event":"submit"}'), ("DELETE", f"/tokens/{PUBLIC_NOTHING}", None)):
            for headers in ({}, {"Origin": "null"}, {"Origin": "http://evil.example"}, {"Origin": f"http://evil.example/127.0.0.1:{self.jalon.port}"},
                            {"Content-Type": "text/plain"}):
                self.assertIn(send(method, path, body, **headers), (403, 415) if "Content-Type" in headers else (403,), f"{method} {path} {headers}")

    def test_names_of_files(self):
        """A file's name reaches no path and no header but encoded; control characters, slashes and NUL are refused."""
        dossier = self.carrier.post("/dossiers", {})["id"]
        for name in ("..%2F..%2Fetc%2Fpasswd", "a%0D%0ASet-Cookie:%20x=1", "a%00.pdf", "a%5Cb", "%C3%28", "", "a" * 201, "%7F"):
            self.assertIn(self.ask(self.carrier, "POST", f"/dossiers/{dossier}/documents?kind=statutes&name={name}", b"%PDF-1.4", PDF)[0], (400, 422), name)
        for name, written in (('a%22%3B%20x=%22b.pdf', "a%22%3B%20x%3D%22b.pdf"), ("%C3%A9t%C3%A9.pdf", "%C3%A9t%C3%A9.pdf"), ("...pdf", "...pdf"), ("~%25n.pdf", "%7E%25n.pdf")):
            made = self.carrier.post(f"/dossiers/{dossier}/documents?kind=statutes&name={name}", b"%PDF-1.4", headers=PDF)["id"]
            headers = self.carrier.get(f"/documents/{made}/content").headers
            self.assertEqual(headers["content-disposition"], f"attachment; filename*=UTF-8''{written}")
            self.assertEqual(headers["x-content-type-options"], "nosniff")

    def test_log(self):
        """The log holds no token, no address, no title and no answer of what was done here."""
        log = self.jalon.log_text()
        for secret in (self.carrier.token, self.stranger.token, self.admin.token, "carrier@projet.example", "confidentiel", "Secret-alpha"):
            self.assertNotIn(secret, log)


if __name__ == "__main__":
    unittest.main()
