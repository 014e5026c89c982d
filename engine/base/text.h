// SPDX-License-Identifier: Apache-2.0
// What people read, in French and English side by side: a sentence is written once, where it is used, in both languages,
// so that none can be missing.
#pragma once
#include "str.h"

typedef enum Lang { FR, EN } Lang;

// A static sentence with places {0} … {5}. Both languages take the same arguments, in any order.
typedef struct Text {
    const char *fr, *en;
} Text;
#define T(french, english) ((Text){(french), (english)})

// A sentence with its arguments: rendered only when the reader's language is known.
typedef struct Message {
    Text text;
    Str args[6];
} Message;
#define MESSAGE(sentence, ...) ((Message){.text = (sentence), .args = {__VA_ARGS__}})

// The sentence in `lang`, in the arena. A place without argument shows nothing.
Str message_text(Arena *arena, Lang lang, const Message *message);

// A text that a workflow's author wrote, in one or more languages; `fr` or `en` may be empty, not both.
typedef struct Label {
    Str fr, en;
} Label;

// The label in `lang`, or in the other language when that one is missing.
static inline Str label_text(Label label, Lang lang)
{
    Str wanted = lang == FR ? label.fr : label.en;
    return wanted.len ? wanted : lang == FR ? label.en : label.fr;
}

// The language that an Accept-Language header (RFC 9110, 12.5.4) prefers among fr and en; French when it names neither.
Lang lang_accept(Str header);
