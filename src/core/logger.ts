import { pino, type DestinationStream, type Level, type Logger } from 'pino';
import { logFields } from './log-context.js';

/** Names under which secrets come: what is logged of a request, a connection or a new key. */
const SECRET_NAMES = ['authorization', 'Authorization', 'cookie', 'Cookie', 'secret'];

/** The server's log, JSON lines. What could open something is not in it, wherever it stands. */
export function createLogger(level: Level | 'silent', destination?: DestinationStream): Logger {
  const paths = ['', '*.', '*.*.', '*.*.*.'].flatMap((depth) => SECRET_NAMES.map((name) => depth + name));
  const hooks = { streamWrite: withoutSecrets };
  return pino(
    { level, redact: { paths, censor: '[hidden]' }, hooks, mixin: logFields },
    destination ?? pino.destination(1),
  );
}

/** A line of the log without keys and signatures, which may stand in addresses and in the messages of errors. */
function withoutSecrets(line: string): string {
  return line
    .replace(/(easel_[0-9a-f]{8})[0-9a-f]{24}_[\w-]{43}/g, '$1[hidden]')
    .replace(/([?&]signature=)[\w-]+/g, '$1[hidden]');
}
