-- The number a quote is booked under may be corrected with its parcel's, but never be taken off.

DROP TRIGGER "freight_quote_booked_once"

CREATE TRIGGER "freight_quote_stays_booked" BEFORE UPDATE OF "waybill", "booked_at" ON "freight_quote"
WHEN NEW."waybill" = '' OR NEW."booked_at" IS NULL
BEGIN
    SELECT RAISE(ABORT, 'a quote stays booked');
END
