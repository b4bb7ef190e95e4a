ALTER TABLE "session" ADD COLUMN "stage" VARCHAR(32) NOT NULL DEFAULT 'open' CHECK ("stage" IN ('half', 'enrolling', 'open'))

ALTER TABLE "session" ADD COLUMN "proved_at" TIMESTAMP

ALTER TABLE "session" ADD COLUMN "proved_by" VARCHAR(32) NOT NULL DEFAULT 'password' CHECK ("proved_by" IN ('password', 'code', 'passkey', 'recovery'))

ALTER TABLE "session" ADD COLUMN "wrong_proofs" INTEGER NOT NULL DEFAULT 0

ALTER TABLE "session" ADD COLUMN "challenge" VARCHAR(100) NOT NULL DEFAULT ''

ALTER TABLE "session" ADD COLUMN "challenge_until" TIMESTAMP
