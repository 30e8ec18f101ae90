/* Writing a mail.
 *
 * The body goes as quoted-printable: what is ASCII stays readable in the file, and no line of it
 * can be longer than 76 or be taken for something else on the way. */
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
append_head (GString *out, const EmailMessage *message)
{
  g_autofree char *subject = header_text_encode (message->subject, strlen ("Subject: "));
  g_autofree char *domain = address_domain (message->from);

  g_string_append_printf (out, "From: %s\r\n", message->from);
  for (guint i = 0; message->to[i] != NULL; i++)
    g_string_append_printf (out, "%s%s", i == 0 ? "To: " : ",\r\n ", message->to[i]);
  g_string_append (out, "\r\n");
  append_date (out, message->date_us);
  g_string_append_printf (out, "Message-ID: <%s@%s>\r\n", message->delivery_id, domain);
  g_string_append_printf (out, "Subject: %s\r\n", subject);
  /* RFC 3834: no holiday replies to a machine. */
  g_string_append (out, "Auto-Submitted: auto-generated\r\n");
  g_string_append_printf (out, "Signalbox-Event-Id: %s\r\n", message->event_id);
  g_string_append_printf (out, "Signalbox-Delivery-Id: %s\r\n", message->delivery_id);
  g_string_append (out, "MIME-Version: 1.0\r\n"
                        "Content-Type: text/plain; charset=utf-8\r\n"
                        "Content-Transfer-Encoding: quoted-printable\r\n");
}

GBytes *
email_message_format (const EmailMessage *message)
{
  GString *out = g_string_new (NULL);

  append_head (out, message);
  g_string_append (out, "\r\n");
  append_quoted_printable (out, message->body);
  return g_string_free_to_bytes (out);
}
