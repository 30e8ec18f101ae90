/* The operator's hands: making and freeing them. */
#include "control/core.h"

Control *
control_new (const ControlSetup *setup)
{
  Control *control = g_new0 (Control, 1);

  control->setup = *setup;
  control->config_dir = g_strdup (setup->config_dir);
  control->setup.config_dir = control->config_dir;
  control->submitter = submitter_new (setup->writer);
  g_mutex_init (&control->changing);
  return control;
}

void
control_free (Control *control)
{
  g_mutex_clear (&control->changing);
  submitter_free (control->submitter);
  g_free (control->config_dir);
  g_free (control);
}

void
control_stop (Control *control)
{
  submitter_stop (control->submitter);
}
