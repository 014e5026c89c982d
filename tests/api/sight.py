# SPDX-License-Identifier: Apache-2.0
"""What a workflow file lets each role read, by state: sections, parts of decisions and agreements, lines of money, measures, history, mails."""
import base64
import json
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from jalon import Problem, Server  # noqa: E402
from world import World  # noqa: E402

TEXT = """jalon: 1
id: veiled
title: {fr: Voilé}
roles:
  carrier: {title: Carrier, on: dossier, sees: [forms, sections, documents, decision, agreement, measures, messages, history]}
  author: {title: Author, on: dossier, sees: [forms]}
  clerk: {title: Clerk, on: call, sees: [forms, sections, documents, reviews, decision, agreement, measures, messages, history]}
  expert: {title: Expert, on: call, sees: [forms, documents, reviews, history]}
  jury: {title: Jury, on: call, sees: [forms, decision.kind, history]}
  payer: {title: Payer, on: call, sees: [payment.advance, agreement.amount, measure.trees, history]}
  watch: {title: Watch, on: call, sees: [request.balance, section.contact]}
forms:
  main:
    title: Main
    type: object
    required: [title, phone]
    properties:
      title: {$ref: "dictionary#/title"}
      phone: {title: Phone, type: string}
      note: {title: Note, type: string}
      asked: {title: Asked, type: integer}
documents:
  plan: {title: Plan}
  bank_details: {$ref: "dictionary#/documents/bank_details"}
sections:
  contact: {title: Contact, answers: [phone], documents: [bank_details]}
  price: {title: Price, answers: [asked]}
grids:
  merit: {title: Merit, by: expert, reviews: 2, blind: true, criteria: {worth: {title: Worth, weight: 1, scale: {1: Low, 5: High}}}}
indicators: {trees: {title: Trees, unit: trees}, bees: {title: Bees, unit: bees}}
decision: {kinds: [granted, refused], requested: asked}
instalments: {advance: {title: Advance, share: 30}, balance: {title: Balance, share: 70}}
mails:
  filed: {to: [carrier], subject: "Filed", body: "phone={{dossier.phone}} asked={{dossier.asked}}"}
  told: {to: [clerk, jury], subject: "Told", body: "phone={{dossier.phone}} note={{dossier.note}} kind={{decision.kind}} amount={{decision.amount}}"}
events:
  submit: {title: File}
  weigh: {title: Weigh}
  price: {title: Price}
initial: draft
states:
  draft:
    title: Draft
    stage: submission
    edit: {carrier: [forms, sections, documents], author: [forms], expert: [messages]}
    on: {submit: {by: carrier, to: study, if: "complete('main')", do: [seal, {mail: filed}]}}
  study:
    title: Study
    stage: evaluation
    edit: {expert: [reviews, messages], clerk: [decision, messages]}
    see: {jury: [documents]}
    on:
      price: {by: expert, to: study, if: "dossier.asked == 0"}
      weigh: {by: expert, to: study, if: "reviews.merit.count >= 9"}
      decision.recorded: {to: funded, if: "decision.kind == 'granted'", do: [{mail: told}]}
  funded:
    title: Funded
    stage: funding
    see: {jury: [section.price, agreement.signatures], expert: [decision]}
    edit: {clerk: [agreement, approval, validation], carrier: [signature, requests, measures], payer: [payment]}
    on: {price: {by: expert, to: end, if: "dossier.asked == 0 && application.requested == 0"}}
  end: {type: final, title: End, stage: impact}
"""
PHONE, NOTE = "06-00-PHONE", "A-NOTE"


class Sight(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.jalon = Server().start()
        cls.addClassCleanup(cls.jalon.__exit__)
        w = cls.w = World(cls.jalon, TEXT)
        admin = cls.admin = cls.jalon.admin
        admin.patch(f"/calls/{w.call}", {"amount": 100000}, etag=admin.get(f"/calls/{w.call}").headers["etag"])
        cls.who = {"carrier": w.carrier}
        for name in ("clerk", "expert", "jury", "payer", "watch"):
            cls.who[name], _ = w.person(name, name)
        cls.who["expert2"], _ = w.person("expert2", "expert")
        cls.study, cls.study_dossier = cls.filed("Étude")
        cls.funded, cls.funded_dossier = cls.filed("Financé")
        clerk, carrier, payer, path = cls.who["clerk"], w.carrier, cls.who["payer"], f"/applications/{cls.funded}"
        clerk.post(f"{path}/decisions", {"kind": "granted", "amount": 1000, "conditions": "SECRET-CONDITIONS", "motive": "SECRET-MOTIVE"})
        clerk.post(f"{path}/agreement", {"content": {"clause": "SECRET-CLAUSE"}})
        carrier.post(f"{path}/agreement/signatures", {"role": "carrier"})
        for name in ("advance", "balance"):
            carrier.post(f"{path}/instalments/{name}/request", {})
            clerk.post(f"{path}/instalments/{name}/approve", {})
            payer.post(f"{path}/instalments/{name}/payments", {"amount": 300 if name == "advance" else 700})
        for name, value in (("trees", 3), ("bees", 4)):
            carrier.post(f"{path}/measures", {"indicator": name, "value": value})

    @classmethod
    def filed(cls, title):
        w = cls.w
        application, dossier = w.application(title)
        etag = w.carrier.get(f"/dossiers/{dossier}").headers["etag"]
        w.carrier.patch(f"/dossiers/{dossier}", {"workflow_id": w.workflow, "answers": {"phone": PHONE, "note": NOTE, "asked": 4321}}, etag=etag)
        for kind in ("veiled/plan", "bank_details"):
            w.carrier.post(f"/dossiers/{dossier}/documents?kind={kind}&name=x.pdf", b"%PDF-1.4 " + title.encode(), headers={"Content-Type": "application/pdf"})
        w.carrier.post(f"/applications/{application}/moves", {"event": "submit"})
        return application, dossier

    def read(self, who, path):
        try:
            return self.who[who].get(path).json
        except Problem as problem:
            return problem.status

    def told(self, who, method, path, body=None):
        """Everything an answer says, whatever it is."""
        try:
            return self.who[who].request(method, path, body).raw.decode()
        except Problem as problem:
            return json.dumps(problem.document, ensure_ascii=False)

    def test_sections(self):
        """Answers and documents of a section are read by whom the file gives it, in the states where it does; others do not find them."""
        rows = [("carrier", "study", {"title", "phone", "note", "asked"}, {"plan", "bank"}), ("clerk", "study", {"title", "phone", "note", "asked"}, {"plan", "bank"}),
                ("expert", "study", {"title", "note"}, {"plan"}), ("jury", "study", {"title", "note"}, {"plan"}),
                ("jury", "funded", {"title", "note", "asked"}, set()), ("watch", "study", {"phone"}, {"bank"})]
        for who, where, answers, documents in rows:
            with self.subTest(f"{who} in {where}"):
                read = self.read(who, f"/applications/{getattr(self, where)}/dossier")
                self.assertEqual(set(read["answers"]), answers)
                self.assertEqual({d["kind"].split("/")[-1].split("_")[0] for d in read["documents"]}, documents)
        self.assertEqual(self.read("payer", f"/applications/{self.study}/dossier"), 403)

    def test_documents_of_a_section(self):
        """The bytes of a document that a section sets apart are not found by whoever was not given the section."""
        documents = {d["kind"]: d["id"] for d in self.read("clerk", f"/applications/{self.study}/dossier")["documents"]}
        for who, kind, status in (("expert", "bank_details", 404), ("jury", "bank_details", 404), ("watch", "bank_details", 200), ("expert", "veiled/plan", 200),
                                  ("watch", "veiled/plan", 404), ("payer", "veiled/plan", 404)):
            with self.subTest(f"{who} {kind}"):
                for path in (f"/documents/{documents[kind]}", f"/documents/{documents[kind]}/content"):
                    try:
                        found = self.who[who].get(path).status
                    except Problem as problem:
                        found = problem.status
                    self.assertEqual(found, status)

    def test_writers_of_a_section(self):
        """A form gives no right to write what a section sets apart; whoever was given the section may."""
        _, dossier = self.w.application("Brouillon")
        self.w.carrier.post(f"/dossiers/{dossier}/authors", {"email": "author@monde.example"})
        from jalon import sign_in
        author, _ = sign_in(self.admin, "author@monde.example")
        for api, answers, status in ((author, {"note": "a"}, 200), (author, {"phone": "1"}, 409), (author, {"note": "b", "asked": 1}, 409), (self.w.carrier, {"phone": "1", "asked": 1}, 200)):
            with self.subTest(str(answers)):
                etag = api.get(f"/dossiers/{dossier}").headers["etag"]
                try:
                    found = api.patch(f"/dossiers/{dossier}", {"workflow_id": self.w.workflow, "answers": answers}, etag=etag).status
                except Problem as problem:
                    found = problem.status
                self.assertEqual(found, status)

    def test_decisions(self):
        """A decision is read by its parts; a part that is not read is absent, not empty."""
        full = {"kind", "amount", "conditions", "motive"}
        for who, parts in (("carrier", full), ("clerk", full), ("expert", full), ("jury", {"kind"})):
            with self.subTest(who):
                [row] = self.read(who, f"/applications/{self.funded}/decisions")["items"]
                self.assertEqual(full & set(row), parts)
        for who in ("payer", "watch"):
            self.assertEqual(self.read(who, f"/applications/{self.funded}/decisions"), 403)
        self.assertEqual(self.read("expert", f"/applications/{self.study}/decisions"), 403, "before there is one to see")

    def test_agreement(self):
        """So is an agreement; its instalments and payments are lines with readers of their own."""
        full = {"amount", "content", "signatures"}
        for who, parts in (("carrier", full), ("clerk", full), ("payer", {"amount"}), ("jury", {"signatures"})):
            with self.subTest(who):
                self.assertEqual(full & set(self.read(who, f"/applications/{self.funded}/agreement")), parts)
        for who in ("expert", "watch"):
            self.assertEqual(self.read(who, f"/applications/{self.funded}/agreement"), 403)
        for what, rows in (("instalments", (("clerk", ["advance", "balance"]), ("watch", ["balance"]), ("payer", 403), ("jury", 403))),
                           ("payments", (("clerk", ["advance", "balance"]), ("payer", ["advance"]), ("watch", 403), ("jury", 403)))):
            for who, expected in rows:
                with self.subTest(f"{who} {what}"):
                    read = self.read(who, f"/applications/{self.funded}/{what}")
                    self.assertEqual(read if isinstance(read, int) else [r.get("name", r.get("instalment")) for r in read["items"]], expected)

    def test_measures(self):
        """A role that sees one indicator reads its measures and no other's, by list and by filter."""
        path = f"/applications/{self.funded}"
        self.assertEqual([m["indicator"] for m in self.read("payer", f"{path}/measures")["items"]], ["trees"])
        self.assertEqual(self.read("payer", f"{path}/measures?indicator=bees")["items"], [])
        self.assertEqual([m["indicator"] for m in self.read("payer", f"{path}/indicators")["items"]], ["trees"])
        self.assertEqual(len(self.read("clerk", f"{path}/measures")["items"]), 2)

    def test_refusals(self):
        """Why a move is refused tells no value that its reader does not see, in the list of moves and in the refusal."""
        for where, event in (("study", "price"), ("funded", "price")):
            path = f"/applications/{getattr(self, where)}"
            for text in (self.told("expert", "GET", path), self.told("expert", "POST", f"{path}/moves", {"event": event})):
                self.assertIn("dossier.asked == 0", text)
                self.assertNotIn("4321", text)

    def test_mails(self):
        """A mail tells nothing that one of its readers does not see."""
        mails = {m["subject"]: m["body"] for m in self.admin.items("/outbox") if m["application_id"] == self.funded}
        self.assertEqual(mails["Filed"], f"phone={PHONE} asked=4321")
        self.assertEqual(mails["Told"], f"phone= note={NOTE} kind=granted amount=")

    def test_history(self):
        """The history tells of acts what their readers see: amounts, payments and measures are left out, and so are others' reviews."""
        path = f"/applications/{self.funded}/moves"
        told = {who: {m["event"]: m["data"] for m in self.who[who].items(path)} for who in ("clerk", "jury", "payer", "expert")}
        self.assertEqual(told["clerk"]["decision.recorded"], {"kind": "granted", "amount": 1000})
        self.assertEqual(told["jury"]["decision.recorded"], {"kind": "granted"})
        self.assertIsNone(told["payer"]["decision.recorded"])
        self.assertEqual(told["payer"]["agreement.prepared"], {"amount": 1000})
        self.assertIsNone(told["jury"]["agreement.prepared"])
        def items(who, event, key):
            return [m["data"] and m["data"][key] for m in self.who[who].items(path) if m["event"] == event]
        self.assertEqual(items("payer", "payment.recorded", "instalment"), ["advance", "balance"], "what one did oneself one knows")
        self.assertEqual(items("jury", "payment.recorded", "instalment"), [None, None])
        self.assertEqual(items("payer", "measure.recorded", "indicator"), ["trees", None])

    def test_reviews_are_not_counted(self):
        """A blind reviewer learns from no version, date, history or refusal how many others have submitted."""
        application, _ = self.filed("Compté")
        path, one, two = f"/applications/{application}", self.who["expert"], self.who["expert2"]

        def seen(api):
            rows = [a for a in api.items("/applications") if a["id"] == application]
            one = api.get(path)
            return json.dumps([rows, one.json, one.headers["etag"], list(api.items(f"{path}/moves"))])
        before, jury = seen(two), seen(self.who["jury"])
        version = one.get(path)["version"]
        one.put(f"{path}/reviews/merit", {"content": {"scores": {"worth": 5}}, "submit": True})
        self.assertEqual(seen(two), before)
        self.assertEqual(seen(self.who["jury"]), jury, "nor whoever sees no reviews")
        self.assertEqual([r["grid"] for r in self.who["clerk"].items(f"{path}/reviews")], ["merit"])
        self.assertIn("review.submitted", [m["event"] for m in self.who["clerk"].items(f"{path}/moves")])
        two.put(f"{path}/reviews/merit", {"content": {"scores": {"worth": 1}}, "submit": True})
        self.assertEqual([m["event"] for m in two.items(f"{path}/moves")].count("review.submitted"), 2, "once one's own is submitted")
        self.who["clerk"].post(f"{path}/decisions", {"kind": "granted", "amount": 1})
        self.assertEqual(one.get(path)["version"], version + 1, "what follows counts one")
        self.assertEqual([m["version"] for m in self.who["jury"].items(f"{path}/moves")], [1, 2, version + 1], "no gap where reviews stand")

    def test_acts_are_not_counted(self):
        """Messages, measures, requests and payments show in no version, date, ETag, move or receipt of whoever may not see them."""
        application, dossier = self.filed("Compté aussi")
        path, who = f"/applications/{application}", self.who
        version = who["watch"].get(path)["version"]

        def seen(name):
            rows = [a for a in who[name].items("/applications") if a["id"] == application]
            one = who[name].get(path)
            return [rows, one.json, one.headers["etag"], self.read(name, f"{path}/moves"), self.read(name, f"{path}/instalments")]
        before = seen("watch")
        for n in range(3):
            who["clerk"].post(f"{path}/messages", {"body": f"{n}"})
        self.assertEqual(seen("watch"), before)
        who["clerk"].post(f"{path}/decisions", {"kind": "granted", "amount": 1000})
        self.assertEqual(who["watch"].get(path)["version"], version + 1, "the decision led on, and counts one")
        before = seen("watch")
        who["clerk"].post(f"{path}/agreement", {"content": {}})
        who["carrier"].post(f"{path}/agreement/signatures", {"role": "carrier"})
        who["carrier"].post(f"{path}/instalments/advance/request", {})
        who["carrier"].post(f"{path}/measures", {"indicator": "bees", "value": 4})
        after = seen("watch")
        self.assertEqual(after[:4], before[:4])
        self.assertEqual([m["version"] for m in who["clerk"].items(f"{path}/moves")], [1, 2, 2, 2, 2, 3, 3, 3, 3, 3], "acts bear the version that they leave as it is")

    def test_edits_are_not_counted(self):
        """How often a dossier was edited, in whatever part, is for those who work on it."""
        path = f"/applications/{self.study}"
        for who, told in (("carrier", True), ("clerk", False), ("expert", False)):
            one, filed, receipt = (self.who[who].get(path + end) for end in ("", "/dossier", "/receipt"))
            self.assertTrue(one["sealed"] and filed["sealed"])
            for number in (one["sealed_version"], filed["version"], receipt["dossier_version"]):
                self.assertEqual(number is not None, told, who)
        document = next(d["id"] for d in self.who["carrier"].get(f"{path}/dossier")["documents"] if d["kind"] == "veiled/plan")
        self.assertEqual(self.who["carrier"].get(f"/documents/{document}")["version"], 1)
        self.assertNotIn("version", self.who["jury"].get(f"/documents/{document}").json)

    def test_proof_of_an_act(self):
        """An entry is proved by the hash that the history tells; its bytes hold the version that all may know."""
        application, _ = self.filed("Prouvé")
        path, clerk = f"/applications/{application}", self.who["clerk"]
        for n in range(3):
            clerk.post(f"{path}/messages", {"body": f"{n}"})
        clerk.post(f"{path}/decisions", {"kind": "granted", "amount": 1})
        last = list(clerk.items(f"{path}/moves"))[-1]
        self.assertEqual(last["version"], 3)
        shown = [clerk.get(f"/spaces/{self.w.space}/log/proof?entry={application}:{name}")["entry"] for name in (last["hash"], last["version"])]
        self.assertEqual(shown[0], shown[1])
        self.assertEqual(int.from_bytes(base64.b64decode(shown[0]["bytes"])[66:74], "big"), 3)
        with self.assertRaises(Problem) as caught:
            clerk.get(f"/spaces/{self.w.space}/log/proof?entry={application}:6")
        self.assertEqual(caught.exception.status, 404, "places on the chain are nobody's to count")

    def test_names_count_nothing(self):
        """Numbers of applications are drawn, and cursors sealed: neither tells how much others did."""
        numbers = [self.w.carrier.get(f"/applications/{self.w.application(title)[0]}")["number"] for title in ("Un", "Deux", "Trois")]
        self.assertEqual(len(set(numbers)), 3)
        for number in numbers:
            self.assertRegex(number, r"^\d{4}-[2-9B-DF-HJ-NP-TV-XZ]{5}$")
        for path in (f"/applications/{self.funded}/moves?limit=1", "/applications?limit=1"):
            page, again = self.who["clerk"].get(path), self.who["clerk"].get(path)
            self.assertEqual(page.raw, again.raw)
            opened = base64.urlsafe_b64decode(page["next"] + "==")
            for told in (str(page["items"][0].get("id")), self.funded, str(page["items"][0].get("hash"))):
                self.assertNotIn(told.encode(), opened)
            self.assertEqual(len(list(self.who["clerk"].items(path))), len(list(self.who["clerk"].items(path.replace("=1", "=200")))))

    def test_a_cursor_is_good_at_its_own_address(self):
        """What is sealed in a cursor is not told by another list either: it is refused there."""
        clerk = self.who["clerk"]
        dossier = clerk.post("/dossiers", {"title": "À soi"})["id"]
        for n in range(3):
            clerk.patch(f"/dossiers/{dossier}", {"title": f"{n}"}, etag=f'"{n + 1}"')
        cursor = clerk.get("/me/history?limit=1")["next"]
        self.assertEqual(clerk.get(f"/me/history?cursor={cursor}").status, 200)
        for path in (f"/dossiers/{dossier}/history", "/applications", f"/applications/{self.funded}/moves"):
            with self.assertRaises(Problem) as caught:
                clerk.get(f"{path}?cursor={cursor}")
            self.assertEqual(caught.exception.status, 422)

    def test_drafts_of_a_review_are_not_counted(self):
        """How often somebody wrote their review over is their own to know."""
        application, _ = self.filed("Brouillons")
        path, expert = f"/applications/{application}/reviews", self.who["expert"]
        for worth in (1, 5, 1):
            expert.put(f"{path}/merit", {"content": {"scores": {"worth": worth}}})
        expert.put(f"{path}/merit", {"content": {"scores": {"worth": 5}}, "submit": True})
        self.assertEqual([[r["version"] for r in self.who[who].items(path)] for who in ("expert", "clerk")], [[4], [None]])

    def test_etag_of_what_is_shown(self):
        """The ETag of an application tells apart what is shown: to whom, in which language, with which moves; If-None-Match spares the same."""
        application, _ = self.filed("Étiqueté")
        path, clerk, expert = f"/applications/{application}", self.who["clerk"], self.who["expert"]
        tag = expert.get(path).headers["etag"]
        self.assertEqual(expert.get(path).headers["etag"], tag)
        self.assertEqual(expert.request("GET", path, headers={"If-None-Match": tag}).status, 304)
        self.assertNotEqual(clerk.get(path).headers["etag"], tag, "other roles")
        self.assertNotEqual(expert.request("GET", path, headers={"Accept-Language": "en"}).headers["etag"],
                            expert.request("GET", path, headers={"Accept-Language": "fr"}).headers["etag"], "another language")

    def test_etag_of_a_guard(self):
        """When only what a guard reads has changed, there is no 304."""
        application, _ = self.w.application("Garde")
        path, dossier = f"/applications/{application}", self.w.carrier.get(f"/applications/{application}")["dossier_id"]
        before = self.w.carrier.get(path)
        self.w.carrier.patch(f"/dossiers/{dossier}", {"workflow_id": self.w.workflow, "answers": {"phone": PHONE}},
                             etag=self.w.carrier.get(f"/dossiers/{dossier}").headers["etag"])
        after = self.w.carrier.request("GET", path, headers={"If-None-Match": before.headers["etag"]})
        self.assertEqual((after.status, after["version"]), (200, before["version"]))
        self.assertNotEqual(after["moves"], before["moves"])

    def test_etag_of_a_call(self):
        """A call's ETag tells what is committed too; an edit that did not see it is refused, one that did goes through."""
        path, application = f"/calls/{self.w.call}", self.filed("Engagé")[0]
        before = self.admin.get(path)
        self.who["clerk"].post(f"/applications/{application}/decisions", {"kind": "granted", "amount": 7})
        after = self.admin.request("GET", path, headers={"If-None-Match": before.headers["etag"]})
        self.assertEqual((after.status, after["version"], after["committed"]), (200, before["version"], before["committed"] + 7))
        for tag in (before.headers["etag"], f'"{after["version"]}"', after.headers["etag"].replace("-", "-0")):
            with self.assertRaises(Problem) as caught:
                self.admin.patch(path, {"title": {"fr": "Vu"}}, etag=tag)
            self.assertEqual(caught.exception.type, "stale")
        changed = self.admin.patch(path, {"title": {"fr": "Vu"}}, etag=after.headers["etag"])
        self.assertEqual(changed.headers["etag"], self.admin.get(path).headers["etag"])

    def test_if_match_is_never_passed_over(self):
        """Where nothing has an ETag to compare, If-Match is refused and nothing done; a move says its version in its body."""
        application, _ = self.filed("Condition")
        path, clerk = f"/applications/{application}", self.who["clerk"]
        one = clerk.get(path)
        for tag in ('"1"', f'"{one["version"]}"', one.headers["etag"], "nonsense"):
            for where, body in ((f"{path}/moves", {"event": "weigh"}), (f"{path}/messages", {"body": "Non"})):
                with self.assertRaises(Problem) as caught:
                    clerk.request("POST", where, body, headers={"If-Match": tag})
                self.assertEqual((caught.exception.status, caught.exception.type), (412, "stale"), tag)
        self.assertEqual(clerk.get(f"{path}/messages")["items"], [])
        clerk.request("POST", f"{path}/messages", {"body": "Oui"}, headers={"If-Match": "*"})
        self.assertNotIn("etag", clerk.get(f"{path}/moves").headers)

    def test_version_seen(self):
        """The version that one was shown still is the one to send with a move, after others' reviews."""
        application, dossier = self.filed("Version")
        path, clerk = f"/applications/{application}", self.who["clerk"]
        version = clerk.get(path)["version"]
        self.who["expert"].put(f"{path}/reviews/merit", {"content": {"scores": {"worth": 5}}, "submit": True})
        with self.assertRaises(Problem) as caught:
            self.who["expert"].post(f"{path}/moves", {"event": "weigh", "version": version})
        self.assertEqual(caught.exception.type, "refused", "by its guard, not for its version")
        with self.assertRaises(Problem) as caught:
            self.who["expert"].post(f"{path}/moves", {"event": "weigh", "version": version - 1})
        self.assertEqual(caught.exception.type, "stale")

    def test_draft_titles(self):
        """A move on what was never filed tells its title to nobody who does not hold it; nor does a migration."""
        text = TEXT.replace("on: {submit: {by: carrier", "on: {poke: {by: clerk, to: draft}, submit: {by: carrier").replace("  weigh: {title", "  poke: {title: Poke}\n  weigh: {title")
        made = self.admin.post(f"/workflows?space_id={self.w.space}", text, headers={"Content-Type": "application/yaml"})
        self.admin.post(f"/workflows/{self.w.workflow}/versions/{made['version']}/publish")
        call = self.admin.post("/calls", {"space_id": self.w.space, "workflow_id": self.w.workflow, "title": {"fr": "Deux"}, "opens_at": "2020-01-01T00:00:00Z",
                                          "closes_at": "2099-01-01T00:00:00Z"})["id"]
        self.admin.post(f"/calls/{call}/open")
        from jalon import sign_in
        clerk, ident = sign_in(self.admin, "poke@monde.example")
        self.admin.post("/grants", {"person_id": ident, "role": "clerk", "scope": "call", "scope_id": call})
        dossier = self.w.carrier.post("/dossiers", {"title": "Titre-jamais-déposé"})["id"]
        application = self.w.carrier.post(f"/calls/{call}/applications", {"dossier_id": dossier})["id"]
        moved = clerk.post(f"/applications/{application}/moves", {"event": "poke"}).json
        self.assertIsNone(moved["application"]["title"])
        shown = self.admin.post(f"/calls/{call}/migration", {"version": 1}).json
        self.assertEqual([(a["id"], a["title"]) for a in shown["applications"]], [(application, None)])


if __name__ == "__main__":
    unittest.main()
