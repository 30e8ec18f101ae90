#include "config.h"

#include "sb-error.h"

G_DEFINE_QUARK (sb_error, sb_error)
