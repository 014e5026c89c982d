// SPDX-License-Identifier: Apache-2.0
// The front door for browsers: asks for a mailed link or sends to a provider, is the page behind a mailed link, tells who is
// signed in and signs out. One page, written once a language; what it does stands in api/front.
#include "resources.h"
#include "../auth/hash.h"
#include <pthread.h>

extern const char front_html_text[], front_css_text[], front_js_text[];

static const struct {
    const char *name;
    Text text;
} words[] = {
    {"lang", {"fr", "en"}},
    {"sign_in", {"Se connecter", "Sign in"}},
    {"address", {"Adresse électronique", "E-mail address"}},
    {"address_hint",
     {"Vous y recevrez un lien. Format : nom@exemple.fr",
      "You will get a link there. Like name@example.org"}},
    {"get_link", {"Recevoir un lien", "Get a link"}},
    {"or_with", {"Ou par un fournisseur d'identité", "Or through an identity provider"}},
    {"with", {"Continuer avec", "Continue with"}},
    {"away", {"(ne répond pas pour le moment)", "(does not answer at present)"}},
    {"look", {"Regardez vos courriels", "Look at your mail"}},
    {"link_left", {"Un lien part vers", "A link is on its way to"}},
    {"link_life",
     {"Il sert une fois, pendant 15 minutes. Rien n'arrive ? Regardez les indésirables.",
      "It is good once, within 15 minutes. Nothing comes? Look among the spam."}},
    {"code", {"Code du courriel", "Code of the mail"}},
    {"code_hint",
     {"Si vous lisez le courriel sur un autre appareil, recopiez ici son code.",
      "If you read the mail on another device, copy its code here."}},
    {"go_in", {"Me connecter", "Sign me in"}},
    {"other_address", {"Changer d'adresse", "Change the address"}},
    {"ask", {"Continuer la connexion ?", "Go on and sign in?"}},
    {"ask_why",
     {"Vous avez demandé ce lien. Si ce n'est pas vous, fermez cette page.",
      "You asked for this link. If it was not you, close this page."}},
    {"ask_address", {"Confirmer cette adresse ?", "Confirm this address?"}},
    {"ask_address_why",
     {"Elle deviendra celle de votre compte : c'est là qu'arriveront vos liens.",
      "It will be the one of your account: your links will come there."}},
    {"confirm", {"Confirmer", "Confirm"}},
    {"in", {"Connexion réussie", "Signed in"}},
    {"in_as", {"Votre compte :", "Your account:"}},
    {"offers", {"Invitations", "Invitations"}},
    {"offered", {"{0} vous invite à rejoindre « {1} ».", "{0} invites you to join \"{1}\"."}},
    {"handed",
     {"{0} vous propose de devenir propriétaire de « {1} » à sa place.",
      "{0} offers you the ownership of \"{1}\"."}},
    {"accept", {"Accepter", "Accept"}},
    {"decline", {"Refuser", "Decline"}},
    {"gone", {"Cette invitation n'attend plus de réponse.", "This invitation waits no longer."}},
    {"leave", {"Me déconnecter", "Sign out"}},
    {"out", {"Déconnexion réussie", "Signed out"}},
    {"out_why",
     {"Vous pouvez fermer cette page, même sur un ordinateur partagé.",
      "You can close this page, also on a shared computer."}},
    {"again", {"Recommencer", "Begin again"}},
    {"proved", {"Adresse confirmée", "Address confirmed"}},
    {"proved_why",
     {"Cette adresse est maintenant celle de votre compte.",
      "This address is now the one of your account."}},
    {"spent", {"Ce lien ne sert plus", "This link is good no longer"}},
    {"spent_why",
     {"Il a déjà servi, a expiré, ou n'a pas été recopié en entier.",
      "It was used, has expired, or was not copied whole."}},
    {"another", {"Demander un autre lien", "Ask for another link"}},
    {"trouble", {"La connexion n'a pas abouti", "You are not signed in"}},
    {"trouble_identity",
     {"Elle a été abandonnée, refusée, ou a duré trop longtemps.",
      "It was given up, declined, or took too long."}},
    {"trouble_link_first",
     {"Connectez-vous d'abord par un lien envoyé par courriel, puis reliez ce fournisseur à votre "
      "compte.",
      "Sign in by a mailed link first, then link this provider to your account."}},
    {"trouble_provider",
     {"Le fournisseur d'identité ne répond pas. Un lien envoyé par courriel marche toujours.",
      "The identity provider does not answer. A mailed link always works."}},
    {"trouble_forbidden",
     {"Ce compte est suspendu : adressez-vous à l'administration.",
      "This account is suspended: turn to the administrators."}},
    {"trouble_other",
     {"Réessayez dans un instant, ou connectez-vous autrement.",
      "Try again in a moment, or sign in another way."}},
    {"wrong_address",
     {"Erreur : écrivez une adresse entière, comme nom@exemple.fr.",
      "Error: write a whole address, like name@example.org."}},
    {"wrong_code",
     {"Erreur : ce code n'est pas entier, a déjà servi ou a expiré.",
      "Error: this code is not whole, was used or has expired."}},
    {"too_often",
     {"Erreur : trop d'essais. Attendez un quart d'heure.",
      "Error: too many tries. Wait for a quarter of an hour."}},
    {"down",
     {"Erreur : le service ne répond pas. Réessayez dans un instant.",
      "Error: the service does not answer. Try again in a moment."}},
    {"no_script",
     {"Cette page a besoin de JavaScript. Activez-le, ou ouvrez le lien du courriel dans un autre "
      "navigateur.",
      "This page needs JavaScript. Switch it on, or open the link of the mail in another "
      "browser."}},
};

static struct Front {
    Str pages[2], policy;
} front;

static Str value_of(Lang lang, Str name)
{
    if (str_is(name, "style"))
        return str_of(front_css_text);
    if (str_is(name, "script"))
        return str_of(front_js_text);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (str_is(name, words[i].name))
            return str_of(lang == EN ? words[i].text.en : words[i].text.fr);
    return name;
}

static Str page_write(Arena *arena, Lang lang)
{
    Buf out = {.arena = arena};
    for (const char *at = front_html_text;;) {
        const char *open = strstr(at, "{{"), *close = open ? strstr(open, "}}") : NULL;
        if (!close) {
            buf_add(&out, str_of(at));
            return buf_str(&out);
        }
        buf_add(&out, (Str){at, (size_t)(open - at)});
        buf_add(&out, value_of(lang, (Str){open + 2, (size_t)(close - open - 2)}));
        at = close + 2;
    }
}

static void front_write(void)
{
    Arena *arena = arena_new(); // never freed: the pages live in it
    for (Lang lang = FR; lang <= EN; lang++)
        front.pages[lang] = page_write(arena, lang);
    front.policy = str_format(arena,
                              "default-src 'none'; script-src 'sha256-" STR_FMT
                              "'; style-src 'sha256-" STR_FMT "'; "
                              "connect-src 'self'; img-src 'self'; base-uri 'none'; form-action "
                              "'none'; frame-ancestors 'none'",
                              STR_ARG(hash_sha256_base64(arena, str_of(front_js_text))),
                              STR_ARG(hash_sha256_base64(arena, str_of(front_css_text))));
}

bool sign_in_page(Request *rq)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, front_write);
    rq->reply.type = "text/html; charset=utf-8";
    rq->reply.policy = front.policy;
    return reply_text(rq, 200, front.pages[rq->lang]);
}
