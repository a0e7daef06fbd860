/** The recipe's GraphQL types, made from the engine's table of recipe fields. */
import { Field, Float, InputType, Int, ObjectType, registerEnumType } from 'type-graphql';
import {
  describeField,
  MAX_LAYER_WEIGHT,
  RECIPE_FIELD_ENTRIES,
  type LayerWeight,
  type RecipeField,
} from '../../engine/index.js';

const LAYER = { description: 'Conventional name of the layer, such as `relu4_2`.' };
const WEIGHT = { description: `Weight of the layer within its term: above 0, at most ${MAX_LAYER_WEIGHT}.` };

@ObjectType('LayerWeight', { description: 'A layer of the network and its weight within a term of the loss.' })
export class LayerWeightType implements LayerWeight {
  @Field(() => String, LAYER)
  layer!: string;

  @Field(() => Float, WEIGHT)
  weight!: number;
}

@InputType({ description: 'A layer of the network and its weight within a term of the loss.' })
export class LayerWeightInput implements LayerWeight {
  @Field(() => String, LAYER)
  layer!: string;

  @Field(() => Float, { ...WEIGHT, defaultValue: 1 })
  weight!: number;
}

/** The output type of a `Recipe`; the loop below adds its fields. */
@ObjectType('Recipe', { description: 'Everything that determines a run, besides the images.' })
export class RecipeType {}

/** The input type of `RecipeOverrides`; the loop below adds its fields. */
@InputType({ description: 'Replaces single fields of a recipe. A field that is absent or null keeps its value.' })
export class RecipeInput {}

for (const [name, field] of RECIPE_FIELD_ENTRIES) {
  const description = describeField(field);
  const [output, input] = typesOf(field);
  Field(() => output, { description, nullable: field.onlyWith !== undefined })(RecipeType.prototype, name);
  Field(() => input, { description, nullable: true })(RecipeInput.prototype, name);
}

type FieldType = typeof Float | StringConstructor | BooleanConstructor | object;

/** A field's types in output and input. Registers the type of an enum. */
function typesOf(field: RecipeField): readonly [FieldType, FieldType] {
  const same = <T extends FieldType>(type: T) => [type, type] as const;
  switch (field.type) {
    case 'STRING':
      return same(String);
    case 'BOOLEAN':
      return same(Boolean);
    case 'INT':
      return same(Int);
    case 'FLOAT':
      return same(Float);
    case 'LAYERS':
      return [[LayerWeightType], [LayerWeightInput]];
    case 'ENUM': {
      const values = Object.fromEntries(Object.keys(field.values).map((value) => [value, value]));
      registerEnumType(values, {
        name: field.name,
        description: field.description,
        valuesConfig: Object.fromEntries(
          Object.entries(field.values).map(([value, description]) => [value, { description }]),
        ),
      });
      return same(values);
    }
  }
}
