-- AlterTable
ALTER TABLE "Session" ADD COLUMN "searchTitle" TEXT;

-- CreateTable
CREATE TABLE "SessionTag" (
    "sessionId" TEXT NOT NULL,
    "name" TEXT NOT NULL,

    PRIMARY KEY ("sessionId", "name"),
    CONSTRAINT "SessionTag_sessionId_fkey" FOREIGN KEY ("sessionId") REFERENCES "Session" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "TimelapseFrame" (
    "sessionId" TEXT NOT NULL,
    "seq" INTEGER NOT NULL,
    "step" INTEGER NOT NULL,
    "sha256" TEXT NOT NULL,
    "width" INTEGER NOT NULL,
    "height" INTEGER NOT NULL,
    "byteSize" INTEGER NOT NULL,

    PRIMARY KEY ("sessionId", "seq"),
    CONSTRAINT "TimelapseFrame_sessionId_fkey" FOREIGN KEY ("sessionId") REFERENCES "Session" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateIndex
CREATE INDEX "SessionTag_name_sessionId_idx" ON "SessionTag"("name", "sessionId");

-- CreateIndex
CREATE INDEX "TimelapseFrame_sha256_idx" ON "TimelapseFrame"("sha256");


-- Titles that are there already become findable (search-text.ts; SQLite's lower() knows only A to Z).
UPDATE "Session" SET "searchTitle" =
    lower(replace(replace(replace("title", '%', char(57381)), '_', char(57439)), '\', char(57436)));
