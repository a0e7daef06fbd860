import { cacheExchange, type Cache } from '@urql/exchange-graphcache';
import { relayPagination } from '@urql/exchange-graphcache/extras';
import { Client, fetchExchange, mapExchange, subscriptionExchange } from '@urql/preact';
import { EMBEDDED } from '../generated/keys';
import { authorization, lock } from './key';
import { forwardSubscription } from './socket';

/** Lists of sessions are asked for anew: what belongs in them is for the server to say. */
function forgetLists(cache: Cache): void {
  for (const { fieldName, fieldKey } of cache.inspectFields('Query')) {
    if (fieldName === 'sessions') cache.invalidate('Query', fieldKey);
  }
}

/** Sessions and pictures by their ids: whatever arrives, by query or by stream, shows wherever it is shown. */
const cache = cacheExchange({
  keys: Object.fromEntries(EMBEDDED.map((type) => [type, () => null])),
  resolvers: {
    Query: {
      sessions: relayPagination(),
      session: (_parent, { id }) => ({ __typename: 'Session', id }),
      image: (_parent, { id }) => ({ __typename: 'Image', id }),
    },
  },
  updates: {
    Mutation: {
      createSession: (_result, _args, cache) => forgetLists(cache),
      createPreset: (_result, _args, cache) => cache.invalidate('Query', 'presets'),
      deletePreset: (_result, _args, cache) => cache.invalidate('Query', 'presets'),
      branchSession: (_result, _args, cache) => forgetLists(cache),
      updateSession: (_result, _args, cache) => {
        forgetLists(cache);
        cache.invalidate('Query', 'tags');
      },
    },
  },
});

const refusals = mapExchange({
  onError: ({ graphQLErrors }) => {
    if (graphQLErrors.some(({ extensions }) => extensions.code === 'UNAUTHENTICATED')) lock();
  },
});

export const client = new Client({
  url: '/graphql',
  preferGetMethod: false,
  fetchOptions: () => ({ headers: { ...authorization() } }),
  exchanges: [refusals, cache, fetchExchange, subscriptionExchange({ forwardSubscription })],
});
