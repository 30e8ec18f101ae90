/* operator-anything-but.c: {"anything-but": …} with a value, a list, or another operator in it. */
#include "pattern-reader.h"

/* Reads one member of anything-but's list, or its single value. */
typedef bool (*ReadExcluded) (PatternReader *self,
                              JsonToken token,
                              PredicateType type,
                              Predicate *out);

/* Strings and numbers. */
static bool
read_excluded_value (PatternReader *self, JsonToken token, PredicateType type, Predicate *out)
{
  if (token == JSON_TOKEN_STRING)
    {
      out->type = PREDICATE_STRING;
      return pattern_text (self, &out->bytes, &out->n_bytes);
    }
  if (token != JSON_TOKEN_NUMBER)
    return pattern_refuse (self, "Only strings and numbers can be excluded.",
                           "Inside anything but list, start|null|boolean is not supported.");
  out->type = PREDICATE_NUMBER;
  out->comparable = true;
  pattern_token_text (self, token, &out->bytes, &out->n_bytes);
  if (number_parse (out->bytes, out->n_bytes, &out->bottom.number))
    return true;
  /* EventBridge lets this mistake through from a single number, and reports it plainly then. */
  if (!self->in_list)
    return pattern_refuse_plainly (self, "Use a number of at most 15 digits.",
                                   "Cannot compare number : %.*s", (int) out->n_bytes, out->bytes);
  self->in_list = false;
  return operator_refuse_number (self, out->bytes, out->n_bytes);
}

/* What equals-ignore-case, prefix, suffix and wildcard exclude. */
static bool
read_excluded_text (PatternReader *self, JsonToken token, PredicateType type, Predicate *out)
{
  bool affix = type == PREDICATE_PREFIX || type == PREDICATE_SUFFIX;

  out->type = type;
  if (token != JSON_TOKEN_STRING)
    return pattern_refuse (
        self, "Give one string, or a list of strings.", "%s",
        type == PREDICATE_IGNORE_CASE ? "Inside anything-but/equals-ignore-case list, "
                                        "number|start|null|boolean is not supported."
        : type == PREDICATE_WILDCARD  ? "wildcard match pattern must be a string"
                                      : "prefix/suffix match pattern must be a string");
  if (!pattern_text (self, &out->bytes, &out->n_bytes))
    return false;
  if (affix && out->n_bytes == 0)
    return pattern_refuse (self, "Every string begins and ends with the empty one.",
                           "Null prefix/suffix not allowed");
  return true;
}

/* A list, from behind its [ to its ]. */
static bool
read_excluded_list (PatternReader *self,
                    ReadExcluded read,
                    PredicateType type,
                    Predicate *predicate)
{
  Predicate **tail = &predicate->excluded;
  JsonToken token;

  self->in_list = true;
  for (;;)
    {
      if (!pattern_next (self, &token))
        return false;
      if (token == JSON_TOKEN_ARRAY_END)
        break;
      *tail = pattern_new_predicate (self, type);
      if (!*tail || !read (self, token, type, *tail))
        return false;
      (*tail)->start = self->reader.start;
      (*tail)->length = self->reader.end - self->reader.start;
      tail = &(*tail)->next;
    }
  self->in_list = false;
  return true;
}

/* After the list or value: EventBridge looks at mixed types and at wildcards only now. */
static bool
check_excluded (PatternReader *self, Predicate *predicate, bool values)
{
  Predicate *first = predicate->excluded;

  for (Predicate *excluded = first; excluded; excluded = excluded->next)
    {
      if (values && excluded->type != first->type)
        first = NULL;
      if (!values && !operator_prepare_text (self, excluded))
        return false;
      if (!first)
        break;
    }
  if (first)
    return true;
  if (values)
    return pattern_refuse (
        self, "List strings only, or numbers only, at least one.",
        "Inside anything but list, either all values are number or string, mixed "
        "type is not supported");
  /* EventBridge's own library fails here with a null pointer; there are no words to repeat. */
  return pattern_refuse (self, "List at least one string.", "Empty arrays are not allowed");
}

static bool
read_excluded (PatternReader *self,
               JsonToken token,
               PredicateType type,
               bool values,
               Predicate *predicate)
{
  ReadExcluded read = values ? read_excluded_value : read_excluded_text;

  if (token != JSON_TOKEN_ARRAY && token != JSON_TOKEN_STRING && token != JSON_TOKEN_NUMBER)
    return pattern_refuse (self, "Give one string or number, or a list of them.",
                           "Value of anything-but must be an array or single string/number value.");
  if (token == JSON_TOKEN_ARRAY)
    return read_excluded_list (self, read, type, predicate) &&
           check_excluded (self, predicate, values);
  predicate->excluded = pattern_new_predicate (self, type);
  if (!predicate->excluded || !read (self, token, type, predicate->excluded))
    return false;
  predicate->excluded->start = self->reader.start;
  predicate->excluded->length = self->reader.end - self->reader.start;
  return check_excluded (self, predicate, values);
}

/* The operator inside anything-but's object. */
static bool
read_excluding_operator (PatternReader *self, PredicateType *out_type)
{
  static const struct
  {
    const char *name;
    PredicateType type;
  } operators[] = {
    { "equals-ignore-case", PREDICATE_IGNORE_CASE },
    { "prefix", PREDICATE_PREFIX },
    { "suffix", PREDICATE_SUFFIX },
    { "wildcard", PREDICATE_WILDCARD },
  };
  static const char hint[] = "It can hold prefix, suffix, equals-ignore-case or wildcard.";
  const char *name;
  size_t length;
  JsonToken token;

  if (!pattern_next (self, &token))
    return false;
  if (token != JSON_TOKEN_NAME)
    return pattern_refuse (self, hint, "Anything-But expression name not found");
  if (!pattern_text (self, &name, &length))
    return false;
  for (size_t i = 0; i < sizeof operators / sizeof *operators; i++)
    if (pattern_equals (name, length, operators[i].name))
      {
        *out_type = operators[i].type;
        return true;
      }
  return pattern_refuse (self, hint, "Unsupported anything-but pattern: %.*s", (int) length, name);
}

bool
operator_read_anything_but (PatternReader *self, Predicate *predicate)
{
  PredicateType type = PREDICATE_STRING;
  bool values = true;
  JsonToken token;

  if (!pattern_next (self, &token))
    return false;
  if (token == JSON_TOKEN_OBJECT)
    {
      values = false;
      if (!read_excluding_operator (self, &type) || !pattern_next (self, &token))
        return false;
    }
  /* EventBridge borrows the words of numeric here. */
  return read_excluded (self, token, type, values, predicate) &&
         pattern_expect_end (self, TOO_MANY_ELEMENTS) &&
         (values || pattern_expect_end (self, TOO_MANY_ELEMENTS));
}
