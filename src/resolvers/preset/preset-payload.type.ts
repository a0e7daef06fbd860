import { Field, ID, ObjectType } from 'type-graphql';
import type { StoredPreset } from '../../presets/preset-service.js';
import { UserErrorType } from '../user-error.type.js';
import { PresetType } from './preset.type.js';

@ObjectType({ description: 'What became of a request to make a preset.' })
export class CreatePresetPayload {
  @Field(() => PresetType, { nullable: true, description: 'The new preset; null where there are errors.' })
  preset!: StoredPreset | null;

  @Field(() => [UserErrorType], {
    description:
      'Everything that is wrong with the input: INVALID_PRESET, PRESET_NAME_TAKEN, PRESET_NOT_FOUND (`basedOn`), INVALID_RECIPE, TOO_MANY_PRESETS; empty where nothing is.',
  })
  errors!: readonly UserErrorType[];
}

@ObjectType({ description: 'What became of a request to change a preset.' })
export class UpdatePresetPayload {
  @Field(() => PresetType, { nullable: true, description: 'The changed preset; null where there are errors.' })
  preset!: StoredPreset | null;

  @Field(() => [UserErrorType], {
    description:
      'Everything that is wrong with the input: PRESET_NOT_FOUND, PRESET_BUILT_IN, INVALID_PRESET, PRESET_NAME_TAKEN, INVALID_RECIPE; empty where nothing is.',
  })
  errors!: readonly UserErrorType[];
}

@ObjectType({ description: 'What became of a request to delete a preset.' })
export class DeletePresetPayload {
  @Field(() => ID, { nullable: true, description: 'The id of the preset that is gone; null where there are errors.' })
  deletedId!: string | null;

  @Field(() => [UserErrorType], { description: 'PRESET_NOT_FOUND or PRESET_BUILT_IN; empty where nothing is wrong.' })
  errors!: readonly UserErrorType[];
}
