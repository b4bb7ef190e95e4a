ALTER TABLE "outreach" DROP CONSTRAINT "outreach_action_check"

ALTER TABLE "outreach" ADD CONSTRAINT "outreach_action_check"
    CHECK ("action" IN ('confirmOrderDetails', 'confirmDeliveryDetails', 'confirmCustomizationDetails', 'confirmServiceDetails', 'unexpectedProblem', 'digitalAccessKey', 'invoice', 'warranty', 'legalDisclosure', 'productReviewAndSellerFeedback'))

ALTER TABLE "outreach" ADD COLUMN "file_count" INTEGER NOT NULL DEFAULT 0

ALTER TABLE "outreach" ALTER COLUMN "file_count" DROP DEFAULT

ALTER TABLE "outreach" ADD COLUMN "covers_from" DATE

ALTER TABLE "outreach" ADD COLUMN "covers_until" DATE

CREATE TABLE "outreach_file" (
    "id" SERIAL NOT NULL PRIMARY KEY,
    "outreach_id" INTEGER NOT NULL,
    "place" INTEGER NOT NULL,
    "content_type" VARCHAR(60) NOT NULL,
    "size" INTEGER NOT NULL,
    "filename" BYTEA NOT NULL,
    "content" BYTEA,
    FOREIGN KEY ("outreach_id") REFERENCES "outreach" ("id") ON DELETE CASCADE
)

CREATE UNIQUE INDEX "outreach_file_outreach_id_place" ON "outreach_file" ("outreach_id", "place")

ALTER TABLE "mail_message" ADD COLUMN "trouble_at" TIMESTAMP

UPDATE "mail_message" SET "trouble_at" = COALESCE("sent_at", "at")
WHERE "direction" = 'out' AND ("state" IN ('failed', 'bounced') OR ("state" = 'sending' AND "problem" <> ''))
    AND "thread_id" IN (SELECT "id" FROM "mail_thread" WHERE "destroyed_at" IS NULL)

CREATE INDEX "mail_message_trouble" ON "mail_message" ("team_id", "trouble_at", "id") WHERE ("trouble_at" IS NOT NULL)
