import { Field, Float, InputType, Int } from 'type-graphql';
import type {
  Colors,
  InitialImage,
  OptimizerName,
  Pooling,
  RecipeOverrides,
  SizeOf,
} from '../../engine/recipe/recipe.js';
import { RECIPE_DOCS } from './recipe.docs.js';
import { ColorsEnum, InitialImageEnum, OptimizerEnum, PoolingEnum, SizeOfEnum } from './recipe.enums.js';

@InputType({ description: 'A layer of the network and its weight within a term of the loss.' })
export class LayerWeightInput {
  @Field(() => String, { description: 'The layer by its conventional name, such as `relu4_2`.' })
  layer!: string;

  @Field(() => Float, { defaultValue: 1, description: 'Its weight within the term: above 0, at most 1e6.' })
  weight!: number;
}

@InputType({
  description: 'Replaces single fields of the preset’s recipe; a field that is absent or null stays the preset’s.',
})
export class RecipeInput implements RecipeOverrides {
  @Field(() => String, { nullable: true, description: RECIPE_DOCS.network })
  network?: string;

  @Field(() => Boolean, { nullable: true, description: RECIPE_DOCS.allowFallback })
  allowFallback?: boolean;

  @Field(() => Int, { nullable: true, description: RECIPE_DOCS.size })
  size?: number;

  @Field(() => SizeOfEnum, { nullable: true, description: RECIPE_DOCS.sizeOf })
  sizeOf?: SizeOf;

  @Field(() => Int, { nullable: true, description: RECIPE_DOCS.steps })
  steps?: number;

  @Field(() => Float, { nullable: true, description: RECIPE_DOCS.contentWeight })
  contentWeight?: number;

  @Field(() => Float, { nullable: true, description: RECIPE_DOCS.styleWeight })
  styleWeight?: number;

  @Field(() => Float, { nullable: true, description: RECIPE_DOCS.totalVariationWeight })
  totalVariationWeight?: number;

  @Field(() => [LayerWeightInput], { nullable: true, description: RECIPE_DOCS.contentLayers })
  contentLayers?: LayerWeightInput[];

  @Field(() => [LayerWeightInput], { nullable: true, description: RECIPE_DOCS.styleLayers })
  styleLayers?: LayerWeightInput[];

  @Field(() => PoolingEnum, { nullable: true, description: RECIPE_DOCS.pooling })
  pooling?: Pooling;

  @Field(() => OptimizerEnum, { nullable: true, description: RECIPE_DOCS.optimizer })
  optimizer?: OptimizerName;

  @Field(() => Float, { nullable: true, description: RECIPE_DOCS.learningRate })
  learningRate?: number;

  @Field(() => Int, { nullable: true, description: RECIPE_DOCS.history })
  history?: number;

  @Field(() => Boolean, { nullable: true, description: RECIPE_DOCS.balanceStyleLayers })
  balanceStyleLayers?: boolean;

  @Field(() => Float, { nullable: true, description: RECIPE_DOCS.minImprovement })
  minImprovement?: number;

  @Field(() => InitialImageEnum, { nullable: true, description: RECIPE_DOCS.initialImage })
  initialImage?: InitialImage;

  @Field(() => Float, { nullable: true, description: RECIPE_DOCS.noiseRatio })
  noiseRatio?: number;

  @Field(() => Int, { nullable: true, description: RECIPE_DOCS.seed })
  seed?: number;

  @Field(() => Int, { nullable: true, description: RECIPE_DOCS.minScale })
  minScale?: number;

  @Field(() => Float, { nullable: true, description: RECIPE_DOCS.scaleRatio })
  scaleRatio?: number;

  @Field(() => Float, { nullable: true, description: RECIPE_DOCS.stepRatio })
  stepRatio?: number;

  @Field(() => Float, { nullable: true, description: RECIPE_DOCS.averageDecay })
  averageDecay?: number;

  @Field(() => ColorsEnum, { nullable: true, description: RECIPE_DOCS.colors })
  colors?: Colors;
}
