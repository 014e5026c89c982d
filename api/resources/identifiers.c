// SPDX-License-Identifier: Apache-2.0
// Check digits of SIREN and SIRET, the form of RNA.
#include "identifiers.h"

static bool digits(Str s, size_t len)
{
    for (size_t i = 0; i < s.len; i++)
        if (s.at[i] < '0' || s.at[i] > '9')
            return false;
    return s.len == len;
}

static int digit_sum(Str s)
{
    int sum = 0;
    for (size_t i = 0; i < s.len; i++)
        sum += s.at[i] - '0';
    return sum;
}

// Counted from the right, each second digit is doubled and the digits of the double are added.
static bool luhn(Str s)
{
    int sum = 0;
    for (size_t i = 0; i < s.len; i++) {
        int digit = s.at[s.len - 1 - i] - '0', twice = i % 2 ? digit * 2 : digit;
        sum += twice > 9 ? twice - 9 : twice;
    }
    return sum > 0 && sum % 10 == 0;
}

bool siren_valid(Str siren)
{
    return digits(siren, 9) && luhn(siren);
}

bool siret_valid(Str siret)
{
    if (!digits(siret, 14) || !luhn(str_slice(siret, 0, 9)))
        return false;
    bool la_poste = str_starts(siret, STR("356000000"));
    return luhn(siret) || (la_poste && digit_sum(siret) % 5 == 0);
}

bool rna_valid(Str rna)
{
    if (rna.len != 10 || rna.at[0] != 'W' || !digits(str_slice(rna, 1, 2), 1))
        return false;
    char where = rna.at[2];
    return ((where >= '0' && where <= '9') || (where >= 'A' && where <= 'Z')) &&
           digits(str_slice(rna, 3, 10), 7);
}
