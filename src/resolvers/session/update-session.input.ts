import { Field, InputType } from 'type-graphql';
import { MAX_TITLE_LENGTH } from '../../sessions/labels.js';
import { TAGS_RULE } from './session-labels.docs.js';

@InputType({ description: 'What to call a session, and what to file it under. What is absent stays as it is.' })
export class UpdateSessionInput {
  @Field(() => String, {
    nullable: true,
    description: `At most ${MAX_TITLE_LENGTH} characters; null or empty takes the title away.`,
  })
  title?: string | null;

  @Field(() => [String], {
    nullable: true,
    description: `All its tags: those that are not among them go. ${TAGS_RULE} Null is as absent.`,
  })
  tags?: string[] | null;
}
