-- A check cannot be changed, and nothing points at the table yet: so it is made anew.
DROP INDEX "outreach_uid"

DROP INDEX "outreach_order_id"

DROP INDEX "outreach_state_due_at"

DROP INDEX "outreach_team_id_created_at_id"

DROP INDEX "outreach_team_id_state_created_at_id"

DROP INDEX "outreach_review_once"

DROP INDEX "outreach_purge"

ALTER TABLE "outreach" RENAME TO "outreach_before"

CREATE TABLE "outreach" (
    "id" INTEGER NOT NULL PRIMARY KEY,
    "uid" TEXT NOT NULL,
    "team_id" INTEGER NOT NULL,
    "store_id" INTEGER NOT NULL,
    "order_id" INTEGER NOT NULL,
    "action" VARCHAR(32) NOT NULL CHECK ("action" IN ('confirmOrderDetails', 'confirmDeliveryDetails', 'confirmCustomizationDetails', 'confirmServiceDetails', 'unexpectedProblem', 'digitalAccessKey', 'invoice', 'warranty', 'legalDisclosure', 'productReviewAndSellerFeedback')),
    "text" BLOB,
    "file_count" INTEGER NOT NULL,
    "covers_from" DATE,
    "covers_until" DATE,
    "state" VARCHAR(32) NOT NULL CHECK ("state" IN ('waiting', 'sending', 'unsure', 'sent', 'refused', 'taken_back')),
    "problem" TEXT NOT NULL,
    "tries" INTEGER NOT NULL,
    "due_at" DATETIME NOT NULL,
    "asked_by_id" INTEGER,
    "created_at" DATETIME NOT NULL,
    "sent_at" DATETIME,
    "decided_at" DATETIME,
    "purge_at" DATETIME,
    FOREIGN KEY ("team_id") REFERENCES "team" ("id") ON DELETE RESTRICT,
    FOREIGN KEY ("store_id") REFERENCES "store" ("id") ON DELETE RESTRICT,
    FOREIGN KEY ("order_id") REFERENCES "order" ("id") ON DELETE RESTRICT,
    FOREIGN KEY ("asked_by_id") REFERENCES "person" ("id") ON DELETE SET NULL
)

INSERT INTO "outreach" ("id", "uid", "team_id", "store_id", "order_id", "action", "text", "state", "problem", "tries", "due_at", "asked_by_id", "created_at", "sent_at", "decided_at", "purge_at", "file_count")
SELECT "id", "uid", "team_id", "store_id", "order_id", "action", "text", "state", "problem", "tries", "due_at", "asked_by_id", "created_at", "sent_at", "decided_at", "purge_at", 0 FROM "outreach_before"

DROP TABLE "outreach_before"

CREATE UNIQUE INDEX "outreach_uid" ON "outreach" ("uid")

CREATE INDEX "outreach_order_id" ON "outreach" ("order_id")

CREATE INDEX "outreach_state_due_at" ON "outreach" ("state", "due_at")

CREATE INDEX "outreach_team_id_created_at_id" ON "outreach" ("team_id", "created_at", "id")

CREATE INDEX "outreach_team_id_state_created_at_id" ON "outreach" ("team_id", "state", "created_at", "id")

CREATE UNIQUE INDEX "outreach_review_once" ON "outreach" ("order_id") WHERE (("action" = 'productReviewAndSellerFeedback') AND ("state" NOT IN ('refused', 'taken_back')))

CREATE INDEX "outreach_purge" ON "outreach" ("purge_at") WHERE ("purge_at" IS NOT NULL)

CREATE TABLE "outreach_file" (
    "id" INTEGER NOT NULL PRIMARY KEY,
    "outreach_id" INTEGER NOT NULL,
    "place" INTEGER NOT NULL,
    "content_type" VARCHAR(60) NOT NULL,
    "size" INTEGER NOT NULL,
    "filename" BLOB NOT NULL,
    "content" BLOB,
    FOREIGN KEY ("outreach_id") REFERENCES "outreach" ("id") ON DELETE CASCADE
)

CREATE UNIQUE INDEX "outreach_file_outreach_id_place" ON "outreach_file" ("outreach_id", "place")

ALTER TABLE "mail_message" ADD COLUMN "trouble_at" DATETIME

UPDATE "mail_message" SET "trouble_at" = COALESCE("sent_at", "at")
WHERE "direction" = 'out' AND ("state" IN ('failed', 'bounced') OR ("state" = 'sending' AND "problem" <> ''))
    AND "thread_id" IN (SELECT "id" FROM "mail_thread" WHERE "destroyed_at" IS NULL)

CREATE INDEX "mail_message_trouble" ON "mail_message" ("team_id", "trouble_at", "id") WHERE ("trouble_at" IS NOT NULL)
