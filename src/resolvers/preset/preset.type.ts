import { Field, GraphQLISODateTime, ID, ObjectType } from 'type-graphql';
import type { Recipe } from '../../engine/index.js';
import type { StoredPreset } from '../../presets/preset-service.js';
import { NodeType } from '../node/node.type.js';
import { RecipeType } from './recipe.type.js';

/** Its `useCount` is resolved in preset.resolver.ts. */
@ObjectType('Preset', {
  implements: NodeType,
  description: 'A recipe with a name that people understand: built in, or a user’s own.',
})
export class PresetType implements StoredPreset {
  @Field(() => ID, { description: 'Names the preset, whatever it is called.' })
  id!: string;

  @Field(() => String, { description: 'What `CreateSessionInput.preset` takes.' })
  name!: string;

  @Field(() => String, { description: 'The name to show.' })
  title!: string;

  @Field(() => String, { description: 'What to expect of it; may be empty.' })
  description!: string;

  @Field(() => RecipeType, { description: 'The complete recipe.' })
  recipe!: Recipe;

  @Field(() => Boolean, { description: 'Whether it comes with Easel. Such a one can be neither changed nor deleted.' })
  builtIn!: boolean;

  @Field(() => GraphQLISODateTime, { nullable: true, description: 'When it was made; null of a built-in one.' })
  createdAt!: Date | null;
}
