/* operator-numeric.c: {"numeric": [">", 0, "<=", 5]}.
 *
 * EventBridge looks at the numbers' values only when the list has ended, so a number that cannot be
 * compared is reported behind it.
 */
#include "pattern-reader.h"

bool
operator_refuse_number (PatternReader *self, const char *text, size_t length)
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
    return operator_refuse_number (self, number.text, number.length);
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
  return pattern_token_text (self, token, &out->text, &out->length);
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

  if (!pattern_token_text (self, token, &operator_, &length))
    return false;
  if (token != JSON_TOKEN_STRING)
    return pattern_refuse (self, "Write \"<\" or \"<=\" before the second number.",
                           "Bad value in numeric range: %.*s", (int) length, operator_);
  name = pattern_equals (operator_, length, "<") ? "<" : "<=";
  if (!pattern_equals (operator_, length, name))
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
      !expect_list_end (self, TOO_MANY_ELEMENTS) ||
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
    if (pattern_equals (text, length, operators[i]))
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

bool
operator_read_numeric (PatternReader *self, Predicate *predicate)
{
  JsonToken token;

  if (!pattern_next (self, &token))
    return false;
  if (token != JSON_TOKEN_ARRAY)
    return pattern_refuse (self, "Write {\"numeric\": [\">\", 0]}.",
                           "Value of numeric must be an array.");
  return read_range (self, predicate) && pattern_expect_end (self, TOO_MANY_ELEMENTS);
}
