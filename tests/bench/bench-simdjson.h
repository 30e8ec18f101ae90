/* bench-simdjson.h: simdjson, as C sees it; there when HAVE_SIMDJSON is defined. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C"
{
#endif

  typedef struct BenchSimdjson BenchSimdjson;

  BenchSimdjson *bench_simdjson_new (void);
  void bench_simdjson_free (BenchSimdjson *self);

  /* Which of its implementations it has chosen for this machine. */
  const char *bench_simdjson_name (void);

  /* Reads all of it; false: not JSON.  64 bytes behind the text must be readable.  dom makes its
   * tape, on_demand walks over every name and value. */
  bool bench_simdjson_dom (BenchSimdjson *self, const char *text, size_t length);
  bool bench_simdjson_on_demand (BenchSimdjson *self, const char *text, size_t length);

#ifdef __cplusplus
}
#endif
