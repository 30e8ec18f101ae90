/* bench-data.c: generators of events and rules.
 *
 * Chance comes from a counter that begins anew with each call, so that figures of different days
 * are about the same bytes.
 */
#include "bench-data.h"

#include <stdio.h>
#include <string.h>

static void
free_line (gpointer line)
{
  g_string_free (line, TRUE);
}

void
bench_lines_init (BenchLines *lines)
{
  *lines = (BenchLines){ g_ptr_array_new_with_free_func (free_line), 0 };
}

void
bench_lines_clear (BenchLines *lines)
{
  g_clear_pointer (&lines->lines, g_ptr_array_unref);
}

static void
add_line (BenchLines *lines, const char *text, gsize length)
{
  GString *line = g_string_sized_new (length + BENCH_PADDING);

  g_string_append_len (line, text, (gssize) length);
  memset (line->str + length, 0, line->allocated_len - length);
  g_ptr_array_add (lines->lines, line);
  lines->bytes += length;
}

gboolean
bench_lines_read (BenchLines *lines, const char *file, gsize most_bytes)
{
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;
  gsize length;

  if (!g_file_get_contents (file, &text, &length, &error))
    {
      fprintf (stderr, "%s\n", error->message);
      return FALSE;
    }
  for (const char *line = text, *end; line < text + length && lines->bytes < most_bytes;
       line = end + 1)
    {
      end = memchr (line, '\n', (gsize) (text + length - line));
      if (!end)
        end = text + length;
      if (end > line)
        add_line (lines, line, (gsize) (end - line));
    }
  return TRUE;
}

/* ---- Chance ---------------------------------------------------------------------------------- */

typedef struct
{
  guint64 state;
} Draw;

static guint64
draw (Draw *self)
{
  guint64 z = (self->state += G_GUINT64_CONSTANT (0x9E3779B97F4A7C15));

  z = (z ^ (z >> 30)) * G_GUINT64_CONSTANT (0xBF58476D1CE4E5B9);
  z = (z ^ (z >> 27)) * G_GUINT64_CONSTANT (0x94D049BB133111EB);
  return z ^ (z >> 31);
}

static guint
below (Draw *self, guint limit)
{
  return (guint) (draw (self) % limit);
}

#define PICK(self, array) ((array)[below ((self), G_N_ELEMENTS (array))])

/* ---- Lots ------------------------------------------------------------------------------------ */

static void
put_point (GString *out, Draw *chance, const char *comma)
{
  g_string_append_printf (out, "%s{\"x\":-122.4%08u%05u,\"y\":37.7%08u%06u,\"z\":0}", comma,
                          below (chance, 100000000), below (chance, 100000),
                          below (chance, 100000000), below (chance, 1000000));
}

static void
put_lot (GString *out, Draw *chance, guint n_names)
{
  static const char *const types[] = { "ST", "ST", "ST", "AVE", "BLVD", "WAY" };
  guint points = 5 + below (chance, 10), street = below (chance, n_names);
  guint block = below (chance, 8000), lot = below (chance, 999);

  g_string_append_printf (out,
                          "{\"type\":\"Feature\",\"properties\":{\"MAPBLKLOT\":\"%04u%03u\","
                          "\"BLKLOT\":\"%04u%03u\",\"BLOCK_NUM\":\"%04u\",\"LOT_NUM\":\"%03u\","
                          "\"FROM_ST\":\"%u\",\"TO_ST\":\"%u\",\"STREET\":\"STREET %u\","
                          "\"ST_TYPE\":\"%s\",\"ODD_EVEN\":\"%s\"},\"geometry\":{\"type\":"
                          "\"Polygon\",\"coordinates\":[",
                          block, lot, block, lot, block, lot, lot * 3, lot * 3 + 20, street,
                          PICK (chance, types), lot % 2 ? "O" : "E");
  for (guint i = 0; i < points; i++)
    put_point (out, chance, i ? "," : "");
  g_string_append (out, "],\"firstCoordinates\":");
  put_point (out, chance, "");
  g_string_append (out, "}}");
}

/* ---- Orders ---------------------------------------------------------------------------------- */

static void
put_items (GString *out, Draw *chance, guint who)
{
  guint n = 1 + below (chance, 4);

  for (guint i = 0; i < n; i++)
    g_string_append_printf (out,
                            "%s{\"sku\":\"SKU-%u\",\"bin\":\"B%u\",\"qty\":%u,\"price\":%u.%02u}",
                            i ? "," : "", who + i, below (chance, 10), 1 + below (chance, 5),
                            1 + below (chance, 98), below (chance, 100));
}

static void
put_order (GString *out, Draw *chance, guint n_names)
{
  static const char *const states[] = { "pending", "running", "stopping",
                                        "stopped", "failed",  "done" };
  static const char *const regions[] = { "us-east-1", "eu-west-1", "ap-south-1", "eu-central-1" };
  guint who = below (chance, n_names), tenant = below (chance, n_names);

  g_string_append_printf (
      out,
      "{\"version\":\"0\",\"id\":\"%08x-%04x-4%03x-9%03x-%012" G_GINT64_MODIFIER "x\","
      "\"detail-type\":\"Order Status Change\",\"source\":\"app.orders.s%u\",\"account\":"
      "\"123456789012\",\"time\":\"2026-05-%02uT%02u:%02u:11Z\",\"region\":\"%s\",\"resources\":"
      "[\"urn:orders:%s:task/%016" G_GINT64_MODIFIER "x\"],\"detail\":{\"tenant\":\"t%u\","
      "\"order-id\":\"o-%u\",\"state\":\"%s\",\"previous-state\":\"%s\",\"amount\":%u.%02u,"
      "\"quantity\":%u,\"currency\":\"EUR\",\"priority\":\"normal\",",
      (guint) draw (chance), below (chance, 65536), below (chance, 4096), below (chance, 4096),
      draw (chance) >> 16, who, 1 + below (chance, 28), below (chance, 24), below (chance, 60),
      PICK (chance, regions), PICK (chance, regions), draw (chance), tenant, (guint) draw (chance),
      PICK (chance, states), PICK (chance, states), below (chance, 1000), below (chance, 100),
      1 + below (chance, 9));
  g_string_append_printf (
      out,
      "\"customer\":{\"id\":\"c-%u\",\"email\":\"user%u@customer%u.example.com\",\"tier\":\"%s\","
      "\"ip\":\"10.%u.%u.%u\"},\"items\":[",
      below (chance, 1000000), below (chance, 100000), tenant,
      below (chance, 2) ? "gold" : "silver", below (chance, 256), below (chance, 256),
      below (chance, 256));
  put_items (out, chance, who);
  g_string_append_printf (out,
                          "],\"path\":\"/api/v%u/tenant%u/orders/%u/items\",\"tags\":[\"new\","
                          "\"vip\",\"retry\"],\"flags\":{\"express\":%s,\"gift\":false},"
                          "\"note\":null}}",
                          below (chance, 3), who, below (chance, 1000000),
                          below (chance, 2) ? "true" : "false");
}

/* ---- GitHub ---------------------------------------------------------------------------------- */

static void
put_user (GString *out, guint number, const char *login)
{
  static const char *const urls[] = { "followers", "gists",         "starred", "subscriptions",
                                      "orgs",      "organizations", "repos",   "received_events" };

  g_string_append_printf (out,
                          "{\"login\":\"%s-%u\",\"id\":%u,\"node_id\":\"MDQ6VXNlcj%u=\","
                          "\"avatar_url\":\"https://avatars.example.com/u/%u?v=4\","
                          "\"gravatar_id\":\"\",\"url\":\"https://api.example.com/users/%s-%u\"",
                          login, number, number, number, number, login, number);
  for (gsize i = 0; i < G_N_ELEMENTS (urls); i++)
    g_string_append_printf (out, ",\"%s_url\":\"https://api.example.com/users/%s-%u/%s\"", urls[i],
                            login, number, urls[i]);
  g_string_append (out, ",\"type\":\"User\",\"site_admin\":false}");
}

static void
put_repository (GString *out, guint number)
{
  static const char *const urls[] = {
    "forks",    "keys",       "collaborators", "teams",        "hooks",       "issue_events",
    "events",   "assignees",  "branches",      "tags",         "git_refs",    "trees",
    "statuses", "languages",  "stargazers",    "contributors", "subscribers", "commits",
    "comments", "contents",   "compare",       "merges",       "archive",     "downloads",
    "pulls",    "milestones", "notifications", "labels",       "releases",    "deployments"
  };

  g_string_append_printf (out,
                          "{\"id\":%u,\"node_id\":\"MDEwOlJlcG9%u\",\"name\":\"repository-%u\","
                          "\"full_name\":\"org/repository-%u\",\"private\":false,\"owner\":",
                          number + 1000, number, number, number);
  put_user (out, 7, "org");
  g_string_append_printf (out, ",\"description\":\"Tools \\u2014 and more of \\\"them\\\"\","
                               "\"fork\":false");
  for (gsize i = 0; i < G_N_ELEMENTS (urls); i++)
    g_string_append_printf (
        out, ",\"%s_url\":\"https://api.example.com/repos/org/repository-%u/%s{/sha}\"", urls[i],
        number, urls[i]);
  g_string_append_printf (out,
                          ",\"created_at\":1431447000,\"updated_at\":\"2026-05-02T12:00:00Z\","
                          "\"size\":%u,\"stargazers_count\":%u,\"language\":\"C\",\"has_issues\":"
                          "true,\"has_wiki\":false,\"license\":null,\"topics\":[\"events\","
                          "\"router\"],\"visibility\":\"public\",\"default_branch\":\"main\"}",
                          number * 3, number % 400);
}

static void
put_commit (GString *out, Draw *chance)
{
  g_string_append_printf (
      out,
      "{\"id\":\"%016" G_GINT64_MODIFIER "x%016" G_GINT64_MODIFIER "x\",\"distinct\":true,"
      "\"message\":\"Fix \\\"it\\\" again\\n\\nA longer explanation of why this was needed: the "
      "value %u went missing on the way.\\n\",\"timestamp\":\"2026-05-02T12:34:56+02:00\","
      "\"author\":{\"name\":\"Jörg Müller\",\"email\":\"joerg@example.com\",\"username\":\"jm\"},"
      "\"added\":[],\"removed\":[],\"modified\":[\"src/reader.c\",\"src/writer-%u.c\"]}",
      draw (chance), draw (chance), below (chance, 100000), below (chance, 100));
}

static void
put_push (GString *out, Draw *chance, guint n_names)
{
  guint who = below (chance, n_names);

  g_string_append_printf (
      out,
      "{\"version\":\"0\",\"source\":\"github\",\"detail-type\":\"push\","
      "\"detail\":{\"ref\":\"refs/heads/%s\",\"before\":\"%016" G_GINT64_MODIFIER
      "x\",\"repository\":",
      below (chance, 3) ? "main" : "topic", draw (chance));
  put_repository (out, who);
  g_string_append (out, ",\"sender\":");
  put_user (out, below (chance, n_names), "user");
  g_string_append (out, ",\"created\":false,\"forced\":false,\"commits\":[");
  for (guint i = 0; i < 3; i++)
    {
      g_string_append (out, i ? "," : "");
      put_commit (out, chance);
    }
  g_string_append (out, "]}}");
}

static void
put_pull (GString *out, Draw *chance, guint n_names)
{
  guint who = below (chance, n_names), number = below (chance, 5000);

  g_string_append_printf (
      out,
      "{\"version\":\"0\",\"source\":\"github\",\"detail-type\":\"pull_request\",\"detail\":{"
      "\"action\":\"%s\",\"number\":%u,\"pull_request\":{\"id\":%u,\"state\":\"open\",\"locked\":"
      "false,\"title\":\"Change %u\",\"body\":\"What it does:\\r\\n\\r\\n* one\\r\\n* two\\r\\n\","
      "\"draft\":false,\"labels\":[{\"name\":\"bug\",\"color\":\"ee0701\"},{\"name\":\"ci\","
      "\"color\":\"00ff00\"}],\"additions\":%u,\"deletions\":%u,\"user\":",
      below (chance, 2) ? "opened" : "synchronize", number, number * 7, number, below (chance, 900),
      below (chance, 900));
  put_user (out, below (chance, n_names), "user");
  g_string_append (out, ",\"head\":{\"ref\":\"topic\",\"repo\":");
  put_repository (out, who);
  g_string_append (out, "},\"base\":{\"ref\":\"main\",\"repo\":");
  put_repository (out, who);
  g_string_append (out, "}},\"repository\":");
  put_repository (out, who);
  g_string_append (out, ",\"sender\":");
  put_user (out, below (chance, n_names), "user");
  g_string_append (out, "}}");
}

const char *
bench_kind_name (BenchKind kind)
{
  static const char *const names[] = { "lots", "orders", "pushes", "pull requests" };

  return names[kind];
}

void
bench_add_events (BenchLines *lines, BenchKind kind, guint count, guint n_names)
{
  static void (*const put[]) (GString *, Draw *, guint) = { put_lot, put_order, put_push,
                                                            put_pull };
  Draw chance = { 7 };

  for (guint i = 0; i < count; i++)
    {
      g_autoptr (GString) event = g_string_new (NULL);

      put[kind](event, &chance, n_names);
      add_line (lines, event->str, event->len);
    }
}

/* ---- Rules ----------------------------------------------------------------------------------- */

/* The text before and behind the number of a rule. */
typedef struct
{
  const char *before, *behind;
} RuleText;

static const RuleText lot_rules[] = {
  { "{\"properties\":{\"STREET\":[\"STREET ", "\"]}}" },
  { "{\"properties\":{\"MAPBLKLOT\":[{\"prefix\":\"0", "\"}],\"ODD_EVEN\":[\"E\"]}}" },
  { "{\"properties\":{\"STREET\":[{\"equals-ignore-case\":\"street ", "\"}]}}" },
  { "{\"properties\":{\"MAPBLKLOT\":[{\"wildcard\":\"*", "*7\"}]}}" },
  { "{\"geometry\":{\"coordinates\":{\"x\":[{\"numeric\":[\"=\",-122.4", "]}]}}}" },
};

static const RuleText order_rules[] = {
  { "{\"source\":[\"app.orders.s", "\"],\"detail\":{\"state\":[\"failed\",\"running\"]}}" },
  { "{\"detail\":{\"path\":[{\"prefix\":\"/api/v1/tenant", "/\"}]}}" },
  { "{\"detail\":{\"customer\":{\"email\":[{\"suffix\":\"@customer", ".example.com\"}]}}}" },
  { "{\"detail\":{\"path\":[{\"wildcard\":\"/api/*/tenant", "/orders/*\"}]}}" },
  { "{\"detail\":{\"tenant\":[\"t", "\"],\"amount\":[{\"numeric\":[\">\",100]}]}}" },
  { "{\"detail\":{\"items\":{\"sku\":[\"SKU-", "\"],\"qty\":[{\"numeric\":[\">\",2]}]}}}" },
  { "{\"source\":[\"app.orders.s", "\"],\"detail\":{\"error\":[{\"exists\":false}]}}" },
  { "{\"source\":[\"app.orders.s", "\"],\"detail\":{\"state\":[{\"anything-but\":\"done\"}]}}" },
};

static const RuleText hub_rules[] = {
  { "{\"source\":[\"github\"],\"detail\":{\"repository\":{\"full_name\":[\"org/repository-",
    "\"]}}}" },
  { "{\"detail-type\":[\"push\"],\"detail\":{\"ref\":[\"refs/heads/main\"],\"sender\":{\"login\":"
    "[\"user-",
    "\"]}}}" },
  { "{\"detail\":{\"action\":[\"opened\"],\"sender\":{\"login\":[{\"equals-ignore-case\":\"User-",
    "\"}]}}}" },
  { "{\"detail\":{\"commits\":{\"modified\":[{\"suffix\":\"writer-", ".c\"}]}}}" },
};

void
bench_add_rules (BenchLines *lines, BenchKind kind, guint count)
{
  const RuleText *texts = kind == BENCH_LOTS     ? lot_rules
                          : kind == BENCH_ORDERS ? order_rules
                                                 : hub_rules;
  gsize n = kind == BENCH_LOTS     ? G_N_ELEMENTS (lot_rules)
            : kind == BENCH_ORDERS ? G_N_ELEMENTS (order_rules)
                                   : G_N_ELEMENTS (hub_rules);

  for (guint i = 0; i < count; i++)
    {
      g_autofree char *rule = g_strdup_printf ("%s%u%s", texts[i % n].before, i,
                                               texts[i % n].behind);

      add_line (lines, rule, strlen (rule));
    }
}
