const BYTES = 16;

/** Names what is attempted: asked for again because no answer came, it is not done twice. Works without TLS, too. */
export function attemptKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(BYTES)), (byte) => byte.toString(16).padStart(2, '0')).join(
    '',
  );
}
