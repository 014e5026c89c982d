# SPDX-License-Identifier: Apache-2.0
"""Plays workflows/scenarios/*.yaml over HTTP, on a server with a movable clock. The engine plays the same files alone."""
import copy
import datetime
import pathlib
import re
import sys
import time
import unittest

import yaml

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from jalon import Problem, ROOT, Server, sign_in  # noqa: E402

PDF = b"%PDF-1.4\n%%EOF\n"
REFUSALS = {409, 403, 422, 404}


def merge(target, patch):
    """RFC 7396."""
    if not isinstance(patch, dict):
        return patch
    out = dict(target) if isinstance(target, dict) else {}
    for key, value in patch.items():
        if value is None:
            out.pop(key, None)
        else:
            out[key] = merge(out.get(key), value)
    return out


class Loader(yaml.SafeLoader):
    """YAML 1.2's few plain words: dates and `on` stay text."""


Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in rows if tag not in ("tag:yaml.org,2002:timestamp", "tag:yaml.org,2002:bool")]
    for first, rows in yaml.SafeLoader.yaml_implicit_resolvers.items()}
Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("^(?:true|false)$"), "tf")


class Stage:
    """One call with its people, for one scenario."""

    def __init__(self, player, workflow, given, steps):
        self.player, self.given, self.workflow = player, given, workflow
        admin = player.jalon.admin
        admin.post("/clock", {"now": given["now"]})
        call = given["call"]
        body = {"space_id": player.space, "workflow_id": player.workflows[workflow], "title": {"fr": call.get("title", "Appel")},
                "opens_at": call["opens_at"], "closes_at": call["closes_at"], "cutoffs": call.get("cutoffs", []),
                "amount": call.get("amount", 0)}
        self.call = admin.post("/calls", body)["id"]
        admin.post(f"/calls/{self.call}/open")
        self.carrier = player.person("carrier")
        self.dossier = self.carrier[0].post("/dossiers", {})["id"]
        self.answer(given.get("dossier", {}))
        for kind, count in given.get("documents", {}).items():
            for _ in range(count):
                self.document(self.carrier[0], kind)
        self.roles = {"carrier": self.carrier[0]}
        for who in {step["as"] for step in steps if "as" in step} | {role for role, on in player.scopes[workflow].items() if on != "dossier"}:
            self.actor(who)
        if given["now"] < call["opens_at"]:  # an application is opened on an open call; the clock then goes back to the scenario's now
            admin.post("/clock", {"now": call["opens_at"]})
            player.settle()
        self.application = self.carrier[0].post(f"/calls/{self.call}/applications", {"dossier_id": self.dossier})["id"]
        admin.post("/clock", {"now": given["now"]})
        self.measures = {}

    def answer(self, flat, api=None):
        api = api or self.carrier[0]
        path = f"/dossiers/{self.dossier}"
        api.patch(path, {"workflow_id": self.player.workflows[self.workflow], "answers": flat}, etag=api.get(path).headers["etag"])

    def document(self, api, kind):
        api.post(f"/dossiers/{self.dossier}/documents?kind={kind}&name={kind}.pdf", PDF, headers={"Content-Type": "application/pdf"})

    def actor(self, who):
        role = who.split("/")[0]
        if who not in self.roles:
            api, ident = self.player.person(who.replace("/", "-"))
            on = self.player.scopes[self.workflow][role]
            scope = {"call": self.call, "space": self.player.space, "dossier": self.dossier}[on]
            try:
                self.player.jalon.admin.post("/grants", {"person_id": ident, "role": role, "scope": on, "scope_id": scope})
            except Problem as problem:
                if problem.status != 409:  # on the space the grant may stand from an earlier scenario
                    raise
            self.roles[who] = api
        return self.roles[who]

    def act(self, step):
        api = self.actor(step["as"]) if "as" in step else None
        base = f"/applications/{self.application}"
        if "do" in step:
            api.post(f"{base}/moves", {"event": step["do"], **({"data": step["data"]} if "data" in step else {})})
        elif "clock" in step or "wait" in step:
            now = step.get("clock") or self.player.later(step["wait"])
            self.player.jalon.admin.post("/clock", {"now": now})
            self.player.settle()
        elif "answer" in step:
            self.answer(step["answer"], api)
        elif "document" in step:
            self.document(api, step["document"])
        elif "review" in step:
            api.put(f"{base}/reviews/{step['review']}", {"content": step["content"], "submit": True})
        elif "decision" in step:
            api.post(f"{base}/decisions", {"conditions": "", "motive": "", **step["decision"]})
        elif "agreement" in step:
            api.post(f"{base}/agreement", {"content": {}, **step["agreement"]})
        elif "sign" in step:
            api.post(f"{base}/agreement/signatures", {"role": step["as"].split("/")[0]})
        elif "request" in step:
            api.post(f"{base}/instalments/{step['request']}/request")
        elif "approve" in step:
            api.post(f"{base}/instalments/{step['approve']}/approve")
        elif "pay" in step:
            api.post(f"{base}/instalments/{step['pay']}/payments", {"amount": step["amount"], "reference": "M1"})
        elif "measure" in step:
            body = {"indicator": step["measure"], "value": step["value"], "period": "", "comment": ""}
            self.measures[step["measure"]] = api.post(f"{base}/measures", body)["id"]
        elif "validate" in step:
            api.post(f"/measures/{self.measures[step['validate']]}/validate")
        elif "contest" in step:
            api.post(f"/measures/{self.measures[step['contest']]}/contest", {"motive": "Source manquante."})
        elif "message" in step:
            api.post(f"{base}/messages", {"body": step["message"]})
        elif "open" in step or "closed" in step:
            moves = {m["event"]: m["open"] for m in api.get(base)["moves"]}
            for name in step.get("open", []):
                assert moves.get(name) is True, f"{name} should be open, moves are {moves}"
            for name in step.get("closed", []):
                assert moves.get(name) is False, f"{name} should be closed, moves are {moves}"
        else:
            raise AssertionError(f"unknown step {step}")

    def play(self, step):
        refused = None
        before = self.player.mails(self) if "mails" in step else []
        try:
            self.act(step)
        except Problem as problem:
            if problem.status not in REFUSALS or "refused" not in step:
                raise
            refused = problem
        if "refused" in step:
            assert refused, f"{step} was accepted"
        application = self.player.jalon_reader(self).get(f"/applications/{self.application}").json
        if "then" in step:
            wanted = step["then"] if isinstance(step["then"], list) else [step["then"]]
            came = [place.rsplit(".", 1)[-1] for place in application["places"]]
            assert sorted(came) == sorted(wanted), f"after {step}: expected {wanted}, came {came}"
        if "sealed" in step:
            assert (application["sealed_version"] is not None) == step["sealed"], f"after {step}: sealed_version {application['sealed_version']}"
        if "mails" in step:
            came = {self.player.mail_id(self, m) for m in self.player.mails(self)[len(before):]}
            assert came == set(step["mails"]), f"after {step}: mails {came}"


class Player:
    def __init__(self, jalon):
        self.jalon, self.people, self.workflows, self.scopes, self.files = jalon, {}, {}, {}, {}
        admin = jalon.admin
        organisation = admin.post("/organisations", {"name": "Financeur", "siren": "249740101", "kind": "epci"})["id"]
        self.space = admin.post("/spaces", {"slug": "essai", "title": {"fr": "Essai"}, "organisation_id": organisation})["id"]

    def load(self, name):
        text = (ROOT / f"workflows/{name}.yaml").read_bytes()
        made = self.jalon.admin.post(f"/workflows?space_id={self.space}", text, headers={"Content-Type": "application/yaml"})
        self.jalon.admin.post(f"/workflows/{made['workflow_id']}/versions/{made['version']}/publish")
        self.workflows[name] = made["workflow_id"]
        self.files[name] = yaml.load(text, Loader)
        self.scopes[name] = {role: row["on"] for role, row in self.files[name]["roles"].items()}

    def person(self, name):
        if name not in self.people:
            self.people[name] = sign_in(self.jalon.admin, f"{name.lower()}@essai.example")
        return self.people[name]

    def jalon_reader(self, stage):
        return stage.carrier[0]

    def later(self, duration):
        now = datetime.datetime.fromisoformat(self.jalon.admin.get("/clock")["now"].replace("Z", "+00:00"))
        months, days = 0, 0
        for number, unit in re.findall(r"(\d+)([YMD])", duration):
            months += int(number) * {"Y": 12, "M": 1, "D": 0}[unit]
            days += int(number) if unit == "D" else 0
        month = now.month - 1 + months
        year, month = now.year + month // 12, month % 12 + 1
        last = (datetime.date(year + month // 12, month % 12 + 1, 1) - datetime.timedelta(days=1)).day
        moved = now.replace(year=year, month=month, day=min(now.day, last)) + datetime.timedelta(days=days, seconds=1)
        return moved.astimezone(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")

    def settle(self):
        """Waits until every due timer has been fired."""
        for _ in range(200):
            if self.jalon.admin.get("/clock")["due"] == 0:
                return
            time.sleep(0.02)
        raise AssertionError("timers that fell due were not fired within 4 s")

    def mails(self, stage):
        """The mails of this application, oldest first."""
        return [m for m in self.jalon.admin.items("/outbox?limit=200") if m["application_id"] == stage.application]

    def mail_id(self, stage, mail):
        """Which mail of the file this is, by its subject."""
        for name, row in self.files[stage.workflow]["mails"].items():
            if re.fullmatch(re.sub(r"\\\{\\\{.*?\\\}\\\}", ".*", re.escape(row["subject"]["fr"])), mail["subject"]):
                return name
        return mail["subject"]


class ScenariosOverHttp(unittest.TestCase):
    """Each scenario of the shipped workflows, through the API."""

    @classmethod
    def setUpClass(cls):
        cls.jalon = Server(movable_clock="true").start()
        cls.addClassCleanup(cls.jalon.__exit__)
        cls.player = Player(cls.jalon)


def add(name, index, scenario, given):
    def test(self):
        if name not in self.player.workflows:
            self.player.load(name)
        stage = Stage(self.player, name, merge(given, scenario.get("given", {})), scenario["steps"])
        for number, step in enumerate(scenario["steps"], 1):
            try:
                stage.play(step)
            except (AssertionError, Problem) as wrong:
                self.fail(f"step {number} {step}: {wrong}")
    test.__doc__ = f"{name}: {scenario['title']}"
    setattr(ScenariosOverHttp, f"test_{name.replace('-', '_')}_{index:02}", test)


for file in sorted((ROOT / "workflows/scenarios").glob("*.yaml")):
    document = yaml.load(file.read_text(), Loader)
    for index, scenario in enumerate(document["scenarios"], 1):
        add(document["workflow"], index, scenario, copy.deepcopy(document.get("given", {})))

if __name__ == "__main__":
    unittest.main()
