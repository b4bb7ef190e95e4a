CREATE INDEX "parcel_team_id_country_created_at_id" ON "parcel" ("team_id", "country", "created_at", "id")
