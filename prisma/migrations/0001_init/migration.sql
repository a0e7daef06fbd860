-- CreateTable
CREATE TABLE "Image" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "ownerId" TEXT NOT NULL,
    "sha256" TEXT NOT NULL,
    "format" TEXT NOT NULL,
    "width" INTEGER NOT NULL,
    "height" INTEGER NOT NULL,
    "byteSize" INTEGER NOT NULL,
    "fileName" TEXT,
    "createdAt" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "storedAt" DATETIME NOT NULL
);

-- CreateTable
CREATE TABLE "Session" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "ownerId" TEXT NOT NULL,
    "title" TEXT,
    "searchTitle" TEXT,
    "status" TEXT NOT NULL,
    "preset" TEXT NOT NULL,
    "presetId" TEXT,
    "recipe" TEXT NOT NULL,
    "contentImageId" TEXT NOT NULL,
    "initialImageId" TEXT,
    "keepMaskImageId" TEXT,
    "resultImageId" TEXT,
    "width" INTEGER NOT NULL,
    "height" INTEGER NOT NULL,
    "totalSteps" INTEGER NOT NULL,
    "step" INTEGER NOT NULL DEFAULT 0,
    "seq" INTEGER NOT NULL DEFAULT 0,
    "elapsedMs" REAL NOT NULL DEFAULT 0,
    "evaluations" INTEGER NOT NULL DEFAULT 0,
    "networkName" TEXT,
    "networkSha256" TEXT,
    "networkIsFallback" BOOLEAN NOT NULL DEFAULT false,
    "backend" TEXT,
    "errorCode" TEXT,
    "errorMessage" TEXT,
    "claimToken" TEXT,
    "attempt" INTEGER NOT NULL DEFAULT 0,
    "cancelRequested" BOOLEAN NOT NULL DEFAULT false,
    "pauseRequested" BOOLEAN NOT NULL DEFAULT false,
    "continuedFrom" INTEGER,
    "parentId" TEXT,
    "idempotencyKey" TEXT,
    "inputHash" TEXT,
    "createdAt" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "queuedAt" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "startedAt" DATETIME,
    "finishedAt" DATETIME,
    CONSTRAINT "Session_contentImageId_fkey" FOREIGN KEY ("contentImageId") REFERENCES "Image" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "Session_initialImageId_fkey" FOREIGN KEY ("initialImageId") REFERENCES "Image" ("id") ON DELETE SET NULL ON UPDATE CASCADE,
    CONSTRAINT "Session_keepMaskImageId_fkey" FOREIGN KEY ("keepMaskImageId") REFERENCES "Image" ("id") ON DELETE SET NULL ON UPDATE CASCADE,
    CONSTRAINT "Session_resultImageId_fkey" FOREIGN KEY ("resultImageId") REFERENCES "Image" ("id") ON DELETE SET NULL ON UPDATE CASCADE,
    CONSTRAINT "Session_parentId_fkey" FOREIGN KEY ("parentId") REFERENCES "Session" ("id") ON DELETE SET NULL ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "SessionStyle" (
    "sessionId" TEXT NOT NULL,
    "position" INTEGER NOT NULL,
    "imageId" TEXT NOT NULL,
    "weight" REAL NOT NULL,
    "scale" REAL NOT NULL,
    "maskImageId" TEXT,

    PRIMARY KEY ("sessionId", "position"),
    CONSTRAINT "SessionStyle_sessionId_fkey" FOREIGN KEY ("sessionId") REFERENCES "Session" ("id") ON DELETE CASCADE ON UPDATE CASCADE,
    CONSTRAINT "SessionStyle_imageId_fkey" FOREIGN KEY ("imageId") REFERENCES "Image" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "SessionStyle_maskImageId_fkey" FOREIGN KEY ("maskImageId") REFERENCES "Image" ("id") ON DELETE SET NULL ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "StatusChange" (
    "sessionId" TEXT NOT NULL,
    "position" INTEGER NOT NULL,
    "status" TEXT NOT NULL,
    "at" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,

    PRIMARY KEY ("sessionId", "position"),
    CONSTRAINT "StatusChange_sessionId_fkey" FOREIGN KEY ("sessionId") REFERENCES "Session" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "LossRecord" (
    "sessionId" TEXT NOT NULL,
    "seq" INTEGER NOT NULL,
    "step" INTEGER NOT NULL,
    "scaleIndex" INTEGER NOT NULL,
    "total" REAL NOT NULL,
    "content" REAL NOT NULL,
    "style" REAL NOT NULL,
    "totalVariation" REAL NOT NULL,
    "elapsedMs" REAL NOT NULL,

    PRIMARY KEY ("sessionId", "seq"),
    CONSTRAINT "LossRecord_sessionId_fkey" FOREIGN KEY ("sessionId") REFERENCES "Session" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "Preset" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "ownerId" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "description" TEXT NOT NULL,
    "recipe" TEXT NOT NULL,
    "createdAt" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP
);

-- CreateTable
CREATE TABLE "ApiKey" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "name" TEXT NOT NULL,
    "hash" TEXT NOT NULL,
    "ownerId" TEXT NOT NULL,
    "role" TEXT NOT NULL,
    "createdAt" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "lastUsedAt" DATETIME,
    "expiresAt" DATETIME,
    "revokedAt" DATETIME
);

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

-- CreateTable
CREATE TABLE "Setting" (
    "key" TEXT NOT NULL PRIMARY KEY,
    "value" TEXT NOT NULL
);

-- CreateIndex
CREATE INDEX "Image_sha256_idx" ON "Image"("sha256");

-- CreateIndex
CREATE INDEX "Image_ownerId_createdAt_id_idx" ON "Image"("ownerId", "createdAt", "id");

-- CreateIndex
CREATE UNIQUE INDEX "Session_idempotencyKey_key" ON "Session"("idempotencyKey");

-- CreateIndex
CREATE INDEX "Session_status_queuedAt_idx" ON "Session"("status", "queuedAt");

-- CreateIndex
CREATE INDEX "Session_createdAt_id_idx" ON "Session"("createdAt", "id");

-- CreateIndex
CREATE INDEX "Session_ownerId_createdAt_id_idx" ON "Session"("ownerId", "createdAt", "id");

-- CreateIndex
CREATE INDEX "Session_parentId_idx" ON "Session"("parentId");

-- CreateIndex
CREATE INDEX "Session_contentImageId_idx" ON "Session"("contentImageId");

-- CreateIndex
CREATE INDEX "Session_initialImageId_idx" ON "Session"("initialImageId");

-- CreateIndex
CREATE INDEX "Session_resultImageId_idx" ON "Session"("resultImageId");

-- CreateIndex
CREATE INDEX "Session_keepMaskImageId_idx" ON "Session"("keepMaskImageId");

-- CreateIndex
CREATE INDEX "Session_ownerId_presetId_preset_idx" ON "Session"("ownerId", "presetId", "preset");

-- CreateIndex
CREATE INDEX "SessionStyle_imageId_idx" ON "SessionStyle"("imageId");

-- CreateIndex
CREATE INDEX "SessionStyle_maskImageId_idx" ON "SessionStyle"("maskImageId");

-- CreateIndex
CREATE UNIQUE INDEX "Preset_ownerId_name_key" ON "Preset"("ownerId", "name");

-- CreateIndex
CREATE INDEX "SessionTag_name_sessionId_idx" ON "SessionTag"("name", "sessionId");

-- CreateIndex
CREATE INDEX "TimelapseFrame_sha256_idx" ON "TimelapseFrame"("sha256");

