/* rules.h: the whole public interface of libsignalbox-rules.
 *
 * Which EventBridge patterns does this JSON event satisfy, and what does this input transformer
 * make of it?  The library needs libc only, does no I/O and has no globals.
 *
 * Memory belongs to the caller: every object is made through a RulesAlloc (NULL means malloc).  A
 * failed allocation is RULES_ERROR_NO_MEMORY, never an abort.  Errors belong to the caller too: a
 * function that returns false has filled its RulesError (which may be NULL) and left its outputs
 * untouched.
 *
 * Threads: RulesSet and RulesTemplate never change once built, so any number of threads may use
 * one, and each may be freed by any thread once none uses it. RulesScratch and RulesBuffer are for
 * one thread at a time. A RulesAlloc that several threads meet must allow that.
 *
 * Texts are UTF-8, given by pointer and length in bytes; they need no NUL at the end. Offsets are
 * bytes from the start of the text, lines and columns count from 1. Freeing NULL does nothing.
 *
 * The language: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
#define RULES_BEGIN_DECLS                                                                          \
  extern "C"                                                                                       \
  {
#define RULES_END_DECLS }
#else
#define RULES_BEGIN_DECLS
#define RULES_END_DECLS
#endif

RULES_BEGIN_DECLS

typedef struct RulesSet RulesSet;
typedef struct RulesScratch RulesScratch;
typedef struct RulesTemplate RulesTemplate;

/* realloc semantics: pointer NULL allocates, size 0 frees and returns NULL. What is returned is
 * aligned for any type; NULL means that there is no memory, the old piece then being as it was.
 * Must outlive every object that was made with it. */
typedef struct
{
  void *(*resize) (void *user, void *pointer, size_t size);
  void *user;
} RulesAlloc;

typedef enum
{
  RULES_OK = 0,
  RULES_ERROR_JSON,     /* the text is not strict JSON (RFC 8259) */
  RULES_ERROR_LIMIT,    /* a limit of RulesLimits or RulesJsonLimits is exceeded */
  RULES_ERROR_PATTERN,  /* JSON, but not an event pattern */
  RULES_ERROR_TEMPLATE, /* JSON or text, but not an input path or template */
  RULES_ERROR_RENDER,   /* the template is fine, its result for this event is not valid JSON */
  RULES_ERROR_NO_MEMORY,
} RulesErrorCode;

typedef struct
{
  RulesErrorCode code;
  size_t rule;       /* rules_set_build: index of the refused rule */
  size_t offset;     /* bytes from the start of the text, at the place that is wrong */
  unsigned line;     /* of offset, from 1 */
  unsigned column;   /* of offset in bytes, from 1 */
  char reason[320];  /* EventBridge's own words where it has any; no full stop is added */
  char pointer[192]; /* JSON pointer (RFC 6901), cut if long; "" when the text is not JSON */
  char hint[256];    /* what to do about it, one sentence, or "" */
  /* What rules_error_eventbridge() needs: EventBridge's location, which is Jackson's position just
   * after the offending token, and how often the location is said (0, 1 or 2 times). */
  unsigned jackson_line, jackson_column;
  unsigned jackson_repeats;
} RulesError;

/* The message that EventBridge itself gives: "Event pattern is not valid. Reason: …" with the
 * pattern and the position.  Works as snprintf: returns the length that the whole message has. */
size_t rules_error_eventbridge (const RulesError *error,
                                const char *pattern,
                                size_t pattern_length,
                                char *buffer,
                                size_t size);

/* ---- JSON ------------------------------------------------------------------------------------ */

typedef struct
{
  size_t max_bytes;      /* 0: no limit */
  unsigned max_depth;    /* arrays and objects in each other; 0: 64 */
  bool allow_duplicates; /* names that occur twice in one object */
} RulesJsonLimits;

/* Strict RFC 8259: UTF-8 only (no surrogates, no overlong forms), no BOM, no comments, no trailing
 * text.  Numbers may have any length.  NULL limits: 64 deep, duplicates refused. */
bool rules_check_json (const char *text,
                       size_t length,
                       const RulesJsonLimits *limits,
                       RulesError *error);

typedef enum
{
  RULES_JSON_NULL,
  RULES_JSON_FALSE,
  RULES_JSON_TRUE,
  RULES_JSON_NUMBER,
  RULES_JSON_STRING,
  RULES_JSON_ARRAY,
  RULES_JSON_OBJECT,
} RulesJsonType;

/* Where the value at a JSON pointer (RFC 6901) stands in the text: the bytes [start, start+length)
 * are exactly the value's own text, quotes included.  False when there is none or the text is not
 * JSON. With duplicate names the last wins.  Used to give file positions in error messages and to
 * take a value out byte for byte. */
typedef struct
{
  RulesJsonType type;
  size_t start, length;
  size_t name_start,
      name_length; /* the member's name with its quotes; 0 long where there is none */
} RulesJsonSpan;

bool
rules_json_locate (const char *text, size_t length, const char *pointer, RulesJsonSpan *out_span);

/* The same, many times as fast, for text that rules_check_json() has accepted.  Of text that is no
 * JSON it may find anything, and reads nothing outside of it. */
bool rules_json_locate_valid (const char *text,
                              size_t length,
                              const char *pointer,
                              RulesJsonSpan *out_span);

/* Calls visit for each element of the top-level array in order; stops when visit returns false.
 * False (with error) when the text is not a JSON array. */
bool rules_json_each (const char *text,
                      size_t length,
                      const RulesJsonLimits *limits,
                      bool (*visit) (void *user, const char *element, size_t element_length),
                      void *user,
                      RulesError *error);

/* 1-based line and byte column of an offset. */
void rules_text_position (const char *text,
                          size_t length,
                          size_t offset,
                          unsigned *out_line,
                          unsigned *out_column);

/* ---- Patterns -------------------------------------------------------------------------------- */

typedef struct
{
  const char *pattern;
  size_t length;
} RulesSource;

typedef struct
{
  size_t max_pattern_bytes;    /* 0: 4096, EventBridge's */
  unsigned max_combinations;   /* of all $or of one rule multiplied out; 0: 1000, EventBridge's */
  unsigned max_wildcard_score; /* 0: 10; see semantics of "Rule is too complex" */
  unsigned max_values;         /* of one event, at the paths that rules name; 0: 100000 */
} RulesLimits;

/* Compiles count patterns; rule i is known as id i ever after.  A pattern that is NULL keeps the id
 * free: no event satisfies it.  On failure error->rule says which one. */
bool rules_set_build (const RulesSource *rules,
                      size_t count,
                      const RulesLimits *limits,
                      const RulesAlloc *alloc,
                      RulesSet **out_set,
                      RulesError *error);
void rules_set_free (RulesSet *set);

/* One more than the greatest id. */
size_t rules_set_count (const RulesSet *set);

typedef struct
{
  uint32_t id;        /* rules_set_count() or more: a new rule; ids left out on the way are free */
  RulesSource source; /* what the rule says now; pattern NULL: there is no such rule any more */
} RulesEdit;

/* A new set that differs from a set by edits.  The old one stays as it was; they share most of
 * their memory, through the old one's allocator, and may be freed in any order by any thread.  Of
 * two edits of one id the last counts.  On failure error->rule is the refused edit's place among
 * edits.
 *
 * Takes time for the rules edited since the set was last built whole, not for all; but when those
 * are many (a few hundred) everything is built again, which is rules_set_build() in all but name.
 * Until then each match looks at the event once more, for the edited rules. */
bool rules_set_edit (const RulesSet *set,
                     const RulesEdit *edits,
                     size_t count,
                     RulesSet **out_set,
                     RulesError *error);

/* Room for matching, which grows to what the greatest event wants and is used again.  One a thread;
 * any sets, one after the other. */
bool rules_scratch_new (const RulesAlloc *alloc, RulesScratch **out_scratch, RulesError *error);
void rules_scratch_free (RulesScratch *scratch);

/* The ids of all rules that the event satisfies, ascending.  out_ids lives in scratch until its
 * next use; the set may go before.  An event that is not JSON is RULES_ERROR_JSON, one with more
 * than max_values RULES_ERROR_LIMIT; nothing is ever silently cut.  Duplicate names in the event:
 * all count. */
bool rules_match (const RulesSet *set,
                  RulesScratch *scratch,
                  const char *event,
                  size_t length,
                  const uint32_t **out_ids,
                  size_t *out_count,
                  RulesError *error);

/* The same for an event that rules_check_json() has accepted with names that occur twice refused,
 * or that the caller has written himself.  Reading stops as soon as every path that rules name has
 * been seen, or what was seen decides about every rule; so of members that spell one path
 * ({"a": {"b": 1}, "a.b": 2}) those behind that place do not count.  Text that is no JSON may yield
 * RULES_ERROR_JSON or any ids, and nothing worse. */
bool rules_match_valid (const RulesSet *set,
                        RulesScratch *scratch,
                        const char *event,
                        size_t length,
                        const uint32_t **out_ids,
                        size_t *out_count,
                        RulesError *error);

/* About how many bytes of memory a set takes. */
size_t rules_set_bytes (const RulesSet *set);

/* The wildcard complexity of one pattern as EventBridge counts it; above
 * RulesLimits.max_wildcard_score a pattern is refused.  0 when it has no wildcard. */
bool
rules_wildcard_score (const char *pattern, size_t length, unsigned *out_score, RulesError *error);

typedef struct
{
  const char *path;      /* dotted, as in the pattern */
  const char *predicate; /* one line of JSON: the field's alternatives as the pattern writes them */
  size_t pattern_offset; /* where the field's alternatives begin in the pattern's text */
  bool held;             /* it fits, together with the fields before it (same array element) */
  bool present;          /* the event has a value at the path */
  size_t value_offset;   /* the value that decided it, in the event's text (when present) */
  size_t value_length;
  const char *why; /* one plain sentence */
  unsigned branch; /* which combination of $or it belongs to, from 0 */
} RulesTraceLeaf;

typedef struct
{
  bool matched;
  size_t n_leaves;
  RulesTraceLeaf *leaves;
  const char *summary; /* one plain sentence */
  void *memory;        /* private */
} RulesTrace;

/* Why a rule did or did not match, leaf by leaf.  Slow; for people.  Uses malloc through the set's
 * allocator; free with rules_trace_clear(). */
bool rules_explain (const RulesSet *set,
                    uint32_t id,
                    const char *event,
                    size_t length,
                    RulesTrace *out_trace,
                    RulesError *error);
void rules_trace_clear (const RulesSet *set, RulesTrace *trace);

/* ---- Input: what a target receives ----------------------------------------------------------- */

/* Bytes that grow through an allocator.  Start with {0}; free with rules_buffer_clear(). */
typedef struct
{
  char *data;
  size_t length, capacity;
  const RulesAlloc *alloc; /* NULL: malloc */
} RulesBuffer;

void rules_buffer_clear (RulesBuffer *buffer);

typedef struct
{
  const char *name; /* of InputPathsMap */
  const char *path; /* "$.detail.id" */
} RulesVariable;

/* At most one of input, input_path and input_template is set; none means the whole event.  All text
 * is UTF-8.
 *
 * Lengths, counted in UTF-16 units: input and input_template 8192, a path 256; at most 100
 * variables, their names [A-Za-z0-9_-]+, at most 256 long, not beginning "AWS.".  Of two variables
 * with one name the last counts. */
typedef struct
{
  const char *input; /* a constant: any JSON text */
  const char *input_path;
  const char *input_template;
  const RulesVariable *variables;
  size_t n_variables;
  const char *target_id;   /* for EventBridge's messages, which name the target; may be NULL */
  size_t max_output_bytes; /* of what a template yields; 0: 16 MiB */
} RulesInput;

/* Compiles once; copies all that it needs.
 *
 * Fails where EventBridge's PutTargets does: RULES_ERROR_TEMPLATE, with EventBridge's words in
 * reason, for a constant that is not JSON, two inputs at once, a variable that is not known, a bad
 * name; RULES_ERROR_LIMIT for a length or count.  error->pointer is relative to the target's own
 * JSON object: "/Input", "/InputPath", "/InputTransformer/InputTemplate" or
 * "/InputTransformer/InputPathsMap/NAME"; offset, line and column are those within that text.
 *
 * What PutTargets takes although it can never work is taken here too: rules_template_check() tells.
 */
bool rules_template_new (const RulesInput *input,
                         const RulesAlloc *alloc,
                         RulesTemplate **out_template,
                         RulesError *error);

/* False when EventBridge would take this and then never do what it says: RULES_ERROR_RENDER when no
 * event can be rendered (a template that is free text or not JSON, a string of it that is never
 * closed, a variable in the place of a name, a whole event inside quotes, an InputPath that is not
 * understood), RULES_ERROR_TEMPLATE
 * when the path of a variable is not understood and so finds nothing ever.  For warning the person
 * who edits. */
bool rules_template_check (const RulesTemplate *template_, RulesError *error);
void rules_template_free (RulesTemplate *template_);

/* What the predefined variables <aws.events.…> say.  NULL members count as not there. */
typedef struct
{
  const char *rule_name;
  const char *rule_arn;
  const char *ingestion_time; /* ISO 8601 */
} RulesContext;

/* Appends what the target receives to out; on failure out holds what it held before.  Memory of the
 * moment comes from out's allocator, so that threads with a buffer each share nothing.
 *
 * The event must be the whole EventBridge envelope as valid JSON.  It was checked when it was
 * accepted and is not checked again: RULES_ERROR_JSON comes only of what is in the way of reading
 * it.  An event that a person wrote goes through rules_check_json() first.
 *
 * - No input: the event's bytes.  A constant: its bytes.
 * - InputPath: the value's own bytes.  A path that finds nothing is RULES_ERROR_RENDER.
 * - A template that begins with { or [ is JSON, one that begins with " is one or several lines of
 *   strings.  White space around it is dropped, that inside is kept.  Any other is never delivered.
 * - A variable in the place of a JSON value becomes the value's own bytes (numbers keep their
 *   spelling), one that finds nothing becomes "".
 * - Inside quotes it becomes the decoded text, of an array or object the compact JSON.  As with
 *   EventBridge nothing is escaped there: a value that brings along ", \ or a control character is
 *   RULES_ERROR_RENDER, so that no value can ever add members of its own to the result.
 * - In a template of strings arrays and objects lose every ", and nothing is checked.
 *
 * RULES_ERROR_RENDER is EventBridge's INVALID_JSON: reason is its message, offset, line and column
 * are those of the variable in the template, hint says what is wrong with it.  RULES_ERROR_LIMIT:
 * longer than max_output_bytes, or more than 100000 values found by wildcards. */
bool rules_template_render (const RulesTemplate *template_,
                            const char *event,
                            size_t length,
                            const RulesContext *context,
                            RulesBuffer *out,
                            RulesError *error);

/* Evaluates one path of the JSONPath subset ("$", ".name", "[n]", "[*]", ".*") and appends the
 * value's text byte for byte; with a wildcard, an array of all that it finds.  *out_found is false
 * when it finds nothing.  RULES_ERROR_TEMPLATE, with the position in the path, when the path itself
 * is not understood.  Of event and memory is true what is said of rules_template_render(). */
bool rules_path_get (const char *path,
                     const char *event,
                     size_t length,
                     RulesBuffer *out,
                     bool *out_found,
                     RulesError *error);

RULES_END_DECLS
