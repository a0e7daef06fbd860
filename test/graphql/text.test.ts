import fc from 'fast-check';
import { parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { findBadText } from '../../src/graphql/text.js';

const QUERY = parse('query ($a: String) { sessions(text: $a) { totalCount } }');
const LONE = '\ud83d';

describe('findBadText', () => {
  it('finds nothing in whole characters', () => {
    const whole = fc.dictionary(fc.string({ unit: 'grapheme' }), fc.jsonValue({ stringUnit: 'grapheme', maxDepth: 5 }));
    fc.assert(
      fc.property(whole, (variables) => {
        fc.pre(!JSON.stringify(variables).includes('\\u0000'));
        expect(findBadText(QUERY, variables)).toBeNull();
      }),
    );
    expect(findBadText(QUERY, undefined)).toBeNull();
  });

  it.each([
    [{ a: `x${LONE}y` }, 'a'],
    [{ a: 'x\0' }, 'a'],
    [{ input: { styles: [{ imageId: 'x' }, { imageId: LONE }] } }, 'input.styles.1.imageId'],
    [{ input: { [LONE]: 1 } }, 'input'],
  ])('names the place in %j', (variables, field) => {
    expect(findBadText(QUERY, variables)?.extensions).toEqual({ code: 'BAD_USER_INPUT', field });
  });

  it('looks into the document, whose parser refuses lone surrogates itself', () => {
    const document = parse('{ sessions(text: "\\u0000") { totalCount } }');
    expect(findBadText(document, {})?.extensions.code).toBe('BAD_USER_INPUT');
    expect(() => parse('{ sessions(text: "\\ud83d") { totalCount } }')).toThrow('Invalid Unicode escape');
  });

  it('refuses values that are nested without end', () => {
    let deep: unknown = 'x';
    for (let level = 0; level < 100_000; level += 1) deep = [deep];
    expect(findBadText(QUERY, { a: deep })?.extensions.code).toBe('BAD_USER_INPUT');
  });
});
