# SPDX-License-Identifier: Apache-2.0
"""The scene of the cells: two spaces on one server, the same workflows and the same names of roles in both, one application in every
state that a workflow has, and everyone who could wrongly get at one. Everything is made over HTTP, as people would."""
import copy
import datetime
import http.client
import json
import pathlib
import re
import sys
import time
import types
import uuid

import yaml

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "support"), str(HERE.parent / "api")]
import oracle  # noqa: E402
import scenarios  # noqa: E402
from jalon import ROOT, Api, Problem, Server  # noqa: E402
from oracle import Holding, Persona, Place  # noqa: E402

FILES = {"peculiar": HERE / "peculiar.yaml", "appel-a-communs": ROOT / "workflows/appel-a-communs.yaml", "cte": ROOT / "workflows/cte.yaml"}
PAST = {"from_at": "2001-01-01T00:00:00Z", "until_at": "2002-01-01T00:00:00Z"}
TO_COME = {"from_at": "2098-01-01T00:00:00Z"}
HOUR = datetime.timedelta(hours=1)
TERRITORIES = [{"code": code, "kind": kind, "name": name, "parents": parents} for code, kind, name, parents in (
    ("FR", "nation", "France", []), ("REG-04", "region", "La Réunion", ["FR"]), ("REG-93", "region", "Provence", ["FR"]),
    ("DEP-974", "departement", "La Réunion", ["REG-04"]), ("COM-97407", "commune", "Le Port", ["DEP-974"]), ("COM-97411", "commune", "Saint-Denis", ["DEP-974"]))]
UNDER = frozenset({"COM-97407", "DEP-974", "REG-04", "FR"})  # where every dossier of the scene stands
DATA = {"declare_eligible": {"appel-a-communs": {"open_license": True, "community": True, "documented": True, "challenge": True}, "cte": {"themes": ["eco-mobility"]}}}
REASON = {"reason": "Pour cette raison précise."}
PDF = {"Content-Type": "application/pdf"}


def stamp(moment):
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


class Reply:
    def __init__(self, status, headers, raw):
        self.status, self.headers, self.raw = status, headers, raw
        self.json = json.loads(raw) if raw and "json" in headers.get("content-type", "") else None

    @property
    def text(self):
        return self.raw.decode(errors="replace")


class Wire:
    """One connection for everyone: an answer is an answer, whatever it says."""

    def __init__(self, port):
        self.link, self.count = http.client.HTTPConnection("127.0.0.1", port, timeout=60), 0

    def ask(self, token, method, path, body=None, headers=None):
        sent = {"Accept-Language": "en", **(headers or {})}
        if token:
            sent["Authorization"] = "Bearer " + token
        if isinstance(body, (dict, list)):
            body = json.dumps(body)
            sent.setdefault("Content-Type", "application/json")
        if not path.startswith(("/api/", "/health", "/metrics", "/openapi", "/problems")) and (method, path) not in (("GET", "/"), ("GET", "/sign-in")):
            path = "/api/v1" + path
        self.count += 1
        for attempt in (1, 2):
            try:
                self.link.request(method, path, body.encode() if isinstance(body, str) else body, sent)
                reply = self.link.getresponse()
                raw = reply.read()
                break
            except (http.client.HTTPException, OSError):
                self.link.close()
                if attempt == 2:
                    raise
        return Reply(reply.status, {k.lower(): v for k, v in reply.getheaders()}, raw)


# ---- people

def general():
    """People of every workflow: around the dossier, around the space, and those who show something that is good no longer."""
    us, dossier = "our organisation", "the dossier"
    rights = (Holding("carrier", "organisation", us), Holding("manager", "space", "our space"))
    return [
        Persona("nobody", shows="nothing"), Persona("a wrong token", shows="a wrong token"), Persona("a revoked token", rights, "a revoked token"),
        Persona("an expired token", rights, "an expired token"), Persona("an ended session", rights, "an ended session"),
        Persona("a stranger"), Persona("an administrator", admin=True),
        Persona("the manager", (Holding("manager", "space", "our space"),)),
        Persona("the other manager", (Holding("manager", "space", "the other space"),)),
        Persona("the former manager", (Holding("manager", "space", "our space", "past"),)),
        Persona("the coming manager", (Holding("manager", "space", "our space", "to come"),)),
        Persona("the dismissed manager", (Holding("manager", "space", "our space", "revoked"),)),
        Persona("delegate of the manager", (Holding("manager", "space", "our space", given_by="the manager"),)),
        Persona("coming delegate of the manager", (Holding("manager", "space", "our space", "to come", given_by="the manager"),)),
        Persona("former delegate of the manager", (Holding("manager", "space", "our space", "past", given_by="the manager"),)),
        Persona("dismissed delegate of the manager", (Holding("manager", "space", "our space", "revoked", given_by="the manager"),)),
        Persona("carrier", (Holding("carrier", "dossier", dossier),), member=((us, "member"),)),
        Persona("second carrier", (Holding("carrier", "dossier", dossier),)),
        Persona("author", (Holding("author", "dossier", dossier),)),
        Persona("former author", (Holding("author", "dossier", dossier, "past"),)),
        Persona("coming author", (Holding("author", "dossier", dossier, "to come"),)),
        Persona("dismissed author", (Holding("author", "dossier", dossier, "revoked"),)),
        Persona("carrier of the organisation", (Holding("carrier", "organisation", us),)),
        Persona("author of the organisation", (Holding("author", "organisation", us),)),
        Persona("carrier of another organisation", (Holding("carrier", "organisation", "another organisation"),)),
        Persona("carrier of another dossier", (Holding("carrier", "dossier", "another dossier"),)),
        Persona("member of the organisation", member=((us, "member"),)),
        Persona("owner of the organisation", member=((us, "owner"),)),
        Persona("owner of another organisation", member=(("another organisation", "owner"),)),
    ]


def of_role(flow, role, on, grids, moves):
    """Everyone who has something to do with one role of a workflow: on the right thing, on a wider one, a narrower one, a wrong one, and
    at the wrong time."""
    call, other, foreign = f"{flow}/call", f"{flow}/another call", f"{flow}/foreign call"
    rows = {
        "call": [("", "call", call), (" of another call", "call", other), (" of the other funder", "call", foreign), (" of the space", "space", "our space"),
                 (" of the other space", "space", "the other space"), (" of the platform", "platform", "platform"), (" of the application", "application", "the application")],
        "space": [("", "space", "our space"), (" of the other space", "space", "the other space"), (" of the platform", "platform", "platform"), (" of the call", "call", call)],
        "platform": [("", "platform", "platform"), (" of the space", "space", "our space"), (" of the call", "call", call)],
        "territory": [("", "territory", "COM-97407"), (" of the region", "territory", "REG-04"), (" of another region", "territory", "REG-93"),
                      (" of the next town", "territory", "COM-97411"), (" of the call", "call", call)],
        "organisation": [("", "organisation", "our organisation"), (" of another organisation", "organisation", "another organisation")],
        "application": [("", "application", "the application"), (" of another application", "application", "another application"), (" of the call", "call", call),
                        (" of another call", "call", other)],
    }[on]
    people = [Persona(f"{role}{name}", (Holding(role, scope, target),)) for name, scope, target in rows]
    _, scope, target = rows[0]
    if scope != "application":
        people += [Persona(f"{name} {role}", (Holding(role, scope, target, when),)) for name, when in (("former", "past"), ("coming", "to come"), ("dismissed", "revoked"))]
    if scope != "application":  # those who act for whoever holds it: out of their dates, and for one move alone
        for name, when in (("delegate", "now"), ("former delegate", "past"), ("coming delegate", "to come"), ("dismissed delegate", "revoked")):
            people.append(Persona(f"{name} of {role}", (Holding(role, scope, target, when, given_by=role),)))
        if moves:
            people.append(Persona(f"delegate of {role} for {moves[0]}", (Holding(role, scope, target, given_by=role, moves=moves[:1]),)))
    if on == "call":
        people += [Persona(f"{role}/{name}", (Holding(role, "call", call),)) for name in ("anna", "bruno") if grids]
        people += [Persona(f"author and {role}", (Holding("author", "dossier", f"{flow}/the dossier"), Holding(role, "call", call)))]
    return people


class Person:
    """Somebody with a token: `who` is the declaration that the oracle reads."""

    def __init__(self, who, email):
        self.who, self.email, self.token, self.id, self.api = who, email, None, None, None


# ---- applications

class App:
    """An application in a state, and what was done on the way there, as the one who did it knows."""

    def __init__(self, flow, place):
        self.flow, self.place, self.places, self.filed, self.sealed, self.agreement = flow, place, [], False, False, False
        self.reviews, self.measure, self.measured, self.answers, self.documents, self.history = [], None, None, {}, {}, []
        self.counts, self.decision, self.signed, self.paid, self.kinds = {}, None, set(), [], []

    @property
    def name(self):
        return "+".join(p.rsplit(".", 1)[-1] for p in self.places)


class Stage(scenarios.Stage):
    """Plays steps of a scenario on an application of the scene."""

    def __init__(self, scene, app):
        self.scene, self.app, self.workflow, self.measures, self.roles = scene, app, app.flow, {}, scene
        self.player = types.SimpleNamespace(jalon=scene.jalon, workflows={app.flow: scene.ids[f"{app.flow}/workflow"]})
        self.application, self.dossier, self.carrier = app.id, app.dossier, (scene.actor(app.flow, "carrier").api,)

    def actor(self, who):
        return self.scene.actor(self.app.flow, who).api

    def act(self, step):
        if "review" in step:
            self.actor(step["as"]).put(f"/applications/{self.application}/reviews/{step['review']}", {"content": step["content"], "submit": step.get("submit", True)})
        else:
            super().act(step)
        self.note(step)

    def note(self, step):
        app = self.app
        app.history.append(step)
        if "answer" in step:
            app.answers.update(step["answer"])
        elif "review" in step:
            app.reviews = [r for r in app.reviews if r[:2] != (step["as"], step["review"])] + [(step["as"], step["review"], step.get("submit", True))]
            app.counts.setdefault(step["review"], {})[step["as"]] = step["content"]
        elif "decision" in step:
            app.decision = step["decision"]
        elif "agreement" in step:
            app.agreement = True
        elif "sign" in step:
            app.signed.add(step["as"])
        elif "pay" in step:
            app.paid.append(step["amount"])
        elif "measure" in step:
            app.measure, app.measured = self.measures[step["measure"]], step["measure"]
            app.kinds.append([step["measure"], False])
        elif "validate" in step:
            for row in app.kinds:
                row[1] = row[1] or row[0] == step["validate"]


class Scene:
    def __init__(self, flows=tuple(FILES)):
        self.jalon = Server(movable_clock="true", session_fresh=86400).start()
        try:
            self.build(flows)
        except BaseException:
            self.close()
            raise

    def build(self, flows):
        self.admin, self.wire = self.jalon.admin, Wire(self.jalon.port)
        self.now = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)
        self.opens, self.closes = self.now - 2 * HOUR, self.now + 2 * HOUR
        self.clock(self.now)
        self.flows = {name: oracle.Workflow(yaml.load(FILES[name].read_bytes(), scenarios.Loader)) for name in flows}
        self.ids = {"platform": ""}
        self.people, self.apps, self.extra = {}, [], yaml.load((HERE / "paths.yaml").read_text(), scenarios.Loader)
        self.world()
        self.gather()
        self.endow()
        ended = time.monotonic() + 3
        self.others()
        time.sleep(max(0, ended - time.monotonic()))  # what was good for two seconds is good no longer

    def close(self):
        self.jalon.__exit__()

    # ---- the two funders

    def world(self):
        admin = self.admin
        admin.put("/territories", {"territories": TERRITORIES})
        self.ids |= {row["code"]: row["code"] for row in TERRITORIES}
        for name in ("our organisation", "another organisation", "our funder", "the other funder"):
            self.ids[name] = admin.post("/organisations", {"name": name.capitalize(), "kind": "association"})["id"]
        for name, slug, funder in (("our space", "ours", "our funder"), ("the other space", "theirs", "the other funder")):
            self.ids[name] = admin.post("/spaces", {"slug": slug, "title": {"fr": slug, "en": slug}, "organisation_id": self.ids[funder]})["id"]
        for flow in self.flows:
            for space, calls in (("our space", ("call", "another call")), ("the other space", ("foreign call",))):
                workflow = self.upload(space, FILES[flow].read_bytes())
                self.ids[f"{flow}/workflow" if space == "our space" else f"{flow}/foreign workflow"] = workflow
                admin.post(f"/workflows/{workflow}/versions/1/publish")
                for call in calls:
                    self.ids[f"{flow}/{call}"] = self.call(space, workflow, f"{flow} {call}")

    def upload(self, space, text):
        return self.admin.post(f"/workflows?space_id={self.ids[space]}", text, headers={"Content-Type": "application/yaml"})["workflow_id"]

    def text(self, flow):
        return FILES[flow].read_bytes()

    def call(self, space, workflow, title, opened=True, **more):
        made = self.admin.post("/calls", {"space_id": self.ids[space], "workflow_id": workflow, "title": {"fr": title, "en": title}, "amount": 10**12,
                                          "opens_at": stamp(self.opens), "closes_at": stamp(self.closes), **more})["id"]
        if opened:
            self.admin.post(f"/calls/{made}/open")
        return made

    # ---- people

    def gather(self):
        rows = [(None, who) for who in general()]
        for flow, workflow in self.flows.items():
            grids = {role for grid in workflow.tree.get("grids", {}).values() for role in oracle.as_list(grid["by"])}
            for role, row in workflow.roles.items():
                if row["on"] != "dossier":
                    rows += [(flow, who) for who in of_role(flow, role, row["on"], role in grids, tuple(e for e in workflow.events if any(
                        role in oracle.as_list(m.get("by")) for path in workflow.states for m in workflow.moves_of(path, e))))]
        for number, (flow, who) in enumerate(rows):
            self.people[flow, who.name] = Person(who, f"p{number}@cells.example")
        named = [p for p in self.people.values() if p.who.shows not in ("nothing", "a wrong token")]
        self.sign_in(named)
        for p in self.people.values():
            self.show(p)

    def sign_in(self, people):
        """Everyone asks for a code; the administrator reads them all in the outbox."""
        for p in people:
            Api(self.jalon.base).post("/sign-in", {"email": p.email})
        codes = {}
        for mail in sorted(self.admin.items("/outbox?limit=200"), key=lambda m: int(m["id"])):
            found = re.search(r"[A-Za-z0-9_-]{43}", mail["body"])
            if found:
                codes[mail["recipient"]] = found[0]
        for p in people:
            answer = Api(self.jalon.base).post("/sign-in/link", {"token": codes[p.email]})
            p.token, p.id, p.api = answer["token"], answer["person"]["id"], self.admin.signed(answer["token"])

    def show(self, p):
        """What this person shows at the door."""
        if p.who.shows == "a wrong token":
            p.token = "A" * 43
        elif p.who.shows == "a revoked token":
            made = p.api.post("/tokens", {"label": "revoked"})
            p.api.delete(f"/tokens/{made['id']}")
            p.token = made["token"]
        elif p.who.shows == "an expired token":
            p.token = p.api.post("/tokens", {"label": "brief", "expires_at": stamp(self.moment() + datetime.timedelta(seconds=2))})["token"]
        elif p.who.shows == "an ended session":
            p.api.delete("/session")

    def endow(self):
        """Grants and memberships, but those on dossiers and applications, which begin with these."""
        for p in self.people.values():
            for organisation, part in p.who.member:
                path = f"/organisations/{self.ids[organisation]}/members"
                if not self.admin.post(path, {"person_id": p.id, "role": part})["accepted_at"]:
                    p.api.post(path, {"person_id": p.id, "role": "member"})  # says yes to what is offered
            if p.who.admin:
                self.grant(p, Holding("admin", "platform", "platform"))
            for h in p.who.holds:
                if h.scope not in ("dossier", "application") and not h.given_by:
                    self.grant(p, h)
        for (flow, _), p in self.people.items():
            for h in p.who.holds:
                if h.given_by:
                    self.give_on(self.people[flow, h.given_by], p, h)

    def grant(self, p, h, scope_id=None, by=None):
        body = {"person_id": p.id, "role": h.role, "scope": h.scope, "scope_id": self.ids[h.target] if scope_id is None else scope_id}
        body |= PAST if h.when == "past" else TO_COME if h.when == "to come" else {}
        try:
            made = (by or self.admin).post("/grants", body)["id"]
        except Problem as problem:
            # "A role comes from the workflow file": where no file places it, or a wider one, it cannot be granted, which is as good.
            lines = {row["on"] for f in self.flows.values() for role, row in f.roles.items() if role == h.role}
            if problem.status == 422 and not any(h.scope in oracle.WIDER[on] for on in lines):
                return None
            raise
        if h.when == "revoked":
            p.api.get("/me")  # known to whatever keeps rights in memory
            (by or self.admin).delete(f"/grants/{made}")
        return made

    def give_on(self, giver, p, h):
        """A delegation: the giver lets p act for them. One that has ended was good for a second."""
        grant = next(g["id"] for g in giver.api.get("/me")["grants"] if (g["role"], g["scope"], g["scope_id"]) == (h.role, h.scope, self.ids[h.target]))
        real = datetime.datetime.now(datetime.timezone.utc)
        body = {"grant_id": grant, "person_id": p.id, "until_at": stamp(real + (datetime.timedelta(seconds=2) if h.when == "past" else datetime.timedelta(days=300)))}
        body |= {"from_at": stamp(real + datetime.timedelta(days=200))} if h.when == "to come" else {}
        made = giver.api.post("/delegations", body | ({"moves": list(h.moves)} if h.moves else {}))["id"]
        if h.when == "revoked":
            p.api.get("/me")
            giver.api.delete(f"/delegations/{made}")

    def actor(self, flow, name):
        return self.people.get((flow, name)) or self.people[None, name]

    def around(self, flow):
        """Everyone there is for this workflow."""
        return [p for (f, _), p in self.people.items() if f in (None, flow)]

    # ---- applications

    def given(self, flow):
        extra = self.extra.get(flow, {}).get("given")
        return copy.deepcopy(extra or yaml.load((ROOT / f"workflows/scenarios/{flow}.yaml").read_text(), scenarios.Loader)["given"])

    def others(self):
        """What "another dossier" and "another application" are: beside ours on the same call."""
        self.beside = {}
        p = self.people[None, "carrier of another dossier"]
        for flow in self.flows:
            app = App(flow, Place("another application", f"{flow}/call", "our space", frozenset({"another dossier"}), "none", frozenset()))
            app.dossier = p.api.post("/dossiers", {"title": "À côté"})["id"]
            app.id = p.api.post(f"/calls/{self.ids[f'{flow}/call']}/applications", {"dossier_id": app.dossier})["id"]
            self.refresh(app, p.api)
            self.apps.append(app)
            self.beside[flow] = app
            for q in self.around(flow):
                for h in q.who.holds:
                    if h.target == "another application":
                        self.grant(q, h, app.id)

    def application(self, flow, call="call", only=None):
        """A new draft, with everyone who has a part in its dossier or in it alone, or `only` these names of them."""
        carrier, given = self.people[None, "carrier"], self.given(flow)
        app = App(flow, Place("the application", f"{flow}/{call}", "our space", frozenset({"the dossier", f"{flow}/the dossier"}), "our organisation", UNDER))
        app.dossier = carrier.api.post("/dossiers", {"title": "Notre projet", "organisation_id": self.ids["our organisation"], "territories": ["COM-97407"]})["id"]
        parts = [q for q in self.around(flow) if only is None or q.who.name in only]
        for q in parts:
            for h in q.who.holds:
                if h.scope == "dossier" and h.target in app.place.dossier and q is not carrier:
                    self.grant(q, h, app.dossier, carrier.api)
        app.id = carrier.api.post(f"/calls/{self.ids[f'{flow}/{call}']}/applications", {"dossier_id": app.dossier})["id"]
        for q in parts:
            for h in q.who.holds:
                if h.target == "the application":
                    self.grant(q, h, app.id)
        stage = Stage(self, app)
        answers = {**given["dossier"], "territories": ["COM-97407"]}
        stage.answer(answers)
        app.answers = dict(answers)
        for kind, count in given.get("documents", {}).items():
            kind = kind if "/" in kind or "dictionary" in json.dumps(self.flows[flow].tree["documents"].get(kind, {})) else f"{flow}/{kind}"
            for _ in range(count):
                made = carrier.api.post(f"/dossiers/{app.dossier}/documents?kind={kind}&name=x.pdf", scenarios.PDF, headers=PDF)
                app.documents[kind.rsplit("/", 1)[-1]] = made["id"]
        self.refresh(app)
        return app, stage

    def refresh(self, app, api=None):
        seen = (api or self.people[None, "carrier"].api).get(f"/applications/{app.id}").json
        app.places, app.sealed, app.version = seen["places"], seen["sealed_version"] is not None, seen["version"]
        app.filed = app.filed or app.sealed
        return app

    def play(self, flow, steps, call="call", only=None):
        app, stage = self.application(flow, call, only and only | {step["as"] for step in steps})
        for step in steps:
            stage.act(step)
            if step.get("do") in ("submit", "send_sheet"):
                app.filed = True
        self.refresh(app)
        return app

    # ---- ways

    def ways(self, flow):
        """Configuration -> the shortest list of steps that reaches it, out of the scenarios and paths.yaml, which marks some that are
        reached once more with more done in them."""
        found = {(): []}

        def learn(steps, before=()):
            done = list(before)
            for step in steps:
                if "refused" in step or "open" in step or "closed" in step:
                    continue
                if "clock" in step or "wait" in step:
                    return
                done.append(step)
                if "then" in step:
                    key = tuple(sorted([step["then"]] if isinstance(step["then"], str) else step["then"])) + tuple(["#" + step["mark"]] if "mark" in step else [])
                    if key not in found or len(done) < len(found[key]):
                        found[key] = list(done)
        file = ROOT / f"workflows/scenarios/{flow}.yaml"
        for scenario in yaml.load(file.read_text(), scenarios.Loader)["scenarios"] if file.exists() else []:
            if "given" not in scenario:
                learn(scenario["steps"])
        for way in self.extra.get(flow, {}).get("ways", []):
            if isinstance(way, list):
                learn(way)
            else:
                learn(way["steps"], found[(way["from"],)])
        return found

    # ---- time

    def clock(self, moment):
        self.admin.post("/clock", {"now": stamp(moment)})
        self.set_at, self.set_to = time.monotonic(), moment

    def moment(self):
        return self.set_to + datetime.timedelta(seconds=time.monotonic() - self.set_at)

    def settle(self):
        for _ in range(500):
            if self.admin.get("/clock")["due"] == 0:
                return
            time.sleep(0.02)
        raise AssertionError("timers that fell due were not fired")

    def go(self, moment):
        """Moves the clock and looks again where everything stands: states are an input of the oracle, rights are its output."""
        self.clock(moment)
        self.settle()
        for app in self.apps:
            self.refresh(app, self.people[None, "carrier of another dossier"].api if "another dossier" in app.place.dossier else None)

    # ---- what guards are about

    def facts(self, app, event):
        flow = self.flows[app.flow]
        box = Box
        tree = flow.tree
        reviews = {}
        for grid, row in tree.get("grids", {}).items():
            given = [content for who, content in app.counts.get(grid, {}).items() if (who, grid, True) in app.reviews]
            figures = {"count": len(given)}
            if "matrix" in row:
                figures["red"] = sum(row["matrix"]["colours"][r["probability"] - 1][r["gravity"] - 1] == "red" for c in given for r in c["risks"])
            else:
                weights = {name: c.get("weight", 1) for name, c in row["criteria"].items()}
                means = [sum(c["scores"][k] * w for k, w in weights.items()) / sum(weights.values()) for c in given]
                if means:
                    figures |= {"mean": sum(means) / len(means), "spread": max(means) - min(means), "diverges": max(means) - min(means) > row.get("divergence", 1e9)}
            reviews[grid] = box(figures)
        measures = {i: box({"count": sum(k == i for k, _ in app.kinds), "validated": sum(k == i and v for k, v in app.kinds)}) for i in tree.get("indicators", {})}

        def complete(form):
            needed = tree["forms"][form].get("required", [])
            documents = [d for d, row in tree.get("documents", {}).items() if row.get("form") == form and row.get("required")]
            return all(n in app.answers for n in needed) and all(d in app.documents for d in documents)
        return {"now": self.moment(), "call": box({"opens_at": self.opens, "closes_at": self.closes}), "dossier": box(app.answers),
                "documents": box({d: 1 for d in app.documents}), "reviews": box(reviews), "measures": box(measures), "complete": complete,
                "decision": box({"made": bool(app.decision), **(app.decision or {})}), "agreement": box({"made": app.agreement, "signed": len(app.signed) >= 2}),
                "payments": box({"count": len(app.paid), "total": sum(app.paid)}), "event": box({"data": box(self.data(app.flow, event))}), "years": 0}

    def data(self, flow, event):
        row = self.flows[flow].tree.get("events", {}).get(event, {}).get("data")
        return DATA.get(event, {}).get(flow) or (REASON if row else {})


class Box:
    def __init__(self, rows):
        self.__dict__.update(rows)

    def __getattr__(self, name):
        return 0


def random_id():
    return str(uuid.uuid4())
