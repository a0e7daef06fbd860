import { Field, ID, InputType, registerEnumType } from 'type-graphql';
import { MAX_TITLE_LENGTH } from '../../sessions/labels.js';
import { MAX_STYLES } from '../../sessions/session-creator.js';
import type { BranchFrom } from '../../sessions/session-creator.js';
import type { RecipeOverrides } from '../../engine/index.js';
import { RecipeInput } from '../preset/recipe.type.js';
import { IDEMPOTENCY_KEY, StyleInput } from './session.input.js';

export const BranchFromEnum = {
  RECIPE: 'RECIPE',
  RESULT: 'RESULT',
  CHECKPOINT: 'CHECKPOINT',
} satisfies { [K in BranchFrom]: K };
registerEnumType(BranchFromEnum, {
  name: 'BranchFrom',
  description: 'What a branch begins with.',
  valuesConfig: {
    RECIPE: { description: 'What its recipe says: it begins anew.' },
    RESULT: {
      description:
        'The result of the old session, as the picture to begin with: the recipe’s `initialImage` becomes IMAGE. A `minScale` at or above `size` keeps its details.',
    },
    CHECKPOINT: {
      description:
        'The picture that the old session’s run has come to, in full precision, which is kept until that is deleted. All steps are made at the final scale; size and network must be the old session’s.',
    },
  },
});

@InputType({
  description: 'What a new session has of an old one, and what it has of its own. What is absent is the old one’s.',
})
export class BranchSessionInput {
  @Field(() => BranchFromEnum, { description: 'What it begins with.' })
  from!: BranchFrom;

  @Field(() => String, {
    nullable: true,
    description: 'Name of a preset whose recipe takes the place of the old session’s; `presets` lists them.',
  })
  preset?: string | null;

  @Field(() => RecipeInput, {
    nullable: true,
    description: 'What differs from the old session’s recipe, or from the preset’s where one is named.',
  })
  recipe?: RecipeOverrides | null;

  @Field(() => ID, {
    nullable: true,
    description: 'Another picture to paint. The old session’s masks are not taken over then.',
  })
  contentImageId?: string | null;

  @Field(() => [StyleInput], {
    nullable: true,
    description: `Other pictures whose style it takes on; 1 to ${MAX_STYLES}.`,
  })
  styles?: StyleInput[] | null;

  @Field(() => ID, {
    nullable: true,
    description: 'Another mask of what is kept, as in `CreateSessionInput`.',
  })
  keepMaskImageId?: string | null;

  @Field(() => String, {
    nullable: true,
    description: `What to call it; at most ${MAX_TITLE_LENGTH} characters. Nothing where absent.`,
  })
  title?: string | null;

  @Field(() => String, { nullable: true, description: IDEMPOTENCY_KEY })
  idempotencyKey?: string | null;
}
