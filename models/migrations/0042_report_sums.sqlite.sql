CREATE TABLE "summed_day" (
    "day" DATE NOT NULL PRIMARY KEY,
    "zone" VARCHAR(64) NOT NULL,
    "ended_at" DATETIME NOT NULL
)

CREATE TABLE "wallet_day" (
    "id" INTEGER NOT NULL PRIMARY KEY,
    "team_id" INTEGER NOT NULL,
    "wallet_id" INTEGER NOT NULL,
    "day" DATE NOT NULL,
    "kind" VARCHAR(12) NOT NULL,
    "amount_minor" INTEGER NOT NULL,
    "transfers" INTEGER NOT NULL,
    FOREIGN KEY ("team_id") REFERENCES "team" ("id") ON DELETE RESTRICT,
    FOREIGN KEY ("wallet_id") REFERENCES "wallet" ("id") ON DELETE RESTRICT
)

CREATE UNIQUE INDEX "wallet_day_day_wallet_id_kind" ON "wallet_day" ("day", "wallet_id", "kind")

CREATE TABLE "freight_month" (
    "id" INTEGER NOT NULL PRIMARY KEY,
    "team_id" INTEGER NOT NULL,
    "month" DATE NOT NULL,
    "account_id" INTEGER NOT NULL,
    "country" VARCHAR(2) NOT NULL,
    "kind" VARCHAR(12) NOT NULL,
    "amount_minor" INTEGER NOT NULL,
    "transfers" INTEGER NOT NULL,
    "grams" INTEGER NOT NULL,
    FOREIGN KEY ("team_id") REFERENCES "team" ("id") ON DELETE RESTRICT,
    FOREIGN KEY ("account_id") REFERENCES "account" ("id") ON DELETE RESTRICT
)

CREATE UNIQUE INDEX "freight_month_month_team_id_account_id_country_kind" ON "freight_month" ("month", "team_id", "account_id", "country", "kind")

CREATE INDEX "bill_line_created_at" ON "bill_line" ("created_at")
