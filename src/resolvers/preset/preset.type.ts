import { Field, GraphQLISODateTime, ID, ObjectType } from 'type-graphql';
import type { Recipe } from '../../engine/index.js';
import type { StoredPreset } from '../../presets/preset-service.js';
import { NodeType } from '../node/node.type.js';
import { ErrorsField, type UserErrorType } from '../user-error.type.js';
import { RecipeType } from './recipe.type.js';

/** Its `useCount` is resolved in preset.resolver.ts. */
@ObjectType('Preset', {
  implements: NodeType,
  description: 'A recipe with a name: built in, or created by a user.',
})
export class PresetType implements StoredPreset {
  @Field(() => ID, { description: 'Id of the preset; stays the same if the preset is renamed.' })
  id!: string;

  @Field(() => String, { description: 'Name, for `CreateSessionInput.preset`.' })
  name!: string;

  @Field(() => String, { description: 'Name for display.' })
  title!: string;

  @Field(() => String, { description: 'What the preset does, for users; can be empty.' })
  description!: string;

  @Field(() => RecipeType, { description: 'The complete recipe.' })
  recipe!: Recipe;

  @Field(() => Boolean, {
    description: 'Whether the preset is part of Easel. Built-in presets cannot be changed or deleted.',
  })
  builtIn!: boolean;

  @Field(() => GraphQLISODateTime, {
    nullable: true,
    description: 'When the preset was created; null for built-in presets.',
  })
  createdAt!: Date | null;
}

@ObjectType({ description: 'Result of `createPreset`.' })
export class CreatePresetPayload {
  @Field(() => PresetType, { nullable: true, description: 'The new preset; null if there are errors.' })
  preset!: StoredPreset | null;

  @ErrorsField('INVALID_PRESET', 'PRESET_NAME_TAKEN', 'PRESET_NOT_FOUND', 'INVALID_RECIPE', 'TOO_MANY_PRESETS')
  errors!: readonly UserErrorType[];
}

@ObjectType({ description: 'Result of `updatePreset`.' })
export class UpdatePresetPayload {
  @Field(() => PresetType, { nullable: true, description: 'The updated preset; null if there are errors.' })
  preset!: StoredPreset | null;

  @ErrorsField('PRESET_NOT_FOUND', 'PRESET_BUILT_IN', 'INVALID_PRESET', 'PRESET_NAME_TAKEN', 'INVALID_RECIPE')
  errors!: readonly UserErrorType[];
}

@ObjectType({ description: 'Result of `deletePreset`.' })
export class DeletePresetPayload {
  @Field(() => ID, { nullable: true, description: 'Id of the deleted preset; null if there are errors.' })
  deletedId!: string | null;

  @ErrorsField('PRESET_NOT_FOUND', 'PRESET_BUILT_IN')
  errors!: readonly UserErrorType[];
}
