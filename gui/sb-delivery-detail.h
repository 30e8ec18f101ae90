/* sb-delivery-detail.h: all about one delivery: why it is where it is, every attempt, what is sent.
 */
#pragma once

#include <adwaita.h>

#include "sb-delivery.h"
#include "sb-router.h"

G_BEGIN_DECLS

#define SB_TYPE_DELIVERY_DETAIL (sb_delivery_detail_get_type ())
G_DECLARE_FINAL_TYPE (SbDeliveryDetail, sb_delivery_detail, SB, DELIVERY_DETAIL, AdwBin)

/* delivery NULL: nothing is shown.  The buttons act by "deliveries.replay" and
 * "deliveries.discard", of one that waits by "deliveries.retry", "deliveries.postpone" and
 * "deliveries.give-up". */
void sb_delivery_detail_show (SbDeliveryDetail *self, SbRouter *router, SbDelivery *delivery);

/* Where it is only looked at. */
void sb_delivery_detail_hide_buttons (SbDeliveryDetail *self);

/* Says ages as of now. */
void sb_delivery_detail_beat (SbDeliveryDetail *self);

G_END_DECLS
