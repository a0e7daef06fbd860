import { checkRange, sessionNotFound, UserError, UserErrors } from '../core/errors.js';
import { isVisible, visibleOwner, type Viewer } from '../core/viewer.js';
import { withLiveProgress, type ProgressHub } from '../progress/hub.js';
import type {
  PageRequest,
  SessionFilter,
  SessionLabels,
  SessionOrder,
  SessionPosition,
  SessionRow,
  Storage,
} from '../storage/index.js';
import { checkTags, checkTitle, cleanTag, cleanTags, MAX_TITLE_LENGTH } from './labels.js';

/** Most sessions per page. */
export const MAX_PAGE = 100;
/** Sessions per page if the request sets no limit. */
export const DEFAULT_PAGE = 20;
/** Most tags in the list of tags. */
export const MAX_TAG_LIST = 500;

/** A requested page: the `first` sessions after a cursor, or the `last` sessions before one. */
export interface PageInput extends SessionFilter {
  readonly first?: number | undefined;
  readonly last?: number | undefined;
  /** Cursors of the same order. */
  readonly after?: string | undefined;
  readonly before?: string | undefined;
  readonly order: SessionOrder;
}

export interface Page {
  /** In the requested order, also with `last`. */
  readonly sessions: readonly SessionRow[];
  /** Whether sessions that match the filter follow the page. */
  readonly hasNextPage: boolean;
  /** Whether sessions that match the filter precede the page. */
  readonly hasPreviousPage: boolean;
}

export interface HistoryDependencies {
  readonly storage: Pick<Storage, 'sessions' | 'losses'>;
  readonly hub: Pick<ProgressHub, 'latest' | 'rename'>;
}

/** Finding past sessions: pages, titles and tags. */
export class HistoryService {
  constructor(private readonly dependencies: HistoryDependencies) {}

  /** Queries about many sessions at once. The caller must have found the sessions as visible to the viewer. */
  get batches(): Pick<Storage, 'sessions' | 'losses'> {
    return this.dependencies.storage;
  }

  /**
   * A page of the viewer's sessions, by the Relay cursor connections specification. A cursor is a position between rows
   * and stays valid when sessions are created or deleted. Throws INVALID_CURSOR or INVALID_ARGUMENT.
   */
  async page(viewer: Viewer, { first, last, after, before, order, ...filter }: PageInput): Promise<Page> {
    if (first !== undefined && last !== undefined) {
      throw new UserError('INVALID_ARGUMENT', '`first` and `last` are both given. Leave one of them out.', 'last');
    }
    const fromEnd = last !== undefined;
    const count = last ?? first ?? DEFAULT_PAGE;
    checkRange(fromEnd ? 'last' : 'first', count, 1, MAX_PAGE);
    const start = after === undefined ? undefined : decodeCursor(after, order, 'after');
    const end = before === undefined ? undefined : decodeCursor(before, order, 'before');
    const { sessions } = this.dependencies.storage;
    const list = { ...this.#visible(viewer, filter), order };
    // One extra row shows whether more sessions follow on that side; the other side is bounded by the cursor.
    const rows = await sessions.page({ ...list, after: start, before: end, fromEnd, limit: count + 1 });
    const overflows = rows.length > count;
    const isAny = async (bounds: Pick<PageRequest, 'after' | 'before'>) =>
      (await sessions.page({ ...list, ...bounds, limit: 1 })).length > 0;
    return {
      sessions: (fromEnd ? rows.slice(-count) : rows.slice(0, count)).map((row) =>
        withLiveProgress(this.dependencies.hub, row),
      ),
      hasNextPage:
        (overflows && !fromEnd) || (end !== undefined && (await isAny({ after: { ...end, inclusive: true } }))),
      hasPreviousPage:
        (overflows && fromEnd) || (start !== undefined && (await isAny({ before: { ...start, inclusive: true } }))),
    };
  }

  /** Number of the viewer's sessions that match the filter. Throws INVALID_ARGUMENT. */
  async count(viewer: Viewer, filter: SessionFilter): Promise<number> {
    return await this.dependencies.storage.sessions.count(this.#visible(viewer, filter));
  }

  /** The viewer's tags, most used first, then alphabetically; at most `MAX_TAG_LIST`. */
  async tags(viewer: Viewer): Promise<string[]> {
    return await this.dependencies.storage.sessions.tags(visibleOwner(viewer), MAX_TAG_LIST);
  }

  /** Changes a session's title and tags. Throws SESSION_NOT_FOUND, or `UserErrors` with every user error. */
  async update(viewer: Viewer, id: string, { title, tags }: SessionLabels): Promise<SessionRow> {
    const errors = [...checkTitle(title), ...checkTags(tags ?? [])];
    if (errors.length > 0) throw new UserErrors(errors);
    const { storage, hub } = this.dependencies;
    await this.#get(viewer, id);
    const newTitle = title === undefined ? undefined : title?.trim() || null;
    await storage.sessions.label(id, { title: newTitle, tags: tags && cleanTags(tags) });
    const session = withLiveProgress(hub, await this.#get(viewer, id));
    hub.rename(session);
    return session;
  }

  /** Throws SESSION_NOT_FOUND. */
  async #get(viewer: Viewer, id: string): Promise<SessionRow> {
    const session = await this.dependencies.storage.sessions.find(id);
    if (!session || !isVisible(viewer, session)) throw sessionNotFound(id);
    return session;
  }

  /** The filter, restricted to the sessions that the viewer can see. */
  #visible(viewer: Viewer, { tag, text, ...filter }: SessionFilter): SessionFilter {
    const length = text?.length ?? 0;
    if (length > MAX_TITLE_LENGTH) {
      const message = `\`text\` has ${length} characters; the maximum is ${MAX_TITLE_LENGTH}. Shorten it.`;
      throw new UserError('INVALID_ARGUMENT', message, 'text');
    }
    return {
      ...filter,
      ownerId: visibleOwner(viewer),
      tag: tag === undefined ? undefined : cleanTag(tag),
      text: text?.trim() || undefined,
    };
  }
}

/** Marks which order a cursor belongs to. */
const SIGNS = { NEWEST: 'n', OLDEST: 'o' } as const satisfies Record<SessionOrder, string>;

/** A position in the list of sessions in one order, as an opaque string for clients. */
export function encodeCursor({ createdAt, id }: SessionPosition, order: SessionOrder): string {
  return Buffer.from(`${SIGNS[order]}.${createdAt.getTime()}.${id}`).toString('base64url');
}

/** Throws `UserError` INVALID_CURSOR if the string is no cursor, or a cursor of another order. */
export function decodeCursor(cursor: string, order: SessionOrder, argument: 'after' | 'before'): SessionPosition {
  const text = Buffer.from(cursor, 'base64url').toString();
  const [, sign, time, id] = /^([no])\.(\d{1,15})\.([\w-]+)$/.exec(text) ?? [];
  if (!sign || !time || !id) {
    const message = `\`${argument}\` is no cursor of this server. Pass a cursor from \`pageInfo\` unchanged.`;
    throw new UserError('INVALID_CURSOR', message, argument);
  }
  if (sign !== SIGNS[order]) {
    const message = `\`${argument}\` is a cursor of another order than ${order}. Leave the cursor out to start anew.`;
    throw new UserError('INVALID_CURSOR', message, argument);
  }
  return { createdAt: new Date(Number(time)), id };
}
