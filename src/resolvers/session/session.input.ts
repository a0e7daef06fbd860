import { Field, Float, ID, InputType, registerEnumType } from 'type-graphql';
import { DEFAULT_PRESET, type RecipeOverrides } from '../../engine/index.js';
import { MAX_KEY_LENGTH } from '../../sessions/idempotency.js';
import { MAX_TAG_LENGTH, MAX_TAGS, MAX_TITLE_LENGTH } from '../../sessions/labels.js';
import { MAX_STYLES, STYLE_SCALE, type BranchFrom } from '../../sessions/session-creator.js';
import { RecipeInput } from '../preset/recipe.type.js';

const TAGS_RULE = `At most ${MAX_TAGS} tags of at most ${MAX_TAG_LENGTH} characters; stored trimmed, in lower case and without duplicates.`;
const IDEMPOTENCY_KEY = `A unique text for this request, such as a UUID; 1 to ${MAX_KEY_LENGTH} characters. If a request with the same key and the same input created a session that still exists, that session is returned and none is created. Another input fails with IDEMPOTENCY_CONFLICT.`;

@InputType({ description: 'A style image and its weight.' })
export class StyleInput {
  @Field(() => ID, { description: 'Id of the style image: an uploaded image, or the result of a session.' })
  imageId!: string;

  @Field(() => Float, {
    defaultValue: 1,
    description: 'Weight of the style relative to the other styles: above 0, at most 1e6.',
  })
  weight!: number;

  @Field(() => Float, {
    defaultValue: 1,
    description: `Size of the style image relative to \`recipe.size\`, ${STYLE_SCALE.min} to ${STYLE_SCALE.max}: a larger image gives larger strokes and motifs.`,
  })
  scale!: number;

  @Field(() => ID, {
    nullable: true,
    description:
      'Id of a mask image: the style is applied where the mask is white, not where it is black, and partly where it is grey. The mask is stretched to the content’s aspect ratio. Styles without a mask share the area that the masks leave.',
  })
  maskImageId?: string | null;
}

@InputType({ description: 'Input of a new session.' })
export class CreateSessionInput {
  @Field(() => ID, { description: 'Id of the content image: an uploaded image, or the result of a session.' })
  contentImageId!: string;

  @Field(() => [StyleInput], { description: `Style images; 1 to ${MAX_STYLES}.` })
  styles!: StyleInput[];

  @Field(() => ID, {
    nullable: true,
    description:
      'Id of the image from which the optimisation starts: an uploaded image, or the result of a session. The image is stretched to the content’s aspect ratio, and the recipe’s `initialImage` becomes IMAGE. Default: the recipe’s `initialImage`.',
  })
  initialImageId?: string | null;

  @Field(() => ID, {
    nullable: true,
    description:
      'Id of a keep mask image: the content stays unchanged where the mask is white. The mask is stretched to the content’s aspect ratio. Default: no mask.',
  })
  keepMaskImageId?: string | null;

  @Field(() => String, {
    nullable: true,
    description: `Name of the preset that the recipe is based on; \`presets\` lists them. Default: ${DEFAULT_PRESET}.`,
  })
  preset?: string | null;

  @Field(() => RecipeInput, { nullable: true, description: 'Recipe fields that replace those of the preset.' })
  recipe?: RecipeOverrides | null;

  @Field(() => String, { nullable: true, description: `Title; at most ${MAX_TITLE_LENGTH} characters. Default: none.` })
  title?: string | null;

  @Field(() => [String], { nullable: true, description: `Tags. ${TAGS_RULE} Default: none.` })
  tags?: string[] | null;

  @Field(() => String, { nullable: true, description: IDEMPOTENCY_KEY })
  idempotencyKey?: string | null;
}

export const BranchFromEnum = {
  RECIPE: 'RECIPE',
  RESULT: 'RESULT',
  CHECKPOINT: 'CHECKPOINT',
} satisfies { [K in BranchFrom]: K };
registerEnumType(BranchFromEnum, {
  name: 'BranchFrom',
  description: 'What a branch takes over from its parent session besides the recipe.',
  valuesConfig: {
    RECIPE: { description: 'Nothing: the optimisation starts from the recipe’s `initialImage`.' },
    RESULT: {
      description:
        'The result: it becomes the initial image, and the recipe’s `initialImage` becomes IMAGE. Set `minScale` to `size` or more to keep the details of the result.',
    },
    CHECKPOINT: {
      description:
        'The checkpoint: the optimisation starts from the parent’s current image in full precision, and every step runs at the final scale. The size and the network must be those of the parent.',
    },
  },
});

@InputType({
  description: 'Input of a branch. Omitted fields take the value of the parent session unless described otherwise.',
})
export class BranchSessionInput {
  @Field(() => BranchFromEnum, { description: 'Where the optimisation starts.' })
  from!: BranchFrom;

  @Field(() => String, {
    nullable: true,
    description: 'Name of a preset whose recipe replaces that of the parent; `presets` lists them.',
  })
  preset?: string | null;

  @Field(() => RecipeInput, {
    nullable: true,
    description: 'Recipe fields that replace those of the preset, or of the parent if no preset is named.',
  })
  recipe?: RecipeOverrides | null;

  @Field(() => ID, {
    nullable: true,
    description: 'Id of another content image. The masks of the parent are then not used.',
  })
  contentImageId?: string | null;

  @Field(() => [StyleInput], { nullable: true, description: `Other style images; 1 to ${MAX_STYLES}.` })
  styles?: StyleInput[] | null;

  @Field(() => ID, {
    nullable: true,
    description: 'Id of another keep mask image; see `CreateSessionInput.keepMaskImageId`.',
  })
  keepMaskImageId?: string | null;

  @Field(() => String, {
    nullable: true,
    description: `Title; at most ${MAX_TITLE_LENGTH} characters. Default: none, not the title of the parent.`,
  })
  title?: string | null;

  @Field(() => String, { nullable: true, description: IDEMPOTENCY_KEY })
  idempotencyKey?: string | null;
}

@InputType({ description: 'Changes to a session. Omitted fields keep their value.' })
export class UpdateSessionInput {
  @Field(() => String, {
    nullable: true,
    description: `New title; at most ${MAX_TITLE_LENGTH} characters. \`null\` or an empty text removes the title.`,
  })
  title?: string | null;

  @Field(() => [String], {
    nullable: true,
    description: `New tags, which replace all present ones. ${TAGS_RULE} \`null\` is treated as omitted.`,
  })
  tags?: string[] | null;
}
