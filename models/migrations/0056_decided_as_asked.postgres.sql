-- What one person asked for is decided as it is, by another, once; none is taken away or is there decided from the first.
-- A key of a person becomes empty with the person alone.

CREATE FUNCTION refused() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION USING MESSAGE = TG_ARGV[0];
END $$

CREATE FUNCTION people_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW."requested_by_id" IS DISTINCT FROM OLD."requested_by_id" AND (NEW."requested_by_id" IS NOT NULL OR EXISTS (SELECT 1 FROM "person" WHERE "id" = OLD."requested_by_id")) THEN
        RAISE EXCEPTION 'who asked is never changed';
    END IF;
    IF OLD."state" <> 'waiting' AND NEW."decided_by_id" IS DISTINCT FROM OLD."decided_by_id" AND (NEW."decided_by_id" IS NOT NULL OR EXISTS (SELECT 1 FROM "person" WHERE "id" = OLD."decided_by_id")) THEN
        RAISE EXCEPTION 'who decided is never changed';
    END IF;
    RETURN NEW;
END $$

CREATE TRIGGER "recharge_no_change" BEFORE UPDATE ON "recharge"
FOR EACH ROW WHEN ((OLD."id", OLD."uid", OLD."team_id", OLD."wallet_id", OLD."amount_minor", OLD."currency", OLD."method", OLD."bank_reference", OLD."paid_on", OLD."created_at") IS DISTINCT FROM (NEW."id", NEW."uid", NEW."team_id", NEW."wallet_id", NEW."amount_minor", NEW."currency", NEW."method", NEW."bank_reference", NEW."paid_on", NEW."created_at"))
EXECUTE FUNCTION refused('what was asked for is never changed')

CREATE TRIGGER "recharge_decided_once" BEFORE UPDATE ON "recharge"
FOR EACH ROW WHEN (OLD."state" <> 'waiting' AND (OLD."state", OLD."decided_at", OLD."reason") IS DISTINCT FROM (NEW."state", NEW."decided_at", NEW."reason"))
EXECUTE FUNCTION refused('what was decided is never changed')

CREATE TRIGGER "recharge_decided_whole" BEFORE UPDATE ON "recharge"
FOR EACH ROW WHEN (OLD."state" = 'waiting' AND NEW."state" = 'waiting' AND (NEW."decided_by_id" IS NOT NULL OR NEW."decided_at" IS NOT NULL OR NEW."reason" <> '')
    OR OLD."state" = 'waiting' AND NEW."state" <> 'waiting' AND (NEW."decided_by_id" IS NULL OR NEW."decided_at" IS NULL))
EXECUTE FUNCTION refused('a decision says who and when')

CREATE TRIGGER "recharge_decided_by_another" BEFORE UPDATE ON "recharge"
FOR EACH ROW WHEN (OLD."state" = 'waiting' AND NEW."state" <> 'waiting' AND NEW."state" <> 'withdrawn' AND NEW."decided_by_id" = NEW."requested_by_id")
EXECUTE FUNCTION refused('somebody else decides on what was asked for')

CREATE TRIGGER "recharge_waits_first" BEFORE INSERT ON "recharge"
FOR EACH ROW WHEN (NEW."state" <> 'waiting' OR NEW."decided_by_id" IS NOT NULL OR NEW."decided_at" IS NOT NULL OR NEW."reason" <> '')
EXECUTE FUNCTION refused('what is asked for waits for its decision')

CREATE TRIGGER "recharge_people_kept" BEFORE UPDATE OF "requested_by_id", "decided_by_id" ON "recharge"
FOR EACH ROW EXECUTE FUNCTION people_kept()

CREATE TRIGGER "recharge_no_delete" BEFORE DELETE ON "recharge"
FOR EACH ROW EXECUTE FUNCTION refused('what was asked for is never deleted')

CREATE TRIGGER "recharge_no_truncate" BEFORE TRUNCATE ON "recharge"
FOR EACH STATEMENT EXECUTE FUNCTION refused('what was asked for is never deleted')

CREATE TRIGGER "adjustment_no_change" BEFORE UPDATE ON "adjustment"
FOR EACH ROW WHEN ((OLD."id", OLD."uid", OLD."team_id", OLD."wallet_id", OLD."kind", OLD."amount_minor", OLD."currency", OLD."reverses_id", OLD."reason", OLD."created_at") IS DISTINCT FROM (NEW."id", NEW."uid", NEW."team_id", NEW."wallet_id", NEW."kind", NEW."amount_minor", NEW."currency", NEW."reverses_id", NEW."reason", NEW."created_at"))
EXECUTE FUNCTION refused('what was proposed is never changed')

CREATE TRIGGER "adjustment_decided_once" BEFORE UPDATE ON "adjustment"
FOR EACH ROW WHEN (OLD."state" <> 'waiting' AND (OLD."state", OLD."decided_at", OLD."note") IS DISTINCT FROM (NEW."state", NEW."decided_at", NEW."note"))
EXECUTE FUNCTION refused('what was decided is never changed')

CREATE TRIGGER "adjustment_decided_whole" BEFORE UPDATE ON "adjustment"
FOR EACH ROW WHEN (OLD."state" = 'waiting' AND NEW."state" = 'waiting' AND (NEW."decided_by_id" IS NOT NULL OR NEW."decided_at" IS NOT NULL OR NEW."note" <> '')
    OR OLD."state" = 'waiting' AND NEW."state" <> 'waiting' AND (NEW."decided_by_id" IS NULL OR NEW."decided_at" IS NULL))
EXECUTE FUNCTION refused('a decision says who and when')

CREATE TRIGGER "adjustment_decided_by_another" BEFORE UPDATE ON "adjustment"
FOR EACH ROW WHEN (OLD."state" = 'waiting' AND NEW."state" <> 'waiting' AND NEW."decided_by_id" = NEW."requested_by_id")
EXECUTE FUNCTION refused('somebody else decides on what was proposed')

CREATE TRIGGER "adjustment_waits_first" BEFORE INSERT ON "adjustment"
FOR EACH ROW WHEN (NEW."state" <> 'waiting' OR NEW."decided_by_id" IS NOT NULL OR NEW."decided_at" IS NOT NULL OR NEW."note" <> '')
EXECUTE FUNCTION refused('what is proposed waits for its decision')

CREATE TRIGGER "adjustment_people_kept" BEFORE UPDATE OF "requested_by_id", "decided_by_id" ON "adjustment"
FOR EACH ROW EXECUTE FUNCTION people_kept()

CREATE TRIGGER "adjustment_no_delete" BEFORE DELETE ON "adjustment"
FOR EACH ROW EXECUTE FUNCTION refused('what was proposed is never deleted')

CREATE TRIGGER "adjustment_no_truncate" BEFORE TRUNCATE ON "adjustment"
FOR EACH STATEMENT EXECUTE FUNCTION refused('what was proposed is never deleted')

-- The slip belongs to what is decided upon: it is made anew once, and what came in is forgotten then.
CREATE TRIGGER "recharge_slip_no_change" BEFORE UPDATE ON "recharge_slip"
FOR EACH ROW WHEN (OLD."state" <> 'waiting' OR (OLD."id", OLD."recharge_id", OLD."kind", OLD."created_at") IS DISTINCT FROM (NEW."id", NEW."recharge_id", NEW."kind", NEW."created_at")
    OR NEW."sent" IS NOT NULL AND NEW."sent" IS DISTINCT FROM OLD."sent")
EXECUTE FUNCTION refused('a slip is never changed')

CREATE TRIGGER "recharge_slip_no_delete" BEFORE DELETE ON "recharge_slip"
FOR EACH ROW EXECUTE FUNCTION refused('a slip is never deleted')

CREATE TRIGGER "recharge_slip_no_truncate" BEFORE TRUNCATE ON "recharge_slip"
FOR EACH STATEMENT EXECUTE FUNCTION refused('a slip is never deleted')
