CREATE INDEX "parcel_in_hand" ON "parcel" ("state", "labelled_at", "id", "channel_id") WHERE ("labelled_at" IS NOT NULL)

CREATE INDEX "weighing_without_price" ON "weighing" ("parcel_id") WHERE ("quote_id" IS NULL)
