CREATE TABLE "scale_photo" (
    "id" SERIAL NOT NULL PRIMARY KEY,
    "uid" UUID NOT NULL,
    "weighing_id" INTEGER NOT NULL,
    "order_id" INTEGER NOT NULL,
    "picture" BYTEA NOT NULL,
    "taken_at" TIMESTAMP NOT NULL,
    FOREIGN KEY ("weighing_id") REFERENCES "weighing" ("id") ON DELETE CASCADE,
    FOREIGN KEY ("order_id") REFERENCES "order" ("id") ON DELETE CASCADE
)

CREATE UNIQUE INDEX "scale_photo_uid" ON "scale_photo" ("uid")

CREATE UNIQUE INDEX "scale_photo_weighing_id" ON "scale_photo" ("weighing_id")

CREATE INDEX "scale_photo_taken_at" ON "scale_photo" ("taken_at")
