import { serverAudits } from 'graphql-http';
import { describe, expect, it } from 'vitest';
import { startTestServer } from '../support/server.js';

/** What the specification recommends or allows, and this server does not do. */
const DIFFERENT: Record<string, string> = {
  // GET without a header that browsers ask about first is what a foreign page can send unasked.
  '5A70': 'queries by GET are refused without the header `apollo-require-preflight`',
  D6D5: 'queries by GET are refused without the header `apollo-require-preflight`',
  '6A70': 'queries by GET are refused without the header `apollo-require-preflight`',
  // The same status whatever type was asked for, so that proxies and logs see which requests were none.
  '572B': 'a document that does not parse is a 400 in application/json, too',
  FDE2: 'a document that is not valid is a 400 in application/json, too',
  '7B9B': 'variables that do not fit are a 400 in application/json, too',
};

describe('the audits of GraphQL over HTTP', () => {
  it('pass, but for recommendations that are not followed for a reason', async () => {
    const { url } = await startTestServer();
    const results = [];
    for (const audit of serverAudits({ url: `${url}/graphql` })) results.push(await audit.fn());
    expect(results.length).toBeGreaterThan(50);
    const failed = results.filter(({ status }) => status !== 'ok').map(({ id, name }) => ({ id, name }));
    expect(failed.filter(({ name }) => name.startsWith('MUST'))).toEqual([]);
    expect(failed.map(({ id }) => id).sort()).toEqual(Object.keys(DIFFERENT).sort());
  });

  it('hold with the header that GET needs', async () => {
    const { url } = await startTestServer();
    const fetchFn = (target: string, init: RequestInit = {}) =>
      fetch(target, { ...init, headers: { ...init.headers, 'apollo-require-preflight': 'true' } });
    const gets = serverAudits({ url: `${url}/graphql`, fetchFn }).filter(({ id }) => DIFFERENT[id]?.includes('GET'));
    expect(gets).toHaveLength(3);
    for (const audit of gets) expect((await audit.fn()).status).toBe('ok');
  });
});
