CREATE TABLE "mail_thread" (
    "id" SERIAL NOT NULL PRIMARY KEY,
    "uid" UUID NOT NULL,
    "team_id" INTEGER NOT NULL,
    "store_id" INTEGER NOT NULL,
    "order_id" INTEGER,
    "order_no" VARCHAR(40) NOT NULL,
    "buyer_mark" VARCHAR(64) NOT NULL,
    "marketplace_id" VARCHAR(24) NOT NULL,
    "language" VARCHAR(8) NOT NULL,
    "state" VARCHAR(32) NOT NULL CHECK ("state" IN ('open', 'waiting', 'done', 'spam')),
    "kind" VARCHAR(32) NOT NULL,
    "unanswered_at" TIMESTAMP,
    "due_at" TIMESTAMP,
    "last_at" TIMESTAMP NOT NULL,
    "last_in_at" TIMESTAMP,
    "snoozed_until" TIMESTAMP,
    "assignee_id" INTEGER,
    "is_suspect" BOOLEAN NOT NULL,
    "message_count" INTEGER NOT NULL,
    "has_attachment" BOOLEAN NOT NULL,
    "merged_into_id" INTEGER,
    "escalated_at" TIMESTAMP,
    "purge_at" TIMESTAMP,
    "destroyed_at" TIMESTAMP,
    "created_at" TIMESTAMP NOT NULL,
    "subject" BYTEA,
    "buyer_name" BYTEA,
    "to_address" BYTEA,
    FOREIGN KEY ("team_id") REFERENCES "team" ("id") ON DELETE RESTRICT,
    FOREIGN KEY ("store_id") REFERENCES "store" ("id") ON DELETE RESTRICT,
    FOREIGN KEY ("order_id") REFERENCES "order" ("id") ON DELETE SET NULL,
    FOREIGN KEY ("assignee_id") REFERENCES "person" ("id") ON DELETE SET NULL,
    FOREIGN KEY ("merged_into_id") REFERENCES "mail_thread" ("id") ON DELETE SET NULL
)

CREATE UNIQUE INDEX "mail_thread_uid" ON "mail_thread" ("uid")

CREATE INDEX "mail_thread_order_id" ON "mail_thread" ("order_id")

CREATE INDEX "mail_thread_team_id_last_at_id" ON "mail_thread" ("team_id", "last_at", "id")

CREATE INDEX "mail_thread_team_id_state_last_at_id" ON "mail_thread" ("team_id", "state", "last_at", "id")

CREATE INDEX "mail_thread_team_id_state_due_at_id" ON "mail_thread" ("team_id", "state", "due_at", "id")

CREATE INDEX "mail_thread_team_id_store_id_last_at_id" ON "mail_thread" ("team_id", "store_id", "last_at", "id")

CREATE INDEX "mail_thread_team_id_marketplace_id_last_at_id" ON "mail_thread" ("team_id", "marketplace_id", "last_at", "id")

CREATE INDEX "mail_thread_team_id_language_last_at_id" ON "mail_thread" ("team_id", "language", "last_at", "id")

CREATE INDEX "mail_thread_team_id_assignee_id_state_due_at_id" ON "mail_thread" ("team_id", "assignee_id", "state", "due_at", "id")

CREATE INDEX "mail_thread_team_id_order_no" ON "mail_thread" ("team_id", "order_no")

CREATE INDEX "mail_thread_team_id_buyer_mark_last_at" ON "mail_thread" ("team_id", "buyer_mark", "last_at")

CREATE INDEX "mail_thread_due" ON "mail_thread" ("purge_at") WHERE ("purge_at" IS NOT NULL)

CREATE INDEX "mail_thread_snoozed" ON "mail_thread" ("snoozed_until") WHERE ("snoozed_until" IS NOT NULL)

CREATE INDEX "mail_thread_suspect" ON "mail_thread" ("team_id", "last_at", "id") WHERE "is_suspect"

CREATE TABLE "mail_message" (
    "id" SERIAL NOT NULL PRIMARY KEY,
    "uid" UUID NOT NULL,
    "team_id" INTEGER NOT NULL,
    "store_id" INTEGER NOT NULL,
    "thread_id" INTEGER NOT NULL,
    "account_id" INTEGER,
    "direction" VARCHAR(32) NOT NULL CHECK ("direction" IN ('in', 'out')),
    "kind" VARCHAR(32) NOT NULL,
    "at" TIMESTAMP NOT NULL,
    "received_at" TIMESTAMP,
    "sent_at" TIMESTAMP,
    "mark" VARCHAR(64) NOT NULL,
    "digest" VARCHAR(64) NOT NULL,
    "refs" TEXT NOT NULL,
    "starts_clock" BOOLEAN NOT NULL,
    "answer" VARCHAR(32) NOT NULL CHECK ("answer" IN ('', 'reply', 'not_needed')),
    "answered_at" TIMESTAMP,
    "answered_by_id" INTEGER,
    "warnings" TEXT NOT NULL,
    "order_ids" TEXT NOT NULL,
    "asins" TEXT NOT NULL,
    "attachment_count" INTEGER NOT NULL,
    "size" INTEGER NOT NULL,
    "author_id" INTEGER,
    "state" VARCHAR(32) NOT NULL CHECK ("state" IN ('taken', 'waiting', 'sending', 'sent', 'failed', 'bounced', 'cancelled')),
    "send_after" TIMESTAMP,
    "tries" INTEGER NOT NULL,
    "next_try_at" TIMESTAMP,
    "problem" VARCHAR(300) NOT NULL,
    "text_mark" VARCHAR(64) NOT NULL,
    "message_id" VARCHAR(200) NOT NULL,
    "translated_from" VARCHAR(8) NOT NULL,
    "created_at" TIMESTAMP NOT NULL,
    "subject" BYTEA,
    "from_name" BYTEA,
    "from_addr" BYTEA,
    "text" BYTEA,
    "attachments" BYTEA,
    FOREIGN KEY ("team_id") REFERENCES "team" ("id") ON DELETE RESTRICT,
    FOREIGN KEY ("store_id") REFERENCES "store" ("id") ON DELETE RESTRICT,
    FOREIGN KEY ("thread_id") REFERENCES "mail_thread" ("id") ON DELETE CASCADE,
    FOREIGN KEY ("answered_by_id") REFERENCES "person" ("id") ON DELETE SET NULL,
    FOREIGN KEY ("author_id") REFERENCES "person" ("id") ON DELETE SET NULL
)

CREATE UNIQUE INDEX "mail_message_uid" ON "mail_message" ("uid")

CREATE UNIQUE INDEX "mail_message_team_id_direction_mark" ON "mail_message" ("team_id", "direction", "mark")

CREATE INDEX "mail_message_team_id_digest" ON "mail_message" ("team_id", "digest")

CREATE INDEX "mail_message_thread_id_at_id" ON "mail_message" ("thread_id", "at", "id")

CREATE INDEX "mail_message_leaving" ON "mail_message" ("send_after", "id") WHERE ("state" IN ('waiting', 'sending'))

CREATE INDEX "mail_message_unanswered" ON "mail_message" ("thread_id", "at") WHERE ("starts_clock" AND ("answer" = ''))

CREATE TABLE "mail_raw" (
    "message_id" INTEGER NOT NULL PRIMARY KEY,
    "raw" BYTEA NOT NULL,
    FOREIGN KEY ("message_id") REFERENCES "mail_message" ("id") ON DELETE CASCADE
)

CREATE TABLE "mail_draft" (
    "id" SERIAL NOT NULL PRIMARY KEY,
    "thread_id" INTEGER NOT NULL,
    "person_id" INTEGER NOT NULL,
    "text" BYTEA,
    "attachments" BYTEA,
    "saved_at" TIMESTAMP NOT NULL,
    FOREIGN KEY ("thread_id") REFERENCES "mail_thread" ("id") ON DELETE CASCADE,
    FOREIGN KEY ("person_id") REFERENCES "person" ("id") ON DELETE CASCADE
)

CREATE INDEX "mail_draft_person_id" ON "mail_draft" ("person_id")

CREATE UNIQUE INDEX "mail_draft_thread_id_person_id" ON "mail_draft" ("thread_id", "person_id")

CREATE TABLE "mail_note" (
    "id" SERIAL NOT NULL PRIMARY KEY,
    "uid" UUID NOT NULL,
    "thread_id" INTEGER NOT NULL,
    "person_id" INTEGER,
    "text" BYTEA,
    "created_at" TIMESTAMP NOT NULL,
    FOREIGN KEY ("thread_id") REFERENCES "mail_thread" ("id") ON DELETE CASCADE,
    FOREIGN KEY ("person_id") REFERENCES "person" ("id") ON DELETE SET NULL
)

CREATE UNIQUE INDEX "mail_note_uid" ON "mail_note" ("uid")

CREATE INDEX "mail_note_thread_id" ON "mail_note" ("thread_id")

CREATE TABLE "mail_tagging" (
    "thread_id" INTEGER NOT NULL,
    "tag_id" INTEGER NOT NULL,
    PRIMARY KEY ("thread_id", "tag_id"),
    FOREIGN KEY ("thread_id") REFERENCES "mail_thread" ("id") ON DELETE CASCADE,
    FOREIGN KEY ("tag_id") REFERENCES "order_tag" ("id") ON DELETE CASCADE
)

CREATE INDEX "mail_tagging_tag_id_thread_id" ON "mail_tagging" ("tag_id", "thread_id")

CREATE TABLE "mail_share" (
    "id" SERIAL NOT NULL PRIMARY KEY,
    "uid" UUID NOT NULL,
    "team_id" INTEGER NOT NULL,
    "person_id" INTEGER NOT NULL,
    "store_id" INTEGER,
    "language" VARCHAR(8) NOT NULL,
    "given_at" TIMESTAMP,
    "created_at" TIMESTAMP NOT NULL,
    FOREIGN KEY ("team_id") REFERENCES "team" ("id") ON DELETE CASCADE,
    FOREIGN KEY ("person_id") REFERENCES "person" ("id") ON DELETE CASCADE,
    FOREIGN KEY ("store_id") REFERENCES "store" ("id") ON DELETE CASCADE
)

CREATE UNIQUE INDEX "mail_share_uid" ON "mail_share" ("uid")

CREATE UNIQUE INDEX "mail_share_team_id_person_id_store_id_language" ON "mail_share" ("team_id", "person_id", "store_id", "language")
