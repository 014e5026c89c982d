# SPDX-License-Identifier: Apache-2.0
"""Organisations and who belongs to them; territories from commune to nation, and perimeters below; funders' spaces that see nothing of each other."""
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from funders import Funder, TEXT  # noqa: E402
from jalon import Api, BINARY, Problem, ROOT, Server, sign_in  # noqa: E402

PACKAGE = ROOT / "build/territories/node_modules/@etalab/decoupage-administratif/data"
SQUARE = [[55.20, -21.02], [55.30, -21.02], [55.30, -20.92], [55.20, -20.92], [55.20, -21.02]]
HOLE = [[55.24, -20.98], [55.24, -20.96], [55.26, -20.96], [55.26, -20.98], [55.24, -20.98]]
FAR = [[55.40, -21.02], [55.45, -21.02], [55.45, -20.98], [55.40, -21.02]]
AREA = {"type": "MultiPolygon", "coordinates": [[SQUARE, HOLE], [FAR]]}


class Places(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        cls.jalon = Server(movable_clock="true").start()
        cls.addClassCleanup(cls.jalon.__exit__)
        cls.admin = cls.jalon.admin
        cls.admin.put("/territories", {"territories": json.loads((ROOT / "deploy/territories.json").read_text())})

    def person(self, email, name=None):
        api, ident = sign_in(self.admin, email)
        if name:
            api.patch("/me", {"name": name})
        return api, ident

    def told(self, status, call, pointer=None, *words):
        with self.assertRaises(Problem) as caught:
            call()
        problem = caught.exception
        self.assertEqual(problem.status, status, str(problem))
        if pointer:
            self.assertIn(pointer, [e.get("pointer", e.get("parameter")) for e in problem.errors])
        for word in words:
            self.assertIn(word, str(problem))
        return problem

    def mails(self, email):
        return [m for m in self.admin.items("/outbox") if m["recipient"] == email and m["kind"] == "mail"]


class Organisations(Places):
    def test_numbers(self):
        """A number whose check digit is wrong, or that another organisation has, is refused at its own place; a SIRET tells the SIREN."""
        make = lambda **body: self.admin.post("/organisations", {"name": "Organisation", **body})
        for member, number in (("siren", "385290308"), ("siret", "38529030900455"), ("siret", "35600000009076"), ("rna", "W75A515517")):
            self.told(422, lambda: make(**{member: number}), "/" + member)
        self.told(422, lambda: make(siren="180067019", siret="38529030900454"), "/siret", "180067019")
        seat = make(siret="38529030900454", kind="public-body").json
        self.assertEqual((seat["siren"], seat["siret"], seat["rna"]), ("385290309", "38529030900454", None))
        self.told(409, lambda: make(siret="38529030900454"), "/siret")
        self.assertEqual(make(siren="385290309")["siret"], None, "the legal unit beside its establishment")
        self.told(409, lambda: make(siren="385290309"), "/siren")
        office = make(siret="35600000009075")
        self.assertEqual(office["siren"], "356000000", "a post office by La Poste's own rule")
        rna = make(rna="W2A1000123").json
        self.told(409, lambda: make(rna="W2A1000123"), "/rna")
        self.assertEqual([o["id"] for o in self.admin.items("/organisations?rna=W2A1000123")], [rna["id"]])
        self.assertEqual([o["id"] for o in self.admin.items("/organisations?siret=35600000009075")], [office["id"]])

    def test_numbers_that_stand(self):
        """An owner completes the numbers; one that stands is an administrator's to correct."""
        owner, _ = self.person("numbers@org.example")
        made = owner.post("/organisations", {"name": "Sans numéro"})
        path = f"/organisations/{made['id']}"
        made = owner.patch(path, {"siren": "120027016"}, etag=made.headers["etag"])
        self.told(422, lambda: owner.patch(path, {"siret": "38529030900454"}, etag=made.headers["etag"]), "/siret")
        self.told(409, lambda: owner.patch(path, {"siren": "180067019"}, etag=made.headers["etag"]), "/siren")
        made = owner.patch(path, {"siret": "12002701600357"}, etag=made.headers["etag"])
        self.assertEqual(self.admin.patch(path, {"rna": "W751515517"}, etag=made.headers["etag"])["siret"], "12002701600357")

    def test_invitation(self):
        """An address is invited by mail, finds the offer among its own and no other's, and takes it; the inviter learns nothing before."""
        owner, _ = self.person("inviter@org.example", "Ivane")
        guest, guest_id = self.person("guest@org.example", "Nom-gardé")
        stranger, _ = self.person("passer@org.example")
        org = owner.post("/organisations", {"name": "Atelier du Port"})["id"]
        path = f"/organisations/{org}/invitations"
        known, unknown = (owner.post(path, {"email": email}).json for email in ("Guest@org.example", "nobody-yet@org.example"))
        self.assertEqual({k for k in known if known[k] is None}, {k for k in unknown if unknown[k] is None}, "an address with an account and one without are answered alike")
        self.assertNotIn("Nom-gardé", json.dumps(known))
        self.assertEqual(len(self.mails("guest@org.example")), 1)
        self.assertIn("Atelier du Port", self.mails("guest@org.example")[0]["subject"])
        owner.post(path, {"email": "guest@org.example", "role": "owner"})
        self.assertEqual(len(self.mails("guest@org.example")), 1, "one mail an hour")
        self.assertEqual([i["role"] for i in owner.items(path)], ["member", "owner"] if next(owner.items(path))["email"].startswith("nobody") else ["owner", "member"])
        for api in (guest, stranger):
            self.told(403, lambda: api.get(path))
            self.told(403, lambda: api.post(path, {"email": "x@org.example"}))
        self.assertEqual(list(stranger.items("/me/invitations")), [])
        offer, = guest.items("/me/invitations")
        self.assertEqual((offer["organisation"], offer["invited_by"], offer["role"]), ("Atelier du Port", "Ivane", "owner"))
        for api in (stranger, owner):
            self.told(404, lambda: api.post(f"/invitations/{offer['id']}/accept"))
            self.told(404, lambda: api.post(f"/invitations/{offer['id']}/decline"))
        member = guest.post(f"/invitations/{offer['id']}/accept")
        self.assertEqual((member["role"], member["person_id"], member["name"]), ("owner", guest_id, "Nom-gardé"))
        self.told(404, lambda: guest.post(f"/invitations/{offer['id']}/accept"))
        self.assertEqual(len(list(guest.items(path))), 1, "an owner sees what waits")
        self.assertEqual({m["name"] for m in guest.items(f"/organisations/{org}/members")}, {"Ivane", "Nom-gardé"})

    def test_decline_revoke_expire(self):
        """An offer that was declined, taken back or left for a fortnight is an offer no longer, and may be made again."""
        owner, _ = self.person("offers@org.example", "Offreuse")
        guest, _ = self.person("hesitant@org.example")
        org = owner.post("/organisations", {"name": "Hésitation"})["id"]
        path = f"/organisations/{org}/invitations"
        invite = lambda: owner.post(path, {"email": "hesitant@org.example"})["id"]
        first = invite()
        guest.post(f"/invitations/{first}/decline")
        self.assertEqual((list(guest.items("/me/invitations")), list(owner.items(path))), ([], []))
        second = invite()
        self.assertNotEqual(first, second)
        self.told(403, lambda: guest.delete(f"{path}/{second}"))
        owner.delete(f"{path}/{second}")
        self.told(404, lambda: owner.delete(f"{path}/{second}"))
        self.told(404, lambda: guest.post(f"/invitations/{second}/accept"))
        other = owner.post("/organisations", {"name": "Autre"})["id"]
        third = invite()
        self.told(404, lambda: owner.delete(f"/organisations/{other}/invitations/{third}"))
        now = self.admin.get("/clock")["now"]
        self.admin.post("/clock", {"now": "2098-01-01T00:00:00Z"})
        try:
            self.assertEqual((list(guest.items("/me/invitations")), list(owner.items(path))), ([], []))
            self.told(404, lambda: guest.post(f"/invitations/{third}/accept"))
        finally:
            self.admin.post("/clock", {"now": now})
        self.assertEqual([m["role"] for m in owner.items(f"/organisations/{org}/members")], ["owner"])

    def test_transfer(self):
        """An organisation is handed over to a member who accepts; it is never without an owner, whoever leaves, steps down or is let go."""
        owner, owner_id = self.person("gives@org.example", "Donne")
        heir, heir_id = self.person("takes@org.example", "Prend")
        stranger, stranger_id = self.person("stranger@org.example")
        org = owner.post("/organisations", {"name": "À transmettre"})["id"]
        members, transfer = f"/organisations/{org}/members", f"/organisations/{org}/transfer"
        for call in (lambda: owner.delete(f"{members}/{owner_id}"), lambda: owner.post(members, {"person_id": owner_id, "role": "member"}),
                     lambda: self.admin.delete(f"{members}/{owner_id}")):
            self.told(409, call)
        self.told(422, lambda: owner.post(transfer, {"person_id": stranger_id}), "/person_id")
        owner.post(f"/organisations/{org}/invitations", {"email": "takes@org.example"})
        heir.post(f"/invitations/{next(heir.items('/me/invitations'))['id']}/accept")
        self.told(409, lambda: owner.post(members, {"person_id": heir_id, "role": "owner"}), "/role")
        self.told(403, lambda: heir.post(transfer, {"person_id": owner_id}))
        offer = owner.post(transfer, {"person_id": heir_id})
        self.assertIsNone(offer["email"], "an owner is not told a member's address")
        self.assertEqual([m["role"] for m in owner.items(members)], ["owner", "member"], "nothing changed yet")
        heir.post(f"/invitations/{offer['id']}/accept")
        self.assertEqual([(m["name"], m["role"]) for m in heir.items(members)], [("Donne", "member"), ("Prend", "owner")])
        self.told(403, lambda: owner.post(transfer, {"person_id": heir_id}))
        back = heir.post(transfer, {"person_id": owner_id, "stay": True})["id"]
        owner.post(f"/invitations/{back}/accept")
        self.assertEqual([m["role"] for m in heir.items(members)], ["owner", "owner"])
        owner.delete(f"{members}/{owner_id}")
        self.told(409, lambda: heir.delete(f"{members}/{heir_id}"))

    def test_stale_transfer(self):
        """Who handed over what is theirs no longer hands over nothing."""
        owner, owner_id = self.person("first@org.example")
        second, second_id = self.person("second@org.example")
        org = owner.post("/organisations", {"name": "Deux fois"})["id"]
        self.admin.post(f"/organisations/{org}/members", {"person_id": second_id, "role": "member"})
        offer = owner.post(f"/organisations/{org}/transfer", {"person_id": second_id})["id"]
        _, third_id = self.person("third@org.example")
        self.admin.post(f"/organisations/{org}/members", {"person_id": third_id, "role": "owner"})
        owner.delete(f"/organisations/{org}/members/{owner_id}")
        self.told(409, lambda: second.post(f"/invitations/{offer}/accept"))
        self.assertEqual(sorted(m["role"] for m in second.items(f"/organisations/{org}/members")), ["member", "owner"])

    def test_memberships_are_not_enumerated(self):
        """Who belongs where is told to members only: no list, count or refusal gives it away."""
        owner, owner_id = self.person("hidden@org.example", "Cachée")
        stranger, _ = self.person("curious@org.example")
        org = owner.post("/organisations", {"name": "Discrète"})["id"]
        nothing = "00000000-0000-4000-8000-000000000000"
        self.told(404, lambda: stranger.get(f"/organisations/{org}/members"))
        self.told(404, lambda: stranger.get(f"/people/{owner_id}"))
        for person in (owner_id, nothing):
            refusals = {str(self.told(403, call)).replace(person, "-") for call in (
                lambda: stranger.delete(f"/organisations/{org}/members/{person}"),
                lambda: stranger.post(f"/organisations/{org}/members", {"person_id": person, "role": "member"}),
                lambda: stranger.post(f"/organisations/{org}/transfer", {"person_id": person}))}
            self.assertEqual(len({text.split(": ", 1)[1] for text in refusals}), 1)
        self.assertNotIn("Cachée", json.dumps(list(stranger.items("/organisations?q=Discr"))))


class Territories(Places):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        org = cls.admin.post("/organisations", {"name": "Territoire de l'Ouest"})["id"]
        cls.space, cls.other = (cls.admin.post("/spaces", {"slug": slug, "title": {"fr": slug}, "organisation_id": org})["id"] for slug in ("ouest", "autre"))
        cls.manager, ident = sign_in(cls.admin, "manager@ouest.example")
        cls.admin.post("/grants", {"person_id": ident, "role": "manager", "scope": "space", "scope_id": cls.space})
        cls.neighbour, ident = sign_in(cls.admin, "manager@autre.example")
        cls.admin.post("/grants", {"person_id": ident, "role": "manager", "scope": "space", "scope_id": cls.other})

    def draw(self, name="Quartier", geometry=AREA, parent="COM-97415", api=None, space=None):
        return (api or self.manager).post("/territories", {"space_id": space or self.space, "parent": parent, "name": name, "geometry": geometry})

    def codes(self, query):
        return {t["code"] for t in self.admin.items("/territories" + query)}

    def test_perimeter(self):
        """A perimeter drawn within a commune lies in all that the commune lies in; a point is found in it, not in its hole."""
        made = self.draw("Savane des Lataniers")
        code = made["code"]
        self.assertEqual([a["code"] for a in made["ancestors"]], ["COM-97415", "DEP-974", "EPCI-249740101", "FR", "REG-04"])
        for wide in ("COM-97415", "EPCI-249740101", "DEP-974", "REG-04", "FR"):
            self.assertIn(code, self.codes(f"?within={wide}&kind=perimeter"))
        self.assertNotIn(code, self.codes("?within=EPCI-249740119"))
        for at, inside in (("55.22,-20.94", True), ("55.25,-20.97", False), ("55.44,-21.0", True), ("55.35,-20.97", False), ("2.35,48.85", False)):
            self.assertEqual(code in self.codes(f"?at={at}&kind=perimeter"), inside, at)
        self.assertLessEqual({code, "COM-97415", "EPCI-249740101", "FR"}, self.codes("?at=55.22,-20.94"))
        shown = Api(self.jalon.base).get(f"/territories/{code}/geometry")
        self.assertEqual((shown.json["type"], shown.json["geometry"], shown.headers["content-type"]), ("Feature", AREA, "application/geo+json"))
        self.told(404, lambda: self.admin.get("/territories/COM-97415/geometry"))

    def test_points_by_the_hundred(self):
        """Among 100 perimeters, each point answers as counting crossings in Python does."""
        import random
        chance = random.Random(4)
        drawn = {}
        for n in range(100):
            x, y = 55.5 + chance.random() / 4, -21.3 + chance.random() / 4
            ring = [[round(x + chance.random() / 50, 6), round(y + chance.random() / 50, 6)] for _ in range(3)]
            ring.append(ring[0])
            drawn[self.draw(f"Triangle {n}", {"type": "Polygon", "coordinates": [ring]})["code"]] = ring
        def holds(ring, x, y):
            inside = False
            for (ax, ay), (bx, by) in zip(ring, ring[1:]):
                if (ay > y) != (by > y) and x < (bx - ax) * (y - ay) / (by - ay) + ax:
                    inside = not inside
            return inside
        for _ in range(300):
            x, y = round(55.5 + chance.random() / 3.7, 5), round(-21.3 + chance.random() / 3.7, 5)
            found = self.codes(f"?at={x},{y}&kind=perimeter") & set(drawn)
            self.assertEqual(found, {code for code, ring in drawn.items() if holds(ring, x, y)}, (x, y))

    def test_bad_areas(self):
        """An area that is none, a place that is no commune, a point that is none: each is told where."""
        bow = {"type": "Polygon", "coordinates": [[[0, 0], [4, 4], [4, 0], [0, 3], [0, 0]]]}
        self.told(422, lambda: self.draw(geometry=bow), "/geometry/coordinates")
        self.told(422, lambda: self.draw(geometry={"type": "Polygon", "coordinates": [SQUARE[:-1]]}), "/geometry/coordinates/0")
        self.told(422, lambda: self.draw(geometry={"type": "Point", "coordinates": [55, -21]}), "/geometry/type")
        for parent in ("EPCI-249740101", "COM-00000"):
            self.told(422, lambda: self.draw(parent=parent), "/parent")
        for at in ("55", "55,-21,3", "here", "181,0", "0,91", "nan,0", ","):
            self.told(422, lambda: self.admin.get(f"/territories?at={at}"), None)

    def test_whose(self):
        """A perimeter is drawn, redrawn and removed by those who run its space, and stays while something refers to it."""
        self.told(403, lambda: self.draw(space=self.other))
        self.told(422, lambda: self.draw(space="00000000-0000-4000-8000-000000000000"), "/space_id")
        made = self.draw("Provisoire")
        path = f"/territories/{made['code']}"
        for call in (lambda: self.neighbour.patch(path, {"name": "Pris"}, etag=made.headers["etag"]), lambda: self.neighbour.delete(path)):
            self.told(403, call)
        self.told(404, lambda: self.manager.delete("/territories/COM-97415"))
        self.told(409, lambda: self.admin.put("/territories", {"territories": [{"code": made["code"], "kind": "commune", "name": "Pris"}]}))
        moved = self.manager.patch(path, {"name": "Déplacé", "geometry": {"type": "Polygon", "coordinates": [FAR]}}, etag=made.headers["etag"])
        self.assertEqual((moved["name"], moved["version"]), ("Déplacé", 2))
        self.told(412, lambda: self.manager.patch(path, {"name": "Tard"}, etag=made.headers["etag"]))
        self.assertIn(made["code"], self.codes("?at=55.44,-21.0&kind=perimeter"))
        self.assertNotIn(made["code"], self.codes("?at=55.22,-20.94&kind=perimeter"))
        carrier, _ = sign_in(self.admin, "carrier@ouest.example")
        dossier = carrier.post("/dossiers", {"title": "Là", "territories": [made["code"]]})
        self.told(409, lambda: self.manager.delete(path))
        carrier.patch(f"/dossiers/{dossier['id']}", {"territories": []}, etag=dossier.headers["etag"])
        self.manager.delete(path)
        self.told(404, lambda: self.admin.get(path))

    def test_links_change(self):
        """When a commune goes to another EPCI, what lies below it goes along; a territory never lies inside itself."""
        self.admin.put("/territories", {"territories": [
            {"code": "EPCI-A", "kind": "epci", "name": "A", "parents": ["FR"]}, {"code": "EPCI-B", "kind": "epci", "name": "B", "parents": ["FR"]},
            {"code": "COM-X", "kind": "commune", "name": "X", "parents": ["EPCI-A"]}]})
        code = self.draw("Bourg", parent="COM-X")["code"]
        self.admin.put("/territories", {"territories": [{"code": "COM-X", "kind": "commune", "name": "X", "parents": ["EPCI-B"]}]})
        self.assertEqual((self.codes("?within=EPCI-A"), self.codes("?within=EPCI-B")), ({"EPCI-A"}, {"EPCI-B", "COM-X", code}))
        self.told(422, lambda: self.admin.put("/territories", {"territories": [{"code": "EPCI-B", "kind": "epci", "name": "B", "parents": ["COM-X"]}]}), "/territories")
        self.assertEqual(self.codes("?within=EPCI-B"), {"EPCI-B", "COM-X", code})


class Spaces(Places):
    YAML = {"Content-Type": "application/yaml"}
    COLOURS = {"background": "#ffffff", "text": "#1b1b1b", "accent": "#005a8c", "on_accent": "#ffffff"}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.org = cls.admin.post("/organisations", {"name": "Financeur"})["id"]

    def make(self, slug, **body):
        made = self.admin.post("/spaces", {"slug": slug, "title": {"fr": slug, "en": slug}, "organisation_id": self.org, **body})
        manager, ident = sign_in(self.admin, f"manager@{slug}.example")
        self.admin.post("/grants", {"person_id": ident, "role": "manager", "scope": "space", "scope_id": made["id"]})
        return made["id"], manager

    def change(self, api, space, **body):
        return api.patch(f"/spaces/{space}", body, etag=self.admin.get(f"/spaces/{space}").headers["etag"])

    def test_look(self):
        """A space's languages, colours, words and themes are its manager's to change; everyone sees them."""
        space, manager = self.make("allure")
        look = {"languages": ["en", "fr"], "colours": self.COLOURS, "vocabulary": {"dossier": {"fr": "projet", "en": "project"}},
                "themes": [{"id": "eau", "title": {"fr": "Eau"}}]}
        self.change(manager, space, **look)
        seen = Api(self.jalon.base).get(f"/spaces/{space}").json
        self.assertEqual({k: seen[k] for k in look}, look)
        self.change(manager, space, colours={}, themes=[])
        self.assertEqual(self.admin.get(f"/spaces/{space}")["colours"], {})
        stranger, _ = sign_in(self.admin, "stranger@allure.example")
        self.told(403, lambda: self.change(stranger, space, **look))

    def test_contrast(self):
        """A pair of colours that cannot be read is refused with the contrast that was measured; 4.5:1 is enough."""
        space, manager = self.make("contraste")
        for wrong, pointer, ratio in (({"text": "#777777"}, "/colours/text", "4.47:1"), ({"accent": "#ffff00", "on_accent": "#000000"}, "/colours/accent", "1.07:1"),
                                      ({"on_accent": "#005a8d"}, "/colours/on_accent", "1.00:1")):
            self.told(422, lambda: self.change(manager, space, colours={**self.COLOURS, **wrong}), pointer, ratio)
            with self.assertRaises(Problem) as refused:
                self.change(manager, space, colours={**self.COLOURS, **wrong})
            written = re.search(r"#[0-9a-f]{6}", refused.exception.errors[0]["detail"])[0]
            name = pointer.rsplit("/", 1)[-1]
            better = {**self.COLOURS, **wrong, name: written}
            if name == "accent":  # what stands on it follows
                better["on_accent"] = "#ffffff"
            self.change(manager, space, colours=better)  # what it says to write is enough
        self.change(manager, space, colours={**self.COLOURS, "text": "#767676"})
        self.told(422, lambda: self.change(manager, space, colours={"text": "#000000"}), "/colours/background")
        self.told(422, lambda: self.change(manager, space, colours={**self.COLOURS, "text": "black"}), "/colours/text")
        self.told(422, lambda: self.change(manager, space, colours={**self.COLOURS, "shadow": "#000000"}), "/colours/shadow")

    def test_words_of_a_space_in_its_mails(self):
        """A mail of a workflow says a word as its space does, in the reader's language; where the space says none, as we do."""
        space, manager = self.make("mots")
        self.change(manager, space, languages=["fr"], vocabulary={"dossier": {"fr": "projet", "en": "project"}, "call": {"fr": "guichet"}})
        text = ("jalon: 1\nid: mots\ntitle: Mots\nroles: {carrier: {title: C, on: dossier, sees: [forms]}}\ninitial: a\nevents: {go: {title: Go}}\n"
                'forms: {main: {title: Main, type: object, properties: {title: {$ref: "dictionary#/title"}}}}\n'
                "mails:\n  got: {to: carrier, subject: '{{word.dossier}}, {{word.call}}', body: 'Votre {{ word.dossier }} « {{dossier.title}} » : {{word.review}}'}\n"
                "states: {a: {title: A, stage: submission, edit: {carrier: [forms]}, on: {go: {by: carrier, to: b, do: [{mail: got}]}}}, b: {type: final, title: B, stage: submission}}\n")
        made = self.admin.post(f"/workflows?space_id={space}", text, headers=self.YAML)
        self.admin.post(f"/workflows/{made['workflow_id']}/versions/{made['version']}/publish")
        call = self.admin.post("/calls", {"space_id": space, "workflow_id": made["workflow_id"], "title": {"fr": "Appel"}, "opens_at": "2020-01-01T00:00:00Z",
                                          "closes_at": "2099-01-01T00:00:00Z", "amount": 0})["id"]
        self.admin.post(f"/calls/{call}/open")
        for lang, subject, body in (("fr", "projet, guichet", "Votre projet « {{word.call}} » : avis"), ("en", "project, call for projects", "Votre project « {{word.call}} » : review")):
            carrier, _ = sign_in(self.admin, f"{lang}@mots.example")
            carrier.patch("/me", {"lang": lang})
            dossier = carrier.post("/dossiers", {"title": "{{word.call}}"})["id"]  # what people write is not looked at again
            application = carrier.post(f"/calls/{call}/applications", {"dossier_id": dossier})["id"]
            carrier.post(f"/applications/{application}/moves", {"event": "go"})
            mail = next(m for m in self.admin.items("/outbox") if m["recipient"] == f"{lang}@mots.example" and m["kind"] == "mail")
            self.assertEqual((mail["subject"], mail["body"]), (subject, body))

    def test_wrong_looks(self):
        """What is wrong in a look is told at its place."""
        space, manager = self.make("faux")
        for body, pointer in (({"languages": ["fr", "de"]}, "/languages/1"), ({"languages": []}, "/languages"), ({"languages": ["fr", "fr"]}, "/languages/1"),
                              ({"title": {"fr": "Seul"}}, "/title/en"), ({"vocabulary": {"banana": {"fr": "x"}}}, "/vocabulary/banana"),
                              ({"vocabulary": {"dossier": {"de": "x"}}}, "/vocabulary/dossier/de"), ({"vocabulary": {"dossier": "x"}}, "/vocabulary/dossier"),
                              ({"themes": [{"id": "Eau", "title": {"fr": "x"}}]}, "/themes/0/id"), ({"themes": [{"id": "eau"}]}, "/themes/0/title"),
                              ({"themes": [{"id": "eau", "title": {"fr": "x"}}] * 2}, "/themes/1/id")):
            with self.subTest(body=body):
                self.told(422, lambda: self.change(manager, space, **body), pointer)

    def test_themes(self):
        """Calls of a space that has a list use its themes alone; a theme in use stays on the list."""
        funder = Funder(self.jalon, "themes")
        call = {"space_id": funder.space, "workflow_id": funder.workflow, "title": {"fr": "Appel"}, "opens_at": "2020-01-01T00:00:00Z", "closes_at": "2099-01-01T00:00:00Z"}
        self.admin.post("/calls", {**call, "themes": ["n'importe"]})
        themes = lambda *ids: [{"id": i, "title": {"fr": i}} for i in ids]
        self.told(409, lambda: self.change(self.admin, funder.space, themes=themes("eau", "air")), "/themes", "n'importe")
        other = Funder(self.jalon, "autres-themes")
        call.update(space_id=other.space, workflow_id=other.workflow)
        self.change(self.admin, other.space, themes=themes("eau", "air"))
        self.told(422, lambda: self.admin.post("/calls", {**call, "themes": ["eau", "feu"]}), "/themes", "feu")
        made = self.admin.post("/calls", {**call, "themes": ["eau"]})
        self.told(422, lambda: self.admin.patch(f"/calls/{made['id']}", {"themes": ["feu"]}, etag=made.headers["etag"]), "/themes")
        self.told(409, lambda: self.change(self.admin, other.space, themes=themes("air")), "/themes", "eau")

    def test_logo(self):
        """A logo is a PNG of its manager's choice, shown to everyone."""
        space, manager = self.make("image")
        png = b"\x89PNG\r\n\x1a\n" + bytes(range(256))
        path = f"/spaces/{space}/logo"
        self.told(404, lambda: self.admin.get(path))
        kind = {"Content-Type": "image/png"}
        self.told(422, lambda: manager.put(path, b"<svg/>", headers=kind))
        self.told(422, lambda: manager.put(path, png + bytes(300000), headers=kind))
        self.told(415, lambda: manager.put(path, b"<svg/>", headers={"Content-Type": "image/svg+xml"}))
        manager.put(path, png, headers=kind)
        shown = Api(self.jalon.base).get(path)
        self.assertEqual((shown.raw, shown.headers["content-type"], self.admin.get(f"/spaces/{space}")["logo"]), (png, "image/png", True))

    def test_file(self):
        """One file says all of a space over HTTP; what is wrong in it is told by line and column, and nothing is changed."""
        space, manager = self.make("fichier")
        text = (ROOT / "deploy/space.yaml").read_text().replace("space: ouest", "space: fichier")
        path = f"/spaces/{space}/file"
        put = lambda body, api=manager: api.put(path, body, headers=self.YAML)
        self.told(422, lambda: put(text.replace("[../workflows/cte.yaml]", "[cte]")), None, "cte")
        self.admin.post(f"/workflows?space_id={space}", (ROOT / "workflows/cte.yaml").read_bytes(), headers=self.YAML)
        text = text.replace("[../workflows/cte.yaml]", "[cte]")
        got = put(text)
        self.assertEqual((got["title"]["en"], got["vocabulary"]["dossier"], [t["id"] for t in got["themes"]]), ("Western Territory", {"fr": "projet", "en": "project"}, ["eco-mobility", "circular-economy"]))
        self.assertEqual([w["published_version"] for w in self.admin.items(f"/workflows?space_id={space}")], [1])
        self.told(403, lambda: put(text, sign_in(self.admin, "stranger@fichier.example")[0]))
        before = self.admin.get(f"/spaces/{space}").json
        lines = text.splitlines()
        line = lambda words: next(n for n, row in enumerate(lines, 1) if words in row)
        for old, new, where in (('text: "#1b1b1b"', 'text: "#cccccc"', (line("text:"), 9)), ("id: eco-mobility", "id: Eco", (line("eco-mobility"), 10)),
                                ("languages: [fr, en]", "langages: [fr, en]", (line("languages:"), 1)), ("title: {fr: Territoire de l'Ouest, en: Western Territory}", "", (line("space:"), 1)),
                                ("  dossier:", "  dosier:", (line("  dossier:"), 3)), ("space: fichier", "space: [fichier", None), ('siren: "249740101"', "siren: 249740101", (line("siren"), None))):
            with self.subTest(new=new):
                problem = self.told(422, lambda: put(text.replace(old, new)))
                if where:
                    self.assertIn(where, [(e["line"], e["column"] if where[1] else None) for e in problem.errors], problem.errors)
        self.told(422, lambda: put(text.replace("space: fichier", "space: allure")))
        self.assertEqual(self.admin.get(f"/spaces/{space}").json, before)

    def test_command(self):
        """jalon space makes a space, its organisation and its workflows from one file, and again; a wrong file is told by file, line and column."""
        run = lambda file: subprocess.run([BINARY, "space", str(file), *self.jalon.flags()], capture_output=True, text=True, env={"LANG": "C", "PATH": "/usr/bin:/bin"})
        for _ in range(2):
            done = run(ROOT / "deploy/space.yaml")
            self.assertEqual(done.returncode, 0, done.stderr)
        space, = self.admin.items("/spaces?slug=ouest")
        self.assertEqual(self.admin.get(f"/organisations/{space['organisation_id']}")["siren"], "249740101")
        workflow, = self.admin.items(f"/workflows?space_id={space['id']}")
        self.assertEqual((workflow["name"], workflow["published_version"]), ("cte", 1))
        with tempfile.TemporaryDirectory() as folder:
            file, flow = pathlib.Path(folder) / "wrong.yaml", pathlib.Path(folder) / "flow.yaml"
            text = (ROOT / "deploy/space.yaml").read_text()
            file.write_text(text.replace("#1b1b1b", "#bbbbbb"))
            done = run(file)
            self.assertEqual(done.returncode, 1)
            self.assertRegex(done.stderr, rf'{file}:\d+:\d+: error: .*:1; 4.5:1 is needed .WCAG AA.. Write "#[0-9a-f]{{6}}"')
            flow.write_text("jalon: 1\nid: broken\nstates:\n  a: {on: {go: {by: nobody, to: b}}}\n")
            file.write_text(text.replace("../workflows/cte.yaml", "flow.yaml").replace("Western Territory", "Never"))
            done = run(file)
            self.assertEqual(done.returncode, 1)
            self.assertRegex(done.stderr, rf"{flow}:\d+:\d+: error: ")
        self.assertEqual(self.admin.get(f"/spaces/{space['id']}")["title"]["en"], "Western Territory")
        self.assertEqual(run("nowhere.yaml").returncode, 2)


class Apart(Places):
    """Two spaces on one server, route by route."""
    SECRET = ("Brouillon-secret", "brouillon-secret", "Personne-tue", "tue@beta.example", "Projet-confidentiel")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.one, cls.two = Funder(cls.jalon, "alpha"), Funder(cls.jalon, "beta")
        cls.manager, _ = cls.one.person("manager", "manager", "space")
        hidden, _ = cls.two.person("tue", "clerk")
        hidden.patch("/me", {"name": "Personne-tue"})
        owner, _ = cls.two.person("manager", "manager", "space")
        admin = cls.admin
        draft = admin.post(f"/workflows?space_id={cls.two.space}", TEXT.format(id="brouillon-secret", title="Brouillon-secret"), headers={"Content-Type": "application/yaml"})
        later = admin.post(f"/workflows?space_id={cls.two.space}", TEXT.format(id="beta", title="Brouillon-secret"), headers={"Content-Type": "application/yaml"})
        call = admin.post("/calls", {"space_id": cls.two.space, "workflow_id": cls.two.workflow, "title": {"fr": "Brouillon-secret"}, "opens_at": "2090-01-01T00:00:00Z", "closes_at": "2099-01-01T00:00:00Z"})["id"]
        cls.carrier, cls.carrier_id = sign_in(admin, "carrier@projet.example")
        cls.application, cls.dossier = cls.two.apply(cls.carrier, plan="Projet-confidentiel")
        cls.perimeter = owner.post("/territories", {"space_id": cls.two.space, "parent": "COM-97415", "name": "Quartier", "geometry": AREA})["code"]
        grants = list(admin.items(f"/grants?scope=call&scope_id={cls.two.call}"))
        cls.ids = {"space_id": [cls.two.space], "workflow_id": [draft["workflow_id"], cls.two.workflow], "version": ["1", str(later["version"])], "call_id": [call, cls.two.call],
                   "grant_id": [g["id"] for g in grants], "application_id": [cls.application], "dossier_id": [cls.dossier], "code": [cls.perimeter]}
        cls.hidden = {draft["workflow_id"], draft["id"], later["id"], call, cls.application, cls.dossier, *(g["id"] for g in grants), *(g["person_id"] for g in grants)}
        cls.routes = [(method.upper(), path) for path, item in Api(cls.jalon.base).get("/openapi.json").json["paths"].items() for method in item if method in ("get", "post", "put", "patch", "delete")]
        cls.bodies = {
            "PATCH /api/v1/spaces/{space_id}": {"title": {"fr": "Pris"}}, "PATCH /api/v1/calls/{call_id}": {"amount": 99999999}, "PATCH /api/v1/territories/{code}": {"name": "Pris"},
            "PUT /api/v1/spaces/{space_id}/file": "space: beta\ntitle: {fr: Pris}\n", "PUT /api/v1/spaces/{space_id}/logo": b"\x89PNG\r\n\x1a\n....",
            "POST /api/v1/calls/{call_id}/migration": {"version": 2, "mapping": {}, "dry_run": True}}

    def ask(self, method, path, body=None, headers=None, api=None):
        try:
            answer = (api or self.manager).request(method, path, body, headers=headers)
            return answer.status, answer.raw.decode(errors="replace")
        except Problem as problem:
            return problem.status, json.dumps(problem.document, ensure_ascii=False)

    def paths(self, route):
        """The route with each of the other space's ids; none when it names something else."""
        names = re.findall(r"\{(\w+)\}", route)
        if not names or any(name not in self.ids for name in names):
            return
        for ident in self.ids[names[0]]:
            for more in self.ids[names[1]] if len(names) > 1 else [None]:
                path = route.replace("{%s}" % names[0], ident)
                yield path.replace("{%s}" % names[1], more) if more else path

    def assertNothing(self, text, *but):
        for secret in (*self.SECRET, *self.hidden):
            if secret not in but:
                self.assertNotIn(secret, text)

    def test_reads(self):
        """What is not public of one space is read by no route by the manager of another: no draft, no grant, no application."""
        tried = 0
        for method, route in self.routes:
            for path in self.paths(route) if method == "GET" else ():
                with self.subTest(path):
                    status, text = self.ask(method, path)
                    tried += 1
                    # 422: a log that anyone may ask, asked without its parameters; 403: the history of a space, which is itself public
                    self.assertIn(status, (200, 404, 422, 403 if path.endswith("/history") else 404))
                    if status != 200:
                        asked = [i for i in self.hidden if i in path]
                        self.assertNothing(text, *asked)
                    else:
                        self.assertNothing(text)
        self.assertGreater(tried, 25)

    def test_writes(self):
        """No route lets the manager of one space change another: each is refused, and nothing is changed."""
        state = lambda: [self.admin.get(p).json for p in (f"/spaces/{self.two.space}", f"/calls/{self.ids['call_id'][0]}", f"/calls/{self.two.call}", f"/workflows/{self.ids['workflow_id'][0]}",
                                                        f"/workflows/{self.two.workflow}", f"/grants?scope=call&scope_id={self.two.call}", f"/territories/{self.perimeter}")]
        before, tried = state(), 0
        for method, route in self.routes:
            for path in self.paths(route) if method != "GET" else ():
                body = self.bodies.get(f"{method} {route}", {} if method == "POST" else None)
                headers = {"If-Match": '"1"'} if method == "PATCH" else {}
                if isinstance(body, (str, bytes)):
                    headers["Content-Type"] = "application/yaml" if isinstance(body, str) else "image/png"
                with self.subTest(f"{method} {path}"):
                    status, text = self.ask(method, path, body, headers)
                    tried += 1
                    whole = f"{method} {route}" in self.bodies or method == "DELETE" or route.endswith(("/publish", "/open", "/close"))
                    self.assertIn(status, (403, 404) if whole else (400, 403, 404, 415, 422))
                    self.assertNothing(text, *[i for i in self.hidden if i in path])
        for path, body in (("/calls", {"space_id": self.two.space, "workflow_id": self.two.workflow, "title": {"fr": "x"}, "opens_at": "2020-01-01T00:00:00Z", "closes_at": "2099-01-01T00:00:00Z"}),
                           ("/grants", {"person_id": self.carrier_id, "role": "manager", "scope": "space", "scope_id": self.two.space}),
                           ("/grants", {"person_id": self.carrier_id, "role": "clerk", "scope": "call", "scope_id": self.two.call}),
                           ("/territories", {"space_id": self.two.space, "parent": "COM-97415", "name": "x", "geometry": AREA})):
            with self.subTest(path=path, body=body):
                self.assertEqual(self.ask("POST", path, body)[0], 403)
        self.assertEqual(self.ask("POST", f"/workflows?space_id={self.two.space}", TEXT.format(id="x", title="x"), {"Content-Type": "application/yaml"})[0], 403)
        self.assertGreater(tried, 25)
        self.assertEqual(state(), before)

    def test_lists(self):
        """No list, filter, count or page of the manager of one space holds what is another's own; the outbox is nobody's but the administrators'."""
        filters = {"/api/v1/calls": ["", f"?space_id={self.two.space}", "?status=draft", "?limit=1"], "/api/v1/workflows": ["", f"?space_id={self.two.space}", "?limit=1"],
                   "/api/v1/grants": ["", f"?scope=call&scope_id={self.two.call}", f"?scope=space&scope_id={self.two.space}", f"?scope=dossier&scope_id={self.dossier}"],
                   "/api/v1/applications": ["", f"?call_id={self.two.call}", f"?dossier_id={self.dossier}"]}
        for method, route in self.routes:
            if method != "GET" or "{" in route:
                continue
            for query in filters.get(route, [""]):
                with self.subTest(route + query):
                    status, text = self.ask("GET", route + query)
                    self.assertNothing(text, *[i for i in self.hidden if i in query])
        self.assertEqual((self.ask("GET", "/outbox")[0], self.ask("GET", "/people")[0]), (403, 403))
        self.assertEqual(self.manager.get("/calls?status=draft").json, {"items": [], "next": None})
        self.assertEqual(self.manager.get(f"/applications?call_id={self.two.call}").json, {"items": [], "next": None})
        self.assertEqual(len(self.manager.get(f"/workflows?space_id={self.two.space}")["items"]), 1, "what is published alone")


class France(Places):
    """The whole country, from the package itself."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        fetched = subprocess.run([ROOT / "deploy/territories", "--fetch"], capture_output=True, text=True)
        if fetched.returncode:
            raise RuntimeError(fetched.stderr)
        cls.files = {name: json.loads((PACKAGE / f"{name}.json").read_text()) for name in ("communes", "epci", "departements", "regions")}
        cls.today = [c for c in cls.files["communes"] if c["type"] == "commune-actuelle"]
        carrier, _ = sign_in(cls.admin, "carrier@france.example")
        cls.first = cls.imported()

    @classmethod
    def imported(cls):
        done = subprocess.run([BINARY, "territories", "import", *cls.jalon.flags()], capture_output=True, text=True, cwd=ROOT, env={"LANG": "C", "PATH": "/usr/bin:/bin"})
        if done.returncode:
            raise RuntimeError(done.stderr)
        return done.stdout

    def psql(self, sql):
        out = subprocess.run([BINARY, "psql", *self.jalon.flags(), "--", "-Atc", sql], capture_output=True, text=True)
        return out.stdout.splitlines()

    def within(self, code):
        return [a["code"] for a in self.admin.get(f"/territories/{code}")["ancestors"]]

    def test_counts(self):
        """As many communes, EPCI, départements, regions, municipal districts and old codes as the package has."""
        old = {a for c in self.today for a in c.get("anciensCodes", [])}
        expected = {"commune": len(self.today), "epci": len(self.files["epci"]), "departement": len(self.files["departements"]), "region": len(self.files["regions"]),
                    "nation": 1, "arrondissement-municipal": sum(c["type"] == "arrondissement-municipal" for c in self.files["communes"])}
        self.assertEqual(dict(row.split("|") for row in self.psql("select kind, count(*) from territory where now is null group by 1")), {k: str(n) for k, n in expected.items()})
        self.assertEqual(self.psql("select count(*) from territory where now is not null"), [str(len(old))])
        for word in (f"{len(self.today)} communes", f"{len(old)} old codes"):
            self.assertIn(word, self.first)

    def test_sums(self):
        """Communes of each département, region and EPCI, and their people, add up to the package's own."""
        count = dict(row.split("|") for row in self.psql("select w.ancestor, count(*) from territory_within w join territory c on c.code = w.code and c.kind = 'commune' and c.now is null join territory a on a.code = w.ancestor and a.kind in ('departement', 'region', 'epci', 'nation') group by 1"))
        expected = {"FR": len(self.today)}
        for c in self.today:
            for code in ("DEP-" + c["departement"], "REG-" + c["region"]):
                expected[code] = expected.get(code, 0) + 1
        for e in self.files["epci"]:
            expected["EPCI-" + e["code"]] = len(e["membres"])
        self.assertEqual({k: int(v) for k, v in count.items()}, expected)
        self.assertEqual(self.admin.get("/territories/FR")["population"], sum(c.get("population", 0) for c in self.today))
        self.assertEqual(self.admin.get("/territories/DEP-974")["population"], sum(c.get("population", 0) for c in self.today if c["departement"] == "974"))

    def test_again(self):
        """Run again it changes nothing; run after an old list it puts right what that list said."""
        before = self.psql("select md5(string_agg(code || ancestor, ',' order by code, ancestor)) from territory_within")
        self.assertIn("0 changed", self.imported())
        self.admin.put("/territories", {"territories": json.loads((ROOT / "deploy/territories.json").read_text())})
        self.assertNotIn("\n0 changed", self.imported())
        self.assertEqual(self.psql("select md5(string_agg(code || ancestor, ',' order by code, ancestor)) from territory_within"), before)

    def test_overseas_corsica_cities(self):
        """La Réunion, Corsica, the districts of Paris, communes without EPCI, an EPCI over two départements: each lies where it should."""
        self.assertEqual(self.within("COM-97415"), ["DEP-974", "EPCI-249740101", "FR", "REG-04"])
        self.assertEqual(self.within("COM-2A004"), ["DEP-2A", "EPCI-242010056", "FR", "REG-94"])
        self.assertEqual(self.within("ARM-75120"), ["COM-75056", "DEP-75", "EPCI-200054781", "FR", "REG-11"])
        self.assertEqual(self.within("ARM-69381")[0], "COM-69123")
        self.assertEqual(self.within("ARM-13201")[0], "COM-13055")
        self.assertEqual(self.within("COM-98818"), ["DEP-988", "FR", "REG-988"])
        of = {c["code"]: c for c in self.today}
        wide = next(e for e in self.files["epci"] if len({of[m["code"]]["departement"] for m in e["membres"]}) > 1 and len({of[m["code"]]["region"] for m in e["membres"]}) == 1)
        self.assertEqual(self.within("EPCI-" + wide["code"]), ["FR", "REG-" + of[wide["membres"][0]["code"]]["region"]])

    def test_old_codes(self):
        """A code that is no more answers with today's commune, lies in it, and serves in a dossier as before; lists show today's only."""
        today = next(c for c in self.today if c["code"] == "01015")
        got = self.admin.get("/territories/COM-01340")
        self.assertEqual((got["code"], got["name"], got["formerly"]), ("COM-01015", today["nom"], ["COM-" + c for c in today["anciensCodes"]]))
        self.assertEqual(self.admin.get("/territories/COM-20004")["code"], "COM-2A004")
        found = {t["code"] for t in self.admin.items("/territories?within=COM-01340")}
        self.assertEqual(found, {"COM-01015"})
        carrier, _ = sign_in(self.admin, "carrier@france.example")
        carrier.post("/dossiers", {"title": "Avant la fusion", "territories": ["COM-01340"]})
        self.assertEqual(self.psql("select count(*) from dossier d where exists (select from territory_within w where w.ancestor = 'COM-01015' and w.code = any (d.territories))"), ["1"])
        self.assertEqual(self.psql("select count(*) from territory t where t.now is not null and not exists (select from territory_within w where w.code = t.code and w.ancestor = 'FR')"), ["0"])

    def test_no_files(self):
        """Without the files, or with others, a sentence says what is missing and nothing is changed."""
        for folder in ("/nowhere", str(ROOT / "deploy")):
            done = subprocess.run([BINARY, "territories", "import", folder, *self.jalon.flags()], capture_output=True, text=True)
            self.assertEqual(done.returncode, 2)
            self.assertIn("communes.json", done.stderr)


if __name__ == "__main__":
    unittest.main()
