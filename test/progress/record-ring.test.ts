import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RecordRing } from '../../src/progress/record-ring.js';

/** Rising numbers with holes, as after a restarted run. */
const rising = fc
  .array(fc.integer({ min: 1, max: 3 }), { maxLength: 60 })
  .map((steps) => steps.reduce<number[]>((seqs, step) => [...seqs, (seqs.at(-1) ?? 0) + step], []));

describe('RecordRing', () => {
  it('holds the newest entries and finds the one after a number', () => {
    fc.assert(
      fc.property(
        rising,
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 0, max: 200 }),
        (seqs, capacity, asked) => {
          const ring = new RecordRing<{ seq: number }>(capacity);
          for (const seq of seqs) ring.push({ seq });
          const held = seqs.slice(-capacity);
          expect(ring.after(asked)?.seq).toBe(held.find((seq) => seq > asked));
          expect(ring.newest(3).map(({ seq }) => seq)).toEqual(held.slice(-3));
        },
      ),
    );
  });

  it('covers a range only if it holds every number in it', () => {
    fc.assert(
      fc.property(
        rising,
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 0, max: 100 }),
        fc.integer({ min: 0, max: 10 }),
        (seqs, capacity, from, length) => {
          const ring = new RecordRing<{ seq: number }>(capacity);
          for (const seq of seqs) ring.push({ seq });
          const held = new Set(seqs.slice(-capacity));
          const wanted = Array.from({ length }, (_, index) => from + 1 + index);
          expect(ring.covers(from, from + length)).toBe(wanted.every((seq) => held.has(seq)));
        },
      ),
    );
  });
});
