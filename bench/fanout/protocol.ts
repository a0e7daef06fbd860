/** What the bench's processes tell each other. */

/** A step record as the server published it. */
export interface Published {
  readonly seq: number;
  /** `now()` when it came from the engine. */
  readonly at: number;
  /** Milliseconds of work up to it, by the engine's own clock. */
  readonly elapsedMs: number;
}

export interface ServerSample {
  /** Since the sample before. */
  readonly published: readonly Published[];
  /** Processor time of the server process since its start, milliseconds. */
  readonly cpuMs: number;
  readonly rssMb: number;
}

export interface ClientOrder {
  readonly url: string;
  readonly query: string;
  readonly variables: Record<string, unknown>;
  readonly count: number;
}

export interface ClientSample {
  /** Pairs of seq and `now()` at the receipt, of all subscribers together, since the sample before. */
  readonly receipts: Float64Array;
  readonly cpuMs: number;
}

/** Milliseconds on a clock that all processes of the machine share. */
export const now = () => Number(process.hrtime.bigint()) / 1e6;
