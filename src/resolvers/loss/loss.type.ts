import { Field, Float, Int, ObjectType, registerEnumType } from 'type-graphql';
import type { LayerLoss, Losses } from '../../engine/index.js';
import type { LossRow } from '../../storage/index.js';

const LossTermEnum = { CONTENT: 'content', STYLE: 'style' } satisfies Record<
  Uppercase<LayerLoss['term']>,
  LayerLoss['term']
>;
registerEnumType(LossTermEnum, {
  name: 'LossTerm',
  description: 'Term of the loss that a layer belongs to.',
  valuesConfig: {
    CONTENT: { description: 'Difference between the features of the image and of the content.' },
    STYLE: { description: 'Difference between the feature correlations of the image and of the styles.' },
  },
});

@ObjectType('LayerLoss', { description: 'The loss of one layer of the network.' })
export class LayerLossType implements LayerLoss {
  @Field(() => LossTermEnum, { description: 'Term that the layer belongs to.' })
  term!: LayerLoss['term'];

  @Field(() => String, { description: 'Name of the layer, such as `relu4_2`.' })
  layer!: string;

  @Field(() => Float, { description: 'Mean squared difference, not multiplied by the layer’s weight.' })
  loss!: number;
}

@ObjectType('Losses', { description: 'The losses of one step.' })
export class LossesType implements Losses {
  @Field(() => Float, {
    description: 'contentWeight * content + styleWeight * style + totalVariationWeight * totalVariation.',
  })
  total!: number;

  @Field(() => Float, { description: 'Weighted sum of the losses of the content layers.' })
  content!: number;

  @Field(() => Float, { description: 'Weighted sum of the losses of the style layers.' })
  style!: number;

  @Field(() => Float, { description: 'Mean squared difference of neighbouring pixels.' })
  totalVariation!: number;

  @Field(() => [LayerLossType], { description: 'The loss of each layer; empty if the session is not running.' })
  layers!: readonly LayerLoss[];
}

@ObjectType('LossPoint', { description: 'The losses of one step in the loss curve.' })
export class LossPointType implements LossRow {
  @Field(() => Int, {
    description: 'Number of the step record. Increases, with gaps where a run was interrupted.',
  })
  seq!: number;

  @Field(() => Int, { description: 'Number of the optimiser step, from 1.' })
  step!: number;

  @Field(() => Int, { description: 'Index of the scale, from 0 (coarsest).' })
  scaleIndex!: number;

  @Field(() => Float, { description: 'See `Losses.total`.' })
  total!: number;

  @Field(() => Float, { description: 'See `Losses.content`.' })
  content!: number;

  @Field(() => Float, { description: 'See `Losses.style`.' })
  style!: number;

  @Field(() => Float, { description: 'See `Losses.totalVariation`.' })
  totalVariation!: number;

  @Field(() => Float, { description: 'Compute time up to this step, in milliseconds.' })
  elapsedMs!: number;
}
