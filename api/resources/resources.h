// SPDX-License-Identifier: Apache-2.0
// Handlers, by noun: one for each row of routes.c, which says what it does, who may call it and what it takes. Each returns true
// with rq->reply set, or false with a fault recorded or an error of the database that whoever runs handlers looks at.
#pragma once
#include "../request.h"

// session.c
bool sign_in(Request *rq);
bool sign_in_link(Request *rq);
bool sign_in_password(Request *rq);
bool session_confirm_mail(Request *rq);
bool session_confirm(Request *rq);
bool session_end(Request *rq);
bool session_end_all(Request *rq);
// sign_in_page.c
bool sign_in_page(Request *rq);
// me.c
bool me_get(Request *rq);
bool me_change(Request *rq);
bool password_put(Request *rq);
bool password_remove(Request *rq);
bool address_ask(Request *rq);
bool address_prove(Request *rq);
// totp.c
bool totp_make(Request *rq);
bool totp_confirm(Request *rq);
bool totp_remove(Request *rq);
bool recovery_codes_make(Request *rq);
bool person_totp_remove(Request *rq);
// token.c
bool token_make(Request *rq);
bool token_list(Request *rq);
bool token_revoke(Request *rq);
// identity.c
bool sign_in_ways(Request *rq);
bool sign_in_oidc(Request *rq);
bool sign_in_oidc_back(Request *rq);
bool identity_list(Request *rq);
bool identity_remove(Request *rq);
bool session_provider(Request *rq);
// person.c
bool person_make(Request *rq);
bool person_list(Request *rq);
bool person_get(Request *rq);
bool person_sessions_end(Request *rq);
bool person_suspend(Request *rq);
// organisation.c
bool organisation_make(Request *rq);
bool organisation_list(Request *rq);
bool organisation_get(Request *rq);
bool organisation_change(Request *rq);
bool member_list(Request *rq);
bool member_set(Request *rq);
bool member_remove(Request *rq);
// invitation.c
bool invitation_make(Request *rq);
bool invitation_list(Request *rq);
bool invitation_revoke(Request *rq);
bool invitation_mine(Request *rq);
bool invitation_accept(Request *rq);
bool invitation_decline(Request *rq);
bool organisation_transfer(Request *rq);
// space.c
bool space_make(Request *rq);
bool space_list(Request *rq);
bool space_get(Request *rq);
bool space_change(Request *rq);
bool space_file_put(Request *rq);
bool space_logo_get(Request *rq);
bool space_logo_put(Request *rq);
// grant.c
bool grant_make(Request *rq);
bool grant_list(Request *rq);
bool grant_revoke(Request *rq);

// delegation.c
bool delegation_make(Request *rq);
bool delegation_list(Request *rq);
// territory.c
bool territories_put(Request *rq);
bool territory_list(Request *rq);
bool territory_get(Request *rq);
bool territory_geometry(Request *rq);
bool perimeter_make(Request *rq);
bool perimeter_change(Request *rq);
bool perimeter_remove(Request *rq);
// workflow.c
bool workflow_make(Request *rq);
bool workflow_check(Request *rq);
bool workflow_list(Request *rq);
bool workflow_get(Request *rq);
bool workflow_version_get(Request *rq);
bool workflow_version_text(Request *rq);
bool workflow_version_table(Request *rq);
bool workflow_version_drawing(Request *rq);
bool workflow_version_diff(Request *rq);
bool workflow_publish(Request *rq);
// call.c
bool call_make(Request *rq);
bool call_list(Request *rq);
bool call_get(Request *rq);
bool call_change(Request *rq);
bool call_open(Request *rq);
bool call_close(Request *rq);
// migration.c
bool migration_make(Request *rq);
// dossier.c
bool dossier_make(Request *rq);
bool dossier_list(Request *rq);
bool dossier_get(Request *rq);
bool dossier_change(Request *rq);
bool author_list(Request *rq);
bool author_invite(Request *rq);
// document.c
bool document_add(Request *rq);
bool document_list(Request *rq);
bool document_get(Request *rq);
bool document_content(Request *rq);
// filed.c
bool application_make(Request *rq);
bool application_dossier(Request *rq);
bool application_receipt(Request *rq);
// erasure.c
bool me_erasure(Request *rq);
bool me_erase(Request *rq);
bool me_export(Request *rq);
bool retention_get(Request *rq);
bool retention_put(Request *rq);
bool retention_preview(Request *rq);
// history.c
bool dossier_history(Request *rq);
bool space_history(Request *rq);
bool organisation_history(Request *rq);
bool platform_history(Request *rq);
bool me_history(Request *rq);
bool grant_history(Request *rq);
// inclusion.c
bool log_checkpoint_get(Request *rq);
bool log_consistency_get(Request *rq);
bool log_proof_get(Request *rq);
bool log_key_get(Request *rq);
// review.c
bool review_put(Request *rq);
bool review_list(Request *rq);
bool result_list(Request *rq);
// decision.c
bool decision_make(Request *rq);
bool decision_list(Request *rq);
// agreement.c
bool agreement_make(Request *rq);
bool agreement_get(Request *rq);
bool agreement_sign(Request *rq);
// instalment.c
bool instalment_list(Request *rq);
bool instalment_request(Request *rq);
bool instalment_approve(Request *rq);
bool payment_make(Request *rq);
bool payment_list(Request *rq);
// measure.c
bool indicator_list(Request *rq);
bool target_put(Request *rq);
bool measure_make(Request *rq);
bool measure_list(Request *rq);
bool measure_validate(Request *rq);
bool measure_contest(Request *rq);
// message.c
bool message_make(Request *rq);
bool message_list(Request *rq);
bool outbox_list(Request *rq);
// observatory.c
bool observatory_get(Request *rq);
// clock.c
bool clock_get(Request *rq);
bool clock_put(Request *rq);
// problem_kind.c
bool problem_kind_get(Request *rq);
bool openapi_get(Request *rq); // ../openapi.c
