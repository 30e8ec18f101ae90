/* Every allocation failing in turn, in everything that the library does: an error comes back, what
 * was there is as it was, and nothing is lost. */
#include "rules-failing-alloc.h"
#include "rules/rules.h"

#include <glib.h>
#include <string.h>

/* Every operator, arrays, escapes, $or, numbers that are only text, and names that share places. */
static const char *const patterns[] = {
  "{\"source\":[\"shop\",\"bank\"],\"detail\":{\"total\":[{\"numeric\":[\">\",10,\"<=\",500]}]}}",
  "{\"detail\":{\"name\":[{\"prefix\":\"an\"},{\"suffix\":\"na\"}]}}",
  "{\"detail\":{\"name\":[{\"wildcard\":\"*n*a\"},{\"wildcard\":\"a\\\\*b*\"}]}}",
  "{\"detail\":{\"name\":[{\"equals-ignore-case\":\"ANNA\"}],"
  "\"city\":[{\"equals-ignore-case\":\"ZÜRICH\"}]}}",
  "{\"detail\":{\"name\":[{\"prefix\":{\"equals-ignore-case\":\"AN\"}}]}}",
  "{\"detail\":{\"city\":[{\"suffix\":{\"equals-ignore-case\":\"ÜRICH\"}}]}}",
  "{\"detail\":{\"ip\":[{\"cidr\":\"10.0.0.0/8\"},{\"cidr\":\"2001:db8::/32\"}]}}",
  "{\"detail\":{\"ip\":[\"10.0.0.01\"]}}",
  "{\"detail\":{\"name\":[{\"anything-but\":[\"bob\",\"eve\"]}]}}",
  "{\"detail\":{\"name\":[{\"anything-but\":{\"wildcard\":[\"b*\",\"*e\"]}}]}}",
  "{\"detail\":{\"total\":[{\"anything-but\":[1,2,3]}],\"gone\":[{\"exists\":false}]}}",
  "{\"detail\":{\"total\":[42.0,12345678901234567890123]}}",
  "{\"detail\":{\"lines\":{\"sku\":[\"a\"],\"count\":[{\"numeric\":[\">\",1]}]}}}",
  "{\"detail\":{\"lines\":{\"sku\":[\"b\"],\"gift\":[{\"exists\":false}],\"x\":[null,true]}}}",
  "{\"$or\":[{\"source\":[\"bank\"]},{\"detail\":{\"$or\":[{\"name\":[\"anna\"]},"
  "{\"city\":[\"Rom\"]}]}}]}",
  "{\"detail\":{\"note\":[\"say \\\"hi\\\"\"],\"name\":[{\"exists\":true}]}}",
};

static const char event[] =
    "{\"source\":\"shop\",\"detail-type\":\"Order\",\"detail\":{\"total\":42,\"name\":\"anna\","
    "\"city\":\"z\\u00fcrich\",\"ip\":\"10.0.0.1\",\"note\":\"say \\\"hi\\\"\",\"lines\":["
    "{\"sku\":\"b\",\"count\":1,\"x\":true},{\"sku\":\"a\",\"count\":2}]}}";

#define N_PATTERNS G_N_ELEMENTS (patterns)

static void
fill_sources (RulesSource sources[N_PATTERNS])
{
  for (gsize i = 0; i < N_PATTERNS; i++)
    sources[i] = (RulesSource){ patterns[i], strlen (patterns[i]) };
}

static RulesSet *
build (const RulesAlloc *alloc)
{
  RulesSource sources[N_PATTERNS];
  RulesError error = { 0 };
  RulesSet *set = NULL;

  fill_sources (sources);
  if (!rules_set_build (sources, N_PATTERNS, NULL, alloc, &set, &error))
    g_error ("%s: %s", patterns[error.rule], error.reason);
  return set;
}

/* A bit a rule. */
static guint
match (const RulesSet *set, RulesScratch *scratch)
{
  const uint32_t *ids;
  size_t count = 0;
  guint bits = 0;

  g_assert_true (rules_match (set, scratch, event, sizeof event - 1, &ids, &count, NULL));
  for (gsize i = 0; i < count; i++)
    bits |= 1u << ids[i];
  return bits;
}

/* Tries with 0, 1, 2… allocations until it succeeds; returns how many it took. */
typedef gboolean (*Attempt) (const RulesAlloc *alloc,
                             FailingAlloc *memory,
                             guint left,
                             gpointer data,
                             RulesError *error);

static guint
sweep (Attempt attempt, gpointer data)
{
  for (guint left = 0; left < 20000; left++)
    {
      FailingAlloc memory = { left, 0 };
      RulesAlloc alloc = { failing_alloc_resize, &memory };
      RulesError error = { 0 };
      gboolean ok = attempt (&alloc, &memory, left, data, &error);

      g_assert_cmpuint (memory.n_live, ==, 0);
      if (ok)
        return left;
      g_assert_cmpint (error.code, ==, RULES_ERROR_NO_MEMORY);
      g_assert_cmpstr (error.reason, !=, "");
    }
  g_assert_not_reached ();
}

/* ---- Building -------------------------------------------------------------------------------- */

typedef struct
{
  RulesSet *old;
  RulesScratch *scratch;
  guint matched;
} Published;

/* What a reload does: the new set beside the old one. */
static gboolean
attempt_build (const RulesAlloc *alloc,
               FailingAlloc *memory,
               guint left,
               gpointer data,
               RulesError *error)
{
  Published *published = data;
  RulesSource sources[N_PATTERNS];
  RulesSet *set = NULL;
  gboolean ok;

  fill_sources (sources);
  ok = rules_set_build (sources, N_PATTERNS, NULL, alloc, &set, error);
  g_assert_cmpint (set != NULL, ==, ok);
  g_assert_cmpuint (match (published->old, published->scratch), ==, published->matched);
  if (ok)
    g_assert_cmpuint (match (set, published->scratch), ==, published->matched);
  rules_set_free (set);
  return ok;
}

static void
test_build (void)
{
  Published published = { .old = build (NULL) };

  g_assert_true (rules_scratch_new (NULL, &published.scratch, NULL));
  published.matched = match (published.old, published.scratch);
  g_assert_cmphex (published.matched, ==, 0xFFFF);
  g_assert_cmpuint (sweep (attempt_build, &published), >, 30);
  rules_scratch_free (published.scratch);
  rules_set_free (published.old);
}

/* ---- Matching -------------------------------------------------------------------------------- */

/* A scratch that has run out once works again when there is memory. */
static gboolean
attempt_match (const RulesAlloc *alloc,
               FailingAlloc *memory,
               guint left,
               gpointer data,
               RulesError *error)
{
  RulesScratch *scratch = NULL;
  const uint32_t *ids = NULL;
  size_t count = 99;
  gboolean ok;

  ok = rules_scratch_new (alloc, &scratch, error);
  g_assert_cmpint (scratch != NULL, ==, ok);
  if (!ok)
    return FALSE;
  ok = rules_match (data, scratch, event, sizeof event - 1, &ids, &count, error);
  if (!ok)
    g_assert_cmpuint (count, ==, 99);
  memory->left = G_MAXUINT;
  g_assert_cmphex (match (data, scratch), ==, 0xFFFF);
  rules_scratch_free (scratch);
  return ok;
}

static void
test_match (void)
{
  RulesSet *set = build (NULL);

  g_assert_cmpuint (sweep (attempt_match, set), >, 5);
  rules_set_free (set);
}

/* ---- Explaining ------------------------------------------------------------------------------ */

static gboolean
attempt_explain (const RulesAlloc *alloc,
                 FailingAlloc *memory,
                 guint left,
                 gpointer data,
                 RulesError *error)
{
  guint rule = GPOINTER_TO_UINT (data);
  RulesTrace trace = { 0 };
  RulesSet *set;
  gboolean ok;

  memory->left = G_MAXUINT;
  set = build (alloc);
  memory->left = left;
  ok = rules_explain (set, rule, event, sizeof event - 1, &trace, error);
  if (ok)
    {
      g_assert_true (trace.matched);
      rules_trace_clear (set, &trace);
    }
  else
    g_assert_null (trace.leaves);
  rules_set_free (set);
  return ok;
}

static void
test_explain (void)
{
  for (guint i = 0; i < N_PATTERNS; i++)
    g_assert_cmpuint (sweep (attempt_explain, GUINT_TO_POINTER (i)), >, 3);
}

/* ---- Transforming ---------------------------------------------------------------------------- */

static const RulesVariable variables[] = {
  { "name", "$.detail.name" }, { "lines", "$.detail.lines" }, { "skus", "$.detail.lines[*].sku" },
  { "note", "$.detail.note" }, { "gone", "$.detail.gone" },
};

static const RulesInput inputs[] = {
  { .input = "{\"constant\":1}" },
  { .input_path = "$.detail.lines[1].sku" },
  { .input_path = "$.detail.lines[*].count" },
  { .variables = variables,
    .n_variables = G_N_ELEMENTS (variables),
    .input_template = "{\"a\":<name>,\"b\":\"<name>: <gone>\",\"c\":<lines>,\"d\":<skus>,\"e\":"
                      "<aws.events.event>,\"f\":<aws.events.event.json>,\"g\":<note>,\"h\":"
                      "<aws.events.rule-name>}" },
  { .variables = variables,
    .n_variables = G_N_ELEMENTS (variables),
    .input_template = "\"<name> bought <lines>\"\n\"<note> <skus> <aws.events.rule-arn>\"" },
  { .variables = NULL },
};

static gboolean
attempt_compile (const RulesAlloc *alloc,
                 FailingAlloc *memory,
                 guint left,
                 gpointer data,
                 RulesError *error)
{
  RulesTemplate *template_ = NULL;
  gboolean ok = rules_template_new (data, alloc, &template_, error);

  g_assert_cmpint (template_ != NULL, ==, ok);
  rules_template_free (template_);
  return ok;
}

static gboolean
attempt_render (const RulesAlloc *alloc,
                FailingAlloc *memory,
                guint left,
                gpointer data,
                RulesError *error)
{
  static const RulesContext context = { "rule", "arn:rule", "2026-01-02T03:04:05Z" };
  RulesBuffer out = { .alloc = alloc };
  gboolean ok;

  memory->left = G_MAXUINT;
  out.data = alloc->resize (alloc->user, NULL, 8);
  memcpy (out.data, "before: ", 8);
  out.length = out.capacity = 8;
  memory->left = left;
  ok = rules_template_render (data, event, sizeof event - 1, &context, &out, error);
  g_assert_cmpmem (out.data, 8, "before: ", 8);
  if (ok)
    g_assert_cmpuint (out.length, >, 8);
  else
    g_assert_cmpuint (out.length, ==, 8);
  rules_buffer_clear (&out);
  return ok;
}

static void
test_transform (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (inputs); i++)
    {
      RulesInput input = inputs[i];
      RulesTemplate *template_ = NULL;
      RulesError error = { 0 };

      g_assert_cmpuint (sweep (attempt_compile, &input), >, 0);
      if (!rules_template_new (&input, NULL, &template_, &error))
        g_error ("%s", error.reason);
      g_assert_cmpuint (sweep (attempt_render, template_), >, 0);
      rules_template_free (template_);
    }
}

static gboolean
attempt_path (const RulesAlloc *alloc,
              FailingAlloc *memory,
              guint left,
              gpointer data,
              RulesError *error)
{
  RulesBuffer out = { .alloc = alloc };
  bool found = false;
  gboolean ok = rules_path_get (data, event, sizeof event - 1, &out, &found, error);

  g_assert_cmpint (found, ==, ok);
  if (!ok)
    g_assert_cmpuint (out.length, ==, 0);
  rules_buffer_clear (&out);
  return ok;
}

static void
test_path (void)
{
  static const char *const paths[] = { "$", "$.detail.name", "$.detail.lines[*].sku",
                                       "$.detail.*" };

  for (gsize i = 0; i < G_N_ELEMENTS (paths); i++)
    g_assert_cmpuint (sweep (attempt_path, (gpointer) paths[i]), >, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/rules/no-memory/build", test_build);
  g_test_add_func ("/rules/no-memory/match", test_match);
  g_test_add_func ("/rules/no-memory/explain", test_explain);
  g_test_add_func ("/rules/no-memory/transform", test_transform);
  g_test_add_func ("/rules/no-memory/path", test_path);
  return g_test_run ();
}
