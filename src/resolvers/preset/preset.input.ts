import { Field, InputType } from 'type-graphql';
import { DEFAULT_PRESET, type RecipeOverrides } from '../../engine/index.js';
import { MAX_PRESET_DESCRIPTION, MAX_PRESET_NAME, MAX_PRESET_TITLE } from '../../presets/preset-labels.js';
import { RecipeInput } from './recipe.type.js';

const NAME_RULE = `1 to ${MAX_PRESET_NAME} lower-case letters (a to z) and digits, with single dashes between them; not the name of a built-in preset or of another preset of the owner.`;

@InputType({ description: 'Input of a new preset.' })
export class CreatePresetInput {
  @Field(() => String, { description: `Name, for \`CreateSessionInput.preset\`: ${NAME_RULE}` })
  name!: string;

  @Field(() => String, {
    nullable: true,
    description: `Name for display; at most ${MAX_PRESET_TITLE} characters. Default, also for an empty text: \`name\`.`,
  })
  title?: string | null;

  @Field(() => String, {
    nullable: true,
    description: `What the preset does, for users; at most ${MAX_PRESET_DESCRIPTION} characters. Default: empty.`,
  })
  description?: string | null;

  @Field(() => String, {
    nullable: true,
    description: `Name of the preset that the recipe is based on: built in, or of the same owner. Default: ${DEFAULT_PRESET}.`,
  })
  basedOn?: string | null;

  @Field(() => RecipeInput, { nullable: true, description: 'Recipe fields that replace those of `basedOn`.' })
  recipe?: RecipeOverrides | null;
}

@InputType({ description: 'Changes to a preset. Fields that are omitted or `null` keep their value.' })
export class UpdatePresetInput {
  @Field(() => String, {
    nullable: true,
    description: `New name: ${NAME_RULE} Existing sessions keep the old name.`,
  })
  name?: string | null;

  @Field(() => String, {
    nullable: true,
    description: `New name for display; at most ${MAX_PRESET_TITLE} characters. An empty text stands for \`name\`.`,
  })
  title?: string | null;

  @Field(() => String, {
    nullable: true,
    description: `New description; at most ${MAX_PRESET_DESCRIPTION} characters.`,
  })
  description?: string | null;

  @Field(() => RecipeInput, { nullable: true, description: 'Recipe fields to replace.' })
  recipe?: RecipeOverrides | null;
}
