import type {
  HistoryRepository,
  PageRequest,
  SessionFilter,
  SessionLabels,
  SessionOrder,
  SessionRow,
  Storage,
} from '../storage/index.js';
import { decodeCursor } from './cursor.js';
import { checkRange, sessionNotFound, UserError, UserErrors } from '../core/errors.js';
import { checkTags, checkTitle, cleanTag, cleanTags, MAX_TITLE_LENGTH } from './labels.js';
import { withLiveProgress } from '../progress/live-progress.js';
import type { ProgressHub } from '../progress/hub.js';
import { isVisible, visibleOwner, type Viewer } from '../core/viewer.js';

/** Most sessions on one page, and how many there are where nothing is said. */
export const MAX_PAGE = 100;
export const DEFAULT_PAGE = 20;
/** Most tags in the list of all. */
export const MAX_TAG_LIST = 500;

/** A page as a client asks for it: `first` of those after, or `last` of those before. */
export interface PageInput extends SessionFilter {
  readonly first?: number | undefined;
  readonly last?: number | undefined;
  /** Cursors of the same order. */
  readonly after?: string | undefined;
  readonly before?: string | undefined;
  readonly order: SessionOrder;
}

export interface Page {
  /** In the order asked for, whichever end was counted from. */
  readonly sessions: readonly SessionRow[];
  /** Whether there are sessions that fit the filter beyond the page, and before it. */
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
}

export interface HistoryOptions {
  readonly storage: Pick<Storage, 'sessions' | 'history'>;
  readonly hub: Pick<ProgressHub, 'latest' | 'rename'>;
}

/** Finding past work again: pages of sessions, their titles and tags. */
export class HistoryService {
  constructor(private readonly options: HistoryOptions) {}

  /** What many sessions at once are asked for beside their rows. Who asks must have found the sessions before. */
  get details(): HistoryRepository {
    return this.options.storage.history;
  }

  /**
   * A page of the viewer's sessions, after the Relay cursor connections specification. A cursor stays good whatever
   * is created or deleted meanwhile: it is a place between rows, not a count. Throws INVALID_CURSOR or INVALID_ARGUMENT.
   */
  async page(viewer: Viewer, { first, last, after, before, order, ...filter }: PageInput): Promise<Page> {
    if (first !== undefined && last !== undefined) {
      throw new UserError('INVALID_ARGUMENT', 'first and last are both given; leave one of them out.', 'last');
    }
    const fromEnd = last !== undefined;
    const count = last ?? first ?? DEFAULT_PAGE;
    checkRange(fromEnd ? 'last' : 'first', count, 1, MAX_PAGE);
    const start = after === undefined ? undefined : decodeCursor(after, order, 'after');
    const end = before === undefined ? undefined : decodeCursor(before, order, 'before');
    const { sessions } = this.options.storage;
    const list = { ...this.#seenBy(viewer, filter), order };
    // One more than asked for tells whether there are more on that side; on the other are those that a cursor cut off.
    const rows = await sessions.page({ ...list, after: start, before: end, fromEnd, limit: count + 1 });
    const overflows = rows.length > count;
    const isAny = async (bounds: Pick<PageRequest, 'after' | 'before'>) =>
      (await sessions.page({ ...list, ...bounds, limit: 1 })).length > 0;
    return {
      sessions: (fromEnd ? rows.slice(-count) : rows.slice(0, count)).map((row) =>
        withLiveProgress(this.options.hub, row),
      ),
      hasNextPage:
        (overflows && !fromEnd) || (end !== undefined && (await isAny({ after: { ...end, inclusive: true } }))),
      hasPreviousPage:
        (overflows && fromEnd) || (start !== undefined && (await isAny({ before: { ...start, inclusive: true } }))),
    };
  }

  /** How many of the viewer's sessions fit a filter. Throws INVALID_ARGUMENT. */
  async count(viewer: Viewer, filter: SessionFilter): Promise<number> {
    return await this.options.storage.sessions.count(this.#seenBy(viewer, filter));
  }

  /** The viewer's tags, most used first, then alphabetically; at most `MAX_TAG_LIST`. */
  async tags(viewer: Viewer): Promise<string[]> {
    return await this.options.storage.history.tags(visibleOwner(viewer), MAX_TAG_LIST);
  }

  /** Changes what a session is called and filed under. Throws SESSION_NOT_FOUND, or `UserErrors` with every mistake. */
  async update(viewer: Viewer, id: string, { title, tags }: SessionLabels): Promise<SessionRow> {
    const mistakes = [...checkTitle(title), ...checkTags(tags ?? [])];
    if (mistakes.length > 0) throw new UserErrors(mistakes);
    const { storage, hub } = this.options;
    await this.#owned(viewer, id);
    const newTitle = title === undefined ? undefined : title?.trim() || null;
    await storage.history.label(id, { title: newTitle, tags: tags && cleanTags(tags) });
    const session = withLiveProgress(hub, await this.#owned(viewer, id));
    hub.rename(session);
    return session;
  }

  /** A session that the viewer may see. Throws SESSION_NOT_FOUND. */
  async #owned(viewer: Viewer, id: string): Promise<SessionRow> {
    const session = await this.options.storage.sessions.find(id);
    if (!session || !isVisible(viewer, session)) throw sessionNotFound(id);
    return session;
  }

  /** The filter among what the viewer may see. */
  #seenBy(viewer: Viewer, { tag, text, ...filter }: SessionFilter): SessionFilter {
    if ((text?.length ?? 0) > MAX_TITLE_LENGTH) {
      throw new UserError('INVALID_ARGUMENT', `text has at most ${MAX_TITLE_LENGTH} characters.`, 'text');
    }
    return {
      ...filter,
      ownerId: visibleOwner(viewer),
      tag: tag === undefined ? undefined : cleanTag(tag),
      text: text?.trim() || undefined,
    };
  }
}
