// SPDX-License-Identifier: Apache-2.0
// What people call the fixed words of a definition: stages, things, durations, moves. For drawings,
// tables and scenarios.
#pragma once
#include "definition.h"

// The words of the platform that a space may replace by its own (`vocabulary`): "dossier", "call"…; NULL-terminated.
extern const char *const platform_words[];
// What people call one of them when a space says nothing else: "dossier", "project file"; empty for no such word.
Text platform_word(Str word);

Text stage_title(Stage stage); // "Dépôt", "Submission"; empty for STAGE_NONE
Text thing_title(Thing thing); // "Formulaire", "Form"

// "form.project", "reviews": the word of `edit:` and `sees:` for a thing and its item.
Str thing_word(Arena *arena, const Definition *def, Thing thing, ItemId item);
// "Formulaire : Projet", "Avis": the same for people.
Str thing_words_title(Arena *arena, const Definition *def, Thing thing, ItemId item, Lang lang);

// "30 jours", "1 an 2 mois"; empty for no duration.
Str duration_words(Arena *arena, Duration d, Lang lang);

// When a timed transition fires: "après 30 jours", "à call.closes_at"; empty when it is not timed.
Str timer_words(Arena *arena, const Transition *t, Lang lang);

// What people call a transition when `event` fires it: its own title, or the event's, or the
// event's name. `event` may be empty.
Str move_title(const Definition *def, const Transition *t, Str event, Lang lang);

// A state's title, or its id when it has none.
Str state_title(const State *state, Lang lang);
