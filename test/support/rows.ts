import { resolveRecipe } from '../../src/engine/index.js';
import type { StepRecord } from '../../src/engine/types/run.js';
import type { Pace } from '../../src/progress/pace.js';
import type { SessionRow } from '../../src/storage/index.js';

/** A session's row as storage would give it. */
export function sessionRow(changes: Partial<SessionRow> = {}): SessionRow {
  const now = new Date('2026-01-01T00:00:00Z');
  return {
    id: 's1',
    ownerId: 'local',
    title: null,
    status: 'RUNNING',
    preset: 'draft',
    presetId: null,
    recipe: resolveRecipe('draft'),
    contentImageId: 'content',
    initialImageId: null,
    keepMaskImageId: null,
    resultImageId: null,
    styles: [{ imageId: 'style', weight: 1, scale: 1, maskImageId: null }],
    width: 64,
    height: 64,
    totalSteps: 1000,
    step: 0,
    seq: 0,
    elapsedMs: 0,
    evaluations: 0,
    networkName: 'vgg19-quarter',
    networkSha256: 'a'.repeat(64),
    networkIsFallback: false,
    backend: null,
    errorCode: null,
    errorMessage: null,
    claimToken: null,
    attempt: 0,
    cancelRequested: false,
    pauseRequested: false,
    continuedFrom: null,
    parentId: null,
    idempotencyKey: null,
    inputHash: null,
    createdAt: now,
    queuedAt: now,
    startedAt: null,
    finishedAt: null,
    ...changes,
  };
}

/** The step record with this number, of a run that makes ten steps a second. */
export function stepRecord(seq: number, changes: Partial<StepRecord> = {}): StepRecord & Pace {
  return {
    seq,
    step: seq,
    totalSteps: 1000,
    scale: { index: 0, count: 1, width: 64, height: 64 },
    losses: { total: 1 / seq, content: 0, style: 1 / seq, totalVariation: 0, layers: [] },
    evaluations: seq,
    elapsedMs: seq * 100,
    stepsPerSecond: 10,
    etaMs: 1000,
    ...changes,
  };
}
