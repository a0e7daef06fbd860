import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  decodeCursor,
  encodeCursor,
  type HistoryService,
  type Page,
  type PageInput,
} from '../../src/sessions/history-service.js';
import { LOCAL_VIEWER } from '../../src/core/viewer.js';
import type { SessionOrder, SessionRow } from '../../src/storage/index.js';
import { openPast } from '../support/past.js';

const ORDERS = ['NEWEST', 'OLDEST'] as const;

/** The ids in the given order. */
function inOrder(rows: readonly SessionRow[], order: SessionOrder): string[] {
  const oldestFirst = rows.toSorted(
    (a, b) => a.createdAt.getTime() - b.createdAt.getTime() || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0),
  );
  return (order === 'OLDEST' ? oldestFirst : oldestFirst.reverse()).map(({ id }) => id);
}

const idsOf = ({ sessions }: Page) => sessions.map(({ id }) => id);

/** Pages through a whole list from its start or its end; returns the ids in order. */
async function walk(
  service: HistoryService,
  { order, preset }: Pick<PageInput, 'order' | 'preset'>,
  size: number,
  backwards: boolean,
  between: (page: Page) => Promise<void> = () => Promise.resolve(),
): Promise<string[]> {
  const seen: string[] = [];
  let cursor: string | undefined;
  for (;;) {
    const page = await service.page(LOCAL_VIEWER, {
      order,
      preset,
      ...(backwards ? { last: size, before: cursor } : { first: size, after: cursor }),
    });
    if (backwards) seen.unshift(...idsOf(page));
    else seen.push(...idsOf(page));
    // There are sessions on the side of the previous pages exactly if a page was read.
    expect(backwards ? page.hasNextPage : page.hasPreviousPage).toBe(cursor !== undefined);
    if (!(backwards ? page.hasPreviousPage : page.hasNextPage)) return seen;
    cursor = encodeCursor((backwards ? page.sessions.at(0) : page.sessions.at(-1))!, order);
    await between(page);
  }
}

describe('a list of sessions', () => {
  it('pages forwards and backwards through every session once and in order, also within one millisecond', async () => {
    const { service, add } = await openPast();
    let run = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 12 }),
        fc.constantFrom(...ORDERS),
        fc.integer({ min: 1, max: 5 }),
        fc.boolean(),
        async (times, order, size, backwards) => {
          const preset = `run-${(run += 1)}`;
          const rows = await add(preset, ...times);
          expect(await walk(service, { order, preset }, size, backwards)).toEqual(inOrder(rows, order));
        },
      ),
      { numRuns: 30 },
    );
  });

  it('skips and repeats no session if sessions are created and deleted between two pages', async () => {
    const { service, add, remove } = await openPast();
    let run = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 10, max: 13 }), { minLength: 3, maxLength: 9 }),
        fc.constantFrom(...ORDERS),
        fc.boolean(),
        async (times, order, backwards) => {
          const preset = `run-${(run += 1)}`;
          const rows = await add(preset, ...times);
          const gone = new Set<string>();
          const seen = await walk(service, { order, preset }, 2, backwards, async (page) => {
            // On the side of the previous pages: add a session, and delete the one that the next cursor points to.
            await add(preset, (order === 'OLDEST') === backwards ? 20 : 0);
            const last = backwards ? page.sessions.at(0)! : page.sessions.at(-1)!;
            gone.add(last.id);
            await remove(last.id);
          });
          // Sessions that existed until their page was read were read once; sessions added behind the cursor were not.
          expect(seen).toEqual(inOrder(rows, order));
        },
      ),
      { numRuns: 20 },
    );
  });

  it('can be bounded by cursors on both sides', async () => {
    const { service, add } = await openPast();
    const rows = await add('draft', 1, 2, 3, 4, 5, 6);
    const [one, two, three, four, five, six] = inOrder(rows, 'OLDEST');
    const cursor = (id: string | undefined) =>
      encodeCursor(
        rows.find((row) => row.id === id)!,
        'OLDEST',
      );
    const between = (count: Pick<PageInput, 'first' | 'last'>, after = one, before = six) =>
      service.page(LOCAL_VIEWER, { ...count, after: cursor(after), before: cursor(before), order: 'OLDEST' });
    const state = (page: Page) => [idsOf(page), page.hasPreviousPage, page.hasNextPage];
    expect(state(await between({ first: 2 }))).toEqual([[two, three], true, true]);
    expect(state(await between({ last: 2 }))).toEqual([[four, five], true, true]);
    expect(state(await between({}))).toEqual([[two, three, four, five], true, true]);
    expect(state(await between({ first: 2 }, one, two))).toEqual([[], true, true]);
    const all = await service.page(LOCAL_VIEWER, { last: 6, order: 'OLDEST' });
    expect(state(all)).toEqual([[one, two, three, four, five, six], false, false]);
    const beyond = await service.page(LOCAL_VIEWER, { first: 1, after: cursor(six), order: 'OLDEST' });
    expect(state(beyond)).toEqual([[], true, false]);
  });

  it('refuses invalid cursors and counts, and names the argument', async () => {
    const { service } = await openPast();
    const oldest = encodeCursor({ createdAt: new Date(), id: 'ses_x' }, 'OLDEST');
    const refused: [Partial<PageInput>, string, string][] = [
      [{ first: 2, after: 'x' }, 'INVALID_CURSOR', 'after'],
      [{ last: 2, before: 'x' }, 'INVALID_CURSOR', 'before'],
      [{ first: 2, after: oldest }, 'INVALID_CURSOR', 'after'],
      [{ first: 0 }, 'INVALID_ARGUMENT', 'first'],
      [{ first: -1 }, 'INVALID_ARGUMENT', 'first'],
      [{ first: 101 }, 'INVALID_ARGUMENT', 'first'],
      [{ last: -1 }, 'INVALID_ARGUMENT', 'last'],
      [{ first: 1, last: 1 }, 'INVALID_ARGUMENT', 'last'],
      [{ text: 'x'.repeat(201) }, 'INVALID_ARGUMENT', 'text'],
    ];
    for (const [input, code, field] of refused) {
      const page = service.page(LOCAL_VIEWER, { order: 'NEWEST', ...input });
      await expect(page).rejects.toMatchObject({ code, field });
    }
  });

  it('decodes exactly the cursors that it encoded', () => {
    const order = fc.constantFrom(...ORDERS);
    const position = fc.record({
      createdAt: fc.date({ min: new Date(0), max: new Date('2999-01-01'), noInvalidDate: true }),
      id: fc.stringMatching(/^ses_[0-9A-Za-z]{1,30}$/),
    });
    fc.assert(
      fc.property(position, order, (at, its) => {
        expect(decodeCursor(encodeCursor(at, its), its, 'after')).toEqual(at);
      }),
    );
    fc.assert(
      fc.property(fc.string(), order, (text, its) => {
        try {
          expect(encodeCursor(decodeCursor(text, its, 'after'), its)).toBeTruthy();
        } catch (error) {
          expect(error).toMatchObject({ code: 'INVALID_CURSOR' });
        }
      }),
    );
  });
});
