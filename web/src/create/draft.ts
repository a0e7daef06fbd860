import { Store } from '../api/store';
import type { CreateSessionInput, RecipeFieldsFragment, RecipeInput } from '../generated/graphql';
import { sendPicture, type Picture } from './pictures';
import { GOES_WITH } from './recipe-fields';

/** A style picture and its part in the blend. */
export interface Style {
  readonly picture: Picture;
  /** 1 to 100, relative to the others'. */
  readonly weight: number;
  /** How large its strokes come out. */
  readonly scale: number;
}

/** The fields of a recipe that differ from the preset's. */
export type Overrides = { readonly [Field in keyof RecipeFieldsFragment]?: RecipeFieldsFragment[Field] };

/** What is to be painted, as far as it has been said. */
export interface Draft {
  readonly content: Picture | null;
  readonly initial: Picture | null;
  readonly styles: readonly Style[];
  readonly preset: string;
  readonly overrides: Overrides;
  readonly title: string;
}

export const MOST_STYLES = 8;
const WEIGHT = 50;

export const EMPTY_DRAFT: Draft = {
  content: null,
  initial: null,
  styles: [],
  preset: 'balanced',
  overrides: {},
  title: '',
};

/** Outlives its page: who looks at the gallery in between finds everything as it was. */
export const draft = new Store<Draft>(EMPTY_DRAFT);

export function change(changes: Partial<Draft>): void {
  draft.set({ ...draft.value, ...changes });
}

export function placeContent(file: File): void {
  const place = (content: Picture) => draft.value.content?.key === content.key && change({ content });
  change({ content: sendPicture(file, place) });
}

/** A picture to begin with goes with the start that it stands for. */
export function placeInitial(file: File): void {
  const place = (initial: Picture) => draft.value.initial?.key === initial.key && change({ initial });
  change({ initial: sendPicture(file, place), overrides: { ...draft.value.overrides, initialImage: 'IMAGE' } });
}

export function addStyles(files: readonly File[]): void {
  for (const file of files.slice(0, MOST_STYLES - draft.value.styles.length)) {
    addStyle(sendPicture(file, (picture) => changeStyle(picture.key, { picture })));
  }
}

export function addStyle(picture: Picture, weight = WEIGHT, scale = 1): void {
  change({ styles: [...draft.value.styles, { picture, weight, scale }] });
}

export function changeStyle(key: number, changes: Partial<Style>): void {
  change({
    styles: draft.value.styles.map((style) => (style.picture.key === key ? { ...style, ...changes } : style)),
  });
}

export function removeStyle(key: number): void {
  change({ styles: draft.value.styles.filter((style) => style.picture.key !== key) });
}

/** Sets a recipe's field; with undefined, the preset's value is back. What goes with the old value goes, too. */
export function override<Field extends keyof Overrides>(field: Field, value: Overrides[Field] | undefined): void {
  const others = Object.fromEntries(
    Object.entries(draft.value.overrides).filter(
      ([name]) => name !== field && GOES_WITH[name as keyof Overrides]?.[0] !== field,
    ),
  );
  change({ overrides: value === undefined ? others : { ...others, [field]: value } });
}

/** What `createSession` takes; null as long as pictures are missing or under way. */
export function inputOf({ content, initial, styles, preset, overrides, title }: Draft): CreateSessionInput | null {
  if (!content?.image || styles.length === 0 || styles.some(({ picture }) => !picture.image)) return null;
  return {
    contentImageId: content.image.id,
    styles: styles.map(({ picture, weight, scale }) => ({ imageId: picture.image!.id, weight, scale })),
    preset,
    recipe: overrides as RecipeInput,
    ...(initial?.image && overrides.initialImage === 'IMAGE' && { initialImageId: initial.image.id }),
    ...(title.trim() && { title }),
  };
}

/** What is still missing, in words; null where nothing is. */
export function missing({ content, styles }: Draft): string | null {
  if (!content) return 'Choose a picture to paint';
  if (styles.length === 0) return 'Choose a style';
  const pictures = [content, ...styles.map(({ picture }) => picture)];
  if (pictures.some(({ mistake }) => mistake)) return 'Replace the picture that was refused';
  if (pictures.some(({ image }) => !image)) return 'Uploading …';
  return null;
}
