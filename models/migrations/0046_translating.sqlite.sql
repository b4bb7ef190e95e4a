CREATE TABLE "translator_account" (
    "id" INTEGER NOT NULL PRIMARY KEY,
    "uid" TEXT NOT NULL,
    "team_id" INTEGER NOT NULL,
    "kind" VARCHAR(32) NOT NULL CHECK ("kind" IN ('microsoft', 'google')),
    "region" VARCHAR(40) NOT NULL,
    "secret" BLOB,
    "last4" VARCHAR(4) NOT NULL,
    "secret_set_at" DATETIME,
    "most_a_month" INTEGER NOT NULL,
    "month" VARCHAR(7) NOT NULL,
    "used" INTEGER NOT NULL,
    "state" VARCHAR(32) NOT NULL CHECK ("state" IN ('checking', 'active', 'paused', 'refused')),
    "problem" TEXT NOT NULL,
    "problem_at" DATETIME,
    "failures" INTEGER NOT NULL,
    "good_at" DATETIME,
    "rest_until" DATETIME,
    "made_by_id" INTEGER,
    "created_at" DATETIME NOT NULL,
    FOREIGN KEY ("team_id") REFERENCES "team" ("id") ON DELETE RESTRICT,
    FOREIGN KEY ("made_by_id") REFERENCES "person" ("id") ON DELETE SET NULL
)

CREATE UNIQUE INDEX "translator_account_uid" ON "translator_account" ("uid")

CREATE UNIQUE INDEX "translator_account_team_id" ON "translator_account" ("team_id")

CREATE TABLE "translator_call" (
    "id" INTEGER NOT NULL PRIMARY KEY,
    "account_id" INTEGER NOT NULL,
    "at" DATETIME NOT NULL,
    "operation" VARCHAR(60) NOT NULL,
    "status" INTEGER NOT NULL,
    "ms" INTEGER NOT NULL,
    "attempt" INTEGER NOT NULL,
    "error" VARCHAR(80) NOT NULL,
    FOREIGN KEY ("account_id") REFERENCES "translator_account" ("id") ON DELETE CASCADE
)

CREATE INDEX "translator_call_account_id_id" ON "translator_call" ("account_id", "id")

CREATE INDEX "translator_call_at" ON "translator_call" ("at")

CREATE TABLE "mail_translation" (
    "id" INTEGER NOT NULL PRIMARY KEY,
    "uid" TEXT NOT NULL,
    "team_id" INTEGER NOT NULL,
    "thread_id" INTEGER NOT NULL,
    "message_id" INTEGER,
    "person_id" INTEGER,
    "source" VARCHAR(12) NOT NULL,
    "target" VARCHAR(12) NOT NULL,
    "state" VARCHAR(32) NOT NULL CHECK ("state" IN ('waiting', 'working', 'done', 'failed')),
    "problem" VARCHAR(300) NOT NULL,
    "tries" INTEGER NOT NULL,
    "next_try_at" DATETIME NOT NULL,
    "asked_at" DATETIME NOT NULL,
    "done_at" DATETIME,
    "used_at" DATETIME,
    "unsure_count" INTEGER NOT NULL,
    "original" BLOB,
    "text" BLOB,
    "back" BLOB,
    FOREIGN KEY ("team_id") REFERENCES "team" ("id") ON DELETE RESTRICT,
    FOREIGN KEY ("thread_id") REFERENCES "mail_thread" ("id") ON DELETE CASCADE,
    FOREIGN KEY ("message_id") REFERENCES "mail_message" ("id") ON DELETE CASCADE,
    FOREIGN KEY ("person_id") REFERENCES "person" ("id") ON DELETE SET NULL
)

CREATE UNIQUE INDEX "mail_translation_uid" ON "mail_translation" ("uid")

CREATE INDEX "mail_translation_thread_id" ON "mail_translation" ("thread_id")

CREATE UNIQUE INDEX "mail_translation_of_message" ON "mail_translation" ("message_id", "target") WHERE ("message_id" IS NOT NULL)

CREATE UNIQUE INDEX "mail_translation_of_answer" ON "mail_translation" ("thread_id", "person_id") WHERE ("message_id" IS NULL)

CREATE INDEX "mail_translation_due" ON "mail_translation" ("next_try_at") WHERE ("state" IN ('waiting', 'working'))
