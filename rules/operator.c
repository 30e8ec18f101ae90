/* operator.c: the alternatives of a field: plain values and match expressions.
 *
 * Each function reads one construct and leaves the reader on its last token.  The order of the
 * checks is EventBridge's, since the first mistake found is the one reported.
 */
#include "error.h"
#include "pattern-reader.h"
#include "utf8.h"

#include <string.h>

static const char one_key_hint[] = "Write one object for each operator: [{…}, {…}]";

/* Reads the next token, which must close the match expression. */
static bool
expect_end (PatternReader *self, const char *reason)
{
  JsonToken token;

  if (!pattern_next (self, &token))
    return false;
  if (token != JSON_TOKEN_OBJECT_END)
    return pattern_refuse (self, one_key_hint, "%s", reason);
  return true;
}

static bool
expect_only_key (PatternReader *self)
{
  return expect_end (self, "Only one key allowed in match expression");
}

/* The text of the current token, as Jackson's getText() gives it. */
static bool
token_text (PatternReader *self, JsonToken token, const char **out_bytes, size_t *out_length)
{
  if (token == JSON_TOKEN_STRING)
    return pattern_text (self, out_bytes, out_length);
  *out_bytes = self->reader.text + self->reader.start;
  *out_length = self->reader.end - self->reader.start;
  return true;
}

static bool
equals (const char *bytes, size_t length, const char *string)
{
  return strlen (string) == length && memcmp (bytes, string, length) == 0;
}

static Predicate *
new_predicate (PatternReader *self, PredicateType type)
{
  Predicate *predicate = ARENA_NEW (self->arena, Predicate);

  if (predicate)
    predicate->type = type;
  else
    pattern_no_memory (self);
  return predicate;
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

static bool
prepare_text (PatternReader *self, Predicate *predicate)
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
         prepare_text (self, predicate);
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
  if (!equals (predicate->bytes, predicate->n_bytes, "equals-ignore-case"))
    return pattern_refuse (self, hint, "Unsupported %s pattern: %.*s", prefix ? "prefix" : "suffix",
                           (int) predicate->n_bytes, predicate->bytes);
  predicate->type = prefix ? PREDICATE_PREFIX_IGNORE_CASE : PREDICATE_SUFFIX_IGNORE_CASE;
  return read_string (self, predicate, "equals-ignore-case") && expect_only_key (self) &&
         expect_only_key (self);
}

/* ---- numeric --------------------------------------------------------------------------------- */

static bool
refuse_number (PatternReader *self, const char *text, size_t length)
{
  return pattern_refuse (self, "Use a number of at most 15 digits.", "Cannot compare number : %.*s",
                         (int) length, text);
}

/* The text of a number, remembered until its turn to be looked at has come. */
typedef struct
{
  const char *text;
  size_t length;
} NumberText;

static bool
set_bound (PatternReader *self, Bound *bound, NumberText number, bool included)
{
  if (!number_parse (number.text, number.length, &bound->number))
    return refuse_number (self, number.text, number.length);
  bound->present = true;
  bound->included = included;
  return true;
}

/* The token after an operator. */
static bool
take_number (PatternReader *self, JsonToken token, const char *operator_, NumberText *out)
{
  if (token != JSON_TOKEN_NUMBER)
    return pattern_refuse (self, "Write a number without quotes after the operator.",
                           "Value of %s must be numeric", operator_);
  return token_text (self, token, &out->text, &out->length);
}

static bool
expect_list_end (PatternReader *self, const char *reason)
{
  JsonToken token;

  if (!pattern_next (self, &token))
    return false;
  if (token != JSON_TOKEN_ARRAY_END)
    return pattern_refuse (
        self, "Write [\"=\", n], [\"<\", n], [\">\", n] or [\">\", n, \"<\", m].", "%s", reason);
  return true;
}

static const char too_many_elements[] = "Too many elements in numeric expression";

/* [">", 1, "<=", 5], from the second operator. */
static bool
read_upper_bound (PatternReader *self,
                  JsonToken token,
                  Predicate *predicate,
                  NumberText bottom,
                  bool bottom_included)
{
  NumberText top = { 0 };
  const char *operator_, *name;
  size_t length;

  if (!token_text (self, token, &operator_, &length))
    return false;
  if (token != JSON_TOKEN_STRING)
    return pattern_refuse (self, "Write \"<\" or \"<=\" before the second number.",
                           "Bad value in numeric range: %.*s", (int) length, operator_);
  name = equals (operator_, length, "<") ? "<" : "<=";
  if (!equals (operator_, length, name))
    return pattern_refuse (self, "The second operator of a range is \"<\" or \"<=\".",
                           "Bad numeric range operator: %.*s", (int) length, operator_);
  if (!pattern_next (self, &token) || !take_number (self, token, name, &top) ||
      !expect_list_end (self, "Too many terms in numeric range expression") ||
      !set_bound (self, &predicate->bottom, bottom, bottom_included) ||
      !set_bound (self, &predicate->top, top, name[1] == '='))
    return false;
  if (number_compare (&predicate->bottom.number, &predicate->top.number) >= 0)
    return pattern_refuse (self, "Write the smaller number first; for one number use [\"=\", n].",
                           "Bottom must be less than top");
  return true;
}

static bool
read_lower_bound (PatternReader *self, JsonToken token, Predicate *predicate, bool included)
{
  NumberText bottom = { 0 };

  if (!take_number (self, token, included ? ">=" : ">", &bottom) || !pattern_next (self, &token))
    return false;
  if (token == JSON_TOKEN_ARRAY_END)
    return set_bound (self, &predicate->bottom, bottom, included);
  return read_upper_bound (self, token, predicate, bottom, included);
}

/* ["<", 5] and ["=", 5] */
static bool
read_single_number (PatternReader *self,
                    JsonToken token,
                    Predicate *predicate,
                    const char *operator_)
{
  NumberText number = { 0 };
  bool equal = operator_[0] == '=';

  if (!take_number (self, token, equal ? "equals" : operator_, &number) ||
      !expect_list_end (self, too_many_elements) ||
      !set_bound (self, &predicate->top, number, equal || operator_[1] == '='))
    return false;
  if (equal)
    predicate->bottom = predicate->top;
  return true;
}

static bool
read_range (PatternReader *self, Predicate *predicate)
{
  static const char *const operators[] = { "=", "<", "<=", ">", ">=" };
  const char *text, *operator_ = "";
  JsonToken token;
  size_t length;

  if (!pattern_next (self, &token))
    return false;
  if (token != JSON_TOKEN_STRING)
    return pattern_refuse (self, "Begin with an operator in quotes: [\">\", 0].",
                           "Invalid member in numeric match: %.*s",
                           (int) (self->reader.end - self->reader.start),
                           self->reader.text + self->reader.start);
  if (!pattern_text (self, &text, &length) || !pattern_next (self, &token))
    return false;
  for (size_t i = 0; i < sizeof operators / sizeof *operators; i++)
    if (equals (text, length, operators[i]))
      operator_ = operators[i];
  switch (*operator_)
    {
    case '>':
      return read_lower_bound (self, token, predicate, operator_[1] == '=');
    case '<':
    case '=':
      return read_single_number (self, token, predicate, operator_);
    default:
      return pattern_refuse (self, "The operators are =, <, <=, > and >=.",
                             "Unrecognized numeric range operator: %.*s", (int) length, text);
    }
}

static bool
read_numeric (PatternReader *self, Predicate *predicate)
{
  JsonToken token;

  if (!pattern_next (self, &token))
    return false;
  if (token != JSON_TOKEN_ARRAY)
    return pattern_refuse (self, "Write {\"numeric\": [\">\", 0]}.",
                           "Value of numeric must be an array.");
  return read_range (self, predicate) && expect_end (self, too_many_elements);
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

/* ---- anything-but ---------------------------------------------------------------------------- */

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
  token_text (self, token, &out->bytes, &out->n_bytes);
  if (number_parse (out->bytes, out->n_bytes, &out->bottom.number))
    return true;
  /* EventBridge lets this mistake through from a single number, and reports it plainly then. */
  if (!self->in_list)
    return pattern_refuse_plainly (self, "Use a number of at most 15 digits.",
                                   "Cannot compare number : %.*s", (int) out->n_bytes, out->bytes);
  self->in_list = false;
  return refuse_number (self, out->bytes, out->n_bytes);
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
      *tail = new_predicate (self, type);
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
      if (!values && !prepare_text (self, excluded))
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
  predicate->excluded = new_predicate (self, type);
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
    if (equals (name, length, operators[i].name))
      {
        *out_type = operators[i].type;
        return true;
      }
  return pattern_refuse (self, hint, "Unsupported anything-but pattern: %.*s", (int) length, name);
}

static bool
read_anything_but (PatternReader *self, Predicate *predicate)
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
         expect_end (self, too_many_elements) && (values || expect_end (self, too_many_elements));
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

  while (i < sizeof operators / sizeof *operators && !equals (name, length, operators[i].name))
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
      return read_numeric (self, predicate);
    case PREDICATE_EXISTS:
      return read_exists (self, predicate);
    case PREDICATE_ADDRESS:
      return read_cidr (self, predicate);
    case PREDICATE_ANYTHING_BUT:
      return read_anything_but (self, predicate);
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
      token_text (self, token, &predicate->bytes, &predicate->n_bytes);
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
      *tail = new_predicate (self, PREDICATE_EXISTS);
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
