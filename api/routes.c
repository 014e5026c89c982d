// SPDX-License-Identifier: Apache-2.0
// THE table.
#include "routes.h"
#include "resources/application.h"
#include "resources/bodies.h"
#include "resources/health.h"
#include "resources/move.h"
#include "resources/resources.h"

#define PAGED                                                                                      \
    {"cursor", FIELD_TEXT_T, "Where the previous page ended: its `next`."},                        \
    {                                                                                              \
        "limit", FIELD_INT_T, "Rows at most: 1 to 200, 50 when it is not said."                    \
    }
#define QUERY_OF(...)                                                                              \
    (const Parameter[])                                                                            \
    {                                                                                              \
        __VA_ARGS__,                                                                               \
        {                                                                                          \
            0                                                                                      \
        }                                                                                          \
    }
#define PAGES         QUERY_OF(PAGED)
#define BODY(S, rows) .body = (rows), .input_size = sizeof(S)

// clang-format off
const Route routes[] = {
    { GET,    "/health/live",  PUBLIC, .handler = health_live_get,  .reply = "Health", .status = 200, .direct = true, .tag = "program", .summary = "Does the process answer?" },
    { GET,    "/health/ready", PUBLIC, .handler = health_ready_get, .reply = "Health", .status = 200, .direct = true, .tag = "program", .summary = "Can it work?" },
    { GET,    "/metrics",      PUBLIC, .handler = metrics_get,      .reply = "text/plain", .status = 200, .direct = true, .tag = "program", .summary = "Figures for Prometheus" },
    { GET,    "/openapi.json", PUBLIC, .handler = openapi_get,      .reply = "OpenAPI", .status = 200, .direct = true, .tag = "program", .summary = "This description" },
    { GET,    "/problems/{type}", PUBLIC, .handler = problem_kind_get, .reply = "ProblemKind", .status = 200, .direct = true, .tag = "program", .summary = "What a kind of problem means" },

    { POST,   "/api/v1/sign-in",          PUBLIC, BODY(SignIn, sign_in_fields),          .handler = sign_in,          .reply = "Sent",    .status = 202, .tag = "session", .summary = "Ask for a mailed sign-in code; the answer is the same whoever asks" },
    { POST,   "/api/v1/sign-in/link",     PUBLIC, BODY(LinkUse, link_use_fields),        .handler = sign_in_link,     .reply = "Session", .status = 201, .secret = true, .tag = "session", .summary = "Sign in with a mailed code, which makes an account on first use" },
    { POST,   "/api/v1/sign-in/password", PUBLIC, BODY(SignIn, sign_in_password_fields), .handler = sign_in_password, .reply = "Session", .status = 201, .secret = true, .tag = "session", .summary = "Sign in with a password" },
    { DELETE, "/api/v1/session", SIGNED_IN, .handler = session_end, .status = 204, .tag = "session", .summary = "Sign out: the token shown is good no longer" },
    { GET,    "/api/v1/me",      SIGNED_IN, .handler = me_get, .reply = "Me", .status = 200, .tag = "session", .summary = "Oneself: grants, memberships, tokens" },
    { PATCH,  "/api/v1/me",      SIGNED_IN, BODY(MeChange, me_fields), .handler = me_change, .reply = "Person", .status = 200, .tag = "session", .summary = "Change one's name, language or password" },
    { POST,   "/api/v1/tokens",  SIGNED_IN, BODY(TokenMake, token_fields), .handler = token_make, .reply = "NewToken", .status = 201, .secret = true, .tag = "session", .summary = "Make a token for a program; it is shown this once" },
    { GET,    "/api/v1/tokens",  SIGNED_IN, .handler = token_list, .reply = "TokenList", .query = PAGES, .status = 200, .tag = "session", .summary = "One's sessions and tokens" },
    { DELETE, "/api/v1/tokens/{token_id}", SIGNED_IN, .handler = token_revoke, .status = 204, .tag = "session", .summary = "Revoke a session or token" },

    { POST,   "/api/v1/people", ADMIN, BODY(PersonMake, person_fields), .handler = person_make, .reply = "Person", .status = 201, .tag = "people", .summary = "Make an account" },
    { GET,    "/api/v1/people", ADMIN, .handler = person_list, .reply = "PersonList", .query = QUERY_OF({"email", FIELD_TEXT_T, "Only this address."}, PAGED), .status = 200, .tag = "people", .summary = "Everyone" },
    { GET,    "/api/v1/people/{person_id}", SIGNED_IN, .handler = person_get, .reply = "Person", .status = 200, .tag = "people", .summary = "A person one works with; the address is for oneself and admins" },

    { POST,   "/api/v1/organisations", SIGNED_IN, BODY(OrganisationMake, organisation_fields), .handler = organisation_make, .reply = "Organisation", .status = 201, .tag = "organisations", .summary = "Make an organisation and own it" },
    { GET,    "/api/v1/organisations", SIGNED_IN, .handler = organisation_list, .reply = "OrganisationList", .query = QUERY_OF({"q", FIELD_TEXT_T, "In the name."}, {"siren", FIELD_TEXT_T, "With this number."}, PAGED), .status = 200, .tag = "organisations", .summary = "Organisations" },
    { GET,    "/api/v1/organisations/{organisation_id}", SIGNED_IN, .handler = organisation_get, .reply = "Organisation", .status = 200, .tag = "organisations", .summary = "One organisation" },
    { PATCH,  "/api/v1/organisations/{organisation_id}", SIGNED_IN, BODY(OrganisationMake, organisation_change_fields), .if_match = true, .handler = organisation_change, .reply = "Organisation", .status = 200, .tag = "organisations", .summary = "Change an organisation one owns" },
    { GET,    "/api/v1/organisations/{organisation_id}/members", SIGNED_IN, .handler = member_list, .reply = "MemberList", .status = 200, .tag = "organisations", .summary = "Members, told to members" },
    { POST,   "/api/v1/organisations/{organisation_id}/members", SIGNED_IN, BODY(MemberSet, member_fields), .handler = member_set, .reply = "Member", .status = 201, .tag = "organisations", .summary = "Take a member in, or change their part" },
    { DELETE, "/api/v1/organisations/{organisation_id}/members/{person_id}", SIGNED_IN, .handler = member_remove, .status = 204, .tag = "organisations", .summary = "Let a member go, or leave" },

    { POST,   "/api/v1/spaces", ADMIN, BODY(SpaceMake, space_fields), .handler = space_make, .reply = "Space", .status = 201, .tag = "spaces", .summary = "Make a funder's space" },
    { GET,    "/api/v1/spaces", PUBLIC, .handler = space_list, .reply = "SpaceList", .query = QUERY_OF({"slug", FIELD_TEXT_T, "With this address."}, PAGED), .status = 200, .tag = "spaces", .summary = "Spaces" },
    { GET,    "/api/v1/spaces/{space_id}", PUBLIC, .handler = space_get, .reply = "Space", .status = 200, .tag = "spaces", .summary = "One space" },
    { PATCH,  "/api/v1/spaces/{space_id}", SIGNED_IN, BODY(SpaceMake, space_change_fields), .if_match = true, .handler = space_change, .reply = "Space", .status = 200, .tag = "spaces", .summary = "Change a space one manages" },

    { POST,   "/api/v1/grants", SIGNED_IN, BODY(GrantMake, grant_fields), .handler = grant_make, .reply = "Grant", .status = 201, .tag = "grants", .summary = "Grant a role on a scope one answers for" },
    { GET,    "/api/v1/grants", SIGNED_IN, .handler = grant_list, .reply = "GrantList", .query = QUERY_OF({"scope", FIELD_TEXT_T, "dossier, application, call, space, organisation, territory or platform."}, {"scope_id", FIELD_TEXT_T, "Id of the scope."}, PAGED), .status = 200, .tag = "grants", .summary = "One's own grants, and those one may give" },
    { DELETE, "/api/v1/grants/{grant_id}", SIGNED_IN, .handler = grant_revoke, .status = 204, .tag = "grants", .summary = "Revoke a grant, or give it back" },

    { PUT,    "/api/v1/territories", ADMIN, BODY(TerritoriesPut, territories_fields), .handler = territories_put, .reply = "Count", .status = 200, .tag = "territories", .summary = "Write territories and what they lie in" },
    { GET,    "/api/v1/territories", PUBLIC, .handler = territory_list, .reply = "TerritoryRowList", .query = QUERY_OF({"kind", FIELD_TEXT_T, "nation, region, departement, epci, commune or perimeter."}, {"within", FIELD_TEXT_T, "Inside this one, itself included."}, {"q", FIELD_TEXT_T, "In the name."}, PAGED), .status = 200, .tag = "territories", .summary = "Territories" },
    { GET,    "/api/v1/territories/{code}", PUBLIC, .handler = territory_get, .reply = "Territory", .status = 200, .tag = "territories", .summary = "One territory with all that it lies in" },

    { POST,   "/api/v1/workflows",       SIGNED_IN, .media = "application/yaml", .handler = workflow_make, .reply = "WorkflowVersion", .query = QUERY_OF({"space_id", FIELD_UUID_T, "The space that it is for; needed."}), .status = 201, .tag = "workflows", .summary = "Upload a workflow file: a new draft version, once it is proved" },
    { POST,   "/api/v1/workflows/check", SIGNED_IN, .media = "application/yaml", .handler = workflow_check, .reply = "Check", .status = 200, .tag = "workflows", .summary = "Prove a workflow file and keep nothing" },
    { GET,    "/api/v1/workflows", PUBLIC, .handler = workflow_list, .reply = "WorkflowRowList", .query = QUERY_OF({"space_id", FIELD_UUID_T, "Of this space."}, PAGED), .status = 200, .tag = "workflows", .summary = "Workflows" },
    { GET,    "/api/v1/workflows/{workflow_id}", PUBLIC, .handler = workflow_get, .reply = "Workflow", .status = 200, .tag = "workflows", .summary = "One workflow and its versions" },
    { GET,    "/api/v1/workflows/{workflow_id}/versions/{version}", PUBLIC, .handler = workflow_version_get, .reply = "WorkflowMeaning", .status = 200, .tag = "workflows", .summary = "What a version means: roles, forms, states…" },
    { GET,    "/api/v1/workflows/{workflow_id}/versions/{version}/text", PUBLIC, .handler = workflow_version_text, .reply = "application/yaml", .status = 200, .tag = "workflows", .summary = "The file" },
    { GET,    "/api/v1/workflows/{workflow_id}/versions/{version}/table", PUBLIC, .handler = workflow_version_table, .reply = "Table|text/csv", .query = QUERY_OF({"form", FIELD_TEXT_T, "json or csv."}), .status = 200, .tag = "workflows", .summary = "Who may do what in which state" },
    { GET,    "/api/v1/workflows/{workflow_id}/versions/{version}/drawing", PUBLIC, .handler = workflow_version_drawing, .reply = "text/vnd.graphviz|image/svg+xml", .query = QUERY_OF({"form", FIELD_TEXT_T, "dot or svg."}), .status = 200, .tag = "workflows", .summary = "The chart drawn" },
    { GET,    "/api/v1/workflows/{workflow_id}/versions/{version}/diff", PUBLIC, .handler = workflow_version_diff, .reply = "Difference", .query = QUERY_OF({"from", FIELD_INT_T, "The version to compare with; the one before when it is not said."}), .status = 200, .tag = "workflows", .summary = "What changes, and for whom" },
    { POST,   "/api/v1/workflows/{workflow_id}/versions/{version}/publish", SIGNED_IN, .handler = workflow_publish, .reply = "WorkflowVersion", .status = 200, .tag = "workflows", .summary = "Publish a version: calls may follow it" },

    { POST,   "/api/v1/calls", SIGNED_IN, BODY(CallMake, call_fields), .handler = call_make, .reply = "Call", .status = 201, .tag = "calls", .summary = "Prepare a call on a published workflow" },
    { GET,    "/api/v1/calls", PUBLIC, .handler = call_list, .reply = "CallList", .query = QUERY_OF({"status", FIELD_TEXT_T, "draft, open or closed."}, {"theme", FIELD_TEXT_T, "With this theme."}, {"territory", FIELD_TEXT_T, "In this territory or below."}, {"space_id", FIELD_UUID_T, "Of this space."}, PAGED), .status = 200, .tag = "calls", .summary = "Calls, open and closed" },
    { GET,    "/api/v1/calls/{call_id}", PUBLIC, .handler = call_get, .reply = "Call", .status = 200, .tag = "calls", .summary = "One call" },
    { PATCH,  "/api/v1/calls/{call_id}", SIGNED_IN, BODY(CallMake, call_change_fields), .if_match = true, .handler = call_change, .reply = "Call", .status = 200, .tag = "calls", .summary = "Change a call; once open, only for later and for more" },
    { POST,   "/api/v1/calls/{call_id}/open",  SIGNED_IN, .handler = call_open,  .reply = "Call", .status = 200, .tag = "calls", .summary = "Open it, now or at its date; it closes by itself" },
    { POST,   "/api/v1/calls/{call_id}/close", SIGNED_IN, .handler = call_close, .reply = "Call", .status = 200, .tag = "calls", .summary = "Close it now" },
    { POST,   "/api/v1/calls/{call_id}/migration", SIGNED_IN, BODY(MigrationMake, migration_fields), .handler = migration_make, .reply = "Migration", .status = 200, .tag = "calls", .summary = "Go over to another version with all applications; a dry run unless it says otherwise" },
    { POST,   "/api/v1/calls/{call_id}/applications", SIGNED_IN, BODY(ApplicationOpen, application_fields), .handler = application_make, .reply = "ApplicationRow", .status = 201, .tag = "applications", .summary = "Open an application of one's dossier" },

    { POST,   "/api/v1/dossiers", SIGNED_IN, BODY(DossierMake, dossier_fields), .handler = dossier_make, .reply = "Dossier", .status = 201, .tag = "dossiers", .summary = "Begin a dossier and carry it" },
    { GET,    "/api/v1/dossiers", SIGNED_IN, .handler = dossier_list, .reply = "DossierRowList", .query = PAGES, .status = 200, .tag = "dossiers", .summary = "One's dossiers" },
    { GET,    "/api/v1/dossiers/{dossier_id}", SIGNED_IN, .handler = dossier_get, .reply = "Dossier", .status = 200, .tag = "dossiers", .summary = "One's dossier with all its answers" },
    { PATCH,  "/api/v1/dossiers/{dossier_id}", SIGNED_IN, BODY(DossierMake, dossier_fields), .if_match = true, .handler = dossier_change, .reply = "Dossier", .status = 200, .tag = "dossiers", .summary = "Answer questions, one field at a time" },
    { GET,    "/api/v1/dossiers/{dossier_id}/authors", SIGNED_IN, .handler = author_list, .reply = "AuthorList", .status = 200, .tag = "dossiers", .summary = "Who works on it" },
    { POST,   "/api/v1/dossiers/{dossier_id}/authors", SIGNED_IN, BODY(AuthorInvite, author_fields), .handler = author_invite, .reply = "Grant", .status = 201, .tag = "dossiers", .summary = "Invite somebody to work on it" },
    { POST,   "/api/v1/dossiers/{dossier_id}/documents", SIGNED_IN, .media = "*/*", .upload = true, .handler = document_add, .reply = "NewDocument", .query = QUERY_OF({"kind", FIELD_TEXT_T, "statutes…, or <workflow>/<document>; needed."}, {"name", FIELD_TEXT_T, "The file's name; needed."}), .status = 201, .tag = "documents", .summary = "Upload a document, or its next version" },
    { GET,    "/api/v1/dossiers/{dossier_id}/documents", SIGNED_IN, .handler = document_list, .reply = "DocumentList", .query = QUERY_OF({"replaced", FIELD_BOOL_T, "Former versions too."}, PAGED), .status = 200, .tag = "documents", .summary = "Documents of one's dossier" },
    { GET,    "/api/v1/documents/{document_id}", SIGNED_IN, .handler = document_get, .reply = "Document", .status = 200, .tag = "documents", .summary = "What a document is" },
    { GET,    "/api/v1/documents/{document_id}/content", SIGNED_IN, .handler = document_content, .reply = "*/*", .status = 200, .tag = "documents", .summary = "The file" },

    { GET,    "/api/v1/applications", SIGNED_IN, .handler = application_list, .reply = "ApplicationRowList", .query = application_list_query, .status = 200, .tag = "applications", .summary = "Applications one has a part in" },
    { GET,    "/api/v1/applications/{application_id}", SIGNED_IN, .handler = application_get, .reply = "Application", .status = 200, .tag = "applications", .summary = "Where it stands, and every move, open or closed and why" },
    { GET,    "/api/v1/applications/{application_id}/moves", SIGNED_IN, .handler = application_moves, .reply = "PastMoveList", .query = PAGES, .status = 200, .tag = "applications", .summary = "Its history, chained by hashes" },
    { POST,   "/api/v1/applications/{application_id}/moves", SIGNED_IN, BODY(MoveInput, move_fields), .batch = true, .reply = "Moved", .status = 201, .tag = "applications", .summary = "Fire an event" },
    { GET,    "/api/v1/applications/{application_id}/dossier", SIGNED_IN, .handler = application_dossier, .reply = "FiledDossier", .status = 200, .tag = "applications", .summary = "The dossier as it was filed here" },
    { GET,    "/api/v1/applications/{application_id}/receipt", SIGNED_IN, .handler = application_receipt, .reply = "Receipt", .status = 200, .tag = "applications", .summary = "What was filed, when, and its fingerprint" },

    { PUT,    "/api/v1/applications/{application_id}/reviews/{grid_name}", SIGNED_IN, BODY(ReviewPut, review_fields), .handler = review_put, .reply = "Review", .status = 200, .tag = "reviews", .summary = "Write one's review; submitted, it is locked" },
    { GET,    "/api/v1/applications/{application_id}/reviews", SIGNED_IN, .handler = review_list, .reply = "ReviewList", .query = PAGES, .status = 200, .tag = "reviews", .summary = "One's own reviews, and others' where one sees them" },
    { GET,    "/api/v1/applications/{application_id}/results", SIGNED_IN, .handler = result_list, .reply = "Results", .status = 200, .tag = "reviews", .summary = "Means, spreads and divergences, by grid" },

    { POST,   "/api/v1/applications/{application_id}/decisions", SIGNED_IN, BODY(DecisionMake, decision_fields), .handler = decision_make, .reply = "Decision", .status = 201, .tag = "decisions", .summary = "Decide, within the call's envelope" },
    { GET,    "/api/v1/applications/{application_id}/decisions", SIGNED_IN, .handler = decision_list, .reply = "DecisionList", .status = 200, .tag = "decisions", .summary = "The decision and those that it replaced" },

    { POST,   "/api/v1/applications/{application_id}/agreement", SIGNED_IN, BODY(AgreementMake, agreement_fields), .handler = agreement_make, .reply = "Agreement", .status = 201, .tag = "funding", .summary = "Prepare the agreement and its instalments" },
    { GET,    "/api/v1/applications/{application_id}/agreement", SIGNED_IN, .handler = agreement_get, .reply = "Agreement", .status = 200, .tag = "funding", .summary = "The agreement" },
    { POST,   "/api/v1/applications/{application_id}/agreement/signatures", SIGNED_IN, BODY(SignatureMake, signature_fields), .handler = agreement_sign, .reply = "Agreement", .status = 201, .tag = "funding", .summary = "Sign it as one of one's roles" },
    { GET,    "/api/v1/applications/{application_id}/instalments", SIGNED_IN, .handler = instalment_list, .reply = "InstalmentList", .status = 200, .tag = "funding", .summary = "Instalments" },
    { POST,   "/api/v1/applications/{application_id}/instalments/{name}/request", SIGNED_IN, .handler = instalment_request, .reply = "Instalment", .status = 200, .tag = "funding", .summary = "Ask for an instalment" },
    { POST,   "/api/v1/applications/{application_id}/instalments/{name}/approve", SIGNED_IN, .handler = instalment_approve, .reply = "Instalment", .status = 200, .tag = "funding", .summary = "Certify that it is due" },
    { POST,   "/api/v1/applications/{application_id}/instalments/{name}/payments", SIGNED_IN, BODY(PaymentMake, payment_fields), .handler = payment_make, .reply = "Payment", .status = 201, .tag = "funding", .summary = "Record a payment" },
    { GET,    "/api/v1/applications/{application_id}/payments", SIGNED_IN, .handler = payment_list, .reply = "PaymentList", .query = PAGES, .status = 200, .tag = "funding", .summary = "Payments" },

    { GET,    "/api/v1/applications/{application_id}/indicators", SIGNED_IN, .handler = indicator_list, .reply = "IndicatorList", .status = 200, .tag = "impact", .summary = "Indicators: what was promised and reached" },
    { PUT,    "/api/v1/applications/{application_id}/targets/{indicator}", SIGNED_IN, BODY(TargetPut, target_fields), .handler = target_put, .reply = "Target", .status = 200, .tag = "impact", .summary = "Promise a target" },
    { POST,   "/api/v1/applications/{application_id}/measures", SIGNED_IN, BODY(MeasureMake, measure_fields), .handler = measure_make, .reply = "Measure", .status = 201, .tag = "impact", .summary = "Enter a measure" },
    { GET,    "/api/v1/applications/{application_id}/measures", SIGNED_IN, .handler = measure_list, .reply = "MeasureList", .query = QUERY_OF({"indicator", FIELD_TEXT_T, "Of this indicator."}, PAGED), .status = 200, .tag = "impact", .summary = "Measures" },
    { POST,   "/api/v1/measures/{measure_id}/validate", SIGNED_IN, .handler = measure_validate, .reply = "Measure", .status = 200, .tag = "impact", .summary = "Vouch for a measure that somebody else entered" },
    { POST,   "/api/v1/measures/{measure_id}/contest",  SIGNED_IN, BODY(MeasureJudge, contest_fields), .handler = measure_contest, .reply = "Measure", .status = 200, .tag = "impact", .summary = "Contest a measure, with the motive" },

    { POST,   "/api/v1/applications/{application_id}/messages", SIGNED_IN, BODY(MessageMake, message_fields), .handler = message_make, .reply = "Message", .status = 201, .tag = "messages", .summary = "Write to the other side, who is told by mail" },
    { GET,    "/api/v1/applications/{application_id}/messages", SIGNED_IN, .handler = message_list, .reply = "MessageList", .query = PAGES, .status = 200, .tag = "messages", .summary = "The thread" },
    { GET,    "/api/v1/outbox", ADMIN, .handler = outbox_list, .reply = "MailList", .query = QUERY_OF({"waiting", FIELD_BOOL_T, "Only what has not left."}, PAGED), .status = 200, .tag = "messages", .summary = "Mails that left or wait" },

    { GET,    "/api/v1/observatory", PUBLIC, .handler = observatory_get, .reply = "Observatory", .query = QUERY_OF({"theme", FIELD_TEXT_T, "With this theme."}, {"territory", FIELD_TEXT_T, "In this territory or below."}, {"call_id", FIELD_UUID_T, "Of this call."}), .status = 200, .tag = "observatory", .summary = "What became of the projects, by stage, theme and territory" },

    { GET,    "/api/v1/clock", PUBLIC, .handler = clock_get, .reply = "Clock", .status = 200, .tag = "program", .summary = "What time it is here" },
    { POST,   "/api/v1/clock", ADMIN, BODY(ClockSet, clock_fields), .handler = clock_put, .reply = "Clock", .status = 200, .tag = "program", .summary = "Move the clock, where tests may" },
};
// clang-format on
const size_t route_count = sizeof routes / sizeof *routes;
