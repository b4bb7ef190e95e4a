DROP INDEX "event_actor_id_at_id"

DROP INDEX "event_team_id_actor_id_at_id"

DROP INDEX "event_team_id_store_id_at_id"

DROP INDEX "event_address_at_id"

DROP INDEX "event_request_id_at_id"

CREATE INDEX "event_actor_id_at_id" ON "event" ("actor_id", "at", "id") WHERE ("actor_id" IS NOT NULL)

CREATE INDEX "event_team_id_actor_id_at_id" ON "event" ("team_id", "actor_id", "at", "id") WHERE ("actor_id" IS NOT NULL)

CREATE INDEX "event_team_id_store_id_at_id" ON "event" ("team_id", "store_id", "at", "id") WHERE ("store_id" IS NOT NULL)

CREATE INDEX "event_address_at_id" ON "event" ("address", "at", "id") WHERE "address" <> ''

CREATE INDEX "event_request_id_at_id" ON "event" ("request_id", "at", "id") WHERE "request_id" <> ''
