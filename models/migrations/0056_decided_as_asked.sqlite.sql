-- What one person asked for is decided as it is, by another, once; none is taken away or is there decided from the first.
-- A key of a person becomes empty with the person alone.

CREATE TRIGGER "recharge_no_change" BEFORE UPDATE ON "recharge"
WHEN (OLD."id", OLD."uid", OLD."team_id", OLD."wallet_id", OLD."amount_minor", OLD."currency", OLD."method", OLD."bank_reference", OLD."paid_on", OLD."created_at") IS NOT (NEW."id", NEW."uid", NEW."team_id", NEW."wallet_id", NEW."amount_minor", NEW."currency", NEW."method", NEW."bank_reference", NEW."paid_on", NEW."created_at")
    OR NEW."requested_by_id" IS NOT OLD."requested_by_id" AND (NEW."requested_by_id" IS NOT NULL OR EXISTS (SELECT 1 FROM "person" WHERE "id" = OLD."requested_by_id"))
BEGIN
    SELECT RAISE(ABORT, 'what was asked for is never changed');
END

CREATE TRIGGER "recharge_decided_once" BEFORE UPDATE ON "recharge"
WHEN OLD."state" <> 'waiting' AND (OLD."state", OLD."decided_at", OLD."reason") IS NOT (NEW."state", NEW."decided_at", NEW."reason")
    OR OLD."state" <> 'waiting' AND NEW."decided_by_id" IS NOT OLD."decided_by_id" AND (NEW."decided_by_id" IS NOT NULL OR EXISTS (SELECT 1 FROM "person" WHERE "id" = OLD."decided_by_id"))
BEGIN
    SELECT RAISE(ABORT, 'what was decided is never changed');
END

CREATE TRIGGER "recharge_decided_whole" BEFORE UPDATE ON "recharge"
WHEN OLD."state" = 'waiting' AND NEW."state" = 'waiting' AND (NEW."decided_by_id" IS NOT NULL OR NEW."decided_at" IS NOT NULL OR NEW."reason" <> '')
    OR OLD."state" = 'waiting' AND NEW."state" <> 'waiting' AND (NEW."decided_by_id" IS NULL OR NEW."decided_at" IS NULL)
BEGIN
    SELECT RAISE(ABORT, 'a decision says who and when');
END

CREATE TRIGGER "recharge_decided_by_another" BEFORE UPDATE ON "recharge"
WHEN OLD."state" = 'waiting' AND NEW."state" <> 'waiting' AND NEW."state" <> 'withdrawn' AND NEW."decided_by_id" = NEW."requested_by_id"
BEGIN
    SELECT RAISE(ABORT, 'somebody else decides on what was asked for');
END

CREATE TRIGGER "recharge_waits_first" BEFORE INSERT ON "recharge"
WHEN NEW."state" <> 'waiting' OR NEW."decided_by_id" IS NOT NULL OR NEW."decided_at" IS NOT NULL OR NEW."reason" <> ''
BEGIN
    SELECT RAISE(ABORT, 'what is asked for waits for its decision');
END

CREATE TRIGGER "recharge_no_replace" BEFORE INSERT ON "recharge"
WHEN EXISTS (SELECT 1 FROM "recharge" WHERE "id" = NEW."id" OR "uid" = NEW."uid")
BEGIN
    SELECT RAISE(ABORT, 'what was asked for is never replaced');
END

CREATE TRIGGER "recharge_no_delete" BEFORE DELETE ON "recharge"
BEGIN
    SELECT RAISE(ABORT, 'what was asked for is never deleted');
END

CREATE TRIGGER "adjustment_no_change" BEFORE UPDATE ON "adjustment"
WHEN (OLD."id", OLD."uid", OLD."team_id", OLD."wallet_id", OLD."kind", OLD."amount_minor", OLD."currency", OLD."reverses_id", OLD."reason", OLD."created_at") IS NOT (NEW."id", NEW."uid", NEW."team_id", NEW."wallet_id", NEW."kind", NEW."amount_minor", NEW."currency", NEW."reverses_id", NEW."reason", NEW."created_at")
    OR NEW."requested_by_id" IS NOT OLD."requested_by_id" AND (NEW."requested_by_id" IS NOT NULL OR EXISTS (SELECT 1 FROM "person" WHERE "id" = OLD."requested_by_id"))
BEGIN
    SELECT RAISE(ABORT, 'what was proposed is never changed');
END

CREATE TRIGGER "adjustment_decided_once" BEFORE UPDATE ON "adjustment"
WHEN OLD."state" <> 'waiting' AND (OLD."state", OLD."decided_at", OLD."note") IS NOT (NEW."state", NEW."decided_at", NEW."note")
    OR OLD."state" <> 'waiting' AND NEW."decided_by_id" IS NOT OLD."decided_by_id" AND (NEW."decided_by_id" IS NOT NULL OR EXISTS (SELECT 1 FROM "person" WHERE "id" = OLD."decided_by_id"))
BEGIN
    SELECT RAISE(ABORT, 'what was decided is never changed');
END

CREATE TRIGGER "adjustment_decided_whole" BEFORE UPDATE ON "adjustment"
WHEN OLD."state" = 'waiting' AND NEW."state" = 'waiting' AND (NEW."decided_by_id" IS NOT NULL OR NEW."decided_at" IS NOT NULL OR NEW."note" <> '')
    OR OLD."state" = 'waiting' AND NEW."state" <> 'waiting' AND (NEW."decided_by_id" IS NULL OR NEW."decided_at" IS NULL)
BEGIN
    SELECT RAISE(ABORT, 'a decision says who and when');
END

CREATE TRIGGER "adjustment_decided_by_another" BEFORE UPDATE ON "adjustment"
WHEN OLD."state" = 'waiting' AND NEW."state" <> 'waiting' AND NEW."decided_by_id" = NEW."requested_by_id"
BEGIN
    SELECT RAISE(ABORT, 'somebody else decides on what was proposed');
END

CREATE TRIGGER "adjustment_waits_first" BEFORE INSERT ON "adjustment"
WHEN NEW."state" <> 'waiting' OR NEW."decided_by_id" IS NOT NULL OR NEW."decided_at" IS NOT NULL OR NEW."note" <> ''
BEGIN
    SELECT RAISE(ABORT, 'what is proposed waits for its decision');
END

CREATE TRIGGER "adjustment_no_replace" BEFORE INSERT ON "adjustment"
WHEN EXISTS (SELECT 1 FROM "adjustment" WHERE "id" = NEW."id" OR "uid" = NEW."uid")
BEGIN
    SELECT RAISE(ABORT, 'what was proposed is never replaced');
END

CREATE TRIGGER "adjustment_no_delete" BEFORE DELETE ON "adjustment"
BEGIN
    SELECT RAISE(ABORT, 'what was proposed is never deleted');
END

-- The slip belongs to what is decided upon: it is made anew once, and what came in is forgotten then.
CREATE TRIGGER "recharge_slip_no_change" BEFORE UPDATE ON "recharge_slip"
WHEN OLD."state" <> 'waiting' OR (OLD."id", OLD."recharge_id", OLD."kind", OLD."created_at") IS NOT (NEW."id", NEW."recharge_id", NEW."kind", NEW."created_at")
    OR NEW."sent" IS NOT NULL AND NEW."sent" IS NOT OLD."sent"
BEGIN
    SELECT RAISE(ABORT, 'a slip is never changed');
END

CREATE TRIGGER "recharge_slip_no_replace" BEFORE INSERT ON "recharge_slip"
WHEN EXISTS (SELECT 1 FROM "recharge_slip" WHERE "id" = NEW."id" OR "recharge_id" = NEW."recharge_id")
BEGIN
    SELECT RAISE(ABORT, 'a slip is never replaced');
END

CREATE TRIGGER "recharge_slip_no_delete" BEFORE DELETE ON "recharge_slip"
BEGIN
    SELECT RAISE(ABORT, 'a slip is never deleted');
END
