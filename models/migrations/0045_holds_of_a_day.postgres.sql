CREATE INDEX "hold_created_at" ON "hold" ("created_at")

CREATE INDEX "hold_outlived" ON "hold" ("ended_at") WHERE ("ended_at" > "expires_at")
