/* The folder as a whole: loaded, edited in the mind, told apart. */
#include "support/config-folder.h"

#include <string.h>

static const struct
{
  const char *path, *text;
} good[] = {
  { "bus/shop.json", "{ \"Description\": \"The shop\" }" },
  { "file/audit.json", "{ \"Path\": \"audit.jsonl\" }" },
  { "router.json", "{ \"Listen\": \"127.0.0.1:0\", \"Limits\": { \"JsonDepth\": 32 } }" },
  { "rule/default/all.json", "{ \"Targets\": [ { \"Id\": \"a\", \"Arn\": \"file/audit\" } ] }" },
  { "rule/shop/off.json",
    "{ \"State\": \"DISABLED\", \"EventPattern\": { \"source\": [ \"x\" ] } }" },
  { "rule/shop/paid.json", "{ \"EventPattern\": { \"source\": [ \"shop\" ] },\n"
                           "  \"Targets\": [ { \"Id\": \"b\", \"Arn\": \"webhook/chat\" } ] }" },
  { "rule/shop/refund.json", "{ \"EventPattern\": { \"detail\": { \"refund\": [ true ] } } }" },
  { "source/github.json",
    "{ \"Bus\": \"shop\", \"DetailType\": { \"Header\": \"X-GitHub-Event\" } }" },
  { "webhook/chat.json", "{ \"Url\": \"http://127.0.0.1:1/\", \"Concurrency\": 2 }" },
};

typedef struct
{
  char *folder;
  GHashTable *overlay;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->folder = test_folder_new ();
  fixture->overlay = g_hash_table_new (g_str_hash, g_str_equal);
  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    test_folder_put (fixture->folder, good[i].path, good[i].text);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_hash_table_unref (fixture->overlay);
  test_folder_free (fixture->folder);
}

static Configuration *
load (Fixture *fixture, const char *const *expected)
{
  g_autoptr (GPtrArray) problems = NULL;
  Configuration *configuration = config_load (fixture->folder, test_connector_schemas,
                                              fixture->overlay, &problems);

  g_assert_cmpint (configuration == NULL, ==, problems != NULL);
  if (problems)
    test_problems_are (G_STRFUNC, problems, expected);
  else
    g_assert_null (expected[0]);
  return configuration;
}

static Configuration *
load_good (Fixture *fixture)
{
  Configuration *configuration = load (fixture, (const char *const[]){ NULL });

  g_assert_nonnull (configuration);
  return configuration;
}

static void
test_good (Fixture *fixture, gconstpointer data)
{
  g_autoptr (Configuration) configuration = load_good (fixture);
  const ConfigBus *shop = g_hash_table_lookup (configuration->buses, "shop");
  const ConfigBus *bus = g_hash_table_lookup (configuration->buses, "default");
  const ConfigRule *rule = g_hash_table_lookup (configuration->rules, "shop/paid");
  const ConfigConnector *chat = g_hash_table_lookup (configuration->connectors, "webhook/chat");
  const ConfigSource *github = g_hash_table_lookup (configuration->sources, "github");

  g_assert_cmpstr (configuration->router.listen, ==, "127.0.0.1:0");
  g_assert_cmpuint (configuration->router.json_depth, ==, 32);
  g_assert_cmpuint (g_hash_table_size (configuration->buses), ==, 2);
  g_assert_cmpstr (shop->description, ==, "The shop");
  g_assert_null (bus->description);
  g_assert_cmpuint (g_hash_table_size (configuration->rules), ==, 4);
  g_assert_cmpuint (g_hash_table_size (configuration->connectors), ==, 2);
  g_assert_cmpuint (chat->window, ==, 2);
  g_assert_cmpstr (github->bus, ==, "shop");

  /* Those that are switched off are known, but match nothing. */
  g_assert_nonnull (g_hash_table_lookup (configuration->rules, "shop/off"));
  g_assert_cmpuint (shop->rules->len, ==, 2);
  g_assert_true (shop->rules->pdata[0] == rule);
  g_assert_cmpuint (rules_set_count (shop->set), ==, 2);
  g_assert_cmpuint (rules_set_count (bus->set), ==, 1);
}

/* The refs of the rules that the bus has for an event, "a b ". */
static char *
find_rules (const Configuration *configuration, const char *bus_name, const char *event)
{
  const ConfigBus *bus = g_hash_table_lookup (configuration->buses, bus_name);
  g_autoptr (GString) refs = g_string_new (NULL);
  RulesScratch *scratch;
  const guint32 *ids;
  gsize n_ids;

  g_assert_true (rules_scratch_new (NULL, &scratch, NULL));
  g_assert_true (rules_match (bus->set, scratch, event, strlen (event), &ids, &n_ids, NULL));
  for (gsize i = 0; i < n_ids; i++)
    g_string_append_printf (refs, "%s ", ((const ConfigRule *) bus->rules->pdata[ids[i]])->ref);
  rules_scratch_free (scratch);
  return g_strdup (refs->str);
}

/* Loaded after another one: what is the same keeps its id, whatever else comes and goes. */
static void
test_reload (Fixture *fixture, gconstpointer data)
{
  static const char event[] = "{\"source\":\"shop\",\"detail\":{\"refund\":true,\"x\":1}}";
  static const struct
  {
    const char *path, *text, *found;
  } steps[] = {
    { "rule/shop/paid.json", "{ \"EventPattern\": { \"source\": [ \"y\" ] } }", "shop/refund " },
    { "rule/shop/aaa.json", "{ \"EventPattern\": { \"detail\": { \"x\": [ 1 ] } } }",
      "shop/refund shop/aaa " },
    { "rule/shop/refund.json", NULL, "shop/aaa " },
    { "rule/shop/zzz.json", "{}", "shop/zzz shop/aaa " },
    { "rule/shop/off.json", "{}", "shop/zzz shop/aaa shop/off " },
    { "rule/shop/aaa.json", NULL, "shop/zzz shop/off " },
    { "rule/shop/paid.json", "{ \"State\": \"DISABLED\" }", "shop/zzz shop/off " },
    { "rule/shop/paid.json", "{}", "shop/paid shop/zzz shop/off " },
    { "rule/default/all.json", NULL, "shop/paid shop/zzz shop/off " },
  };
  g_autoptr (Configuration) configuration = load_good (fixture);

  for (guint i = 0; i < G_N_ELEMENTS (steps); i++)
    {
      Configuration *next;
      g_autofree char *found = NULL;

      g_hash_table_insert (fixture->overlay, (gpointer) steps[i].path, (gpointer) steps[i].text);
      next = config_reload (configuration, fixture->folder, test_connector_schemas,
                            fixture->overlay, NULL);
      g_assert_nonnull (next);
      configuration_unref (configuration);
      configuration = next;
      found = find_rules (configuration, "shop", event);
      g_assert_cmpstr (found, ==, steps[i].found);
    }
}

/* A pattern of wildcard complexity 11 is refused until router.json allows that, and again when it
 * does not any more, though the file of the rule is the same. */
static void
test_wildcard_score (Fixture *fixture, gconstpointer data)
{
  static const char rule[] = "{\"EventPattern\":{\"a\":[{\"wildcard\":"
                             "\"*:*:*:*:*:event-bus/*\"}]}}";
  static const struct
  {
    const char *router;
    gboolean accepted;
  } steps[] = {
    { "{}", FALSE },
    { "{\"Limits\":{\"WildcardScore\":11}}", TRUE },
    { "{\"Limits\":{\"WildcardScore\":10}}", FALSE },
    { "{\"Limits\":{\"WildcardScore\":12}}", TRUE },
  };
  g_autoptr (Configuration) configuration = load_good (fixture);

  g_hash_table_insert (fixture->overlay, (gpointer) "rule/shop/aaa.json", (gpointer) rule);
  for (guint i = 0; i < G_N_ELEMENTS (steps); i++)
    {
      g_autoptr (GPtrArray) problems = NULL;
      Configuration *next;

      g_hash_table_insert (fixture->overlay, (gpointer) "router.json", (gpointer) steps[i].router);
      next = config_reload (configuration, fixture->folder, test_connector_schemas,
                            fixture->overlay, &problems);
      g_assert_cmpint (next != NULL, ==, steps[i].accepted);
      if (!next)
        {
          test_problems_are (steps[i].router, problems,
                             (const char *const[]){ "rule/shop/aaa.json:*too complex*"
                                                    "Limits.WildcardScore*",
                                                    NULL });
          continue;
        }
      configuration_unref (configuration);
      configuration = next;
    }
}

/* An id of the set is the index of a rule. */
static void
test_match (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *bus, *event, *rule;
  } cases[] = {
    { "shop", "{\"source\":\"shop\",\"detail\":{}}", "shop/paid" },
    { "shop", "{\"source\":\"x\",\"detail\":{\"refund\":true}}", "shop/refund" },
    { "shop", "{\"source\":\"x\",\"detail\":{}}", NULL },
    { "default", "{\"source\":\"x\",\"detail\":{}}", "default/all" },
  };
  g_autoptr (Configuration) configuration = load_good (fixture);
  RulesScratch *scratch;
  RulesError error;

  g_assert_true (rules_scratch_new (NULL, &scratch, &error));
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const ConfigBus *bus = g_hash_table_lookup (configuration->buses, cases[i].bus);
      const guint32 *ids;
      gsize n_ids;

      g_test_message ("%s", cases[i].event);
      g_assert_true (rules_match (bus->set, scratch, cases[i].event, strlen (cases[i].event), &ids,
                                  &n_ids, &error));
      g_assert_cmpuint (n_ids, ==, cases[i].rule ? 1 : 0);
      if (n_ids == 1)
        g_assert_cmpstr (((const ConfigRule *) bus->rules->pdata[ids[0]])->ref, ==, cases[i].rule);
    }
  rules_scratch_free (scratch);
}

static void
test_empty (void)
{
  char *folder = test_folder_new ();
  g_autoptr (Configuration) configuration = config_load (folder, NULL, NULL, NULL);
  const ConfigBus *bus;

  g_assert_nonnull (configuration);
  bus = g_hash_table_lookup (configuration->buses, "default");
  g_assert_nonnull (bus);
  g_assert_cmpuint (bus->rules->len, ==, 0);
  g_assert_cmpuint (rules_set_count (bus->set), ==, 0);
  g_assert_cmpstr (configuration->router.listen, ==, "127.0.0.1:4610");
  g_assert_cmpstr (configuration->content, ==, "{}");
  test_folder_free (folder);
}

static void
test_missing (void)
{
  char *folder = test_folder_new ();
  g_autofree char *path = g_strdup (folder);
  g_autoptr (GPtrArray) problems = NULL;

  test_folder_free (folder);
  g_assert_null (config_load (path, NULL, NULL, &problems));
  test_problems_are (path, problems,
                     (const char *const[]){ ".: the configuration folder “*” cannot be opened: *. "
                                            "Make the folder, *",
                                            NULL });
  /* Who does not ask is not told. */
  g_assert_null (config_load (path, NULL, NULL, NULL));
}

static void
test_content (Fixture *fixture, gconstpointer data)
{
  g_autoptr (Configuration) configuration = load_good (fixture);
  g_autoptr (JsonNode) node = json_from_string (configuration->content, NULL);
  JsonObject *content = json_node_get_object (node);

  g_assert_cmpuint (json_object_get_size (content), ==, G_N_ELEMENTS (good));
  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    g_assert_cmpstr (json_object_get_string_member (content, good[i].path), ==, good[i].text);
}

static char *
digest_with (Fixture *fixture, const char *path, const char *text)
{
  g_autoptr (Configuration) configuration = NULL;

  g_hash_table_insert (fixture->overlay, (char *) path, (char *) text);
  configuration = load_good (fixture);
  g_hash_table_remove_all (fixture->overlay);
  return g_strdup (configuration->digest);
}

static void
test_digest (Fixture *fixture, gconstpointer data)
{
  g_autoptr (Configuration) configuration = load_good (fixture);
  g_autofree char *same = digest_with (fixture, "bus/shop.json", good[0].text);
  g_autofree char *edited = digest_with (fixture, "bus/shop.json", "{}");
  g_autofree char *spaced = digest_with (fixture, "bus/shop.json", "{ }");
  g_autofree char *added = digest_with (fixture, "bus/more.json", "{}");
  g_autofree char *renamed = digest_with (fixture, "bus/mor.json", "{}");
  g_autofree char *deleted = digest_with (fixture, "rule/shop/off.json", NULL);
  const char *const all[] = { configuration->digest, edited, spaced, added, renamed, deleted };

  g_assert_cmpuint (strlen (configuration->digest), ==, 64);
  g_assert_cmpstr (configuration->digest, ==, same);
  for (guint i = 0; i < G_N_ELEMENTS (all); i++)
    for (guint j = i + 1; j < G_N_ELEMENTS (all); j++)
      g_assert_cmpstr (all[i], !=, all[j]);

  /* What is not of the configuration is not of its digest. */
  test_folder_put (fixture->folder, "README.md", "words");
  test_folder_put (fixture->folder, "bus/.shop.json.swp", "words");
  {
    g_autoptr (Configuration) again = load_good (fixture);

    g_assert_cmpstr (again->digest, ==, configuration->digest);
  }
}

static void
test_overlay (Fixture *fixture, gconstpointer data)
{
  g_autoptr (Configuration) configuration = NULL;
  g_autoptr (Configuration) unchanged = NULL;
  const ConfigConnector *chat;

  g_hash_table_insert (fixture->overlay, (char *) "webhook/chat.json",
                       (char *) "{\"Url\":\"https://other/\"}");
  g_hash_table_insert (fixture->overlay, (char *) "webhook/new.json",
                       (char *) "{\"Url\":\"https://new/\"}");
  g_hash_table_insert (fixture->overlay, (char *) "rule/shop/refund.json", NULL);
  configuration = load_good (fixture);
  chat = g_hash_table_lookup (configuration->connectors, "webhook/chat");
  g_assert_cmpstr (json_object_get_string_member (chat->settings, "Url"), ==, "https://other/");
  g_assert_nonnull (g_hash_table_lookup (configuration->connectors, "webhook/new"));
  g_assert_null (g_hash_table_lookup (configuration->rules, "shop/refund"));

  /* Nothing was written. */
  g_hash_table_remove_all (fixture->overlay);
  unchanged = load_good (fixture);
  g_assert_nonnull (g_hash_table_lookup (unchanged->rules, "shop/refund"));
  g_assert_false (test_folder_has (fixture->folder, "webhook/new.json"));
}

/* What a deletion breaks is told where it breaks. */
static void
test_overlay_breaks (Fixture *fixture, gconstpointer data)
{
  g_hash_table_insert (fixture->overlay, (char *) "webhook/chat.json", NULL);
  g_assert_null (
      load (fixture,
            (const char *const[]){
                "rule/shop/paid.json:2:36: Targets[0].Arn: no connector “webhook/chat”: there is "
                "no webhook/chat.json. Make the file webhook/chat.json.",
                NULL }));
  g_hash_table_remove_all (fixture->overlay);
  g_hash_table_insert (fixture->overlay, (char *) "bus/shop.json", NULL);
  g_assert_null (load (
      fixture, (const char *const[]){ "rule/shop/off.json: no bus “shop”: *",
                                      "rule/shop/paid.json: no bus “shop”: *",
                                      "rule/shop/refund.json: no bus “shop”: *",
                                      "source/github.json:1:10: Bus: no bus “shop”: *", NULL }));
}

static void
test_all_in_order (Fixture *fixture, gconstpointer data)
{
  test_folder_put (fixture->folder, "zoo/a.json", "{}");
  test_folder_put (fixture->folder, "bus/shop.json", "{");
  test_folder_put (fixture->folder, "file/audit.json", "{}");
  test_folder_put (fixture->folder, "router.json", "{ \"Limits\": 1,\n  \"Listen\": 2 }");
  test_folder_put (fixture->folder, "rule/shop/off.json",
                   "{ \"State\": \"DISABLED\",\n  \"EventPattern\": { \"source\": [] } }");
  test_folder_put (fixture->folder, "rule/shop/paid.json",
                   "{ \"Targets\": [ { \"Arn\": \"file/audit\" } ],\n  \"EventPattern\": {} }");
  g_assert_null (
      load (fixture, (const char *const[]){
                         "bus/shop.json:1:2: not valid JSON: *",
                         "file/audit.json:1:1: Path: “Path” is missing. *",
                         "router.json:1:13: Limits: expected an object, *",
                         "router.json:2:13: Listen: expected a string, *",
                         "rule/shop/off.json:2:*: EventPattern*: *Empty arrays are not allowed*",
                         "rule/shop/paid.json:1:16: Targets[0].Id: “Id” is missing. *",
                         "rule/shop/paid.json:2:*: EventPattern*: *Empty objects are not allowed*",
                         "zoo: unknown folder “zoo”. *",
                         NULL,
                     }));
}

static void
test_references (Fixture *fixture, gconstpointer data)
{
  Configuration *configuration = load_good (fixture);
  Configuration *again = configuration_ref (configuration);

  configuration_unref (configuration);
  g_assert_cmpuint (g_hash_table_size (again->rules), ==, 4);
  configuration_unref (again);
}

#define ADD(name, function) g_test_add (name, Fixture, NULL, set_up, function, tear_down)

/* Two files of lines at one place, however it is written. */
static void
test_same_path (void)
{
  g_autofree char *folder = test_folder_new ();
  g_autoptr (GPtrArray) problems = NULL;
  g_autoptr (Configuration) configuration = NULL;

  test_folder_put (folder, "file/a.json", "{\"Path\": \"out/log\"}");
  test_folder_put (folder, "file/b.json", "{\"Path\": \"./out//log\"}");
  test_folder_put (folder, "file/c.json", "{\"Path\": \"/out/log\"}");
  configuration = config_load (folder, test_connector_schemas, NULL, &problems);
  g_assert_null (configuration);
  test_problems_are ("same path", problems,
                     (const char *const[]){ "file/b.json:1:10: Path: file/a.json writes there too. "
                                            "Give one of them another path.",
                                            NULL });
  test_folder_free (g_steal_pointer (&folder));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/config-configuration/good", test_good);
  ADD ("/config-configuration/match", test_match);
  ADD ("/config-configuration/reload", test_reload);
  ADD ("/config-configuration/wildcard-score", test_wildcard_score);
  g_test_add_func ("/config-configuration/empty", test_empty);
  g_test_add_func ("/config-configuration/missing", test_missing);
  ADD ("/config-configuration/content", test_content);
  ADD ("/config-configuration/digest", test_digest);
  ADD ("/config-configuration/overlay", test_overlay);
  ADD ("/config-configuration/overlay-breaks", test_overlay_breaks);
  ADD ("/config-configuration/all-in-order", test_all_in_order);
  ADD ("/config-configuration/references", test_references);
  g_test_add_func ("/config-configuration/same-path", test_same_path);
  return g_test_run ();
}
