import { serverAudits } from 'graphql-http';
import { describe, expect, it } from 'vitest';
import { startTestServer } from '../support/server.js';

/** Audits of recommendations that this server does not follow. */
const DIFFERENT: Record<string, string> = {
  // A foreign page can send a GET request that has no header which triggers a preflight request.
  '5A70': 'queries by GET are refused without the header `apollo-require-preflight`',
  D6D5: 'queries by GET are refused without the header `apollo-require-preflight`',
  '6A70': 'queries by GET are refused without the header `apollo-require-preflight`',
  // The status does not depend on the accepted type, so that proxies and logs see which requests failed.
  '572B': 'a document that does not parse is a 400 in application/json, too',
  FDE2: 'a document that is not valid is a 400 in application/json, too',
  '7B9B': 'variables that do not fit are a 400 in application/json, too',
};

describe('audits of GraphQL over HTTP', () => {
  it('all pass, except those of recommendations that are not followed', async () => {
    const { url } = await startTestServer();
    const results = [];
    for (const audit of serverAudits({ url: `${url}/graphql` })) results.push(await audit.fn());
    expect(results.length).toBeGreaterThan(50);
    const failed = results.filter(({ status }) => status !== 'ok').map(({ id, name }) => ({ id, name }));
    expect(failed.filter(({ name }) => name.startsWith('MUST'))).toEqual([]);
    expect(failed.map(({ id }) => id).sort()).toEqual(Object.keys(DIFFERENT).sort());
  });

  it('pass with the header that GET requires', async () => {
    const { url } = await startTestServer();
    const fetchFn = (target: string, init: RequestInit = {}) =>
      fetch(target, { ...init, headers: { ...init.headers, 'apollo-require-preflight': 'true' } });
    const gets = serverAudits({ url: `${url}/graphql`, fetchFn }).filter(({ id }) => DIFFERENT[id]?.includes('GET'));
    expect(gets).toHaveLength(3);
    for (const audit of gets) expect((await audit.fn()).status).toBe('ok');
  });
});
