# SPDX-License-Identifier: Apache-2.0
"""Everybody at once: of those who race for one thing exactly one gets it, and money stays within its bounds."""
import collections
import pathlib
import re
import sys
import threading
import unittest
import uuid

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from funders import TEXT, Funder  # noqa: E402
from jalon import Problem, Server, sign_in  # noqa: E402

CROWD = 32


def at_once(calls):
    """Runs all calls at the same instant; gives for each its Answer, or the Problem that it got."""
    gate, got = threading.Barrier(len(calls)), [None] * len(calls)

    def run(i):
        gate.wait()
        for _ in range(50):
            try:
                got[i] = calls[i]()
                return
            except Problem as problem:
                got[i] = problem
                if problem.status != 503:
                    return
                threading.Event().wait(0.05)
            except Exception as wrong:  # shown as an outcome, or nobody would hear of it
                got[i] = wrong
                return
    threads = [threading.Thread(target=run, args=(i,)) for i in range(len(calls))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return got


def outcomes(got):
    return collections.Counter(getattr(g, "status", repr(g)) for g in got)


class Races(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.jalon = Server(workers=6).start()
        cls.addClassCleanup(cls.jalon.__exit__)
        cls.funder = Funder(cls.jalon, "alpha", amount=100000)
        cls.carrier, _ = sign_in(cls.jalon.admin, "carrier@projet.example")

    def one_wins(self, got, won, lost):
        """Exactly one outcome is `won`, all others are `lost`."""
        self.assertEqual(outcomes(got), collections.Counter({won: 1, lost: len(got) - 1}))

    def funded(self, amount=1000):
        application, _ = self.funder.apply(self.carrier, call=self.funder.new_call(amount))
        self.funder.fund(self.carrier, application, amount)
        return f"/applications/{application}"

    def current(self, application):
        return [d for d in self.funder.board.items(f"/applications/{application}/decisions") if not d["replaced_at"]]

    # ---- money

    def test_envelope(self):
        """32 decisions at once of 100 in an envelope of 1000: ten are taken; then half give back while others take, and the sum holds."""
        envelope = self.funder.new_call(1000)
        applications = [self.funder.apply(self.carrier, call=envelope)[0] for _ in range(CROWD)]
        got = at_once([lambda a=a: self.funder.decide(a, 100) for a in applications])
        self.assertEqual(outcomes(got), {201: 10, 409: CROWD - 10})
        for round_ in range(4):
            kinds = [("granted", 170) if (i + round_) % 2 else ("refused", 0) for i in range(CROWD)]
            got = at_once([lambda a=a, k=k: self.funder.decide(a, k[1], k[0]) for a, k in zip(applications, kinds)])
            self.assertLessEqual(set(outcomes(got)), {201, 409})
            promised = sum(d["amount"] for a in applications for d in self.current(a) if d["kind"] == "granted")
            call = self.jalon.admin.get(f"/calls/{envelope}")
            self.assertEqual(call["committed"], promised)
            self.assertLessEqual(promised, 1000)
            self.assertEqual([len(self.current(a)) for a in applications if len(self.current(a)) > 1], [])
        at_once([lambda a=a: self.funder.decide(a, 0, "refused") for a in applications])
        self.assertEqual(self.jalon.admin.get(f"/calls/{envelope}")["committed"], 0)

    def test_decisions_of_one(self):
        """32 decisions at once on one application: one is current, and the envelope holds its amount alone."""
        call = self.funder.new_call(1000)
        application, _ = self.funder.apply(self.carrier, call=call)
        got = at_once([lambda n=n: self.funder.decide(application, n + 1) for n in range(CROWD)])
        self.assertEqual(outcomes(got), {201: CROWD})
        current = self.current(application)
        self.assertEqual(len(current), 1)
        self.assertEqual(self.jalon.admin.get(f"/calls/{call}")["committed"], current[0]["amount"])

    def test_payments(self):
        """32 payments at once of 20 on an instalment of 300: fifteen are taken, and no cent more."""
        path = self.funded()
        self.carrier.post(f"{path}/instalments/advance/request")
        self.funder.clerk.post(f"{path}/instalments/advance/approve")
        got = at_once([lambda: self.funder.treasurer.post(f"{path}/instalments/advance/payments", {"amount": 20}) for _ in range(CROWD)])
        self.assertEqual(outcomes(got), {201: 15, 409: CROWD - 15})
        self.assertEqual(sum(p["amount"] for p in self.funder.clerk.items(f"{path}/payments")), 300)
        advance = next(i for i in self.funder.clerk.items(f"{path}/instalments") if i["name"] == "advance")
        self.assertEqual((advance["paid"], advance["state"]), (300, "paid"))

    def test_instalment_steps(self):
        """Asked for at once and approved at once: each step is taken by one."""
        path = self.funded()
        for api, step in ((self.carrier, "request"), (self.funder.clerk, "approve")):
            self.one_wins(at_once([lambda: api.post(f"{path}/instalments/advance/{step}") for _ in range(CROWD)]), 200, 409)

    def test_signatures(self):
        """Both sign at once, many times: each signature stands once, and the agreement is signed."""
        application, _ = self.funder.apply(self.carrier)
        self.funder.decide(application, 10)
        self.funder.move(self.funder.clerk, application, "agree")
        path = f"/applications/{application}/agreement"
        made = at_once([lambda: self.funder.clerk.post(path, {}) for _ in range(8)])
        self.assertEqual(outcomes(made), {201: 8})
        got = at_once([lambda api=api, role=role: api.post(f"{path}/signatures", {"role": role})
                       for _ in range(8) for api, role in ((self.carrier, "carrier"), (self.funder.mayor, "mayor"))])
        self.assertEqual(outcomes(got), {201: 2, 409: 14})
        agreement = self.funder.clerk.get(path).json
        self.assertEqual(sorted(s["role"] for s in agreement["signatures"]), ["carrier", "mayor"])
        self.assertIsNotNone(agreement["signed_at"])
        signed = [m for m in self.funder.clerk.items(f"/applications/{application}/moves") if m["event"] == "agreement.signed"]
        self.assertEqual(len(signed), 1)

    def test_agreement_and_decision(self):
        """An agreement prepared while the decision changes holds what is decided in the end, or less."""
        for _ in range(4):
            application, _ = self.funder.apply(self.carrier)
            self.funder.decide(application, 50)
            self.funder.move(self.funder.clerk, application, "agree")
            path = f"/applications/{application}"
            at_once([lambda: self.funder.clerk.post(f"{path}/agreement", {})] + [lambda n=n: self.funder.decide(application, n) for n in (10, 20, 30)])
            try:
                agreed = self.funder.clerk.get(f"{path}/agreement")["amount"]
            except Problem:
                agreed = 0
            self.assertLessEqual(agreed, self.current(application)[0]["amount"])

    # ---- moves

    def test_same_move(self):
        """32 fire the same move at once: one does it, the others hear that it is done."""
        application, _ = self.funder.apply(self.carrier, file=False)
        self.one_wins(at_once([lambda: self.funder.move(self.carrier, application, "submit") for _ in range(CROWD)]), 201, 409)
        moves = list(self.funder.clerk.items(f"/applications/{application}/moves"))
        self.assertEqual([m["event"] for m in moves], ["opened", "submit"])
        self.assertEqual([m["version"] for m in moves], [1, 2])

    def test_same_version(self):
        """32 moves that name the same version: one wins, the others are stale, although the move would be open again."""
        application, _ = self.funder.apply(self.carrier)
        version = self.funder.clerk.get(f"/applications/{application}")["version"]
        self.funder.expert.put(f"/applications/{application}/reviews/blind", {"content": {"scores": {"worth": 5}}, "submit": True})
        self.one_wins(at_once([lambda: self.funder.clerk.post(f"/applications/{application}/moves", {"event": "weigh", "version": version})
                               for _ in range(CROWD)]), 201, 412)

    # ---- keys

    def test_same_key(self):
        """16 send one request with one key at once: one effect, and the same answer for all."""
        application, _ = self.funder.apply(self.carrier, file=False)
        other, _ = self.funder.apply(self.carrier)
        path = f"/applications/{other}/messages"
        for api, where, body in ((self.carrier, "/dossiers", {"title": "Seul"}), (self.carrier, path, {"body": "Une fois"}),
                                 (self.funder.board, f"/applications/{other}/decisions", {"kind": "granted", "amount": 1}),
                                 (self.carrier, f"/applications/{application}/moves", {"event": "submit"})):
            key = {"Idempotency-Key": str(uuid.uuid4())}
            got = at_once([lambda: api.post(where, body, headers=key) for _ in range(16)])
            self.assertEqual(outcomes(got), {201: 16}, where)
            self.assertEqual(len({(g.raw, g.headers.get("location"), g.headers.get("etag")) for g in got}), 1, where)
            with self.assertRaises(Problem) as caught:
                api.post(where, {**body, "title": "Autre"} if "title" in body else {"body": "Autre", "event": "x", "kind": "refused"}, headers=key)
            self.assertIn(caught.exception.status, (409, 422), where)
        self.assertEqual([d["title"] for d in self.carrier.items("/dossiers")].count("Seul"), 1)
        self.assertEqual(len(list(self.carrier.items(path))), 1)
        self.assertEqual(len(list(self.funder.board.items(f"/applications/{other}/decisions"))), 1)
        self.funder.decide(other, 0, "refused")

    def test_same_key_of_two(self):
        """Two people with the same key do not hear each other's answers."""
        other, _ = sign_in(self.jalon.admin, "other@projet.example")
        key = {"Idempotency-Key": "commun"}
        got = at_once([lambda api=api: api.post("/dossiers", {"title": "À moi"}, headers=key) for api in (self.carrier, other)])
        self.assertEqual(outcomes(got), {201: 2})
        self.assertNotEqual(got[0]["id"], got[1]["id"])

    # ---- edits

    def test_same_etag(self):
        """16 edits from one version: one wins, the others are stale; no answer is lost in between."""
        dossier = self.carrier.post("/dossiers", {"title": "Avant"})["id"]
        call = self.jalon.admin.post("/calls", {"space_id": self.funder.space, "workflow_id": self.funder.workflow, "title": {"fr": "x"},
                                                "opens_at": "2020-01-01T00:00:00Z", "closes_at": "2099-01-01T00:00:00Z"})["id"]
        for api, path, body in ((self.carrier, f"/dossiers/{dossier}", lambda n: {"title": f"Titre {n}"}),
                                (self.jalon.admin, f"/calls/{call}", lambda n: {"amount": n}),
                                (self.jalon.admin, f"/spaces/{self.funder.space}", lambda n: {"title": {"fr": f"Espace {n}"}}),
                                (self.jalon.admin, f"/organisations/{self.funder.organisation}", lambda n: {"name": f"Financeur {n}"})):
            etag = api.get(path).headers["etag"]
            self.one_wins(at_once([lambda n=n: api.patch(path, body(n), etag=etag) for n in range(16)]), 200, 412)

    def test_documents(self):
        """16 versions of a document at once: numbered one by one, the last of them current."""
        dossier = self.carrier.post("/dossiers", {})["id"]
        path = f"/dossiers/{dossier}/documents"
        got = at_once([lambda n=n: self.carrier.post(f"{path}?kind=statutes&name={n}.pdf", b"%%PDF-1.4 %d" % (n % 4), headers={"Content-Type": "application/pdf"})
                       for n in range(16)])
        self.assertEqual(outcomes(got), {201: 16})
        self.assertEqual(sorted(g["version"] for g in got), list(range(1, 17)))
        self.assertEqual([d["version"] for d in self.carrier.items(path)], [16])

    # ---- once

    def test_reviews(self):
        """A review submitted 16 times at once stands once and fires once."""
        application, _ = self.funder.apply(self.carrier)
        path = f"/applications/{application}"
        got = at_once([lambda n=n: self.funder.expert.put(f"{path}/reviews/blind", {"content": {"scores": {"worth": (1, 3, 5)[n % 3]}}, "submit": True}) for n in range(16)])
        self.one_wins(got, 200, 409)
        self.assertEqual(self.funder.board.get(f"{path}/results")["blind"]["count"], 1)
        self.assertEqual([m["event"] for m in self.funder.clerk.items(f"{path}/moves")].count("review.submitted"), 1)

    def test_applications(self):
        """One dossier opened 16 times at once on a call is there once; 16 dossiers get 16 numbers."""
        dossier = self.carrier.post("/dossiers", {})["id"]
        path = f"/calls/{self.funder.call}/applications"
        self.one_wins(at_once([lambda: self.carrier.post(path, {"dossier_id": dossier}) for _ in range(16)]), 201, 409)
        dossiers = [self.carrier.post("/dossiers", {})["id"] for _ in range(16)]
        got = at_once([lambda d=d: self.carrier.post(path, {"dossier_id": d}) for d in dossiers])
        self.assertEqual(outcomes(got), {201: 16})
        self.assertEqual(len({g["number"] for g in got}), 16)

    def test_measures(self):
        """A measure judged by many at once is judged once."""
        path = self.funded()
        measure = self.carrier.post(f"{path}/measures", {"indicator": "trees", "value": 1})["id"]
        self.one_wins(at_once([lambda: self.funder.clerk.post(f"/measures/{measure}/validate") for _ in range(16)]), 200, 409)

    def test_publishing_and_opening(self):
        """Versions uploaded at once get one number each; published, called, opened and closed at once, each stands in one state."""
        admin, space = self.jalon.admin, self.funder.space
        got = at_once([lambda: admin.post(f"/workflows?space_id={space}", TEXT.format(id="course", title="x"), headers={"Content-Type": "application/yaml"})
                       for _ in range(8)])
        self.assertEqual(outcomes(got), {201: 8})
        self.assertEqual(sorted(g["version"] for g in got), list(range(1, 9)))
        workflow = got[0]["workflow_id"]
        self.assertEqual({g["workflow_id"] for g in got}, {workflow})
        published = at_once([lambda: admin.post(f"/workflows/{workflow}/versions/3/publish") for _ in range(8)])
        self.assertEqual(outcomes(published), {200: 8})
        self.assertEqual(len({g["published_at"] for g in published}), 1)
        call = self.funder.new_call(0)
        got = at_once([lambda verb=verb: admin.post(f"/calls/{call}/{verb}") for verb in ("open", "close") * 8])
        self.assertLessEqual(set(outcomes(got)), {200, 409})
        self.assertEqual(admin.get(f"/calls/{call}")["status"], "closed")

    def test_closing(self):
        """While a call is closed, applications are opened before it or refused; none is opened or filed after it."""
        call = self.funder.new_call(0)
        dossiers = [self.carrier.post("/dossiers", {})["id"] for _ in range(16)]
        calls = [lambda d=d: self.carrier.post(f"/calls/{call}/applications", {"dossier_id": d}) for d in dossiers]
        got = at_once(calls[:8] + [lambda: self.jalon.admin.post(f"/calls/{call}/close")] + calls[8:])
        self.assertEqual(got[8].status, 200)
        self.assertLessEqual(set(outcomes(got)), {200, 201, 409})
        late = [lambda: self.carrier.post(f"/calls/{call}/applications", {"dossier_id": self.carrier.post("/dossiers", {})["id"]})]
        late += [lambda g=g: self.funder.move(self.carrier, g["id"], "submit") for g in got if g.status == 201]
        self.assertEqual(outcomes(at_once(late)), {409: len(late)}, "nor filed")

    def test_sign_in_code(self):
        """A mailed code used 16 times at once opens one session."""
        nobody = self.jalon.admin.signed(None)
        nobody.post("/sign-in", {"email": "once@projet.example"})
        mail = next(m for m in self.jalon.admin.items("/outbox") if m["recipient"] == "once@projet.example")
        code = re.search(r"[A-Za-z0-9_-]{43}", mail["body"]).group(0)
        self.one_wins(at_once([lambda: nobody.post("/sign-in/link", {"token": code}) for _ in range(16)]), 201, 401)

    def test_last_carrier(self):
        """Two carriers who leave at once leave one carrier."""
        for _ in range(8):
            dossier = self.carrier.post("/dossiers", {})["id"]
            second, _ = sign_in(self.jalon.admin, f"{uuid.uuid4().hex}@projet.example")
            self.carrier.post(f"/dossiers/{dossier}/authors", {"email": second.get("/me")["email"], "role": "carrier"})
            grants = {g["person_id"]: g["id"] for g in self.carrier.items(f"/grants?scope=dossier&scope_id={dossier}")}
            at_once([lambda api=api: api.delete(f"/grants/{grants[api.get('/me')['id']]}") for api in (self.carrier, second)])
            left = [api for api in (self.carrier, second) if dossier in [d["id"] for d in api.items("/dossiers")]]
            self.assertGreaterEqual(len(left), 1)


if __name__ == "__main__":
    unittest.main()
