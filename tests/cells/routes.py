# SPDX-License-Identifier: Apache-2.0
"""Every route x role: what the table of routes promises to whom. A route that /openapi.json tells of and that has no row here fails the run.

A row is a list of questions: (what it is about, who gets what, how it is asked). `who gets what` takes a Persona and gives a status, a set of
them, or "passes"; whoever shows nothing or something that is good no longer is answered 401, but by routes that are open to all."""
import datetime
import random
import re

import oracle
from asking import UUID, acts_of, plain
from scene import PDF, TERRITORIES, random_id, stamp

OPEN, SIGNED, DIRECT = "open", "signed in", "direct"


class Question:
    def __init__(self, about, want, ask, check=None, twin=True):
        self.about, self.want, self.ask, self.check = about, want, ask, check
        self.twin = twin  # False: what its address names first is public, so that 403 tells nothing


def everyone(status=200):
    return lambda who: status


def only(may, yes, no):
    """`yes` to whom `may` holds, `no` to the others."""
    return lambda who: yes if may(who) else no


class Table:
    """The rows, over the objects of a scene. The sentence that each rests on is the route's own summary unless another is given."""

    def __init__(self, scene):
        self.scene, self.rows, self.access = scene, {}, {}
        self.ids, self.flow = scene.ids, "peculiar" if "peculiar" in scene.flows else next(iter(scene.flows))
        self.workflow = scene.flows[self.flow]
        ways = scene.ways(self.flow)
        self.app = scene.play(self.flow, max(ways.values(), key=lambda steps: (any("measure" in s for s in steps), -len(steps))))
        scene.apps.append(self.app)
        self.draft_call = scene.call("our space", self.ids[f"{self.flow}/workflow"], "a call in preparation", opened=False,
                                     opens_at=stamp(scene.now + datetime.timedelta(hours=1)))
        self.spare_call = scene.call("our space", self.ids[f"{self.flow}/workflow"], "a spare call")
        text = (b"jalon: 1\nid: unpublished\ntitle: Unpublished\nroles: {carrier: {title: C, on: dossier}}\ninitial: a\n"
                b"events: {go: {title: Go}}\nstates: {a: {title: A, stage: submission, on: {go: {by: carrier, to: b}}}, b: {type: final, title: B, stage: submission}}\n")
        self.text = text
        self.draft_workflow = scene.upload("our space", text)
        self.program()
        self.session()
        self.people()
        self.spaces()
        self.grants()
        self.workflows()
        self.calls()
        self.dossiers()
        self.perimeters()
        self.history()
        self.applications()

    def row(self, access, route, *questions):
        self.rows[route], self.access[route] = questions, access

    # ---- who is who (access.h, the list of the platform's own roles)

    def manager(self, who):
        return oracle.manages(who, "our space")

    def answers(self, who):
        return oracle.answers_for(who, "our space")

    def admin(self, who):
        return who.admin

    def owner(self, who):  # routes: "Change an organisation one owns"; access.h: "admin: people, organisations, spaces, territories"
        return who.admin or ("our organisation", "owner") in who.member

    def member(self, who):
        return who.admin or any(o == "our organisation" for o, _ in who.member)

    def etag(self, path, api=None):
        return {"If-Match": (api or self.scene.admin).get(path).headers["etag"]}

    # ---- rows

    def program(self):
        for path, to in (("/health/live", None), ("/health/ready", None), ("/metrics", None), ("/openapi.json", None), ("/problems/{type}", "/problems/not-found")):
            self.row(DIRECT, f"GET {path}", Question("", everyone(), lambda p, to=to or path: ("GET", to)))
        self.row(OPEN, "GET /api/v1/clock", Question("", everyone(), lambda p: ("GET", "/clock")))
        self.row(SIGNED, "POST /api/v1/clock", Question("", only(self.admin, 200, 403), lambda p: ("POST", "/clock", {"now": stamp(self.scene.moment())})))
        # "one filter at a time, but for those who run the call"
        call = lambda: self.scene.ids[f"{self.flow}/call"]  # noqa: E731
        self.row(OPEN, "GET /api/v1/observatory", Question("", everyone(), lambda p: ("GET", "/observatory")),
                 Question("of a call", everyone(), lambda p: ("GET", f"/observatory?call_id={call()}")),
                 Question("a call and a territory", only(self.manager, 200, 403), lambda p: ("GET", f"/observatory?call_id={call()}&territory=REG-04")),
                 Question("a theme and a territory", only(self.admin, 200, 403), lambda p: ("GET", "/observatory?theme=eau&territory=REG-04")))
        self.row(SIGNED, "GET /api/v1/outbox", Question("", only(self.admin, 200, 403), lambda p: ("GET", "/outbox")))

    def session(self):
        mail = lambda: f"{random_id()[:13]}@cells.example"  # noqa: E731
        self.row(OPEN, "POST /api/v1/sign-in", Question("an address without account", everyone({202, 429}), lambda p: ("POST", "/sign-in", {"email": mail()})))
        self.row(OPEN, "POST /api/v1/sign-in/link", Question("a wrong code", everyone({401, 429}), lambda p: ("POST", "/sign-in/link", {"token": "A" * 43})))
        self.row(OPEN, "POST /api/v1/sign-in/password", Question("a wrong password", everyone({401, 429}), lambda p: ("POST", "/sign-in/password", {"email": mail(), "password": "wrong wrong wrong"})))

        def own_token(p):
            return self.scene.wire.ask(p.token, "POST", "/tokens", {"label": "brief", "access": "write"}).json
        self.row(SIGNED, "DELETE /api/v1/session", Question("a token of one's own", everyone(204), lambda p: ("DELETE", "/session", None, {}, own_token(p)["token"])))
        # "What is sensitive … takes a session confirmed": these are fresh ones. Wrong proofs prove nothing, to nobody.
        wrong = {401, 403, 404, 409, 422, 429}
        self.row(DIRECT, "GET /", Question("", everyone(), lambda p: ("GET", "/")))
        self.row(DIRECT, "GET /sign-in", Question("", everyone(), lambda p: ("GET", "/sign-in")))
        self.row(OPEN, "POST /api/v1/sign-in/address", Question("a wrong code", everyone(wrong), lambda p: ("POST", "/sign-in/address", {"token": "A" * 43})))
        self.row(DIRECT, "GET /api/v1/sign-in/ways", Question("", everyone(), lambda p: ("GET", "/sign-in/ways")))
        self.row(OPEN, "POST /api/v1/sign-in/oidc/{provider}", Question("no such provider", everyone({404}), lambda p: ("POST", "/sign-in/oidc/none", {})))
        self.row(OPEN, "GET /api/v1/sign-in/oidc/{provider}/callback", Question("no such provider", everyone(wrong | {400}), lambda p: ("GET", "/sign-in/oidc/none/callback?state=x&code=x")))
        self.row(SIGNED, "GET /api/v1/me/identities", Question("", everyone(), lambda p: ("GET", "/me/identities")))
        self.row(SIGNED, "DELETE /api/v1/me/identities/{identity_id}", Question("nobody's", everyone(404), lambda p: ("DELETE", f"/me/identities/{random_id()}")))
        self.row(SIGNED, "GET /api/v1/session/provider", Question("begun by mail", everyone({200, 404}), lambda p: ("GET", "/session/provider"), twin=False))
        self.row(SIGNED, "POST /api/v1/session/confirm/mail", Question("", everyone({202, 429}), lambda p: ("POST", "/session/confirm/mail")))
        self.row(SIGNED, "POST /api/v1/session/confirm", Question("a wrong password", everyone(wrong), lambda p: ("POST", "/session/confirm", {"password": "wrong wrong wrong"})))
        self.row(SIGNED, "DELETE /api/v1/sessions", Question("", everyone("skip"), lambda p: ("DELETE", "/sessions")))
        self.row(SIGNED, "PUT /api/v1/me/password", Question("one that is guessed", everyone(422), lambda p: ("PUT", "/me/password", {"password": "password password"})))
        self.row(SIGNED, "DELETE /api/v1/me/password", Question("", everyone({204, 404, 409}), lambda p: ("DELETE", "/me/password")))
        self.row(SIGNED, "POST /api/v1/me/address", Question("", everyone({202, 429}), lambda p: ("POST", "/me/address", {"email": mail()})))
        self.row(SIGNED, "POST /api/v1/me/totp", Question("", everyone(201), lambda p: ("POST", "/me/totp")))
        self.row(SIGNED, "POST /api/v1/me/totp/confirm", Question("a wrong code", everyone(wrong), lambda p: ("POST", "/me/totp/confirm", {"code": "000000"})))
        self.row(SIGNED, "DELETE /api/v1/me/totp", Question("", everyone({204, 404, 409}), lambda p: ("DELETE", "/me/totp")))
        self.row(SIGNED, "POST /api/v1/me/recovery-codes", Question("without a second factor", everyone({404, 409}), lambda p: ("POST", "/me/recovery-codes")))
        self.row(SIGNED, "DELETE /api/v1/people/{person_id}/totp",
                 Question("", only(self.admin, {204, 404, 409}, 403), lambda p: ("DELETE", f"/people/{self.scene.people[None, 'a stranger'].id}/totp"), twin=False))
        for method, path, body in (("DELETE", "sessions", None), ("PUT", "suspension", {"suspended": False})):
            self.row(SIGNED, f"{method} /api/v1/people/{{person_id}}/{path}",
                     Question("of nobody", only(self.admin, 404, 403), lambda p, m=method, x=path, b=body: (m, f"/people/{random_id()}/{x}", *([b] if b else []))))
        idle = self.scene.admin.post("/people", {"email": "idle@cells.example"})["id"]
        self.row(SIGNED, "DELETE /api/v1/people/{person_id}/sessions", Question("", only(self.admin, 204, 403), lambda p: ("DELETE", f"/people/{idle}/sessions")))
        self.row(SIGNED, "PUT /api/v1/people/{person_id}/suspension", Question("", only(self.admin, 200, 403), lambda p: ("PUT", f"/people/{idle}/suspension", {"suspended": False})))
        self.row(SIGNED, "GET /api/v1/me", Question("", everyone(), lambda p: ("GET", "/me"), lambda p, r: r.json["id"] == p.id))
        self.row(SIGNED, "DELETE /api/v1/me", Question("", everyone("skip"), lambda p: ("DELETE", "/me")))
        self.row(SIGNED, "GET /api/v1/me/erasure", Question("", everyone(), lambda p: ("GET", "/me/erasure")))
        self.row(SIGNED, "GET /api/v1/me/export", Question("", everyone(), lambda p: ("GET", "/me/export"), lambda p, r: r.json["person"]["id"] == p.id))
        self.row(SIGNED, "PATCH /api/v1/me", Question("", everyone(), lambda p: ("PATCH", "/me", {"lang": "fr"})))
        self.row(SIGNED, "POST /api/v1/tokens", Question("", everyone(201), lambda p: ("POST", "/tokens", {"label": "mine"})))
        self.row(SIGNED, "GET /api/v1/tokens", Question("", everyone(), lambda p: ("GET", "/tokens")))
        other = self.scene.people[None, "a stranger"].api.post("/tokens", {"label": "another's"})["id"]
        self.row(SIGNED, "DELETE /api/v1/tokens/{token_id}",
                 Question("one's own", everyone(204), lambda p: ("DELETE", f"/tokens/{own_token(p)['id'] if p.who.signed_in else random_id()}")),
                 Question("another's", lambda who: "skip" if who.name == "a stranger" else 404, lambda p: ("DELETE", f"/tokens/{other}")))

    def people(self):
        stranger = self.scene.people[None, "a stranger"]
        self.row(SIGNED, "POST /api/v1/people", Question("", only(self.admin, 201, 403), lambda p: ("POST", "/people", {"email": f"{random_id()[:13]}@cells.example"})))
        self.row(SIGNED, "GET /api/v1/people", Question("", only(self.admin, 200, 403), lambda p: ("GET", "/people")),
                 Question("by address", only(self.admin, 200, 403), lambda p: ("GET", "/people?email=p0%40cells.example")))
        self.row(SIGNED, "GET /api/v1/people/{person_id}", Question("oneself", everyone(), lambda p: ("GET", f"/people/{p.id or random_id()}")),
                 Question("a stranger", only(lambda w: w.admin or w is stranger.who, 200, 404), lambda p: ("GET", f"/people/{stranger.id}")))
        path, somebody = f"/organisations/{self.ids['our organisation']}", self.scene.admin.post("/people", {"email": "somebody@cells.example"})["id"]
        self.row(SIGNED, "POST /api/v1/organisations", Question("", everyone(201), lambda p: ("POST", "/organisations", {"name": "Une autre"})))
        self.row(SIGNED, "GET /api/v1/organisations", Question("", everyone(), lambda p: ("GET", "/organisations?q=organisation")))
        self.row(SIGNED, "GET /api/v1/organisations/{organisation_id}", Question("", everyone(), lambda p: ("GET", path)))
        self.row(SIGNED, "PATCH /api/v1/organisations/{organisation_id}",
                 Question("", only(self.owner, 200, 403), lambda p: ("PATCH", path, {"name": "Our organisation"}, self.etag(path))))
        # "Members, told to members"
        self.row(SIGNED, "GET /api/v1/organisations/{organisation_id}/members", Question("", only(self.member, 200, 404), lambda p: ("GET", f"{path}/members")))
        self.row(SIGNED, "POST /api/v1/organisations/{organisation_id}/members",
                 Question("somebody", only(self.owner, {200, 201}, 403), lambda p: ("POST", f"{path}/members", {"person_id": somebody, "role": "member"})))
        self.row(SIGNED, "DELETE /api/v1/organisations/{organisation_id}/members/{person_id}",
                 *(Question(name, only(lambda w: w.admin or self.owner(w), "skip", 403), lambda p, ident=ident: ("DELETE", f"{path}/members/{ident}"))
                   for name, ident in (("an owner", self.scene.people[None, "owner of the organisation"].id), ("nobody", random_id()))),
                 Question("oneself, of one's own", everyone({204, 409}), lambda p: ("DELETE", f"/organisations/{self.fresh_organisation(p)}/members/{p.id}")))

        self.invitations(path)

    def invitations(self, path):
        member, owner = self.scene.people[None, "member of the organisation"], self.scene.people[None, "owner of the organisation"]
        base, invite = "/api/v1/organisations/{organisation_id}", lambda: {"email": f"{random_id()[:13]}@cells.example"}  # noqa: E731
        fresh = lambda: owner.api.post(f"{path}/invitations", invite())["id"]  # noqa: E731
        stranger = self.scene.people[None, "a stranger"]
        theirs = owner.api.post(f"{path}/invitations", {"email": stranger.email})["id"]
        self.row(SIGNED, f"POST {base}/invitations", Question("", only(self.owner, 201, 403), lambda p: ("POST", f"{path}/invitations", invite())))
        # "Invitations that wait, told to owners"
        self.row(SIGNED, f"GET {base}/invitations", Question("", only(self.owner, 200, {403, 404}), lambda p: ("GET", f"{path}/invitations"), twin=False))
        self.row(SIGNED, f"DELETE {base}/invitations/{{invitation_id}}",
                 Question("", only(self.owner, 204, {403, 404}), lambda p: ("DELETE", f"{path}/invitations/{fresh() if self.owner(p.who) else theirs}"), twin=False))
        self.row(SIGNED, f"POST {base}/transfer", Question("", only(self.owner, {201, 403, 404, 409}, {403, 404}), lambda p: ("POST", f"{path}/transfer", {"person_id": member.id}), twin=False))
        self.row(SIGNED, "GET /api/v1/me/invitations", Question("", everyone(), lambda p: ("GET", "/me/invitations"), lambda p, r: p is stranger or p is member or theirs not in r.text))
        for verb in ("accept", "decline"):
            self.row(SIGNED, f"POST /api/v1/invitations/{{invitation_id}}/{verb}",
                     Question("another's", only(lambda w: w is stranger.who, "skip", 404), lambda p, verb=verb: ("POST", f"/invitations/{theirs}/{verb}")))

    def perimeters(self):
        area = {"type": "Polygon", "coordinates": [[[55.28, -20.94], [55.30, -20.94], [55.30, -20.92], [55.28, -20.94]]]}
        body = {"space_id": self.ids["our space"], "parent": "COM-97407", "name": "Quartier", "geometry": area}
        draw = lambda: self.scene.admin.post("/territories", body)["code"]  # noqa: E731
        code = draw()
        # "Draw a perimeter within a commune, for a space one manages; everyone sees it"
        self.row(SIGNED, "POST /api/v1/territories", Question("", only(self.manager, 201, 403), lambda p: ("POST", "/territories", body)))
        self.row(OPEN, "GET /api/v1/territories/{code}/geometry", Question("", everyone(), lambda p: ("GET", f"/territories/{code}/geometry")))
        self.row(SIGNED, "PATCH /api/v1/territories/{code}", Question("", only(self.manager, 200, 403), lambda p: ("PATCH", f"/territories/{code}", {"name": "Quartier"}, self.etag(f"/territories/{code}"))))
        self.row(SIGNED, "DELETE /api/v1/territories/{code}", Question("", only(self.manager, 204, 403), lambda p: ("DELETE", f"/territories/{draw() if self.manager(p.who) else code}")))

    def fresh_organisation(self, p):
        return self.scene.wire.ask(p.token, "POST", "/organisations", {"name": "Brève"}).json["id"]

    def spaces(self):
        path = f"/spaces/{self.ids['our space']}"
        self.row(SIGNED, "POST /api/v1/spaces", Question("", only(self.admin, 201, 403),
                                                         lambda p: ("POST", "/spaces", {"slug": f"s{random_id()[:8]}", "title": {"fr": "S"}, "organisation_id": self.ids["our funder"]})))
        self.row(OPEN, "GET /api/v1/spaces", Question("", everyone(), lambda p: ("GET", "/spaces")))
        self.row(OPEN, "GET /api/v1/spaces/{space_id}", Question("", everyone(), lambda p: ("GET", path)))
        self.row(SIGNED, "PATCH /api/v1/spaces/{space_id}", Question("", only(self.manager, 200, 403), lambda p: ("PATCH", path, {"title": {"fr": "ours", "en": "ours"}}, self.etag(path))))
        # Nothing that would be taken, so that nothing changes: who may not is told so first.
        self.row(SIGNED, "PUT /api/v1/spaces/{space_id}/file", Question("nothing that is a space", only(self.manager, {400, 422}, 403), lambda p: ("PUT", f"{path}/file", b"nonsense: 1\n", {"Content-Type": "application/yaml"})))
        self.row(OPEN, "GET /api/v1/spaces/{space_id}/logo", Question("none", everyone(404), lambda p: ("GET", f"{path}/logo"), twin=False))
        self.row(SIGNED, "PUT /api/v1/spaces/{space_id}/logo", Question("nothing that is a picture", only(self.manager, {400, 415, 422}, 403), lambda p: ("PUT", f"{path}/logo", b"nothing", {"Content-Type": "image/png"})))
        self.row(SIGNED, "PUT /api/v1/territories", Question("", only(self.admin, 200, 403), lambda p: ("PUT", "/territories", {"territories": TERRITORIES})))
        self.row(OPEN, "GET /api/v1/territories", Question("", everyone(), lambda p: ("GET", "/territories?within=REG-04")))
        self.row(OPEN, "GET /api/v1/territories/{code}", Question("", everyone(), lambda p: ("GET", "/territories/DEP-974")))

    def grants(self):
        call, dossier = self.ids[f"{self.flow}/call"], self.app.dossier
        role = next(r for r, row in self.workflow.roles.items() if row["on"] == "call")

        def give(role, scope, scope_id):
            return lambda p: ("POST", "/grants", {"email": f"{random_id()[:13]}@cells.example", "role": role, "scope": scope, "scope_id": scope_id})

        def fresh(p):
            made = self.scene.admin.post("/grants", {"email": f"{random_id()[:13]}@cells.example", "role": role, "scope": "call", "scope_id": call})
            return "DELETE", f"/grants/{made['id']}"
        on_dossier = lambda who: 201 if oracle.carries(who, self.app) or who.admin else {403, 404} if oracle.writes(who, self.app) else 404  # noqa: E731
        self.row(SIGNED, "POST /api/v1/grants", Question("on a call", only(self.answers, 201, 403), give(role, "call", call)),
                 Question("on the other funder's call", only(lambda w: oracle.answers_for(w, "the other space"), 201, 403), give(role, "call", self.ids[f"{self.flow}/foreign call"])),
                 Question("on a call in preparation", only(self.answers, 201, {403, 404}), give(role, "call", self.draft_call)),
                 Question("on a dossier", on_dossier, give("author", "dossier", dossier)),
                 Question("on an organisation", only(lambda w: w.admin or self.owner(w), {201, 403}, {403, 422}), give("carrier", "organisation", self.ids["our organisation"])),
                 Question("on the platform", only(self.admin, 201, 403), give("admin", "platform", "")),
                 Question("a role that nobody knows", only(self.answers, 422, 403), give("king", "call", call)))

        def own(p, r):
            return all(p.id in (g["person_id"], g["granted_by"]) for g in r.json["items"])  # one's own, and what one gave on of it
        for_manager = lambda p, r: self.answers(p.who) or own(p, r)  # noqa: E731
        for_carrier = lambda p, r: p.who.admin or oracle.writes(p.who, self.app) or own(p, r)  # noqa: E731
        # "One's own grants, and those one may give"
        self.row(SIGNED, "GET /api/v1/grants", Question("", everyone(), lambda p: ("GET", "/grants"), lambda p, r: p.who.admin or own(p, r) or any(h.role in ("manager", "carrier") for h in p.who.in_force())),
                 Question("of a call", everyone(), lambda p: ("GET", f"/grants?scope=call&scope_id={call}&limit=200"), for_manager),
                 Question("of a space", everyone(), lambda p: ("GET", f"/grants?scope=space&scope_id={self.ids['our space']}&limit=200"), for_manager),
                 Question("of a dossier", everyone(), lambda p: ("GET", f"/grants?scope=dossier&scope_id={dossier}"), for_carrier),
                 Question("of the platform", everyone(), lambda p: ("GET", "/grants?scope=platform&limit=200"), lambda p, r: p.who.admin or own(p, r)))
        self.row(SIGNED, "DELETE /api/v1/grants/{grant_id}", Question("on a call", only(self.answers, 204, 404), fresh))

        self.delegations()

    def delegations(self):
        manager, stranger = self.scene.people[None, "the manager"], self.scene.people[None, "a stranger"]
        until = stamp(self.scene.now + datetime.timedelta(days=30))
        grant = next(g["id"] for g in manager.api.get("/me")["grants"] if g["role"] == "manager")
        given = manager.api.post("/delegations", {"grant_id": grant, "person_id": self.scene.admin.post("/people", {"email": "delegate@cells.example"})["id"], "until_at": until})["id"]
        # "Let somebody act for oneself, by a grant of one's own": another's is as if there were none
        self.row(SIGNED, "POST /api/v1/delegations", *(Question(name, lambda who: "skip" if who is manager.who else {404, 422}, lambda p, ident=ident: (
            "POST", "/delegations", {"grant_id": ident, "person_id": stranger.id if p is not stranger else manager.id, "until_at": until}), twin=False)
            for name, ident in (("another's grant", grant), ("no grant", random_id()))))
        self.row(SIGNED, "GET /api/v1/delegations", Question("", everyone(), lambda p: ("GET", "/delegations"), lambda p, r: p is manager or given not in r.text))
        # "who gave it, who has it, who answers for its scope"
        self.row(SIGNED, "DELETE /api/v1/delegations/{delegation_id}", Question("another's", only(self.manager, "skip", 404), lambda p: ("DELETE", f"/delegations/{given}")))

    def workflows(self):
        yaml, space = {"Content-Type": "application/yaml"}, self.ids["our space"]
        self.row(SIGNED, "POST /api/v1/workflows", Question("", only(self.manager, {200, 201, 409}, 403), lambda p: ("POST", f"/workflows?space_id={space}", self.text, yaml)))
        self.row(SIGNED, "POST /api/v1/workflows/check", Question("", everyone(), lambda p: ("POST", "/workflows/check", self.text, yaml)))
        shown, hidden = f"/workflows/{self.ids[f'{self.flow}/workflow']}", f"/workflows/{self.draft_workflow}"
        self.row(OPEN, "GET /api/v1/workflows", Question("", everyone(), lambda p: ("GET", f"/workflows?space_id={space}&limit=200"),
                                                         lambda p, r: self.manager(p.who) or self.draft_workflow not in r.text))
        for end in ("", "/versions/{version}", "/versions/{version}/text", "/versions/{version}/table", "/versions/{version}/drawing", "/versions/{version}/diff"):
            path = end.replace("{version}", "1")
            yes = {200, 404, 422} if end.endswith("diff") else 200  # there is nothing to compare a first version with
            self.row(OPEN, f"GET /api/v1/workflows/{{workflow_id}}{end}", Question("published", everyone(yes), lambda p, path=path: ("GET", shown + path)),
                     Question("a draft", only(self.manager, yes, 404), lambda p, path=path: ("GET", hidden + path)))
        self.row(SIGNED, "POST /api/v1/workflows/{workflow_id}/versions/{version}/publish",
                 Question("published", only(self.manager, {200, 409}, 403), lambda p: ("POST", f"{shown}/versions/1/publish", {})),
                 Question("a draft", only(self.manager, "skip", 404), lambda p: ("POST", f"{hidden}/versions/1/publish", {})))

    def calls(self):
        space, workflow = self.ids["our space"], self.ids[f"{self.flow}/workflow"]
        draft, spare = f"/calls/{self.draft_call}", f"/calls/{self.spare_call}"
        self.row(SIGNED, "POST /api/v1/calls", Question("", only(self.manager, 201, 403), lambda p: ("POST", "/calls", {
            "space_id": space, "workflow_id": workflow, "title": {"fr": "Nouvel appel"}, "opens_at": stamp(self.scene.opens), "closes_at": stamp(self.scene.closes)})))
        hides = lambda p, r: self.manager(p.who) or self.draft_call not in r.text  # noqa: E731
        self.row(OPEN, "GET /api/v1/calls", *(Question(query, everyone(), lambda p, query=query: ("GET", f"/calls?limit=200{query}"), hides)
                                              for query in ("", "&status=draft", f"&space_id={space}")))
        self.row(OPEN, "GET /api/v1/calls/{call_id}", Question("open", everyone(), lambda p: ("GET", spare)), Question("in preparation", only(self.manager, 200, 404), lambda p: ("GET", draft)))
        change = {"title": {"fr": "Changé", "en": "Changed"}}
        self.row(SIGNED, "PATCH /api/v1/calls/{call_id}", Question("open", only(self.manager, 200, 403), lambda p: ("PATCH", spare, change, self.etag(spare))),
                 Question("in preparation", only(self.manager, 200, 404), lambda p: ("PATCH", draft, change, self.etag(draft))))
        for end, body in (("open", {}), ("close", {}), ("migration", {"version": 1})):
            self.row(SIGNED, f"POST /api/v1/calls/{{call_id}}/{end}", Question("open", only(self.manager, {200, 409, 422}, 403), lambda p, end=end, body=body: ("POST", f"{spare}/{end}", body)),
                     Question("in preparation", only(self.manager, "skip", 404), lambda p, end=end, body=body: ("POST", f"{draft}/{end}", body)))
        for method, end, body in (("GET", "", None), ("PUT", "", {"draft_months": 12}), ("GET", "/preview", None)):
            self.row(SIGNED, f"{method} /api/v1/calls/{{call_id}}/retention{end}",
                     Question("open", only(self.manager, 200, {403, 404}), lambda p, method=method, end=end, body=body: (method, f"{spare}/retention{end}", body)),
                     Question("in preparation", only(self.manager, 200, 404), lambda p, method=method, end=end, body=body: (method, f"{draft}/retention{end}", body)))
        # access.h: "carrier: … opens applications"; "author: edits, submits nothing"; what one does not hold is as if it were not there
        opens = lambda who: {201, 409} if oracle.carries(who, self.app) else 403 if oracle.writes(who, self.app) else 422  # noqa: E731
        self.row(SIGNED, "POST /api/v1/calls/{call_id}/applications",
                 Question("of our dossier", opens, lambda p: ("POST", f"/calls/{self.ids[f'{self.flow}/another call']}/applications", {"dossier_id": self.app.dossier})),
                 Question("under a call in preparation", only(self.manager, {403, 404, 409, 422}, {403, 404, 422}), lambda p: ("POST", f"{draft}/applications", {"dossier_id": self.app.dossier})))

    def dossiers(self):
        app, path = self.app, f"/dossiers/{self.app.dossier}"
        carrier = self.scene.people[None, "carrier"].api
        mine = lambda who: 200 if oracle.writes(who, app) else 404  # noqa: E731
        self.row(SIGNED, "POST /api/v1/dossiers", Question("", everyone(201), lambda p: ("POST", "/dossiers", {"title": "À moi"})),
                 Question("for our organisation", only(lambda w: any(o == "our organisation" for o, _ in w.member), 201, {403, 422}),
                          lambda p: ("POST", "/dossiers", {"organisation_id": self.ids["our organisation"]})))
        self.row(SIGNED, "GET /api/v1/dossiers", Question("", everyone(), lambda p: ("GET", "/dossiers?limit=200"), lambda p, r: oracle.writes(p.who, app) or app.dossier not in r.text))
        self.row(SIGNED, "GET /api/v1/dossiers/{dossier_id}", Question("", mine, lambda p: ("GET", path)))
        self.row(SIGNED, "PATCH /api/v1/dossiers/{dossier_id}", Question("", mine, lambda p: ("PATCH", path, {"title": "Notre projet"}, self.etag(path, carrier))))
        self.row(SIGNED, "GET /api/v1/dossiers/{dossier_id}/authors", Question("", mine, lambda p: ("GET", f"{path}/authors")))
        invites = lambda who: 201 if oracle.carries(who, app) else 403 if oracle.writes(who, app) else 404  # noqa: E731
        self.row(SIGNED, "POST /api/v1/dossiers/{dossier_id}/authors", Question("", invites, lambda p: ("POST", f"{path}/authors", {"email": f"{random_id()[:13]}@cells.example"})))
        self.row(SIGNED, "POST /api/v1/dossiers/{dossier_id}/documents",
                 Question("", only(lambda w: oracle.writes(w, app), 201, 404), lambda p: ("POST", f"{path}/documents?kind=statutes&name=x.pdf", b"%PDF-1.4 x", PDF)))
        self.row(SIGNED, "GET /api/v1/dossiers/{dossier_id}/documents", Question("", mine, lambda p: ("GET", f"{path}/documents")))
        for end in ("", "/content"):
            self.row(SIGNED, f"GET /api/v1/documents/{{document_id}}{end}",
                     *(Question(kind, lambda who, kind=kind: oracle.document(who, self.workflow, app, kind), lambda p, kind=kind, end=end: ("GET", f"/documents/{app.documents[kind]}{end}"))
                       for kind in app.documents))

    def history(self):
        app, call = self.app, self.ids[f"{self.flow}/call"]
        # "Grants that were given and revoked on a scope one answers for"
        self.row(SIGNED, "GET /api/v1/grants/history", Question("of a call", only(self.answers, 200, {403, 404}), lambda p: ("GET", f"/grants/history?scope=call&scope_id={call}")),
                 Question("of a dossier", lambda who: 200 if oracle.carries(who, app) or who.admin else {403, 404} if oracle.writes(who, app) else 404,
                          lambda p: ("GET", f"/grants/history?scope=dossier&scope_id={app.dossier}")),
                 Question("of the platform", only(self.admin, 200, 403), lambda p: ("GET", "/grants/history?scope=platform")))
        self.row(SIGNED, "GET /api/v1/dossiers/{dossier_id}/history", Question("", only(lambda w: oracle.writes(w, app), 200, 404), lambda p: ("GET", f"/dossiers/{app.dossier}/history")))
        # access_answers_for_space: grants on its calls stand there, which are told to those who give them alone
        self.row(SIGNED, "GET /api/v1/spaces/{space_id}/history", Question("", only(self.answers, 200, 403), lambda p: ("GET", f"/spaces/{self.ids['our space']}/history?limit=200")))
        self.row(SIGNED, "GET /api/v1/organisations/{organisation_id}/history", Question("", only(self.owner, 200, 403), lambda p: ("GET", f"/organisations/{self.ids['our organisation']}/history")))
        self.row(SIGNED, "GET /api/v1/history", Question("", only(self.admin, 200, 403), lambda p: ("GET", "/history")))
        self.row(SIGNED, "GET /api/v1/me/history", Question("", everyone(), lambda p: ("GET", "/me/history?limit=200"),
                                                            lambda p, r: all(p.id in (a["person_id"], a["behalf_id"], a["about_id"]) for a in r.json["items"])))
        # "Checkpoints are for whoever is signed in: that a log grows is no secret, what grew in it is."
        self.row(OPEN, "GET /api/v1/log/key", Question("", everyone(), lambda p: ("GET", "/log/key")))
        reads = lambda who: oracle.read(who, self.workflow, app, "/moves")  # noqa: E731
        for log, entry, may in ((f"/spaces/{self.ids['our space']}", f"{app.id}:1", reads), ("", f"{app.dossier}:1", only(lambda w: oracle.writes(w, app), 200, 404))):
            route = "/api/v1/spaces/{space_id}/log" if log else "/api/v1/log"
            self.row(SIGNED, f"GET {route}/checkpoint", Question("", everyone(), lambda p, log=log: ("GET", f"{log}/log/checkpoint")))
            self.row(SIGNED, f"GET {route}/consistency", Question("", everyone(), lambda p, log=log: ("GET", f"{log}/log/consistency?from=1")))
            self.row(SIGNED, f"GET {route}/proof", Question("", may, lambda p, log=log, entry=entry: ("GET", f"{log}/log/proof?entry={entry}")))

    def applications(self):
        app, path = self.app, f"/applications/{self.app.id}"
        self.row(SIGNED, "GET /api/v1/applications", Question("", everyone(), lambda p: ("GET", "/applications?limit=200"),
                                                              lambda p, r: (app.id in r.text) == oracle.listed(p.who, self.workflow, app.place)))
        base = "/api/v1/applications/{application_id}"
        self.row(SIGNED, f"GET {base}", Question("", lambda who: 200 if oracle.knows(who, self.workflow, app.place) else 404, lambda p: ("GET", path)))
        for end in oracle.READS:
            self.row(SIGNED, f"GET {base}{end}", Question("", lambda who, end=end: oracle.read(who, self.workflow, app, end), lambda p, end=end: ("GET", path + end)))
        self.row(SIGNED, f"POST {base}/moves",
                 *(Question(event, lambda who, event=event: self.unless_fires(oracle.move(who, self.workflow, app, event, self.scene.facts(app, event))),
                            lambda p, event=event: ("POST", f"{path}/moves", {"event": event})) for event in self.workflow.events))
        rows = {}
        for name, method, end, body, word, grid in acts_of(self.scene, app):
            shape = re.sub(r"/reviews/[^/]+$", "/reviews/{grid_name}", re.sub(r"/instalments/[^/]+/", "/instalments/{name}/", re.sub(r"/targets/[^/]+$", "/targets/{indicator}", end)))
            rows.setdefault(f"{method} {base}{shape}", []).append(Question(
                name, lambda who, word=word, grid=grid: self.unless_fires(oracle.act(who, self.workflow, app, word, grid)),
                lambda p, method=method, end=end, body=body: (method, path + end, {"role": "carrier"} if body is None else body)))
        for verb, body in (("validate", {}), ("contest", {"motive": "Non."})):
            rows[f"POST /api/v1/measures/{{measure_id}}/{verb}"] = [Question(
                "", lambda who: self.unless_fires(oracle.judges_measure(who, self.workflow, app)), lambda p, verb=verb, body=body: ("POST", f"/measures/{app.measure}/{verb}", body))]
        for route, questions in rows.items():
            self.row(SIGNED, route, *questions)

    @staticmethod
    def unless_fires(verdict):
        """What would change the application is tried on fresh ones (cells.py), not here."""
        return "skip" if verdict in (201, "passes") else verdict


def run(scene, tally, long, seed):
    table = Table(scene)
    told = {f"{method.upper()} {path}" for path, item in scene.wire.ask(None, "GET", "/openapi.json").json["paths"].items()
            for method in item if method in ("get", "post", "put", "patch", "delete")}
    tally.cell("routes with a row", told == set(table.rows), "/openapi.json", "a row for each route", f"without a row: {sorted(told - set(table.rows))}; rows of none: {sorted(set(table.rows) - told)}")
    units = [(p, route, q) for p in scene.around(table.flow) for route in sorted(told & set(table.rows)) for q in table.rows[route]]
    for p, route, q in units if long else random.Random(seed).sample(units, min(3000, len(units))):
        access = table.access[route]
        good = p.who.signed_in or access == DIRECT or (access == OPEN and p.who.shows == "nothing")
        expected = q.want(p.who) if good else 401
        if expected == "skip":
            continue
        method, path, body, headers, token = (*(q.ask(p) if good else refused(q, p)), None, None, None)[:5]
        reply = scene.wire.ask(token or p.token, method, path, body, headers)
        where = f"{route} ({q.about}): {p.who.name}"
        tally.reply("routes", where, expected, reply)
        if q.check and reply.status == 200:
            tally.cell("lists", q.check(p, reply), where, "only what one may see", reply.text[:200])
        hidden = expected if isinstance(expected, set) else {expected}
        if q.twin and 404 in hidden and UUID.search(path + str(body and isinstance(body, dict) and body.get("scope_id"))):  # the same question about what does not exist is answered the same
            if isinstance(body, dict) and "scope_id" in body:
                body = {**body, "scope_id": random_id()}
            twin = scene.wire.ask(p.token, method, UUID.sub(lambda m: random_id(), path), body, headers)
            tally.cell("indistinguishable", plain(twin) == plain(reply), where, plain(twin), plain(reply))


def refused(q, p):
    """What is asked by whoever is to be stopped at the door: the same, without the preparations that need a person."""
    try:
        method, path, *rest = q.ask(p)
    except (KeyError, TypeError, AttributeError):
        method, path, rest = "DELETE", "/session", []
    body, headers = (*rest, None, None)[:2]
    return method, path, body, headers
