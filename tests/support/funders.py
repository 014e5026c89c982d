# SPDX-License-Identifier: Apache-2.0
"""Two funders, each with its own workflow, call and people: whole paths in few moves, for tests of privacy and of money."""
from jalon import sign_in

TEXT = """jalon: 1
id: {id}
title: {{fr: "{title}"}}
roles:
  carrier: {{title: Carrier, on: dossier, sees: [forms, documents, decision, agreement, requests, measures, messages, history]}}
  author: {{title: Author, on: dossier, sees: [forms, documents, messages]}}
  clerk: {{title: Clerk, on: call, sees: [forms, documents, reviews, decision, agreement, requests, measures, messages, history]}}
  expert: {{title: Expert, on: call, sees: [forms, documents]}}
  jury: {{title: Jury, on: call, sees: [forms, reviews]}}
  board: {{title: Board, on: call, sees: [forms, documents, reviews, decision]}}
  mayor: {{title: Mayor, on: space, sees: [decision, agreement]}}
  treasurer: {{title: Treasurer, on: space, sees: [agreement, requests]}}
forms:
  main:
    title: Main
    type: object
    properties:
      title: {{$ref: "dictionary#/title"}}
      summary: {{$ref: "dictionary#/summary"}}
      territories: {{$ref: "dictionary#/territories"}}
      plan: {{type: string, maxLength: 200}}
      requested: {{type: integer, minimum: 0, maximum: 100000000}}
documents:
  statutes: {{$ref: "dictionary#/documents/statutes"}}
  plan: {{title: Plan}}
grids:
  blind: {{title: Blind, by: expert, reviews: 2, blind: true, criteria: {{worth: {{title: Worth, weight: 1, scale: {{1: Low, 3: Fair, 5: High}}}}}}}}
  open: {{title: Open, by: jury, reviews: 1, criteria: {{worth: {{title: Worth, weight: 1, scale: {{1: Low, 3: Fair, 5: High}}}}}}}}
indicators:
  trees: {{title: Trees, unit: trees, direction: up}}
decision: {{kinds: [granted, partial, waiting, refused]}}
instalments:
  advance: {{title: Advance, share: 30}}
  balance: {{title: Balance, share: 70}}
events:
  submit: {{title: File}}
  reopen: {{title: Reopen}}
  agree: {{title: To the agreement}}
  halt: {{title: Halt}}
  weigh: {{title: Weigh}}
initial: draft
states:
  draft: {{title: Draft, stage: submission, edit: {{carrier: [forms, documents], author: [forms, documents]}}, on: {{submit: {{by: carrier, to: filed, if: "now < call.closes_at", do: [seal]}}}}}}
  filed:
    title: Filed
    stage: evaluation
    edit: {{carrier: [messages], clerk: [messages], expert: [review.blind], jury: [review.open], board: [decision]}}
    on:
      reopen: {{by: clerk, to: reopened, do: [unseal]}}
      weigh: {{by: clerk, to: filed, if: "reviews.blind.mean > 4.0"}}
      agree: {{by: clerk, to: funded, if: "decision.made && decision.kind == 'granted'"}}
  reopened: {{title: Reopened, stage: submission, edit: {{carrier: [forms, documents]}}, on: {{submit: {{by: carrier, to: filed, do: [seal]}}}}}}
  funded:
    title: Funded
    stage: funding
    edit:
      carrier: [signature, requests, measures, documents, messages]
      author: [measures]
      clerk: [agreement, approval, validation, messages]
      mayor: [signature]
      treasurer: [payment]
      board: [decision]
    on:
      halt: {{by: clerk, to: halted}}
  halted: {{type: final, title: Halted, stage: impact}}
"""


class Funder:
    """A space with one open call: `funder.clerk`, `.expert`, `.expert2`, `.jury`, `.board`, `.mayor`, `.treasurer` are Apis."""

    def __init__(self, jalon, name, ident=None, amount=100000):
        self.admin, self.name, admin = jalon.admin, name, jalon.admin
        self.organisation = admin.post("/organisations", {"name": f"Financeur {name}", "kind": "public-body"})["id"]
        self.space = admin.post("/spaces", {"slug": name, "title": {"fr": name}, "organisation_id": self.organisation})["id"]
        made = admin.post(f"/workflows?space_id={self.space}", TEXT.format(id=ident or name, title=name), headers={"Content-Type": "application/yaml"})
        self.workflow = made["workflow_id"]
        admin.post(f"/workflows/{self.workflow}/versions/{made['version']}/publish")
        self.team = []  # role and id of everyone who works on each call
        for name in ("clerk", "expert", "expert2", "jury", "board"):
            api, ident = self.person(name)
            setattr(self, name, api)
            self.team.append((name.rstrip("2"), ident))
        self.mayor, self.treasurer = (self.person(role, role, "space")[0] for role in ("mayor", "treasurer"))
        self.call = self.new_call(amount)

    def new_call(self, amount):
        """Another open call with the same team."""
        call = self.admin.post("/calls", {"space_id": self.space, "workflow_id": self.workflow, "title": {"fr": f"Appel {self.name}"},
                                          "opens_at": "2020-01-01T00:00:00Z", "closes_at": "2099-01-01T00:00:00Z", "amount": amount})["id"]
        self.admin.post(f"/calls/{call}/open")
        for role, ident in self.team:
            self.admin.post("/grants", {"person_id": ident, "role": role, "scope": "call", "scope_id": call})
        return call

    def person(self, local, role=None, scope="call", scope_id=None, **dates):
        api, ident = sign_in(self.admin, f"{local}@{self.name}.example")
        if role:
            scope_id = scope_id or (self.space if scope == "space" else self.call)
            self.admin.post("/grants", {"person_id": ident, "role": role, "scope": scope, "scope_id": scope_id, **dates})
        return api, ident

    def answer(self, carrier, dossier, **answers):
        etag = carrier.get(f"/dossiers/{dossier}").headers["etag"]
        return carrier.patch(f"/dossiers/{dossier}", {"workflow_id": self.workflow, "answers": answers}, etag=etag)

    @staticmethod
    def move(api, application, event):
        return api.post(f"/applications/{application}/moves", {"event": event})

    def apply(self, carrier, dossier=None, call=None, file=True, **answers):
        """Opens an application of the dossier, a new one if none is named, answers, and files it. Gives both ids."""
        dossier = dossier or carrier.post("/dossiers", {"title": "Projet"})["id"]
        application = carrier.post(f"/calls/{call or self.call}/applications", {"dossier_id": dossier})["id"]
        if answers:
            self.answer(carrier, dossier, **answers)
        if file:
            self.move(carrier, application, "submit")
        return application, dossier

    def decide(self, application, amount, kind="granted", api=None, **kw):
        return (api or self.board).post(f"/applications/{application}/decisions", {"kind": kind, "amount": amount}, **kw)

    def fund(self, carrier, application, amount):
        """From filed to a signed agreement of `amount`."""
        self.decide(application, amount)
        self.move(self.clerk, application, "agree")
        path = f"/applications/{application}/agreement"
        self.clerk.post(path, {})
        carrier.post(f"{path}/signatures", {"role": "carrier"})
        self.mayor.post(f"{path}/signatures", {"role": "mayor"})
