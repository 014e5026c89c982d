# SPDX-License-Identifier: Apache-2.0
"""One whole call, from first draft to validated impact, through the REST API.

The ecological transition contract of the TCO (La Réunion) and, beside it, the call for commons: one of the dossiers is
filed to both, nothing is copied or asked twice, and neither funder sees the other's scores. Each step prints a sentence.

usage: story.py --base URL     (the administrator's token is read from JALON_TOKEN)
"""
import argparse
import datetime
import json
import os
import pathlib
import sys

from client import Api, Problem, sign_in

ROOT = pathlib.Path(__file__).resolve().parent.parent
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
EURO = 100
steps = 0


def say(sentence):
    global steps
    steps += 1
    print(f"{steps:3}. {sentence}", flush=True)


def expect(truth, sentence):
    if not truth:
        raise SystemExit(f"The story breaks: {sentence}")


def refused(call, *kinds):
    """Runs `call`, which must be refused with one of these problem types; returns the sentence of the first reason."""
    try:
        call()
    except Problem as problem:
        expect(problem.type in kinds, f"refused as {problem.type}, expected {kinds}: {problem}")
        return problem.errors[0]["detail"] if problem.errors else problem.document.get("detail", "")
    raise SystemExit(f"The story breaks: a request was accepted that should be refused ({kinds})")


def money(cents):
    return f"{cents / 100:,.0f} €".replace(",", " ")


def days(n):
    moment = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=n)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


# ---- what the demo is made of

ORGANISATIONS = {
    "tco": ("Territoire de l'Ouest (TCO)", "249740101", "epci"),
    "ademe": ("ADEME", "385290309", "public-body"),
    "ign": ("IGN", "180067019", "public-body"),
    "anct": ("ANCT", "130026032", "public-body"),
    "velo": ("Kaz Vélo", "918404948", "association"),
    "saint-paul": ("Commune de Saint-Paul", "219740156", "commune"),
    "recyclerie": ("Recyclerie des Hauts", "968465260", "association"),
    "ferme": ("Ferme hydroponique de La Possession", "949000723", "company"),
    "autopartage": ("Autopartage du Port", "907270631", "cooperative"),
}

TEAM_CTE = [("tcopil", "Aurélie Payet", "aurelie.payet"), ("tcopil", "Jean-Marc Hoarau", "jean-marc.hoarau"),
            ("facilitator", "Nadia Grondin", "nadia.grondin"), ("finance", "Éric Técher", "eric.techer"),
            ("legal", "Sophie Lebon", "sophie.lebon"), ("copil", "Présidence du COPIL", "copil"),
            ("prefect", "Préfecture de La Réunion", "prefecture")]
TEAM_COMMONS = [("clerk", "Claire Morel", "claire.morel"), ("referent", "Direction régionale", "dr-reunion"),
                ("expert", "Paul Girard", "paul.girard"), ("expert", "Inès Benali", "ines.benali"),
                ("committee", "Comité de sélection", "comite"), ("signatory", "Direction exécutive", "signataire")]

# carrier, title, commune, theme, total and requested in euros, scores of the two members (opportunity, feasibility), risks
PROJECTS = [
    ("velo", "Kaz Vélo, atelier et bibliothèque de vélos partagés", "COM-97407", "eco-mobility", 120000, 60000,
     [(5, 5, 3, 3), (5, 3, 5, 3)], [(5, 5, 3, 3), (3, 5, 3, 5)], [(2, 2), (1, 3)]),
    ("saint-paul", "Ombrières solaires du marché de Saint-Paul", "COM-97415", "renewable-production", 900000, 400000,
     [(5, 3, 5, 3), (5, 5, 5, 3)], [(5, 5, 5, 5), (5, 5, 3, 5)], [(2, 3), (3, 2)]),
    ("recyclerie", "Recyclerie des Hauts de Trois-Bassins", "COM-97423", "circular-economy", 260000, 150000,
     [(3, 3, 5, 3), (5, 3, 3, 3)], [(3, 3, 3, 3), (3, 5, 3, 3)], [(3, 3)]),
    ("ferme", "Ferme hydroponique de La Possession", "COM-97408", "circular-economy", 700000, 300000,
     [(1, 3, 1, 3), (3, 1, 1, 3)], [(3, 1, 3, 3), (1, 3, 3, 3)], []),
    ("autopartage", "Autopartage électrique du Port", "COM-97407", "eco-mobility", 400000, 200000,
     [(3, 3, 3, 3), (3, 3, 5, 3)], [(3, 3, 3, 3), (3, 3, 3, 3)], [(2, 2)]),
]
OPPORTUNITY = ("political_priority", "risk_control", "user_benefit", "return_on_investment")
FEASIBILITY = ("calendar", "mobilisation", "financial_capacity", "technical_capacity")


class Story:
    def __init__(self, base, token):
        self.admin = Api(base, token, lang="en")
        self.organisations, self.people, self.workflows, self.dossiers, self.tracks = {}, {}, {}, {}, {}

    # ---- the ground

    def ground(self):
        territories = json.loads((ROOT / "deploy/territories.json").read_text())
        self.admin.put("/territories", {"territories": territories})
        say(f"{len(territories)} territories are loaded, from communes to the nation.")
        for key, (name, siren, kind) in ORGANISATIONS.items():
            self.organisations[key] = self.admin.post("/organisations", {"name": name, "siren": siren, "kind": kind})["id"]
        say(f"{len(ORGANISATIONS)} organisations are registered, each with a SIREN that holds.")
        self.spaces = {
            "tco": self.space("tco", {"fr": "Territoire de l'Ouest", "en": "Western Territory"}, "tco"),
            "ademe": self.space("ademe", {"fr": "ADEME, appels à communs", "en": "ADEME, calls for commons"}, "ademe"),
        }
        say("Two funders have their own space: the TCO and ADEME.")

    def space(self, slug, title, organisation):
        return self.admin.post("/spaces", {"slug": slug, "title": title, "organisation_id": self.organisations[organisation]})["id"]

    def person(self, email, name):
        if email not in self.people:
            api, ident = sign_in(self.admin, email)
            api.patch("/me", {"name": name}, etag=None)
            self.people[email] = (api, ident)
        return self.people[email]

    def grant(self, person, role, scope, scope_id):
        self.admin.post("/grants", {"person_id": person, "role": role, "scope": scope, "scope_id": scope_id})

    def workflow(self, space, name):
        text = (ROOT / f"workflows/{name}.yaml").read_bytes()
        made = self.admin.post(f"/workflows?space_id={self.spaces[space]}", text, headers={"Content-Type": "application/yaml"})
        self.admin.post(f"/workflows/{made['workflow_id']}/versions/{made['version']}/publish")
        self.workflows[name] = made["workflow_id"]
        return made["workflow_id"]

    def call(self, space, workflow, title, amount, funders, cutoffs, themes):
        call = self.admin.post("/calls", {
            "space_id": self.spaces[space], "workflow_id": workflow, "title": title, "opens_at": days(-1), "closes_at": days(240),
            "cutoffs": [days(n) for n in cutoffs], "amount": amount * EURO, "themes": themes, "territories": ["REG-04"],
            "funders": [{"organisation_id": self.organisations[key], "amount": part * EURO} for key, part in funders]})
        self.admin.post(f"/calls/{call['id']}/open")
        return call["id"]

    def team(self, members, space, call):
        for role, name, local in members:
            api, ident = self.person(f"{local}@{space}.example", name)
            scope = ("space", self.spaces[space]) if role in ("prefect", "signatory") else ("call", call)
            self.grant(ident, role, *scope)
            self.tracks.setdefault((space, role), []).append(api)

    def who(self, space, role, n=0):
        return self.tracks[(space, role)][n]

    def calls(self):
        cte = self.workflow("tco", "cte")
        self.cte = self.call("tco", cte, {"fr": "Contrat de transition écologique du TCO", "en": "Ecological transition contract of the TCO"},
                             600000, [("tco", 600000)], [90, 240], [])
        say(f"The TCO opens its contract on the CTE workflow, envelope {money(600000 * EURO)}, two cut-off dates.")
        commons = self.workflow("ademe", "appel-a-communs")
        self.commons = self.call("ademe", commons, {"fr": "Appel à communs, sobriété et résilience", "en": "Call for commons, sobriety and resilience"},
                                 1000000, [("ademe", 1000000), ("ign", 0), ("anct", 0)], [30, 150, 240], [])
        say("ADEME, with IGN and ANCT, opens its call for commons: 1 M€, three cut-off dates.")
        self.team(TEAM_CTE, "tco", self.cte)
        self.team(TEAM_COMMONS, "ademe", self.commons)
        say(f"{len(TEAM_CTE)} people instruct for the TCO and {len(TEAM_COMMONS)} for ADEME; each signed in by a mailed link.")

    # ---- one dossier

    def write(self, index, project):
        carrier, title, commune, theme, total, requested, *_ = project
        name, siren, kind = ORGANISATIONS[carrier]
        api, ident = self.person(f"{carrier}@porteurs.example", f"Équipe {name}")
        self.admin.post(f"/organisations/{self.organisations[carrier]}/members", {"person_id": ident, "role": "owner"})
        dossier = api.post("/dossiers", {"organisation_id": self.organisations[carrier], "themes": [theme], "territories": [commune]})
        path = f"/dossiers/{dossier['id']}"
        etag = dossier.headers["etag"]
        shared = {"title": title, "summary": f"{title} : un projet concret du territoire, porté par {name}.", "maturity": "prototype",
                  "organisation_name": name, "organisation_kind": kind, "siren": siren, "contact_name": f"Équipe {name}",
                  "contact_email": f"{carrier}@porteurs.example", "territories": [commune], "themes": [theme],
                  "beneficiaries": "Les habitants de la commune.", "total": total * EURO}
        for member, value in shared.items():  # autosave: one field at a time
            etag = api.patch(path, {"answers": {member: value}}, etag=etag).headers["etag"]
        own = {"charter": True, "objectives": "Réduire les émissions et créer de l'activité locale.", "impact_zone": "local",
               "requested": requested * EURO}
        etag = api.patch(path, {"workflow_id": self.workflows["cte"], "answers": own}, etag=etag).headers["etag"]
        for document in ("statutes", "budget"):
            self.upload(api, path, document)
        self.dossiers[carrier] = (api, dossier["id"])
        return api, dossier["id"]

    @staticmethod
    def upload(api, path, kind):
        return api.post(f"{path}/documents?kind={kind}&name={kind}.pdf", PDF, headers={"Content-Type": "application/pdf"})

    @staticmethod
    def move(api, application, event, data=None):
        body = {"event": event, **({"data": data} if data is not None else {})}
        return api.post(f"/applications/{application}/moves", body)

    def places(self, api, application):
        return api.get(f"/applications/{application}")["places"]

    def submit(self):
        for index, project in enumerate(PROJECTS):
            api, dossier = self.write(index, project)
            self.tracks[project[0]] = api.post(f"/calls/{self.cte}/applications", {"dossier_id": dossier})["id"]
            if index == 0:
                etag = api.get(f"/dossiers/{dossier}").headers["etag"]
                etag = api.patch(f"/dossiers/{dossier}", {"answers": {"maturity": None}}, etag=etag).headers["etag"]
                reason = refused(lambda: self.move(api, self.tracks["velo"], "submit"), "refused")
                say(f"Kaz Vélo files too early and is told why: “{reason}”")
                stale = refused(lambda: api.patch(f"/dossiers/{dossier}", {"answers": {"maturity": "test"}}, etag='"1"'), "stale")
                say(f"An edit from an old copy is refused: “{stale}”")
                api.patch(f"/dossiers/{dossier}", {"answers": {"maturity": "prototype"}}, etag=etag)
            self.move(api, self.tracks[project[0]], "submit")
            say(f"{ORGANISATIONS[project[0]][0]} files “{project[1]}” and gets its receipt.")
        receipt = self.dossiers["velo"][0].get(f"/applications/{self.tracks['velo']}/receipt").json
        say(f"Receipt {receipt['number']}: version {receipt['dossier_version']}, SHA-256 {receipt['sha256'][:16]}…")

    def second_funder(self):
        api, dossier = self.dossiers["velo"]
        before = api.get(f"/dossiers/{dossier}").json
        etag = api.get(f"/dossiers/{dossier}").headers["etag"]
        own = {"challenges": ["mobility-logistics", "governance"], "families": ["air-mobility"], "open_license": "CC-BY-SA-4.0",
               "community": {"users": 240, "contributors": 18}, "wiki_page": "https://wiki.example.org/Kaz_Velo", "requested": 3000000}
        etag = api.patch(f"/dossiers/{dossier}", {"workflow_id": self.workflows["appel-a-communs"], "answers": own}, etag=etag).headers["etag"]
        etag = api.patch(f"/dossiers/{dossier}", {"answers": {"starts_on": "2027-01-01", "ends_on": "2028-12-31"}}, etag=etag).headers["etag"]
        self.tracks["velo-commons"] = api.post(f"/calls/{self.commons}/applications", {"dossier_id": dossier})["id"]
        self.move(api, self.tracks["velo-commons"], "submit")
        after = api.get(f"/dossiers/{dossier}").json
        kept = all(after["content"][k] == v for k, v in before["content"].items() if not isinstance(v, dict))
        expect(kept and after["id"] == before["id"], "the shared answers stand once, in one dossier")
        say("Kaz Vélo files the same dossier to ADEME: only ADEME's own questions were asked, no document was sent again.")

    # ---- evaluation

    def evaluate(self):
        facilitator = self.who("tco", "facilitator")
        self.move(self.who("tco", "tcopil"), self.tracks["autopartage"], "ask_correction", {"reason": "Précisez le plan de recharge des véhicules."})
        api, dossier = self.dossiers["autopartage"]
        etag = api.get(f"/dossiers/{dossier}").headers["etag"]
        api.patch(f"/dossiers/{dossier}", {"workflow_id": self.workflows["cte"], "answers": {"needs": "Dix bornes de recharge alimentées en solaire."}}, etag=etag)
        self.move(api, self.tracks["autopartage"], "submit")
        say("The technical committee asks Autopartage du Port for more; it answers and files again: a new version is sealed.")
        for project in PROJECTS:
            application = self.tracks[project[0]]
            self.move(self.who("tco", "tcopil"), application, "declare_eligible", {"themes": [project[3]]})
            for grid, criteria, scores in (("opportunite", OPPORTUNITY, project[6]), ("faisabilite", FEASIBILITY, project[7])):
                for member, values in enumerate(scores):
                    self.who("tco", "tcopil", member).put(f"/applications/{application}/reviews/{grid}",
                        {"content": {"scores": dict(zip(criteria, values))}, "submit": True})
        say(f"Two members score {len(PROJECTS)} actions on both matrices, {len(PROJECTS) * 4} reviews.")
        for project in PROJECTS:
            results = facilitator.get(f"/applications/{self.tracks[project[0]]}/results").json
            weights = {"opportunite": (25, 20, 30, 25), "faisabilite": (25, 25, 25, 25)}
            for grid, scores in (("opportunite", project[6]), ("faisabilite", project[7])):
                by_hand = sum(sum(w * v for w, v in zip(weights[grid], row)) / 100 for row in scores) / len(scores)
                expect(abs(results[grid]["mean"] - by_hand) < 1e-9, f"{grid} of {project[0]} is {results[grid]['mean']}, by hand {by_hand}")
        say("The true weighted means agree with the ones computed by hand.")
        reason = refused(lambda: self.move(facilitator, self.tracks["ferme"], "prioritise"), "refused")
        self.move(facilitator, self.tracks["ferme"], "set_aside")
        say(f"The hydroponic farm cannot be prioritised (“{reason}”) and is set aside.")

    def risk_and_sheet(self):
        facilitator = self.who("tco", "facilitator")
        for project in PROJECTS:
            if project[0] == "ferme":
                continue
            application = self.tracks[project[0]]
            api, dossier = self.dossiers[project[0]]
            self.move(facilitator, application, "prioritise")
            risks = [{"label": "Retard de livraison", "kind": "planning", "probability": p, "gravity": g, "countermeasure": "Commande anticipée"} for p, g in project[8]]
            self.who("tco", "tcopil").put(f"/applications/{application}/reviews/risque", {"content": {"risks": risks}, "submit": True})
            self.move(self.who("tco", "tcopil"), application, "accept_risk")
            etag = api.get(f"/dossiers/{dossier}").headers["etag"]
            share = project[5] * EURO
            sheet = {"coherence": "Répond au projet de territoire.", "general_objective": "Réduire l'empreinte du territoire.",
                     "intermediate_objectives": ["Équiper", "Former", "Mesurer"], "expected_impacts": "Moins d'émissions, plus d'emplois.",
                     "results": [{"indicator": "Émissions évitées", "source": "Bilan carbone", "reference": 0, "y2019": 4.5}],
                     "swot": {"strengths": "Équipe en place", "weaknesses": "Trésorerie", "opportunities": "Demande forte", "threats": "Délais"},
                     "calendar": [{"step": "Lancement", "date": "2027-01-15"}]}
            etag = api.patch(f"/dossiers/{dossier}", {"workflow_id": self.workflows["cte"], "answers": sheet}, etag=etag).headers["etag"]
            plan = [{"funder": "TCO (CTE)", "nature": "grant", "public": True, "year": 2027, "amount": share},
                    {"funder": "Fonds propres", "nature": "own-funds", "public": False, "year": 2027, "amount": project[4] * EURO - share}]
            api.patch(f"/dossiers/{dossier}", {"answers": {"starts_on": "2027-01-01", "ends_on": "2028-12-31", "financing_plan": plan}}, etag=etag)
            self.move(api, application, "send_sheet")
            for role, event in (("facilitator", "validate_technical"), ("finance", "validate_financial"), ("legal", "validate_legal")):
                self.move(self.who("tco", role), application, event)
            expect(self.places(facilitator, application) == ["decision.copil_session"], "three validations lead to the steering committee")
        say("Four actions pass the risk matrix; their carriers write the action sheet; it is validated technically, financially and legally.")

    def second_evaluation(self):
        application = self.tracks["velo-commons"]
        clerk = self.who("ademe", "clerk")
        self.move(clerk, application, "declare_eligible", {"open_license": True, "community": True, "documented": True, "challenge": True})
        scores = [{"resilience": 5, "openness": 5, "community": 3, "feasibility": 3}, {"resilience": 5, "openness": 3, "community": 3, "feasibility": 5}]
        for member, values in enumerate(scores):
            self.who("ademe", "expert", member).put(f"/applications/{application}/reviews/expert",
                {"content": {"scores": values, "comments": {"resilience": "Le projet change les usages."}}, "submit": True})
        self.who("ademe", "referent").put(f"/applications/{application}/reviews/local",
            {"content": {"scores": {"anchoring": 5}, "comments": {"anchoring": "Ancré au Port."}}, "submit": True})
        self.move(clerk, application, "to_committee")
        say("Two experts and the regional office give their opinion on Kaz Vélo for ADEME, which brings it to its committee.")
        for api, other in ((self.who("tco", "facilitator"), application), (clerk, self.tracks["velo"])):
            for path in ("", "/reviews", "/results", "/moves", "/dossier"):
                refused(lambda: api.get(f"/applications/{other}{path}"), "not-found")
        say("Neither funder sees the other's track: reviews, scores, history and answers are not found for them.")

    # ---- decision, money, impact

    def decide(self):
        copil = self.who("tco", "copil")
        self.decisions = {"saint-paul": ("granted", 400000), "velo": ("granted", 60000), "recyclerie": ("partial", 100000)}
        for carrier, (kind, amount) in self.decisions.items():
            self.decision(copil, self.tracks[carrier], kind, amount * EURO, "Programmée par le comité de pilotage.")
            say(f"The steering committee: {ORGANISATIONS[carrier][0]}, {kind}, {money(amount * EURO)}.")
        reason = refused(lambda: self.decision(copil, self.tracks["autopartage"], "granted", 200000 * EURO, "Programmée."), "refused", "envelope")
        say(f"200 000 € more would exceed the envelope and is refused: “{reason}”")
        self.decision(copil, self.tracks["autopartage"], "waiting", 0, "En liste d'attente, enveloppe consommée.")
        say("Autopartage du Port goes on the waiting list.")
        self.decision(self.who("ademe", "committee"), self.tracks["velo-commons"], "granted", 30000 * EURO, "Retenu à l'unanimité.")
        say(f"ADEME's committee grants {money(30000 * EURO)} to Kaz Vélo, on its own track and its own envelope.")

    @staticmethod
    def decision(api, application, kind, amount, motive):
        return api.post(f"/applications/{application}/decisions", {"kind": kind, "amount": amount, "conditions": "", "motive": motive})

    def fund(self):
        facilitator, finance = self.who("tco", "facilitator"), self.who("tco", "finance")
        for carrier in self.decisions:
            application = self.tracks[carrier]
            api, dossier = self.dossiers[carrier]
            facilitator.post(f"/applications/{application}/agreement", {"content": {"article_1": "Objet de la convention."}})
            api.post(f"/applications/{application}/agreement/signatures", {"role": "carrier"})
            self.who("tco", "prefect").post(f"/applications/{application}/agreement/signatures", {"role": "prefect"})
            expect(self.places(api, application) == ["funding.running"], "the agreement runs when both have signed")
            if carrier == "velo":
                reason = refused(lambda: api.post(f"/applications/{application}/instalments/interim/request"), "refused")
                say(f"Kaz Vélo asks for the interim payment before the advance: “{reason}”")
            self.pay(api, facilitator, finance, application, "advance")
        say("Three agreements are signed by the carrier and the prefect; the advances of 30 % are requested, approved and paid.")

    @staticmethod
    def pay(api, clerk, payer, application, name):
        api.post(f"/applications/{application}/instalments/{name}/request")
        clerk.post(f"/applications/{application}/instalments/{name}/approve")
        part = next(i for i in clerk.items(f"/applications/{application}/instalments") if i["name"] == name)
        payer.post(f"/applications/{application}/instalments/{name}/payments", {"amount": part["amount"], "reference": f"MANDAT-{name}"})

    def follow(self):
        facilitator, finance = self.who("tco", "facilitator"), self.who("tco", "finance")
        api, dossier = self.dossiers["velo"]
        application = self.tracks["velo"]
        api.put(f"/applications/{application}/targets/emissions", {"baseline": 0, "target": 12.5})
        measure = api.post(f"/applications/{application}/measures", {"indicator": "emissions", "value": 13.2, "period": "2027", "comment": "Comptage des trajets."})
        say("Kaz Vélo measures 13.2 tCO2e avoided, for a target of 12.5.")
        refused(lambda: api.post(f"/measures/{measure['id']}/validate"), "forbidden", "refused")
        self.pay(api, facilitator, finance, application, "interim")
        reason = refused(lambda: api.post(f"/applications/{application}/instalments/balance/request"), "refused")
        say(f"The balance waits for a validated measure: “{reason}”")
        facilitator.post(f"/measures/{measure['id']}/validate")
        say("The facilitator validates the measure: nobody validates their own.")
        self.pay(api, facilitator, finance, application, "balance")
        expect(self.places(api, application) == ["impact.year"], "all is paid: the action goes on to its impacts")
        api.post(f"/applications/{application}/messages", {"body": "Merci ! Le bilan de l'année est en ligne."})
        facilitator.post(f"/applications/{application}/messages", {"body": "Bien reçu, bravo à l'équipe."})
        self.move(self.who("tco", "copil"), application, "close")
        say("The balance is paid, the carrier and the facilitator exchange two messages, the steering committee closes the action.")
        over = refused(lambda: api.post(f"/applications/{application}/instalments/balance/request"), "refused", "forbidden")
        moves = list(api.items(f"/applications/{application}/moves"))
        say(f"Its history holds {len(moves)} moves, each chained to the one before by its hash.")

    # ---- the end

    def results(self):
        facilitator = self.who("tco", "facilitator")
        print(f"\n{'Dossier':<52} {'Call':<8} {'State':<28} {'Opp.':>5} {'Feas.':>5} {'Decided':>12} {'Paid':>12}")
        for key, api, call in [(p[0], facilitator, "CTE") for p in PROJECTS] + [("velo-commons", self.who("ademe", "clerk"), "Communs")]:
            application = api.get(f"/applications/{self.tracks[key]}").json
            results = api.get(f"/applications/{self.tracks[key]}/results").json
            decision = next((d for d in api.items(f"/applications/{self.tracks[key]}/decisions") if not d["replaced_at"]), None)
            paid = sum(p["amount"] for p in api.items(f"/applications/{self.tracks[key]}/payments"))
            means = [results[g]["mean"] for g in ("opportunite", "faisabilite")] if call == "CTE" else [results["expert"]["mean"], results["local"]["mean"]]
            title = next(p[1] for p in PROJECTS if p[0] == key.split("-commons")[0])
            decided = f"{money(decision['amount'])}" if decision and decision["amount"] else decision["kind"] if decision else "—"
            print(f"{title[:52]:<52} {call:<8} {', '.join(application['places'])[:28]:<28} {means[0]:5.2f} {means[1]:5.2f} {decided:>12} {money(paid):>12}")
        print()
        self.observatory()

    def observatory(self):
        seen = self.admin.get("/observatory").json  # everyone else reads no sum over fewer than three owners
        for plural, key in (("stages", "stage"), ("themes", "theme"), ("territories", "name")):
            line = ", ".join(f"{row[key]} {row['dossiers']}" for row in seen[plural])
            print(f"Observatory, dossiers by {plural}: {line}.")
        print(f"Requested {money(seen['requested'])}, decided {money(seen['decided'])}, paid {money(seen['paid'])}.")


def main():
    parser = argparse.ArgumentParser(description="Tells one whole call through the REST API.")
    parser.add_argument("--base", default="http://127.0.0.1:8080")
    base = parser.parse_args().base
    token = os.environ.get("JALON_TOKEN")
    if not token:
        sys.exit("story.py: the administrator's token is needed in JALON_TOKEN (jalon admin EMAIL gives one)")
    story = Story(base, token)
    if any(space["slug"] == "tco" for space in story.admin.items("/spaces")):
        print("The data of an earlier run are here: the story was told already.")
        story.observatory()
        return
    story.ground()
    story.calls()
    story.submit()
    story.second_funder()
    story.evaluate()
    story.risk_and_sheet()
    story.second_evaluation()
    story.decide()
    story.fund()
    story.follow()
    story.results()


if __name__ == "__main__":
    try:
        main()
    except Problem as problem:
        sys.exit(f"The story breaks: {problem}")
