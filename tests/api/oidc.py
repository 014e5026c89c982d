# SPDX-License-Identifier: Apache-2.0
"""Signing in at providers: a real one's pages are filled in to the end; a lying one's every lie is refused, and nothing secret is logged."""
import base64
import concurrent.futures
import json
import pathlib
import re
import subprocess
import sys
import time
import unittest
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from jalon import BINARY, Api, Problem, Server, free_port, sign_in  # noqa: E402
from providers import Browser, Real, write_file  # noqa: E402
from rogue import CLIENT, SECRET, Key, Rogue, b64, certificate, hs256  # noqa: E402

JSON = {"Accept": "application/json"}


class Person:
    """Somebody with a browser, before Jalon."""

    def __init__(self, jalon):
        self.base, self.browser = jalon.base, Browser()

    def begin(self, provider, expected=200, headers=None, **body):
        page = self.browser.ask("POST", f"{self.base}/api/v1/sign-in/oidc/{provider}", json.dumps(body),
                                {"Content-Type": "application/json", **JSON, **(headers or {})})
        assert page.status == expected, (page.status, page.text)
        return page.json["location"] if expected == 200 else page

    def back(self, url, headers=JSON):
        return self.browser.ask("GET", url, headers=headers)

    def sign_in_really(self, provider, login, **body):
        """Through the provider's own login and consent pages; the address that it sends the browser back to."""
        page = self.browser.follow(self.browser.ask("GET", self.begin(provider, **body)))
        for fields in ({"login": login, "password": "any"}, {}):
            page = self.browser.follow(self.browser.submit(page, **fields), stop=self.base)
            if isinstance(page, str):
                return page
        raise AssertionError(page.text)


def start(providers, **settings):
    jalon = Server(**settings)
    jalon.settings["providers"] = write_file(jalon.data, providers)
    return jalon


class RealProvider(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.one, cls.two = Real(), Real(token_endpoint_auth_method="client_secret_post", id_token_signed_response_alg="ES256",
                                        userinfo_signed_response_alg="ES256")
        scopes = ["openid", "email", "given_name", "usual_name", "siret", "idp_id"]
        cls.jalon = start({
            "ville": {"title": {"fr": "La ville"}, "issuer": cls.one.issuer, "client_id": "jalon", "secret": "secret-of-the-real-one",
                      "scopes": scopes, "trusts_email": True},
            "proconnect": {"title": {"fr": "ProConnect", "en": "ProConnect"}, "issuer": cls.two.issuer, "client_id": "jalon",
                           "secret": "secret-of-the-real-one", "scopes": scopes, "trusts_email": "always", "client_auth": "post"}})
        cls.addClassCleanup(cls.jalon.__exit__)
        cls.addClassCleanup(cls.one.stop)
        cls.addClassCleanup(cls.two.stop)
        cls.one.start(cls.jalon.base, "ville")
        cls.two.start(cls.jalon.base, "proconnect")
        cls.jalon.start()

    def test_the_ways_to_sign_in_are_told(self):
        """Everybody hears which ways there are: mailed link, password, and each provider by its name and title."""
        ways = Api(self.jalon.base).get("/sign-in/ways")["ways"]
        self.assertEqual([w["kind"] for w in ways], ["link", "password", "oidc", "oidc"])
        self.assertEqual(ways[3], {"kind": "oidc", "name": "proconnect", "title": {"fr": "ProConnect", "en": "ProConnect"}, "available": True})

    def test_a_sign_in_through_login_and_consent(self):
        """RS256, client_secret_basic, plain userinfo: login page, consent page, back with a session of a new account."""
        person = Person(self.jalon)
        page = person.back(person.sign_in_really("ville", "anna"))
        self.assertEqual(page.status, 200, page.text)
        self.assertEqual(page.json["person"]["email"], "anna@ville.example")
        self.assertEqual(page.json["person"]["name"], "Anna Martin")
        me = Api(self.jalon.base, page.json["token"]).get("/me")
        self.assertEqual(me["email"], "anna@ville.example")
        self.assertEqual(page.header("Cache-Control"), "no-store")

    def test_es256_and_a_signed_userinfo_as_proconnect_does(self):
        """ES256, client_secret_post, userinfo as a signed JWT: the claims of ProConnect are kept for the person to read."""
        person = Person(self.jalon)
        page = person.back(person.sign_in_really("proconnect", "boris"))
        self.assertEqual(page.status, 200, page.text)
        [identity] = Api(self.jalon.base, page.json["token"]).get("/me/identities")["items"]
        self.assertEqual((identity["provider"], identity["siret"], identity["given_name"], identity["usual_name"]),
                         ("proconnect", "21310555400017", "Boris", "Martin"))
        self.assertEqual(identity["idp_id"], "71144ab3-ee1a-4401-b7b3-79b44f7daeeb")

    def test_a_browser_is_sent_on_with_a_cookie(self):
        """A browser gets a cookie that scripts cannot read and the page that it wanted; the cookie is its session."""
        person = Person(self.jalon)
        page = person.back(person.sign_in_really("ville", "carla", return_to="/appels?ouverts=1"), headers={})
        self.assertEqual(page.status, 303, page.text)
        self.assertEqual(page.header("Location"), self.jalon.base + "/appels?ouverts=1")
        cookie = page.header("Set-Cookie")
        self.assertRegex(cookie, r"^jalon=[\w-]{43};")
        self.assertIn("HttpOnly", cookie)
        self.assertRegex(cookie, "SameSite=(Lax|Strict)")
        self.assertNotIn("token", page.text)
        me = person.browser.ask("GET", self.jalon.base + "/api/v1/me", headers=JSON)
        self.assertEqual(me.json["email"], "carla@ville.example")

    def test_coming_again_is_coming_to_the_same_account(self):
        """The second time, and with another address by then, the same account opens."""
        ids = set()
        for _ in range(2):
            person = Person(self.jalon)
            page = person.back(person.sign_in_really("ville", "dora"))
            ids.add(page.json["person"]["id"])
        self.assertEqual(len(ids), 1)

    def test_new_keys_of_the_provider_are_found(self):
        """The provider changes its keys between two sign-ins: the second one goes through all the same."""
        person = Person(self.jalon)
        self.assertEqual(person.back(person.sign_in_really("ville", "emma")).status, 200)
        self.one.rotate()
        again = Person(self.jalon)
        page = again.back(again.sign_in_really("ville", "emma"))
        self.assertEqual(page.status, 200, page.text)

    def test_a_verified_address_joins_the_account_that_has_it(self):
        """Who has an account by mailed link and comes by a provider that verified the address finds that account."""
        _, ident = sign_in(self.jalon.admin, "felix@ville.example")
        person = Person(self.jalon)
        page = person.back(person.sign_in_really("ville", "felix"))
        self.assertEqual(page.json["person"]["id"], ident)

    def test_an_unverified_address_joins_nothing(self):
        """An address that nobody verified opens no account, old or new: the answer is the same for both, and linking first helps."""
        api, ident = sign_in(self.jalon.admin, "unverified-gina@ville.example")
        answers = []
        for login in ("unverified-gina", "unverified-nobody"):
            person = Person(self.jalon)
            page = person.back(person.sign_in_really("ville", login))
            self.assertEqual((page.status, page.json["type"]), (409, "/problems/link-first"))
            answers.append({k: v for k, v in page.json.items() if k != "instance"})
        self.assertEqual(answers[0], answers[1])
        person = Person(self.jalon)
        url = person.sign_in_really("ville", "unverified-gina", link=True, headers={"Authorization": "Bearer " + api.token})
        self.assertEqual(person.back(url).json["person"]["id"], ident)
        person = Person(self.jalon)
        self.assertEqual(person.back(person.sign_in_really("ville", "unverified-gina")).json["person"]["id"], ident)

    def test_an_administrator_is_not_found_by_address(self):
        """Whoever runs the platform links by hand: an address alone never opens that account."""
        self.jalon.admin_token("hugo@ville.example")
        person = Person(self.jalon)
        page = person.back(person.sign_in_really("ville", "hugo"))
        self.assertEqual((page.status, page.json["type"]), (409, "/problems/link-first"))

    def test_several_providers_for_one_person_and_one_taken_away(self):
        """A second provider is linked while signed in; taking it away ends the sessions that began there, and no others."""
        first = Person(self.jalon)
        here = Api(self.jalon.base, first.back(first.sign_in_really("ville", "ines")).json["token"])
        person = Person(self.jalon)
        url = person.sign_in_really("proconnect", "ines-elsewhere", link=True, headers={"Authorization": "Bearer " + here.token})
        there = Api(self.jalon.base, person.back(url).json["token"])
        self.assertEqual(there.get("/me")["email"], "ines@ville.example")
        mine = {i["provider"]: i["id"] for i in here.items("/me/identities")}
        self.assertEqual(set(mine), {"ville", "proconnect"})
        other, _ = sign_in(self.jalon.admin, "stranger@ville.example")
        with self.assertRaises(Problem) as refused:
            other.delete("/me/identities/" + mine["proconnect"])
        self.assertEqual(refused.exception.type, "not-found")
        here.delete("/me/identities/" + mine["proconnect"])
        self.assertEqual(here.get("/me")["email"], "ines@ville.example")
        with self.assertRaises(Problem) as refused:
            there.get("/me")
        self.assertEqual(refused.exception.type, "signed-out")

    def test_an_identity_is_one_accounts(self):
        """An identity that has an account cannot be linked to another one."""
        taken = Person(self.jalon)
        self.assertEqual(taken.back(taken.sign_in_really("proconnect", "jules")).status, 200)
        api, _ = sign_in(self.jalon.admin, "thief@ville.example")
        person = Person(self.jalon)
        page = person.back(person.sign_in_really("proconnect", "jules", link=True, headers={"Authorization": "Bearer " + api.token}))
        self.assertEqual((page.status, page.json["type"]), (409, "/problems/conflict"))

    def test_linking_wants_a_session(self):
        """Nobody links who is not signed in."""
        page = Person(self.jalon).begin("ville", expected=401, link=True)
        self.assertEqual(page.json["errors"][0]["pointer"], "/link")

    def test_giving_up_at_the_provider(self):
        """Whoever gives up on the provider's page is told so, and the state is used up."""
        person = Person(self.jalon)
        page = person.browser.follow(person.browser.ask("GET", person.begin("ville")))
        abort = re.search(r'href="([^"]+/abort)"', page.text).group(1)
        url = person.browser.follow(person.browser.ask("GET", urllib.parse.urljoin(page.url, abort)), stop=self.jalon.base)
        page = person.back(url)
        self.assertEqual((page.status, page.json["type"]), (403, "/problems/identity"))
        self.assertIn("abandonnée", page.json["detail"])

    def test_signing_out_there_as_well(self):
        """Before signing out, the session tells where the provider's own session ends; the provider knows the token shown there."""
        person = Person(self.jalon)
        api = Api(self.jalon.base, person.back(person.sign_in_really("ville", "karim")).json["token"])
        told = api.get("/session/provider")
        self.assertEqual(told["provider"], "ville")
        page = person.browser.ask("GET", told["end_session_url"])
        self.assertEqual(page.status, 200)
        page = person.browser.follow(person.browser.submit(page, logout="yes"), stop=self.jalon.base)
        self.assertEqual(page, self.jalon.base + "/")
        api.delete("/session")
        mailed, _ = sign_in(self.jalon.admin, "lea@ville.example")
        self.assertEqual(mailed.get("/session/provider").json, {"provider": None, "end_session_url": None})


class DeadProvider(unittest.TestCase):
    def test_a_dead_provider_takes_nobody_else_along(self):
        """Nobody listens, or somebody who never answers: 503 within about two seconds, and mailed links and the other provider go on."""
        with Rogue() as silent, Rogue() as well:
            silent.bend = {"openid-configuration": {"wait": 20}}
            providers = {name: {"issuer": issuer, "client_id": CLIENT, "secret": SECRET, "trusts_email": True}
                         for name, issuer in (("gone", f"http://127.0.0.1:{free_port()}"), ("silent", silent.issuer), ("well", well.issuer))}
            with start(providers) as jalon:
                for name in ("gone", "silent"):
                    began = time.monotonic()
                    page = Person(jalon).begin(name, expected=503)
                    self.assertLess(time.monotonic() - began, 2.6)
                    self.assertEqual(page.json["type"], "/problems/provider")
                    self.assertTrue(page.header("Retry-After"))
                    began = time.monotonic()
                    Person(jalon).begin(name, expected=503)
                    self.assertLess(time.monotonic() - began, 0.3, "left alone for a moment")
                    ways = {w.get("name"): w.get("available") for w in Api(jalon.base).get("/sign-in/ways")["ways"]}
                    self.assertEqual((ways[name], ways["well"]), (False, True))
                time.sleep(2.1)
                with concurrent.futures.ThreadPoolExecutor(12) as pool:
                    waiting = [pool.submit(lambda: Person(jalon).begin("silent", expected=503).json["type"]) for _ in range(12)]
                    time.sleep(0.2)
                    began = time.monotonic()
                    person = Person(jalon)
                    self.assertEqual(person.back(well.authorize(person.begin("well"))).status, 200)
                    sign_in(jalon.admin, "max@example.org")
                    self.assertLess(time.monotonic() - began, 1.5)
                    self.assertEqual({w.result() for w in waiting}, {"/problems/provider", "/problems/busy"})


class Throttled(unittest.TestCase):
    def test_a_client_begins_so_often(self):
        """One network begins so many sign-ins that it does not end, then waits; those that were ended cost nothing, others go on, and whoever is away comes back."""
        with Rogue() as rogue:
            gone = {"issuer": f"http://127.0.0.1:{free_port()}", "client_id": CLIENT, "secret": SECRET}
            providers = {"rogue": {"issuer": rogue.issuer, "client_id": CLIENT, "secret": SECRET, "trusts_email": True}, "gone": gone}
            with start(providers, client_tries=8, trusted_proxies="127.0.0.1") as jalon:
                there, elsewhere = {"X-Forwarded-For": "203.0.113.7"}, {"X-Forwarded-For": "203.0.113.8"}
                for _ in range(10):
                    person = Person(jalon)
                    self.assertEqual(person.back(rogue.authorize(person.begin("rogue", headers=there)), {**JSON, **there}).status, 200)
                    Person(jalon).begin("gone", expected=503, headers=there)
                away = Person(jalon)
                urls = [rogue.authorize(away.begin("rogue", headers=there)) for _ in range(8)]
                page = Person(jalon).begin("rogue", expected=429, headers=there)
                self.assertEqual(page.json["type"], "/problems/throttled")
                self.assertTrue(page.header("Retry-After"))
                Person(jalon).begin("rogue", headers=elsewhere)
                self.assertEqual(away.back(urls[0], {**JSON, **there}).status, 200)
                away.begin("rogue", headers=there)  # in the place of the one that was ended


class LyingProvider(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.rogue = Rogue()
        cls.addClassCleanup(cls.rogue.__exit__)
        # Each of `fresh` is a provider that Jalon has never asked: nothing of it is kept, and it is not left alone.
        cls.fresh = [f"fresh-{i}" for i in range(24)]
        cls.jalon = start({
            **{name: {"issuer": cls.rogue.named(name), "client_id": CLIENT, "secret": SECRET} for name in cls.fresh},
            "rogue": {"title": {"fr": "Menteur", "en": "Liar"}, "issuer": cls.rogue.issuer, "client_id": CLIENT, "secret": SECRET,
                      "trusts_email": True},
            "other": {"issuer": f"http://127.0.0.1:{free_port()}", "client_id": CLIENT, "secret": SECRET},
            "high": {"issuer": cls.rogue.issuer, "client_id": CLIENT, "secret": SECRET, "acr": ["eidas2", "eidas3"], "trusts_email": True,
                     "claims": {"id_token": {"amr": {"essential": True}}}}}).start()
        cls.addClassCleanup(cls.jalon.__exit__)
        cls.spent = []

    def setUp(self):
        self.rogue.bend, self.rogue.keys, self.rogue.key = {}, [self.rogue.key], self.rogue.key

    def attempt(self, provider="rogue", person=None, **changes):
        person = person or Person(self.jalon)
        location = person.begin(provider)
        url = self.rogue.authorize(location, **changes)
        query = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(url).query))
        self.spent += [query.get("code", "none-at-all"), query.get("state", "none-at-all"), *person.browser.jars[self.jalon.base[7:]].values()]
        return person.back(url)

    def refused(self, page, words, status=403, kind="identity"):
        self.assertEqual((page.status, page.json.get("type")), (status, "/problems/" + kind), page.text)
        self.assertIn(words, page.json["detail"])
        self.assertNotIn("jalon=", str(page.headers))

    def test_an_honest_answer_goes_through(self):
        """Unbent, this provider signs people in: what the others below are refused for is their lie alone."""
        page = self.attempt()
        self.assertEqual((page.status, page.json["person"]["email"]), (200, "zoe@rogue.example"), page.text)
        self.assertEqual(self.attempt().status, 200)

    def test_wrong_tokens_are_refused_each_with_its_reason(self):
        """Signature, algorithm, issuer, audience, dates, nonce, access token: each is looked at, and the refusal says which."""
        now, other = int(time.time()), Key("RS256")
        forged = {**self.rogue.key.jwk(), "kid": None}
        cases = {
            "another key under the published name": ({"key": Key("RS256", self.rogue.key.kid)}, "signature"),
            "a key that nobody published": ({"key": other}, "n'est pas publiée"),
            "a key that the token itself brings": ({"key": other, "header": {"jwk": other.jwk(), "kid": None}}, "n'est pas publiée"),
            "a key that the token says where to find": ({"key": other, "header": {"jku": self.rogue.issuer + "/evil"}}, "n'est pas publiée"),
            "one bit of the signature": ({"after": lambda t: t[:-6] + ("A" if t[-6] != "A" else "B") + t[-5:]}, "signature"),
            "one claim changed after signing": ({"after": lambda t: self.swap(t, {"sub": "admin"})}, "signature"),
            "alg none": ({"header": {"alg": "none"}, "sign": lambda data: b""}, "RS256"),
            "alg none in capitals": ({"header": {"alg": "NONE"}, "sign": lambda data: b""}, "RS256"),
            "alg none with a signature": ({"header": {"alg": "none"}}, "RS256"),
            "no alg": ({"header": {"alg": None}}, "RS256"),
            "HS256 with the public key as its secret": ({"header": {"alg": "HS256"}, "sign": hs256(self.rogue.key.pem())}, "RS256"),
            "HS256 with the key's JWK as its secret": ({"header": {"alg": "HS256"}, "sign": hs256(json.dumps(forged).encode())}, "RS256"),
            "HS256 with our own secret": ({"header": {"alg": "HS256"}, "sign": hs256(SECRET.encode())}, "RS256"),
            "RS512": ({"header": {"alg": "RS512"}}, "RS256"),
            "ES256 said of an RSA signature": ({"header": {"alg": "ES256"}}, "n'est pas publiée"),
            "a critical extension": ({"header": {"crit": ["exp"]}}, "RS256"),
            "compressed": ({"header": {"zip": "DEF"}}, "RS256"),
            "an access token in its place": ({"header": {"typ": "at+jwt"}}, "RS256"),
            "no signature at all": ({"after": lambda t: t.rsplit(".", 1)[0] + "."}, "RS256"),
            "two parts": ({"after": lambda t: t.rsplit(".", 1)[0]}, "n'en est pas un"),
            "five parts": ({"after": lambda t: t + ".a.b"}, "n'en est pas un"),
            "not base64": ({"after": lambda t: "*" + t[1:]}, "n'en est pas un"),
            "a claim given twice": ({"after": self.twice}, "n'en est pas un"),
            "another issuer": ({"claims": {"iss": "https://elsewhere.example"}}, "émetteur"),
            "the issuer with a slash": ({"claims": {"iss": self.rogue.issuer + "/"}}, "émetteur"),
            "no issuer": ({"claims": {"iss": None}}, "émetteur"),
            "another audience": ({"claims": {"aud": "someone-else"}}, "autre service"),
            "no audience": ({"claims": {"aud": None}}, "autre service"),
            "an empty audience": ({"claims": {"aud": []}}, "autre service"),
            "two audiences and no azp": ({"claims": {"aud": [CLIENT, "other"]}}, "autre service"),
            "another authorised party": ({"claims": {"azp": "other"}}, "autre service"),
            "expired": ({"claims": {"exp": now - 120}}, "expiré"),
            "no end": ({"claims": {"exp": None}}, "expiré"),
            "an end that is a text": ({"claims": {"exp": str(now + 60)}}, "expiré"),
            "no beginning": ({"claims": {"iat": None}}, "daté"),
            "made tomorrow": ({"claims": {"iat": now + 86400, "exp": now + 90000}}, "pas encore"),
            "made last week and good for years": ({"claims": {"iat": now - 7 * 86400, "exp": now + 10 ** 8}}, "expiré"),
            "not yet good": ({"claims": {"nbf": now + 600}}, "pas encore"),
            "another nonce": ({"claims": {"nonce": "of-another-sign-in"}}, "autre demande"),
            "no nonce": ({"claims": {"nonce": None}}, "autre demande"),
            "another access token": ({"claims": {"at_hash": b64(b"0" * 16)}}, "ensemble"),
            "nobody": ({"claims": {"sub": None}}, "de qui"),
            "a name without end": ({"claims": {"sub": "x" * 256}}, "de qui"),
            "userinfo about another one": ({"info": {"sub": "someone-else"}}, "de qui"),
            "userinfo about nobody": ({"info": {"sub": None}}, "de qui"),
            "signed userinfo for another service": ({"info_token": {"aud": "other"}}, "autre service"),
            "signed userinfo of another issuer": ({"info_token": {"iss": "https://elsewhere.example"}}, "émetteur"),
            "signed userinfo by another key": ({"info_token": {}, "info_key": Key("RS256", self.rogue.key.kid)}, "signature"),
            "expired userinfo": ({"info_token": {"exp": now - 120}}, "expiré"),
        }
        for name, (bend, words) in cases.items():
            with self.subTest(name):
                self.rogue.bend = bend
                self.refused(self.attempt(), words)
        self.rogue.bend = {}
        self.assertEqual(self.attempt().status, 200, "after all that an honest answer still goes through")

    @staticmethod
    def swap(text, claims):
        head, body, sign = text.split(".")
        said = json.loads(base64.urlsafe_b64decode(body + "=="))
        return ".".join((head, b64(json.dumps({**said, **claims}).encode()), sign))

    def twice(self, text):
        head, body, _ = text.split(".")
        said = base64.urlsafe_b64decode(body + "==").decode()
        data = head + "." + b64((said[:-1] + ', "sub": "admin"}').encode())
        return data + "." + b64(self.rogue.key.sign(data.encode()))

    def test_keys_that_are_not_for_this_are_not_used(self):
        """A key for encryption, for another algorithm, of another kind or too short serves no signature, published or not."""
        weak = Key("RS256", bits=1024)
        for name, published, key in (("for encryption", {**self.rogue.key.jwk(), "use": "enc"}, self.rogue.key),
                                     ("for another algorithm", {**self.rogue.key.jwk(), "alg": "PS256"}, self.rogue.key),
                                     ("1024 bits", weak, weak),
                                     ("symmetric", {"kty": "oct", "k": b64(b"secret"), "kid": self.rogue.key.kid}, self.rogue.key)):
            with self.subTest(name):
                kid = "k-" + name.replace(" ", "-")
                self.rogue.keys = [{**(published.jwk() if isinstance(published, Key) else published), "kid": kid}]
                self.rogue.bend = {"key": key, "header": {"kid": kid}}
                self.refused(self.attempt(self.fresh.pop()), "n'est pas publiée")

    def test_unknown_keys_are_searched_for_once_in_a_while(self):
        """Twenty tokens with invented keys make us fetch the keys once at most, not twenty times."""
        self.attempt()
        before = self.rogue.calls["/api/v2/jwks"]
        self.rogue.bend = {"key": Key("RS256")}
        for _ in range(20):
            self.refused(self.attempt(), "n'est pas publiée")
        self.assertLessEqual(self.rogue.calls["/api/v2/jwks"] - before, 2)

    def test_a_state_serves_once_and_in_its_own_browser(self):
        """A state shown again, invented, missing, another provider's, expired, or in another browser is refused, in the same words."""
        words, person = "un autre navigateur", Person(self.jalon)
        url = self.rogue.authorize(person.begin("rogue"))
        self.refused(Person(self.jalon).back(url), words)
        stranger = Person(self.jalon)
        stranger.begin("rogue")
        self.refused(stranger.back(url), words)
        self.refused(person.back(url.replace("/oidc/rogue/", "/oidc/other/")), words)
        self.assertEqual(person.back(url).status, 200, "none of these used it up")
        self.refused(person.back(url), words)
        for state in ("x", "A" * 43, None, ""):
            self.refused(self.attempt(state=state), words)
        late = self.rogue.authorize(person.begin("rogue"))
        subprocess.run([BINARY, "psql", *self.jalon.flags(), "--", "-c", "update oidc_state set expires_at = now()"], check=True,
                       capture_output=True)
        self.refused(person.back(late), words)

    def test_a_code_serves_once(self):
        """A code that was traded before, or another sign-in's code, is refused: by the provider, and by our verifier and nonce."""
        mine, theirs = Person(self.jalon), Person(self.jalon)
        stolen = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(self.rogue.authorize(theirs.begin("rogue"))).query))["code"]
        self.refused(mine.back(self.rogue.authorize(mine.begin("rogue"), code=stolen)), "code")
        used = self.rogue.authorize(mine.begin("rogue"))
        code = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(used).query))["code"]
        self.assertEqual(mine.back(used).status, 200)
        self.refused(mine.back(self.rogue.authorize(mine.begin("rogue"), code=code)), "code")
        self.refused(self.attempt(code=None), "recommencez")

    def test_a_mix_up_of_providers_is_noticed(self):
        """RFC 9207: an answer that names another issuer, or none where the provider promised to, is refused before the code is shown to anyone."""
        before = self.rogue.calls["/api/v2/token"]
        self.refused(self.attempt(iss="https://honest.example"), "émetteur")
        self.refused(self.attempt(iss=None), "émetteur")
        self.refused(self.attempt(iss=""), "émetteur")
        self.assertEqual(self.rogue.calls["/api/v2/token"], before)

    def test_odd_answers_are_refused_and_not_kept(self):
        """A huge, slow, redirected, broken or foreign answer is a provider that is out of order: 503, soon, and none of it is used."""
        huge = {"body": "{" + '"a":"' + "x" * 400_000 + '"}'}
        cases = {
            "a huge token answer": {"token": huge}, "a huge userinfo": {"userinfo": huge},
            "a slow token answer": {"token": {"wait": 6}}, "a dripping userinfo": {"userinfo": {"drip": 0.5}},
            "a redirection": {"token": {"status": 302, "location": self.rogue.issuer + "/evil"}},
            "no JSON": {"token": {"body": "<html>"}}, "no id_token": {"token": {"body": {"access_token": "a", "token_type": "Bearer"}}},
            "a list": {"token": {"body": [1]}}, "deep": {"token": {"body": "[" * 100000}},
            "our client refused": {"token": {"status": 401, "body": {"error": "invalid_client"}}},
            "an error of its own": {"userinfo": {"status": 500}},
        }
        for name, bend in cases.items():
            with self.subTest(name):
                self.rogue.bend = bend
                began = time.monotonic()
                page = self.attempt(self.fresh.pop())
                self.assertLess(time.monotonic() - began, 2.9)
                self.refused(page, "fresh-", 503, "provider")
                self.assertNotIn("xxxxxx", page.text)
        self.assertEqual(self.rogue.calls["/api/v2/evil"], 0)

    def test_a_provider_that_dies_meanwhile(self):
        """It dies between the two steps: 503; another sign-in's address does once it is back, since it was not used up."""
        name, person = self.fresh.pop(), Person(self.jalon)
        first, second = [self.rogue.authorize(person.begin(name)) for _ in range(2)]
        self.rogue.bend = {"token": {"status": 502}}
        self.refused(person.back(first), "502", 503, "provider")
        self.rogue.bend = {}
        self.refused(person.back(second), "il y a un instant", 503, "provider")
        time.sleep(2.1)
        self.refused(person.back(second), "Connectez-vous d'abord autrement", 409, "link-first")

    def test_an_odd_description_is_refused(self):
        """Another issuer, an address over plain http elsewhere, keys that are not there: the sign-in does not begin."""
        for name, bend in {
            "another issuer": {"description": {"issuer": "https://elsewhere.example"}},
            "plain http elsewhere": {"description": {"token_endpoint": "http://elsewhere.example/token"}},
            "a file": {"description": {"jwks_uri": "file:///etc/passwd"}},
            "no token endpoint": {"description": {"token_endpoint": None}},
            "huge": {"openid-configuration": {"body": "x" * 400_000}},
            "not found": {"openid-configuration": {"status": 404}},
        }.items():
            with self.subTest(name):
                self.rogue.bend = bend
                self.assertEqual(Person(self.jalon).begin(self.fresh.pop(), expected=503).json["type"], "/problems/provider")

    def test_the_level_that_was_asked_for_is_reached(self):
        """A provider asked for eidas2 that answers eidas1, or nothing, proves too little; what is asked for stands in the address."""
        asked = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(Person(self.jalon).begin("high")).query))
        self.assertEqual((asked["acr_values"], json.loads(asked["claims"])), ("eidas2 eidas3", {"id_token": {"amr": {"essential": True}}}))
        self.refused(self.attempt("high"), "niveau")
        self.rogue.bend = {"claims": {"acr": None}}
        self.refused(self.attempt("high"), "niveau")
        self.rogue.bend = {"claims": {"acr": "eidas2"}}
        self.assertEqual(self.attempt("high").status, 200)

    def test_no_way_out_of_our_site(self):
        """After signing in, the browser stays with us: a path of ours and nothing that is another host."""
        for path in ("https://evil.example", "//evil.example", "/\\evil.example", "evil", "/a\r\nSet-Cookie: a=b", "/ b"):
            page = Person(self.jalon).begin("rogue", expected=422, return_to=path)
            self.assertEqual(page.json["errors"][0]["pointer"], "/return_to")

    def test_the_request_is_as_the_standard_wants_it(self):
        """Code, S256, fresh state, nonce and challenge each time; the cookie is HttpOnly and for ten minutes."""
        person = Person(self.jalon)
        asked = [dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(person.begin("rogue")).query)) for _ in range(2)]
        self.assertEqual({a["response_type"] + a["code_challenge_method"] for a in asked}, {"codeS256"})
        for name in ("state", "nonce", "code_challenge"):
            self.assertEqual(len({a[name] for a in asked}), 2, name)
        page = person.browser.ask("POST", self.jalon.base + "/api/v1/sign-in/oidc/rogue", "{}", {"Content-Type": "application/json", **JSON})
        self.assertRegex(page.header("Set-Cookie"), r"^jalon-oidc=[\w-]{43}; Path=/; HttpOnly; SameSite=Lax; Max-Age=600$")
        self.assertEqual(person.begin("nowhere", expected=404).status, 404)

    def test_two_tabs_of_one_browser(self):
        """Two sign-ins at once in one browser both come back."""
        person = Person(self.jalon)
        urls = [self.rogue.authorize(person.begin("rogue")) for _ in range(2)]
        self.assertEqual([person.back(u).status for u in urls], [200, 200])

    def test_zz_nothing_secret_is_kept_or_logged(self):
        """After all this, neither the log, the process list nor the database has a code, a state, a cookie, a token or the client's secret."""
        self.attempt()
        log = self.jalon.log_text()
        arguments = pathlib.Path(f"/proc/{self.jalon.process.pid}/cmdline").read_text()
        dump = subprocess.run([BINARY, "psql", *self.jalon.flags(), "--", "-Atc", "select * from oidc_state; select * from token;"], check=True,
                              capture_output=True, text=True).stdout
        self.assertGreater(len(self.spent), 20)
        for secret in [*self.spent, SECRET, self.rogue.access, self.rogue.last]:
            if secret and secret not in ("none-at-all", "x"):
                self.assertNotIn(secret, log + arguments + dump)


class Certificates(unittest.TestCase):
    def test_a_certificate_is_checked(self):
        """Over https, a certificate that nobody vouches for ends the sign-in before anything is said; one of our own walls, named, serves."""
        jalon = Server()
        self.addCleanup(jalon.__exit__)
        tls = certificate(jalon.data)
        with Rogue(tls) as rogue:
            common = {"client_id": CLIENT, "secret": SECRET, "trusts_email": True}
            jalon.settings["providers"] = write_file(jalon.data, {"ours": {"issuer": rogue.named("ours"), "ca_file": str(tls[0]), **common},
                                                                  "theirs": {"issuer": rogue.named("theirs"), **common}})
            jalon.start()
            page = Person(jalon).begin("theirs", expected=503)
            self.assertEqual(page.json["type"], "/problems/provider")
            self.assertEqual(sum(rogue.calls.values()), 0)
            person = Person(jalon)
            page = person.back(rogue.authorize(person.begin("ours")))
            self.assertEqual((page.status, page.json["person"]["email"]), (200, "zoe@rogue.example"), page.text)


class ProvidersFile(unittest.TestCase):
    def test_a_wrong_file_says_where_and_what_to_write(self):
        """Line, column and what to write instead; the server does not start with half of its ways."""
        good = "providers:\n  ville:\n    issuer: https://id.example\n    client_id: jalon\n    client_secret_env: TEST_SECRET\n"
        jalon = Server()
        self.addCleanup(jalon.__exit__)
        path = jalon.data / "p.yaml"
        secret = jalon.data / "told-to-all"
        secret.write_text("s")
        secret.chmod(0o644)
        for text, status, words in (
                (good.replace("env: TEST_SECRET", f"file: {secret}"), 2, ":5:25: everyone on this machine can read this file"),
                (good, 0, ""), ("providers: []\n", 2, ":1:"), ("provider: {}\n", 2, ":1:1:"),
                (good.replace("https", "http"), 2, ":3:13: issuer: write an https:// address"),
                (good + "    client_secret: abc\n", 2, ":6:5: client_secret: a secret does not stand in this file"),
                (good + "    scope: [openid]\n", 2, ":6:5: no member \"scope\"; did you mean scopes?"),
                (good + "    scopes: [email]\n", 2, "scopes: write openid among them"),
                (good + "    trusts_email: yes please\n", 2, ":6:19: trusts_email: write true, false or always"),
                (good.replace("TEST_SECRET", "NO_SUCH"), 2, "the environment has no NO_SUCH"),
                (good.replace("    client_id: jalon\n", ""), 2, "client_id is missing"),
                (good.replace("ville", "La_Ville"), 2, ":2:3: a provider's name is part of an address"),
                (good + "    ca_file: /nowhere\n", 2, "No such file")):
            path.write_text(text)
            said = subprocess.run([BINARY, "serve", "--check-config", "--providers", str(path)], capture_output=True, text=True,
                                  env={"TEST_SECRET": "s", "PATH": "/usr/bin:/bin"})
            self.assertEqual(said.returncode, status, text + said.stderr)
            self.assertIn(words, said.stderr)

    def test_without_providers_the_other_ways_are_there(self):
        """No file: mailed link and password, and a provider is not found."""
        with Server() as jalon:
            self.assertEqual(len(Api(jalon.base).get("/sign-in/ways")["ways"]), 2)
            self.assertEqual(Person(jalon).begin("ville", expected=404).status, 404)


if __name__ == "__main__":
    unittest.main()
