import { Field, InputType } from 'type-graphql';
import { DEFAULT_PRESET, type RecipeOverrides } from '../../engine/index.js';
import { MAX_PRESET_DESCRIPTION, MAX_PRESET_NAME, MAX_PRESET_TITLE } from '../../presets/preset-labels.js';
import { RecipeInput } from './recipe.type.js';

const NAME = `1 to ${MAX_PRESET_NAME} lower-case letters (a to z) and digits, with single dashes between them. Neither a built-in preset’s nor that of another one of the owner’s.`;

@InputType({ description: 'A new preset.' })
export class CreatePresetInput {
  @Field(() => String, { description: `What \`CreateSessionInput.preset\` will take: ${NAME}` })
  name!: string;

  @Field(() => String, {
    nullable: true,
    description: `The name to show; at most ${MAX_PRESET_TITLE} characters. The \`name\` where absent or empty.`,
  })
  title?: string | null;

  @Field(() => String, {
    nullable: true,
    description: `What to expect of it; at most ${MAX_PRESET_DESCRIPTION} characters.`,
  })
  description?: string | null;

  @Field(() => String, {
    nullable: true,
    description: `Name of the preset whose recipe it begins with, built in or the viewer’s own; ${DEFAULT_PRESET} where absent.`,
  })
  basedOn?: string | null;

  @Field(() => RecipeInput, { nullable: true, description: 'What differs from that recipe.' })
  recipe?: RecipeOverrides | null;
}

@InputType({ description: 'Changes to a preset; what is absent or null stays as it is.' })
export class UpdatePresetInput {
  @Field(() => String, {
    nullable: true,
    description: `A new name: ${NAME} Sessions that were made with it keep the old one.`,
  })
  name?: string | null;

  @Field(() => String, {
    nullable: true,
    description: `The name to show; at most ${MAX_PRESET_TITLE} characters. The \`name\` where empty.`,
  })
  title?: string | null;

  @Field(() => String, {
    nullable: true,
    description: `What to expect of it; at most ${MAX_PRESET_DESCRIPTION} characters.`,
  })
  description?: string | null;

  @Field(() => RecipeInput, { nullable: true, description: 'Fields of its recipe to replace.' })
  recipe?: RecipeOverrides | null;
}
