# SPDX-License-Identifier: Apache-2.0
"""The same world with and without a secret: whoever may not see it is answered byte for byte the same, whatever they ask: lists, filters,
counts, sums, ETags, Links. Only the number of the request and the date may differ."""
import json
import random
import re

import oracle
from asking import UUID, content_for
from scene import PDF, random_id

LOOSE = ("date", "request-id", "content-length", "retry-after")  # the text itself is compared; the last: until the next checkpoint


def same(reply):
    """What may not differ: all but the request's own number, which a problem repeats."""
    text = UUID.sub("-", reply.text) if reply.status >= 400 else reply.text
    text = re.sub(r'"last_used_at": ?("[^"]*"|null)', '"last_used_at":-', text)  # of one's own token: it is being used
    if isinstance(reply.json, dict) and "proof" in reply.json:  # "that a log grows is no secret"
        text = json.dumps({**reply.json, "proof": "-"})
    return reply.status, text, sorted((k, v) for k, v in reply.headers.items() if k not in LOOSE)


def apart(one, two):
    """Where two answers differ first, each with what stands around."""
    one, two = str(one), str(two)
    at = next((i for i, (a, b) in enumerate(zip(one, two)) if a != b), min(len(one), len(two)))
    return one[max(0, at - 80):at + 80], two[max(0, at - 80):at + 80]


class Twins:
    def __init__(self, scene, flow):
        self.scene, self.flow, self.workflow = scene, flow, scene.flows[flow]
        self.ways = scene.ways(flow)
        self.person, self.other = scene.people[None, "carrier of another dossier"], scene.people[None, "a stranger"]

    def questions(self, app=None):
        ids, flow = self.scene.ids, self.flow
        yield from ("/me", "/tokens", "/spaces", "/grants", "/dossiers", "/applications", "/applications?limit=1", "/applications?is_over=false", "/organisations", "/people",
                    "/organisations?q=o", "/calls", "/calls?status=draft", f"/calls?space_id={ids['our space']}", "/workflows", f"/workflows?space_id={ids['our space']}", "/outbox",
                    f"/workflows/{ids[f'{flow}/workflow']}", f"/spaces/{ids['our space']}", f"/organisations/{ids['our organisation']}", f"/organisations/{ids['our organisation']}/members")
        for call in ("call", "foreign call"):
            yield from (f"/calls/{ids[f'{flow}/{call}']}", f"/applications?call_id={ids[f'{flow}/{call}']}", f"/grants?scope=call&scope_id={ids[f'{flow}/{call}']}")
        for stage in ("submission", "evaluation", "funding"):
            yield f"/applications?stage={stage}"
        if app:
            base = f"/applications/{app.id}"
            yield from (base, f"/applications?dossier_id={app.dossier}", f"/dossiers/{app.dossier}", f"/dossiers/{app.dossier}/documents", f"/grants?scope=dossier&scope_id={app.dossier}")
            yield from (base + path for path in oracle.READS)

    def look(self, p, app, sums):
        asked = list(self.questions(app)) + (["/observatory", f"/observatory?call_id={self.scene.ids[f'{self.flow}/call']}", "/observatory?territory=REG-04"] if sums else [])
        return {path: same(self.scene.wire.ask(p.token, "GET", path)) for path in asked}

    def knows(self, place):
        return lambda p: p.who.signed_in and oracle.knows(p.who, self.workflow, place)

    def words(self, app, *groups):
        """Whoever sees one of these, or the history, which tells that it was done; and whoever did it."""
        def may(p):
            words = self.workflow.sees(oracle.roles_on(p.who, self.workflow, app.place), app.places) if p.who.signed_in else set()
            return any(oracle.has_any(words, g) for g in (*groups, "history"))
        return may

    def secrets(self):
        """(what it is, the application beside it that all look at, who may learn of it, how it comes to be, is it in public sums?)"""
        scene, flow, manager = self.scene, self.flow, lambda p: oracle.manages(p.who, "our space")
        apply = lambda call: self.person.api.post(f"/calls/{scene.ids[f'{flow}/{call}']}/applications", {"dossier_id": self.person.api.post("/dossiers", {"title": "Secret"})["id"]})["id"]  # noqa: E731
        place = lambda call, space: oracle.Place("x", f"{flow}/{call}", space, frozenset({"another dossier"}), "none", frozenset())  # noqa: E731
        yield "a draft of somebody else", None, self.knows(place("call", "our space")), lambda: apply("call"), False
        yield "a draft with the other funder", None, lambda p: p is self.person or oracle.manages(p.who, "the other space") or self.knows(place("foreign call", "the other space"))(p), lambda: apply("foreign call"), False
        yield "a dossier", None, lambda p: p is self.person, lambda: self.person.api.post("/dossiers", {"title": "Secret"}), False
        yield "an account", None, lambda p: p.who.admin, lambda: scene.admin.post("/people", {"email": f"{random_id()[:13]}@cells.example"}), False
        yield "a token", None, lambda p: p is self.other, lambda: self.other.api.post("/tokens", {"label": "Secret"}), False
        yield "a grant on the call", None, lambda p: manager(p) or p is self.other, lambda: scene.admin.post("/grants", {
            "person_id": self.other.id, "role": next(r for r, row in self.workflow.roles.items() if row["on"] == "call"), "scope": "call", "scope_id": scene.ids[f"{flow}/another call"]}), False
        yield "a call in preparation", None, manager, lambda: scene.call("our space", scene.ids[f"{flow}/workflow"], "Secret", opened=False, opens_at="2090-01-01T00:00:00Z", closes_at="2091-01-01T00:00:00Z"), False
        yield "a new version of the workflow", None, manager, lambda: scene.upload("our space", scene.text(flow) + b"\n# Secret\n"), False
        yield "a member to be", None, lambda p: p.who.admin or p is self.other or any(o == "our organisation" for o, _ in p.who.member), lambda: scene.people[None, "owner of the organisation"].api.post(
            f"/organisations/{scene.ids['our organisation']}/members", {"person_id": self.other.id, "role": "member"}), False

        filed = self.at("counter", "filed", "eligibility")
        yield "a document", filed, lambda p: p.who.signed_in and (oracle.writes(p.who, filed)), lambda: scene.people[None, "carrier"].api.post(
            f"/dossiers/{filed.dossier}/documents?kind=evidence&name=secret.pdf", b"%PDF-1.4 secret", headers=PDF), False
        yield "an edit of what was filed", filed, lambda p: p.who.signed_in and (oracle.writes(p.who, filed)), lambda: scene.people[None, "carrier"].api.patch(
            f"/dossiers/{filed.dossier}", {"title": "Secret"}, etag=scene.people[None, "carrier"].api.get(f"/dossiers/{filed.dossier}").headers["etag"]), False
        yield "an invited author", filed, lambda p: p.who.signed_in and (oracle.writes(p.who, filed) or p.who.admin), lambda: scene.people[None, "carrier"].api.post(
            f"/dossiers/{filed.dossier}/authors", {"email": f"{random_id()[:13]}@cells.example"}), False
        message = self.at("counter", "filed", "eligibility")
        writer = next(r for r in self.workflow.edits(message.places, {"clerk", "facilitator"}) and ("clerk", "facilitator") if r in self.workflow.roles)
        yield "a message", message, self.words(message, "messages"), lambda: scene.actor(flow, writer).api.post(f"/applications/{message.id}/messages", {"body": "Secret"}), False
        judged = self.at("one_open", "reading", "scoring")
        grid, row = next((g, r) for g, r in self.workflow.tree["grids"].items() if r.get("blind"))
        judge = scene.actor(flow, f"{oracle.as_list(row['by'])[0]}/anna")
        sees = self.words(judged, "reviews")
        blind = lambda p: p is judge or (sees(p) and not (oracle.roles_on(p.who, self.workflow, judged.place) & set(oracle.as_list(row["by"])) and not self.words_history(p, judged)))  # noqa: E731
        yield "a draft of a review", judged, lambda p: p is judge, lambda: judge.api.put(f"/applications/{judged.id}/reviews/{grid}", {"content": content_for(row)}), False
        yield "a review on a blind grid", judged, blind, lambda: judge.api.put(f"/applications/{judged.id}/reviews/{grid}", {"content": content_for(row), "submit": True}), False
        funded = self.at("#paid")
        indicator = next(iter(self.workflow.tree["indicators"]))
        yield "a measure", funded, self.words(funded, "measures", "validation"), lambda: scene.people[None, "carrier"].api.post(f"/applications/{funded.id}/measures", {"indicator": indicator, "value": 77}), False

    def words_history(self, p, app):
        return oracle.has_any(self.workflow.sees(oracle.roles_on(p.who, self.workflow, app.place), app.places), "history")

    def at(self, *places):
        """An application of its own in the first of these places that the workflow has."""
        key = next(k for want in places for k in sorted(self.ways, key=len) if want in k)
        app = self.scene.play(self.flow, self.ways[key])
        self.scene.apps.append(app)
        return app


def run(scene, flow, tally, long, seed):
    twins = Twins(scene, flow)
    people = [p for p in scene.around(flow) if p.who.shows in ("a token", "nothing")]
    for name, app, may, make, sums in twins.secrets():
        outside = [p for p in people if not may(p)]
        few = random.Random(f"{seed} {name}")
        outside = few.sample(outside, min(40 if long else 8, len(outside)))
        before = [twins.look(p, app, not sums) for p in outside]
        make()
        for p, was in zip(outside, before):
            now = twins.look(p, app, not sums)
            for path in was:
                tally.cell("twins", was[path] == now[path], f"{flow}, {name}: {p.who.name} GET {path}", *apart(was[path], now[path]))
