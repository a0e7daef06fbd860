-- AlterTable
ALTER TABLE "Image" ADD COLUMN "storedAt" DATETIME NOT NULL DEFAULT '1970-01-01T00:00:00.000+00:00';
UPDATE "Image" SET "storedAt" = "createdAt";

-- AlterTable
ALTER TABLE "Session" ADD COLUMN "pauseRequested" BOOLEAN NOT NULL DEFAULT false;
ALTER TABLE "Session" ADD COLUMN "continuedFrom" INTEGER;
ALTER TABLE "Session" ADD COLUMN "parentId" TEXT REFERENCES "Session" ("id") ON DELETE SET NULL ON UPDATE CASCADE;
ALTER TABLE "Session" ADD COLUMN "idempotencyKey" TEXT;
ALTER TABLE "Session" ADD COLUMN "inputHash" TEXT;

-- CreateTable
CREATE TABLE "StatusChange" (
    "sessionId" TEXT NOT NULL,
    "position" INTEGER NOT NULL,
    "status" TEXT NOT NULL,
    "at" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,

    PRIMARY KEY ("sessionId", "position"),
    CONSTRAINT "StatusChange_sessionId_fkey" FOREIGN KEY ("sessionId") REFERENCES "Session" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- What is known of the sessions that there are.
INSERT INTO "StatusChange" SELECT "id", 1, 'QUEUED', "createdAt" FROM "Session";
INSERT INTO "StatusChange" SELECT "id", 2, 'RUNNING', "startedAt" FROM "Session" WHERE "startedAt" IS NOT NULL;
INSERT INTO "StatusChange" SELECT "id", 3, "status", "finishedAt" FROM "Session" WHERE "finishedAt" IS NOT NULL;
INSERT INTO "StatusChange" SELECT "id", 3, "status", "queuedAt" FROM "Session" WHERE "startedAt" IS NOT NULL AND "status" = 'QUEUED';

-- CreateIndex
CREATE UNIQUE INDEX "Session_idempotencyKey_key" ON "Session"("idempotencyKey");
CREATE INDEX "Session_parentId_idx" ON "Session"("parentId");
CREATE INDEX "Session_contentImageId_idx" ON "Session"("contentImageId");
CREATE INDEX "Session_initialImageId_idx" ON "Session"("initialImageId");
CREATE INDEX "Session_resultImageId_idx" ON "Session"("resultImageId");
CREATE INDEX "SessionStyle_imageId_idx" ON "SessionStyle"("imageId");
CREATE INDEX "Session_keepMaskImageId_idx" ON "Session"("keepMaskImageId");
CREATE INDEX "SessionStyle_maskImageId_idx" ON "SessionStyle"("maskImageId");
