/** What is known of a session, as the database keeps it. */
import type { SessionStatus } from '../core/status.js';
import type { Recipe } from '../engine/index.js';

export interface StyleRow {
  readonly imageId: string;
  readonly weight: number;
  /** Size of the style image relative to the recipe's size. */
  readonly scale: number;
  /** The mask of the region that this style paints. */
  readonly maskImageId: string | null;
}

export type NewStyle = Omit<StyleRow, 'maskImageId'> & Partial<Pick<StyleRow, 'maskImageId'>>;

export interface SessionRow {
  readonly id: string;
  readonly ownerId: string;
  readonly title: string | null;
  readonly status: SessionStatus;
  /** The preset's name when the session was made. */
  readonly preset: string;
  /** The owner's preset that the session was made with, which may be deleted since; null for built-in presets. */
  readonly presetId: string | null;
  readonly recipe: Recipe;
  readonly contentImageId: string;
  /** The image that the run starts from, where the recipe says IMAGE. */
  readonly initialImageId: string | null;
  /** The mask of the region that keeps the content. */
  readonly keepMaskImageId: string | null;
  readonly resultImageId: string | null;
  /** In the order of the input. */
  readonly styles: readonly StyleRow[];
  /** Of the result, pixels. */
  readonly width: number;
  readonly height: number;
  readonly totalSteps: number;
  readonly step: number;
  /** Number of the latest step record that was written. */
  readonly seq: number;
  /** Milliseconds of work, without interruptions. */
  readonly elapsedMs: number;
  readonly evaluations: number;
  readonly networkName: string | null;
  /** SHA-256 of the network's file, hexadecimal; null until the network is installed. */
  readonly networkSha256: string | null;
  readonly networkIsFallback: boolean;
  readonly backend: string | null;
  readonly errorCode: string | null;
  readonly errorMessage: string | null;
  /** The token of the run that holds the session; null where no run does. */
  readonly claimToken: string | null;
  /** Runs that died. */
  readonly attempt: number;
  readonly cancelRequested: boolean;
  readonly pauseRequested: boolean;
  /** The step of the checkpoint that the present continuation began with; 0 for a parent's checkpoint, null without one. */
  readonly continuedFrom: number | null;
  /** The session that this one was branched from; null where it is deleted. */
  readonly parentId: string | null;
  /** SHA-256 of owner and idempotency key, hexadecimal; unique. */
  readonly idempotencyKey: string | null;
  /** SHA-256 of the input sent with the idempotency key, hexadecimal. */
  readonly inputHash: string | null;
  readonly createdAt: Date;
  readonly queuedAt: Date;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
}

export interface NewSession {
  readonly ownerId: string;
  /** Default: a new id. */
  readonly id?: string | undefined;
  readonly title?: string | undefined;
  readonly preset: string;
  readonly presetId?: string | undefined;
  readonly recipe: Recipe;
  readonly contentImageId: string;
  readonly initialImageId?: string | undefined;
  readonly keepMaskImageId?: string | undefined;
  readonly styles: readonly NewStyle[];
  readonly tags?: readonly string[] | undefined;
  readonly width: number;
  readonly height: number;
  readonly totalSteps: number;
  readonly networkName: string;
  /** Null where the network must be installed before the run. */
  readonly networkSha256: string | null;
  readonly networkIsFallback: boolean;
  readonly parentId?: string | undefined;
  readonly continuedFrom?: number | undefined;
  readonly idempotencyKey?: string | undefined;
  readonly inputHash?: string | undefined;
}

/** A status that a session entered. */
export interface StatusChangeRow {
  readonly sessionId: string;
  readonly status: SessionStatus;
  readonly at: Date;
}

/** Fields that a transition may set along with the status. */
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

/** The condition of a conditional update; absent fields are not compared. */
export interface TransitionCondition {
  readonly from: readonly SessionStatus[];
  readonly claimToken?: string;
  /** Number of the latest step record. */
  readonly seq?: number;
}

/** Labels to change; absent fields stay as they are. */
export interface SessionLabels {
  readonly title?: string | null | undefined;
  /** Replaces all tags. */
  readonly tags?: readonly string[] | undefined;
}
