# SPDX-License-Identifier: Apache-2.0
"""Acting for somebody: a right given on for a while, its bounds, its end, whom it is done for; and grants on every scope."""
import pathlib
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from jalon import Problem, Server, sign_in  # noqa: E402
from world import World  # noqa: E402

TEXT = """jalon: 1
id: shared
title: {fr: Partagé}
roles:
  carrier: {title: Carrier, on: dossier, sees: [forms, documents, history, messages, decision]}
  author: {title: Author, on: dossier, sees: [forms]}
  clerk: {title: Clerk, on: call, sees: [forms, documents, reviews, decision, measures, history, messages]}
  expert: {title: Expert, on: call, sees: [forms, reviews]}
  judge: {title: Judge, on: call, delegate: false, sees: [forms, decision, history]}
  referee: {title: Referee, on: application, sees: [forms]}
  watch: {title: Watch, on: space, sees: [forms]}
  auditor: {title: Auditor, on: organisation, sees: [forms]}
  mayor: {title: Mayor, on: territory, sees: [forms, history]}
forms:
  main:
    title: Main
    type: object
    properties: {title: {$ref: "dictionary#/title"}, territories: {$ref: "dictionary#/territories"}, note: {title: Note, type: string}}
grids:
  merit: {title: Merit, by: expert, reviews: 1, criteria: {worth: {title: Worth, weight: 1, scale: {1: Low, 5: High}}}}
indicators: {trees: {title: Trees, unit: trees}}
decision: {kinds: [granted, refused]}
events: {submit: {title: File}, keep: {title: Keep}, back: {title: Back}, rule: {title: Rule}, greet: {title: Greet}}
initial: draft
states:
  draft: {title: Draft, stage: submission, edit: {carrier: [forms, documents]}, on: {submit: {by: carrier, to: study, do: [seal]}}}
  study:
    title: Study
    stage: evaluation
    edit: {expert: [reviews], clerk: [decision, messages, measures, validation], carrier: [messages], judge: [decision]}
    on:
      keep: {by: clerk, to: study}
      back: {by: clerk, to: draft, do: [unseal]}
      rule: {by: judge, to: over}
      greet: {by: [mayor, watch, auditor, referee], to: study}
  over: {type: final, title: Over, stage: decision}
"""
REVIEW = {"content": {"scores": {"worth": 5}}, "submit": True}


def instant(seconds):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + seconds))


class Delegation(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.jalon = Server().start()
        cls.addClassCleanup(cls.jalon.__exit__)
        w = cls.w = World(cls.jalon, TEXT)
        admin = cls.admin = cls.jalon.admin
        admin.put("/territories", {"territories": [{"code": "departement:97", "kind": "departement", "name": "D", "parents": []},
                                                   {"code": "commune:97415", "kind": "commune", "name": "C", "parents": ["departement:97"]},
                                                   {"code": "commune:97416", "kind": "commune", "name": "E", "parents": ["departement:97"]}]})
        admin.patch(f"/calls/{w.call}", {"amount": 1000}, etag=admin.get(f"/calls/{w.call}").headers["etag"])
        cls.filed, cls.dossier = cls.file("Déposé")
        cls.count = 0

    @classmethod
    def file(cls, title, carrier=None, **more):
        carrier = carrier or cls.w.carrier
        dossier = carrier.post("/dossiers", {"title": title, **more})["id"]
        application = carrier.post(f"/calls/{cls.w.call}/applications", {"dossier_id": dossier})["id"]
        carrier.post(f"/applications/{application}/moves", {"event": "submit"})
        return application, dossier

    def new(self, role=None, scope="call", scope_id=None, **dates):
        """Somebody new, with this grant: api, id, grant id."""
        type(self).count += 1
        api, ident = sign_in(self.admin, f"p{self.count}@monde.example")
        grant = None
        if role:
            scope_id = {"call": self.w.call, "space": self.w.space}.get(scope, "") if scope_id is None else scope_id
            grant = self.admin.post("/grants", {"person_id": ident, "role": role, "scope": scope, "scope_id": scope_id, **dates})["id"]
        return api, ident, grant

    def give(self, api, grant, to, **more):
        return api.post("/delegations", {"grant_id": grant, "person_id": to, "until_at": instant(3600), **more}).json

    def fails(self, api, method, path, body=None, **kw):
        try:
            return api.request(method, path, body, **kw).status, None
        except Problem as problem:
            return problem.status, problem.type

    def move(self, api, event="keep", application=None, **more):
        return self.fails(api, "POST", f"/applications/{application or self.filed}/moves", {"event": event, **more})

    def last(self, application=None):
        clerk, _, _ = self.new("clerk")
        return list(clerk.items(f"/applications/{application or self.filed}/moves"))[-1]

    # ---- acting for somebody

    def test_acts_for_who_gave_it(self):
        """Whoever was given a right sees and does what its holder does, and the history says who and for whom."""
        ann, ann_id, grant = self.new("clerk")
        bob, bob_id, _ = self.new()
        self.assertEqual(self.fails(bob, "GET", f"/applications/{self.filed}")[0], 404)
        given = self.give(ann, grant, bob_id)
        self.assertEqual((given["for_person_id"], given["source_id"], given["role"], given["moves"]), (ann_id, grant, "clerk", None))
        self.assertEqual(bob.get(f"/applications/{self.filed}")["roles"], ["clerk"])
        self.assertIn(self.filed, [a["id"] for a in bob.items("/applications")])
        self.assertEqual(self.move(bob), (201, None))
        line = self.last()
        self.assertEqual((line["event"], line["person_id"], line["behalf_id"]), ("keep", bob_id, ann_id))
        self.assertEqual(self.move(ann), (201, None), "who gave it keeps it")
        self.assertEqual((self.last()["person_id"], self.last()["behalf_id"]), (ann_id, None))
        bob.post(f"/applications/{self.filed}/messages", {"body": "Bonjour"})
        self.assertEqual(self.last()["behalf_id"], ann_id, "so are acts")

    def test_own_right_wins(self):
        """Who has the right themselves acts for themselves, unless they say for whom."""
        ann, ann_id, grant = self.new("clerk")
        bob, bob_id, _ = self.new("clerk")
        self.give(ann, grant, bob_id)
        self.move(bob)
        self.assertIsNone(self.last()["behalf_id"])
        self.move(bob, **{"for": ann_id})
        self.assertEqual(self.last()["behalf_id"], ann_id)
        bob.post(f"/applications/{self.filed}/moves", {"event": "keep"}, headers={"Acting-For": ann_id})
        self.assertEqual(self.last()["behalf_id"], ann_id, "a header says so too")
        self.assertEqual(self.move(bob, **{"for": bob_id}), (403, "forbidden"))
        _, stranger_id, _ = self.new()
        self.assertEqual(self.move(bob, **{"for": stranger_id}), (403, "forbidden"))

    def test_one_key_is_for_one_person(self):
        """A key that served for one person is refused for another, in moves and in acts; for the same it gives the same answer."""
        ann, ann_id, a = self.new("clerk")
        eve, eve_id, e = self.new("clerk")
        bob, bob_id, _ = self.new()
        self.give(ann, a, bob_id)
        self.give(eve, e, bob_id)
        for path, body in (("moves", {"event": "keep"}), ("messages", {"body": "Bonjour"})):
            def ask(behalf, key=f"one-key-for-{path}"):
                return bob.post(f"/applications/{self.filed}/{path}", body, headers={"Acting-For": behalf, "Idempotency-Key": key})
            first = ask(ann_id)
            self.assertEqual(self.last()["behalf_id"], ann_id)
            self.assertEqual(ask(ann_id).raw, first.raw, path)
            with self.assertRaises(Problem) as refused:
                ask(eve_id)
            self.assertEqual((refused.exception.status, refused.exception.type), (422, "key-reused"), path)
            with self.assertRaises(Problem) as refused:
                bob.post(f"/applications/{self.filed}/{path}", body, headers={"Idempotency-Key": f"one-key-for-{path}"})
            self.assertEqual(refused.exception.type, "key-reused", path)
            ask(eve_id, f"another-key-for-{path}")
            self.assertEqual(self.last()["behalf_id"], eve_id)

    def test_several(self):
        """Who acts for several people says for whom."""
        ann, ann_id, a = self.new("clerk")
        eve, eve_id, e = self.new("clerk")
        bob, bob_id, _ = self.new()
        self.give(ann, a, bob_id)
        self.give(eve, e, bob_id)
        self.assertEqual(self.move(bob), (422, "invalid"))
        self.assertEqual(self.move(bob, **{"for": eve_id}), (201, None))
        self.assertEqual(self.last()["behalf_id"], eve_id)
        body = {"body": "Bonjour"}
        self.assertEqual(self.fails(bob, "POST", f"/applications/{self.filed}/messages", body)[0], 422)
        self.assertEqual(self.fails(bob, "POST", f"/applications/{self.filed}/messages", body, headers={"Acting-For": ann_id})[0], 201)

    def test_named_moves(self):
        """A right given for some moves lets do these, shows the same, and does nothing else."""
        ann, _, grant = self.new("clerk")
        bob, bob_id, _ = self.new()
        given = self.give(ann, grant, bob_id, moves=["keep", "decision.recorded"])
        self.assertEqual(given["moves"], ["keep", "decision.recorded"])
        self.assertEqual(self.move(bob), (201, None))
        self.assertEqual(self.move(bob, "back")[0], 409)
        self.assertEqual(self.fails(bob, "POST", f"/applications/{self.filed}/messages", {"body": "x"})[0], 409)
        self.assertEqual(self.fails(bob, "POST", f"/applications/{self.filed}/decisions", {"kind": "granted", "amount": 1})[0], 201)
        self.assertEqual(self.fails(bob, "GET", f"/applications/{self.filed}/dossier")[0], 200)
        with self.assertRaises(Problem) as caught:
            self.give(ann, grant, bob_id, moves=["kep"])
        self.assertEqual(caught.exception.document["errors"][0]["pointer"], "/moves/0")
        self.assertIn("keep", caught.exception.document["errors"][0]["detail"])

    def test_dates(self):
        """It begins and ends when it says, never outlasts its source, and is bounded by a year."""
        ann, _, grant = self.new("clerk")
        bob, bob_id, _ = self.new()
        self.give(ann, grant, bob_id, from_at=instant(2), until_at=instant(4))
        self.assertEqual(self.move(bob)[0], 404)
        time.sleep(2.3)
        self.assertEqual(self.move(bob), (201, None))
        time.sleep(2.2)
        self.assertEqual(self.move(bob)[0], 404)
        for dates in ({"until_at": instant(-5)}, {"until_at": instant(400 * 86400)}, {"from_at": instant(60), "until_at": instant(30)}):
            self.assertEqual(self.fails(ann, "POST", "/delegations", {"grant_id": grant, "person_id": bob_id, **dates})[0], 422, dates)
        self.assertEqual(self.fails(ann, "POST", "/delegations", {"grant_id": grant, "person_id": bob_id})[0], 422, "without an end")
        short, _, brief = self.new("clerk", until_at=instant(100))
        self.assertEqual(self.fails(short, "POST", "/delegations", {"grant_id": brief, "person_id": bob_id, "until_at": instant(200)})[0], 422)
        self.assertEqual(self.fails(short, "POST", "/delegations", {"grant_id": brief, "person_id": bob_id, "until_at": instant(50)})[0], 201)

    def test_source_ends(self):
        """It ends when its source is revoked or made to end, at the next request."""
        for how in ("revoked", "shortened"):
            ann, ann_id, grant = self.new("clerk")
            bob, bob_id, _ = self.new()
            self.give(ann, grant, bob_id)
            self.assertEqual(self.move(bob), (201, None))
            if how == "revoked":
                self.admin.delete(f"/grants/{grant}")
            else:
                self.admin.post("/grants", {"person_id": ann_id, "role": "clerk", "scope": "call", "scope_id": self.w.call, "until_at": instant(1)})
                time.sleep(1.3)
            self.assertEqual(self.move(bob)[0], 404, how)
            self.assertEqual(list(bob.items("/delegations")), [])

    def test_ended(self):
        """Who gave it, who has it and who answers for the scope end it; nobody else does."""
        manager, _, _ = self.new("manager", "space")
        stranger, _, _ = self.new("clerk")
        for who in ("ann", "bob", "manager"):
            ann, _, grant = self.new("clerk")
            bob, bob_id, _ = self.new()
            given = self.give(ann, grant, bob_id)["id"]
            self.assertEqual([d["id"] for d in bob.items("/delegations")], [given])
            self.assertEqual([d["id"] for d in ann.items("/delegations")], [given])
            self.assertEqual(list(stranger.items("/delegations")), [])
            self.assertIn(self.fails(stranger, "DELETE", f"/delegations/{given}")[0], (403, 404))
            {"ann": ann, "bob": bob, "manager": manager}[who].delete(f"/delegations/{given}")
            self.assertEqual(self.move(bob)[0], 404, who)
            self.assertEqual(self.move(ann), (201, None))

    def test_no_further(self):
        """A right that was given on is not given on again, nor is what one does not have, what is personal, or administering."""
        ann, _, grant = self.new("clerk")
        bob, bob_id, _ = self.new()
        _, eve_id, _ = self.new()
        given = self.give(ann, grant, bob_id)["id"]
        until = {"person_id": eve_id, "until_at": instant(60)}
        self.assertEqual(self.fails(bob, "POST", "/delegations", {"grant_id": given, **until}), (409, "refused"))
        self.assertEqual(self.fails(bob, "POST", "/delegations", {"grant_id": grant, **until})[0], 404)
        self.assertEqual(self.fails(ann, "POST", "/delegations", {"grant_id": grant, "person_id": ann.get("/me")["id"], "until_at": instant(60)})[0], 422)
        judge, _, personal = self.new("judge")
        self.assertEqual(self.fails(judge, "POST", "/delegations", {"grant_id": personal, **until}), (409, "refused"))
        admin = next(g["id"] for g in self.admin.items("/grants?scope=platform") if g["role"] == "admin")
        self.assertEqual(self.fails(self.admin, "POST", "/delegations", {"grant_id": admin, **until}), (409, "refused"))

    def test_reviews_are_personal(self):
        """Nobody reviews for another."""
        ann, ann_id, grant = self.new("expert")
        bob, bob_id, _ = self.new()
        self.give(ann, grant, bob_id)
        path = f"/applications/{self.filed}/reviews/merit"
        self.assertEqual(self.fails(bob, "PUT", path, REVIEW)[0], 409)
        self.assertEqual(self.fails(bob, "PUT", path, REVIEW, headers={"Acting-For": ann_id})[0], 403)
        self.assertEqual(self.fails(ann, "PUT", path, REVIEW)[0], 200)

    def test_conflicts(self):
        """Nobody judges what they carry: not for another, and nobody for them."""
        ann, _, grant = self.new("clerk")
        carrier, carrier_id, _ = self.new()
        mine, dossier = self.file("Mien", carrier)
        self.give(ann, grant, carrier_id)
        self.assertEqual(self.move(carrier), (201, None), "elsewhere")
        self.assertEqual(self.move(carrier, application=mine)[0], 409, "one's own")
        self.assertEqual(carrier.get(f"/applications/{mine}")["roles"], ["carrier"])
        # The one who carries is a clerk too, and lets somebody act for them.
        clerk_grant = self.admin.post("/grants", {"person_id": carrier_id, "role": "clerk", "scope": "call", "scope_id": self.w.call})["id"]
        bob, bob_id, _ = self.new()
        self.give(carrier, clerk_grant, bob_id)
        self.assertEqual(self.move(bob), (201, None))
        self.assertEqual(self.move(bob, application=mine)[0], 404)
        # A clerk who is given the carrier's part has no other.
        part = next(g["id"] for g in carrier.items(f"/grants?scope=dossier&scope_id={dossier}"))
        eve, eve_id, _ = self.new("clerk")
        self.assertEqual(self.move(eve, application=mine), (201, None))
        self.give(carrier, part, eve_id)
        self.assertEqual(self.move(eve, application=mine)[0], 409)

    def test_measures(self):
        """What was entered for somebody is vouched for by neither of the two."""
        ann, ann_id, grant = self.new("clerk")
        bob, bob_id, _ = self.new()
        self.give(ann, grant, bob_id)
        measure = bob.post(f"/applications/{self.filed}/measures", {"indicator": "trees", "value": 1})["id"]
        for api in (bob, ann):
            self.assertEqual(self.fails(api, "POST", f"/measures/{measure}/validate")[0], 409)
        own = ann.post(f"/applications/{self.filed}/measures", {"indicator": "trees", "value": 2})["id"]
        self.assertEqual(self.fails(bob, "POST", f"/measures/{own}/validate")[0], 409, "for the one who entered it")
        other, _, _ = self.new("clerk")
        self.assertEqual(self.fails(other, "POST", f"/measures/{measure}/validate")[0], 200)

    def test_a_mandate(self):
        """A carrier lets somebody work on the dossier for them, who invites nobody and leaves it when it ends; a limited one only reads."""
        carrier, carrier_id, _ = self.new()
        dossier = carrier.post("/dossiers", {"title": "Mandat"})["id"]
        part = next(g["id"] for g in carrier.items(f"/grants?scope=dossier&scope_id={dossier}"))
        agent, agent_id, _ = self.new()
        given = self.give(carrier, part, agent_id)["id"]
        etag = agent.get(f"/dossiers/{dossier}").headers["etag"]
        agent.patch(f"/dossiers/{dossier}", {"title": "Mandaté"}, etag=etag)
        application = agent.post(f"/calls/{self.w.call}/applications", {"dossier_id": dossier})["id"]
        self.assertEqual(self.move(agent, "submit", application), (201, None))
        lines = list(carrier.items(f"/applications/{application}/moves"))
        self.assertEqual([(m["event"], m["person_id"], m["behalf_id"]) for m in lines],
                         [("opened", agent_id, carrier_id), ("submit", agent_id, carrier_id)])
        self.assertEqual(self.fails(agent, "POST", f"/dossiers/{dossier}/authors", {"email": "x@monde.example"})[0], 403)
        self.assertEqual(self.fails(agent, "POST", "/grants", {"email": "x@monde.example", "role": "carrier", "scope": "dossier", "scope_id": dossier})[0], 404)
        self.assertEqual(self.fails(carrier, "DELETE", f"/grants/{part}")[0], 409, "a mandate does not count as a carrier")
        carrier.delete(f"/delegations/{given}")
        self.assertEqual(self.fails(agent, "GET", f"/dossiers/{dossier}")[0], 404)
        self.give(carrier, part, agent_id, moves=["submit"])
        etag = agent.get(f"/dossiers/{dossier}").headers["etag"]
        self.assertEqual(self.fails(agent, "PATCH", f"/dossiers/{dossier}", {"title": "Non"}, headers={"If-Match": etag})[0], 403)

    def test_a_manager_on_leave(self):
        """Who manages a space for somebody does what that needs, and gives nobody a role."""
        manager, _, grant = self.new("manager", "space")
        bob, bob_id, _ = self.new()
        self.give(manager, grant, bob_id)
        bob.post("/calls", {"space_id": self.w.space, "workflow_id": self.w.workflow, "title": {"fr": "Pour elle"}, "opens_at": "2030-01-01T00:00:00Z",
                            "closes_at": "2031-01-01T00:00:00Z"})
        for body in ({"role": "manager", "scope": "space", "scope_id": self.w.space}, {"role": "clerk", "scope": "call", "scope_id": self.w.call}):
            self.assertEqual(self.fails(bob, "POST", "/grants", {"person_id": bob_id, **body})[0], 403)
        self.assertEqual([g["id"] for g in bob.items(f"/grants?scope=space&scope_id={self.w.space}") if not g["source_id"]], [])

    def test_by_address(self):
        """Somebody named by an address is not told of before they sign in."""
        ann, _, grant = self.new("clerk")
        made = ann.post("/delegations", {"grant_id": grant, "email": "late@monde.example", "until_at": instant(600)}).json
        self.assertEqual((made["person_id"], made["name"], made["email"]), (None, None, "late@monde.example"))
        late, late_id = sign_in(self.admin, "late@monde.example")
        self.assertEqual([d["person_id"] for d in ann.items("/delegations")], [late_id])
        self.assertEqual(self.move(late), (201, None))

    # ---- every scope

    def test_scopes(self):
        """A role counts where it was granted and below: territory, organisation, application, call, space, platform; elsewhere not."""
        carrier, carrier_id, _ = self.new()
        organisation = carrier.post("/organisations", {"name": "Elle", "kind": "association"})["id"]
        other = carrier.post("/organisations", {"name": "Autre", "kind": "association"})["id"]
        dossier = carrier.post("/dossiers", {"title": "Partout", "organisation_id": organisation, "territories": ["commune:97415"]})["id"]
        application = carrier.post(f"/calls/{self.w.call}/applications", {"dossier_id": dossier})["id"]
        carrier.post(f"/applications/{application}/moves", {"event": "submit"})
        rows = [("mayor", "territory", "commune:97415", 201), ("mayor", "territory", "departement:97", 201), ("mayor", "territory", "commune:97416", 404),
                ("auditor", "organisation", organisation, 201), ("auditor", "organisation", other, 404), ("referee", "application", application, 201),
                ("referee", "application", self.filed, 404), ("referee", "call", self.w.call, 201), ("watch", "space", self.w.space, 201),
                ("watch", "platform", "", 201)]
        for role, scope, scope_id, expected in rows:
            with self.subTest(f"{role} on {scope} {scope_id}"):
                api, _, _ = self.new(role, scope, scope_id)
                self.assertEqual(self.move(api, "greet", application)[0], expected)
                found = [a["id"] for query in ("", f"?call_id={self.w.call}", "?is_over=false") for a in api.items("/applications" + query)]
                self.assertEqual(found.count(application), 3 if expected == 201 else 0, "lists say the same")

    def test_dates_of_grants(self):
        """A grant that begins later or has ended is none, in lists too."""
        for dates in ({"from_at": instant(3600)}, {"from_at": "2020-01-01T00:00:00Z", "until_at": "2021-01-01T00:00:00Z"}):
            api, _, _ = self.new("clerk", **dates)
            self.assertEqual(self.move(api)[0], 404)
            self.assertEqual(list(api.items("/applications")), [])
        api, _, _ = self.new("clerk", from_at=instant(1.5))
        self.assertEqual(self.move(api)[0], 404)
        time.sleep(2.6)
        self.assertEqual(self.move(api), (201, None))

    def test_who_grants(self):
        """Nobody grants what they do not answer for."""
        manager, _, _ = self.new("manager", "space")
        clerk, _, _ = self.new("clerk")
        owner, _, _ = self.new()
        organisation = owner.post("/organisations", {"name": "Ours", "kind": "association"})["id"]
        _, ident, _ = self.new()
        rows = [(manager, "referee", "application", self.filed, 201), (manager, "clerk", "call", self.w.call, 201), (manager, "watch", "space", self.w.space, 201),
                (manager, "mayor", "territory", "departement:97", 403), (manager, "auditor", "organisation", organisation, 403),
                (manager, "watch", "platform", "", 403), (manager, "carrier", "dossier", self.dossier, 404), (clerk, "referee", "application", self.filed, 403),
                (clerk, "clerk", "call", self.w.call, 403), (self.w.carrier, "author", "dossier", self.dossier, 201), (self.w.carrier, "clerk", "call", self.w.call, 403),
                (owner, "carrier", "organisation", organisation, 201), (owner, "author", "organisation", organisation, 201),
                (owner, "auditor", "organisation", organisation, 403), (self.w.carrier, "carrier", "organisation", organisation, 403),
                (self.admin, "mayor", "territory", "departement:97", 201), (self.admin, "auditor", "organisation", organisation, 201)]
        for api, role, scope, scope_id, expected in rows:
            with self.subTest(f"{role} on {scope}"):
                self.assertEqual(self.fails(api, "POST", "/grants", {"person_id": ident, "role": role, "scope": scope, "scope_id": scope_id})[0], expected)

    def test_roles_of_a_scope(self):
        """A role that a workflow cannot have on a scope is refused, with the nearest that it can."""
        _, ident, _ = self.new()
        for role, scope, scope_id, near in (("clrk", "call", self.w.call, "clerk"), ("watch", "call", self.w.call, None), ("mayor", "call", self.w.call, None),
                                            ("clerk", "territory", "departement:97", None), ("mayr", "territory", "departement:97", "mayor"),
                                            ("clerk", "organisation", None, None), ("refere", "application", self.filed, "referee"), ("carier", "dossier", self.dossier, "carrier"),
                                            ("manger", "space", self.w.space, "manager")):
            with self.subTest(f"{role} on {scope}"):
                scope_id = scope_id or self.admin.post("/organisations", {"name": "X", "kind": "other"})["id"]
                with self.assertRaises(Problem) as caught:
                    self.admin.post("/grants", {"person_id": ident, "role": role, "scope": scope, "scope_id": scope_id})
                [error] = caught.exception.document["errors"]
                self.assertEqual((caught.exception.status, error["pointer"]), (422, "/role"))
                if near:
                    self.assertIn(f"« {near} »", error["detail"])

    def test_roles_of_another_file(self):
        """A role that an application's workflow does not know shows it in no list."""
        text = TEXT.replace("id: shared", "id: plain").replace("greet: {by: [mayor, watch, auditor, referee], to: study}", "greet: {by: [watch, auditor, referee], to: study}")
        text = text.replace("  mayor: {title: Mayor, on: territory, sees: [forms, history]}\n", "")
        made = self.admin.post(f"/workflows?space_id={self.w.space}", text, headers={"Content-Type": "application/yaml"})
        self.admin.post(f"/workflows/{made['workflow_id']}/versions/1/publish")
        call = self.admin.post("/calls", {"space_id": self.w.space, "workflow_id": made["workflow_id"], "title": {"fr": "Sans maire"}, "opens_at": "2020-01-01T00:00:00Z",
                                          "closes_at": "2099-01-01T00:00:00Z"})["id"]
        self.admin.post(f"/calls/{call}/open")
        carrier, _, _ = self.new()
        dossier = carrier.post("/dossiers", {"title": "Ici", "territories": ["commune:97416"]})["id"]
        with_mayor = carrier.post(f"/calls/{self.w.call}/applications", {"dossier_id": dossier})["id"]
        without = carrier.post(f"/calls/{call}/applications", {"dossier_id": dossier})["id"]
        mayor, _, _ = self.new("mayor", "territory", "commune:97416")
        for query in ("", f"?dossier_id={dossier}", "?limit=1"):
            found = [a["id"] for a in mayor.items("/applications" + query)]
            self.assertIn(with_mayor, found)
            self.assertNotIn(without, found)
        self.assertEqual(self.fails(mayor, "GET", f"/applications/{without}")[0], 404)


if __name__ == "__main__":
    unittest.main()
