/* segments.h: how many short messages a text takes (3GPP TS 23.038, 23.040).  Pure; any thread. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  gboolean is_ucs2; /* else the GSM 7-bit alphabet */
  guint length;   /* in characters of GSM-7, those of its extension table twice, or UTF-16 units */
  guint segments; /* messages */
} SmsSize;

/* A text of nothing but the GSM 7-bit alphabet takes 160 characters in one message or 153 in each
 * of several, characters of its extension table counting twice; any other takes 70 or 67 UTF-16
 * units. No character is split between two messages.  An empty text takes one.  text is valid
 * UTF-8. */
void sms_measure (const char *text, SmsSize *out_size);

G_END_DECLS
