DELETE FROM "work_count" WHERE "grain" = 'quarter' AND "start" < now() AT TIME ZONE 'UTC' - interval '40 days'

DROP INDEX "work_count_team_id_person_id_grain_start_measure_store_id"

ALTER TABLE "work_count" DROP COLUMN "id"

ALTER TABLE "work_count" ADD PRIMARY KEY ("team_id", "person_id", "grain", "start", "measure", "store_id")
