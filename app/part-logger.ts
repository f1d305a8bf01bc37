import { pino } from 'pino';

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

/**
 * JSON lines.
 * @param write where the lines go; standard output if absent
 */
export function createLogger(level: string, write?: (line: string) => void): RootLogger {
  const options = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.epochTime,
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
