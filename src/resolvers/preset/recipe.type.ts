import { Field, Float, Int, ObjectType } from 'type-graphql';
import type {
  Colors,
  InitialImage,
  LayerWeight,
  OptimizerName,
  Pooling,
  Recipe,
  SizeOf,
} from '../../engine/recipe/recipe.js';
import { RECIPE_DOCS } from './recipe.docs.js';
import { ColorsEnum, InitialImageEnum, OptimizerEnum, PoolingEnum, SizeOfEnum } from './recipe.enums.js';

@ObjectType('LayerWeight', { description: 'A layer of the network and its weight within a term of the loss.' })
export class LayerWeightType implements LayerWeight {
  @Field(() => String, { description: 'The layer by its conventional name, such as `relu4_2`.' })
  layer!: string;

  @Field(() => Float, { description: 'Its weight within the term: above 0, at most 1e6.' })
  weight!: number;
}

@ObjectType('Recipe', { description: 'Everything that determines a run, besides the pictures.' })
export class RecipeType implements Recipe {
  @Field(() => String, { description: RECIPE_DOCS.network })
  network!: string;

  @Field(() => Boolean, { description: RECIPE_DOCS.allowFallback })
  allowFallback!: boolean;

  @Field(() => Int, { description: RECIPE_DOCS.size })
  size!: number;

  @Field(() => SizeOfEnum, { description: RECIPE_DOCS.sizeOf })
  sizeOf!: SizeOf;

  @Field(() => Int, { description: RECIPE_DOCS.steps })
  steps!: number;

  @Field(() => Float, { description: RECIPE_DOCS.contentWeight })
  contentWeight!: number;

  @Field(() => Float, { description: RECIPE_DOCS.styleWeight })
  styleWeight!: number;

  @Field(() => Float, { description: RECIPE_DOCS.totalVariationWeight })
  totalVariationWeight!: number;

  @Field(() => [LayerWeightType], { description: RECIPE_DOCS.contentLayers })
  contentLayers!: readonly LayerWeight[];

  @Field(() => [LayerWeightType], { description: RECIPE_DOCS.styleLayers })
  styleLayers!: readonly LayerWeight[];

  @Field(() => PoolingEnum, { description: RECIPE_DOCS.pooling })
  pooling!: Pooling;

  @Field(() => OptimizerEnum, { description: RECIPE_DOCS.optimizer })
  optimizer!: OptimizerName;

  @Field(() => Float, { nullable: true, description: RECIPE_DOCS.learningRate })
  learningRate!: number | null;

  @Field(() => Int, { nullable: true, description: RECIPE_DOCS.history })
  history!: number | null;

  @Field(() => Boolean, { description: RECIPE_DOCS.balanceStyleLayers })
  balanceStyleLayers!: boolean;

  @Field(() => Float, { description: RECIPE_DOCS.minImprovement })
  minImprovement!: number;

  @Field(() => InitialImageEnum, { description: RECIPE_DOCS.initialImage })
  initialImage!: InitialImage;

  @Field(() => Float, { nullable: true, description: RECIPE_DOCS.noiseRatio })
  noiseRatio!: number | null;

  @Field(() => Int, { description: RECIPE_DOCS.seed })
  seed!: number;

  @Field(() => Int, { description: RECIPE_DOCS.minScale })
  minScale!: number;

  @Field(() => Float, { description: RECIPE_DOCS.scaleRatio })
  scaleRatio!: number;

  @Field(() => Float, { description: RECIPE_DOCS.stepRatio })
  stepRatio!: number;

  @Field(() => Float, { description: RECIPE_DOCS.averageDecay })
  averageDecay!: number;

  @Field(() => ColorsEnum, { description: RECIPE_DOCS.colors })
  colors!: Colors;
}
