CREATE TABLE "quote_batch" (
    "id" INTEGER NOT NULL PRIMARY KEY,
    "uid" TEXT NOT NULL,
    "team_id" INTEGER NOT NULL,
    "person_id" INTEGER,
    "name" VARCHAR(200) NOT NULL,
    "state" VARCHAR(32) NOT NULL CHECK ("state" IN ('waiting', 'running', 'ready', 'failed', 'cancelled')),
    "today" DATE NOT NULL,
    "language" VARCHAR(12) NOT NULL,
    "stem" VARCHAR(64) NOT NULL,
    "shape" TEXT NOT NULL,
    "headings" TEXT NOT NULL,
    "mapping" TEXT NOT NULL,
    "channels" TEXT NOT NULL,
    "row_count" INTEGER NOT NULL,
    "total" INTEGER NOT NULL,
    "done" INTEGER NOT NULL,
    "priced" INTEGER NOT NULL,
    "refused" INTEGER NOT NULL,
    "is_read" INTEGER NOT NULL,
    "is_writing" INTEGER NOT NULL,
    "tries" INTEGER NOT NULL,
    "problem" TEXT NOT NULL,
    "created_at" DATETIME NOT NULL,
    "started_at" DATETIME,
    "finished_at" DATETIME,
    FOREIGN KEY ("team_id") REFERENCES "team" ("id") ON DELETE CASCADE,
    FOREIGN KEY ("person_id") REFERENCES "person" ("id") ON DELETE SET NULL
)

CREATE UNIQUE INDEX "quote_batch_uid" ON "quote_batch" ("uid")

CREATE INDEX "quote_batch_team_id" ON "quote_batch" ("team_id")

CREATE INDEX "quote_batch_person_id" ON "quote_batch" ("person_id")

CREATE UNIQUE INDEX "quote_batch_stem" ON "quote_batch" ("stem")

CREATE INDEX "quote_batch_team_id_created_at_id" ON "quote_batch" ("team_id", "created_at", "id")

CREATE INDEX "quote_batch_state_id" ON "quote_batch" ("state", "id")

CREATE TABLE "quote_batch_part" (
    "id" INTEGER NOT NULL PRIMARY KEY,
    "batch_id" INTEGER NOT NULL,
    "number" INTEGER NOT NULL,
    "content" BLOB NOT NULL,
    FOREIGN KEY ("batch_id") REFERENCES "quote_batch" ("id") ON DELETE CASCADE
)

CREATE UNIQUE INDEX "quote_batch_part_batch_id_number" ON "quote_batch_part" ("batch_id", "number")

CREATE TABLE "quote_batch_error" (
    "id" INTEGER NOT NULL PRIMARY KEY,
    "batch_id" INTEGER NOT NULL,
    "row" INTEGER NOT NULL,
    "column" VARCHAR(120) NOT NULL,
    "value" VARCHAR(80) NOT NULL,
    "words" TEXT NOT NULL,
    FOREIGN KEY ("batch_id") REFERENCES "quote_batch" ("id") ON DELETE CASCADE
)

CREATE INDEX "quote_batch_error_batch_id_row_id" ON "quote_batch_error" ("batch_id", "row", "id")

CREATE TABLE "carrier_bill" (
    "id" INTEGER NOT NULL PRIMARY KEY,
    "uid" TEXT NOT NULL,
    "team_id" INTEGER NOT NULL,
    "carrier_id" INTEGER NOT NULL,
    "number" VARCHAR(60) NOT NULL,
    "currency" VARCHAR(3) NOT NULL,
    "first_day" DATE,
    "last_day" DATE,
    "is_period_told" INTEGER NOT NULL,
    "made_by_id" INTEGER,
    "created_at" DATETIME NOT NULL,
    FOREIGN KEY ("team_id") REFERENCES "team" ("id") ON DELETE RESTRICT,
    FOREIGN KEY ("carrier_id") REFERENCES "carrier" ("id") ON DELETE RESTRICT,
    FOREIGN KEY ("made_by_id") REFERENCES "person" ("id") ON DELETE SET NULL
)

CREATE UNIQUE INDEX "carrier_bill_uid" ON "carrier_bill" ("uid")

CREATE INDEX "carrier_bill_carrier_id" ON "carrier_bill" ("carrier_id")

CREATE INDEX "carrier_bill_made_by_id" ON "carrier_bill" ("made_by_id")

CREATE UNIQUE INDEX "carrier_bill_team_id_carrier_id_number" ON "carrier_bill" ("team_id", "carrier_id", "number")

CREATE INDEX "carrier_bill_team_id_created_at_id" ON "carrier_bill" ("team_id", "created_at", "id")

CREATE TABLE "bill_file" (
    "id" INTEGER NOT NULL PRIMARY KEY,
    "bill_id" INTEGER NOT NULL,
    "batch_id" INTEGER NOT NULL,
    FOREIGN KEY ("bill_id") REFERENCES "carrier_bill" ("id") ON DELETE CASCADE,
    FOREIGN KEY ("batch_id") REFERENCES "import" ("id") ON DELETE CASCADE
)

CREATE INDEX "bill_file_bill_id" ON "bill_file" ("bill_id")

CREATE UNIQUE INDEX "bill_file_batch_id" ON "bill_file" ("batch_id")

CREATE TABLE "bill_line" (
    "id" INTEGER NOT NULL PRIMARY KEY,
    "uid" TEXT NOT NULL,
    "team_id" INTEGER NOT NULL,
    "bill_id" INTEGER NOT NULL,
    "carrier_id" INTEGER NOT NULL,
    "waybill" VARCHAR(40) NOT NULL,
    "row_number" INTEGER,
    "billed_on" DATE,
    "billed_weight" VARCHAR(40),
    "billed_lines" TEXT NOT NULL,
    "billed_minor" INTEGER NOT NULL,
    "currency" VARCHAR(3) NOT NULL,
    "quote_id" INTEGER,
    "parcel_team_id" INTEGER,
    "channel_id" INTEGER,
    "country" VARCHAR(2) NOT NULL,
    "chargeable" VARCHAR(40),
    "unit" VARCHAR(3) NOT NULL,
    "quoted_lines" TEXT NOT NULL,
    "quoted_minor" INTEGER,
    "rate" VARCHAR(40),
    "kind" VARCHAR(32) NOT NULL CHECK ("kind" IN ('OK', 'WEIGHT', 'RATE', 'SURCHARGE_EXTRA', 'NOT_OURS', 'MISSING', 'DUPLICATE')),
    "kinds" TEXT NOT NULL,
    "remark" VARCHAR(20) NOT NULL,
    "difference_minor" INTEGER NOT NULL,
    "size_minor" INTEGER NOT NULL,
    "duplicate_of_id" INTEGER,
    "state" VARCHAR(32) NOT NULL CHECK ("state" IN ('fine', 'open', 'disputed', 'agreed', 'cleared')),
    "dispute" VARCHAR(500) NOT NULL,
    "reason" VARCHAR(500) NOT NULL,
    "agreed_minor" INTEGER,
    "decided_by_id" INTEGER,
    "decided_at" DATETIME,
    "posted_ref" VARCHAR(60) NOT NULL,
    "created_at" DATETIME NOT NULL,
    FOREIGN KEY ("team_id") REFERENCES "team" ("id") ON DELETE RESTRICT,
    FOREIGN KEY ("bill_id") REFERENCES "carrier_bill" ("id") ON DELETE RESTRICT,
    FOREIGN KEY ("carrier_id") REFERENCES "carrier" ("id") ON DELETE RESTRICT,
    FOREIGN KEY ("quote_id") REFERENCES "freight_quote" ("id") ON DELETE RESTRICT,
    FOREIGN KEY ("parcel_team_id") REFERENCES "team" ("id") ON DELETE RESTRICT,
    FOREIGN KEY ("channel_id") REFERENCES "channel" ("id") ON DELETE RESTRICT,
    FOREIGN KEY ("duplicate_of_id") REFERENCES "bill_line" ("id") ON DELETE RESTRICT,
    FOREIGN KEY ("decided_by_id") REFERENCES "person" ("id") ON DELETE SET NULL
)

CREATE UNIQUE INDEX "bill_line_uid" ON "bill_line" ("uid")

CREATE INDEX "bill_line_quote_id" ON "bill_line" ("quote_id")

CREATE INDEX "bill_line_parcel_team_id" ON "bill_line" ("parcel_team_id")

CREATE INDEX "bill_line_channel_id" ON "bill_line" ("channel_id")

CREATE INDEX "bill_line_duplicate_of_id" ON "bill_line" ("duplicate_of_id")

CREATE INDEX "bill_line_decided_by_id" ON "bill_line" ("decided_by_id")

CREATE INDEX "bill_line_team_id_id" ON "bill_line" ("team_id", "id")

CREATE INDEX "bill_line_team_id_state_id" ON "bill_line" ("team_id", "state", "id")

CREATE INDEX "bill_line_team_id_size_minor_id" ON "bill_line" ("team_id", "size_minor", "id")

CREATE INDEX "bill_line_bill_id_state" ON "bill_line" ("bill_id", "state")

CREATE INDEX "bill_line_carrier_id_waybill" ON "bill_line" ("carrier_id", "waybill")

CREATE UNIQUE INDEX "bill_line_bill_waybill" ON "bill_line" ("bill_id", "waybill") WHERE ("kind" != 'MISSING')

CREATE UNIQUE INDEX "bill_line_missed_once" ON "bill_line" ("quote_id") WHERE ("kind" = 'MISSING')

CREATE UNIQUE INDEX "bill_line_billed_once" ON "bill_line" ("carrier_id", "waybill") WHERE ("kind" NOT IN ('DUPLICATE', 'MISSING'))

-- What was billed and quoted is never changed; what was posted by the wallet is decided for good.

CREATE TRIGGER "bill_line_no_change" BEFORE UPDATE OF "id", "uid", "team_id", "bill_id", "carrier_id", "waybill", "row_number", "billed_on", "billed_weight", "billed_lines", "billed_minor", "currency", "quote_id", "parcel_team_id", "channel_id", "country", "chargeable", "unit", "quoted_lines", "quoted_minor", "rate", "kind", "kinds", "difference_minor", "size_minor", "duplicate_of_id", "created_at" ON "bill_line"
BEGIN
    SELECT RAISE(ABORT, 'a line of a bill is never changed');
END

CREATE TRIGGER "bill_line_posted_once" BEFORE UPDATE OF "state", "agreed_minor", "posted_ref", "reason", "dispute" ON "bill_line"
WHEN OLD."posted_ref" <> ''
BEGIN
    SELECT RAISE(ABORT, 'a posted difference is never changed');
END

CREATE TRIGGER "bill_line_no_delete" BEFORE DELETE ON "bill_line"
BEGIN
    SELECT RAISE(ABORT, 'a line of a bill is never deleted');
END

CREATE TRIGGER "bill_line_no_replace" BEFORE INSERT ON "bill_line"
WHEN EXISTS (SELECT 1 FROM "bill_line" WHERE "id" = NEW."id" OR "uid" = NEW."uid")
BEGIN
    SELECT RAISE(ABORT, 'a line of a bill is never replaced');
END
