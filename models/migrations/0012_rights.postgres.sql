ALTER TABLE "person" ADD COLUMN "registered_on" DATE

ALTER TABLE "person" ADD COLUMN "trained_on" DATE

ALTER TABLE "person" ADD COLUMN "leaves_at" TIMESTAMP

ALTER TABLE "team" ADD COLUMN "needs_registration" BOOLEAN NOT NULL DEFAULT FALSE

ALTER TABLE "team" ADD COLUMN "training_days" INTEGER

CREATE TABLE "proposal" (
    "id" SERIAL NOT NULL PRIMARY KEY,
    "uid" UUID NOT NULL,
    "team_id" INTEGER NOT NULL,
    "person_id" INTEGER NOT NULL,
    "role_id" INTEGER NOT NULL,
    "all_stores" BOOLEAN NOT NULL,
    "chosen" TEXT NOT NULL,
    "permissions" TEXT NOT NULL,
    "reason" VARCHAR(200) NOT NULL,
    "state" VARCHAR(32) NOT NULL CHECK ("state" IN ('waiting', 'approved', 'refused', 'withdrawn')),
    "proposed_by_id" INTEGER NOT NULL,
    "decided_by_id" INTEGER,
    "is_solo" BOOLEAN NOT NULL,
    "created_at" TIMESTAMP NOT NULL,
    "decided_at" TIMESTAMP,
    FOREIGN KEY ("team_id") REFERENCES "team" ("id") ON DELETE CASCADE,
    FOREIGN KEY ("person_id") REFERENCES "person" ("id") ON DELETE CASCADE,
    FOREIGN KEY ("role_id") REFERENCES "role" ("id") ON DELETE CASCADE,
    FOREIGN KEY ("proposed_by_id") REFERENCES "person" ("id") ON DELETE CASCADE,
    FOREIGN KEY ("decided_by_id") REFERENCES "person" ("id") ON DELETE SET NULL
)

CREATE UNIQUE INDEX "proposal_uid" ON "proposal" ("uid")

CREATE INDEX "proposal_team_id" ON "proposal" ("team_id")

CREATE INDEX "proposal_person_id" ON "proposal" ("person_id")

CREATE INDEX "proposal_role_id" ON "proposal" ("role_id")

CREATE INDEX "proposal_proposed_by_id" ON "proposal" ("proposed_by_id")

CREATE INDEX "proposal_decided_by_id" ON "proposal" ("decided_by_id")

CREATE INDEX "proposal_team_id_state_id" ON "proposal" ("team_id", "state", "id")
