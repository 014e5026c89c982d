# SPDX-License-Identifier: Apache-2.0
"""Money, one request after another: what is promised, agreed, asked, approved and paid never goes past what was decided."""
import json
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from funders import TEXT, Funder  # noqa: E402
from jalon import Api, Problem, Server, sign_in  # noqa: E402

MOST = 10**15
# sentence, body as it is written, status
AMOUNTS = [
    ("one cent", "1", 201), ("zero", "0", 201), ("less than nothing", "-1", 422), ("half a cent", "0.5", 422), ("a text", '"100"', 422),
    ("null", "null", 422), ("true", "true", 422), ("more than any envelope", str(MOST), 409), ("past the limit of money", str(MOST + 1), 422),
    ("past 63 bits", str(2**63), (400, 422)), ("past 64 bits", str(2**64 + 1), (400, 422)), ("a thousand digits", "9" * 1000, (400, 422)),
    ("1e400", "1e400", (400, 422)), ("NaN", "NaN", 400), ("Infinity", "Infinity", 400), ("hexadecimal", "0x10", 400),
]


class Money(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.jalon = Server().start()
        cls.addClassCleanup(cls.jalon.__exit__)
        cls.funder = Funder(cls.jalon, "alpha", amount=1000)
        cls.carrier, cls.carrier_id = sign_in(cls.jalon.admin, "carrier@projet.example")

    def refused(self, call, *kinds, status=409):
        with self.assertRaises(Problem) as caught:
            call()
        self.assertEqual(caught.exception.status, status, caught.exception)
        if kinds:
            self.assertIn(caught.exception.type, kinds)

    def committed(self, call):
        return self.jalon.admin.get(f"/calls/{call}")["committed"]

    def instalments(self, path):
        return {i["name"]: i for i in self.funder.clerk.items(f"{path}/instalments")}

    def funded(self, amount=100):
        """An application with a signed agreement, on a call of its own."""
        application, _ = self.funder.apply(self.carrier, call=self.funder.new_call(amount))
        self.funder.fund(self.carrier, application, amount)
        return f"/applications/{application}"

    # ---- decisions

    def test_amounts(self):
        """What is no amount of cents is refused where it stands, and nothing is promised by it."""
        call = self.funder.new_call(1000)
        application, _ = self.funder.apply(self.carrier, call=call)
        for sentence, amount, status in AMOUNTS:
            with self.subTest(sentence):
                try:
                    got = self.funder.board.post(f"/applications/{application}/decisions", '{"kind": "granted", "amount": %s}' % amount,
                                                 headers={"Content-Type": "application/json"}).status
                except Problem as problem:
                    got = problem.status
                self.assertIn(got, status if isinstance(status, tuple) else (status,))
        self.assertEqual(self.committed(call), 0, "the last that was taken is zero")

    def test_replaced(self):
        """A decision that is replaced gives its part back, and one that grants nothing promises nothing."""
        call = self.funder.new_call(1000)
        application, _ = self.funder.apply(self.carrier, call=call)
        for amount, kind, promised in ((600, "granted", 600), (1000, "granted", 1000), (10, "partial", 10), (700, "waiting", 0), (900, "granted", 900), (0, "refused", 0)):
            self.funder.decide(application, amount, kind)
            self.assertEqual(self.committed(call), promised, f"{kind} {amount}")
        current = [d for d in self.funder.board.items(f"/applications/{application}/decisions") if not d["replaced_at"]]
        self.assertEqual([(d["kind"], d["amount"]) for d in current], [("refused", 0)])

    def test_envelope(self):
        """Past the envelope by one cent: refused, and the former decision stands with its part."""
        call = self.funder.new_call(1000)
        one, two = (self.funder.apply(self.carrier, call=call)[0] for _ in range(2))
        self.funder.decide(one, 400)
        self.funder.decide(two, 600)
        self.refused(lambda: self.funder.decide(one, 401), "envelope", "refused")
        self.assertEqual(self.committed(call), 1000)
        self.assertEqual([d["amount"] for d in self.funder.board.items(f"/applications/{one}/decisions") if not d["replaced_at"]], [400])
        for application in (one, two):
            self.funder.decide(application, 0, "refused")
        self.assertEqual(self.committed(call), 0)

    def test_envelope_shrinks(self):
        """An envelope that was announced does not shrink, nor grow past what money is."""
        call = f"/calls/{self.funder.call}"
        for amount, status in ((999, 409), (0, 409), (-1, 422), (MOST + 1, 422)):
            etag = self.jalon.admin.get(call).headers["etag"]
            self.refused(lambda: self.jalon.admin.patch(call, {"amount": amount}, etag=etag), status=status)

    # ---- agreements

    def test_agreement(self):
        """An agreement holds what was decided or less, exists once, and changes no more when somebody has signed it."""
        application, _ = self.funder.apply(self.carrier, call=self.funder.new_call(100))
        path = f"/applications/{application}"
        self.funder.decide(application, 100)
        self.refused(lambda: self.funder.clerk.post(f"{path}/agreement", {"amount": 100}), "refused")
        self.funder.move(self.funder.clerk, application, "agree")
        self.refused(lambda: self.funder.clerk.post(f"{path}/agreement", {"amount": 101}), "refused")
        self.refused(lambda: self.funder.clerk.post(f"{path}/agreement", {"amount": -1}), status=422)
        self.refused(lambda: self.carrier.post(f"{path}/agreement", {"amount": 1}), "refused")
        self.assertEqual(self.funder.clerk.post(f"{path}/agreement", {"amount": 99})["amount"], 99)
        self.assertEqual([(i["name"], i["amount"]) for i in self.funder.clerk.items(f"{path}/instalments")], [("advance", 30), ("balance", 69)])
        self.assertEqual(self.funder.clerk.post(f"{path}/agreement", {})["amount"], 100)
        self.assertEqual(sum(i["amount"] for i in self.funder.clerk.items(f"{path}/instalments")), 100)
        self.refused(lambda: self.funder.decide(application, 1), "conflict")
        self.carrier.post(f"{path}/agreement/signatures", {"role": "carrier"})
        self.refused(lambda: self.carrier.post(f"{path}/agreement/signatures", {"role": "carrier"}), "conflict")
        self.refused(lambda: self.carrier.post(f"{path}/agreement/signatures", {"role": "mayor"}), status=422)
        self.refused(lambda: self.funder.clerk.post(f"{path}/agreement", {"amount": 1}), "conflict")
        self.assertIsNone(self.funder.clerk.get(f"{path}/agreement")["signed_at"])
        self.funder.mayor.post(f"{path}/agreement/signatures", {"role": "mayor"})
        self.assertIsNotNone(self.funder.clerk.get(f"{path}/agreement")["signed_at"])

    # ---- payments

    def test_steps(self):
        """Asked, approved, paid: each by its own role, in this order, once."""
        path = self.funded()
        advance, clerk, payer = f"{path}/instalments/advance", self.funder.clerk, self.funder.treasurer

        def pay(amount):
            return payer.post(f"{advance}/payments", {"amount": amount, "reference": "M1"})
        self.refused(lambda: clerk.post(f"{advance}/approve"), "refused")
        self.refused(lambda: pay(1), "refused")
        self.refused(lambda: clerk.post(f"{advance}/request"), "refused")
        self.carrier.post(f"{advance}/request")
        self.refused(lambda: self.carrier.post(f"{advance}/request"), "refused")
        self.refused(lambda: self.carrier.post(f"{advance}/approve"), "refused")
        self.refused(lambda: pay(1), "refused")
        clerk.post(f"{advance}/approve")
        self.refused(lambda: clerk.post(f"{advance}/approve"), "refused")
        self.refused(lambda: clerk.post(f"{advance}/payments", {"amount": 1}), "refused")
        self.refused(lambda: pay(31), "refused")
        for amount in (0, -1, 0.5, MOST + 1, 2**63):
            with self.assertRaises(Problem) as caught:
                pay(amount)
            self.assertIn(caught.exception.status, (400, 422))
        pay(10)
        self.refused(lambda: pay(21), "refused")
        pay(20)
        self.refused(lambda: pay(1), "refused")
        self.assertEqual((self.instalments(path)["advance"]["paid"], self.instalments(path)["advance"]["state"]), (30, "paid"))
        self.assertEqual(sum(p["amount"] for p in clerk.items(f"{path}/payments")), 30)
        with self.assertRaises(Problem) as caught:
            self.carrier.post(f"{path}/instalments/nothing/request")
        self.assertEqual(caught.exception.status, 404)

    # ---- impact

    def test_own_measure(self):
        """Nobody vouches for what they carry, even one who holds both roles; somebody else does, once."""
        path = self.funded()
        both, ident = sign_in(self.jalon.admin, "both@projet.example")
        dossier = self.funder.clerk.get(path)["dossier_id"]
        self.jalon.admin.post("/grants", {"person_id": ident, "role": "author", "scope": "dossier", "scope_id": dossier})
        self.jalon.admin.post("/grants", {"person_id": ident, "role": "clerk", "scope": "call", "scope_id": self.funder.clerk.get(path)["call_id"]})
        self.assertEqual(set(both.get(path)["roles"]), {"author"})
        own = both.post(f"{path}/measures", {"indicator": "trees", "value": 3})["id"]
        other = self.carrier.post(f"{path}/measures", {"indicator": "trees", "value": 4})["id"]
        self.refused(lambda: both.post(f"/measures/{own}/validate"), "refused")
        self.refused(lambda: both.post(f"/measures/{own}/contest", {"motive": "Non."}), "refused")
        self.refused(lambda: self.carrier.post(f"/measures/{own}/validate"), "refused")
        self.refused(lambda: both.post(f"/measures/{other}/validate"), "not-found", status=404)  # an author here sees no measure but their own
        self.funder.clerk.post(f"/measures/{other}/validate")
        self.funder.clerk.post(f"/measures/{own}/validate")
        self.refused(lambda: self.funder.clerk.post(f"/measures/{own}/validate"), "conflict")
        self.assertEqual({m["id"]: m["state"] for m in self.funder.clerk.items(f"{path}/measures")}, {own: "validated", other: "validated"})

    def test_measures(self):
        """A measure is a finite number, and its evidence a document of the same dossier, read by whoever vouches."""
        path = self.funded()
        for value, status in (("NaN", 400), ("1e400", (400, 422)), ('"3"', 422), ("null", 422), ("1e308", 422), ("1000000000000001", 422), ("1e15", 201), ("-0.0", 201), ("9" * 400, (400, 422))):
            try:
                got = self.carrier.post(f"{path}/measures", '{"indicator": "trees", "value": %s}' % value, headers={"Content-Type": "application/json"}).status
            except Problem as problem:
                got = problem.status
            self.assertIn(got, status if isinstance(status, tuple) else (status,), value)
        elsewhere = self.carrier.post("/dossiers", {})["id"]
        foreign = self.carrier.post(f"/dossiers/{elsewhere}/documents?kind=statutes&name=a.pdf", b"%PDF-1.4", headers={"Content-Type": "application/pdf"})["id"]
        self.refused(lambda: self.carrier.post(f"{path}/measures", {"indicator": "trees", "value": 1, "evidence": foreign}), status=422)
        own = self.carrier.post(f"/dossiers/{self.carrier.get(path)['dossier_id']}/documents?kind=statutes&name=a.pdf", b"%PDF-1.4 b", headers={"Content-Type": "application/pdf"})["id"]
        self.carrier.post(f"{path}/measures", {"indicator": "trees", "value": 1, "evidence": own})
        self.assertEqual(self.funder.clerk.get(f"/documents/{own}/content").raw, b"%PDF-1.4 b", "whoever vouches for it reads it")
        for item in self.funder.clerk.items(f"{path}/measures"):
            json.dumps(item, allow_nan=False)

    def test_monsters(self):
        """An amount past 64 bits in a dossier stops nobody: it is read, edited and filed, or refused, and the program lives."""
        for monster in (9.3 * 10**18, 1e300, -1e300):
            application, dossier = self.funder.apply(self.carrier, file=False)
            for act in (lambda: self.funder.answer(self.carrier, dossier, requested=monster), lambda: self.funder.move(self.carrier, application, "submit"),
                        lambda: self.funder.answer(self.carrier, dossier, plan="x"), lambda: self.funder.clerk.get(f"/applications/{application}/dossier"),
                        lambda: self.funder.clerk.get(f"/applications/{application}"), lambda: self.funder.move(self.funder.clerk, application, "reopen"),
                        lambda: self.funder.move(self.carrier, application, "submit"), lambda: self.funder.decide(application, 1)):
                try:
                    act()
                except Problem as problem:
                    self.assertIn(problem.status, (404, 409, 422))
            self.assertEqual(Api(self.jalon.base).get("/health/ready").status, 200)

    def test_numbers_at_the_door(self):
        """A number beyond what money can hold is refused where it comes in, with a pointer, whatever a form tolerates while one types."""
        application, dossier = self.funder.apply(self.carrier, file=False)
        for monster in (10**15 + 1, -10**15 - 1, 2.0**53, 1e300, -1e300):
            with self.assertRaises(Problem) as caught:
                self.funder.answer(self.carrier, dossier, requested=monster)
            self.assertEqual((caught.exception.status, caught.exception.errors[0]["pointer"]), (422, "/answers/requested"), monster)
        self.funder.move(self.carrier, application, "submit")
        review = {"content": {"scores": {"worth": 1e300}}}
        with self.assertRaises(Problem) as caught:
            self.funder.expert.put(f"/applications/{application}/reviews/blind", review)
        self.assertEqual((caught.exception.status, caught.exception.errors[0]["pointer"]), (422, "/content/scores/worth"))

    def test_growing(self):
        """A dossier that grew past what one request may bring, edit by edit, is still read, edited and filed."""
        admin = self.jalon.admin
        text = TEXT.format(id="large", title="x").replace("      plan: {type: string, maxLength: 200}", "".join(f"      plan{n}: {{type: string}}\n" for n in range(3)).rstrip())
        made = admin.post(f"/workflows?space_id={self.funder.space}", text, headers={"Content-Type": "application/yaml"})
        admin.post(f"/workflows/{made['workflow_id']}/versions/1/publish")
        call = admin.post("/calls", {"space_id": self.funder.space, "workflow_id": made["workflow_id"], "title": {"fr": "x"},
                                     "opens_at": "2020-01-01T00:00:00Z", "closes_at": "2099-01-01T00:00:00Z"})["id"]
        admin.post(f"/calls/{call}/open")
        application, dossier = self.funder.apply(self.carrier, call=call, file=False)
        for n in range(3):
            etag = self.carrier.get(f"/dossiers/{dossier}").headers["etag"]
            try:
                self.carrier.patch(f"/dossiers/{dossier}", {"workflow_id": made["workflow_id"], "answers": {f"plan{n}": "a" * 600000}}, etag=etag)
            except Problem as problem:
                self.assertIn(problem.status, (413, 422))
        self.funder.move(self.carrier, application, "submit")
        self.assertEqual(Api(self.jalon.base).get("/health/ready").status, 200)

    def test_observatory(self):
        """One applicant's monstrous amount does not stop the sums of the observatory."""
        application, dossier = self.funder.apply(self.carrier, requested=500)
        before = self.funder.admin.get("/observatory")["requested"]
        self.funder.move(self.funder.clerk, application, "reopen")
        for monster in (9 * 10**18, 1e300, -5):
            try:
                self.funder.answer(self.carrier, dossier, requested=monster)
            except Problem as problem:
                self.assertEqual(problem.status, 422)
            self.assertLessEqual(self.funder.admin.get("/observatory")["requested"], before + 10**15)
            self.assertGreaterEqual(self.funder.admin.get("/observatory")["requested"], 0)


if __name__ == "__main__":
    unittest.main()
