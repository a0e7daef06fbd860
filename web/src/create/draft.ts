import { Store } from '../api/store';
import { CONTROLS, type RecipeField } from '../generated/controls';
import type { CreateSessionInput, RecipeFieldsFragment, RecipeInput } from '../generated/graphql';
import { splitTags } from '../ui/tags';
import { sendPicture, type Picture } from './pictures';

/** A style picture and its part in the blend. */
export interface Style {
  readonly picture: Picture;
  /** 1 to 100, relative to the others'. */
  readonly weight: number;
  /** How large its strokes come out. */
  readonly scale: number;
  /** Where in the content it is painted; null for everywhere. */
  readonly mask: Picture | null;
}

/** The fields of a recipe that differ from the preset's. */
export type Overrides = { readonly [Field in keyof RecipeFieldsFragment]?: RecipeFieldsFragment[Field] };

/** What is to be painted, as far as it has been said. */
export interface Draft {
  readonly content: Picture | null;
  readonly initial: Picture | null;
  /** What of the content stays as it is, as a mask. */
  readonly keep: Picture | null;
  readonly styles: readonly Style[];
  readonly preset: string;
  readonly overrides: Overrides;
  readonly title: string;
  /** As typed, separated by commas. */
  readonly tags: string;
}

export const MOST_STYLES = 8;
const WEIGHT = 50;

export const EMPTY_DRAFT: Draft = {
  content: null,
  initial: null,
  keep: null,
  styles: [],
  preset: 'balanced',
  overrides: {},
  title: '',
  tags: '',
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

export function placeKeep(file: File): void {
  const place = (keep: Picture) => draft.value.keep?.key === keep.key && change({ keep });
  change({ keep: sendPicture(file, place) });
}

export function placeMask(styleKey: number, file: File): void {
  const isThere = ({ key }: Picture) =>
    draft.value.styles.some(({ picture, mask }) => picture.key === styleKey && mask?.key === key);
  const place = (mask: Picture) => isThere(mask) && changeStyle(styleKey, { mask });
  changeStyle(styleKey, { mask: sendPicture(file, place) });
}

export function addStyles(files: readonly File[]): void {
  for (const file of files.slice(0, MOST_STYLES - draft.value.styles.length)) {
    addStyle(sendPicture(file, (picture) => changeStyle(picture.key, { picture })));
  }
}

export function addStyle(picture: Picture, weight = WEIGHT, scale = 1, mask: Picture | null = null): void {
  change({ styles: [...draft.value.styles, { picture, weight, scale, mask }] });
}

export function changeStyle(key: number, changes: Partial<Style>): void {
  change({
    styles: draft.value.styles.map((style) => (style.picture.key === key ? { ...style, ...changes } : style)),
  });
}

export function removeStyle(key: number): void {
  change({ styles: draft.value.styles.filter((style) => style.picture.key !== key) });
}

/**
 * Overrides a field of the recipe; undefined restores the preset's value. Overrides of fields that apply only with a value
 * of this field are removed.
 */
export function override<Field extends keyof Overrides>(field: Field, value: Overrides[Field] | undefined): void {
  const dependsOn = (name: string) => {
    const control = CONTROLS[name as RecipeField];
    return 'onlyWith' in control && control.onlyWith.field === field;
  };
  const others = Object.fromEntries(
    Object.entries(draft.value.overrides).filter(([name]) => name !== field && !dependsOn(name)),
  );
  change({ overrides: value === undefined ? others : { ...others, [field]: value } });
}

/** What `createSession` takes; null as long as pictures are missing or under way. */
export function inputOf(draft: Draft): CreateSessionInput | null {
  if (missing(draft) !== null) return null;
  const { content, initial, keep, styles, preset, overrides, title } = draft;
  const tags = splitTags(draft.tags);
  return {
    contentImageId: content!.image!.id,
    styles: styles.map(({ picture, weight, scale, mask }) => ({
      imageId: picture.image!.id,
      weight,
      scale,
      ...(mask && { maskImageId: mask.image!.id }),
    })),
    preset,
    recipe: overrides as RecipeInput,
    ...(initial && overrides.initialImage === 'IMAGE' && { initialImageId: initial.image!.id }),
    ...(keep && { keepMaskImageId: keep.image!.id }),
    ...(title.trim() && { title }),
    ...(tags.length > 0 && { tags }),
  };
}

/** What is still missing, in words; null where nothing is. */
export function missing({ content, initial, keep, styles }: Draft): string | null {
  if (!content) return 'Choose a picture to paint';
  if (styles.length === 0) return 'Choose a style';
  const pictures = [content, initial, keep, ...styles.flatMap(({ picture, mask }) => [picture, mask])];
  if (pictures.some((picture) => picture?.mistake)) return 'Replace the picture that was refused';
  if (pictures.some((picture) => picture && !picture.image)) return 'Uploading …';
  return null;
}
