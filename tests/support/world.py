# SPDX-License-Identifier: Apache-2.0
"""A small world for fault tests: a workflow of two states, one call, and as many applications as asked."""
from jalon import sign_in

TOGGLE = """jalon: 1
id: toggle
title: {fr: Bascule, en: Toggle}
roles:
  carrier: {title: {fr: Porteur, en: Carrier}, on: dossier, sees: [forms, documents, history, messages]}
  clerk: {title: {fr: Instructeur, en: Clerk}, on: call, sees: [forms, documents, history, messages]}
forms:
  main:
    title: {fr: Projet, en: Project}
    type: object
    properties: {title: {$ref: "dictionary#/title"}}
events:
  flip:
    title: {fr: Basculer, en: Flip}
    data: {type: object, additionalProperties: false, properties: {n: {type: string, maxLength: 40}}}
  close: {title: {fr: Clore, en: Close}}
initial: left
states:
  left:
    title: {fr: Gauche, en: Left}
    stage: submission
    edit: {carrier: [forms, documents, messages], clerk: [messages]}
    on: {flip: {by: carrier, to: right}, close: {by: clerk, to: closed}}
  right:
    title: {fr: Droite, en: Right}
    stage: evaluation
    edit: {carrier: [forms, documents, messages], clerk: [messages]}
    on: {flip: {by: carrier, to: left}}
  closed: {type: final, title: {fr: Clos, en: Closed}}
"""


class World:
    def __init__(self, jalon, text=TOGGLE, opens="2020-01-01T00:00:00Z", closes="2099-01-01T00:00:00Z"):
        self.jalon, admin = jalon, jalon.admin
        self.organisation = admin.post("/organisations", {"name": "Financeur", "siren": "249740101", "kind": "epci"})["id"]
        self.space = admin.post("/spaces", {"slug": "monde", "title": {"fr": "Monde"}, "organisation_id": self.organisation})["id"]
        made = admin.post(f"/workflows?space_id={self.space}", text, headers={"Content-Type": "application/yaml"})
        self.workflow = made["workflow_id"]
        admin.post(f"/workflows/{self.workflow}/versions/{made['version']}/publish")
        self.call = admin.post("/calls", {"space_id": self.space, "workflow_id": self.workflow, "title": {"fr": "Appel"},
                                          "opens_at": opens, "closes_at": closes, "amount": 0})["id"]
        admin.post(f"/calls/{self.call}/open")
        self.carrier, self.carrier_id = sign_in(admin, "carrier@monde.example")

    def application(self, title="Projet"):
        dossier = self.carrier.post("/dossiers", {})["id"]
        etag = self.carrier.get(f"/dossiers/{dossier}").headers["etag"]
        self.carrier.patch(f"/dossiers/{dossier}", {"answers": {"title": title}}, etag=etag)
        return self.carrier.post(f"/calls/{self.call}/applications", {"dossier_id": dossier})["id"], dossier

    def person(self, name, role=None, scope="call"):
        api, ident = sign_in(self.jalon.admin, f"{name}@monde.example")
        if role:
            scope_id = {"call": self.call, "space": self.space}[scope]
            self.jalon.admin.post("/grants", {"person_id": ident, "role": role, "scope": scope, "scope_id": scope_id})
        return api, ident
