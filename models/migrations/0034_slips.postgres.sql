CREATE TABLE "recharge_slip" (
    "id" SERIAL NOT NULL PRIMARY KEY,
    "recharge_id" INTEGER NOT NULL,
    "kind" VARCHAR(32) NOT NULL CHECK ("kind" IN ('image', 'pdf')),
    "state" VARCHAR(32) NOT NULL CHECK ("state" IN ('waiting', 'ready', 'refused')),
    "sent" BYTEA,
    "content" BYTEA,
    "created_at" TIMESTAMP NOT NULL,
    FOREIGN KEY ("recharge_id") REFERENCES "recharge" ("id") ON DELETE RESTRICT
)

CREATE UNIQUE INDEX "recharge_slip_recharge_id" ON "recharge_slip" ("recharge_id")

CREATE INDEX "recharge_slip_waiting" ON "recharge_slip" ("id") WHERE ("state" = 'waiting')
