/* The operator's hands: making and freeing them. */
#include "control/core.h"

Control *
control_new (const ControlSetup *setup)
{
  Control *control = g_new0 (Control, 1);

  control->setup = *setup;
  control->config_dir = g_strdup (setup->config_dir);
  control->setup.config_dir = control->config_dir;
  g_mutex_init (&control->changing);
  return control;
}

void
control_free (Control *control)
{
  g_mutex_clear (&control->changing);
  g_free (control->config_dir);
  g_free (control);
}
