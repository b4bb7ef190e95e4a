-- What makes a parcel one at risk, by team; which parcels are; and how long parcels of a lane are usually silent.

CREATE INDEX "parcel_team_id_status_last_event_at_sub_status" ON "parcel" ("team_id", "status", "last_event_at", "sub_status")

CREATE INDEX "parcel_ended" ON "parcel" ("team_id", "ended_at", "id") WHERE ("ended_at" IS NOT NULL)

CREATE TABLE "alert_rules" (
    "id" SERIAL NOT NULL PRIMARY KEY,
    "team_id" INTEGER NOT NULL,
    "ship_by_hours" INTEGER NOT NULL,
    "scan_hours" INTEGER NOT NULL,
    "not_found_days" INTEGER NOT NULL,
    "silent_days" INTEGER NOT NULL,
    "pickup_days" INTEGER NOT NULL,
    "is_learning" BOOLEAN NOT NULL,
    "changed_at" TIMESTAMP NOT NULL,
    FOREIGN KEY ("team_id") REFERENCES "team" ("id") ON DELETE CASCADE
)

CREATE UNIQUE INDEX "alert_rules_team_id" ON "alert_rules" ("team_id")

CREATE TABLE "parcel_alert" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "team_id" INTEGER NOT NULL,
    "store_id" INTEGER NOT NULL,
    "parcel_id" INTEGER NOT NULL,
    "kind" VARCHAR(32) NOT NULL CHECK ("kind" IN ('ship_by', 'trouble', 'failed', 'customs', 'late', 'no_scan', 'not_found', 'silent', 'pickup')),
    "since" TIMESTAMP NOT NULL,
    "days" INTEGER NOT NULL,
    "sample" INTEGER NOT NULL,
    "found_at" TIMESTAMP NOT NULL,
    "rests_until" TIMESTAMP,
    "note" VARCHAR(200) NOT NULL,
    "rested_by_id" INTEGER,
    FOREIGN KEY ("team_id") REFERENCES "team" ("id") ON DELETE RESTRICT,
    FOREIGN KEY ("store_id") REFERENCES "store" ("id") ON DELETE RESTRICT,
    FOREIGN KEY ("parcel_id") REFERENCES "parcel" ("id") ON DELETE CASCADE,
    FOREIGN KEY ("rested_by_id") REFERENCES "person" ("id") ON DELETE SET NULL
)

CREATE UNIQUE INDEX "parcel_alert_parcel_id_kind" ON "parcel_alert" ("parcel_id", "kind")

CREATE INDEX "parcel_alert_team_id_kind_since_id" ON "parcel_alert" ("team_id", "kind", "since", "id")

CREATE TABLE "lane" (
    "id" SERIAL NOT NULL PRIMARY KEY,
    "team_id" INTEGER NOT NULL,
    "channel_id" INTEGER NOT NULL,
    "country" VARCHAR(2) NOT NULL,
    "days" INTEGER NOT NULL,
    "parcels" INTEGER NOT NULL,
    "learned_at" TIMESTAMP NOT NULL,
    FOREIGN KEY ("team_id") REFERENCES "team" ("id") ON DELETE CASCADE,
    FOREIGN KEY ("channel_id") REFERENCES "channel" ("id") ON DELETE CASCADE
)

CREATE INDEX "lane_channel_id" ON "lane" ("channel_id")

CREATE UNIQUE INDEX "lane_team_id_channel_id_country" ON "lane" ("team_id", "channel_id", "country")
