// SPDX-License-Identifier: Apache-2.0
// The numbers by which France knows an organisation, checked as far as a number can be checked by itself.
#pragma once
#include "../../engine/base/str.h"

// Nine digits whose last makes Luhn's sum a multiple of ten; nine zeroes are nobody's.
// Source: Insee, https://xml.insee.fr/schema/siret.html#controles
bool siren_valid(Str siren);

// Fourteen digits that obey Luhn and begin with a SIREN. Establishments of La Poste (356000000) are too many for that: the sum of
// their digits is a multiple of five, but for its head office, which obeys Luhn. Same source, and
// https://fr.wikipedia.org/wiki/Système_d'identification_du_répertoire_des_établissements
bool siret_valid(Str siret);

// A W, two characters that say where the association was declared (751 Paris, 2A1 Ajaccio, 9R1 La Réunion: a digit, then a digit or
// a letter), seven digits. It bears no check digit, so its form is all there is to check.
// Source: https://associations.gouv.fr/immatriculation.html
bool rna_valid(Str rna);
