/** Messages between the processes of the benchmark. */

/** A step record as the server published it. */
export interface Published {
  readonly seq: number;
  /** `now()` when the record arrived from the engine. */
  readonly at: number;
  /** Working time up to the record by the engine's clock, milliseconds. */
  readonly elapsedMs: number;
}

export interface ServerSample {
  /** Records since the previous sample. */
  readonly published: readonly Published[];
  /** CPU time of the server process since its start, milliseconds. */
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
  /** Pairs of seq and `now()` at the receipt, of all subscribers since the previous sample. */
  readonly receipts: Float64Array;
  readonly cpuMs: number;
}

/** Milliseconds of the monotonic clock that all processes of a machine share. */
export const now = () => Number(process.hrtime.bigint()) / 1e6;
