ALTER TABLE "order" ADD COLUMN "deliver_by_from" TIMESTAMP

ALTER TABLE "order" ADD COLUMN "marks" VARCHAR(16) NOT NULL DEFAULT ''

ALTER TABLE "order" ADD COLUMN "replaces" VARCHAR(40) NOT NULL DEFAULT ''

ALTER TABLE "order" ADD COLUMN "assignee_id" INTEGER REFERENCES "person" ("id") ON DELETE SET NULL

ALTER TABLE "order" ADD COLUMN "held_at" TIMESTAMP

ALTER TABLE "order" ADD COLUMN "held_by_id" INTEGER

ALTER TABLE "order" ADD COLUMN "hold_reason" VARCHAR(200) NOT NULL DEFAULT ''

ALTER TABLE "order_line" ADD COLUMN "quantity_cancelled" INTEGER NOT NULL DEFAULT 0

ALTER TABLE "order_line" ADD COLUMN "extras" TEXT NOT NULL DEFAULT ''

ALTER TABLE "order_package" ADD COLUMN "detail" VARCHAR(32) NOT NULL DEFAULT ''

ALTER TABLE "order_change" ADD COLUMN "what" VARCHAR(32) NOT NULL DEFAULT 'status' CHECK ("what" IN ('status', 'asked', 'total', 'ship_by', 'package'))

ALTER TABLE "buyer" ADD COLUMN "purchase_order" BYTEA

ALTER TABLE "order_refetch" ADD COLUMN "tries" INTEGER NOT NULL DEFAULT 0

ALTER TABLE "order_refetch" ADD COLUMN "due_at" TIMESTAMP

ALTER TABLE "unread_order" ADD COLUMN "again_at" TIMESTAMP

ALTER TABLE "bulk_run" ADD COLUMN "given" TEXT NOT NULL DEFAULT '{}'

ALTER TABLE "bulk_row" ADD COLUMN "before" TEXT NOT NULL DEFAULT '{}'

-- What orders that are here already say of their kind; the rest comes when Amazon tells them again.
UPDATE "order" SET "marks" = CASE WHEN "programs" LIKE '%"AMAZON_BUSINESS"%' THEN 'b' ELSE '' END
    || CASE WHEN "programs" LIKE '%"PRIME"%' AND "fulfilled_by" = 'MERCHANT' THEN 'p' ELSE '' END
    || CASE WHEN "programs" LIKE '%"PREMIUM"%' THEN 'm' ELSE '' END
    || CASE WHEN "programs" LIKE '%"PREORDER"%' THEN 'o' ELSE '' END
    || CASE WHEN EXISTS (SELECT 1 FROM "order_line" WHERE "order_line"."order_id" = "order"."id" AND "order_line"."is_gift") THEN 'g' ELSE '' END
    || CASE WHEN "programs" LIKE '%"AMAZON_EASY_SHIP"%' THEN 'e' ELSE '' END
    || CASE WHEN "programs" LIKE '%"IN_STORE_PICK_UP"%' THEN 'u' ELSE '' END
    || CASE WHEN "programs" LIKE '%"FBM_SHIP_PLUS"%' THEN 's' ELSE '' END
    || CASE WHEN "programs" LIKE '%"DELIVERY_BY_AMAZON"%' THEN 'd' ELSE '' END
    || CASE WHEN ("programs" LIKE '%"AMAZON_HAUL"%' OR "programs" LIKE '%"AMAZON_BAZAAR"%') THEN 'h' ELSE '' END
WHERE "programs" <> '[]' OR EXISTS (SELECT 1 FROM "order_line" WHERE "order_line"."order_id" = "order"."id" AND "order_line"."is_gift")

CREATE TABLE "order_tag" (
    "id" SERIAL NOT NULL PRIMARY KEY,
    "uid" UUID NOT NULL,
    "team_id" INTEGER NOT NULL,
    "name" VARCHAR(30) NOT NULL,
    "folded" VARCHAR(90) NOT NULL,
    "colour" VARCHAR(32) NOT NULL CHECK ("colour" IN ('grey', 'blue', 'green', 'amber', 'red')),
    "created_at" TIMESTAMP NOT NULL,
    FOREIGN KEY ("team_id") REFERENCES "team" ("id") ON DELETE CASCADE
)

CREATE UNIQUE INDEX "order_tag_uid" ON "order_tag" ("uid")

CREATE UNIQUE INDEX "order_tag_team_id_folded" ON "order_tag" ("team_id", "folded")

CREATE TABLE "order_tagging" (
    "order_id" INTEGER NOT NULL,
    "tag_id" INTEGER NOT NULL,
    PRIMARY KEY ("order_id", "tag_id"),
    FOREIGN KEY ("order_id") REFERENCES "order" ("id") ON DELETE CASCADE,
    FOREIGN KEY ("tag_id") REFERENCES "order_tag" ("id") ON DELETE CASCADE
)

CREATE INDEX "order_tagging_tag_id_order_id" ON "order_tagging" ("tag_id", "order_id")

CREATE TABLE "order_note" (
    "id" SERIAL NOT NULL PRIMARY KEY,
    "uid" UUID NOT NULL,
    "order_id" INTEGER NOT NULL,
    "person_id" INTEGER,
    "text" TEXT NOT NULL,
    "created_at" TIMESTAMP NOT NULL,
    FOREIGN KEY ("order_id") REFERENCES "order" ("id") ON DELETE CASCADE,
    FOREIGN KEY ("person_id") REFERENCES "person" ("id") ON DELETE SET NULL
)

CREATE UNIQUE INDEX "order_note_uid" ON "order_note" ("uid")

CREATE INDEX "order_note_order_id" ON "order_note" ("order_id")

CREATE INDEX "order_marks" ON "order" ("team_id", "ordered_at", "id", "marks") WHERE ("marks" != '')

CREATE INDEX "order_assignee" ON "order" ("assignee_id", "team_id", "ordered_at", "id", "awaits_shipment") WHERE ("assignee_id" IS NOT NULL)

CREATE INDEX "order_held" ON "order" ("team_id", "ordered_at", "id") WHERE ("held_at" IS NOT NULL)

CREATE INDEX "order_replaces" ON "order" ("team_id", "replaces") WHERE ("replaces" != '')
