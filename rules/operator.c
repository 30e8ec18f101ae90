/* operator.c: the alternatives of a field: plain values and match expressions.
 *
 * Each function reads one construct and leaves the reader on its last token.  The order of the
 * checks is EventBridge's, since the first mistake found is the one reported.
 */
#include "error.h"
#include "pattern-reader.h"
#include "utf8.h"

#include <string.h>

static bool
expect_only_key (PatternReader *self)
{
  return pattern_expect_end (self, "Only one key allowed in match expression");
}

/* ---- Predicates made from a text ------------------------------------------------------------- */

static bool
prepare_ignore_case (PatternReader *self, Predicate *predicate)
{
  size_t n_units = utf8_units (predicate->bytes, predicate->n_bytes);
  CasedUnit *units = ARENA_ARRAY (self->arena, CasedUnit, n_units);

  if (!units)
    return pattern_no_memory (self);
  casing_of_text (predicate->bytes, predicate->n_bytes, units);
  predicate->units = units;
  predicate->n_units = n_units;
  return true;
}

static bool
prepare_wildcard (PatternReader *self, Predicate *predicate)
{
  size_t position;

  switch (
      glob_parse (predicate->bytes, predicate->n_bytes, self->arena, &predicate->glob, &position))
    {
    case GLOB_OK:
      return true;
    case GLOB_NO_MEMORY:
      return pattern_no_memory (self);
    case GLOB_CONSECUTIVE:
      /* EventBridge counts the quote before the text as well. */
      return pattern_refuse (self, "Write one * only: it stands for any number of characters.",
                             "Consecutive wildcard characters at pos %zu", position + 1);
    default:
      return pattern_refuse (self,
                             "Write \\\\* in the JSON text for a star, \\\\\\\\ for a backslash.",
                             "Invalid escape character at pos %zu", position + 1);
    }
}

bool
operator_prepare_text (PatternReader *self, Predicate *predicate)
{
  switch (predicate->type)
    {
    case PREDICATE_WILDCARD:
      return prepare_wildcard (self, predicate);
    case PREDICATE_IGNORE_CASE:
    case PREDICATE_PREFIX_IGNORE_CASE:
    case PREDICATE_SUFFIX_IGNORE_CASE:
      return prepare_ignore_case (self, predicate);
    default:
      return true;
    }
}

/* The string that an operator wants. */
static bool
read_string (PatternReader *self, Predicate *predicate, const char *called)
{
  JsonToken token;

  if (!pattern_next (self, &token))
    return false;
  if (token != JSON_TOKEN_STRING)
    return pattern_refuse (self, "Give one string, in double quotes.",
                           "%s match pattern must be a string", called);
  return pattern_text (self, &predicate->bytes, &predicate->n_bytes) &&
         operator_prepare_text (self, predicate);
}

static bool
read_text_operator (PatternReader *self, Predicate *predicate)
{
  static const char *const called[] = {
    [PREDICATE_STRING] = "exact",
    [PREDICATE_WILDCARD] = "wildcard",
    [PREDICATE_IGNORE_CASE] = "equals-ignore-case",
  };

  return read_string (self, predicate, called[predicate->type]) && expect_only_key (self);
}

/* "prefix" and "suffix": a string, or {"equals-ignore-case": string}. */
static bool
read_affix (PatternReader *self, Predicate *predicate, bool prefix)
{
  static const char hint[] = "Only equals-ignore-case can stand here.";
  JsonReader before = self->reader;
  JsonToken token;

  if (!pattern_next (self, &token))
    return false;
  if (token != JSON_TOKEN_OBJECT)
    {
      self->reader = before;
      return read_string (self, predicate, prefix ? "prefix" : "suffix") && expect_only_key (self);
    }
  if (!pattern_next (self, &token))
    return false;
  if (token != JSON_TOKEN_NAME)
    return pattern_refuse (self, hint, "%s expression name not found",
                           prefix ? "Prefix" : "Suffix");
  if (!pattern_text (self, &predicate->bytes, &predicate->n_bytes))
    return false;
  if (!pattern_equals (predicate->bytes, predicate->n_bytes, "equals-ignore-case"))
    return pattern_refuse (self, hint, "Unsupported %s pattern: %.*s", prefix ? "prefix" : "suffix",
                           (int) predicate->n_bytes, predicate->bytes);
  predicate->type = prefix ? PREDICATE_PREFIX_IGNORE_CASE : PREDICATE_SUFFIX_IGNORE_CASE;
  return read_string (self, predicate, "equals-ignore-case") && expect_only_key (self) &&
         expect_only_key (self);
}

/* ---- cidr and exists ------------------------------------------------------------------------- */

/* What Java's Integer.parseInt() makes of a text: -1 when it is no number. */
static int
parse_bits (const char *text, size_t length, bool *out_negative)
{
  int64_t value = 0;
  size_t i = length > 0 && (*text == '+' || *text == '-');

  *out_negative = i > 0 && *text == '-';
  if (i == length)
    return -1;
  for (; i < length; i++)
    {
      if (text[i] < '0' || text[i] > '9')
        return -1;
      value = value * 10 + (text[i] - '0');
      if (value > INT32_MAX)
        return -1;
    }
  *out_negative = *out_negative && value > 0;
  return (int) value;
}

static bool
parse_block (PatternReader *self, Predicate *predicate)
{
  static const char hint[] = "Write an address, a slash and a number of bits: 10.0.0.0/24";
  const char *text = predicate->bytes, *slash;
  size_t length = predicate->n_bytes, n_address;
  Address address;
  bool negative;
  int bits;

  while (length > 0 && text[length - 1] == '/')
    length--;
  slash = memchr (text, '/', length);
  if (!slash || memchr (slash + 1, '/', (size_t) (text + length - slash - 1)))
    return pattern_refuse_plainly (self, hint, "Malformed CIDR, one '/' required");
  n_address = (size_t) (slash - text);
  bits = parse_bits (slash + 1, length - n_address - 1, &negative);
  if (bits < 0)
    return pattern_refuse_plainly (self, hint, "Malformed CIDR, mask bits must be an integer");
  if (negative)
    return pattern_refuse_plainly (self, hint, "Malformed CIDR, mask bits must not be negative");
  switch (address_parse (text, n_address, &address))
    {
    case ADDRESS_INVALID:
      return pattern_refuse_plainly (self, hint, "Invalid IP address: %.*s", (int) n_address, text);
    case ADDRESS_NONSTANDARD:
      return pattern_refuse_plainly (self, hint, "Nonstandard IP address: %.*s", (int) n_address,
                                     text);
    default:
      break;
    }
  if ((unsigned) bits >= 4 * address.n_digits)
    return pattern_refuse_plainly (self, "For one address write it as a plain string.",
                                   address.n_digits == 8 ? "IPv4 mask bits must be < 32"
                                                         : "IPv6 mask bits must be < 128");
  address_block (&address, (unsigned) bits, &predicate->block);
  return true;
}

static bool
read_cidr (PatternReader *self, Predicate *predicate)
{
  JsonToken token;

  if (!pattern_next (self, &token))
    return false;
  if (token != JSON_TOKEN_STRING)
    return pattern_refuse (self, "Give one string, in double quotes.",
                           "prefix match pattern must be a string");
  return pattern_text (self, &predicate->bytes, &predicate->n_bytes) &&
         parse_block (self, predicate) && expect_only_key (self);
}

static bool
read_exists (PatternReader *self, Predicate *predicate)
{
  JsonToken token;

  if (!pattern_next (self, &token))
    return false;
  if (token != JSON_TOKEN_TRUE && token != JSON_TOKEN_FALSE)
    return pattern_refuse (self, "Write true or false without quotes.",
                           "exists match pattern must be either true or false.");
  predicate->type = token == JSON_TOKEN_TRUE ? PREDICATE_EXISTS : PREDICATE_ABSENT;
  return expect_only_key (self);
}

/* ---- Alternatives ---------------------------------------------------------------------------- */

static bool
read_named (PatternReader *self, Predicate *predicate, const char *name, size_t length)
{
  static const struct
  {
    const char *name;
    PredicateType type;
  } operators[] = {
    { "exactly", PREDICATE_STRING },
    { "prefix", PREDICATE_PREFIX },
    { "suffix", PREDICATE_SUFFIX },
    { "equals-ignore-case", PREDICATE_IGNORE_CASE },
    { "wildcard", PREDICATE_WILDCARD },
    { "numeric", PREDICATE_RANGE },
    { "exists", PREDICATE_EXISTS },
    { "cidr", PREDICATE_ADDRESS },
    { "anything-but", PREDICATE_ANYTHING_BUT },
  };
  size_t i = 0;

  while (i < sizeof operators / sizeof *operators &&
         !pattern_equals (name, length, operators[i].name))
    i++;
  if (i == sizeof operators / sizeof *operators)
    return pattern_refuse (
        self,
        "The operators are prefix, suffix, equals-ignore-case, wildcard, numeric, "
        "exists, cidr and anything-but.",
        "Unrecognized match type %.*s", (int) length, name);
  predicate->type = operators[i].type;
  predicate->operator_ = operators[i].name;
  switch (predicate->type)
    {
    case PREDICATE_PREFIX:
    case PREDICATE_SUFFIX:
      return read_affix (self, predicate, predicate->type == PREDICATE_PREFIX);
    case PREDICATE_RANGE:
      return operator_read_numeric (self, predicate);
    case PREDICATE_EXISTS:
      return read_exists (self, predicate);
    case PREDICATE_ADDRESS:
      return read_cidr (self, predicate);
    case PREDICATE_ANYTHING_BUT:
      return operator_read_anything_but (self, predicate);
    default:
      return read_text_operator (self, predicate);
    }
}

static bool
read_expression (PatternReader *self, Predicate *predicate)
{
  Place place = { .above = self->place };
  JsonToken token;

  if (!pattern_next (self, &token))
    return false;
  if (token != JSON_TOKEN_NAME)
    return pattern_refuse (self, "Write an operator: {\"prefix\": \"x\"}",
                           "Match expression name not found");
  if (!pattern_text (self, &place.name, &place.n_name))
    return false;
  self->place = &place;
  if (!read_named (self, predicate, place.name, place.n_name))
    return false;
  self->place = place.above;
  return true;
}

/* A plain string: an address if it is one, in any of its spellings. */
static bool
read_plain_string (PatternReader *self, Predicate *predicate)
{
  Address address;

  predicate->type = PREDICATE_STRING;
  if (!pattern_text (self, &predicate->bytes, &predicate->n_bytes))
    return false;
  if (address_parse (predicate->bytes, predicate->n_bytes, &address) == ADDRESS_OK)
    {
      predicate->type = PREDICATE_ADDRESS;
      predicate->block = (AddressBlock){ address, address };
    }
  return true;
}

static bool
read_alternative (PatternReader *self, JsonToken token, Predicate *predicate)
{
  static const RulesJsonType literals[] = {
    [JSON_TOKEN_NULL] = RULES_JSON_NULL,
    [JSON_TOKEN_TRUE] = RULES_JSON_TRUE,
    [JSON_TOKEN_FALSE] = RULES_JSON_FALSE,
  };

  switch (token)
    {
    case JSON_TOKEN_OBJECT:
      return read_expression (self, predicate);
    case JSON_TOKEN_STRING:
      return read_plain_string (self, predicate);
    case JSON_TOKEN_NUMBER:
      predicate->type = PREDICATE_NUMBER;
      pattern_token_text (self, token, &predicate->bytes, &predicate->n_bytes);
      predicate->comparable = number_parse (predicate->bytes, predicate->n_bytes,
                                            &predicate->bottom.number);
      return true;
    case JSON_TOKEN_NULL:
    case JSON_TOKEN_TRUE:
    case JSON_TOKEN_FALSE:
      predicate->type = PREDICATE_LITERAL;
      predicate->literal = literals[token];
      return true;
    default:
      return pattern_refuse (self, "Write the values side by side: [\"x\", \"y\"]",
                             "Match value must be String, number, true, false, or null");
    }
}

bool
operator_read_alternatives (PatternReader *self, Predicate **out_first)
{
  Place place = { .above = self->place };
  Predicate **tail = out_first;
  JsonToken token;

  *out_first = NULL;
  self->place = &place;
  for (;; place.index++)
    {
      size_t start;

      if (!pattern_next (self, &token))
        return false;
      if (token == JSON_TOKEN_ARRAY_END)
        break;
      start = self->reader.start;
      *tail = pattern_new_predicate (self, PREDICATE_EXISTS);
      if (!*tail || !read_alternative (self, token, *tail))
        return false;
      (*tail)->start = start;
      (*tail)->length = self->reader.end - start;
      tail = &(*tail)->next;
    }
  self->place = place.above;
  if (!*out_first)
    return pattern_refuse (self, "Name at least one value, or leave the field out.",
                           "Empty arrays are not allowed");
  return true;
}
