DROP INDEX "ledger_key_act_key"

ALTER TABLE "ledger_key" DROP COLUMN "id"

ALTER TABLE "ledger_key" ADD PRIMARY KEY ("act", "key")
