#include "config.h"

#include "sb-graph-overlay.h"

#include <glib/gi18n.h>
#include <math.h>

#define SLOW_MS 1000
#define VERY_SLOW_MS 5000

/* ---- Edges ----------------------------------------------------------------------------------- */

/* By the order of magnitude: one a minute and a thousand a second must both be seen. */
static double
width_of_rate (double per_second)
{
  return MIN (1.4 + log10 (1 + per_second * 60) * 1.5, 8);
}

static SbStyle
traffic_style (const SbEdge *edge)
{
  SbStyle style = { .width = width_of_rate (edge->measure.rate), .alpha = 1 };

  if (edge->dead > 0)
    style.tone = SB_TONE_ERROR, style.glyph = SB_GLYPH_CROSS;
  else if (edge->waiting > 0)
    style.tone = SB_TONE_WARNING, style.glyph = SB_GLYPH_CLOCK;
  else
    style.alpha = edge->n > 0 && edge->enabled ? .32f : .18f;
  return style;
}

static SbStyle
errors_style (const SbEdge *edge)
{
  SbStyle style = { .width = width_of_rate (edge->measure.failed_rate), .alpha = 1 };

  if (edge->dead > 0 || edge->measure.failed_rate > 0)
    style.tone = SB_TONE_ERROR, style.glyph = SB_GLYPH_CROSS;
  else if (edge->waiting > 0)
    style.tone = SB_TONE_WARNING, style.glyph = SB_GLYPH_CLOCK;
  else
    style.alpha = .18f;
  return style;
}

static SbTone
tone_of_time (double ms)
{
  return ms >= VERY_SLOW_MS ? SB_TONE_ERROR : ms >= SLOW_MS ? SB_TONE_WARNING : SB_TONE_ACCENT;
}

static SbStyle
latency_style (const SbEdge *edge)
{
  double ms = edge->measure.p95_ms;
  SbStyle style = { .width = 1.4, .alpha = .18f };

  if (ms <= 0)
    return style;
  style.width = MIN (1.4 + log10 (1 + ms / 10) * 2, 8);
  style.alpha = 1;
  style.tone = tone_of_time (ms);
  style.glyph = ms >= SLOW_MS ? SB_GLYPH_CLOCK : SB_GLYPH_NONE;
  return style;
}

static SbStyle
change_style (const SbEdge *edge)
{
  switch (edge->change)
    {
    case SB_CHANGE_ADDED:
      return (SbStyle){ SB_TONE_SUCCESS, 1, 3, FALSE, SB_GLYPH_PLUS };
    case SB_CHANGE_REMOVED:
      return (SbStyle){ SB_TONE_ERROR, 1, 3, TRUE, SB_GLYPH_MINUS };
    case SB_CHANGE_CHANGED:
      return (SbStyle){ SB_TONE_ACCENT, 1, 3, FALSE, SB_GLYPH_CHANGE };
    case SB_CHANGE_NONE:
    default:
      return (SbStyle){ SB_TONE_PLAIN, .18f, 1.4, FALSE, SB_GLYPH_NONE };
    }
}

static SbStyle
visit_style (const SbEdge *edge)
{
  switch (edge->visit)
    {
    case SB_VISIT_PASSED:
      return (SbStyle){ SB_TONE_SUCCESS, 1, 3, FALSE, SB_GLYPH_CHECK };
    case SB_VISIT_WAITING:
      return (SbStyle){ SB_TONE_WARNING, 1, 3, FALSE, SB_GLYPH_CLOCK };
    case SB_VISIT_DEAD:
      return (SbStyle){ SB_TONE_ERROR, 1, 3, FALSE, SB_GLYPH_CROSS };
    case SB_VISIT_NONE:
    default:
      return (SbStyle){ SB_TONE_PLAIN, .14f, 1.4, FALSE, SB_GLYPH_NONE };
    }
}

SbStyle
sb_graph_edge_style (const SbEdge *edge, SbOverlay overlay)
{
  SbStyle style;

  switch (overlay)
    {
    case SB_OVERLAY_ERRORS:
      style = errors_style (edge);
      break;
    case SB_OVERLAY_LATENCY:
      style = latency_style (edge);
      break;
    case SB_OVERLAY_CHANGES:
      return change_style (edge);
    case SB_OVERLAY_EVENT:
      style = visit_style (edge);
      break;
    case SB_OVERLAY_TRAFFIC:
    default:
      style = traffic_style (edge);
      break;
    }
  style.dashed = !edge->enabled;
  return style;
}

/* ---- Nodes ----------------------------------------------------------------------------------- */

gboolean
sb_node_is_meant (const SbNode *node, SbOverlay overlay)
{
  if (overlay == SB_OVERLAY_CHANGES)
    return node->change != SB_CHANGE_NONE;
  if (overlay == SB_OVERLAY_EVENT)
    return node->visit != SB_VISIT_NONE;
  return TRUE;
}

static char *
traffic_figure (const SbNode *node)
{
  double rate = node->measure.rate;

  if (rate <= 0)
    return g_strdup ("");
  if (rate * 60 < 10)
    /* Translators: so many a minute */
    return g_strdup_printf (_ ("%.0f/min"), MAX (rate * 60, 1));
  /* Translators: so many a second */
  return rate < 10 ? g_strdup_printf (_ ("%.1f/s"), rate) : g_strdup_printf (_ ("%.0f/s"), rate);
}

static char *
errors_figure (const SbNode *node, SbTone *tone)
{
  double all = node->measure.rate + node->measure.failed_rate;

  if (node->measure.failed_rate <= 0)
    return g_strdup ("");
  *tone = SB_TONE_ERROR;
  return g_strdup_printf (node->kind == SB_NODE_CONNECTOR
                          ? _ ("%.0f %% failing")
                          : _ ("%.0f %% refused"), MAX (node->measure.failed_rate / all * 100, 1));
}

static char *
latency_figure (const SbNode *node, SbTone *tone)
{
  double ms = node->measure.p95_ms;

  if (node->kind != SB_NODE_CONNECTOR || ms <= 0)
    return g_strdup ("");
  *tone = tone_of_time (ms);
  if (ms < 10)
    return g_strdup_printf (_ ("%.1f ms"), ms);
  return ms < 1000 ? g_strdup_printf (_ ("%.0f ms"), ms)
                   : g_strdup_printf (_ ("%.1f s"), ms / 1000);
}

static const char *
change_words (SbChange change, SbTone *tone)
{
  switch (change)
    {
    case SB_CHANGE_ADDED:
      *tone = SB_TONE_SUCCESS;
      return C_ ("pending change", "New");
    case SB_CHANGE_REMOVED:
      *tone = SB_TONE_ERROR;
      return C_ ("pending change", "Removed");
    case SB_CHANGE_CHANGED:
      *tone = SB_TONE_ACCENT;
      return C_ ("pending change", "Changed");
    case SB_CHANGE_NONE:
    default:
      return "";
    }
}

static const char *
visit_words (const SbNode *node, SbTone *tone)
{
  switch (node->visit)
    {
    case SB_VISIT_PASSED:
      *tone = SB_TONE_SUCCESS;
      return node->kind == SB_NODE_CONNECTOR ? C_ ("event", "Delivered") : "";
    case SB_VISIT_WAITING:
      *tone = SB_TONE_WARNING;
      return C_ ("event", "Waiting");
    case SB_VISIT_DEAD:
      *tone = SB_TONE_ERROR;
      return C_ ("event", "Dead letter");
    case SB_VISIT_NONE:
    default:
      return "";
    }
}

char *
sb_node_dup_figure (const SbNode *node, SbOverlay overlay, SbTone *out_tone)
{
  *out_tone = SB_TONE_PLAIN;
  switch (overlay)
    {
    case SB_OVERLAY_ERRORS:
      return errors_figure (node, out_tone);
    case SB_OVERLAY_LATENCY:
      return latency_figure (node, out_tone);
    case SB_OVERLAY_CHANGES:
      return g_strdup (change_words (node->change, out_tone));
    case SB_OVERLAY_EVENT:
      return g_strdup (visit_words (node, out_tone));
    case SB_OVERLAY_TRAFFIC:
    default:
      return traffic_figure (node);
    }
}

const char *
sb_overlay_words (SbOverlay overlay)
{
  switch (overlay)
    {
    case SB_OVERLAY_ERRORS:
      return _ ("Thickness: failed attempts and refused requests, mean of a minute");
    case SB_OVERLAY_LATENCY:
      return _ ("Thickness: how long 95 of 100 attempts take at most");
    case SB_OVERLAY_CHANGES:
      return _ ("What was changed and is not in force yet");
    case SB_OVERLAY_EVENT:
      return _ ("Where the event went");
    case SB_OVERLAY_TRAFFIC:
    default:
      return _ ("Thickness: events a second, mean of a minute");
    }
}
