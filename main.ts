import { startApp } from './app/app.ts';
import { createEnvironment, fileFaults } from './app/environment.ts';
import { createLogger } from './app/part-logger.ts';
import { createScrub } from './app/scrub.ts';
import { systemClock, watchClock } from './app/system-clock.ts';
import { type Config, readConfig } from './config.ts';
import { secretsIn } from './config-secrets.ts';
import { ConfigError } from './engine/errors.ts';
import { nearVariables } from './near-variables.ts';

/** The composition root: reads the environment, starts the program, stops it on a signal. */
async function main(): Promise<void> {
  const environment = createEnvironment(process.env, process.execArgv);
  scrub = createScrub(secretsIn(environment()));
  const config = readConfig(environment());
  const hasTerminal = process.stdin.isTTY === true;
  const opensConsole = hasTerminal && config.TELEGRAM_TOKEN === undefined && config.DISCORD_TOKEN === undefined;
  // Where the console has the terminal, the log would stand in its way: only what went wrong is shown, on standard error.
  const level = opensConsole && environment().LOG_LEVEL === undefined ? 'error' : config.LOG_LEVEL;
  const log = createLogger(level, opensConsole ? (line) => process.stderr.write(line) : undefined, scrub);

  // The log of a terminal shows no warnings.
  const notice = (line: string): void => {
    if (opensConsole) process.stderr.write(`⚠️ ${line}\n`);
    else log.warn({}, line);
  };
  const tellSlips = (): void => {
    for (const line of [...fileFaults(process.env, process.execArgv), ...nearVariables(environment())]) notice(line);
  };
  tellSlips();
  function reread(): Config {
    const next = readConfig(environment());
    tellSlips();
    return next;
  }

  watchClock(({ movedMs, isBelieved }) => {
    const words = isBelieved
      ? 'the machine’s new time has stood and is taken'
      : movedMs === 0
        ? 'the machine’s clock is as it was again'
        : 'the machine’s clock was set: its new time is not taken yet';
    log.warn({ movedMs: Math.round(movedMs) }, words);
  });

  let isStopping = false;
  const stop = (reason: string): void => {
    if (isStopping) return;
    isStopping = true;
    finish(reason).catch(fail);
  };
  const stopOrLeave = (signal: string): void => {
    // Who asks twice does not want to wait.
    if (isStopping) process.exit(1);
    stop(signal);
  };
  // A promise that nobody caught is our fault, but no reason to leave everybody's alerts alone.
  process.on('unhandledRejection', (error) => log.error({ err: error }, 'a rejected promise was not caught'));
  process.on('uncaughtException', fail);
  process.on('SIGTERM', stopOrLeave);
  process.on('SIGINT', stopOrLeave);
  // Where the console has the terminal, this is the terminal that went away.
  process.on('SIGHUP', () => (opensConsole ? stop('SIGHUP') : reload().catch(fail)));
  const starting = startApp({
    ...{ config, reread },
    clock: systemClock,
    log,
    opened: welcome,
    notice,
    ...(opensConsole
      ? { terminal: { input: process.stdin, output: process.stdout, ended: () => stop('the console was closed') } }
      : {}),
  });
  const app = await starting;

  async function reload(): Promise<void> {
    const { reload: again } = await starting;
    try {
      again();
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      log.error({ reason: error.message }, 'the settings were not changed');
    }
  }

  async function finish(reason: string): Promise<void> {
    log.info({ reason }, 'stopping');
    const limit = setTimeout(() => process.exit(1), STOP_LIMIT_MS);
    // A start that is under way is finished first: half of it cannot be stopped in order.
    await (await starting).stop();
    clearTimeout(limit);
    process.exit(0);
  }

  log.info({ address: addressOf(app.port) }, 'started');

  function welcome(port: number): void {
    const hasChat = config.TELEGRAM_TOKEN !== undefined || config.DISCORD_TOKEN !== undefined;
    const simulated = config.FEEDS.every((name) => name === 'sim') ? ' on simulated prices' : '';
    if (!hasChat) say(`Bellwether runs as a demonstration${simulated}: no TELEGRAM_TOKEN or DISCORD_TOKEN is set.`);
    say(`Status page: ${addressOf(port)}${hasChat ? '' : '  (its console answers the same commands)'}`);
    if (opensConsole) say('Type /start for the first things to try, !1 to press a button, Ctrl-D to end.\n');
  }

  function addressOf(port: number): string {
    return `http://${config.HTTP_HOST}:${port}`;
  }

  function say(line: string): void {
    if (opensConsole) process.stdout.write(`${line}\n`);
    else log.info({}, line);
  }
}

/** A stop that takes longer is cut short, in ms. */
const STOP_LIMIT_MS = 15_000;

/** Nothing that is printed has a secret in it. */
let scrub = createScrub(secretsIn(process.env));

main().catch(fail);

/** One line for what the operator can mend, everything for what is our fault. */
function fail(error: unknown): never {
  const text =
    error instanceof ConfigError
      ? error.message
      : error instanceof Error
        ? (error.stack ?? error.message)
        : String(error);
  process.stderr.write(scrub(`bellwether: ${text}\n`));
  process.exit(1);
}
