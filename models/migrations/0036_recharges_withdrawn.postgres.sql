ALTER TABLE "recharge" DROP CONSTRAINT "recharge_state_check"

ALTER TABLE "recharge" ADD CONSTRAINT "recharge_state_check"
    CHECK ("state" IN ('waiting', 'approved', 'rejected', 'withdrawn'))

ALTER TABLE "recharge" ALTER COLUMN "state" SET DEFAULT 'waiting'
