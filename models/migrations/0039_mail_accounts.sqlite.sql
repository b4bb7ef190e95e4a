CREATE TABLE "mail_account" (
    "id" INTEGER NOT NULL PRIMARY KEY,
    "uid" TEXT NOT NULL,
    "team_id" INTEGER NOT NULL,
    "store_id" INTEGER NOT NULL,
    "name" VARCHAR(80) NOT NULL,
    "kind" VARCHAR(32) NOT NULL CHECK ("kind" IN ('imap', 'maildir')),
    "host" VARCHAR(200) NOT NULL,
    "port" INTEGER NOT NULL,
    "login" VARCHAR(200) NOT NULL,
    "auth" VARCHAR(32) NOT NULL CHECK ("auth" IN ('password', 'xoauth2')),
    "secret" BLOB,
    "secret_set_at" DATETIME,
    "client_id" VARCHAR(200) NOT NULL,
    "client_secret" BLOB,
    "oauth_url" VARCHAR(200) NOT NULL,
    "path" VARCHAR(200) NOT NULL,
    "folders" TEXT NOT NULL,
    "smtp_host" VARCHAR(200) NOT NULL,
    "smtp_port" INTEGER NOT NULL,
    "smtp_security" VARCHAR(32) NOT NULL CHECK ("smtp_security" IN ('tls', 'starttls', 'none')),
    "smtp_login" VARCHAR(200) NOT NULL,
    "smtp_secret" BLOB,
    "from_address" VARCHAR(200) NOT NULL,
    "state" VARCHAR(32) NOT NULL CHECK ("state" IN ('checking', 'active', 'paused', 'refused', 'removed')),
    "problem" TEXT NOT NULL,
    "problem_at" DATETIME,
    "failures" INTEGER NOT NULL,
    "good_at" DATETIME,
    "rest_until" DATETIME,
    "findings" TEXT NOT NULL,
    "tried_at" DATETIME,
    "made_by_id" INTEGER,
    "created_at" DATETIME NOT NULL,
    "removed_at" DATETIME,
    FOREIGN KEY ("team_id") REFERENCES "team" ("id") ON DELETE RESTRICT,
    FOREIGN KEY ("store_id") REFERENCES "store" ("id") ON DELETE RESTRICT,
    FOREIGN KEY ("made_by_id") REFERENCES "person" ("id") ON DELETE SET NULL
)

CREATE UNIQUE INDEX "mail_account_uid" ON "mail_account" ("uid")

CREATE INDEX "mail_account_team_id_state" ON "mail_account" ("team_id", "state")

CREATE UNIQUE INDEX "mail_account_once" ON "mail_account" ("team_id", "host", "login", "path") WHERE ("state" != 'removed')

CREATE TABLE "mail_folder" (
    "id" INTEGER NOT NULL PRIMARY KEY,
    "account_id" INTEGER NOT NULL,
    "name" VARCHAR(200) NOT NULL,
    "uidvalidity" INTEGER,
    "last_uid" INTEGER NOT NULL,
    "rescan_since" DATETIME,
    "read_at" DATETIME,
    "taken" INTEGER NOT NULL,
    "stuck_uid" INTEGER,
    "stuck_times" INTEGER NOT NULL,
    FOREIGN KEY ("account_id") REFERENCES "mail_account" ("id") ON DELETE CASCADE
)

CREATE UNIQUE INDEX "mail_folder_account_id_name" ON "mail_folder" ("account_id", "name")

CREATE TABLE "mail_route" (
    "id" INTEGER NOT NULL PRIMARY KEY,
    "account_id" INTEGER NOT NULL,
    "store_id" INTEGER NOT NULL,
    "tag" VARCHAR(20) NOT NULL,
    FOREIGN KEY ("account_id") REFERENCES "mail_account" ("id") ON DELETE CASCADE,
    FOREIGN KEY ("store_id") REFERENCES "store" ("id") ON DELETE RESTRICT
)

CREATE INDEX "mail_route_store_id" ON "mail_route" ("store_id")

CREATE UNIQUE INDEX "mail_route_account_id_tag" ON "mail_route" ("account_id", "tag")

CREATE TABLE "mail_seen" (
    "id" INTEGER NOT NULL PRIMARY KEY,
    "folder_id" INTEGER NOT NULL,
    "mark" VARCHAR(64) NOT NULL,
    "size" INTEGER NOT NULL,
    "problem" TEXT NOT NULL,
    "at" DATETIME NOT NULL,
    FOREIGN KEY ("folder_id") REFERENCES "mail_folder" ("id") ON DELETE CASCADE
)

CREATE UNIQUE INDEX "mail_seen_folder_id_mark" ON "mail_seen" ("folder_id", "mark")

CREATE INDEX "mail_seen_at" ON "mail_seen" ("at")

CREATE TABLE "mail_visit" (
    "id" INTEGER NOT NULL PRIMARY KEY,
    "account_id" INTEGER NOT NULL,
    "at" DATETIME NOT NULL,
    "operation" VARCHAR(20) NOT NULL,
    "mails" INTEGER NOT NULL,
    "ms" INTEGER NOT NULL,
    "error" VARCHAR(40) NOT NULL,
    FOREIGN KEY ("account_id") REFERENCES "mail_account" ("id") ON DELETE CASCADE
)

CREATE INDEX "mail_visit_account_id_id" ON "mail_visit" ("account_id", "id")

CREATE INDEX "mail_visit_at" ON "mail_visit" ("at")
