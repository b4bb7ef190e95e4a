DROP INDEX "transfer_not_freight"

CREATE INDEX "transfer_not_freight" ON "transfer" ("wallet_id", "posted_at", "id", "kind") WHERE ("kind" NOT IN ('freight', 'extra'))

CREATE INDEX "transfer_of_account" ON "transfer" ((CASE WHEN "is_incoming" THEN "debit_id" ELSE "credit_id" END), "wallet_id", "posted_at", "id", "kind") WHERE ("parcel_id" IS NOT NULL)
