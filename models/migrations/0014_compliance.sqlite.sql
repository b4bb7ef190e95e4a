CREATE TABLE "canary" (
    "order_id" INTEGER NOT NULL PRIMARY KEY,
    "store_id" INTEGER NOT NULL,
    "made_by_id" INTEGER,
    "made_at" DATETIME NOT NULL,
    FOREIGN KEY ("order_id") REFERENCES "order" ("id") ON DELETE CASCADE,
    FOREIGN KEY ("store_id") REFERENCES "store" ("id") ON DELETE CASCADE,
    FOREIGN KEY ("made_by_id") REFERENCES "person" ("id") ON DELETE SET NULL
)

CREATE UNIQUE INDEX "canary_store_id" ON "canary" ("store_id")

CREATE INDEX "canary_made_by_id" ON "canary" ("made_by_id")

CREATE TABLE "access_review" (
    "id" INTEGER NOT NULL PRIMARY KEY,
    "uid" TEXT NOT NULL,
    "team_id" INTEGER NOT NULL,
    "state" VARCHAR(32) NOT NULL CHECK ("state" IN ('open', 'closing', 'closed')),
    "opened_at" DATETIME NOT NULL,
    "opened_by_id" INTEGER,
    "due_at" DATETIME NOT NULL,
    "closed_at" DATETIME,
    "closed_by_id" INTEGER,
    "is_overdue" INTEGER NOT NULL,
    FOREIGN KEY ("team_id") REFERENCES "team" ("id") ON DELETE RESTRICT,
    FOREIGN KEY ("opened_by_id") REFERENCES "person" ("id") ON DELETE RESTRICT,
    FOREIGN KEY ("closed_by_id") REFERENCES "person" ("id") ON DELETE RESTRICT
)

CREATE UNIQUE INDEX "access_review_uid" ON "access_review" ("uid")

CREATE INDEX "access_review_team_id" ON "access_review" ("team_id")

CREATE INDEX "access_review_opened_by_id" ON "access_review" ("opened_by_id")

CREATE INDEX "access_review_closed_by_id" ON "access_review" ("closed_by_id")

CREATE UNIQUE INDEX "access_review_one_open" ON "access_review" ("team_id") WHERE ("state" != 'closed')

CREATE TABLE "review_line" (
    "id" INTEGER NOT NULL PRIMARY KEY,
    "uid" TEXT NOT NULL,
    "review_id" INTEGER NOT NULL,
    "position" INTEGER NOT NULL,
    "kind" VARCHAR(32) NOT NULL CHECK ("kind" IN ('person', 'authorization', 'application')),
    "person_id" INTEGER,
    "subject_id" INTEGER NOT NULL,
    "title" VARCHAR(120) NOT NULL,
    "before" TEXT NOT NULL,
    "decision" VARCHAR(32) NOT NULL CHECK ("decision" IN ('', 'keep', 'reduce', 'remove')),
    "choice" TEXT NOT NULL,
    "reason" VARCHAR(300) NOT NULL,
    "decided_by_id" INTEGER,
    "decided_at" DATETIME,
    "is_solo" INTEGER NOT NULL,
    "outcome" VARCHAR(32) NOT NULL CHECK ("outcome" IN ('', 'kept', 'reduced', 'removed', 'suspended', 'gone', 'refused', 'undecided')),
    "problem" TEXT NOT NULL,
    "after" TEXT NOT NULL,
    "applied_at" DATETIME,
    FOREIGN KEY ("review_id") REFERENCES "access_review" ("id") ON DELETE RESTRICT,
    FOREIGN KEY ("person_id") REFERENCES "person" ("id") ON DELETE RESTRICT,
    FOREIGN KEY ("decided_by_id") REFERENCES "person" ("id") ON DELETE RESTRICT
)

CREATE UNIQUE INDEX "review_line_uid" ON "review_line" ("uid")

CREATE INDEX "review_line_review_id" ON "review_line" ("review_id")

CREATE INDEX "review_line_person_id" ON "review_line" ("person_id")

CREATE INDEX "review_line_decided_by_id" ON "review_line" ("decided_by_id")

CREATE UNIQUE INDEX "review_line_review_id_position" ON "review_line" ("review_id", "position")

CREATE TABLE "review_document" (
    "id" INTEGER NOT NULL PRIMARY KEY,
    "review_id" INTEGER NOT NULL,
    "language" VARCHAR(12) NOT NULL,
    "content" TEXT NOT NULL,
    "sha256" VARCHAR(64) NOT NULL,
    "root_version" INTEGER NOT NULL,
    "signature" VARCHAR(100) NOT NULL,
    "pdf" BLOB NOT NULL,
    "file_sha256" VARCHAR(64) NOT NULL,
    "made_at" DATETIME NOT NULL,
    FOREIGN KEY ("review_id") REFERENCES "access_review" ("id") ON DELETE RESTRICT
)

CREATE INDEX "review_document_review_id" ON "review_document" ("review_id")

CREATE UNIQUE INDEX "review_document_review_id_language" ON "review_document" ("review_id", "language")

CREATE TABLE "alarm" (
    "id" INTEGER NOT NULL PRIMARY KEY,
    "uid" TEXT NOT NULL,
    "team_id" INTEGER,
    "kind" VARCHAR(40) NOT NULL,
    "severity" VARCHAR(32) NOT NULL CHECK ("severity" IN ('notice', 'serious', 'grave')),
    "key" VARCHAR(160) NOT NULL,
    "person_id" INTEGER,
    "store_id" INTEGER,
    "details" TEXT NOT NULL,
    "first_at" DATETIME NOT NULL,
    "last_at" DATETIME NOT NULL,
    "count" INTEGER NOT NULL,
    "answer" VARCHAR(32) NOT NULL CHECK ("answer" IN ('', 'suspended', 'sessions_ended')),
    "with_operator" INTEGER NOT NULL,
    "escalated_at" DATETIME,
    "state" VARCHAR(32) NOT NULL CHECK ("state" IN ('open', 'settled')),
    "outcome" VARCHAR(32) NOT NULL CHECK ("outcome" IN ('', 'explained', 'misuse', 'false_alarm')),
    "note" VARCHAR(500) NOT NULL,
    "settled_by_id" INTEGER,
    "settled_at" DATETIME,
    FOREIGN KEY ("team_id") REFERENCES "team" ("id") ON DELETE RESTRICT,
    FOREIGN KEY ("person_id") REFERENCES "person" ("id") ON DELETE RESTRICT,
    FOREIGN KEY ("settled_by_id") REFERENCES "person" ("id") ON DELETE RESTRICT
)

CREATE UNIQUE INDEX "alarm_uid" ON "alarm" ("uid")

CREATE INDEX "alarm_team_id" ON "alarm" ("team_id")

CREATE INDEX "alarm_person_id" ON "alarm" ("person_id")

CREATE INDEX "alarm_settled_by_id" ON "alarm" ("settled_by_id")

CREATE INDEX "alarm_team_id_state_id" ON "alarm" ("team_id", "state", "id")

CREATE INDEX "alarm_state_first_at" ON "alarm" ("state", "first_at")

CREATE UNIQUE INDEX "alarm_one_open" ON "alarm" ("kind", "key") WHERE ("state" = 'open')

CREATE TABLE "alarm_threshold" (
    "id" INTEGER NOT NULL PRIMARY KEY,
    "team_id" INTEGER NOT NULL,
    "kind" VARCHAR(40) NOT NULL,
    "value" INTEGER NOT NULL,
    FOREIGN KEY ("team_id") REFERENCES "team" ("id") ON DELETE CASCADE
)

CREATE INDEX "alarm_threshold_team_id" ON "alarm_threshold" ("team_id")

CREATE UNIQUE INDEX "alarm_threshold_team_id_kind" ON "alarm_threshold" ("team_id", "kind")

CREATE TABLE "alarm_watch" (
    "id" INTEGER NOT NULL PRIMARY KEY,
    "seq" INTEGER NOT NULL
)

CREATE TABLE "activity_count" (
    "id" INTEGER NOT NULL PRIMARY KEY,
    "person_id" INTEGER NOT NULL,
    "team_id" INTEGER NOT NULL,
    "kind" VARCHAR(32) NOT NULL CHECK ("kind" IN ('refused', 'orders')),
    "slot" DATETIME NOT NULL,
    "count" INTEGER NOT NULL,
    FOREIGN KEY ("person_id") REFERENCES "person" ("id") ON DELETE CASCADE
)

CREATE INDEX "activity_count_person_id" ON "activity_count" ("person_id")

CREATE UNIQUE INDEX "activity_count_person_id_team_id_kind_slot" ON "activity_count" ("person_id", "team_id", "kind", "slot")

CREATE INDEX "activity_count_kind_slot" ON "activity_count" ("kind", "slot")

CREATE TABLE "baseline" (
    "id" INTEGER NOT NULL PRIMARY KEY,
    "day" DATE NOT NULL,
    "sha256" VARCHAR(64) NOT NULL,
    "content" BLOB,
    "lines" INTEGER NOT NULL,
    "unexplained" INTEGER NOT NULL,
    "event_id" INTEGER NOT NULL,
    "made_at" DATETIME NOT NULL
)

CREATE UNIQUE INDEX "baseline_day" ON "baseline" ("day")

-- A closed review never changes, nor do its lines and documents.
CREATE TRIGGER "access_review_closed" BEFORE UPDATE ON "access_review"
WHEN OLD."state" = 'closed'
BEGIN
    SELECT RAISE(ABORT, 'a closed review never changes');
END

CREATE TRIGGER "access_review_no_delete" BEFORE DELETE ON "access_review"
BEGIN
    SELECT RAISE(ABORT, 'a review is never deleted');
END

CREATE TRIGGER "access_review_no_replace" BEFORE INSERT ON "access_review"
WHEN EXISTS (SELECT 1 FROM "access_review" WHERE "id" = NEW."id" OR "uid" = NEW."uid")
BEGIN
    SELECT RAISE(ABORT, 'a review is never replaced');
END

CREATE TRIGGER "review_line_closed" BEFORE UPDATE ON "review_line"
WHEN EXISTS (SELECT 1 FROM "access_review" WHERE "id" = OLD."review_id" AND "state" = 'closed')
BEGIN
    SELECT RAISE(ABORT, 'a closed review never changes');
END

CREATE TRIGGER "review_line_no_delete" BEFORE DELETE ON "review_line"
BEGIN
    SELECT RAISE(ABORT, 'a review is never deleted');
END

CREATE TRIGGER "review_line_no_late" BEFORE INSERT ON "review_line"
WHEN EXISTS (SELECT 1 FROM "review_line" WHERE "id" = NEW."id" OR "uid" = NEW."uid")
    OR EXISTS (SELECT 1 FROM "access_review" WHERE "id" = NEW."review_id" AND "state" = 'closed')
BEGIN
    SELECT RAISE(ABORT, 'a closed review never changes');
END

CREATE TRIGGER "review_document_no_update" BEFORE UPDATE ON "review_document"
BEGIN
    SELECT RAISE(ABORT, 'a signed document never changes');
END

CREATE TRIGGER "review_document_no_delete" BEFORE DELETE ON "review_document"
BEGIN
    SELECT RAISE(ABORT, 'a signed document never changes');
END

CREATE TRIGGER "review_document_no_replace" BEFORE INSERT ON "review_document"
WHEN EXISTS (SELECT 1 FROM "review_document" WHERE "id" = NEW."id" OR ("review_id" = NEW."review_id" AND "language" = NEW."language"))
BEGIN
    SELECT RAISE(ABORT, 'a signed document never changes');
END
