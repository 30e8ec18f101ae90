/* commands.h: the functions behind the table in commands.c; each is explained by its entry there.
 */
#pragma once

#include "ctl.h"

G_BEGIN_DECLS

#define CTL_COMMAND(function)                                                                      \
  int function (Ctl *ctl, const CtlCommand *command, const char *const *arguments)

CTL_COMMAND (command_audit);
CTL_COMMAND (command_backup);
CTL_COMMAND (command_test);
CTL_COMMAND (command_rollback);
CTL_COMMAND (command_history);
CTL_COMMAND (command_diff);
CTL_COMMAND (command_apply);
CTL_COMMAND (command_check);
CTL_COMMAND (command_completion);
CTL_COMMAND (command_dead);
CTL_COMMAND (command_deliveries);
CTL_COMMAND (command_discard);
CTL_COMMAND (command_doctor);
CTL_COMMAND (command_events);
CTL_COMMAND (command_explain);
CTL_COMMAND (command_explain_setting);
CTL_COMMAND (command_schema);
CTL_COMMAND (command_listen);
CTL_COMMAND (command_job);
CTL_COMMAND (command_jobs);
CTL_COMMAND (command_undiscard);
CTL_COMMAND (command_retry);
CTL_COMMAND (command_postpone);
CTL_COMMAND (command_give_up);
CTL_COMMAND (command_queue);
CTL_COMMAND (command_reload);
CTL_COMMAND (command_rejected);
CTL_COMMAND (command_render);
CTL_COMMAND (command_replay);
CTL_COMMAND (command_pause);
CTL_COMMAND (command_probe);
CTL_COMMAND (command_test_connector);
CTL_COMMAND (command_resume);
CTL_COMMAND (command_breaker);
CTL_COMMAND (command_restore);
CTL_COMMAND (command_routes);
CTL_COMMAND (command_send);
CTL_COMMAND (command_show);
CTL_COMMAND (command_status);
CTL_COMMAND (command_test_pattern);
CTL_COMMAND (command_token);
CTL_COMMAND (command_problems);
CTL_COMMAND (command_top);
CTL_COMMAND (command_wait);
CTL_COMMAND (command_waiting);

G_END_DECLS
