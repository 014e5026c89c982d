// SPDX-License-Identifier: Apache-2.0
// Tokens of providers, without a network: the examples of RFC 7515 (appendix A) are right, and whatever differs from them by one
// character is not.
#include "api/auth/hash.h"
#include "api/auth/oidc_token.h"
#include "../base/table.h"

#define CLAIMS                                                                                     \
    "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVl" \
    "fQ"
static const char rs256[] =
    "eyJhbGciOiJSUzI1NiJ9." CLAIMS
    ".cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_"
    "O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4"
    "BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--"
    "xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqv"
    "hJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw";
static const char es256[] =
    "eyJhbGciOiJFUzI1NiJ9." CLAIMS
    ".DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";
static const char hs256[] = // appendix A.1, whose key is symmetric
    "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9." CLAIMS
    ".dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
static const char unsecured[] = "eyJhbGciOiJub25lIn0." CLAIMS "."; // appendix A.5

static const char keys_text[] =
    "{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":"
    "\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\","
    "\"y\":\"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0\"},"
    "{\"kty\":\"RSA\",\"n\":\"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-"
    "4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-"
    "pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-"
    "KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uD"
    "Zlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_"
    "h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ\",\"e\":\"AQAB\"},"
    "{\"kty\":\"oct\",\"k\":\"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-"
    "1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow\"}]}";

static int set_up(void **state)
{
    *state = arena_new();
    return auth_start() ? 0 : -1;
}

static int tear_down(void **state)
{
    arena_free(*state);
    return 0;
}

static json_t *read(Arena *arena, const char *text)
{
    Fault bad;
    return json_read(arena, str_of(text), &bad);
}

static JwtFlaw verdict(Arena *arena, Str token)
{
    json_t *claims = NULL;
    JwtFlaw flaw = jwt_verify(arena, token, read(arena, keys_text), &claims);
    assert_true((flaw == JWT_GOOD) == (claims != NULL));
    return flaw;
}

static const struct {
    const char *sentence, *token;
    JwtFlaw flaw;
} examples[] = {
    {"RFC 7515, A.2: RS256", rs256, JWT_GOOD},
    {"RFC 7515, A.3: ES256", es256, JWT_GOOD},
    {"A.1: HS256, though a symmetric key is among the keys", hs256, JWT_ALGORITHM},
    {"A.5: no signature", unsecured, JWT_ALGORITHM},
    {"nothing", "", JWT_SHAPE},
    {"two dots", "..", JWT_SHAPE},
    {"a header that is a list", "W10." CLAIMS ".AA", JWT_SHAPE},
    {"padding", "eyJhbGciOiJFUzI1NiJ9==." CLAIMS ".AA", JWT_SHAPE},
    {"an ES256 signature that is too short", "eyJhbGciOiJFUzI1NiJ9." CLAIMS ".AAAA", JWT_NO_KEY},
};

static void examples_of_the_standard(void **state)
{
    int wrong = 0;
    for (size_t i = 0; i < ROWS(examples); i++) {
        JwtFlaw came = verdict(*state, str_of(examples[i].token));
        ROW_CHECK(wrong, came == examples[i].flaw, examples[i].sentence, "expected %d, came %d",
                  examples[i].flaw, came);
    }
    ROWS_END(wrong);
}

// Every character matters, but for the last of a part, of which not all bits do: those that do not must be zero.
static void one_character_spoils_it(void **state)
{
    const char *tokens[] = {rs256, es256};
    int wrong = 0;
    for (size_t t = 0; t < ROWS(tokens); t++) {
        char *copy = str_cstr(*state, str_of(tokens[t]));
        for (size_t i = 0; copy[i]; i++) {
            char was = copy[i];
            copy[i] = was == 'A' ? 'B' : 'A';
            ROW_CHECK(wrong, verdict(*state, str_of(copy)) != JWT_GOOD, tokens[t],
                      "good with another character at %zu", i);
            copy[i] = was;
        }
        assert_int_equal(verdict(*state, str_of(copy)), JWT_GOOD);
    }
    ROWS_END(wrong);
}

#define ID "\"iss\":\"https://id.example\",\"sub\":\"zoe\",\"aud\":\"jalon\",\"nonce\":\"n\""
static const struct {
    const char *sentence, *claims;
    JwtFlaw flaw;
} claims[] = {
    {"all that must be there", "{" ID ",\"iat\":1000,\"exp\":1060}", JWT_GOOD},
    {"a minute of difference between the clocks", "{" ID ",\"iat\":1050,\"nbf\":1050,\"exp\":1060}",
     JWT_GOOD},
    {"ended less than a minute ago", "{" ID ",\"iat\":900,\"exp\":950}", JWT_GOOD},
    {"ended a minute ago", "{" ID ",\"iat\":900,\"exp\":940}", JWT_EXPIRED},
    {"begins in more than a minute", "{" ID ",\"iat\":1061,\"exp\":1100}", JWT_EARLY},
    {"a fraction of a second", "{" ID ",\"iat\":1000.5,\"exp\":1060.25}", JWT_GOOD},
    {"an end beyond all calendars", "{" ID ",\"iat\":1000,\"exp\":1e300}", JWT_EXPIRED},
    {"an end before all calendars", "{" ID ",\"iat\":1000,\"exp\":-1}", JWT_EXPIRED},
    {"null for an end", "{" ID ",\"iat\":1000,\"exp\":null}", JWT_EXPIRED},
    {"an audience that is a number",
     "{\"iss\":\"https://id.example\",\"aud\":1,\"iat\":1000,\"exp\":1060}", JWT_AUDIENCE},
    {"its level is not the one", "{" ID ",\"iat\":1000,\"exp\":1060,\"acr\":\"\"}", JWT_GOOD},
    {"at_hash that is no text", "{" ID ",\"iat\":1000,\"exp\":1060,\"at_hash\":7}", JWT_HASH},
};

static void claims_are_looked_at(void **state)
{
    JwtWanted wanted = {.issuer = STR("https://id.example"),
                        .client_id = STR("jalon"),
                        .nonce = STR("n"),
                        .now = 1000 * SECOND};
    int wrong = 0;
    for (size_t i = 0; i < ROWS(claims); i++) {
        JwtFlaw came = jwt_check(*state, read(*state, claims[i].claims), &wanted);
        ROW_CHECK(wrong, came == claims[i].flaw, claims[i].sentence, "expected %d, came %d",
                  claims[i].flaw, came);
        assert_true(came == JWT_GOOD || (jwt_flaw_text(came).fr && jwt_flaw_text(came).en));
    }
    ROWS_END(wrong);
}

// RFC 7636, appendix B.
static void challenge_of_the_standard(void **state)
{
    Str came = jwt_challenge(*state, STR("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"));
    assert_true(str_is(came, "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(examples_of_the_standard),
        cmocka_unit_test(one_character_spoils_it),
        cmocka_unit_test(claims_are_looked_at),
        cmocka_unit_test(challenge_of_the_standard),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
