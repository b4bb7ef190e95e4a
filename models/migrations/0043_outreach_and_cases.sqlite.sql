CREATE TABLE "outreach" (
    "id" INTEGER NOT NULL PRIMARY KEY,
    "uid" TEXT NOT NULL,
    "team_id" INTEGER NOT NULL,
    "store_id" INTEGER NOT NULL,
    "order_id" INTEGER NOT NULL,
    "action" VARCHAR(32) NOT NULL CHECK ("action" IN ('confirmOrderDetails', 'confirmDeliveryDetails', 'confirmCustomizationDetails', 'confirmServiceDetails', 'unexpectedProblem', 'digitalAccessKey', 'productReviewAndSellerFeedback')),
    "text" BLOB,
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

CREATE UNIQUE INDEX "outreach_uid" ON "outreach" ("uid")

CREATE INDEX "outreach_order_id" ON "outreach" ("order_id")

CREATE INDEX "outreach_state_due_at" ON "outreach" ("state", "due_at")

CREATE INDEX "outreach_team_id_created_at_id" ON "outreach" ("team_id", "created_at", "id")

CREATE INDEX "outreach_team_id_state_created_at_id" ON "outreach" ("team_id", "state", "created_at", "id")

CREATE UNIQUE INDEX "outreach_review_once" ON "outreach" ("order_id") WHERE (("action" = 'productReviewAndSellerFeedback') AND ("state" NOT IN ('refused', 'taken_back')))

CREATE INDEX "outreach_purge" ON "outreach" ("purge_at") WHERE ("purge_at" IS NOT NULL)

CREATE TABLE "outreach_offer" (
    "order_id" INTEGER NOT NULL PRIMARY KEY,
    "actions" TEXT NOT NULL,
    "locale" VARCHAR(16) NOT NULL,
    "asked_at" DATETIME,
    "looked_at" DATETIME,
    "problem" TEXT NOT NULL,
    FOREIGN KEY ("order_id") REFERENCES "order" ("id") ON DELETE CASCADE
)

CREATE INDEX "outreach_offer_asked" ON "outreach_offer" ("asked_at") WHERE ("asked_at" IS NOT NULL)

CREATE TABLE "after_sales_case" (
    "id" INTEGER NOT NULL PRIMARY KEY,
    "uid" TEXT NOT NULL,
    "team_id" INTEGER NOT NULL,
    "store_id" INTEGER NOT NULL,
    "order_id" INTEGER NOT NULL,
    "thread_id" INTEGER,
    "sku" VARCHAR(80) NOT NULL,
    "units" INTEGER NOT NULL,
    "marketplace_id" VARCHAR(24) NOT NULL,
    "kind" VARCHAR(32) NOT NULL CHECK ("kind" IN ('return', 'refund', 'replacement', 'a_to_z', 'chargeback', 'feedback', 'other')),
    "reason" VARCHAR(32) NOT NULL CHECK ("reason" IN ('', 'defective', 'damaged', 'wrong_item', 'missing_parts', 'not_as_described', 'does_not_fit', 'quality', 'too_late', 'never_arrived', 'changed_mind', 'unauthorized', 'other')),
    "state" VARCHAR(32) NOT NULL CHECK ("state" IN ('proposed', 'open', 'waiting', 'settled', 'refused', 'dismissed')),
    "cost_minor" INTEGER NOT NULL,
    "currency" VARCHAR(3) NOT NULL,
    "note" TEXT NOT NULL,
    "due_at" DATETIME NOT NULL,
    "assignee_id" INTEGER,
    "opened_by_id" INTEGER,
    "opened_at" DATETIME NOT NULL,
    "ended_at" DATETIME,
    "ended_by_id" INTEGER,
    FOREIGN KEY ("team_id") REFERENCES "team" ("id") ON DELETE RESTRICT,
    FOREIGN KEY ("store_id") REFERENCES "store" ("id") ON DELETE RESTRICT,
    FOREIGN KEY ("order_id") REFERENCES "order" ("id") ON DELETE RESTRICT,
    FOREIGN KEY ("thread_id") REFERENCES "mail_thread" ("id") ON DELETE SET NULL,
    FOREIGN KEY ("assignee_id") REFERENCES "person" ("id") ON DELETE SET NULL,
    FOREIGN KEY ("opened_by_id") REFERENCES "person" ("id") ON DELETE SET NULL
)

CREATE UNIQUE INDEX "after_sales_case_uid" ON "after_sales_case" ("uid")

CREATE INDEX "after_sales_case_order_id" ON "after_sales_case" ("order_id")

CREATE INDEX "after_sales_case_thread_id" ON "after_sales_case" ("thread_id")

CREATE INDEX "after_sales_case_team_id_opened_at_id" ON "after_sales_case" ("team_id", "opened_at", "id")

CREATE INDEX "after_sales_case_team_id_state_opened_at_id" ON "after_sales_case" ("team_id", "state", "opened_at", "id")

CREATE INDEX "after_sales_case_team_id_state_due_at_id" ON "after_sales_case" ("team_id", "state", "due_at", "id")

CREATE INDEX "after_sales_case_team_id_kind_opened_at_id" ON "after_sales_case" ("team_id", "kind", "opened_at", "id")

CREATE INDEX "after_sales_case_team_id_store_id_opened_at_id" ON "after_sales_case" ("team_id", "store_id", "opened_at", "id")

CREATE INDEX "after_sales_case_team_id_sku_opened_at_id" ON "after_sales_case" ("team_id", "sku", "opened_at", "id")

CREATE INDEX "after_sales_case_team_id_assignee_id_state_due_at_id" ON "after_sales_case" ("team_id", "assignee_id", "state", "due_at", "id")
