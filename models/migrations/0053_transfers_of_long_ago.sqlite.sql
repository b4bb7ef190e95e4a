CREATE TABLE "country_block" (
    "id" INTEGER NOT NULL PRIMARY KEY,
    "country" VARCHAR(2) NOT NULL,
    "block" INTEGER NOT NULL,
    "transfers" INTEGER NOT NULL,
    "first" INTEGER NOT NULL,
    "last" INTEGER NOT NULL
)

CREATE UNIQUE INDEX "country_block_country_block" ON "country_block" ("country", "block")
