import { Field, Int, ObjectType, registerEnumType } from 'type-graphql';
import type { EngineState, NetworkStatus } from '../../engine/index.js';
import type { EngineStatus } from '../../sessions/system-service.js';

const EngineStateEnum = { STARTING: 'STARTING', READY: 'READY', BUSY: 'BUSY', DOWN: 'DOWN' } satisfies {
  [K in EngineState]: K;
};
registerEnumType(EngineStateEnum, {
  name: 'EngineState',
  description: 'What the engine process is doing.',
  valuesConfig: {
    STARTING: { description: 'The backend is being loaded.' },
    READY: { description: 'It waits for a session.' },
    BUSY: { description: 'It runs a session.' },
    DOWN: { description: 'It could not be started; the server’s log says why. The next session tries again.' },
  },
});

@ObjectType('EngineNetwork', { description: 'A network that recipes may name.' })
export class EngineNetworkType implements NetworkStatus {
  @Field(() => String, { description: 'What `Recipe.network` takes.' })
  name!: string;

  @Field(() => String, {
    nullable: true,
    description: 'SHA-256 of its file, hexadecimal; null where the network is not at hand on this server.',
  })
  sha256!: string | null;

  @Field(() => [String], {
    description: 'The layers that recipes may name, shallow to deep; empty where the network is not at hand.',
  })
  layers!: readonly string[];

  @Field(() => String, { nullable: true, description: 'Licence of its weights, where its file says it.' })
  licence!: string | null;

  @Field(() => String, { nullable: true, description: 'Where its weights come from, where its file says it.' })
  source!: string | null;
}

/** Its `networks` and `queueLength` are resolved in engine.resolver.ts. */
@ObjectType('Engine', { description: 'The engine process and the queue before it.' })
export class EngineType implements EngineStatus {
  @Field(() => EngineStateEnum, { description: 'What it is doing.' })
  state!: EngineState;

  @Field(() => String, {
    nullable: true,
    description: 'What it computes with, such as `onnx-cpu`; null until it is loaded.',
  })
  backend!: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'Why it is this backend and not a faster one, or why there is none; null while the engine starts.',
  })
  reason!: string | null;

  @Field(() => Int, { description: 'How many threads it computes with.' })
  threads!: number;
}
