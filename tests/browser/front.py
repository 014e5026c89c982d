# SPDX-License-Identifier: Apache-2.0
"""The front door in a real browser, by keyboard alone: mailed link, provider, session, signing out; read by machines that judge pages."""
import base64
import concurrent.futures
import pathlib
import re
import sys
import unittest

from aiosmtpd.controller import Controller

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from box import Box, until  # noqa: E402
from browser import Browser  # noqa: E402
from jalon import Server, free_port  # noqa: E402
from providers import Real, write_file  # noqa: E402

DOT = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")
SHOTS = pathlib.Path(__file__).resolve().parents[2] / "build/browser/shots"


class Front(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.box, port = Box(), free_port()
        smtp = Controller(cls.box, hostname="127.0.0.1", port=port)
        smtp.start()
        cls.addClassCleanup(smtp.stop)
        provider = cls.provider = Real()
        cls.addClassCleanup(provider.stop)
        cls.jalon = Server(smtp_url=f"smtp://127.0.0.1:{port}", mail_from="Jalon <jalon@ville.example>")
        cls.addClassCleanup(cls.jalon.__exit__)
        there = {"client_id": "jalon", "secret": "secret-of-the-real-one", "trusts_email": True, "scopes": ["openid", "email", "given_name", "usual_name"]}
        cls.jalon.settings["providers"] = write_file(cls.jalon.data, {
            "ville": {"title": {"fr": "La ville", "en": "The town"}, "issuer": provider.issuer, **there},
            "gone": {"title": {"fr": "Personne"}, "issuer": f"http://127.0.0.1:{free_port()}", **there}})
        provider.start(cls.jalon.base, "ville")
        with concurrent.futures.ThreadPoolExecutor() as pool:  # both take a while
            server, browser = pool.submit(cls.jalon.start), pool.submit(Browser)
            server.result()
            cls.browser = browser.result()
        cls.addClassCleanup(cls.browser.stop)
        SHOTS.mkdir(parents=True, exist_ok=True)

    def setUp(self):
        self.pages = []

    def tearDown(self):
        for page in self.pages:
            page.close()

    def page(self, path=None, **how):
        page = self.browser.page(**how)
        self.pages.append(page)
        if path is not None:
            self.assertEqual(page.goto(self.jalon.base + path), 200)
        return page

    def mail(self, address):
        def links():
            return [m for m in (re.search(r"http://\S+#sign-in=([\w-]{43})", m.get_content()) for to, m in self.box.mails if to == address) if m]
        self.assertTrue(until(links), address)
        return links()[-1].group(0, 1)

    def fits(self, page):
        """Nothing that judges it finds fault: axe, the policy, the script, the width, what a finger must hit."""
        judged = page.axe()
        self.assertEqual((judged["violations"], judged["unsure"]), ([], []))
        self.assertGreater(judged["passes"], 15)
        self.assertEqual(page.troubles(), [])
        self.assertLessEqual(page.wide(), 0)
        self.assertEqual(page.small(), 0)

    def activate(self, page, selector):
        page.tab(selector)
        self.assertTrue(page.outlined(), "where the keyboard is can be seen")
        page.press("Enter")

    def by_mail(self, address, words, **how):
        page = self.page("/", **how)
        page.heading(words[0])
        self.fits(page)
        page.tab("#email")
        page.type(address)
        page.press("Enter")
        page.heading(words[1])
        self.assertEqual(page.focus()["tag"], "H1")
        self.fits(page)
        address, _ = self.mail(address)
        page.goto("about:blank")
        page.goto(address)
        page.heading(words[2])
        self.assertNotIn("#", page.url(), "the code stays in no address")
        self.fits(page)
        self.activate(page, "#use-link")
        page.heading(words[3])
        return page

    FR = ("Se connecter", "Regardez vos courriels", "Continuer la connexion ?", "Connexion réussie", "Déconnexion réussie")
    EN = ("Sign in", "Look at your mail", "Go on and sign in?", "Signed in", "Signed out")

    def test_by_mail(self):
        """A person asks for a link, follows it, confirms, is signed in by a cookie that no script sees, and signs out, in French."""
        page = self.by_mail("zoe@ville.example", self.FR)
        self.assertEqual(page.lang(), "fr")
        self.assertIn("zoe@ville.example", page.text())
        self.assertEqual(page.title(), "Connexion réussie — Jalon")
        me = page.fetch("/api/v1/me")
        self.assertEqual((me["status"], me["json"]["email"]), (200, "zoe@ville.example"))
        self.assertEqual(page.scripts_see(), "")
        self.fits(page)
        page.shot(str(SHOTS / "in.png"))
        page.goto(self.jalon.base + "/")
        page.heading("Connexion réussie")
        self.activate(page, "#leave")
        page.heading("Déconnexion réussie")
        self.assertEqual(page.focus()["tag"], "H1", "a reader of the screen hears what happened")
        self.fits(page)
        self.assertEqual(page.fetch("/api/v1/me")["status"], 401)

    def test_in_english_small_and_dark(self):
        """The same in English by Accept-Language, 320 pixels wide, in dark colours."""
        page = self.by_mail("yves@ville.example", self.EN, lang="en-GB", width=320, dark=True)
        self.assertEqual(page.lang(), "en")
        self.fits(page)
        self.assertNotEqual(page.style(["body", "backgroundColor"]), "rgb(255, 255, 255)")
        page.shot(str(SHOTS / "in-dark.png"))
        self.activate(page, "#leave")
        page.heading("Signed out")

    def test_invited(self):
        """Whoever was invited by mail signs in where it says, and accepts or declines there."""
        admin, address = self.jalon.admin, "ines@ville.example"
        clubs = [admin.post("/organisations", {"name": name, "kind": "association"})["id"] for name in ("Les <b>Jardins</b>", "La Régie", "Le Théâtre")]
        for club in clubs:
            admin.post(f"/organisations/{club}/invitations", {"email": address})
        self.assertTrue(until(lambda: sum(to == address for to, _ in self.box.mails) == 3))
        said = next(m for to, m in self.box.mails if to == address).get_content()
        self.assertIn(self.jalon.base, said.replace("\n", " "))
        page = self.by_mail(address, self.FR)
        self.assertIn("vous invite à rejoindre « Les <b>Jardins</b> ».", page.text())
        self.fits(page)
        page.shot(str(SHOTS / "invited.png"))
        self.activate(page, "#offers li:nth-child(1) button.plain")
        self.assertTrue(until(lambda: "Jardins" not in page.text()))
        self.assertEqual(page.focus()["tag"], "H2", "a reader of the screen hears what is left")
        self.activate(page, "#offers li:nth-child(1) button")
        self.assertTrue(until(lambda: "Régie" not in page.text()))
        admin.delete(f"/organisations/{clubs[2]}/invitations/{page.fetch('/api/v1/me/invitations')['json']['items'][0]['id']}")
        self.activate(page, "#offers li:nth-child(1) button")
        self.assertTrue(until(lambda: "n'attend plus de réponse" in page.text()))
        self.fits(page)
        mine = [m["organisation_id"] for m in page.fetch("/api/v1/me")["json"]["memberships"]]
        self.assertEqual(mine, [clubs[1]])

    def test_by_a_provider(self):
        """Through a provider's own pages and back, signed in under the name that it tells; and out again."""
        page = self.page("/sign-in", width=320)
        page.heading("Se connecter")
        page.wait("#providers button")
        self.fits(page)
        page.shot(str(SHOTS / "enter.png"))
        self.activate(page, "#providers li:first-child button")
        page.wait("input[name=login]")
        self.activate_form(page, ("input[name=login]", "anna"), ("input[name=password]", "any"))
        page.wait("form[action*=confirm] button, button:has-text('Continue')")
        page.tab("button")
        page.press("Enter")
        page.heading("Connexion réussie")
        self.assertIn("Anna Martin (anna@ville.example)", page.text())
        self.assertEqual(page.fetch("/api/v1/me")["json"]["email"], "anna@ville.example")
        self.assertEqual(page.url(), self.jalon.base + "/sign-in")
        self.fits(page)
        self.activate(page, "#leave")
        page.heading("Déconnexion réussie")

    def activate_form(self, page, *fields):
        for selector, text in fields:
            if page.focus()["tag"] != "INPUT" or selector != fields[0][0]:
                page.tab(selector)
            page.type(text)
        page.press("Enter")

    def test_given_up_at_the_provider(self):
        """Whoever gives up at the provider, or finds it down, reads so on our page and goes on from there; no problem document is shown."""
        page = self.page("/sign-in")
        page.wait("#providers button")
        self.activate(page, "#providers li:first-child button")
        page.wait("a[href*=abort]")
        page.tab("a[href*=abort]")
        page.press("Enter")
        page.heading("La connexion n'a pas abouti")
        self.assertIn("abandonnée", page.text())
        self.fits(page)
        page.shot(str(SHOTS / "trouble.png"))
        self.activate(page, "#trouble button")
        page.heading("Se connecter")
        page.wait("#providers li:nth-child(2) button")
        self.activate(page, "#providers li:nth-child(2) button")
        page.heading("La connexion n'a pas abouti")
        self.assertIn("ne répond pas", page.text())

    def test_a_link_that_is_spent(self):
        """A link that was used, or is not whole, says so and leads to another one."""
        page = self.by_mail("xena@ville.example", self.FR)
        spent, _ = self.mail("xena@ville.example")
        page.goto("about:blank")
        page.goto(spent)
        self.activate(page, "#use-link")
        page.heading("Ce lien ne sert plus")
        self.fits(page)
        page.goto("about:blank")
        page.goto(self.jalon.base + "/sign-in#sign-in")
        page.heading("Ce lien ne sert plus")
        self.activate(page, "#spent button")
        page.heading("Se connecter")

    def test_mistakes_are_said_where_they_are(self):
        """A mistyped address and a mistyped code are told beside their field, which has the focus and names the error; the code of a mail does."""
        page = self.page("/sign-in")
        page.heading("Se connecter")
        page.tab("#email")
        page.type("will@")
        page.press("Enter")
        page.wait("#email-error:not([hidden])")
        self.assertEqual(page.focus()["id"], "email")
        self.assertIn("nom@exemple.fr", page.text())
        self.fits(page)
        page.type("ville.example")
        page.press("Enter")
        page.heading("Regardez vos courriels")
        page.tab("#code")
        page.type("A" * 20)
        page.press("Enter")
        page.wait("#code-error:not([hidden])")
        self.fits(page)
        page.shot(str(SHOTS / "code.png"))
        page.press("Control+A")
        page.type(self.mail("will@ville.example")[1])
        page.press("Enter")
        page.heading("Connexion réussie")

    def test_from_a_space(self):
        """Reached from a space the page has its name, colours and logo, before and after the mail, in dark as well; all is readable, in whatever colours it may have."""
        admin = self.jalon.admin
        organisation = admin.post("/organisations", {"name": "Ouest", "kind": "commune"})["id"]
        space = admin.post("/spaces", {"slug": "ouest", "title": {"fr": "Territoire de l'Ouest", "en": "Western Territory"}, "organisation_id": organisation})["id"]
        colours = {"background": "#fff4e0", "text": "#3a2300", "accent": "#8a3b00", "on_accent": "#fff4e0"}
        admin.patch(f"/spaces/{space}", {"colours": colours}, etag=admin.get(f"/spaces/{space}").headers["etag"])
        admin.put(f"/spaces/{space}/logo", DOT, headers={"Content-Type": "image/png"})
        page = self.page("/sign-in?space=ouest", dark=True)
        page.heading("Se connecter")
        page.wait("#logo")
        self.assertIn("Territoire de l'Ouest", page.text())
        self.assertEqual(page.title(), "Se connecter — Territoire de l'Ouest")
        self.assertEqual((page.style(["html", "backgroundColor"]), page.style(["#by-mail button", "backgroundColor"])), ("rgb(255, 244, 224)", "rgb(138, 59, 0)"))
        self.fits(page)
        page.shot(str(SHOTS / "space.png"))
        page.tab("#email")
        page.type("vera@ville.example")
        page.press("Enter")
        page.heading("Regardez vos courriels")
        self.assertTrue(until(lambda: any(to == "vera@ville.example" for to, _ in self.box.mails)))
        address = re.search(r"http://\S+", next(m for to, m in self.box.mails if to == "vera@ville.example").get_content())[0]
        self.assertIn("/sign-in?space=ouest#sign-in=", address)
        page.goto("about:blank")
        page.goto(address)
        page.wait("#logo")
        self.activate(page, "#use-link")
        page.heading("Connexion réussie")
        self.assertIn("Territoire de l'Ouest", page.text())
        self.fits(page)
        page.goto(self.jalon.base + "/sign-in?space=nowhere")
        page.heading("Connexion réussie")
        self.assertIn("Jalon", page.text())

    def test_without_script(self):
        """Without scripts the page says what it needs."""
        page = self.page("/sign-in", script=False, lang="en")
        page.heading("Sign in")
        page.wait("noscript p")


if __name__ == "__main__":
    unittest.main()
