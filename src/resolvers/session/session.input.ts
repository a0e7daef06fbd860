import { Field, Float, ID, InputType } from 'type-graphql';
import { DEFAULT_PRESET, type RecipeOverrides } from '../../engine/index.js';
import { MAX_KEY_LENGTH } from '../../sessions/idempotency.js';
import { MAX_TITLE_LENGTH } from '../../sessions/labels.js';
import { MAX_STYLES, STYLE_SCALE, type CreateSession } from '../../sessions/session-creator.js';
import { TAGS_RULE } from './session-labels.docs.js';
import { RecipeInput } from '../preset/recipe.type.js';

export const IDEMPOTENCY_KEY = `Any text of yours, 1 to ${MAX_KEY_LENGTH} characters, new for each session that you want: sent again with the same input, it answers with the session that it made, for as long as that exists. With another input: IDEMPOTENCY_CONFLICT.`;

@InputType({ description: 'A style picture and its share of the blend.' })
export class StyleInput {
  @Field(() => ID, { description: 'An uploaded picture, or the result of a session.' })
  imageId!: string;

  @Field(() => Float, { defaultValue: 1, description: 'Its share, relative to the others’: above 0, at most 1e6.' })
  weight!: number;

  @Field(() => Float, {
    defaultValue: 1,
    description: `Size of the picture over the recipe’s, ${STYLE_SCALE.min} to ${STYLE_SCALE.max}: how large its strokes and motifs come out.`,
  })
  scale!: number;

  @Field(() => ID, {
    nullable: true,
    description:
      'A mask of where in the content it is painted: white there, black elsewhere, grey between; stretched to the content’s shape. Styles without one share what the masks leave. Errors: INVALID_MASK.',
  })
  maskImageId?: string | null;
}

@InputType({ description: 'What to paint, and how.' })
export class CreateSessionInput {
  @Field(() => ID, { description: 'The picture to paint: an uploaded one, or the result of a session.' })
  contentImageId!: string;

  @Field(() => [StyleInput], { description: `The pictures whose style it takes on; 1 to ${MAX_STYLES}.` })
  styles!: StyleInput[];

  @Field(() => ID, {
    nullable: true,
    description:
      'A picture for the run to begin with: an uploaded one, or the result of a session. Stretched to the content’s shape. The recipe’s `initialImage` becomes IMAGE.',
  })
  initialImageId?: string | null;

  @Field(() => ID, {
    nullable: true,
    description:
      'A mask of what is kept: the content stays untouched where it is white; stretched to the content’s shape. Errors: INVALID_MASK.',
  })
  keepMaskImageId?: string | null;

  @Field(() => String, {
    nullable: true,
    description: `Name of the preset to begin with; \`presets\` lists them. ${DEFAULT_PRESET} where absent.`,
  })
  preset?: string | null;

  @Field(() => RecipeInput, { nullable: true, description: 'What differs from the preset’s recipe.' })
  recipe?: RecipeOverrides | null;

  @Field(() => String, { nullable: true, description: `What to call it; at most ${MAX_TITLE_LENGTH} characters.` })
  title?: string | null;

  @Field(() => [String], { nullable: true, description: `What to file it under. ${TAGS_RULE}` })
  tags?: string[] | null;

  @Field(() => String, { nullable: true, description: IDEMPOTENCY_KEY })
  idempotencyKey?: string | null;
}

/** The input as the service takes it. */
export function requested(input: CreateSessionInput): CreateSession {
  const { contentImageId, styles, initialImageId, keepMaskImageId, preset, recipe, title, tags } = input;
  return {
    contentImageId,
    styles,
    initialImageId: initialImageId ?? undefined,
    keepMaskImageId: keepMaskImageId ?? undefined,
    preset: preset ?? undefined,
    recipe: recipe ?? undefined,
    title: title ?? undefined,
    tags: tags ?? undefined,
  };
}
