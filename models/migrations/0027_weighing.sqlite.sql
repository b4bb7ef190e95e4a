-- A quote for what a parcel measured says which one it corrects, for good.

ALTER TABLE "freight_quote" ADD COLUMN "corrects_id" INTEGER REFERENCES "freight_quote" ("id") ON DELETE RESTRICT

CREATE UNIQUE INDEX "freight_quote_corrects_id" ON "freight_quote" ("corrects_id")

CREATE TRIGGER "freight_quote_corrects_one" BEFORE UPDATE OF "corrects_id" ON "freight_quote"
BEGIN
    SELECT RAISE(ABORT, 'a quote that was given is never changed');
END

CREATE INDEX "parcel_labelled" ON "parcel" ("labelled_at", "id", "channel_id") WHERE ("labelled_at" IS NOT NULL)

CREATE INDEX "parcel_number_anywhere" ON "parcel" ("tracking_number") WHERE ("tracking_number" != '')

CREATE TABLE "weighing" (
    "id" INTEGER NOT NULL PRIMARY KEY,
    "team_id" INTEGER NOT NULL,
    "parcel_id" INTEGER NOT NULL,
    "grams" INTEGER NOT NULL CHECK (grams > 0),
    "length_mm" INTEGER NOT NULL,
    "width_mm" INTEGER NOT NULL,
    "height_mm" INTEGER NOT NULL,
    "quote_id" INTEGER,
    "difference_minor" INTEGER,
    "currency" VARCHAR(3) NOT NULL,
    "reasons" TEXT NOT NULL,
    "weighed_by_id" INTEGER,
    "weighed_at" DATETIME NOT NULL,
    FOREIGN KEY ("team_id") REFERENCES "team" ("id") ON DELETE RESTRICT,
    FOREIGN KEY ("parcel_id") REFERENCES "parcel" ("id") ON DELETE CASCADE,
    FOREIGN KEY ("quote_id") REFERENCES "freight_quote" ("id") ON DELETE RESTRICT,
    FOREIGN KEY ("weighed_by_id") REFERENCES "person" ("id") ON DELETE SET NULL
)

CREATE UNIQUE INDEX "weighing_parcel_id" ON "weighing" ("parcel_id")

CREATE UNIQUE INDEX "weighing_quote_id" ON "weighing" ("quote_id")

CREATE TABLE "channel_rule" (
    "id" INTEGER NOT NULL PRIMARY KEY,
    "uid" TEXT NOT NULL,
    "team_id" INTEGER NOT NULL,
    "country" VARCHAR(2) NOT NULL,
    "days" INTEGER,
    "without" TEXT NOT NULL,
    FOREIGN KEY ("team_id") REFERENCES "team" ("id") ON DELETE CASCADE
)

CREATE UNIQUE INDEX "channel_rule_uid" ON "channel_rule" ("uid")

CREATE UNIQUE INDEX "channel_rule_team_id_country" ON "channel_rule" ("team_id", "country")

-- What the scale said is not changed: it decided what a parcel costs.

CREATE TRIGGER "weighing_no_change" BEFORE UPDATE OF "id", "team_id", "parcel_id", "grams", "length_mm", "width_mm", "height_mm", "quote_id", "difference_minor", "currency", "reasons", "weighed_at" ON "weighing"
BEGIN
    SELECT RAISE(ABORT, 'what was weighed in is not changed');
END
