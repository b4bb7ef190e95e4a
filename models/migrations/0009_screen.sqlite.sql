CREATE TABLE "order_day" (
    "id" INTEGER NOT NULL PRIMARY KEY,
    "team_id" INTEGER NOT NULL,
    "store_id" INTEGER NOT NULL,
    "zone" VARCHAR(64) NOT NULL,
    "day" DATE NOT NULL,
    "currency" VARCHAR(3) NOT NULL,
    "order_count" INTEGER NOT NULL,
    "sales_minor" INTEGER NOT NULL,
    FOREIGN KEY ("team_id") REFERENCES "team" ("id") ON DELETE RESTRICT,
    FOREIGN KEY ("store_id") REFERENCES "store" ("id") ON DELETE RESTRICT
)

CREATE UNIQUE INDEX "order_day_store_id_day_zone_currency" ON "order_day" ("store_id", "day", "zone", "currency")
