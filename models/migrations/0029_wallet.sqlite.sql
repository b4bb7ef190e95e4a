CREATE TABLE "wallet" (
    "id" INTEGER NOT NULL PRIMARY KEY,
    "uid" TEXT NOT NULL,
    "team_id" INTEGER NOT NULL,
    "currency" VARCHAR(3) NOT NULL,
    "balance_minor" INTEGER NOT NULL,
    "held_minor" INTEGER NOT NULL CHECK (held_minor >= 0),
    "credit_limit_minor" INTEGER NOT NULL CHECK (credit_limit_minor >= 0),
    "alert_below_minor" INTEGER,
    "is_low" INTEGER NOT NULL,
    "state" VARCHAR(32) NOT NULL CHECK ("state" IN ('active', 'blocked', 'frozen', 'closed')),
    "reason" VARCHAR(200) NOT NULL,
    "version" INTEGER NOT NULL,
    "created_at" DATETIME NOT NULL,
    FOREIGN KEY ("team_id") REFERENCES "team" ("id") ON DELETE RESTRICT
)

CREATE UNIQUE INDEX "wallet_uid" ON "wallet" ("uid")

CREATE UNIQUE INDEX "wallet_team_id_currency" ON "wallet" ("team_id", "currency")

CREATE TABLE "account" (
    "id" INTEGER NOT NULL PRIMARY KEY,
    "code" VARCHAR(80) NOT NULL,
    "kind" VARCHAR(32) NOT NULL CHECK ("kind" IN ('asset', 'liability', 'income', 'expense', 'equity')),
    "currency" VARCHAR(3) NOT NULL,
    "wallet_id" INTEGER,
    FOREIGN KEY ("wallet_id") REFERENCES "wallet" ("id") ON DELETE RESTRICT
)

CREATE UNIQUE INDEX "account_code" ON "account" ("code")

CREATE UNIQUE INDEX "account_wallet_id" ON "account" ("wallet_id")

CREATE TABLE "transfer" (
    "id" INTEGER NOT NULL PRIMARY KEY,
    "uid" TEXT NOT NULL,
    "team_id" INTEGER NOT NULL,
    "wallet_id" INTEGER NOT NULL,
    "kind" VARCHAR(32) NOT NULL CHECK ("kind" IN ('recharge', 'freight', 'extra', 'refund', 'reversal', 'adjustment', 'exchange', 'payout')),
    "debit_id" INTEGER NOT NULL,
    "credit_id" INTEGER NOT NULL,
    "is_incoming" INTEGER NOT NULL,
    "amount_minor" INTEGER NOT NULL CHECK (amount_minor > 0),
    "currency" VARCHAR(3) NOT NULL,
    "balance_after_minor" INTEGER NOT NULL,
    "parcel_id" INTEGER,
    "ref_kind" VARCHAR(24) NOT NULL,
    "ref_id" INTEGER,
    "reverses_id" INTEGER,
    "rate" VARCHAR(40),
    "memo" VARCHAR(200) NOT NULL,
    "posted_at" DATETIME NOT NULL,
    "effective_on" DATE NOT NULL,
    "made_by_id" INTEGER,
    "digest" VARCHAR(64) NOT NULL,
    FOREIGN KEY ("team_id") REFERENCES "team" ("id") ON DELETE RESTRICT,
    FOREIGN KEY ("wallet_id") REFERENCES "wallet" ("id") ON DELETE RESTRICT,
    FOREIGN KEY ("debit_id") REFERENCES "account" ("id") ON DELETE RESTRICT,
    FOREIGN KEY ("credit_id") REFERENCES "account" ("id") ON DELETE RESTRICT,
    FOREIGN KEY ("parcel_id") REFERENCES "parcel" ("id") ON DELETE RESTRICT,
    FOREIGN KEY ("reverses_id") REFERENCES "transfer" ("id") ON DELETE RESTRICT,
    FOREIGN KEY ("made_by_id") REFERENCES "person" ("id") ON DELETE RESTRICT
)

CREATE UNIQUE INDEX "transfer_uid" ON "transfer" ("uid")

CREATE UNIQUE INDEX "transfer_reverses_id" ON "transfer" ("reverses_id")

CREATE INDEX "transfer_wallet_id_id" ON "transfer" ("wallet_id", "id")

CREATE INDEX "transfer_wallet_id_posted_at_id" ON "transfer" ("wallet_id", "posted_at", "id")

CREATE INDEX "transfer_debit_id_posted_at" ON "transfer" ("debit_id", "posted_at")

CREATE INDEX "transfer_credit_id_posted_at" ON "transfer" ("credit_id", "posted_at")

CREATE INDEX "transfer_of_parcel" ON "transfer" ("parcel_id") WHERE ("parcel_id" IS NOT NULL)

CREATE TABLE "hold" (
    "id" INTEGER NOT NULL PRIMARY KEY,
    "uid" TEXT NOT NULL,
    "team_id" INTEGER NOT NULL,
    "wallet_id" INTEGER NOT NULL,
    "parcel_id" INTEGER NOT NULL,
    "channel_id" INTEGER NOT NULL,
    "amount_minor" INTEGER NOT NULL CHECK (amount_minor > 0),
    "currency" VARCHAR(3) NOT NULL,
    "state" VARCHAR(32) NOT NULL CHECK ("state" IN ('pending', 'captured', 'void', 'expired')),
    "captured_minor" INTEGER NOT NULL,
    "expires_at" DATETIME NOT NULL,
    "was_warned" INTEGER NOT NULL,
    "created_at" DATETIME NOT NULL,
    "ended_at" DATETIME,
    FOREIGN KEY ("team_id") REFERENCES "team" ("id") ON DELETE RESTRICT,
    FOREIGN KEY ("wallet_id") REFERENCES "wallet" ("id") ON DELETE RESTRICT,
    FOREIGN KEY ("parcel_id") REFERENCES "parcel" ("id") ON DELETE RESTRICT,
    FOREIGN KEY ("channel_id") REFERENCES "channel" ("id") ON DELETE RESTRICT
)

CREATE UNIQUE INDEX "hold_uid" ON "hold" ("uid")

CREATE INDEX "hold_wallet_id_state_id" ON "hold" ("wallet_id", "state", "id")

CREATE INDEX "hold_state_expires_at" ON "hold" ("state", "expires_at")

CREATE UNIQUE INDEX "hold_pending_once" ON "hold" ("parcel_id") WHERE ("state" = 'pending')

CREATE INDEX "hold_parcel" ON "hold" ("parcel_id")

CREATE TABLE "ledger_key" (
    "id" INTEGER NOT NULL PRIMARY KEY,
    "act" VARCHAR(24) NOT NULL,
    "key" VARCHAR(120) NOT NULL,
    "digest" VARCHAR(64) NOT NULL,
    "answer" TEXT NOT NULL,
    "created_at" DATETIME NOT NULL
)

CREATE UNIQUE INDEX "ledger_key_act_key" ON "ledger_key" ("act", "key")

CREATE TABLE "recharge" (
    "id" INTEGER NOT NULL PRIMARY KEY,
    "uid" TEXT NOT NULL,
    "team_id" INTEGER NOT NULL,
    "wallet_id" INTEGER NOT NULL,
    "amount_minor" INTEGER NOT NULL CHECK (amount_minor > 0),
    "currency" VARCHAR(3) NOT NULL,
    "method" VARCHAR(32) NOT NULL CHECK ("method" IN ('bank', 'cash', 'gateway')),
    "bank_reference" VARCHAR(64) NOT NULL,
    "paid_on" DATE,
    "state" VARCHAR(32) NOT NULL CHECK ("state" IN ('waiting', 'approved', 'rejected')),
    "requested_by_id" INTEGER,
    "decided_by_id" INTEGER,
    "decided_at" DATETIME,
    "reason" VARCHAR(200) NOT NULL,
    "created_at" DATETIME NOT NULL,
    FOREIGN KEY ("team_id") REFERENCES "team" ("id") ON DELETE RESTRICT,
    FOREIGN KEY ("wallet_id") REFERENCES "wallet" ("id") ON DELETE RESTRICT,
    FOREIGN KEY ("requested_by_id") REFERENCES "person" ("id") ON DELETE SET NULL,
    FOREIGN KEY ("decided_by_id") REFERENCES "person" ("id") ON DELETE SET NULL
)

CREATE UNIQUE INDEX "recharge_uid" ON "recharge" ("uid")

CREATE INDEX "recharge_team_id_created_at_id" ON "recharge" ("team_id", "created_at", "id")

CREATE INDEX "recharge_state_created_at_id" ON "recharge" ("state", "created_at", "id")

CREATE INDEX "recharge_bank_reference" ON "recharge" ("currency", "bank_reference") WHERE ("bank_reference" != '')

CREATE TABLE "adjustment" (
    "id" INTEGER NOT NULL PRIMARY KEY,
    "uid" TEXT NOT NULL,
    "team_id" INTEGER NOT NULL,
    "wallet_id" INTEGER NOT NULL,
    "kind" VARCHAR(32) NOT NULL CHECK ("kind" IN ('adjustment', 'reversal', 'payout')),
    "amount_minor" INTEGER NOT NULL CHECK (amount_minor <> 0),
    "currency" VARCHAR(3) NOT NULL,
    "reverses_id" INTEGER,
    "reason" VARCHAR(200) NOT NULL,
    "state" VARCHAR(32) NOT NULL CHECK ("state" IN ('waiting', 'approved', 'rejected')),
    "requested_by_id" INTEGER,
    "decided_by_id" INTEGER,
    "decided_at" DATETIME,
    "note" VARCHAR(200) NOT NULL,
    "created_at" DATETIME NOT NULL,
    FOREIGN KEY ("team_id") REFERENCES "team" ("id") ON DELETE RESTRICT,
    FOREIGN KEY ("wallet_id") REFERENCES "wallet" ("id") ON DELETE RESTRICT,
    FOREIGN KEY ("reverses_id") REFERENCES "transfer" ("id") ON DELETE RESTRICT,
    FOREIGN KEY ("requested_by_id") REFERENCES "person" ("id") ON DELETE SET NULL,
    FOREIGN KEY ("decided_by_id") REFERENCES "person" ("id") ON DELETE SET NULL
)

CREATE UNIQUE INDEX "adjustment_uid" ON "adjustment" ("uid")

CREATE INDEX "adjustment_team_id_created_at_id" ON "adjustment" ("team_id", "created_at", "id")

CREATE INDEX "adjustment_state_created_at_id" ON "adjustment" ("state", "created_at", "id")

-- What was posted is never changed, taken away or replaced.

CREATE TRIGGER "transfer_no_change" BEFORE UPDATE ON "transfer"
BEGIN
    SELECT RAISE(ABORT, 'a transfer is never changed');
END

CREATE TRIGGER "transfer_no_delete" BEFORE DELETE ON "transfer"
BEGIN
    SELECT RAISE(ABORT, 'a transfer is never deleted');
END

CREATE TRIGGER "transfer_no_replace" BEFORE INSERT ON "transfer"
WHEN EXISTS (SELECT 1 FROM "transfer" WHERE "id" = NEW."id" OR "uid" = NEW."uid" OR ("reverses_id" IS NOT NULL AND "reverses_id" = NEW."reverses_id"))
BEGIN
    SELECT RAISE(ABORT, 'a transfer is never replaced');
END

CREATE TRIGGER "hold_stays_ended" BEFORE UPDATE OF "state", "amount_minor", "wallet_id", "parcel_id" ON "hold"
WHEN OLD."state" <> 'pending'
BEGIN
    SELECT RAISE(ABORT, 'a hold ends once');
END

CREATE TRIGGER "hold_no_delete" BEFORE DELETE ON "hold"
BEGIN
    SELECT RAISE(ABORT, 'a hold is never deleted');
END

CREATE TRIGGER "wallet_no_delete" BEFORE DELETE ON "wallet"
BEGIN
    SELECT RAISE(ABORT, 'a wallet is never deleted');
END
