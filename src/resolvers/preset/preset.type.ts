import { Field, ObjectType } from 'type-graphql';
import type { Recipe } from '../../engine/recipe/recipe.js';
import type { Preset } from '../../engine/recipe/presets.js';
import { RecipeType } from './recipe.type.js';

@ObjectType('Preset', { description: 'A recipe with a name that people understand.' })
export class PresetType implements Preset {
  @Field(() => String, { description: 'What `CreateSessionInput.preset` takes.' })
  name!: string;

  @Field(() => String, { description: 'The name to show.' })
  title!: string;

  @Field(() => String, { description: 'What to expect of it.' })
  description!: string;

  @Field(() => RecipeType, { description: 'The complete recipe.' })
  recipe!: Recipe;
}
