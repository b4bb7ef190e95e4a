"""Which details of events are no codes of ours: a name, a number, an amount, a day, or what somebody wrote."""

from __future__ import annotations

EVERYWHERE = (
    "account added alert_below alone amount amount_minor asin at bad bank_reference before bill carrier_key changed channel "
    "charged closed cny codes count country created credit_limit currency day days difference_minor digest done doubt failures "
    "file files first for_all given grams idle_minutes into is_active is_alone is_new is_operator is_overdue is_shared is_solo "
    "kept known last late left lines marketplaces merged messages most_a_month network new note number orders owner parcel "
    "parcels passkey payouts percent person personal pieces problem quote rate reason received recharge reduced ref reference "
    "registration removed replaced rows seconds secret_changed service sha256 sides_mm since steep suspended tag terms "
    "timezone to total training_days tries until value variants version wallet was_alert_below was_credit_limit waybill "
    "without"
)
IN_ONE_EVENT = (
    "alone_limit_set.was carrier_saved.code channel_saved.code fuel_rate_given.source order_assigned.was order_unassigned.was "
    "parcel_numbered.was publications_asked.stores quote_rebooked.was rate_card_drafted.source remote_list_brought.source "
    "statement_asked.period surcharge_given.code surcharge_withdrawn.code template_renamed.was thread_assigned.was "
    "thread_unassigned.was threshold_changed.was wallet_frozen.was"
)
FREE = {*EVERYWHERE.split(), *IN_ONE_EVENT.split()}
