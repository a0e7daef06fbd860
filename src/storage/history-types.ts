/** The ports through which past work is looked through: pages of sessions, their labels, curves and timelapses. */
import type { LossRow, SessionRow, SessionStatus, StatusChangeRow } from './session-types.js';

/** By time of creation; of one millisecond, by id. */
export type SessionOrder = 'NEWEST' | 'OLDEST';

/** Which sessions are meant; what is absent does not matter. */
export interface SessionFilter {
  readonly ownerId?: string | undefined;
  readonly statuses?: readonly SessionStatus[] | undefined;
  readonly preset?: string | undefined;
  readonly tag?: string | undefined;
  /** Part of the title, in whatever case. */
  readonly text?: string | undefined;
  /** Created at this instant or later. */
  readonly createdAfter?: Date | undefined;
  /** Created before this instant. */
  readonly createdBefore?: Date | undefined;
}

/** A place in a list of sessions; the session that it was taken from need not be there any more. */
export type SessionPosition = Pick<SessionRow, 'createdAt' | 'id'>;

export interface SessionBound extends SessionPosition {
  /** Whether the very session at the position counts, too. */
  readonly inclusive?: boolean;
}

export interface PageRequest extends SessionFilter {
  /** At most this many rows. */
  readonly limit: number;
  /** NEWEST unless given. */
  readonly order?: SessionOrder | undefined;
  /** Only rows that come later in the order than this position. */
  readonly after?: SessionBound | undefined;
  /** Only rows that come earlier in the order than this position. */
  readonly before?: SessionBound | undefined;
  /** Whether the limit counts from the end; the rows are in order all the same. */
  readonly fromEnd?: boolean | undefined;
}

/** A part of a loss curve: from just after `afterSeq`, at most `limit` points. */
export interface LossRequest {
  readonly sessionId: string;
  readonly afterSeq: number;
  readonly limit: number;
}

/** Fields that stay as they are where they are absent. */
export interface SessionLabels {
  readonly title?: string | null | undefined;
  /** All of them: what is not among them goes. */
  readonly tags?: readonly string[] | undefined;
}

/** What many sessions are asked for at once: every method is one query, however many they are. */
export interface HistoryRepository {
  /** How many QUEUED sessions stand before each (queuedAt, then id), for those that are QUEUED. */
  queuePositions(ids: readonly string[]): Promise<Map<string, number>>;
  /** Each session's latest losses, where there are some. */
  lastLosses(ids: readonly string[]): Promise<Map<string, LossRow>>;
  /** The latest statuses that each session came into, oldest first. */
  statusHistories(ids: readonly string[]): Promise<Map<string, StatusChangeRow[]>>;
  /** A part of a loss curve for each request, in order of seq. At most 500 requests. */
  losses(requests: readonly LossRequest[]): Promise<LossRow[][]>;
  /**
   * The whole loss curve of each session in at most `maxPoints` points (4 or more), in order of seq. A curve that is
   * longer is cut into equal spans of steps, of each of which the lowest and the highest total are kept, beside the first
   * and the last point of all: nothing that sticks out is lost, on linear and logarithmic axes alike.
   */
  curves(ids: readonly string[], maxPoints: number): Promise<Map<string, LossRow[]>>;
  /** Each session's tags in alphabetical order, where it has some. */
  tagsOf(ids: readonly string[]): Promise<Map<string, string[]>>;
  /** All tags in use by one owner, or by everybody, most used first, then alphabetically; at most `limit`. */
  tags(ownerId: string | undefined, limit: number): Promise<string[]>;
  /** False where there is no such session. */
  label(id: string, labels: SessionLabels): Promise<boolean>;
}

/** A stored picture of a run after one of its steps. Its bytes are a WebP in the blob store. */
export interface TimelapseFrameRow {
  readonly sessionId: string;
  /** The step record that it belongs to. */
  readonly seq: number;
  readonly step: number;
  readonly sha256: string;
  readonly width: number;
  readonly height: number;
  readonly byteSize: number;
}

export interface TimelapseRepository {
  /** Each session's frames in order of step, where it has some. */
  framesOf(ids: readonly string[]): Promise<Map<string, TimelapseFrameRow[]>>;
  find(sessionId: string, seq: number): Promise<TimelapseFrameRow | null>;
  /**
   * Adds a frame and lets all go but those with the numbers in `keep`, in one transaction, fenced by the token of the
   * run's claim: false where that is void.
   */
  record(frame: TimelapseFrameRow, claimToken: string, keep: readonly number[]): Promise<boolean>;
}
