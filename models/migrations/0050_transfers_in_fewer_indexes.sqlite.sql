DROP INDEX "transfer_debit_id_posted_at"

DROP INDEX "transfer_credit_id_posted_at"

DROP INDEX "transfer_reverses_id"

CREATE UNIQUE INDEX "transfer_reverses_id" ON "transfer" ("reverses_id") WHERE ("reverses_id" IS NOT NULL)
