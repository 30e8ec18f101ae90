/* Sender, receiver, subject, ids, texts and attachment of a mail: read back, it has exactly the
 * header fields and parts that it should have, whatever an event or a setting brought along. */
#include "fuzz.h"

#include "connector/disk.h"
#include "connector/email/address.h"
#include "connector/email/message.h"

/* The router gives the ids itself, so none is longer. */
#define MAX_ID_BYTES 64

/* Of the head, and of each part. */
static const char *const names[] = {
  "From",
  "To",
  "Cc",
  "Reply-To",
  "Date",
  "Message-ID",
  "Subject",
  "Auto-Submitted",
  "Signalbox-Event-Id",
  "Signalbox-Delivery-Id",
  "MIME-Version",
  "Content-Type",
};
static const char *const part_names[] = {
  "Content-Type",
  "Content-Disposition",
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

/* Returns the index of the empty line behind the head that begins at first.  Names come in order;
 * what is missing is left out. */
static guint
check_head (char **lines, guint first, const char *const *known, guint n_known)
{
  guint n = 0, i;

  for (i = first; lines[i] != NULL && lines[i][0] != '\0'; i++)
    {
      if (lines[i][0] == ' ')
        {
          /* RFC 5322, 3.2.2: a folded line is never blank. */
          FUZZ_CHECK (i > first && lines[i][strspn (lines[i], " \t")] != '\0');
          continue;
        }
      while (n < n_known && !g_str_has_prefix (lines[i], known[n]))
        n++;
      FUZZ_CHECK (n < n_known);
      FUZZ_CHECK (g_str_has_prefix (lines[i] + strlen (known[n]), ": "));
      n++;
    }
  FUZZ_CHECK (lines[i] != NULL);
  return i;
}

/* "--=_m-0193" or "--=_a-0193--": nothing else in a mail looks like one. */
static gboolean
is_boundary (const char *line, const char *id, gboolean *out_is_last)
{
  gsize length = strlen (id);

  if (!g_str_has_prefix (line, "--=_") || (line[4] != 'm' && line[4] != 'a') || line[5] != '-' ||
      strncmp (line + 6, id, length) != 0)
    return FALSE;
  *out_is_last = strcmp (line + 6 + length, "--") == 0;
  return *out_is_last || line[6 + length] == '\0';
}

/* A text, or a text beside its HTML, and behind either a file: two or four boundaries, of which one
 * each is the last. */
static void
check_parts (char **lines, guint i, const EmailMessage *message)
{
  guint n_parts = 0, n_ends = 0;
  gboolean is_last;

  for (; lines[i] != NULL; i++)
    {
      FUZZ_CHECK (strlen (lines[i]) <= 78);
      if (!is_boundary (lines[i], message->delivery_id, &is_last))
        continue;
      n_ends += is_last;
      if (is_last)
        continue;
      n_parts++;
      i = check_head (lines, i + 1, part_names, G_N_ELEMENTS (part_names));
    }
  FUZZ_CHECK (n_ends == 1u + (message->html != NULL));
  FUZZ_CHECK (n_parts == 2 * n_ends);
}

static void
check_mail (const EmailMessage *message)
{
  g_autoptr (GBytes) bytes = email_message_format (message);
  g_autofree char *text = g_strndup (g_bytes_get_data (bytes, NULL),
                                     (gsize) g_bytes_get_size (bytes));
  char **lines = read_lines (text, g_bytes_get_size (bytes));

  check_parts (lines, check_head (lines, 0, names, G_N_ELEMENTS (names)), message);
  g_strfreev (lines);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  FuzzPart parts[5];
  size_t count = fuzz_split (data, size, parts, G_N_ELEMENTS (parts));
  g_auto (GStrv) texts = g_new0 (char *, G_N_ELEMENTS (parts) + 1);
  g_autofree char *from = NULL, *to = NULL, *id = NULL;
  g_autoptr (GBytes) file = NULL;

  for (size_t i = 0; i < count; i++)
    texts[i] = g_utf8_make_valid (parts[i].text, (gssize) parts[i].length);
  if (count < 5 || (from = address_format (texts[0], NULL)) == NULL ||
      (to = address_format (texts[1], NULL)) == NULL)
    return 0;
  id = disk_safe_name (texts[3]); /* as email.c does with the ids of a request */
  id[MIN (strlen (id), MAX_ID_BYTES)] = '\0';
  file = g_bytes_new (texts[4], strlen (texts[4]));
  check_mail (&(EmailMessage){
      .from = from,
      .to = (const char *const[]){ to, from, NULL },
      .cc = (const char *const[]){ from, NULL },
      .reply_to = to,
      .subject = texts[2],
      .html = parts[3].length % 2 == 0 ? texts[4] : NULL,
      .file_name = texts[2],
      .file_type = "application/json",
      .file = file,
      .delivery_id = id,
      .event_id = id,
      .body = texts[4],
      .date_us = G_GINT64_CONSTANT (1795252440) * G_USEC_PER_SEC,
  });
  return 0;
}
