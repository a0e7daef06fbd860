import { Query, Resolver } from 'type-graphql';
import { PRESETS, type Preset } from '../../engine/recipe/presets.js';
import { PresetType } from './preset.type.js';

@Resolver(() => PresetType)
export class PresetResolver {
  @Query(() => [PresetType], { description: 'All presets, the default one first.' })
  presets(): readonly Preset[] {
    return PRESETS;
  }
}
