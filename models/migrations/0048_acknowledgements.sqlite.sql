ALTER TABLE "order_line" ADD COLUMN "tax_minor" INTEGER

CREATE TABLE "acknowledgement_rule" (
    "id" INTEGER NOT NULL PRIMARY KEY,
    "uid" TEXT NOT NULL,
    "team_id" INTEGER NOT NULL,
    "store_id" INTEGER,
    "marketplace_id" VARCHAR(24) NOT NULL,
    "language" VARCHAR(8) NOT NULL,
    "template_id" INTEGER NOT NULL,
    "after_hours" INTEGER NOT NULL,
    "is_outside_only" INTEGER NOT NULL,
    "weekdays" VARCHAR(7) NOT NULL,
    "from_minute" INTEGER NOT NULL,
    "to_minute" INTEGER NOT NULL,
    "quiet_days" INTEGER NOT NULL,
    "is_on" INTEGER NOT NULL,
    "on_since" DATETIME,
    "sent_count" INTEGER NOT NULL,
    "made_by_id" INTEGER,
    "created_at" DATETIME NOT NULL,
    FOREIGN KEY ("team_id") REFERENCES "team" ("id") ON DELETE CASCADE,
    FOREIGN KEY ("store_id") REFERENCES "store" ("id") ON DELETE CASCADE,
    FOREIGN KEY ("template_id") REFERENCES "mail_template" ("id") ON DELETE RESTRICT,
    FOREIGN KEY ("made_by_id") REFERENCES "person" ("id") ON DELETE SET NULL
)

CREATE UNIQUE INDEX "acknowledgement_rule_uid" ON "acknowledgement_rule" ("uid")

CREATE INDEX "acknowledgement_rule_team_id" ON "acknowledgement_rule" ("team_id")

CREATE TABLE "acknowledgement" (
    "id" INTEGER NOT NULL PRIMARY KEY,
    "thread_id" INTEGER NOT NULL,
    "rule_id" INTEGER,
    "message_id" INTEGER,
    "state" VARCHAR(32) NOT NULL CHECK ("state" IN ('written', 'withheld')),
    "why" VARCHAR(20) NOT NULL,
    "for_at" DATETIME NOT NULL,
    "at" DATETIME NOT NULL,
    FOREIGN KEY ("thread_id") REFERENCES "mail_thread" ("id") ON DELETE CASCADE,
    FOREIGN KEY ("rule_id") REFERENCES "acknowledgement_rule" ("id") ON DELETE SET NULL,
    FOREIGN KEY ("message_id") REFERENCES "mail_message" ("id") ON DELETE SET NULL
)

CREATE UNIQUE INDEX "acknowledgement_thread_id" ON "acknowledgement" ("thread_id")

CREATE INDEX "acknowledgement_rule_id" ON "acknowledgement" ("rule_id")

CREATE INDEX "acknowledgement_message_id" ON "acknowledgement" ("message_id")
