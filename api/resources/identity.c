// SPDX-License-Identifier: Apache-2.0
// Signing in at providers, and which of them one signs in at. Whose account it is:
//   1. who signed in there before comes back to the same account, whatever their address is by now;
//   2. who began it signed in, to link, gives the identity to that account;
//   3. else the address decides, if the provider vouches for it (trusts_email in its file): an account is found or made, as a mailed
//      link would do. Never for whoever runs the platform or has a second factor: they link by hand.
// Everyone else is asked to sign in another way and to link, in the same words whether the address has an account or not.
#include "resources.h"
#include "bodies.h"
#include "common.h"
#include "proof.h"
#include "remember.h"
#include "session.h"
#include "../auth/oidc.h"
#include "../auth/token.h"
#include "../settings.h"
#include <time.h>

// --- the ways ------------------------------------------------------------------------------------

static json_t *label_json(Label label)
{
    json_t *json = json_object();
    if (label.fr.len)
        json_object_set_new(json, "fr", json_stringn(label.fr.at, label.fr.len));
    if (label.en.len)
        json_object_set_new(json, "en", json_stringn(label.en.at, label.en.len));
    return json;
}

bool sign_in_ways(Request *rq)
{
    json_t *ways = json_pack("[{s:s}, {s:s}]", "kind", "link", "kind", "password");
    for (size_t i = 0; i < oidc_count(); i++) {
        const OidcProvider *p = oidc_at(i);
        json_array_append_new(ways, json_pack("{s:s, s:s%, s:o, s:b}", "kind", "oidc", "name",
                                              p->name.at, p->name.len, "title",
                                              label_json(p->title), "available", oidc_up(p)));
    }
    return reply_json(rq, 200, json_keep(rq->arena, json_pack("{s:o}", "ways", ways)));
}

// --- what ties a sign-in to a browser ------------------------------------------------------------

static bool is_https(void)
{
    return str_starts(str_of(settings()->base_url), STR("https://"));
}

// RFC 6265bis: with this prefix no neighbour below our domain can plant one. It wants https.
static Str cookie_name(void)
{
    return is_https() ? STR("__Host-jalon-oidc") : STR("jalon-oidc");
}

static Str cookie_shown(const Request *rq)
{
    Str name = cookie_name();
    for (Str rest = request_header(rq, "Cookie"); rest.len;) {
        Str pair = str_slice(rest, 0, str_index(rest, ';'));
        rest = str_slice(rest, pair.len + 1, rest.len);
        while (pair.len && pair.at[0] == ' ')
            pair = str_slice(pair, 1, pair.len);
        if (str_starts(pair, name) && pair.len > name.len && pair.at[name.len] == '=')
            return str_slice(pair, name.len + 1, pair.len);
    }
    return STR_NONE;
}

static Str cookie(Request *rq, Str name, Str value, int seconds)
{
    return str_format(rq->arena,
                      STR_FMT "=" STR_FMT "; Path=/; HttpOnly; SameSite=Lax; Max-Age=%d%s",
                      STR_ARG(name), STR_ARG(value), seconds, is_https() ? "; Secure" : "");
}

static Str redirect_uri(Request *rq, const OidcProvider *p)
{
    return str_format(rq->arena, "%s/api/v1/sign-in/oidc/" STR_FMT "/callback",
                      settings()->base_url, STR_ARG(p->name));
}

// A path of ours: "//elsewhere" and "/\elsewhere" are other hosts to a browser, and controls end a header.
static bool is_our_path(Str path)
{
    for (size_t i = 0; i < path.len; i++)
        if ((uint8_t)path.at[i] <= ' ' || path.at[i] == '\\' || (uint8_t)path.at[i] > '~')
            return false;
    return path.len && path.at[0] == '/' && (path.len == 1 || path.at[1] != '/');
}

// --- the first step ------------------------------------------------------------------------------

static Time from_now(int64_t us)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return now.tv_sec * SECOND + us;
}

typedef struct Start {
    OidcBinding binding;
    Token state;
    uint8_t browser[HASH_SIZE];
} Start;

// Several tabs of one browser share a secret; each sign-in has a state of its own.
static Start start_new(Request *rq)
{
    Start ret = {.state = token_new(rq->arena)};
    ret.binding = (OidcBinding){cookie_shown(rq), ret.state.secret};
    if (token_hash(ret.binding.secret, ret.browser))
        return ret;
    Token fresh = token_new(rq->arena);
    ret.binding.secret = fresh.secret;
    memcpy(ret.browser, fresh.hash, HASH_SIZE);
    return ret;
}

static bool start_keep(Request *rq, const OidcProvider *p, const Start *start)
{
    const OidcStart *given = rq->input;
    return QUERY(rq->db, rq->arena, Q_OIDC_STATE_ADD,
                 arg_bytes(rq->arena, start->state.hash, HASH_SIZE),
                 arg_bytes(rq->arena, start->browser, HASH_SIZE), ARG(p->name),
                 given->link ? ARG(rq->who->person) : ARG_NULL,
                 ARG(given->return_to.len ? given->return_to : STR("/")),
                 arg_time(rq->arena, from_now(OIDC_MINUTES * 60 * SECOND))) != NULL;
}

// As what is .own and .fresh: how one signs in is nobody else's to change.
static bool may_link(Request *rq)
{
    if (!rq->who || !rq->who->session)
        return fault(rq, FAULT_SIGNED_OUT, "/link",
                     T("Connectez-vous d'abord à votre compte pour le relier.",
                       "Sign in to your account first to link it."));
    return access_confirmed(rq);
}

static bool start_fits(Request *rq)
{
    const OidcStart *given = rq->input;
    if (given->return_to.len && !is_our_path(given->return_to))
        return fault(rq, FAULT_INVALID, "/return_to",
                     T("Écrivez un chemin de ce site, comme /appels.",
                       "Write a path of this site, like /calls."));
    return !given->link || may_link(rq);
}

// The network first: the transaction begins with the first statement.
static bool begin_there(Request *rq, const OidcProvider *p, const Start *start, Str *location)
{
    if (!oidc_enter(rq, p))
        return false;
    bool begun = oidc_begin(rq, p, &start->binding, redirect_uri(rq, p), location);
    oidc_leave(p);
    return begun;
}

bool sign_in_oidc(Request *rq)
{
    const OidcProvider *p = oidc_named(rq->params[0]);
    if (!p)
        return not_found(rq);
    Start start = start_new(rq);
    Str location = STR_NONE, client = request_client(rq);
    if (!start_fits(rq) || !proof_try(rq, TRY_CLIENT_AWAY, client))
        return false;
    if (!begin_there(rq, p, &start, &location)) { // a provider that is down costs nobody a try
        tries_give_back(TRY_CLIENT_AWAY, client);
        return false;
    }
    if (!start_keep(rq, p, &start))
        return failed(rq);
    rq->reply.cookie = cookie(rq, cookie_name(), start.binding.secret, OIDC_MINUTES * 60);
    json_t *answer = json_pack("{s:s%}", "location", location.at, location.len);
    return reply_json(rq, 200, json_keep(rq->arena, answer));
}

// --- the second step -----------------------------------------------------------------------------

// What is known before the transaction begins; kept in rq->input for the case that it runs again, since code and state serve once.
typedef struct Back {
    OidcIdentity identity;
    Str link_to, return_to; // a person's id, or empty; a path
} Back;

static bool bad_state(Request *rq)
{
    return fault(
        rq, FAULT_IDENTITY, NULL,
        T("Cette connexion a expiré, a déjà servi ou a commencé dans un autre navigateur : "
          "recommencez.",
          "This sign-in has expired, was used or began in another browser: begin again."));
}

// The provider's own no (RFC 6749, 4.1.2.1). Its words are not shown: anybody can write such an address.
static bool declined(Request *rq, const OidcProvider *p)
{
    Str title = label_text(p->title, rq->lang);
    if (str_is(request_query(rq, "error"), "access_denied"))
        return fault(rq, FAULT_IDENTITY, NULL,
                     T("La connexion par {0} a été refusée ou abandonnée.",
                       "The sign-in through {0} was declined or given up."),
                     title);
    rq->reply.retry_after = 1;
    return fault(rq, FAULT_PROVIDER, NULL,
                 T("{0} n'a pas pu vous connecter : réessayez, ou connectez-vous autrement.",
                   "{0} could not sign you in: try again, or sign in another way."),
                 title);
}

// One statement of its own, so that a state is gone whatever comes of it.
static bool state_use(Request *rq, const OidcProvider *p, OidcBinding *binding, Back *back)
{
    uint8_t state[HASH_SIZE], browser[HASH_SIZE];
    *binding = (OidcBinding){cookie_shown(rq), request_query(rq, "state")};
    if (!token_hash(binding->state, state) || !token_hash(binding->secret, browser))
        return bad_state(rq);
    Rows *row = QUERY(rq->db, rq->arena, Q_OIDC_STATE_USE, arg_bytes(rq->arena, state, HASH_SIZE),
                      arg_bytes(rq->arena, browser, HASH_SIZE), ARG(p->name));
    if (!row)
        return failed(rq);
    if (rows_len(row) == 0)
        return bad_state(rq);
    back->link_to = row_str(row, 0, "person_id");
    back->return_to = row_str(row, 0, "return_to");
    return true;
}

static bool come_back(Request *rq, const OidcProvider *p, Back *back)
{
    OidcBinding binding;
    Str code = request_query(rq, "code"), iss = request_query(rq, "iss");
    if (!state_use(rq, p, &binding, back) || !oidc_issuer_fits(rq, p, iss))
        return false;
    if (request_query(rq, "error").len)
        return declined(rq, p);
    return code.len ? oidc_finish(rq, p, &binding, redirect_uri(rq, p), code, &back->identity)
                    : bad_state(rq);
}

static bool ask_provider(Request *rq, const OidcProvider *p)
{
    if (rq->input)
        return true;
    if (!oidc_enter(rq,
                    p)) // before the state is used: the same address does once the provider is back
        return false;
    Back *back = arena_new_of(rq->arena, Back);
    bool known = come_back(rq, p, back);
    oidc_leave(p);
    if (known)
        rq->input = back;
    return known;
}

// --- whose account -------------------------------------------------------------------------------

static bool link_first(Request *rq, const OidcProvider *p)
{
    return fault(
        rq, FAULT_LINK_FIRST, NULL,
        T("Connectez-vous d'abord autrement, par exemple par un lien envoyé par courriel, "
          "puis reliez {0} à votre compte.",
          "Sign in another way first, by a mailed link for instance, then link {0} to your "
          "account."),
        label_text(p->title, rq->lang));
}

static bool somebody_elses(Request *rq, const OidcProvider *p)
{
    return fault(rq, FAULT_CONFLICT, NULL,
                 T("Cette identité chez {0} est celle d'un autre compte.",
                   "This identity at {0} is another account's."),
                 label_text(p->title, rq->lang));
}

static bool person_by_address(Request *rq, const OidcProvider *p, Str *ret)
{
    const OidcIdentity *who = &((Back *)rq->input)->identity;
    if (!who->vouched)
        return link_first(rq, p);
    Rows *person = QUERY(rq->db, rq->arena, Q_IDENTITY_PERSON, ARG(who->email), arg_some(who->name),
                         ARG_C(rq->lang == EN ? "en" : "fr"));
    if (!person)
        return failed(rq);
    *ret = row_str(person, 0, "id");
    return !row_bool(person, 0, "links_by_hand") || link_first(rq, p);
}

static bool identity_tell(Request *rq, const char *event, Str person, Str id, Str provider)
{
    json_t *data =
        json_pack("{s:s%, s:s%?}", "id", id.at, id.len, "provider", provider.at, provider.len);
    return remember_account(rq, event, person, json_keep(rq->arena, data));
}

// The identity's row, made when it is new: for whoever began by linking, else for the account of the address.
static bool identity_claim(Request *rq, const OidcProvider *p, Rows **ret)
{
    const Back *back = rq->input;
    const OidcIdentity *who = &back->identity;
    Str person = back->link_to;
    proof_account(rq, who->email);
    *ret = QUERY(rq->db, rq->arena, Q_IDENTITY_FIND, ARG(who->issuer), ARG(who->sub));
    if (!*ret)
        return failed(rq);
    if (rows_len(*ret) == 0) {
        if (!person.len && !person_by_address(rq, p, &person))
            return false;
        *ret = QUERY(rq->db, rq->arena, Q_IDENTITY_ADD, ARG(person), ARG(p->name), ARG(who->issuer),
                     ARG(who->sub));
        if (*ret && str_eq(row_str(*ret, 0, "person_id"), person) &&
            !identity_tell(rq, "account.identity-added", person, row_str(*ret, 0, "id"), p->name))
            return false;
    }
    if (!*ret)
        return failed(rq);
    bool theirs = rows_len(*ret) && (!person.len || str_eq(row_str(*ret, 0, "person_id"), person));
    return theirs || somebody_elses(rq, p);
}

// What the provider says of them now; `has_totp` tells whether the account has a second factor.
static bool identity_note(Request *rq, const OidcProvider *p, const Rows *identity, bool *has_totp)
{
    const OidcIdentity *who = &((Back *)rq->input)->identity;
    Str id = row_str(identity, 0, "id"), person = row_str(identity, 0, "person_id");
    Arg amr = who->amr ? arg_json(rq->arena, who->amr) : ARG_C("[]");
    if (!QUERY(rq->db, rq->arena, Q_IDENTITY_USE, ARG(id), ARG(p->name), arg_some(who->email),
               arg_some(who->given_name), arg_some(who->usual_name), arg_some(who->siret),
               arg_some(who->idp_id), arg_some(who->acr), amr))
        return failed(rq);
    Rows *named = QUERY(rq->db, rq->arena, Q_IDENTITY_NAME, ARG(person), arg_some(who->name));
    if (!named)
        return failed(rq);
    *has_totp = row_bool(named, 0, "has_totp");
    return true;
}

static bool session_begin(Request *rq, const Rows *identity, bool confirmed, bool browser)
{
    const OidcIdentity *who = &((Back *)rq->input)->identity;
    Str person = row_str(identity, 0, "person_id");
    if (!session_open(
            rq, &(SessionOpen){
                    .person = person, .way = "oidc", .confirmed = confirmed, .cookie = browser}))
        return false;
    return QUERY(rq->db, rq->arena, Q_IDENTITY_SESSION, ARG(person),
                 ARG(row_str(identity, 0, "id")), ARG(who->id_token)) ||
           failed(rq);
}

// A browser is sent on, out of reach of the provider's page; its history keeps no address with a code that would still be good.
static bool send_on(Request *rq)
{
    rq->reply.status = 303;
    rq->reply.body = STR_NONE;
    rq->reply.location = str_format(rq->arena, "%s" STR_FMT, settings()->base_url,
                                    STR_ARG(((Back *)rq->input)->return_to));
    return true;
}

// A person in front of a browser hears of a refusal from our page, not from a problem document.
static bool send_to_trouble(Request *rq)
{
    const char *trouble = fault_row(rq->faults.at[0].kind)->type;
    db_rollback(rq->db);
    rq->reply = (Reply){.status = 303};
    rq->refused = trouble;
    rq->reply.location =
        str_format(rq->arena, "%s/sign-in#trouble=%s", settings()->base_url, trouble);
    rq->faults.len = 0;
    return true;
}

static bool come_in(Request *rq, const OidcProvider *p, bool browser)
{
    bool has_totp = false;
    Rows *identity;
    if (!ask_provider(rq, p) || !db_begin(rq->db) || !identity_claim(rq, p, &identity) ||
        !identity_note(rq, p, identity, &has_totp) ||
        !session_begin(rq, identity, !has_totp, browser))
        return false;
    tries_give_back(TRY_CLIENT_AWAY, request_client(rq));
    rq->reply.status = 200;
    return true;
}

bool sign_in_oidc_back(Request *rq)
{
    const OidcProvider *p = oidc_named(rq->params[0]);
    Str accept = request_header(rq, "Accept");
    bool browser = accept.len && memmem(accept.at, accept.len, "text/html", 9);
    if (!p)
        return not_found(rq);
    if (come_in(rq, p, browser))
        return !browser || send_on(rq);
    return browser && db_error(rq->db) == DB_OK && rq->faults.len && send_to_trouble(rq);
}

// --- one's identities ----------------------------------------------------------------------------

bool identity_list(Request *rq)
{
    Page page;
    if (!page_read(rq, &page))
        return false;
    Rows *rows = QUERY(rq->db, rq->arena, Q_IDENTITY_LIST, ARG(rq->who->person), page_at(&page),
                       page_id(&page), page_limit(rq->arena, &page));
    return rows ? reply_page(rq, rows, page.limit) : failed(rq);
}

// Nobody is locked out by it: a mailed link always opens the account.
bool identity_remove(Request *rq)
{
    Rows *gone = QUERY(rq->db, rq->arena, Q_IDENTITY_REMOVE, ARG(rq->params[0]),
                       ARG(rq->who->person), ARG(rq->who->token));
    if (!gone)
        return failed(rq);
    if (rows_len(gone) == 0)
        return not_found(rq);
    rq->access_changed = EVERYONE;
    return identity_tell(rq, "account.identity-removed", rq->who->person, rq->params[0],
                         STR_NONE) &&
           reply_none(rq);
}

static json_t *text_or_null(Str text)
{
    return text.len ? json_stringn(text.at, text.len) : json_null();
}

bool session_provider(Request *rq)
{
    Rows *row = QUERY(rq->db, rq->arena, Q_IDENTITY_OF_SESSION, ARG(rq->who->token));
    if (!row)
        return failed(rq);
    const OidcProvider *p = rows_len(row) ? oidc_named(row_str(row, 0, "provider")) : NULL;
    Str url = STR_NONE, back_to = str_format(rq->arena, "%s/", settings()->base_url);
    if (p && oidc_enter(rq, p)) {
        url = oidc_sign_out(rq, p, row_str(row, 0, "id_token"), back_to);
        oidc_leave(p);
    }
    rq->faults.len = 0; // a provider that is down keeps nobody from signing out here
    json_t *answer = json_pack("{s:o, s:o}", "provider", text_or_null(p ? p->name : STR_NONE),
                               "end_session_url", text_or_null(url));
    return reply_json(rq, 200, json_keep(rq->arena, answer));
}
