/* Sender, receiver, subject, ids and body of a mail: read back, it has exactly the header fields
 * that it should have, whatever an event or a setting brought along. */
#include "fuzz.h"

#include "connector/disk.h"
#include "connector/email/address.h"
#include "connector/email/message.h"

/* The router gives the ids itself, so none is longer. */
#define MAX_ID_BYTES 64

static const char *const names[] = {
  "From",
  "To",
  "Date",
  "Message-ID",
  "Subject",
  "Auto-Submitted",
  "Signalbox-Event-Id",
  "Signalbox-Delivery-Id",
  "MIME-Version",
  "Content-Type",
  "Content-Transfer-Encoding",
};

/* Lines end in CRLF, and CR and LF stand nowhere else; those of a mail are at most 998 long. */
static char **
read_lines (const char *text, gsize length)
{
  char **lines;

  FUZZ_CHECK (length >= 2 && memcmp (text + length - 2, "\r\n", 2) == 0);
  FUZZ_CHECK (strlen (text) == length);
  lines = g_strsplit (text, "\r\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    FUZZ_CHECK (strpbrk (lines[i], "\r\n") == NULL && strlen (lines[i]) <= 998);
  return lines;
}

/* Returns the index of the empty line behind the head. */
static guint
check_head (char **lines)
{
  guint n = 0, i;

  for (i = 0; lines[i] != NULL && lines[i][0] != '\0'; i++)
    {
      if (lines[i][0] == ' ')
        {
          /* RFC 5322, 3.2.2: a folded line is never blank. */
          FUZZ_CHECK (i > 0 && lines[i][strspn (lines[i], " \t")] != '\0');
          continue;
        }
      FUZZ_CHECK (n < G_N_ELEMENTS (names));
      FUZZ_CHECK (g_str_has_prefix (lines[i], names[n]));
      FUZZ_CHECK (g_str_has_prefix (lines[i] + strlen (names[n]), ": "));
      n++;
    }
  FUZZ_CHECK (n == G_N_ELEMENTS (names) && lines[i] != NULL);
  return i;
}

static void
check_mail (const EmailMessage *message)
{
  g_autoptr (GBytes) bytes = email_message_format (message);
  g_autofree char *text = g_strndup (g_bytes_get_data (bytes, NULL),
                                     (gsize) g_bytes_get_size (bytes));
  char **lines = read_lines (text, g_bytes_get_size (bytes));

  for (guint i = check_head (lines); lines[i] != NULL; i++)
    FUZZ_CHECK (strlen (lines[i]) <= 76);
  g_strfreev (lines);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  FuzzPart parts[5];
  size_t count = fuzz_split (data, size, parts, G_N_ELEMENTS (parts));
  g_auto (GStrv) texts = g_new0 (char *, G_N_ELEMENTS (parts) + 1);
  g_autofree char *from = NULL, *to = NULL, *id = NULL;

  for (size_t i = 0; i < count; i++)
    texts[i] = g_utf8_make_valid (parts[i].text, (gssize) parts[i].length);
  if (count < 5 || (from = address_format (texts[0], NULL)) == NULL ||
      (to = address_format (texts[1], NULL)) == NULL)
    return 0;
  id = disk_safe_name (texts[3]); /* as email.c does with the ids of a request */
  id[MIN (strlen (id), MAX_ID_BYTES)] = '\0';
  check_mail (&(EmailMessage){
      .from = from,
      .to = (const char *const[]){ to, from, NULL },
      .subject = texts[2],
      .delivery_id = id,
      .event_id = id,
      .body = texts[4],
      .date_us = G_GINT64_CONSTANT (1795252440) * G_USEC_PER_SEC,
  });
  return 0;
}
