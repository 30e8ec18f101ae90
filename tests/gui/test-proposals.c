/* What text completion proposes, by place. */
#include "sb-proposals.h"

#include <string.h>

static const char *const files[] = { "queue/late.json",        "router.json",
                                     "rule/default/paid.json", "source/shop.json",
                                     "webhook/desk.json",      NULL };

static SbFields *
new_fields (void)
{
  SbFields *fields = sb_fields_new ();
  g_autoptr (JsonNode) node = json_from_string (
      "{\"source\":\"shop\",\"detail-type\":\"Paid\","
      "\"detail\":{\"total\":5,\"order\":{\"id\":\"o-1\"},\"tags\":[\"x\",\"y\"]}}",
      NULL);

  sb_fields_add (fields, json_node_get_object (node));
  return fields;
}

static SbSettings *
new_settings (void)
{
  g_autoptr (JsonNode) node = json_from_string (
      "{\"kind\":\"rule\",\"settings\":["
      "{\"path\":\"State\",\"name\":\"State\",\"type\":\"string\",\"help\":\"Whether it acts.\","
      "\"choices\":[\"ENABLED\",\"DISABLED\"]},"
      "{\"path\":\"Targets\",\"name\":\"Targets\",\"type\":\"objects\"},"
      "{\"path\":\"Targets.Arn\",\"name\":\"Arn\",\"type\":\"string\",\"names\":\"connector\"},"
      "{\"path\":\"Targets.Test\",\"name\":\"Test\",\"type\":\"boolean\"}]}",
      NULL);

  return sb_settings_new (json_node_get_object (node));
}

static void
test_proposals (void)
{
  static const struct
  {
    const char *text; /* before the cursor */
    const char *all;  /* what is proposed */
  } cases[] = {
    { "{", "\"State\": \"Targets\":" },
    { "{\"Sta", "\"State\":" },
    { "{\"State\": ", "\"ENABLED\" \"DISABLED\"" },
    { "{\"Targets\": [{\"", "\"Arn\": \"Test\":" },
    { "{\"Targets\": [{\"Arn\": \"", "\"queue/late\" \"webhook/desk\"" },
    { "{\"Targets\": [{\"Arn\": \"desk", "\"webhook/desk\"" },
    { "{\"Targets\": [{\"Test\": ", "true false" },
    { "{\"Unknown\": {\"", "" },
    { "{\"EventPattern\": {\"", "\"detail\": \"detail-type\": \"source\": \"$or\":" },
    { "{\"EventPattern\": {\"type", "\"detail-type\":" },
    { "{\"EventPattern\": {\"source\": ", "[\"shop\"]" },
    { "{\"EventPattern\": {\"detail\": {\"", "\"order\": \"tags\": \"total\": \"$or\":" },
    { "{\"EventPattern\": {\"detail\": {\"order\": {\"", "\"id\": \"$or\":" },
    { "{\"EventPattern\": {\"$or\": [{\"detail\": {\"t", "\"tags\": \"total\":" },
    { "{\"EventPattern\": {\"detail\": {\"tags\": [\"", "\"x\" \"y\"" },
    { "{\"EventPattern\": {\"detail\": {\"total\": [5", "5" },
    { "{\"EventPattern\": {\"detail\": {\"total\": [{\"n",
      "\"numeric\": \"anything-but\": \"equals-ignore-case\":" },
    { "{\"EventPattern\": {\"detail\": {\"tags\": [{\"prefix\": \"", "\"x\" \"y\"" },
    { "{\"EventPattern\": {\"detail\": {\"total\": [{\"prefix\": ", "" },
    { "{\"EventPattern\": {\"detail\": {\"total\": [{\"exists\": ", "true false" },
    { "{\"EventPattern\": {\"detail\": {\"total\": [{\"numeric\": ", "[\">\", 0]" },
    { "{\"EventPattern\": {\"detail\": {\"total\": [{\"numeric\": [\"<", "\"<\" \"<=\"" },
    { "{\"EventPattern\": {\"detail\": {\"total\": [{\"anything-but\": [", "5" },
    { "{\"EventPattern\": {\"detail\": {\"tags\": [{\"anything-but\": {\"",
      "\"prefix\": \"suffix\": \"equals-ignore-case\": \"wildcard\":" },
    { "{\"EventPattern\": {\"detail\": {\"tags\": [[", "" },
  };
  g_autoptr (SbFields) fields = new_fields ();
  g_autoptr (SbSettings) settings = new_settings ();

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (SbJsonPlace) place = sb_json_place_new (cases[i].text, strlen (cases[i].text));
      g_autoptr (GPtrArray) proposals = sb_proposals_new (place, fields, settings, files);
      g_autoptr (GString) all = g_string_new (NULL);

      for (guint j = 0; j < proposals->len; j++)
        {
          const SbProposal *proposal = proposals->pdata[j];

          g_string_append_printf (all, "%s%s%s", j > 0 ? " " : "", proposal->text,
                                  proposal->is_name ? ":" : "");
        }
      g_test_message ("%s", cases[i].text);
      g_assert_cmpstr (all->str, ==, cases[i].all);
    }
}

/* In an array of a field stand its values, and what else could: each is a value by itself. */
static void
test_operators (void)
{
  g_autoptr (SbFields) fields = new_fields ();
  const char *text = "{\"EventPattern\": {\"source\": [";
  g_autoptr (SbJsonPlace) place = sb_json_place_new (text, strlen (text));
  g_autoptr (GPtrArray) proposals = sb_proposals_new (place, fields, NULL, NULL);

  g_assert_cmpuint (proposals->len, ==, 1 + 8);
  for (guint i = 0; i < proposals->len; i++)
    {
      const SbProposal *proposal = proposals->pdata[i];
      g_autoptr (JsonNode) node = json_from_string (proposal->text, NULL);

      g_assert_nonnull (node);
      g_assert_cmpstr (proposal->comment, !=, "");
    }
}

/* Without any event at all, what every event has is still there. */
static void
test_nothing_known (void)
{
  const char *text = "{\"EventPattern\": {\"de";
  g_autoptr (SbJsonPlace) place = sb_json_place_new (text, strlen (text));
  g_autoptr (GPtrArray) proposals = sb_proposals_new (place, NULL, NULL, NULL);

  g_assert_cmpuint (proposals->len, ==, 2);
  g_assert_cmpstr (((SbProposal *) proposals->pdata[0])->text, ==, "\"detail-type\"");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/proposals/proposals", test_proposals);
  g_test_add_func ("/proposals/operators", test_operators);
  g_test_add_func ("/proposals/nothing-known", test_nothing_known);
  return g_test_run ();
}
