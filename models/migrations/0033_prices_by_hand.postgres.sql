CREATE TABLE "hand_price" (
    "id" SERIAL NOT NULL PRIMARY KEY,
    "uid" UUID NOT NULL,
    "team_id" INTEGER NOT NULL,
    "parcel_id" INTEGER NOT NULL,
    "amount_minor" BIGINT NOT NULL CHECK (amount_minor >= 0),
    "currency" VARCHAR(3) NOT NULL,
    "reason" VARCHAR(200) NOT NULL,
    "state" VARCHAR(32) NOT NULL CHECK ("state" IN ('waiting', 'approved', 'rejected')),
    "requested_by_id" INTEGER,
    "decided_by_id" INTEGER,
    "decided_at" TIMESTAMP,
    "note" VARCHAR(200) NOT NULL,
    "created_at" TIMESTAMP NOT NULL,
    FOREIGN KEY ("team_id") REFERENCES "team" ("id") ON DELETE RESTRICT,
    FOREIGN KEY ("parcel_id") REFERENCES "parcel" ("id") ON DELETE RESTRICT,
    FOREIGN KEY ("requested_by_id") REFERENCES "person" ("id") ON DELETE SET NULL,
    FOREIGN KEY ("decided_by_id") REFERENCES "person" ("id") ON DELETE SET NULL
)

CREATE UNIQUE INDEX "hand_price_uid" ON "hand_price" ("uid")

CREATE INDEX "hand_price_created_at_id" ON "hand_price" ("created_at", "id")

CREATE INDEX "hand_price_state_created_at_id" ON "hand_price" ("state", "created_at", "id")

CREATE UNIQUE INDEX "hand_price_once" ON "hand_price" ("parcel_id") WHERE ("state" != 'rejected')

-- What was proposed is not changed: another person decided on these very figures.

CREATE FUNCTION hand_price_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a price that was proposed is not changed';
END $$

CREATE TRIGGER "hand_price_no_change" BEFORE UPDATE OF "id", "uid", "team_id", "parcel_id", "amount_minor", "currency", "reason", "created_at" ON "hand_price"
FOR EACH ROW EXECUTE FUNCTION hand_price_kept()
