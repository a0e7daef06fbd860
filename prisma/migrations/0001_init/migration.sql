-- CreateTable
CREATE TABLE "Image" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "sha256" TEXT NOT NULL,
    "format" TEXT NOT NULL,
    "width" INTEGER NOT NULL,
    "height" INTEGER NOT NULL,
    "byteSize" INTEGER NOT NULL,
    "fileName" TEXT,
    "createdAt" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP
);

-- CreateTable
CREATE TABLE "Session" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "title" TEXT,
    "status" TEXT NOT NULL,
    "preset" TEXT NOT NULL,
    "recipe" TEXT NOT NULL,
    "contentImageId" TEXT NOT NULL,
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
    "networkStandIn" BOOLEAN NOT NULL DEFAULT false,
    "backend" TEXT,
    "errorCode" TEXT,
    "errorMessage" TEXT,
    "claimToken" TEXT,
    "attempt" INTEGER NOT NULL DEFAULT 0,
    "cancelRequested" BOOLEAN NOT NULL DEFAULT false,
    "createdAt" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "queuedAt" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "startedAt" DATETIME,
    "finishedAt" DATETIME,
    CONSTRAINT "Session_contentImageId_fkey" FOREIGN KEY ("contentImageId") REFERENCES "Image" ("id") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "Session_resultImageId_fkey" FOREIGN KEY ("resultImageId") REFERENCES "Image" ("id") ON DELETE SET NULL ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "SessionStyle" (
    "sessionId" TEXT NOT NULL,
    "position" INTEGER NOT NULL,
    "imageId" TEXT NOT NULL,
    "weight" REAL NOT NULL,
    "scale" REAL NOT NULL,

    PRIMARY KEY ("sessionId", "position"),
    CONSTRAINT "SessionStyle_sessionId_fkey" FOREIGN KEY ("sessionId") REFERENCES "Session" ("id") ON DELETE CASCADE ON UPDATE CASCADE,
    CONSTRAINT "SessionStyle_imageId_fkey" FOREIGN KEY ("imageId") REFERENCES "Image" ("id") ON DELETE RESTRICT ON UPDATE CASCADE
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

-- CreateIndex
CREATE INDEX "Image_sha256_idx" ON "Image"("sha256");

-- CreateIndex
CREATE INDEX "Session_status_queuedAt_idx" ON "Session"("status", "queuedAt");

-- CreateIndex
CREATE INDEX "Session_createdAt_id_idx" ON "Session"("createdAt", "id");

