// SPDX-License-Identifier: Apache-2.0
// Mails of the workflow: {{…}} filled in, in both languages, for whoever holds the mail's roles on
// this application. Who that is, and which language each reads, the statement finds out while it
// writes them.
#include "track_inside.h"
#include "../../engine/words.h"

static const struct SlotName {
    const char *name;
    Slot slot;
} slot_names[] = {
    {"call", SLOT_CALL},
    {"dossier", SLOT_DOSSIER},
    {"application", SLOT_APPLICATION},
    {"reviews", SLOT_REVIEWS},
    {"decision", SLOT_DECISION},
    {"agreement", SLOT_AGREEMENT},
    {"payments", SLOT_PAYMENTS},
    {"instalments", SLOT_INSTALMENTS},
    {"measures", SLOT_MEASURES},
    {"documents", SLOT_DOCUMENTS},
};

static Str value_text(Arena *arena, const json_t *value)
{
    return json_is_string(value)           ? json_str(value)
           : value && !json_is_null(value) ? json_text(arena, value)
                                           : STR_NONE;
}

// a.b.c from `value`.
static const json_t *member(const json_t *value, Str path)
{
    while (value && path.len) {
        size_t dot = str_index(path, '.');
        value = json_is_object(value) ? json_object_getn(value, path.at, dot) : NULL;
        path = str_slice(path, dot + 1, path.len);
    }
    return value;
}

// One text leaves for all: nobody is told by mail what they may not read.
static bool told(const Track *t, const Mail *mail, Str path)
{
    Str member;
    size_t slot = mail_slot(path, &member);
    for (size_t r = 1; slot < SLOT_VARS && r < t->def->role_count; r++)
        if ((mail->to & t->def->roles[r].bit) &&
            !fact_told(t->def, &t->at, slot, member, t->def->roles[r].bit))
            return false;
    return true;
}

// A word of the platform as the call's space says it, in this language or else in ours.
static Str said(Track *t, Lang lang, Str word)
{
    json_t *own =
        rows_has(t->rows, "vocabulary") ? row_json(t->arena, t->rows, t->row, "vocabulary") : NULL;
    const json_t *label = own ? json_object_getn(own, word.at, word.len) : NULL;
    Str mine = json_str(json_at(label, lang == EN ? "en" : "fr"));
    Text ours = platform_word(word);
    return mine.len ? mine : str_of(lang == EN ? ours.en : ours.fr);
}

// What stands at {{path}}: what every mail may name, then loaded facts, then the event's data
// ({{reason}}).
static Str place(Track *t, const Mail *mail, Lang lang, const Event *event, Str path)
{
    if (str_is(path, "dossier.title"))
        return row_str(t->rows, t->row, "dossier_title");
    if (str_is(path, "call.title"))
        return track_call_title(t, lang);
    if (str_is(path, "application.number"))
        return t->number;
    if (str_is(path, "application.id"))
        return t->id;
    if (str_starts(path, STR("word.")))
        return said(t, lang, str_slice(path, sizeof "word." - 1, path.len));
    if (!told(t, mail, path))
        return STR_NONE;
    size_t dot = str_index(path, '.');
    Str first = str_slice(path, 0, dot), rest = str_slice(path, dot + 1, path.len);
    for (size_t i = 0; i < sizeof slot_names / sizeof *slot_names; i++)
        if (str_is(first, slot_names[i].name))
            return value_text(t->arena, member(t->facts.slot[slot_names[i].slot], rest));
    return value_text(t->arena, member(event->data, path));
}

static size_t find(Str s, size_t from, Str what)
{
    while (from + what.len <= s.len && memcmp(s.at + from, what.at, what.len) != 0)
        from++;
    return from + what.len <= s.len ? from : s.len;
}

static Str render(Track *t, const Mail *mail, Lang lang, const Event *event, Str template)
{
    Buf buf = {.arena = t->arena};
    size_t at = 0;
    while (at < template.len) {
        size_t open = find(template, at, STR("{{")), close = find(template, open, STR("}}"));
        buf_add(&buf, str_slice(template, at, open));
        if (close == template.len) {
            buf_add(&buf, str_slice(template, open, template.len));
            break;
        }
        buf_add(&buf, place(t, mail, lang, event, str_trim(str_slice(template, open + 2, close))));
        at = close + 2;
    }
    return buf.at ? buf_str(&buf) : STR("");
}

// A subject is one line, whatever a title says.
static Str one_line(Arena *arena, Str s)
{
    char *at = str_cstr(arena, s);
    for (size_t i = 0; i < s.len; i++)
        if ((unsigned char)at[i] < ' ')
            at[i] = ' ';
    return (Str){at, s.len};
}

void track_mail(Track *t, ItemId item, const Event *event)
{
    const Mail *mail = &t->def->mails[item];
    MailOut out = {.mail = item};
    for (Lang lang = FR; lang <= EN; lang++) {
        out.subject[lang] =
            one_line(t->arena, render(t, mail, lang, event, label_text(mail->subject, lang)));
        out.body[lang] = render(t, mail, lang, event, label_text(mail->body, lang));
    }
    vec_push(t->arena, &t->mails, out);
}

// --- for whom -----------------------------------------------------------------------------------

typedef VEC(Str) Strs;
typedef VEC(int64_t) Ints;
typedef struct Keys { // (mail, role, scope, scope_id): whoever holds such a grant receives the mail
    Ints mails;
    Strs roles, scopes, ids;
} Keys;

static void key_add(Arena *arena, Keys *keys, int64_t mail, Str role, Scope scope, Str id)
{
    if (!id.at)
        return;
    vec_push(arena, &keys->mails, mail);
    vec_push(arena, &keys->roles, role);
    vec_push(arena, &keys->scopes, str_of(scope_words[scope]));
    vec_push(arena, &keys->ids, id);
}

// Grants on this scope, or a wider one, that count for the role.
static void keys_add(Arena *arena, Keys *keys, int64_t mail, const Track *t, const Role *role)
{
    const ApplicationScope *at = &t->scope;
    const struct {
        Scope scope;
        Str id;
    } scopes[] = {
        {ON_APPLICATION, at->application},
        {ON_CALL, at->call},
        {ON_SPACE, at->space},
        {ON_PLATFORM, STR("")},
        {ON_DOSSIER, at->dossier},
        {ON_ORGANISATION, at->organisation},
    };
    for (size_t i = 0; i < sizeof scopes / sizeof *scopes; i++)
        if (access_covers(scopes[i].scope, role->on))
            key_add(arena, keys, mail, role->id, scopes[i].scope, scopes[i].id);
    for (size_t i = 0; i < at->territory_count && role->on == ON_TERRITORY; i++)
        key_add(arena, keys, mail, role->id, ON_TERRITORY, at->territories[i]);
}

bool tracks_mails(Arena *arena, Track *tracks, size_t n, Flight *ret)
{
    Strs ids = {0}, subjects[2] = {{0}}, bodies[2] = {{0}};
    Keys keys = {0};
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < tracks[i].mails.len; k++) {
            const MailOut *mail = &tracks[i].mails.at[k];
            const Definition *def = tracks[i].def;
            vec_push(arena, &ids, tracks[i].id);
            for (Lang lang = FR; lang <= EN; lang++) {
                vec_push(arena, &subjects[lang], mail->subject[lang]);
                vec_push(arena, &bodies[lang], mail->body[lang]);
            }
            for (size_t r = 1; r < def->role_count; r++)
                if (def->mails[mail->mail].to & def->roles[r].bit)
                    keys_add(arena, &keys, (int64_t)ids.len, &tracks[i], &def->roles[r]);
        }
    if (keys.mails.len == 0)
        return false;
    Arg *args = arena_array(arena, Arg, 9);
    args[0] = arg_texts(arena, ids.at, ids.len);
    args[1] = arg_texts(arena, subjects[FR].at, ids.len);
    args[2] = arg_texts(arena, bodies[FR].at, ids.len);
    args[3] = arg_texts(arena, subjects[EN].at, ids.len);
    args[4] = arg_texts(arena, bodies[EN].at, ids.len);
    args[5] = arg_ints(arena, keys.mails.at, keys.mails.len);
    args[6] = arg_texts(arena, keys.roles.at, keys.roles.len);
    args[7] = arg_texts(arena, keys.scopes.at, keys.scopes.len);
    args[8] = arg_texts(arena, keys.ids.at, keys.ids.len);
    *ret = (Flight){Q_OUTBOX_MAIL, args, 9, NULL};
    return true;
}
