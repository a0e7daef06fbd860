import { graphql } from 'graphql';
import { expect, it, vi } from 'vitest';
import type { GraphqlContext } from '../../src/resolvers/context.js';
import { createLoaders } from '../../src/resolvers/loaders.js';
import { getSchema } from '../../src/resolvers/schema.js';
import { ImageService } from '../../src/images/image-service.js';
import { PresetService } from '../../src/presets/preset-service.js';
import { TimelapseService } from '../../src/images/timelapse-service.js';
import { LOCAL_VIEWER } from '../../src/core/viewer.js';
import { LIMITS } from '../storage/support.js';
import { openSessionsFixture } from '../support/sessions.js';

it('the uses of all presets are counted in one query, and only if useCount is selected', async () => {
  const { storage, easel } = await openSessionsFixture();
  const uses = vi.spyOn(storage.presets, 'uses');
  const services = {
    sessions: easel.sessions,
    images: new ImageService(storage, LIMITS.maxBytes),
    presets: new PresetService(storage.presets),
    history: easel.history,
    timelapses: new TimelapseService(storage),
  };
  await Promise.all(['one', 'two', 'three'].map((name) => services.presets.create(LOCAL_VIEWER, { name })));
  const ask = async (source: string) => {
    const loaders = createLoaders(services, LOCAL_VIEWER);
    const contextValue = { viewer: LOCAL_VIEWER, services, loaders } as unknown as GraphqlContext;
    const { data, errors } = await graphql({ schema: getSchema(), source, contextValue });
    expect(errors).toBeUndefined();
    return (data as unknown as { presets: object[] }).presets.length;
  };
  expect(await ask('{ presets { id name recipe { size } } }')).toBeGreaterThan(3);
  expect(uses).toHaveBeenCalledTimes(0);
  await ask('{ presets { useCount } more: presets { id useCount } }');
  expect(uses).toHaveBeenCalledTimes(1);
});
