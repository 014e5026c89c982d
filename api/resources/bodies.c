// SPDX-License-Identifier: Apache-2.0
// What the API takes, as tables.
#include "bodies.h"
#include "../auth/password.h"

static const char *const langs[] = {"fr", "en", NULL};

const Field sign_in_fields[] = {
    FIELD_EMAIL(SignIn, email, .required = true),
    FIELD_TEXT(SignIn, space, .max = 64,
               .help =
                   "The address (slug) of the space that they come from: the page that the mail "
                   "names looks like it."),
    FIELD_END,
};

static const char code_help[] =
    "Six digits of one's device, or a recovery code; for whoever has a second factor.";
static const char cookie_help[] =
    "For browsers: the session comes as a cookie that no script reads, and `token` is null.";

const Field sign_in_password_fields[] = {
    FIELD_EMAIL(SignIn, email, .required = true),
    FIELD_TEXT(SignIn, password, .required = true, .max = PASSWORD_MAX),
    FIELD_TEXT(SignIn, code, .max = 40, .help = code_help),
    FIELD_BOOL(SignIn, cookie, .help = cookie_help),
    FIELD_END,
};

const Field link_use_fields[] = {
    FIELD_TEXT(LinkUse, token, .required = true, .max = 100, .help = "The code of the mail."),
    FIELD_TEXT(LinkUse, code, .max = 40, .help = code_help),
    FIELD_BOOL(LinkUse, cookie, .help = cookie_help),
    FIELD_END,
};

const Field address_prove_fields[] = {
    FIELD_TEXT(LinkUse, token, .required = true, .max = 100, .help = "The code of the mail."),
    FIELD_END,
};

const Field confirm_fields[] = {
    FIELD_TEXT(Confirm, password, .max = PASSWORD_MAX),
    FIELD_TEXT(Confirm, code, .max = 40,
               .help = "What alone confirms whoever has a second factor."),
    FIELD_TEXT(Confirm, token, .max = 100, .help = "A code mailed by /session/confirm/mail."),
    FIELD_END,
};

const Field password_fields[] = {
    FIELD_TEXT(
        PasswordPut, password, .required = true, .min_len = PASSWORD_MIN, .max = PASSWORD_MAX,
        .help = "None that was leaked or can be guessed. Ends all other sessions and tokens."),
    FIELD_END,
};

const Field address_fields[] = {
    FIELD_EMAIL(AddressAsk, email, .required = true),
    FIELD_END,
};

const Field code_fields[] = {
    FIELD_TEXT(CodeGive, code, .required = true, .max = 40, .help = "Six digits of the device."),
    FIELD_END,
};

const Field oidc_start_fields[] = {
    FIELD_TEXT(OidcStart, return_to,
               .help =
                   "Where the browser goes once signed in: a path here; / when it is not said."),
    FIELD_BOOL(OidcStart, link, .help = "Give this way to the account that is signed in."),
    FIELD_END,
};

const Field me_fields[] = {
    FIELD_TEXT(MeChange, name, .present = offsetof(MeChange, has_name)),
    FIELD_TEXT(MeChange, lang, .values = langs),
    FIELD_END,
};

static const char *const token_accesses[] = {"read", "write", NULL};
static const char *const token_scopes[] = {"space", "call", "dossier", NULL};
const Field token_fields[] = {
    FIELD_TEXT(TokenMake, label, .required = true, .min_len = 1),
    FIELD_TEXT(TokenMake, access, .values = token_accesses, .help = "read when it is not said."),
    FIELD_TEXT(TokenMake, scope, .values = token_scopes,
               .help = "Good for what lies in this one alone; everywhere when it is not said."),
    FIELD_UUID(TokenMake, scope_id),
    FIELD_TIME(TokenMake, expires_at, .help = "Within a year; 90 days when it is not said."),
    FIELD_END,
};

const Field person_fields[] = {
    FIELD_EMAIL(PersonMake, email, .required = true),
    FIELD_TEXT(PersonMake, name),
    FIELD_TEXT(PersonMake, lang, .values = langs),
    FIELD_END,
};

const Field suspension_fields[] = {
    FIELD_BOOL(SuspensionPut, suspended, .required = true),
    FIELD_END,
};

static const char *const organisation_kinds[] = {
    "association", "company", "cooperative", "commune",    "epci",  "departement",
    "region",      "state",   "public-body", "collective", "other", NULL};

#define ORGANISATION_NUMBERS                                                                       \
    FIELD_TEXT(OrganisationMake, siren, .min_len = 9, .max = 9,                                    \
               .help = "Nine digits, with their check digit."),                                    \
        FIELD_TEXT(OrganisationMake, siret, .min_len = 14, .max = 14,                              \
                   .help = "Of the establishment: the SIREN and five digits, with check digit."),  \
        FIELD_TEXT(OrganisationMake, rna, .min_len = 10, .max = 10,                                \
                   .help = "Of the association: a W and nine characters.")
const Field organisation_fields[] = {
    FIELD_TEXT(OrganisationMake, name, .required = true, .min_len = 1),
    ORGANISATION_NUMBERS,
    FIELD_TEXT(OrganisationMake, kind, .values = organisation_kinds),
    FIELD_END,
};

const Field organisation_change_fields[] = {
    FIELD_TEXT(OrganisationMake, name, .min_len = 1),
    ORGANISATION_NUMBERS,
    FIELD_TEXT(OrganisationMake, kind, .values = organisation_kinds),
    FIELD_END,
};

static const char *const member_roles[] = {"owner", "member", NULL};
const Field member_fields[] = {
    FIELD_UUID(MemberSet, person_id, .required = true,
               .help = "Oneself, to accept the part that was offered."),
    FIELD_TEXT(MemberSet, role, .required = true, .values = member_roles),
    FIELD_END,
};
const Field transfer_fields[] = {
    FIELD_UUID(TransferMake, person_id, .required = true, .help = "A member."),
    FIELD_BOOL(TransferMake, stay, .help = "Stay an owner beside them."),
    FIELD_END,
};
const Field invitation_fields[] = {
    FIELD_EMAIL(AuthorInvite, email, .required = true),
    FIELD_TEXT(AuthorInvite, role, .values = member_roles, .help = "member when it is not said."),
    FIELD_END,
};

static const Field theme_row_fields[] = {
    FIELD_TEXT(ThemeRow, id, .required = true, .min_len = 1, .max = 40),
    FIELD_JSON(ThemeRow, title, .required = true, .help = "{\"fr\": …, \"en\": …}"),
    FIELD_END,
};
#define SPACE_LOOK                                                                                 \
    FIELD_LIST(SpaceMake, languages, Str, NULL, .min_len = 1, .max = 2,                            \
               .present = offsetof(SpaceMake, has_languages),                                      \
               .help = "fr, en or both; the first is its own."),                                   \
        FIELD_JSON(SpaceMake, colours,                                                             \
                   .help = "background, text, accent and on_accent as #rrggbb, or none; what is "  \
                           "read has a contrast of 4.5:1."),                                       \
        FIELD_JSON(SpaceMake, vocabulary,                                                          \
                   .help = "A word of ours (dossier, call…) and what is said instead: "          \
                           "{\"dossier\": {\"fr\": \"projet\"}}."),                                \
        FIELD_LIST(SpaceMake, themes, ThemeRow, theme_row_fields,                                  \
                   .present = offsetof(SpaceMake, has_themes),                                     \
                   .help = "When there are any, its calls use these alone.")
const Field space_fields[] = {
    FIELD_TEXT(SpaceMake, slug, .required = true, .min_len = 1, .max = 63,
               .help = "Lower case letters, digits and hyphens: part of addresses."),
    FIELD_JSON(SpaceMake, title, .required = true,
               .help = "{\"fr\": …, \"en\": …}, one of them at least."),
    FIELD_UUID(SpaceMake, organisation_id, .required = true),
    SPACE_LOOK,
    FIELD_END,
};

const Field space_change_fields[] = {
    FIELD_JSON(SpaceMake, title),
    SPACE_LOOK,
    FIELD_END,
};

static const char *const scopes[] = {"dossier",      "application", "call",     "space",
                                     "organisation", "territory",   "platform", NULL};
const Field grant_fields[] = {
    FIELD_UUID(GrantMake, person_id, .help = "Or email."),
    FIELD_EMAIL(GrantMake, email,
                .help = "Instead of person_id; an unknown address becomes a person."),
    FIELD_TEXT(GrantMake, role, .required = true, .min_len = 1, .max = 40),
    FIELD_TEXT(GrantMake, scope, .required = true, .values = scopes),
    FIELD_TEXT(GrantMake, scope_id, .max = 80,
               .help = "Id of the scope, code of a territory; empty for the platform."),
    FIELD_TIME(GrantMake, from_at),
    FIELD_TIME(GrantMake, until_at),
    FIELD_END,
};

const Field delegation_fields[] = {
    FIELD_UUID(DelegationMake, grant_id, .required = true,
               .help = "The grant of one's own that is given on."),
    FIELD_UUID(DelegationMake, person_id, .help = "Or email."),
    FIELD_EMAIL(DelegationMake, email,
                .help = "Instead of person_id; an unknown address becomes a person."),
    FIELD_TIME(DelegationMake, from_at, .help = "At once when it is not said."),
    FIELD_TIME(DelegationMake, until_at, .required = true, .help = "Within a year."),
    FIELD_LIST(
        DelegationMake, moves, Str, NULL, .present = offsetof(DelegationMake, has_moves),
        .min_len = 1, .max = 50,
        .help = "Events and acts (decision.recorded…) that it lets do; all when it is not said."),
    FIELD_END,
};

static const char *const territory_kinds[] = {"nation",    "region",  "departement",
                                              "epci",      "commune", "arrondissement-municipal",
                                              "perimeter", NULL};
static const Field territory_row_fields[] = {
    FIELD_TEXT(TerritoryRow, code, .required = true, .min_len = 1, .max = 80),
    FIELD_TEXT(TerritoryRow, kind, .required = true, .values = territory_kinds),
    FIELD_TEXT(TerritoryRow, name, .required = true, .min_len = 1),
    FIELD_INT(TerritoryRow, population, .low = 0, .high = INT64_C(10000000000)),
    FIELD_LIST(TerritoryRow, parents, Str, NULL,
               .help = "Codes of those that it lies directly in."),
    FIELD_END,
};
const Field territories_fields[] = {
    FIELD_LIST(TerritoriesPut, territories, TerritoryRow, territory_row_fields, .required = true,
               .max = 5000),
    FIELD_END,
};
const Field perimeter_fields[] = {
    FIELD_UUID(PerimeterMake, space_id, .required = true),
    FIELD_TEXT(PerimeterMake, parent, .required = true, .max = 80,
               .help = "Code of the commune that it lies in."),
    FIELD_TEXT(PerimeterMake, name, .required = true, .min_len = 1),
    FIELD_JSON(PerimeterMake, geometry, .required = true,
               .help = "GeoJSON Polygon or MultiPolygon; at most 5000 positions in 200 rings."),
    FIELD_END,
};
const Field perimeter_change_fields[] = {
    FIELD_TEXT(PerimeterMake, name, .min_len = 1),
    FIELD_JSON(PerimeterMake, geometry),
    FIELD_END,
};

static const Field funder_row_fields[] = {
    FIELD_UUID(FunderRow, organisation_id, .required = true),
    FIELD_MONEY(FunderRow, amount),
    FIELD_END,
};
#define CALL_COMMON(needed)                                                                        \
    FIELD_JSON(CallMake, title, .required = (needed), .help = "{\"fr\": …, \"en\": …}"),           \
        FIELD_JSON(CallMake, summary, .help = "{\"fr\": …, \"en\": …}"),                           \
        FIELD_TIME(CallMake, opens_at, .required = (needed)),                                      \
        FIELD_TIME(CallMake, closes_at, .required = (needed)),                                     \
        FIELD_LIST(                                                                                \
            CallMake, cutoffs, Str, NULL, .present = offsetof(CallMake, has_cutoffs),              \
            .help = "Instants between opening and closing at which what was filed is examined."),  \
        FIELD_MONEY(CallMake, amount, .present = offsetof(CallMake, has_amount),                   \
                    .help = "The envelope, in cents."),                                            \
        FIELD_LIST(CallMake, themes, Str, NULL, .present = offsetof(CallMake, has_themes)),        \
        FIELD_LIST(CallMake, territories, Str, NULL,                                               \
                   .present = offsetof(CallMake, has_territories)),                                \
        FIELD_LIST(CallMake, funders, FunderRow, funder_row_fields,                                \
                   .present = offsetof(CallMake, has_funders))
const Field call_fields[] = {
    FIELD_UUID(CallMake, space_id, .required = true),
    FIELD_UUID(CallMake, workflow_id, .required = true),
    FIELD_INT(CallMake, version, .low = 1, .high = 1000000,
              .help = "Of the workflow; the last published one when it is not said."),
    CALL_COMMON(true),
    FIELD_END,
};
const Field call_change_fields[] = {
    CALL_COMMON(false),
    FIELD_END,
};

const Field dossier_fields[] = {
    FIELD_TEXT(DossierMake, title, .present = offsetof(DossierMake, has_title)),
    FIELD_UUID(DossierMake, organisation_id),
    FIELD_LIST(DossierMake, themes, Str, NULL, .present = offsetof(DossierMake, has_themes)),
    FIELD_LIST(DossierMake, territories, Str, NULL,
               .present = offsetof(DossierMake, has_territories)),
    FIELD_JSON(DossierMake, answers,
               .help = "JSON Merge Patch of the answers: null takes one away."),
    FIELD_UUID(
        DossierMake, workflow_id,
        .help =
            "Whose own questions are answered too; without it, only those shared by all funders."),
    FIELD_END,
};

static const char *const author_roles[] = {"author", "carrier", NULL};
const Field author_fields[] = {
    FIELD_EMAIL(AuthorInvite, email, .required = true),
    FIELD_TEXT(AuthorInvite, role, .values = author_roles),
    FIELD_END,
};

const Field application_fields[] = {
    FIELD_UUID(ApplicationOpen, dossier_id, .required = true),
    FIELD_END,
};

const Field review_fields[] = {
    FIELD_JSON(ReviewPut, content, .required = true,
               .help = "{\"scores\": {criterion: value}, \"comments\": {criterion: text}} or "
                       "{\"risks\": […]}."),
    FIELD_BOOL(ReviewPut, submit, .help = "Submitted, it cannot be changed."),
    FIELD_END,
};

const Field migration_fields[] = {
    FIELD_INT(MigrationMake, version, .required = true, .low = 1, .high = 1000000,
              .help = "The version of the workflow to go over to."),
    FIELD_JSON(MigrationMake, mapping,
               .help = "{\"states\": {old: new}, \"variables\": {old: new}, \"deadlines\": "
                       "\"keep\" or \"restart\"}; what keeps its name needs none."),
    FIELD_BOOL(MigrationMake, dry_run, .present = offsetof(MigrationMake, has_dry_run),
               .help = "True when it is not said: nothing changes."),
    FIELD_END,
};

static const char *const decision_kinds[] = {"granted", "partial", "conditional",
                                             "waiting", "refused", NULL};
const Field decision_fields[] = {
    FIELD_TEXT(DecisionMake, kind, .required = true, .values = decision_kinds),
    FIELD_MONEY(DecisionMake, amount),
    FIELD_TEXT(DecisionMake, conditions, .max = 10000),
    FIELD_TEXT(DecisionMake, motive, .max = 10000),
    FIELD_END,
};

const Field agreement_fields[] = {
    FIELD_MONEY(AgreementMake, amount, .present = offsetof(AgreementMake, has_amount),
                .help = "The decided amount when it is not said."),
    FIELD_JSON(AgreementMake, content),
    FIELD_END,
};

const Field signature_fields[] = {
    FIELD_TEXT(SignatureMake, role, .required = true, .min_len = 1, .max = 40),
    FIELD_END,
};

const Field payment_fields[] = {
    FIELD_OF(PaymentMake, amount, FIELD_INT_T, .required = true, .low = 1, .high = FIELD_MONEY_MAX,
             .help = "Cents."),
    FIELD_TEXT(PaymentMake, reference),
    FIELD_END,
};

const Field target_fields[] = {
    FIELD_ANY(TargetPut, baseline, .help = "A number, or null."),
    FIELD_ANY(TargetPut, target, .help = "A number, or null."),
    FIELD_END,
};

const Field measure_fields[] = {
    FIELD_TEXT(MeasureMake, indicator, .required = true, .min_len = 1, .max = 40),
    FIELD_ANY(MeasureMake, value, .required = true, .help = "A number."),
    FIELD_TEXT(MeasureMake, period),
    FIELD_TEXT(MeasureMake, comment, .max = 4000),
    FIELD_UUID(MeasureMake, evidence, .help = "A document of the dossier."),
    FIELD_END,
};

const Field contest_fields[] = {
    FIELD_TEXT(MeasureJudge, motive, .required = true, .min_len = 1, .max = 4000),
    FIELD_END,
};

const Field message_fields[] = {
    FIELD_TEXT(MessageMake, body, .required = true, .min_len = 1, .max = 10000),
    FIELD_END,
};

const Field clock_fields[] = {
    FIELD_TIME(ClockSet, now, .required = true),
    FIELD_END,
};

const Field retention_fields[] = {
    FIELD_INT(RetentionPut, draft_months, .low = 1, .high = 1200,
              .help = "Months after the call closed: what was never filed; never when absent"),
    FIELD_INT(RetentionPut, refused_months, .low = 1, .high = 1200,
              .help = "Months after its end: what was filed and not funded"),
    FIELD_INT(RetentionPut, funded_months, .low = 120, .high = 1200,
              .help = "Months after its end: what was funded; ten years at least"),
    FIELD_END};
