// SPDX-License-Identifier: Apache-2.0
// The page behind a mailed link, for browsers. The code stands behind "#", which no browser sends to anyone; it is used when a
// person presses the button, so that a mail scanner that opens every link uses nothing up. No style, no other script, no frame.
#include "resources.h"
#include "../auth/hash.h"

static const char script[] =
    "const [what, token] = location.hash.slice(1).split('=');\n"
    "const say = id => { for (const p of document.querySelectorAll('p')) p.hidden = p.id !== id; "
    "};\n"
    "const button = document.querySelector('button');\n"
    "say(token ? 'ask' : 'none');\n"
    "button.hidden = !token;\n"
    "button.onclick = async () => {\n"
    "  button.disabled = true;\n"
    "  const path = what === 'address' ? 'address' : 'link';\n"
    "  const body = path === 'link' ? { token, cookie: true } : { token };\n"
    "  const reply = await fetch('/api/v1/sign-in/' + path, { method: 'POST', body: "
    "JSON.stringify(body),\n"
    "    headers: { 'Content-Type': 'application/json', 'X-Requested-With': 'fetch' } }).catch(() "
    "=> null);\n"
    "  history.replaceState(null, '', location.pathname);\n"
    "  button.hidden = true;\n"
    "  say(!reply || !reply.ok ? 'no' : path === 'link' ? 'in' : 'proved');\n"
    "};\n";

static const Text page =
    T("<!doctype html><html lang=fr><meta charset=utf-8><meta name=viewport "
      "content='width=device-width'>"
      "<title>Connexion — Jalon</title><main><h1>Jalon</h1>"
      "<p id=ask hidden>Vous avez demandé ce lien. Continuer ?</p>"
      "<p id=none hidden>Ce lien n'est pas entier : recopiez le code du courriel.</p>"
      "<p id=no hidden role=alert>Ce lien a déjà servi ou a expiré : demandez-en un autre.</p>"
      "<p id=in hidden role=status>Vous êtes connecté.</p>"
      "<p id=proved hidden role=status>Cette adresse est maintenant celle de votre compte.</p>"
      "<noscript>Recopiez le code du courriel : cette page a besoin de JavaScript.</noscript>"
      "<button hidden>Continuer</button></main><script>{0}</script></html>\n",
      "<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport "
      "content='width=device-width'>"
      "<title>Sign in — Jalon</title><main><h1>Jalon</h1>"
      "<p id=ask hidden>You asked for this link. Go on?</p>"
      "<p id=none hidden>This link is not whole: copy the code of the mail.</p>"
      "<p id=no hidden role=alert>This link was used or has expired: ask for another.</p>"
      "<p id=in hidden role=status>You are signed in.</p>"
      "<p id=proved hidden role=status>This address is now the one of your account.</p>"
      "<noscript>Copy the code of the mail: this page needs JavaScript.</noscript>"
      "<button hidden>Go on</button></main><script>{0}</script></html>\n");

bool sign_in_page(Request *rq)
{
    Message whole = MESSAGE(page, str_of(script));
    Str sum = hash_sha256_base64(rq->arena, str_of(script));
    rq->reply.type = "text/html; charset=utf-8";
    rq->reply.policy =
        str_format(rq->arena,
                   "default-src 'none'; script-src 'sha256-" STR_FMT "'; connect-src 'self'; "
                   "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
                   STR_ARG(sum));
    return reply_text(rq, 200, message_text(rq->arena, rq->lang, &whole));
}
