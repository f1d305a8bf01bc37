import type { Clock } from '../engine/clock.ts';
import { atMost } from './at-most.ts';
import type { Logger } from './part-logger.ts';
import type { Parts } from './parts.ts';

/** What is stopped, part by part. */
export interface Stopping {
  readonly parts: {
    readonly gate: Pick<Parts['gate'], 'close' | 'idle'>;
    readonly platforms: readonly Pick<Parts['platforms'][number], 'stop'>[];
    readonly firings: Pick<Parts['firings'], 'settled' | 'stop'>;
    readonly dispatcher: Pick<Parts['dispatcher'], 'drained' | 'stop'>;
    readonly web: Pick<Parts['web'], 'stop'>;
    readonly market: Pick<Parts['market'], 'stop'>;
    readonly bars: Pick<Parts['bars'], 'stop'>;
    readonly trades: Pick<Parts['trades'], 'stop'>;
    readonly missed: { readonly downtime: Pick<Parts['missed']['downtime'], 'stop'> };
    readonly recorder?: Pick<NonNullable<Parts['recorder']>, 'stop'> | undefined;
    readonly charts: { readonly renderer: Pick<Parts['charts']['renderer'], 'close'> };
    readonly preflight: Pick<Parts['preflight'], 'close'>;
    readonly backtests: Pick<Parts['backtests'], 'close'>;
    readonly searches: Pick<Parts['searches'], 'close'>;
    readonly desk: Pick<Parts['desk'], 'close'>;
  };
  /** Closes the database, last of all. */
  close(): Promise<void>;
  readonly clock: Clock;
  readonly log: Logger;
}

/** A part that takes longer is left behind: 10 s in all, less than any supervisor waits. In ms. */
const LIMITS = {
  commands: 3_000,
  messages: 2_500,
  web: 1_000,
  prices: 1_000,
  writers: 1_500,
  database: 1_000,
} as const;

/**
 * Stops in the order in which nothing is lost and nothing meets a part that is gone: commands are no longer taken, what is owed
 * goes out, then the pages, the prices, what waits to be stored, and the database end. Never rejects.
 */
export async function stopParts({ parts, close, clock, log }: Stopping): Promise<void> {
  async function step(name: keyof typeof LIMITS, work: () => Promise<unknown>): Promise<void> {
    const limitMs = LIMITS[name];
    try {
      if (!(await atMost(clock, limitMs, work()))) log.warn({ part: name, limitMs }, 'a part took too long to stop');
    } catch (error) {
      log.error({ err: error, part: name }, 'a part could not be stopped in order');
    }
  }

  parts.gate.close();
  const commands = async () => {
    // Nobody waits for what more there is to say of a rule.
    await Promise.allSettled([
      parts.preflight.close(),
      parts.backtests.close(),
      parts.searches.close(),
      parts.desk.close(),
      ...parts.platforms.map((platform) => platform.stop()),
    ]);
    await parts.gate.idle();
  };
  await step('commands', commands);
  const messages = async () => {
    await parts.firings.settled();
    await parts.dispatcher.drained();
  };
  await step('messages', messages);
  // Two steps, so that no more is claimed whatever held the messages up.
  const stopped = parts.dispatcher.stop();
  await step('web', () => Promise.all([stopped, parts.web.stop()]));
  await step('prices', () => parts.market.stop());
  const { firings, bars, trades, recorder, charts, missed } = parts;
  const stored = () => [firings.stop(), bars.stop(), trades.stop(), recorder?.stop(), missed.downtime.stop()];
  const writers = () => Promise.all([...stored(), charts.renderer.close()]);
  await step('writers', writers);
  await step('database', close);
}
