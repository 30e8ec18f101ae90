/* Addresses that are not public, and what is allowed of them.
 *
 * What must stay true: an address that is in no table here is an ordinary one of the Internet; an
 * address family that is not IP is never allowed. */
#include "base/egress.h"

#include "base/error.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

typedef struct
{
  guint8 bytes[16];
  guint n_bytes; /* 4 or 16 */
} Address;

typedef struct
{
  Address address;
  guint bits;
} Block;

struct Egress
{
  GArray *blocks; /* Block */
};

typedef struct
{
  const char *block;
  const char *word; /* what allows it besides a block, or NULL */
  const char *what;
} Range;

/* The first that fits says what an address is. */
static const Range ranges[] = {
  { "0.0.0.0/8", NULL, "an address of no machine" },
  { "10.0.0.0/8", "private", "a private address" },
  { "100.64.0.0/10", "private", "an address behind a provider's NAT" },
  { "127.0.0.0/8", "loopback", "a loopback address" },
  { "169.254.0.0/16", "link-local", "a link-local address" },
  { "172.16.0.0/12", "private", "a private address" },
  { "192.0.0.0/24", NULL, "a reserved address" },
  { "192.0.2.0/24", NULL, "an address for documentation" },
  { "192.168.0.0/16", "private", "a private address" },
  { "198.18.0.0/15", NULL, "an address for benchmarks" },
  { "198.51.100.0/24", NULL, "an address for documentation" },
  { "203.0.113.0/24", NULL, "an address for documentation" },
  { "224.0.0.0/4", NULL, "a multicast address" },
  { "240.0.0.0/4", NULL, "a reserved address" },
  { "::1/128", "loopback", "a loopback address" },
  { "::/8", NULL, "a reserved address" },
  { "64:ff9b:1::/48", NULL, "an address of a local NAT64" },
  { "100::/64", NULL, "an address that discards everything" },
  { "2001::/23", NULL, "a reserved address" },
  { "2001:db8::/32", NULL, "an address for documentation" },
  { "3fff::/20", NULL, "an address for documentation" },
  { "5f00::/16", NULL, "a reserved address" },
  { "fc00::/7", "private", "a private address" },
  { "fe80::/10", "link-local", "a link-local address" },
  { "fec0::/10", NULL, "a site-local address" },
  { "ff00::/8", NULL, "a multicast address" },
};

/* Whoever reaches these from a machine in a cloud gets its credentials. */
static const char *const metadata[] = {
  "169.254.169.254", "169.254.170.2", "169.254.170.23", "100.100.100.200", "168.63.129.16",
  "192.0.0.192",     "fd00:ec2::254", "fd00:ec2::23",   "fd20:ce::254",
};

/* IPv6 blocks that hold an IPv4 address, and where. */
static const struct
{
  const char *block;
  guint offset;
} wrappers[] = {
  { "::ffff:0:0/96", 12 },   /* mapped, RFC 4291 */
  { "::ffff:0:0:0/96", 12 }, /* translated, RFC 2765 */
  { "64:ff9b::/96", 12 },    /* NAT64, RFC 6052 */
  { "2002::/16", 2 },        /* 6to4, RFC 3056 */
};

/* ---- Blocks -------------------------------------------------------------------------------- */

static gboolean
parse_address (const char *text, Address *out)
{
  if (inet_pton (AF_INET, text, out->bytes) == 1)
    out->n_bytes = 4;
  else if (inet_pton (AF_INET6, text, out->bytes) == 1)
    out->n_bytes = 16;
  else
    return FALSE;
  return TRUE;
}

static gboolean
parse_block (const char *text, Block *out)
{
  const char *slash = strchr (text, '/');
  g_autofree char *address = slash != NULL ? g_strndup (text, (gsize) (slash - text))
                                           : g_strdup (text);
  guint64 bits;

  if (!parse_address (address, &out->address))
    return FALSE;
  out->bits = out->address.n_bytes * 8;
  if (slash == NULL)
    return TRUE;
  if (!g_ascii_string_to_unsigned (slash + 1, 10, 0, out->bits, &bits, NULL))
    return FALSE;
  out->bits = (guint) bits;
  return TRUE;
}

static gboolean
block_has (const Block *block, const Address *address)
{
  guint whole = block->bits / 8;
  guint rest = block->bits % 8;
  guint8 mask = (guint8) (0xff00 >> rest);

  return block->address.n_bytes == address->n_bytes &&
         memcmp (block->address.bytes, address->bytes, whole) == 0 &&
         (rest == 0 || ((block->address.bytes[whole] ^ address->bytes[whole]) & mask) == 0);
}

static gboolean
text_block_has (const char *text, const Address *address)
{
  Block block;

  return parse_block (text, &block) && block_has (&block, address);
}

/* ---- Addresses ----------------------------------------------------------------------------- */

static gboolean
read_address (const struct sockaddr *from, Address *out)
{
  if (from->sa_family == AF_INET)
    {
      out->n_bytes = 4;
      memcpy (out->bytes, &((const struct sockaddr_in *) (const void *) from)->sin_addr, 4);
      return TRUE;
    }
  if (from->sa_family == AF_INET6)
    {
      out->n_bytes = 16;
      memcpy (out->bytes, &((const struct sockaddr_in6 *) (const void *) from)->sin6_addr, 16);
      return TRUE;
    }
  return FALSE;
}

/* One wrapper may be within another only on paper: what is in it is IPv4. */
static void
unwrap (Address *address)
{
  for (gsize i = 0; i < G_N_ELEMENTS (wrappers); i++)
    if (text_block_has (wrappers[i].block, address))
      {
        memmove (address->bytes, address->bytes + wrappers[i].offset, 4);
        address->n_bytes = 4;
        return;
      }
}

static const Range *
range_of (const Address *address)
{
  for (gsize i = 0; i < G_N_ELEMENTS (ranges); i++)
    if (text_block_has (ranges[i].block, address))
      return &ranges[i];
  return NULL;
}

static gboolean
is_metadata (const Address *address)
{
  for (gsize i = 0; i < G_N_ELEMENTS (metadata); i++)
    if (text_block_has (metadata[i], address))
      return TRUE;
  return FALSE;
}

static gboolean
is_listed (const Egress *egress, const Address *address, gboolean alone)
{
  for (guint i = 0; i < egress->blocks->len; i++)
    {
      const Block *block = &g_array_index (egress->blocks, Block, i);

      if (block_has (block, address) && (!alone || block->bits == address->n_bytes * 8))
        return TRUE;
    }
  return FALSE;
}

gboolean
egress_allows (const Egress *egress, const struct sockaddr *from, const char **out_what)
{
  Address address;
  const Range *range;

  *out_what = "no Internet address";
  if (!read_address (from, &address))
    return FALSE;
  unwrap (&address);
  if (is_metadata (&address))
    {
      *out_what = "the address of a cloud's metadata service";
      return is_listed (egress, &address, TRUE);
    }
  range = range_of (&address);
  if (range != NULL)
    *out_what = range->what;
  return range == NULL || is_listed (egress, &address, FALSE);
}

char *
egress_address_text (const struct sockaddr *from)
{
  char text[INET6_ADDRSTRLEN] = "?";
  Address address;

  if (read_address (from, &address))
    inet_ntop (from->sa_family, address.bytes, text, sizeof text);
  return g_strdup (text);
}

/* ---- The list ------------------------------------------------------------------------------ */

static gboolean
add_word (Egress *egress, const char *word)
{
  gboolean is_known = FALSE;

  for (gsize i = 0; i < G_N_ELEMENTS (ranges); i++)
    {
      Block block;

      if (g_strcmp0 (ranges[i].word, word) != 0 || !parse_block (ranges[i].block, &block))
        continue;
      g_array_append_val (egress->blocks, block);
      is_known = TRUE;
    }
  return is_known;
}

Egress *
egress_new (const char *const *allowed, guint *out_index, GError **error)
{
  g_autoptr (Egress) egress = g_new0 (Egress, 1);

  egress->blocks = g_array_new (FALSE, FALSE, sizeof (Block));
  for (guint i = 0; allowed != NULL && allowed[i] != NULL; i++)
    {
      Block block;

      if (add_word (egress, allowed[i]))
        continue;
      if (!parse_block (allowed[i], &block))
        {
          if (out_index != NULL)
            *out_index = i;
          g_set_error (error, ROUTER_ERROR, ROUTER_ERROR_INVALID,
                       "“%.64s” is no address; write loopback, private, link-local, or a block as "
                       "192.168.7.0/24",
                       allowed[i]);
          return NULL;
        }
      g_array_append_val (egress->blocks, block);
    }
  return g_steal_pointer (&egress);
}

void
egress_free (Egress *egress)
{
  g_array_unref (egress->blocks);
  g_free (egress);
}
