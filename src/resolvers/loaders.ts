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

/** A whole loss curve in at most this many points. */
export interface CurveRequest {
  readonly sessionId: string;
  readonly maxPoints: number;
}

/** Gather what the fields of many objects ask for at once into single queries. */
export interface Loaders {
  /** Whoever sees a session sees its pictures. */
  readonly image: DataLoader<string, ImageRow | null>;
  readonly session: DataLoader<string, SessionRow | null>;
  /** Of a session by its id. */
  readonly statusHistory: DataLoader<string, readonly StatusChangeRow[]>;
  /** Of a session by its id: its place in the queue, where it waits. */
  readonly queuePosition: DataLoader<string, number | null>;
  /** Of a session by its id: its latest stored losses. */
  readonly lastLoss: DataLoader<string, LossRow | null>;
  readonly losses: DataLoader<LossRequest, LossRow[]>;
  readonly curve: DataLoader<CurveRequest, LossRow[]>;
  /** Of a session by its id. */
  readonly tags: DataLoader<string, string[]>;
  /** Of a session by its id: the frames of its timelapse. */
  readonly frames: DataLoader<string, TimelapseFrameRow[]>;
  /** Of a preset by its id: how many of the viewer's sessions were made with it. */
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

/** Keys of one query: SQLite joins at most 500 parts. */
const MAX_BATCH = 500;

/** The loaders that belong to one context. */
export function createLoaders(services: LoaderServices, viewer: Viewer): Loaders {
  const { images, sessions, timelapses, presets } = services;
  const history = services.history.details;
  return {
    image: byId(async (ids) => index(await images.findMany(ids)), null),
    session: byId(async (ids) => index(await sessions.findMany(viewer, ids)), null),
    statusHistory: byId((ids) => history.statusHistories(ids), []),
    queuePosition: byId((ids) => history.queuePositions(ids), null),
    lastLoss: byId((ids) => history.lastLosses(ids), null),
    losses: loader((requests) => history.losses(requests)),
    curve: loader(async (requests) => {
      // Clients ask for all the curves of a page in one resolution; for each other one there is another query.
      const resolutions = [...new Set(requests.map(({ maxPoints }) => maxPoints))];
      const curves = await Promise.all(
        resolutions.map((maxPoints) => history.curves(idsOf(requests, maxPoints), maxPoints)),
      );
      return requests.map(({ sessionId, maxPoints }) => curves[resolutions.indexOf(maxPoints)]!.get(sessionId) ?? []);
    }),
    tags: byId((ids) => history.tagsOf(ids), []),
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

/** `find` is given each id once; who is not in its answer gets `nothing`. */
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
 * The loaders only gather, they do not remember: a context lives as long as its subscription, and a row must not be
 * older than the event that it is read for.
 */
function loader<K, T>(load: (keys: readonly K[]) => Promise<T[]>): DataLoader<K, T> {
  return new DataLoader(load, { cache: false, maxBatchSize: MAX_BATCH });
}
