/* bench-simdjson.cc: simdjson's two ways of reading a text to its end. */
#include "bench-simdjson.h"

#include <simdjson.h>

struct BenchSimdjson
{
  simdjson::dom::parser dom;
  simdjson::ondemand::parser on_demand;
};

extern "C" BenchSimdjson *
bench_simdjson_new (void)
{
  return new BenchSimdjson;
}

extern "C" void
bench_simdjson_free (BenchSimdjson *self)
{
  delete self;
}

extern "C" const char *
bench_simdjson_name (void)
{
  static const std::string name = simdjson::get_active_implementation ()->name ();

  return name.c_str ();
}

extern "C" bool
bench_simdjson_dom (BenchSimdjson *self, const char *text, size_t length)
{
  return self->dom.parse (text, length, false).error () == simdjson::SUCCESS;
}

/* Goes over every value and looks at each; throws what is wrong. */
static void
walk (simdjson::ondemand::value value)
{
  switch (value.type ())
    {
    case simdjson::ondemand::json_type::object:
      for (auto field : value.get_object ())
        {
          (void) field.key ().value ();
          walk (field.value ());
        }
      break;
    case simdjson::ondemand::json_type::array:
      for (auto element : value.get_array ())
        walk (element.value ());
      break;
    case simdjson::ondemand::json_type::string:
      (void) value.get_raw_json_string ().value ();
      break;
    case simdjson::ondemand::json_type::number:
      (void) value.get_double ().value ();
      break;
    case simdjson::ondemand::json_type::boolean:
      (void) value.get_bool ().value ();
      break;
    default:
      (void) value.is_null ().value ();
      break;
    }
}

extern "C" bool
bench_simdjson_on_demand (BenchSimdjson *self, const char *text, size_t length)
{
  try
    {
      auto document = self->on_demand.iterate (text, length,
                                               length + simdjson::SIMDJSON_PADDING);

      for (auto field : document.get_object ())
        {
          (void) field.key ().value ();
          walk (field.value ());
        }
      return true;
    }
  catch (const simdjson::simdjson_error &)
    {
      return false;
    }
}
