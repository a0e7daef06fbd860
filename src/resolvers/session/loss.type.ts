import { Field, Float, Int, ObjectType, registerEnumType } from 'type-graphql';
import type { LayerLoss, Losses } from '../../engine/index.js';
import type { LossRow } from '../../storage/index.js';

const LossTermEnum = { CONTENT: 'content', STYLE: 'style' } satisfies Record<
  Uppercase<LayerLoss['term']>,
  LayerLoss['term']
>;
registerEnumType(LossTermEnum, {
  name: 'LossTerm',
  description: 'The part of the loss that a layer belongs to.',
  valuesConfig: {
    CONTENT: { description: 'How far the features are from the content picture’s.' },
    STYLE: { description: 'How far the feature correlations are from the style pictures’.' },
  },
});

@ObjectType('LayerLoss', { description: 'One layer’s loss, before its weight.' })
export class LayerLossType implements LayerLoss {
  @Field(() => LossTermEnum, { description: 'The term that it belongs to.' })
  term!: LayerLoss['term'];

  @Field(() => String, { description: 'The layer, such as `relu4_2`.' })
  layer!: string;

  @Field(() => Float, { description: 'Mean squared difference, before weights.' })
  loss!: number;
}

@ObjectType('Losses', { description: 'The losses at one step, as the optimiser saw them.' })
export class LossesType implements Losses {
  @Field(() => Float, {
    description: 'contentWeight * content + styleWeight * style + totalVariationWeight * totalVariation.',
  })
  total!: number;

  @Field(() => Float, { description: 'The content layers’ losses times their weights, summed.' })
  content!: number;

  @Field(() => Float, { description: 'The style layers’ losses times their weights, summed.' })
  style!: number;

  @Field(() => Float, { description: 'Mean squared difference of neighbouring pixels.' })
  totalVariation!: number;

  @Field(() => [LayerLossType], { description: 'Layer by layer; known while the session runs, empty afterwards.' })
  layers!: readonly LayerLoss[];
}

@ObjectType('LossPoint', { description: 'One step of the loss curve.' })
export class LossPointType implements LossRow {
  @Field(() => Int, { description: 'Number of the step record; rises, with gaps where a run was interrupted.' })
  seq!: number;

  @Field(() => Int, { description: 'Optimiser step, from 1.' })
  step!: number;

  @Field(() => Int, { description: 'Scale of the coarse-to-fine run, from 0.' })
  scaleIndex!: number;

  @Field(() => Float, { description: 'As in `Losses.total`.' })
  total!: number;

  @Field(() => Float, { description: 'As in `Losses.content`.' })
  content!: number;

  @Field(() => Float, { description: 'As in `Losses.style`.' })
  style!: number;

  @Field(() => Float, { description: 'As in `Losses.totalVariation`.' })
  totalVariation!: number;

  @Field(() => Float, { description: 'Milliseconds of work up to this step.' })
  elapsedMs!: number;
}
