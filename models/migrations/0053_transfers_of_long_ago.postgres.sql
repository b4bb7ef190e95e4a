CREATE TABLE "country_block" (
    "id" BIGSERIAL NOT NULL PRIMARY KEY,
    "country" VARCHAR(2) NOT NULL,
    "block" INTEGER NOT NULL,
    "transfers" INTEGER NOT NULL,
    "first" BIGINT NOT NULL,
    "last" BIGINT NOT NULL
)

CREATE UNIQUE INDEX "country_block_country_block" ON "country_block" ("country", "block")

-- The value itself. What it costs is a word to the planner: asked at each row it is dear, asked once for an index it is not.

CREATE FUNCTION looked_up(value BIGINT) RETURNS BIGINT LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE COST 1000 AS $$
BEGIN
    RETURN value;
END
$$
