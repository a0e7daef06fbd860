import { Field, Int, ObjectType, registerEnumType } from 'type-graphql';
import type { EngineState, NetworkStatus } from '../../engine/index.js';
import type { EngineStatus } from '../../sessions/system-service.js';

const EngineStateEnum = { STARTING: 'STARTING', READY: 'READY', BUSY: 'BUSY', DOWN: 'DOWN' } satisfies {
  [K in EngineState]: K;
};
registerEnumType(EngineStateEnum, {
  name: 'EngineState',
  description: 'State of the engine process.',
  valuesConfig: {
    STARTING: { description: 'The process is loading the backend.' },
    READY: { description: 'The process is idle.' },
    BUSY: { description: 'The process is running a session.' },
    DOWN: {
      description:
        'The process could not be started; the server’s log has the reason. The next session starts it again.',
    },
  },
});

@ObjectType('EngineNetwork', { description: 'A network that a recipe can name.' })
export class EngineNetworkType implements NetworkStatus {
  @Field(() => String, { description: 'Name of the network, for `Recipe.network`.' })
  name!: string;

  @Field(() => String, {
    nullable: true,
    description:
      'SHA-256 of the network’s file, hexadecimal; null if the network is not installed or its file is invalid.',
  })
  sha256!: string | null;

  @Field(() => [String], {
    description: 'Names of the layers, shallow to deep; empty if the network is not installed.',
  })
  layers!: readonly string[];

  @Field(() => String, { nullable: true, description: 'Licence of the weights; null if the file does not name it.' })
  licence!: string | null;

  @Field(() => String, { nullable: true, description: 'Source of the weights; null if the file does not name it.' })
  source!: string | null;
}

/** Its `networks` and `queueLength` are resolved in engine.resolver.ts. */
@ObjectType('Engine', { description: 'The engine process, which runs the sessions.' })
export class EngineType implements EngineStatus {
  @Field(() => EngineStateEnum, { description: 'State of the process.' })
  state!: EngineState;

  @Field(() => String, {
    nullable: true,
    description: 'Name of the selected backend, such as `onnx-cpu`; null until it is loaded.',
  })
  backend!: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      'Why this backend was selected rather than a faster one, or why none could be loaded; null while the engine starts.',
  })
  reason!: string | null;

  @Field(() => Int, { description: 'Number of CPU threads.' })
  threads!: number;
}
