import DataLoader from 'dataloader';
import type { Viewer } from '../core/viewer.js';
import type { ImageService } from '../images/image-service.js';
import type { TimelapseService } from '../images/timelapse-service.js';
import type { PresetService } from '../presets/preset-service.js';
import type { HistoryService } from '../sessions/history-service.js';
import type { SessionService } from '../sessions/session-service.js';
import type {
  ImageRow,
  LossRequest,
  LossRow,
  SessionRow,
  StatusChangeRow,
  TimelapseFrameRow,
} from '../storage/index.js';

/** A complete loss curve, reduced to at most `maxPoints` points. */
export interface CurveRequest {
  readonly sessionId: string;
  readonly maxPoints: number;
}

/** Batch the keys that the fields of many objects request at the same time into one query each. */
export interface Loaders {
  /** Does not check the owner: a viewer who can see a session can see its images. */
  readonly image: DataLoader<string, ImageRow | null>;
  readonly session: DataLoader<string, SessionRow | null>;
  /** By session id. */
  readonly statusHistory: DataLoader<string, readonly StatusChangeRow[]>;
  /** By session id: the number of sessions before it in the queue; null if it is not queued. */
  readonly queuePosition: DataLoader<string, number | null>;
  /** By session id: the latest stored losses. */
  readonly lastLoss: DataLoader<string, LossRow | null>;
  readonly losses: DataLoader<LossRequest, LossRow[]>;
  readonly curve: DataLoader<CurveRequest, LossRow[]>;
  /** By session id. */
  readonly tags: DataLoader<string, string[]>;
  /** By session id: the frames of the timelapse. */
  readonly frames: DataLoader<string, TimelapseFrameRow[]>;
  /** By preset id: the number of the viewer's sessions with the preset. */
  readonly presetUses: DataLoader<string, number>;
}

/** The services that the loaders query. */
export interface LoaderServices {
  readonly sessions: SessionService;
  readonly history: HistoryService;
  readonly timelapses: TimelapseService;
  readonly images: ImageService;
  readonly presets: PresetService;
}

/** Keys per query: SQLite combines at most 500 SELECTs. */
const MAX_BATCH = 500;

/** Creates the loaders of one context. */
export function createLoaders(services: LoaderServices, viewer: Viewer): Loaders {
  const { images, sessions, timelapses, presets } = services;
  const { sessions: rows, losses } = services.history.batches;
  return {
    image: byId(async (ids) => index(await images.findMany(ids)), null),
    session: byId(async (ids) => index(await sessions.findMany(viewer, ids)), null),
    statusHistory: byId((ids) => rows.statusHistories(ids), []),
    queuePosition: byId((ids) => rows.queuePositions(ids), null),
    lastLoss: byId((ids) => losses.last(ids), null),
    losses: loader((requests) => losses.parts(requests)),
    curve: loader(async (requests) => {
      // One query per resolution; clients usually request all curves of a page in the same one.
      const resolutions = [...new Set(requests.map(({ maxPoints }) => maxPoints))];
      const curves = await Promise.all(
        resolutions.map((maxPoints) => losses.curves(idsOf(requests, maxPoints), maxPoints)),
      );
      return requests.map(({ sessionId, maxPoints }) => curves[resolutions.indexOf(maxPoints)]!.get(sessionId) ?? []);
    }),
    tags: byId((ids) => rows.tagsOf(ids), []),
    frames: byId((ids) => timelapses.framesOf(ids), []),
    presetUses: byId(() => presets.useCounts(viewer), 0),
  };
}

function index<T extends { readonly id: string }>(rows: readonly T[]): Map<string, T> {
  return new Map(rows.map((row) => [row.id, row]));
}

function idsOf(requests: readonly CurveRequest[], maxPoints: number): string[] {
  return [...new Set(requests.filter((request) => request.maxPoints === maxPoints).map(({ sessionId }) => sessionId))];
}

/** `find` receives each id once. An id that is missing in its result gets `nothing`. */
function byId<T, N extends T | null>(
  find: (ids: readonly string[]) => Promise<ReadonlyMap<string, T>>,
  nothing: N,
): DataLoader<string, T | N> {
  return loader(async (ids) => {
    const found = await find([...new Set(ids)]);
    return ids.map((id) => found.get(id) ?? nothing);
  });
}

/**
 * Loaders batch but do not cache: a context lives as long as its subscription, and a row must not be older than the event
 * that it is read for.
 */
function loader<K, T>(load: (keys: readonly K[]) => Promise<T[]>): DataLoader<K, T> {
  return new DataLoader(load, { cache: false, maxBatchSize: MAX_BATCH });
}
