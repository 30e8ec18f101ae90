/* Signatures: every preset with a vector that others computed, and everything that must not pass.
 */
#include "ingress/verify.h"

#include "config/preset.h"
#include "config/signature.h"

#include <glib/gstdio.h>
#include <string.h>

/* ---- A request, a gate and secrets in a folder ---- */

typedef struct
{
  const char *name, *value;
} Header;

typedef struct
{
  char *folder;
  Clock *clock;
  Secrets *secrets;
  ConfigGate *gate;
  GPtrArray *names; /* of the secrets */
  GArray *headers;  /* Header */
  const char *content_type, *target;
  const char *body;
  gint64 now_s;
} World;

static World *
world_new (const char *scheme)
{
  World *world = g_new0 (World, 1);
  g_autoptr (JsonObject) preset = config_preset_get (PRESET_SIGNATURE, scheme);

  g_assert_nonnull (preset);
  world->folder = g_dir_make_tmp ("signalbox-verify-XXXXXX", NULL);
  world->clock = clock_manual_new (0);
  world->secrets = secrets_new (world->folder, world->clock);
  world->gate = g_new0 (ConfigGate, 1);
  world->gate->signature = config_signature_new (preset);
  world->names = g_ptr_array_new_with_free_func (g_free);
  world->headers = g_array_new (FALSE, TRUE, sizeof (Header));
  world->body = "";
  return world;
}

static void
world_free (World *world)
{
  for (guint i = 0; i < world->names->len; i++)
    {
      g_autofree char *path = world->names->pdata[i] != NULL
                                  ? g_build_filename (world->folder, world->names->pdata[i], NULL)
                                  : NULL;

      if (path != NULL)
        g_remove (path);
    }
  g_assert_cmpint (g_rmdir (world->folder), ==, 0);
  g_free (world->folder);
  secrets_free (world->secrets);
  clock_free (world->clock);
  config_signature_free (world->gate->signature);
  g_free (world->gate->public_url);
  g_free (world->gate);
  g_ptr_array_unref (world->names);
  g_array_unref (world->headers);
  g_free (world);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (World, world_free)

static void
add_secret (World *world, const char *text)
{
  char *name = g_strdup_printf ("s%u", world->names->len);
  g_autofree char *path = g_build_filename (world->folder, name, NULL);
  g_autoptr (GError) error = NULL;

  g_file_set_contents_full (path, text, -1, G_FILE_SET_CONTENTS_NONE, 0600, &error);
  g_assert_no_error (error);
  g_ptr_array_add (world->names, name);
}

static void
add_header (World *world, const char *name, const char *value)
{
  Header header = { name, value };

  g_array_append_val (world->headers, header);
}

static void
set_header (World *world, const char *name, const char *value)
{
  for (guint i = world->headers->len; i > 0; i--)
    if (g_ascii_strcasecmp (g_array_index (world->headers, Header, i - 1).name, name) == 0)
      g_array_remove_index (world->headers, i - 1);
  if (value != NULL)
    add_header (world, name, value);
}

static const char *
find_header (const char *name, gpointer data)
{
  World *world = data;

  for (guint i = 0; i < world->headers->len; i++)
    if (g_ascii_strcasecmp (g_array_index (world->headers, Header, i).name, name) == 0)
      return g_array_index (world->headers, Header, i).value;
  return NULL;
}

static guint
count_headers (const char *name, gpointer data)
{
  World *world = data;
  guint n = 0;

  for (guint i = 0; i < world->headers->len; i++)
    if (g_ascii_strcasecmp (g_array_index (world->headers, Header, i).name, name) == 0)
      n++;
  return n;
}

/* "ok", or the problem's type. */
static char *
verdict (World *world)
{
  g_autoptr (GBytes) body = g_bytes_new (world->body, strlen (world->body));
  g_autofree char **names = g_new0 (char *, world->names->len + 1);
  g_autoptr (GError) error = NULL;
  g_autoptr (Problem) problem = NULL;
  IngressRequest request = { .content_type = world->content_type,
                             .target = world->target,
                             .header = find_header,
                             .count_headers = count_headers,
                             .header_data = world,
                             .body = body };

  for (guint i = 0; i < world->names->len; i++)
    names[i] = world->names->pdata[i];
  world->gate->signature_secrets = names;
  problem = verify_signature (world->gate, world->secrets, &request,
                              world->now_s * G_USEC_PER_SEC + 700000, &error);
  world->gate->signature_secrets = NULL;
  if (problem != NULL && problem->status == 503)
    g_assert_nonnull (error);
  else
    g_assert_no_error (error);
  return g_strdup (problem != NULL ? problem->type : "ok");
}

#define assert_verdict(world, expected)                                                            \
  G_STMT_START                                                                                     \
  {                                                                                                \
    g_autofree char *seen = verdict (world);                                                       \
    g_assert_cmpstr (seen, ==, expected);                                                          \
  }                                                                                                \
  G_STMT_END

/* ---- Vectors ---- */

#define STANDARD_BODY "{\"test\": 2432232314}"
#define STANDARD_TIME 1614265330

static World *
standard_world (void)
{
  World *world = world_new ("standard-webhooks");

  add_secret (world, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
  add_header (world, "webhook-id", "msg_p5jXN8AQM9LWM0D4loKWxJek");
  add_header (world, "Webhook-Timestamp", "1614265330");
  add_header (world, "webhook-signature", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
  world->body = STANDARD_BODY;
  world->now_s = STANDARD_TIME;
  return world;
}

static void
test_standard (void)
{
  g_autoptr (World) world = standard_world ();
  g_autoptr (World) other = world_new ("standard-webhooks");

  assert_verdict (world, "ok");
  /* Without its prefix the secret is the same. */
  add_secret (other, "whsec_plJ3nmyCDGBKInavdOK15jsl\n");
  add_header (other, "webhook-id", "msg_loFOjxBNrRLzqYUf");
  add_header (other, "webhook-timestamp", "1731705121");
  add_header (other, "webhook-signature", "v1,rAvfW3dJ/X/qxhsaXPOyyCGmRKsaKWcsNccKXlIktD0=");
  other->body = "{\"event_type\":\"ping\",\"data\":{\"success\":true}}";
  other->now_s = 1731705121;
  assert_verdict (other, "ok");
  other->body = "{\"event_type\":\"ping\",\"data\":{\"success\":true} }";
  assert_verdict (other, "signature-invalid");
}

static void
test_ed25519 (void)
{
  static const char good[] = "v1a,hnO3f9T8Ytu9HwrXslvumlUpqtNVqkhqw/enGzPCXe5BdqzCInXqYXFymVJaA7"
                             "AZdpXwVLPo3mNl8EM+m7TBAg==";
  static const char bad[] = "v1a,hnO3f9T8Ytu9HwrXslvumlUpqtNVqkhqw/enGzPCXe5BdqzCInXqYXFymVJaA7"
                            "AZdpXwVLPo3mNl8EM+m7TBAw==";
  g_autoptr (World) world = world_new ("standard-webhooks-ed25519");

  add_secret (world, "whpk_1SiA4o9hyqTCpIqC5V9HUakiiaeACeqfZTInDBbOir4=");
  add_header (world, "webhook-id", "msg_p5jXN8AQM9LWM0D4loKWxJek");
  add_header (world, "webhook-timestamp", "1614265330");
  add_header (world, "webhook-signature", good);
  world->body = STANDARD_BODY;
  world->now_s = STANDARD_TIME;
  assert_verdict (world, "ok");
  set_header (world, "webhook-signature", bad);
  assert_verdict (world, "signature-invalid");
  set_header (world, "webhook-signature", good);
  world->body = "{}";
  assert_verdict (world, "signature-invalid");
}

/* Presets with one header, no time and no id. */
static void
test_plain_vectors (void)
{
  static const struct
  {
    const char *scheme, *secret, *header, *value, *body;
  } cases[] = {
    { "github", "It's a Secret to Everybody", "x-hub-signature-256",
      "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17", "Hello, World!" },
    { "shopify", "hush", "X-Shopify-Hmac-Sha256",
      "qBvrsZF7RfB1iS6BX6IHqJTp5L911P7intnPeTPsH0I=", "{\"id\":820982911946154508}" },
    { "hookdeck", "hush", "x-hookdeck-signature",
      "qBvrsZF7RfB1iS6BX6IHqJTp5L911P7intnPeTPsH0I=", "{\"id\":820982911946154508}" },
    { "hmac-sha256", "It's a Secret to Everybody", "X-Signature",
      "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17", "Hello, World!" },
    { "hmac-sha256", "It's a Secret to Everybody", "X-Signature",
      "sha256=757107EA0EB2509FC211221CCE984B8A37570B6D7586C22C46F4379C8B043E17", "Hello, World!" },
    { "gitlab", "a token", "X-Gitlab-Token", "a token", "{}" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (World) world = world_new (cases[i].scheme);
      gboolean is_token = world->gate->signature->is_token;

      g_test_message ("%s", cases[i].scheme);
      add_secret (world, cases[i].secret);
      world->body = cases[i].body;
      assert_verdict (world, "signature-missing");
      add_header (world, cases[i].header, cases[i].value);
      assert_verdict (world, "ok");
      world->body = "Hello, World?";
      if (!is_token)
        assert_verdict (world, "signature-invalid");
      world->body = cases[i].body;
      set_header (world, cases[i].header, "");
      assert_verdict (world, "signature-invalid");
      set_header (world, cases[i].header, "a toke");
      assert_verdict (world, "signature-invalid");
      set_header (world, cases[i].header, cases[i].value);
      add_header (world, cases[i].header, cases[i].value);
      assert_verdict (world, "signature-invalid");
    }
}

static void
test_stripe (void)
{
  static const char good[] = "v1=88a022085c6bdb887b02cb26ff76dd681234d9675c0f22844059f55552a8883a";
  static const struct
  {
    const char *value, *verdict;
  } cases[] = {
    { "t=1492774577,%s", "ok" },
    { "t=1492774577,v1=zz,%s,v0=6ffbb59b2300aae63f272406069a9788598b792a944a07aba816edb039989a39",
      "ok" },
    { "scheme=a=b, t=1492774577 , %s", "ok" },
    { "%s", "signature-missing" },
    { "t=1492774577,v0=88a022085c6bdb887b02cb26ff76dd681234d9675c0f22844059f55552a8883a",
      "signature-invalid" },
    { "t=1492774577", "signature-invalid" },
    { "t=1492774578,%s", "signature-invalid" },
    { "t=1492774577,t=1492774577,%s", "signature-invalid" },
    { "t=,%s", "signature-invalid" },
    { "", "signature-missing" },
  };
  g_autoptr (World) world = world_new ("stripe");

  add_secret (world, "whsec_test_secret");
  world->body = "{\"id\":\"evt_test_webhook\",\"object\":\"event\"}";
  world->now_s = 1492774577;
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_auto (GStrv) parts = g_strsplit (cases[i].value, "%s", 2);
      g_autofree char *value = g_strjoinv (good, parts);

      g_test_message ("%s", value);
      set_header (world, "Stripe-Signature", value);
      assert_verdict (world, cases[i].verdict);
    }
}

static void
test_slack (void)
{
  g_autoptr (World) world = world_new ("slack");

  add_secret (world, "8f742231b10e8888abcd99yyyzzz85a5");
  add_header (world, "X-Slack-Request-Timestamp", "1531420618");
  add_header (world, "X-Slack-Signature",
              "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503");
  world->body =
      "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id="
      "G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-"
      "collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%"
      "2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121."
      "803a0bc887a14d10d2c447fce8b6703c";
  world->now_s = 1531420618;
  assert_verdict (world, "ok");
  set_header (world, "X-Slack-Request-Timestamp", NULL);
  assert_verdict (world, "signature-missing");
}

static void
test_twilio (void)
{
  static const char digest[] =
      "/in/t?foo=1&bar=2"
      "&bodySHA256=0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620";
  g_autoptr (World) world = world_new ("twilio");

  world->gate->public_url = g_strdup ("https://mycompany.com/myapp.php");
  world->target = "/in/t?foo=1&bar=2";
  world->content_type = "application/x-www-form-urlencoded; charset=utf-8";
  add_secret (world, "12345");
  add_header (world, "X-Twilio-Signature", "RSOYDt4T1cUTdK1PDd93/VVr8B8=");
  world->body = "To=%2B18005551212&CallSid=CA1234567890ABCDE&Caller=%2B14158675309&Digits=1234&"
                "From=%2B14158675309";
  assert_verdict (world, "ok");
  world->body = "To=%2B18005551212&CallSid=CA1234567890ABCDE&Caller=%2B14158675309&Digits=1235&"
                "From=%2B14158675309";
  assert_verdict (world, "signature-invalid");

  world->body = "property=value&boolean=true";
  set_header (world, "X-Twilio-Signature", "NBdBDr/T/lgjI+tlgpXjKZQZs/k=");
  assert_verdict (world, "ok");
  /* The sender's idea of the URL may have the port in it, and ours too. */
  g_free (world->gate->public_url);
  world->gate->public_url = g_strdup ("https://mycompany.com:443/myapp.php");
  assert_verdict (world, "ok");
  g_free (world->gate->public_url);
  world->gate->public_url = g_strdup ("https://mycompany.com:8443/myapp.php");
  assert_verdict (world, "signature-invalid");
  g_free (world->gate->public_url);
  world->gate->public_url = g_strdup ("https://mycompany.com/myapp.php");

  world->content_type = "application/json";
  assert_verdict (world, "signature-invalid");
  world->body = "{\"property\": \"value\", \"boolean\": true}";
  world->target = digest;
  set_header (world, "X-Twilio-Signature", "a9nBmqA0ju/hNViExpshrM61xv4=");
  assert_verdict (world, "ok");
  world->body = "{\"property\": \"value\", \"boolean\": false}";
  assert_verdict (world, "signature-invalid");
}

/* ---- What must not pass ---- */

static void
test_negative (void)
{
  static const char good[] = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
  static const struct
  {
    const char *header, *value, *verdict;
  } cases[] = {
    { "webhook-id", NULL, "signature-missing" },
    { "webhook-timestamp", NULL, "signature-missing" },
    { "webhook-signature", NULL, "signature-missing" },
    { "webhook-id", "msg_other", "signature-invalid" },
    { "webhook-id", "msg.1614265330", "signature-invalid" },
    { "webhook-id", "", "signature-invalid" },
    { "webhook-signature", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OF=", "signature-invalid" },
    { "webhook-signature", "", "signature-invalid" },
    { "webhook-signature", "v1,", "signature-invalid" },
    { "webhook-signature", "v1", "signature-invalid" },
    { "webhook-signature", ",", "signature-invalid" },
    { "webhook-signature", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ", "signature-invalid" },
    { "webhook-signature", "v1,g0hM", "signature-invalid" },
    { "webhook-signature", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=AAAA",
      "signature-invalid" },
    { "webhook-signature", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=!",
      "signature-invalid" },
    { "webhook-signature", "v2,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", "signature-invalid" },
    { "webhook-signature",
      "v1a,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", "signature-invalid" },
    { "webhook-signature", "g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", "signature-invalid" },
    { "webhook-signature",
      "v1,AAAA v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OF= v2,x "
      "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
      "ok" },
    { "webhook-signature", "garbage  v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", "ok" },
    { "webhook-timestamp", "161426533x", "signature-invalid" },
    { "webhook-timestamp", "-1614265330", "signature-invalid" },
    { "webhook-timestamp", "1e9", "signature-invalid" },
    { "webhook-timestamp", "+1614265330", "signature-invalid" },
    { "webhook-timestamp", " ", "signature-invalid" },
    { "webhook-timestamp", "", "signature-invalid" },
    { "webhook-timestamp", "1614265330.0", "signature-invalid" },
    { "webhook-timestamp", "16142653300000000000", "signature-invalid" },
    /* The same time, but not as it was signed. */
    { "webhook-timestamp", "01614265330", "signature-invalid" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (World) world = standard_world ();

      g_test_message ("%s: %s", cases[i].header, cases[i].value);
      set_header (world, cases[i].header, cases[i].value);
      assert_verdict (world, cases[i].verdict);
    }
  for (guint i = 0; i < 3; i++)
    {
      static const char *const headers[] = { "webhook-id", "webhook-timestamp",
                                             "webhook-signature" };
      g_autoptr (World) world = standard_world ();

      add_header (world, headers[i], find_header (headers[i], world));
      assert_verdict (world, "signature-invalid");
    }
  for (guint n = 1; n < 30; n++)
    {
      g_autoptr (World) world = standard_world ();
      g_autoptr (GString) value = g_string_new (NULL);

      for (guint i = 0; i < n; i++)
        g_string_append_printf (value, "%s ", good);
      set_header (world, "webhook-signature", value->str);
      assert_verdict (world, n <= VERIFY_MAX_SIGNATURES ? "ok" : "signature-invalid");
    }
}

static void
test_window (void)
{
  static const struct
  {
    gint64 offset_s;
    const char *verdict;
  } cases[] = {
    { -301, "signature-expired" },
    { -300, "ok" },
    { -299, "ok" },
    { 0, "ok" },
    { 299, "ok" },
    { 300, "ok" },
    { 301, "signature-expired" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (World) world = standard_world ();

      /* The timestamp's place as seen from now. */
      world->now_s = STANDARD_TIME - cases[i].offset_s;
      g_test_message ("%" G_GINT64_FORMAT, cases[i].offset_s);
      assert_verdict (world, cases[i].verdict);
    }
}

/* ---- Secrets ---- */

static void
test_rotation (void)
{
  g_autoptr (World) world = world_new ("github");
  g_autoptr (World) old = world_new ("github");
  g_autoptr (World) none = world_new ("github");

  add_secret (world, "new");
  add_secret (world, "It's a Secret to Everybody");
  add_header (world, "X-Hub-Signature-256",
              "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17");
  world->body = "Hello, World!";
  assert_verdict (world, "ok");
  add_secret (old, "new");
  add_header (old, "X-Hub-Signature-256",
              "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17");
  old->body = "Hello, World!";
  assert_verdict (old, "signature-invalid");
  /* One that is away does not matter while there is another. */
  g_ptr_array_add (world->names, g_strdup ("away"));
  assert_verdict (world, "ok");
  g_ptr_array_add (none->names, g_strdup ("away"));
  assert_verdict (none, "secret-missing");
}

static void
test_bad_secrets (void)
{
  static const char *const texts[] = { "", "\n", "whsec_", "whsec_!!!", "whsec_A" };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (World) world = standard_world ();
      g_autofree char *path = g_build_filename (world->folder, "s0", NULL);

      g_assert_true (g_file_set_contents (path, texts[i], -1, NULL));
      g_assert_cmpint (g_chmod (path, 0600), ==, 0);
      g_test_message ("%s", texts[i]);
      /* "whsec_" alone is a secret of six characters in base64's alphabet, or none. */
      assert_verdict (world, "secret-missing");
    }
}

static void
test_presets (void)
{
  g_auto (GStrv) names = config_preset_names (PRESET_SIGNATURE);

  g_assert_cmpuint (g_strv_length (names), >=, 12);
  for (char **name = names; *name != NULL; name++)
    {
      g_autoptr (JsonObject) preset = config_preset_get (PRESET_SIGNATURE, *name);

      g_test_message ("%s", *name);
      g_assert_nonnull (preset);
      g_assert_true (json_object_has_member (preset, "Description"));
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ingress/verify/presets", test_presets);
  g_test_add_func ("/ingress/verify/standard", test_standard);
  g_test_add_func ("/ingress/verify/ed25519", test_ed25519);
  g_test_add_func ("/ingress/verify/plain-vectors", test_plain_vectors);
  g_test_add_func ("/ingress/verify/stripe", test_stripe);
  g_test_add_func ("/ingress/verify/slack", test_slack);
  g_test_add_func ("/ingress/verify/twilio", test_twilio);
  g_test_add_func ("/ingress/verify/negative", test_negative);
  g_test_add_func ("/ingress/verify/window", test_window);
  g_test_add_func ("/ingress/verify/rotation", test_rotation);
  g_test_add_func ("/ingress/verify/bad-secrets", test_bad_secrets);
  return g_test_run ();
}
