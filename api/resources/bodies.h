// SPDX-License-Identifier: Apache-2.0
// What the API takes: a struct for every JSON body and the table that reads it. The tables are the documentation; OpenAPI
// prints them. A `has_` member tells whether the body named the one after it.
#pragma once
#include "../../engine/base/field.h"

typedef struct SignIn {
    Str email, password, code, space;
    bool cookie;
} SignIn;
extern const Field sign_in_fields[], sign_in_password_fields[];

typedef struct LinkUse {
    Str token, code;
    bool cookie;
} LinkUse;
extern const Field link_use_fields[], address_prove_fields[];

typedef struct Confirm {
    Str password, code, token;
} Confirm;
extern const Field confirm_fields[];

typedef struct PasswordPut {
    Str password;
} PasswordPut;
extern const Field password_fields[];

typedef struct AddressAsk {
    Str email;
} AddressAsk;
extern const Field address_fields[];

typedef struct CodeGive {
    Str code;
} CodeGive;
extern const Field code_fields[];

typedef struct OidcStart {
    Str return_to;
    bool link;
} OidcStart;
extern const Field oidc_start_fields[];

typedef struct MeChange {
    Str name, lang;
    bool has_name;
} MeChange;
extern const Field me_fields[];

typedef struct TokenMake {
    Str label, access, scope, scope_id;
    Time expires_at;
} TokenMake;
extern const Field token_fields[];

typedef struct PersonMake {
    Str email, name, lang;
} PersonMake;
extern const Field person_fields[];

typedef struct SuspensionPut {
    bool suspended;
} SuspensionPut;
extern const Field suspension_fields[];

typedef struct OrganisationMake {
    Str name, siren, siret, rna, kind;
} OrganisationMake;
extern const Field organisation_fields[], organisation_change_fields[];

typedef struct MemberSet {
    Str person_id, role;
} MemberSet;
extern const Field member_fields[];

typedef struct TransferMake {
    Str person_id;
    bool stay;
} TransferMake;
extern const Field transfer_fields[], invitation_fields[]; // of an AuthorInvite

typedef struct ThemeRow {
    Str id;
    json_t *title;
} ThemeRow;
typedef struct SpaceMake {
    Str slug, organisation_id;
    json_t *title, *colours, *vocabulary;
    FieldList languages, themes;
    bool has_languages, has_themes;
} SpaceMake;
extern const Field space_fields[], space_change_fields[];

typedef struct GrantMake {
    Str person_id, email, role, scope, scope_id;
    Time from_at, until_at;
} GrantMake;
extern const Field grant_fields[];

typedef struct DelegationMake {
    Str grant_id, person_id, email;
    Time from_at, until_at;
    FieldList moves;
    bool has_moves;
} DelegationMake;
extern const Field delegation_fields[];

typedef struct TerritoryRow {
    Str code, kind, name;
    int64_t population;
    FieldList parents;
} TerritoryRow;
typedef struct TerritoriesPut {
    FieldList territories;
} TerritoriesPut;
extern const Field territories_fields[];

typedef struct PerimeterMake {
    Str space_id, parent, name;
    json_t *geometry;
} PerimeterMake;
extern const Field perimeter_fields[], perimeter_change_fields[];

typedef struct FunderRow {
    Str organisation_id;
    int64_t amount;
} FunderRow;
typedef struct CallMake {
    Str space_id, workflow_id;
    int64_t version;
    json_t *title, *summary;
    Time opens_at, closes_at;
    FieldList cutoffs, themes, territories, funders;
    int64_t amount;
    bool has_cutoffs, has_themes, has_territories, has_funders, has_amount;
} CallMake;
extern const Field call_fields[], call_change_fields[];

typedef struct MigrationMake {
    int64_t version;
    json_t *mapping;
    bool dry_run, has_dry_run;
} MigrationMake;
extern const Field migration_fields[];

typedef struct RetentionPut { // months; 0: kept
    int64_t draft_months, refused_months, funded_months;
} RetentionPut;
extern const Field retention_fields[];

typedef struct DossierMake {
    Str title, organisation_id, workflow_id;
    FieldList themes, territories;
    json_t *answers;
    bool has_title, has_themes, has_territories;
} DossierMake;
extern const Field dossier_fields[];

typedef struct AuthorInvite {
    Str email, role;
} AuthorInvite;
extern const Field author_fields[];

typedef struct ApplicationOpen {
    Str dossier_id;
} ApplicationOpen;
extern const Field application_fields[];

typedef struct ReviewPut {
    json_t *content;
    bool submit;
} ReviewPut;
extern const Field review_fields[];

typedef struct DecisionMake {
    Str kind, conditions, motive;
    int64_t amount;
} DecisionMake;
extern const Field decision_fields[];

typedef struct AgreementMake {
    int64_t amount;
    json_t *content;
    bool has_amount;
} AgreementMake;
extern const Field agreement_fields[];

typedef struct SignatureMake {
    Str role;
} SignatureMake;
extern const Field signature_fields[];

typedef struct PaymentMake {
    int64_t amount;
    Str reference;
} PaymentMake;
extern const Field payment_fields[];

typedef struct TargetPut {
    json_t *baseline, *target;
} TargetPut;
extern const Field target_fields[];

typedef struct MeasureMake {
    Str indicator, period, comment, evidence;
    json_t *value;
} MeasureMake;
extern const Field measure_fields[];

typedef struct MeasureJudge {
    Str motive;
} MeasureJudge;
extern const Field contest_fields[];

typedef struct MessageMake {
    Str body;
} MessageMake;
extern const Field message_fields[];

typedef struct ClockSet {
    Time now;
} ClockSet;
extern const Field clock_fields[];
