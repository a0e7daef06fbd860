/** The port through which sessions are kept. */
import type { SessionStatus } from '../core/status.js';
import type { PageRequest, SessionFilter } from './history-types.js';

export type { SessionStatus };

export interface StyleRow {
  readonly imageId: string;
  readonly weight: number;
  /** Size of the style picture over the recipe's. */
  readonly scale: number;
  /** The mask of where it is painted. */
  readonly maskImageId: string | null;
}

export type NewStyle = Omit<StyleRow, 'maskImageId'> & Partial<Pick<StyleRow, 'maskImageId'>>;

export interface SessionRow {
  readonly id: string;
  readonly ownerId: string;
  readonly title: string | null;
  readonly status: SessionStatus;
  readonly preset: string;
  /** The own preset that it was made with, which may be gone since; null of built-in ones. */
  readonly presetId: string | null;
  /** JSON of an engine `Recipe`. */
  readonly recipe: string;
  readonly contentImageId: string;
  /** What the run begins with, where the recipe says IMAGE. */
  readonly initialImageId: string | null;
  /** The mask of what stays the content's. */
  readonly keepMaskImageId: string | null;
  readonly resultImageId: string | null;
  /** In the order in which they were given. */
  readonly styles: readonly StyleRow[];
  readonly width: number;
  readonly height: number;
  readonly totalSteps: number;
  readonly step: number;
  /** The last step record's number that was written. */
  readonly seq: number;
  readonly elapsedMs: number;
  readonly evaluations: number;
  readonly networkName: string | null;
  readonly networkSha256: string | null;
  readonly networkIsFallback: boolean;
  readonly backend: string | null;
  readonly errorCode: string | null;
  readonly errorMessage: string | null;
  readonly claimToken: string | null;
  readonly attempt: number;
  readonly cancelRequested: boolean;
  readonly pauseRequested: boolean;
  /** The run goes on from a kept state, after this step; 0 where that was the parent's, null where there is none. */
  readonly continuedFrom: number | null;
  /** The session that it was branched from, as long as there is one. */
  readonly parentId: string | null;
  /** SHA-256 of owner and key, hexadecimal; unique. */
  readonly idempotencyKey: string | null;
  /** SHA-256 of what was asked for with the key, hexadecimal. */
  readonly inputHash: string | null;
  readonly createdAt: Date;
  readonly queuedAt: Date;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
}

export interface NewSession {
  readonly ownerId: string;
  /** A new one unless given. */
  readonly id?: string | undefined;
  readonly title?: string | undefined;
  readonly preset: string;
  readonly presetId?: string | undefined;
  readonly recipe: string;
  readonly contentImageId: string;
  readonly initialImageId?: string | undefined;
  readonly keepMaskImageId?: string | undefined;
  readonly styles: readonly NewStyle[];
  readonly tags?: readonly string[] | undefined;
  readonly width: number;
  readonly height: number;
  readonly totalSteps: number;
  readonly networkName: string;
  /** Null where the network has to be obtained before the run. */
  readonly networkSha256: string | null;
  readonly networkIsFallback: boolean;
  readonly parentId?: string | undefined;
  readonly continuedFrom?: number | undefined;
  readonly idempotencyKey?: string | undefined;
  readonly inputHash?: string | undefined;
}

/** A status that a session came into. */
export interface StatusChangeRow {
  readonly sessionId: string;
  readonly status: SessionStatus;
  readonly at: Date;
}

export interface LossRow {
  readonly seq: number;
  readonly step: number;
  readonly scaleIndex: number;
  readonly total: number;
  readonly content: number;
  readonly style: number;
  readonly totalVariation: number;
  readonly elapsedMs: number;
}

/** Fields that a transition may set beside the status. */
export type SessionChanges = Partial<
  Pick<
    SessionRow,
    | 'resultImageId'
    | 'step'
    | 'seq'
    | 'elapsedMs'
    | 'evaluations'
    | 'backend'
    | 'networkName'
    | 'networkSha256'
    | 'networkIsFallback'
    | 'errorCode'
    | 'errorMessage'
    | 'claimToken'
    | 'attempt'
    | 'cancelRequested'
    | 'pauseRequested'
    | 'totalSteps'
    | 'continuedFrom'
    | 'queuedAt'
    | 'startedAt'
    | 'finishedAt'
  >
>;

/** The condition of a conditional update; what is absent is not asked for. */
export interface SessionGuard {
  readonly from: readonly SessionStatus[];
  readonly claimToken?: string;
  /** The number of the last step record. */
  readonly seq?: number;
}

export interface SessionRepository {
  /** Adds a QUEUED session. Throws `StorageError` KEY_TAKEN where there is one with its idempotency key. */
  create(session: NewSession): Promise<SessionRow>;
  findByKey(idempotencyKey: string): Promise<SessionRow | null>;
  find(id: string): Promise<SessionRow | null>;
  findMany(ids: readonly string[]): Promise<SessionRow[]>;
  /** Those of these ids that are a session's. */
  existing(ids: readonly string[]): Promise<Set<string>>;
  page(request: PageRequest): Promise<SessionRow[]>;
  /** Sessions that fit a filter; all where it is absent. */
  count(filter?: SessionFilter): Promise<number>;
  /** The QUEUED session that has waited longest. */
  oldestQueued(): Promise<SessionRow | null>;
  /** The first QUEUED sessions in the order in which they will be claimed. */
  waiting(limit: number): Promise<SessionRow[]>;
  /**
   * One conditional update: sets `to` and `changes` if the row is in one of `guard.from` (and carries the guard's
   * token, where one is given), and notes the new status. Null when the row was not so: somebody else won.
   */
  transition(id: string, guard: SessionGuard, to: SessionStatus, changes?: SessionChanges): Promise<SessionRow | null>;
  /** Asks for cancellation of a running session; true if it was RUNNING. */
  requestCancel(id: string): Promise<boolean>;
  /** Asks for a pause of a running session; true if it was RUNNING. */
  requestPause(id: string): Promise<boolean>;
  /**
   * One conditional deletion, with everything that belongs to the session alone; its branches lose their parent. Null
   * when the row was in none of these statuses.
   */
  remove(id: string, from: readonly SessionStatus[]): Promise<SessionRow | null>;
  /** Adds loss rows and moves step, seq, elapsedMs, evaluations forward, in one transaction, fenced by the token. */
  recordProgress(
    id: string,
    claimToken: string,
    losses: readonly LossRow[],
    at: Pick<SessionRow, 'step' | 'seq' | 'elapsedMs' | 'evaluations'>,
  ): Promise<boolean>;
  /** The loss curve in order of seq, from just after `afterSeq`, at most `limit` rows. */
  losses(id: string, afterSeq?: number, limit?: number): Promise<LossRow[]>;
  lastLoss(id: string): Promise<LossRow | null>;
}
