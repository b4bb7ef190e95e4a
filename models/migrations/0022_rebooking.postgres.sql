-- The number a quote is booked under may be corrected with its parcel's, but never be taken off.

DROP TRIGGER "freight_quote_booked_once" ON "freight_quote"

CREATE TRIGGER "freight_quote_stays_booked" BEFORE UPDATE OF "waybill", "booked_at" ON "freight_quote"
FOR EACH ROW WHEN (NEW."waybill" = '' OR NEW."booked_at" IS NULL) EXECUTE FUNCTION freight_quote_kept()
