CREATE TABLE "order" (
    "id" INTEGER NOT NULL PRIMARY KEY,
    "uid" TEXT NOT NULL,
    "team_id" INTEGER NOT NULL,
    "store_id" INTEGER NOT NULL,
    "marketplace_id" VARCHAR(24) NOT NULL,
    "order_id" VARCHAR(40) NOT NULL,
    "ordered_at" DATETIME NOT NULL,
    "updated_at" DATETIME NOT NULL,
    "status" VARCHAR(32) NOT NULL,
    "awaits_shipment" INTEGER NOT NULL,
    "fulfilled_by" VARCHAR(16) NOT NULL,
    "service_level" VARCHAR(32) NOT NULL,
    "ship_by_from" DATETIME,
    "ship_by" DATETIME,
    "deliver_by" DATETIME,
    "programs" TEXT NOT NULL,
    "total_minor" INTEGER NOT NULL,
    "currency" VARCHAR(3) NOT NULL,
    "unit_count" INTEGER NOT NULL,
    "line_count" INTEGER NOT NULL,
    "first_title" VARCHAR(300) NOT NULL,
    "first_sku" VARCHAR(80) NOT NULL,
    "ship_country" VARCHAR(2) NOT NULL,
    "cancel_requested" INTEGER NOT NULL,
    "shipped_at" DATETIME,
    "delivered_at" DATETIME,
    "cancelled_at" DATETIME,
    "buyer_state" VARCHAR(32) NOT NULL CHECK ("buyer_state" IN ('none', 'held', 'destroyed')),
    "purge_at" DATETIME,
    "limit_at" DATETIME,
    "destroyed_at" DATETIME,
    "fetched_at" DATETIME NOT NULL,
    "created_at" DATETIME NOT NULL,
    FOREIGN KEY ("team_id") REFERENCES "team" ("id") ON DELETE RESTRICT,
    FOREIGN KEY ("store_id") REFERENCES "store" ("id") ON DELETE RESTRICT
)

CREATE UNIQUE INDEX "order_uid" ON "order" ("uid")

CREATE UNIQUE INDEX "order_store_id_order_id" ON "order" ("store_id", "order_id")

CREATE INDEX "order_team_id_ordered_at_id" ON "order" ("team_id", "ordered_at", "id")

CREATE INDEX "order_team_id_store_id_ordered_at_id" ON "order" ("team_id", "store_id", "ordered_at", "id")

CREATE INDEX "order_team_id_status_ordered_at_id" ON "order" ("team_id", "status", "ordered_at", "id")

CREATE INDEX "order_team_id_marketplace_id_ordered_at_id" ON "order" ("team_id", "marketplace_id", "ordered_at", "id")

CREATE INDEX "order_team_id_status_marketplace_id_ordered_at_id" ON "order" ("team_id", "status", "marketplace_id", "ordered_at", "id")

CREATE INDEX "order_team_id_awaits_shipment_ordered_at_id" ON "order" ("team_id", "awaits_shipment", "ordered_at", "id")

CREATE INDEX "order_team_id_total_minor_id" ON "order" ("team_id", "total_minor", "id")

CREATE INDEX "order_team_id_status_total_minor_id" ON "order" ("team_id", "status", "total_minor", "id")

CREATE INDEX "order_due" ON "order" ("purge_at") WHERE ("purge_at" IS NOT NULL)

CREATE INDEX "order_waiting" ON "order" ("team_id", "ship_by", "cancel_requested", "store_id", "awaits_shipment") WHERE "awaits_shipment"

CREATE TABLE "order_line" (
    "id" INTEGER NOT NULL PRIMARY KEY,
    "team_id" INTEGER NOT NULL,
    "order_id" INTEGER NOT NULL,
    "order_item_id" VARCHAR(64) NOT NULL,
    "sku" VARCHAR(80) NOT NULL,
    "asin" VARCHAR(16) NOT NULL,
    "title" VARCHAR(500) NOT NULL,
    "quantity" INTEGER NOT NULL,
    "quantity_shipped" INTEGER NOT NULL,
    "unit_price_minor" INTEGER,
    "total_minor" INTEGER,
    "currency" VARCHAR(3) NOT NULL,
    "cancel_requested" INTEGER NOT NULL,
    "cancel_reason" VARCHAR(200) NOT NULL,
    "is_gift" INTEGER NOT NULL,
    "gift_message" BLOB,
    FOREIGN KEY ("team_id") REFERENCES "team" ("id") ON DELETE RESTRICT,
    FOREIGN KEY ("order_id") REFERENCES "order" ("id") ON DELETE CASCADE
)

CREATE UNIQUE INDEX "order_line_order_id_order_item_id" ON "order_line" ("order_id", "order_item_id")

CREATE INDEX "order_line_team_id_sku_order_id" ON "order_line" ("team_id", "sku", "order_id")

CREATE TABLE "order_package" (
    "id" INTEGER NOT NULL PRIMARY KEY,
    "order_id" INTEGER NOT NULL,
    "reference" VARCHAR(64) NOT NULL,
    "status" VARCHAR(32) NOT NULL,
    "carrier" VARCHAR(80) NOT NULL,
    "tracking_number" VARCHAR(80) NOT NULL,
    "shipped_at" DATETIME,
    FOREIGN KEY ("order_id") REFERENCES "order" ("id") ON DELETE CASCADE
)

CREATE UNIQUE INDEX "order_package_order_id_reference" ON "order_package" ("order_id", "reference")

CREATE TABLE "order_change" (
    "id" INTEGER NOT NULL PRIMARY KEY,
    "order_id" INTEGER NOT NULL,
    "at" DATETIME NOT NULL,
    "old_status" VARCHAR(32) NOT NULL,
    "new_status" VARCHAR(32) NOT NULL,
    FOREIGN KEY ("order_id") REFERENCES "order" ("id") ON DELETE CASCADE
)

CREATE INDEX "order_change_order_id" ON "order_change" ("order_id")

CREATE TABLE "buyer" (
    "order_id" INTEGER NOT NULL PRIMARY KEY,
    "name" BLOB,
    "email" BLOB,
    "company" BLOB,
    "address" BLOB,
    "phone" BLOB,
    FOREIGN KEY ("order_id") REFERENCES "order" ("id") ON DELETE CASCADE
)

CREATE TABLE "order_payload" (
    "order_id" INTEGER NOT NULL PRIMARY KEY,
    "raw" BLOB NOT NULL,
    FOREIGN KEY ("order_id") REFERENCES "order" ("id") ON DELETE CASCADE
)

CREATE TABLE "order_refetch" (
    "order_id" INTEGER NOT NULL PRIMARY KEY,
    "asked_by_id" INTEGER NOT NULL,
    "asked_at" DATETIME NOT NULL,
    "failed_at" DATETIME,
    "problem" TEXT NOT NULL,
    FOREIGN KEY ("order_id") REFERENCES "order" ("id") ON DELETE CASCADE
)

CREATE TABLE "unread_order" (
    "id" INTEGER NOT NULL PRIMARY KEY,
    "uid" TEXT NOT NULL,
    "store_id" INTEGER NOT NULL,
    "order_id" VARCHAR(40) NOT NULL,
    "kind" VARCHAR(30) NOT NULL,
    "payload" BLOB NOT NULL,
    "problem" VARCHAR(60) NOT NULL,
    "seen_at" DATETIME NOT NULL,
    FOREIGN KEY ("store_id") REFERENCES "store" ("id") ON DELETE CASCADE
)

CREATE UNIQUE INDEX "unread_order_uid" ON "unread_order" ("uid")

CREATE INDEX "unread_order_seen_at" ON "unread_order" ("seen_at")

CREATE INDEX "unread_order_store_id_order_id" ON "unread_order" ("store_id", "order_id")
