// SPDX-License-Identifier: Apache-2.0
// Sections that nobody reads, and mails that would tell their readers what these do not see: such a
// place stays empty when the mail is written, so the author hears of it here.
#include "check_internal.h"
#include "macrostep.h"

static bool ever_sees(const Definition *def, Thing thing, ItemId item, RoleSet roles)
{
    for (size_t s = 0; s < def->state_count; s++) {
        Case alone = {0};
        set_add(&alone.in, (StateId)s);
        if (may_see(def, &alone, thing, item, roles))
            return true;
    }
    return false;
}

static void check_sections(Check *c)
{
    for (size_t i = 0; i < c->def->section_count; i++) {
        const Section *section = &c->def->sections[i];
        if (!ever_sees(c->def, THING_SECTION, (ItemId)i, ~SYSTEM_BIT))
            check_warn(c, "never-seen", section->mark,
                       MESSAGE(T("la section « {0} » n'est vue par personne : la donner (sees: ou "
                                 "see:) avec section.{0}",
                                 "the section '{0}' is seen by nobody: give it (sees: or see:) "
                                 "with section.{0}"),
                               section->id));
    }
}

static bool ever_told(const Definition *def, size_t slot, Str member, RoleSet role)
{
    for (size_t s = 0; s < def->state_count; s++) {
        Case alone = {0};
        set_add(&alone.in, (StateId)s);
        if (fact_told(def, &alone, slot, member, role))
            return true;
    }
    return false;
}

static void check_reader(Check *c, const Mail *mail, const Role *role, Str path, size_t slot,
                         Str member)
{
    if (!(mail->to & role->bit) || ever_told(c->def, slot, member, role->bit))
        return;
    check_warn(
        c, "mail-tells-unseen", mail->mark,
        MESSAGE(T("le courriel « {0} » nomme « {1} », que « {2} » ne voit jamais : cette place "
                  "restera vide",
                  "the mail '{0}' names '{1}', which '{2}' never sees: that place will stay "
                  "empty"),
                mail->id, path, role->id));
}

static void check_place(Check *c, const Mail *mail, Str path)
{
    Str member;
    size_t slot = mail_slot(path, &member);
    for (size_t r = 1; slot < SLOT_VARS && r < c->def->role_count; r++)
        check_reader(c, mail, &c->def->roles[r], path, slot, member);
}

static void check_text(Check *c, const Mail *mail, Str text)
{
    for (size_t i = 0; i + 1 < text.len; i++) {
        if (text.at[i] != '{' || text.at[i + 1] != '{')
            continue;
        Str path = str_slice(text, i + 2, text.len);
        path = str_slice(path, 0, str_index(path, '}'));
        while (path.len && path.at[0] == ' ')
            path = str_slice(path, 1, path.len);
        while (path.len && path.at[path.len - 1] == ' ')
            path.len--;
        check_place(c, mail, path);
    }
}

void check_sight(Check *c)
{
    check_sections(c);
    for (size_t i = 0; i < c->def->mail_count; i++) {
        const Mail *mail = &c->def->mails[i];
        check_text(c, mail, label_text(mail->subject, FR)); // places are the same in both languages
        check_text(c, mail, label_text(mail->body, FR));
    }
}
