import { expect, it } from 'vitest';
import { addImage, temporaryStorage } from './support.js';

it('finds what was created', async () => {
  const storage = await temporaryStorage();
  const image = await addImage(storage, '1234 bytes', 'tree.png');
  expect(image).toMatchObject({ fileName: 'tree.png', format: 'png', width: 40, height: 30, byteSize: 10 });
  expect(image.id).toMatch(/^img_[0-9a-f]{32}$/);
  expect(await storage.images.find(image.id)).toEqual(image);
  expect(await storage.images.findMany(['img_unknown', image.id])).toEqual([image]);
  expect(await storage.images.find('img_unknown')).toBeNull();
});

it('keeps one row for the same bytes under the same name, even when many arrive at once', async () => {
  const storage = await temporaryStorage();
  const named = await Promise.all(Array.from({ length: 20 }, () => addImage(storage, 'd'.repeat(64), 'a.png')));
  const unnamed = await Promise.all(Array.from({ length: 20 }, () => addImage(storage, 'd'.repeat(64))));
  expect(new Set(named.map((row) => row.id)).size).toBe(1);
  expect(new Set(unnamed.map((row) => row.id)).size).toBe(1);
  expect(named[0]!.id).not.toBe(unnamed[0]!.id);
  expect((await addImage(storage, 'd'.repeat(64), 'b.png')).id).not.toBe(named[0]!.id);
});
