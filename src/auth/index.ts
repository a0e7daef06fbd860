import type { Logger } from 'pino';
import type { Config } from '../config.js';
import { LOCAL_VIEWER } from '../core/viewer.js';
import type { ApiKeyRepository } from '../storage/index.js';
import { ApiKeys } from './api-keys.js';
import { Authenticator } from './authenticator.js';
import { KeyWatch } from './key-watch.js';
import { RequestLimiter } from './request-limiter.js';
import { openUrlSecret, UrlSigner } from './url-signer.js';

/** Authentication and rate limits of one server. */
export interface Access {
  readonly apiKeys: ApiKeys;
  readonly authenticator: Authenticator;
  readonly watch: KeyWatch;
  readonly urls: UrlSigner;
  readonly limiter: RequestLimiter;
}

export async function openAuth(
  { auth, dataDir, maxRequests }: Pick<Config, 'auth' | 'dataDir' | 'maxRequests'>,
  keys: ApiKeyRepository,
  logger: Logger,
): Promise<Access> {
  const needsKeys = auth === 'keys';
  const watch = new KeyWatch(keys);
  const apiKeys = new ApiKeys(keys, watch);
  if (needsKeys && !(await apiKeys.hasAdmin())) {
    logger.warn('no admin key exists; create one: npm run keys -- create --name NAME --admin');
  }
  return {
    apiKeys,
    watch,
    authenticator: new Authenticator(apiKeys, needsKeys ? null : LOCAL_VIEWER),
    urls: new UrlSigner(needsKeys ? await openUrlSecret(dataDir) : null),
    limiter: new RequestLimiter(maxRequests),
  };
}
