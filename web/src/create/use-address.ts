import { useClient, type Client } from '@urql/preact';
import { useEffect } from 'preact/hooks';
import { useLocation, useSearch } from 'wouter-preact';
import { plain } from '../api/plain';
import { PictureDocument, SessionDocument, WorkbenchDocument, type ImageCardFragment } from '../generated/graphql';
import { addStyle, change, EMPTY_DRAFT, type Overrides } from './draft';
import { storedPicture, type Picture } from './pictures';

/**
 * Takes from the address what to begin with: `?content=` and `?style=` name pictures, `?from=` a session whose pictures
 * and recipe are taken over.
 */
export function useAddress(): void {
  const client = useClient();
  const search = useSearch();
  const [, navigate] = useLocation();
  useEffect(() => {
    const parameters = new URLSearchParams(search);
    const [content, style, from] = ['content', 'style', 'from'].map((name) => parameters.get(name));
    if (!content && !style && !from) return;
    navigate('/', { replace: true });
    if (from) void takeSession(client, from);
    if (content) void findPicture(client, content).then((content) => content && change({ content }));
    if (style) void findPicture(client, style).then((picture) => picture && addStyle(picture));
  }, [client, search, navigate]);
}

/** Shown small, whatever its size. */
function stored(image: ImageCardFragment, name: string): Picture {
  return storedPicture({ ...image, url: image.medium }, name);
}

async function findPicture(client: Client, id: string) {
  const { data } = await client.query(PictureDocument, { id });
  return data?.image ? stored(data.image, data.image.fileName ?? 'a painting') : null;
}

async function takeSession(client: Client, id: string): Promise<void> {
  const [{ data }, { data: workbench }] = await Promise.all([
    client.query(SessionDocument, { id }),
    client.query(WorkbenchDocument, {}),
  ]);
  const session = data?.session;
  if (!session || !workbench) return;
  const base = workbench.presets.find(({ name }) => name === session.preset) ?? workbench.presets[0]!;
  change({
    ...EMPTY_DRAFT,
    title: session.title ?? '',
    tags: session.tags.join(', '),
    preset: base.name,
    overrides: differences(plain(session.recipe), plain(base.recipe)),
    content: stored(session.contentImage, 'the same picture'),
    initial: session.initialImage && stored(session.initialImage, 'the same start'),
    keep: session.keepMaskImage && stored(session.keepMaskImage, 'the same mask'),
  });
  const heaviest = Math.max(...session.styles.map(({ weight }) => weight));
  for (const { image, weight, scale, maskImage } of session.styles) {
    const share = Math.max(1, Math.round((50 * weight) / heaviest));
    addStyle(stored(image, 'the same style'), share, scale, maskImage && stored(maskImage, 'the same mask'));
  }
}

/** The fields in which a recipe differs from another. Absent stays absent: null is no override. */
function differences(recipe: object, base: object): Overrides {
  const own = new Map(Object.entries(base));
  return Object.fromEntries(
    Object.entries(recipe).filter(
      ([field, value]) => value !== null && JSON.stringify(value) !== JSON.stringify(own.get(field)),
    ),
  );
}
