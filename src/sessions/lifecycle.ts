import type { Storage } from '../storage/index.js';
import type { Admission } from './admission.js';
import type { Idempotency } from './idempotency.js';
import type { ImageSweeper } from '../images/image-sweeper.js';
import type { ProgressHub } from '../progress/hub.js';
import type { Runner } from '../runs/runner.js';
import { SessionBrancher } from './session-brancher.js';
import { SessionContinuer } from './session-continuer.js';
import type { SessionCreator } from './session-creator.js';
import { SessionPauser } from './session-pauser.js';
import { SessionRemover } from './session-remover.js';
import type { SessionService } from './session-service.js';

/** What the works on a session's life have in common. */
export interface LifecycleParts {
  readonly storage: Pick<Storage, 'sessions' | 'checkpoints' | 'timelapses'>;
  readonly sessions: Pick<SessionService, 'get' | 'cancel'>;
  readonly creator: SessionCreator;
  readonly idempotency: Idempotency;
  readonly hub: ProgressHub;
  readonly runner: Pick<Runner, 'wake' | 'pause' | 'settled'>;
  readonly sweeper: ImageSweeper;
  readonly admission: Admission;
}

/** What can become of a session after its creation, besides being cancelled. */
export interface Lifecycle {
  readonly pauser: SessionPauser;
  readonly continuer: SessionContinuer;
  readonly brancher: SessionBrancher;
  readonly remover: SessionRemover;
}

export function createLifecycle(parts: LifecycleParts): Lifecycle {
  return {
    pauser: new SessionPauser(parts),
    continuer: new SessionContinuer(parts),
    brancher: new SessionBrancher(parts),
    remover: new SessionRemover(parts),
  };
}
