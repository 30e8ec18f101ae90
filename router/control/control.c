/* The operator's hands: making and freeing them. */
#include "control/core.h"
#include "control/jobs.h"

Control *
control_new (const ControlSetup *setup)
{
  Control *control = g_new0 (Control, 1);

  control->setup = *setup;
  control->config_dir = g_strdup (setup->config_dir);
  control->setup.config_dir = control->config_dir;
  control->submitter = submitter_new (setup->writer);
  g_mutex_init (&control->rerouting);
  g_mutex_init (&control->changing);
  g_mutex_init (&control->numbering);
  control->jobs = jobs_new (control);
  return control;
}

void
control_free (Control *control)
{
  control_stop (control);
  jobs_free (control->jobs);
  g_mutex_clear (&control->rerouting);
  g_mutex_clear (&control->changing);
  g_mutex_clear (&control->numbering);
  submitter_free (control->submitter);
  g_free (control->config_dir);
  g_free (control);
}

void
control_stop (Control *control)
{
  jobs_stop (control->jobs);
  submitter_stop (control->submitter);
}

gboolean
control_create_job (Control *control, const ControlJob *job, gint64 *out_id, GError **error)
{
  return jobs_create (control->jobs, job, out_id, error);
}

gboolean
control_act_on_job (Control *control,
                    gint64 id,
                    ControlJobAction action,
                    double rate,
                    GError **error)
{
  return jobs_act (control->jobs, id, action, rate, error);
}

gint64
control_next_operation (Control *control)
{
  g_autoptr (GMutexLocker) locker G_GNUC_UNUSED = g_mutex_locker_new (&control->numbering);

  control->last_operation = MAX (control->last_operation + 1, clock_wall_us (control->setup.clock));
  return control->last_operation;
}
