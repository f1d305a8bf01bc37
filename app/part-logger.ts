import { pino } from 'pino';
import { TransportError } from '../engine/errors.ts';
import { createScrub } from './scrub.ts';

/** What every room logs to. */
export interface Logger {
  debug(details: object, message: string): void;
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
  error(details: object, message: string): void;
}

export interface RootLogger extends Logger {
  part(name: string): Logger;
  /** From now on, of all parts. */
  setLevel?(level: string): void;
}

/** Keys whose values never reach the log, however deep in what is logged (three levels are looked at). */
const SECRETS = ['token', 'authToken', 'apiToken', 'secret', 'password', 'authorization', 'cookie'];
const SECRET_PATHS = ['', '*.', '*.*.'].flatMap((above) => SECRETS.map((key) => `${above}${key}`));

/** What others failed at is told in a line, with what was behind it; a stack is for what is our own fault. */
function errorOf(error: unknown): unknown {
  if (!(error instanceof TransportError)) return error instanceof Error ? pino.stdSerializers.err(error) : error;
  const { cause } = error;
  const behind = cause instanceof Error ? { cause: lineOf(cause) } : {};
  return { type: error.name, message: error.message, reason: error.reason, ...behind };
}

/** Of a failed fetch the reason stands in the cause. */
function lineOf(error: Error): string {
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}

/**
 * JSON lines.
 * @param write where the lines go; standard output if absent
 * @param scrub takes secrets out of a whole line, wherever in it they stand
 */
export function createLogger(level: string, write?: (line: string) => void, scrub = createScrub([])): RootLogger {
  const options = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.epochTime,
    serializers: { err: errorOf },
    hooks: { streamWrite: scrub },
    redact: { paths: SECRET_PATHS, censor: '[secret]' },
  };
  const root = write === undefined ? pino(options) : pino(options, { write });
  const wrap = (logger: pino.Logger): Logger => ({
    debug: (details, message) => logger.debug(details, message),
    info: (details, message) => logger.info(details, message),
    warn: (details, message) => logger.warn(details, message),
    error: (details, message) => logger.error(details, message),
  });
  const loggers = [root];
  return {
    ...wrap(root),
    part(name) {
      const child = root.child({ part: name });
      loggers.push(child);
      return wrap(child);
    },
    setLevel(next) {
      for (const logger of loggers) logger.level = next;
    },
  };
}
