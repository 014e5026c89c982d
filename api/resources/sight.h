// SPDX-License-Identifier: Apache-2.0
// An application as its readers see it: found, loaded, and filtered by what their roles see.
#pragma once
#include "track.h"

typedef struct Sight {
    Track *track;
    RoleSet roles; // the caller's
    bool manages;  // the caller runs the space: knows that it exists, sees no more by it
} Sight;

// Finds an application that the caller may know of, without locking it. Not found otherwise: false with a fault.
bool sight_of(Request *rq, Str application_id, Sight *ret);

// May the caller see this thing? Forbidden otherwise: false with a fault.
bool sight_asks(Request *rq, const Sight *sight, Thing thing, ItemId item);

// May they, without a fault?
bool sight_sees(const Sight *sight, Thing thing, ItemId item);

// The ids of the instalments (THING_REQUEST, THING_PAYMENT) or indicators (THING_MEASURE) that the caller sees, as text[].
Arg sight_lines(Request *rq, const Sight *sight, Thing thing);

// The grids whose submitted reviews the caller reads: those that they see, a blind one that they fill in themselves only once
// their own is submitted. False with a fault.
bool sight_grids(Request *rq, const Sight *sight, const Str **ret, size_t *count);

// Loads slots (1 << Slot) into track->facts. False with a fault.
bool sight_loads(Request *rq, const Sight *sight, uint64_t slots);

// Does the caller read what the dossier holds: its holders always, others once it was filed?
bool sight_reads(const Sight *sight);

// Does the caller have no part but in the dossier? They read what reviewers say, not who said it.
bool sight_only_holds(const Sight *sight);

// Which of the definition's documents a stored kind is, or ID_NONE: "statutes" is shared, "<definition>/budget" its own.
ItemId document_item(const Definition *def, Str kind);
