import { Field, Float, ObjectType } from 'type-graphql';

/** Its `image` is resolved in session-fields.resolver.ts. */
@ObjectType('SessionStyle', { description: 'A style picture of a session.' })
export class SessionStyleType {
  @Field(() => Float, { description: 'Its share of the blend, relative to the others’.' })
  weight!: number;

  @Field(() => Float, { description: 'Size of the picture over the recipe’s.' })
  scale!: number;
}
