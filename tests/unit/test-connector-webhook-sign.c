/* Signatures as Standard Webhooks has them, by its own vectors. */
#include "connector/webhook/sign.h"

#include <string.h>

static GBytes *
bytes_of (const char *text)
{
  return g_bytes_new_static (text, strlen (text));
}

static void
assert_signature (WebhookSigning kind,
                  const char *secret,
                  const char *id,
                  const char *timestamp,
                  const char *text,
                  const char *expected)
{
  g_autoptr (GBytes) key = bytes_of (secret);
  g_autoptr (GBytes) body = bytes_of (text);
  g_autoptr (GError) error = NULL;
  g_autofree char *signature = webhook_sign (kind, &key, 1, id, timestamp, body, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (signature, ==, expected);
}

static void
test_vectors (void)
{
  static const char body[] = "{\"test\": 2432232314}";

  assert_signature (WEBHOOK_SIGNED_HMAC, "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
                    "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", body,
                    "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
  assert_signature (WEBHOOK_SIGNED_HMAC, "whsec_plJ3nmyCDGBKInavdOK15jsl", "msg_loFOjxBNrRLzqYUf",
                    "1731705121", "{\"event_type\":\"ping\",\"data\":{\"success\":true}}",
                    "v1,rAvfW3dJ/X/qxhsaXPOyyCGmRKsaKWcsNccKXlIktD0=");
  assert_signature (
      WEBHOOK_SIGNED_ED25519,
      "6Xb/dCcHpPea21PS1N9VY/NZW723CEc77N4rJCubMbfVKIDij2HKpMKkioLlX0dRqSKJp4AJ6p9lMicMFs6Kvg==",
      "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", body,
      "v1a,hnO3f9T8Ytu9HwrXslvumlUpqtNVqkhqw/"
      "enGzPCXe5BdqzCInXqYXFymVJaA7AZdpXwVLPo3mNl8EM+m7TBAg==");
}

static void
test_rotation (void)
{
  g_autoptr (GBytes) next = bytes_of ("whsec_AAAA");
  g_autoptr (GBytes) now = bytes_of ("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
  GBytes *const secrets[] = { next, now };
  g_autoptr (GBytes) body = bytes_of ("{\"test\": 2432232314}");
  g_autofree char *signature = webhook_sign (
      WEBHOOK_SIGNED_HMAC, secrets, 2, "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", body, NULL);
  g_auto (GStrv) parts = g_strsplit (signature, " ", -1);

  g_assert_cmpuint (g_strv_length (parts), ==, 2);
  g_assert_cmpstr (parts[1], ==, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
  g_assert_cmpstr (parts[0], !=, parts[1]);
}

static void
test_wrong_keys (void)
{
  g_autoptr (GBytes) body = bytes_of ("{}");
  g_autoptr (GBytes) good = bytes_of ("whsec_AAAA");
  g_autoptr (GBytes) empty = bytes_of ("whsec_");
  g_autoptr (GBytes) brief = bytes_of ("whsk_AAAA");
  GBytes *const secrets[] = { good, empty };
  g_autoptr (GError) error = NULL;

  g_assert_null (webhook_sign (WEBHOOK_SIGNED_HMAC, secrets, 2, "a", "1", body, &error));
  g_assert_cmpstr (error->message, ==, "secret 2 of Signature is no key; expected base64");
  g_clear_error (&error);
  g_assert_null (webhook_sign (WEBHOOK_SIGNED_ED25519, &brief, 1, "a", "1", body, &error));
  g_assert_nonnull (error);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/connector/webhook/sign/vectors", test_vectors);
  g_test_add_func ("/connector/webhook/sign/rotation", test_rotation);
  g_test_add_func ("/connector/webhook/sign/wrong-keys", test_wrong_keys);
  return g_test_run ();
}
