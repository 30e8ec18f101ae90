/* Writing a mail.
 *
 * Texts go as quoted-printable: what is ASCII stays readable in the file, and no line of it can be
 * longer than 76 or be taken for something else on the way.  What must stay true: no text from an
 * event ends a header field, or a part. */
#include "connector/email/message.h"

#include "connector/email/address.h"

#include <string.h>

#define MAX_LINE 76

/* ---- Quoted-printable (RFC 2045, 6.7) ------------------------------------------------------- */

static gboolean
is_line_end (const char *p)
{
  return *p == '\0' || *p == '\n' || *p == '\r';
}

/* Whether the byte at p can stand for itself; white space only where the line goes on. */
static gboolean
is_literal (const char *p)
{
  if (*p == ' ' || *p == '\t')
    return !is_line_end (p + 1);
  return *p > 0x20 && *p < 0x7f && *p != '=';
}

static void
append_quoted_printable (GString *out, const char *text)
{
  guint column = 0;

  for (const char *p = text; *p != '\0'; p++)
    {
      guint width = is_literal (p) ? 1 : 3;

      if (is_line_end (p))
        {
          if (p[0] == '\r' && p[1] == '\n')
            p++;
          g_string_append (out, "\r\n");
          column = 0;
          continue;
        }

      /* One place of every line is kept for the '=' that says that it goes on. */
      if (column + width > MAX_LINE - 1)
        {
          g_string_append (out, "=\r\n");
          column = 0;
        }
      if (width == 1)
        g_string_append_c (out, *p);
      else
        g_string_append_printf (out, "=%02X", (guchar) *p);
      column += width;
    }
  if (column > 0)
    g_string_append (out, "\r\n");
}

/* ---- The head ------------------------------------------------------------------------------ */

/* English whatever the locale says: RFC 5322, 3.3. */
static void
append_date (GString *out, gint64 date_us)
{
  static const char *const days[] = { "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun" };
  static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
  g_autoptr (GDateTime) date = g_date_time_new_from_unix_utc (date_us / G_USEC_PER_SEC);

  g_string_append_printf (
      out, "Date: %s, %d %s %04d %02d:%02d:%02d +0000\r\n",
      days[g_date_time_get_day_of_week (date) - 1], g_date_time_get_day_of_month (date),
      months[g_date_time_get_month (date) - 1], g_date_time_get_year (date),
      g_date_time_get_hour (date), g_date_time_get_minute (date), g_date_time_get_second (date));
}

static void
append_addresses (GString *out, const char *name, const char *const *addresses)
{
  if (addresses == NULL || addresses[0] == NULL)
    return;
  for (guint i = 0; addresses[i] != NULL; i++)
    g_string_append_printf (out, "%s%s%s", i == 0 ? name : "", i == 0 ? ": " : ",\r\n ",
                            addresses[i]);
  g_string_append (out, "\r\n");
}

static void
append_head (GString *out, const EmailMessage *message)
{
  g_autofree char *subject = header_text_encode (message->subject, strlen ("Subject: "));
  g_autofree char *domain = address_domain (message->from);

  g_string_append_printf (out, "From: %s\r\n", message->from);
  append_addresses (out, "To", message->to);
  append_addresses (out, "Cc", message->cc);
  if (message->reply_to != NULL)
    g_string_append_printf (out, "Reply-To: %s\r\n", message->reply_to);
  append_date (out, message->date_us);
  g_string_append_printf (out, "Message-ID: <%s@%s>\r\n", message->delivery_id, domain);
  g_string_append_printf (out, "Subject: %s\r\n", subject);
  /* RFC 3834: no holiday replies to a machine. */
  g_string_append (out, "Auto-Submitted: auto-generated\r\n");
  g_string_append_printf (out, "Signalbox-Event-Id: %s\r\n", message->event_id);
  g_string_append_printf (out, "Signalbox-Delivery-Id: %s\r\n", message->delivery_id);
  g_string_append (out, "MIME-Version: 1.0\r\n");
}

/* ---- Attachments --------------------------------------------------------------------------- */

#define MAX_FILE_NAME_BYTES 200

/* Of one piece of a parameter: with its name and number the line stays below 78. */
#define MAX_PIECE 54

char *
email_file_name (const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  GString *name = g_string_new (NULL);

  for (const char *p = valid; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);
      gboolean is_bad = g_unichar_iscntrl (c) || c == '/' || c == '\\' ||
                        (c == '.' && name->len == 0);

      if (name->len + 6 > MAX_FILE_NAME_BYTES)
        break;
      g_string_append_unichar (name, is_bad ? '_' : c);
    }
  if (name->len == 0)
    g_string_append (name, "event");
  return g_string_free (name, FALSE);
}

static gboolean
is_plain_name (const char *name)
{
  for (const char *p = name; *p != '\0'; p++)
    if (!g_ascii_isalnum (*p) && strchr ("._- ", *p) == NULL)
      return FALSE;
  return strlen (name) <= MAX_PIECE;
}

/* RFC 2231, sections 3 and 4: the bytes percent-encoded, cut into numbered pieces where they do not
 * fit into a line. */
static void
append_encoded_name (GString *out, const char *name)
{
  g_autoptr (GPtrArray) pieces = g_ptr_array_new_with_free_func (g_free);
  GString *piece = g_string_new ("UTF-8''");

  for (const char *p = name; *p != '\0'; p++)
    {
      if (piece->len + 3 > MAX_PIECE)
        {
          g_ptr_array_add (pieces, g_string_free (piece, FALSE));
          piece = g_string_new (NULL);
        }
      if (g_ascii_isalnum (*p) || strchr ("._-", *p) != NULL)
        g_string_append_c (piece, *p);
      else
        g_string_append_printf (piece, "%%%02X", (guchar) *p);
    }
  g_ptr_array_add (pieces, g_string_free (piece, FALSE));
  for (guint i = 0; i < pieces->len; i++)
    if (pieces->len == 1)
      g_string_append_printf (out, ";\r\n filename*=%s", (char *) pieces->pdata[i]);
    else
      g_string_append_printf (out, ";\r\n filename*%u*=%s", i, (char *) pieces->pdata[i]);
}

static void
append_base64 (GString *out, GBytes *bytes)
{
  g_autofree char *text = g_base64_encode (g_bytes_get_data (bytes, NULL),
                                           g_bytes_get_size (bytes));

  for (gsize at = 0, length = strlen (text); at < length; at += MAX_LINE)
    {
      g_string_append_len (out, text + at, (gssize) MIN (MAX_LINE, length - at));
      g_string_append (out, "\r\n");
    }
}

static void
append_file (GString *out, const EmailMessage *message)
{
  g_autofree char *name = email_file_name (message->file_name);

  g_string_append_printf (out,
                          "Content-Type: %s\r\n"
                          "Content-Disposition: attachment",
                          message->file_type);
  if (is_plain_name (name))
    g_string_append_printf (out, ";\r\n filename=\"%s\"", name);
  else
    append_encoded_name (out, name);
  g_string_append (out, "\r\nContent-Transfer-Encoding: base64\r\n\r\n");
  append_base64 (out, message->file);
}

/* ---- Parts --------------------------------------------------------------------------------- */

static void
append_text (GString *out, const char *subtype, const char *text)
{
  g_string_append_printf (out,
                          "Content-Type: text/%s; charset=utf-8\r\n"
                          "Content-Transfer-Encoding: quoted-printable\r\n\r\n",
                          subtype);
  append_quoted_printable (out, text);
}

/* A boundary cannot stand in a part: in quoted-printable no '_' follows a '=', and base64 has no
 * '_' at all. */
static char *
begin_parts (GString *out, const char *subtype, const EmailMessage *message)
{
  char *boundary = g_strdup_printf ("=_%c-%s", *subtype, message->delivery_id);

  g_string_append_printf (out,
                          "Content-Type: multipart/%s;\r\n"
                          " boundary=\"%s\"\r\n\r\n",
                          subtype, boundary);
  return boundary;
}

static void
append_body (GString *out, const EmailMessage *message)
{
  g_autofree char *boundary = NULL;

  if (message->html == NULL)
    {
      append_text (out, "plain", message->body);
      return;
    }
  /* RFC 2046, 5.1.4: the best last. */
  boundary = begin_parts (out, "alternative", message);
  g_string_append_printf (out, "--%s\r\n", boundary);
  append_text (out, "plain", message->body);
  g_string_append_printf (out, "\r\n--%s\r\n", boundary);
  append_text (out, "html", message->html);
  g_string_append_printf (out, "\r\n--%s--\r\n", boundary);
}

static void
append_parts (GString *out, const EmailMessage *message)
{
  g_autofree char *boundary = NULL;

  if (message->file_name == NULL)
    {
      append_body (out, message);
      return;
    }
  boundary = begin_parts (out, "mixed", message);
  g_string_append_printf (out, "--%s\r\n", boundary);
  append_body (out, message);
  g_string_append_printf (out, "\r\n--%s\r\n", boundary);
  append_file (out, message);
  g_string_append_printf (out, "\r\n--%s--\r\n", boundary);
}

GBytes *
email_message_format (const EmailMessage *message)
{
  GString *out = g_string_new (NULL);

  append_head (out, message);
  append_parts (out, message);
  return g_string_free_to_bytes (out);
}
