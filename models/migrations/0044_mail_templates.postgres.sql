CREATE TABLE "mail_template" (
    "id" SERIAL NOT NULL PRIMARY KEY,
    "uid" UUID NOT NULL,
    "team_id" INTEGER NOT NULL,
    "name" VARCHAR(80) NOT NULL,
    "folded" VARCHAR(240) NOT NULL,
    "kind" VARCHAR(32) NOT NULL CHECK ("kind" IN ('template', 'snippet')),
    "uses" INTEGER NOT NULL,
    "is_retired" BOOLEAN NOT NULL,
    "created_at" TIMESTAMP NOT NULL,
    FOREIGN KEY ("team_id") REFERENCES "team" ("id") ON DELETE CASCADE
)

CREATE UNIQUE INDEX "mail_template_uid" ON "mail_template" ("uid")

CREATE UNIQUE INDEX "mail_template_team_id_folded" ON "mail_template" ("team_id", "folded")

CREATE TABLE "template_text" (
    "id" SERIAL NOT NULL PRIMARY KEY,
    "template_id" INTEGER NOT NULL,
    "language" VARCHAR(8) NOT NULL,
    "version" INTEGER NOT NULL,
    "text" TEXT NOT NULL,
    "written_by_id" INTEGER,
    "written_at" TIMESTAMP NOT NULL,
    FOREIGN KEY ("template_id") REFERENCES "mail_template" ("id") ON DELETE CASCADE,
    FOREIGN KEY ("written_by_id") REFERENCES "person" ("id") ON DELETE SET NULL
)

CREATE UNIQUE INDEX "template_text_template_id_language_version" ON "template_text" ("template_id", "language", "version")
