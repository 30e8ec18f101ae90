/* Mails as text: the head, quoted-printable, and no header that was not meant. */
#include "connector/email/message.h"

#include "connector/email/address.h"

#include <string.h>

static char *
format (const char *subject, const char *body)
{
  static const char *const to[] = { "a@example.org", "\"B\"\r\n <b@example.org>", NULL };
  EmailMessage message = {
    .from = "\"Signalbox\"\r\n <box@example.net>",
    .to = to,
    .subject = subject,
    .body = body,
    .date_us = G_GINT64_CONSTANT (1795252440) * G_USEC_PER_SEC,
    .delivery_id = "0193-2",
    .event_id = "0193",
  };
  g_autoptr (GBytes) bytes = email_message_format (&message);

  return g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

static void
test_message (void)
{
  g_autofree char *text = format ("Order paid", "Hello\nwörld = 100 %");

  g_assert_cmpstr (text, ==,
                   "From: \"Signalbox\"\r\n <box@example.net>\r\n"
                   "To: a@example.org,\r\n \"B\"\r\n <b@example.org>\r\n"
                   "Date: Sat, 21 Nov 2026 09:14:00 +0000\r\n"
                   "Message-ID: <0193-2@example.net>\r\n"
                   "Subject: Order paid\r\n"
                   "Auto-Submitted: auto-generated\r\n"
                   "Signalbox-Event-Id: 0193\r\n"
                   "Signalbox-Delivery-Id: 0193-2\r\n"
                   "MIME-Version: 1.0\r\n"
                   "Content-Type: text/plain; charset=utf-8\r\n"
                   "Content-Transfer-Encoding: quoted-printable\r\n"
                   "\r\n"
                   "Hello\r\n"
                   "w=C3=B6rld =3D 100 %\r\n");
}

static const struct
{
  const char *body, *expected;
} bodies[] = {
  { "", "" },
  { "a", "a\r\n" },
  { "a\n", "a\r\n" },
  { "a\r\nb\rc\nd", "a\r\nb\r\nc\r\nd\r\n" },
  { "a \nb\t", "a=20\r\nb=09\r\n" },
  { "a\tb c", "a\tb c\r\n" },
  { "\n\n", "\r\n\r\n" },
  { "\x01\x7f", "=01=7F\r\n" },
  { "From here\n.\n", "From here\r\n.\r\n" },
};

static const char *
body_of (const char *text)
{
  const char *blank = strstr (text, "\r\n\r\n");

  g_assert_nonnull (blank);
  return blank + 4;
}

static void
test_bodies (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (bodies); i++)
    {
      g_autofree char *text = format ("s", bodies[i].body);

      g_assert_cmpstr (body_of (text), ==, bodies[i].expected);
    }
}

/* Undoes quoted-printable by its rules, with Python's eye for soft line ends. */
static char *
unquote (const char *text)
{
  GString *out = g_string_new (NULL);

  for (const char *p = text; *p != '\0'; p++)
    {
      if (*p != '=')
        g_string_append_c (out, *p);
      else if (p[1] == '\r')
        p += 2;
      else
        {
          g_string_append_c (
              out, (char) (g_ascii_xdigit_value (p[1]) << 4 | g_ascii_xdigit_value (p[2])));
          p += 2;
        }
    }
  return g_string_free (out, FALSE);
}

static void
test_long_lines (void)
{
  for (guint n = 70; n < 260; n++)
    {
      g_autoptr (GString) body = g_string_new (NULL);
      g_autofree char *text = NULL;
      g_autofree char *again = NULL;
      g_auto (GStrv) lines = NULL;

      for (guint i = 0; i < n; i++)
        g_string_append (body, i % 7 == 3 ? "é" : i % 11 == 5 ? " " : "x");
      text = format ("s", body->str);
      lines = g_strsplit (body_of (text), "\r\n", -1);
      for (guint i = 0; lines[i] != NULL; i++)
        g_assert_cmpuint (strlen (lines[i]), <=, 76);

      again = unquote (body_of (text));
      g_string_append (body, "\r\n");
      g_assert_cmpstr (again, ==, body->str);
    }
}

/* A line of white space in the head would end it for some readers. */
static void
test_folds_are_not_blank (void)
{
  g_autofree char *name = g_strnfill (200, 'N');
  g_autofree char *text = g_strconcat (name, " <ops@example.org>", NULL);
  g_autofree char *address = address_format (text, NULL);
  g_autoptr (GBytes) mail = email_message_format (&(EmailMessage){
      .from = address,
      .to = (const char *const[]){ address, address, NULL },
      .subject = name,
      .body = "x",
      .delivery_id = "d",
      .event_id = "e",
  });
  g_autofree char *copy = g_strndup (g_bytes_get_data (mail, NULL), g_bytes_get_size (mail));
  g_auto (GStrv) lines = g_strsplit (copy, "\r\n", -1);

  g_assert_null (strstr (copy, "\r\n \r\n"));
  for (guint i = 0; lines[i] != NULL; i++)
    g_assert_cmpuint (strlen (lines[i]), <=, 76);
  g_assert_true (g_str_has_prefix (copy, "From: =?UTF-8?B?"));
}

static void
test_subject_cannot_inject (void)
{
  g_autofree char *text = format ("x\r\n\r\nbody\r\nBcc: y@z", "b");

  g_assert_nonnull (strstr (text, "\r\nSubject: x    body  Bcc: y@z\r\n"));
  g_assert_cmpstr (body_of (text), ==, "b\r\n");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/connector/email/message/message", test_message);
  g_test_add_func ("/connector/email/message/bodies", test_bodies);
  g_test_add_func ("/connector/email/message/long-lines", test_long_lines);
  g_test_add_func ("/connector/email/message/folds-are-not-blank", test_folds_are_not_blank);
  g_test_add_func ("/connector/email/message/subject-cannot-inject", test_subject_cannot_inject);

  return g_test_run ();
}
