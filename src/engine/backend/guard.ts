import { EngineError } from '../errors.js';

/** Runs a call into a backend's library; what it throws comes out as an EngineError `BACKEND_FAILED`. */
export async function guard<T>(library: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new EngineError('BACKEND_FAILED', `${library}: ${message}`, undefined, { cause });
  }
}
