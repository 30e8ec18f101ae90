/* A scheme, the signature's header, id, timestamp and body of somebody who does not know the
 * secret: never taken. */
#include "fuzz.h"

#include "config/preset.h"
#include "config/signature.h"
#include "ingress/verify.h"

#define NOW_US G_GINT64_CONSTANT (1795252440000000)

typedef struct
{
  const ConfigSignature *signature;
  const char *value, *id, *timestamp;
} Request;

static const char *
find_header (const char *name, gpointer user_data)
{
  const Request *request = user_data;

  if (g_ascii_strcasecmp (name, request->signature->header) == 0)
    return request->value;
  if (request->signature->id_header != NULL &&
      g_ascii_strcasecmp (name, request->signature->id_header) == 0)
    return request->id;
  return request->timestamp;
}

static guint
count_headers (const char *name, gpointer user_data)
{
  return find_header (name, user_data) != NULL;
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  static const char secret[] = "whsec_q7mZ1vN4yR8tB2xK5cW9sD3fG6hJ0pLa";
  char *names[] = { (char *) "fuzz", NULL };
  FuzzPart parts[5];
  size_t count = fuzz_split (data, size, parts, 5);
  g_autofree char *scheme = fuzz_string (parts[0]);
  g_autofree char *value = count > 1 ? fuzz_string (parts[1]) : NULL;
  g_autofree char *id = count > 2 ? fuzz_string (parts[2]) : NULL;
  g_autofree char *timestamp = count > 3 ? fuzz_string (parts[3]) : NULL;
  g_autoptr (GBytes) body = count > 4 ? g_bytes_new (parts[4].text, parts[4].length)
                                      : g_bytes_new (NULL, 0);
  g_autoptr (JsonObject) preset = config_preset_get (PRESET_SIGNATURE, scheme);
  g_autoptr (ConfigSignature) signature = preset != NULL ? config_signature_new (preset) : NULL;
  g_autoptr (Clock) clock = clock_manual_new (NOW_US);
  g_autoptr (Secrets) secrets = NULL;
  g_autoptr (Problem) problem = NULL;
  g_autoptr (GError) error = NULL;
  Request sent = { signature, value, id, timestamp };
  const IngressRequest request = { .content_type = "application/x-www-form-urlencoded",
                                   .target = value,
                                   .header = find_header,
                                   .count_headers = count_headers,
                                   .header_data = &sent,
                                   .body = body };
  const ConfigGate gate = { .signature = signature,
                            .signature_secrets = names,
                            .public_url = (char *) "https://example.test/in/x" };

  if (signature == NULL)
    return 0;
  g_setenv ("SIGNALBOX_SECRET_FUZZ", secret, TRUE);
  secrets = secrets_new (NULL, clock);
  problem = verify_signature (&gate, secrets, &request, NOW_US, &error);
  FUZZ_CHECK (problem != NULL);
  return 0;
}
