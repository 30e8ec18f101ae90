/* sb-text.h: text that came from outside, made safe to show.
 *
 * Events, answers and file names are data: what is in them must neither move the rest of the screen
 * about (bidi controls) nor hide (control and zero-width characters). */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  SB_TEXT_LINE,  /* line breaks and tabs are control characters too */
  SB_TEXT_BLOCK, /* line breaks and tabs stay */
} SbTextShape;

/* The text with every character that cannot be seen put in words that can: control characters as
 * their pictures (␀ … ␡), others as ‹U+202E›, bytes that are not UTF-8 as U+FFFD.  length -1: up to
 * the zero byte. */
char *sb_text_visible (const char *text, gssize length, SbTextShape shape);

/* JSON with line breaks and indentation of two spaces; nothing but white space outside of strings
 * changes, so numbers stay as they were written.  Text that is not JSON is returned as it is. */
char *sb_text_pretty_json (const char *text, gsize length);

/* A sentence of ours, in which every character can be seen already, as it is shown.  In a language
 * that is written from right to left each name, path and number in it is isolated, so that
 * "/in/shop" does not become "in/shop/" and two names do not change places.  For the screen only:
 * what is compared or copied is the sentence itself. */
char *sb_text_isolate (const char *text);

/* The same whatever the language. */
char *sb_text_isolate_runs (const char *text);

/* At most max_bytes of the text, cut between two characters. */
gsize sb_text_cut (const char *text, gsize length, gsize max_bytes);

G_END_DECLS
