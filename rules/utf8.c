/* utf8.c: the little of UTF-8 and UTF-16 that the language needs. */
#include "utf8.h"

static bool
is_tail (const char *byte)
{
  return ((unsigned char) *byte & 0xC0) == 0x80;
}

size_t
utf8_character (const char *bytes, size_t length)
{
  unsigned char first, second;

  if (length == 0)
    return 0;
  first = (unsigned char) bytes[0];
  if (first < 0x80)
    return 1;
  if (first < 0xC2 || first > 0xF4 || length < 2 || !is_tail (bytes + 1))
    return 0;
  second = (unsigned char) bytes[1];
  if (first < 0xE0)
    return 2;
  if (length < 3 || !is_tail (bytes + 2))
    return 0;
  if (first < 0xF0)
    {
      bool overlong = first == 0xE0 && second < 0xA0;
      bool surrogate = first == 0xED && second >= 0xA0;

      return overlong || surrogate ? 0 : 3;
    }
  if (length < 4 || !is_tail (bytes + 3))
    return 0;
  return (first == 0xF0 && second < 0x90) || (first == 0xF4 && second >= 0x90) ? 0 : 4;
}

uint32_t
utf8_decode (const char *bytes, size_t character_length)
{
  static const unsigned char first_mask[] = { 0, 0x7F, 0x1F, 0x0F, 0x07 };
  uint32_t code_point = (unsigned char) bytes[0] & first_mask[character_length];

  for (size_t i = 1; i < character_length; i++)
    code_point = code_point << 6 | ((unsigned char) bytes[i] & 0x3F);
  return code_point;
}

size_t
utf8_encode (uint32_t code_point, char *out)
{
  if (code_point < 0x80)
    {
      out[0] = (char) code_point;
      return 1;
    }
  if (code_point < 0x800)
    {
      out[0] = (char) (0xC0 | code_point >> 6);
      out[1] = (char) (0x80 | (code_point & 0x3F));
      return 2;
    }
  if (code_point < 0x10000)
    {
      out[0] = (char) (0xE0 | code_point >> 12);
      out[1] = (char) (0x80 | (code_point >> 6 & 0x3F));
      out[2] = (char) (0x80 | (code_point & 0x3F));
      return 3;
    }
  out[0] = (char) (0xF0 | code_point >> 18);
  out[1] = (char) (0x80 | (code_point >> 12 & 0x3F));
  out[2] = (char) (0x80 | (code_point >> 6 & 0x3F));
  out[3] = (char) (0x80 | (code_point & 0x3F));
  return 4;
}

size_t
utf8_units (const char *bytes, size_t length)
{
  size_t units = 0;

  for (size_t i = 0; i < length;)
    {
      size_t n = utf8_character (bytes + i, length - i);

      units += n == 4 ? 2 : 1;
      i += n > 0 ? n : 1;
    }
  return units;
}
