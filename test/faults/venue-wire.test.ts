import { expect } from 'vitest';
import { createRandom } from '../doubles/random.ts';
import { metric } from './asking.ts';
import { createLadder, TELEGRAM_CHATS } from './ladder.ts';
import type { Rig } from './rig.ts';
import { scenario, times } from './scenario.ts';
import { pause, until } from './until.ts';
import { judge, settled } from './verdict.ts';

const CUTS = times(5, 50);
{
  const ladder = createLadder(CUTS + 2);
  scenario(
    `all of the venue’s sockets cut ${CUTS} times: each crossing is told once, at its own price`,
    { rules: ladder.rules, speed: 20, withinMs: 300_000 },
    async (rig) => {
      const { binance } = rig;
      await rig.start();
      ladder.climb(rig);
      for (let cut = 0; cut < CUTS; cut++) {
        await until('it is connected', () => binance.clients() > 0);
        binance.cutAll();
        ladder.climb(rig);
      }
      await binance.subscribed('btcusdt@trade');
      ladder.climb(rig);
      await settled(rig, {}, 120_000);
      await rig.end();
      await judge(rig);
    },
  );
}

/** Streams the venue's newest trades as a bad line does: some not at all, some twice, some in the wrong order. */
function streamBadly({ binance }: Rig, from: number, random: () => number): void {
  const frames = binance
    .tradesOf('BTCUSDT')
    .slice(from)
    .map((trade) => binance.frame('BTCUSDT', trade));
  const kept = frames.filter(() => random() > 0.3);
  const doubled = kept.flatMap((frame) => (random() > 0.6 ? [frame, frame] : [frame]));
  for (let i = 1; i < doubled.length; i++) {
    if (random() < 0.4) [doubled[i - 1], doubled[i]] = [doubled[i], doubled[i - 1]];
  }
  for (const frame of doubled) binance.push(frame);
}

const ROUNDS = times(6, 20);
{
  const STEPS = 3;
  const ladder = createLadder(ROUNDS * STEPS + 1);
  scenario(
    'trades that are missing, doubled and out of order change nothing of what fires',
    { rules: ladder.rules, short: true, speed: 10 },
    async (rig) => {
      const random = createRandom(11);
      await rig.start();
      const { binance } = rig;
      // Before the first trade of a line nobody can know that one is missing.
      binance.trade('BTCUSDT', '60002.00', '0.5');
      await until('the first came', async () => (await metric(rig, 'bellwether_trades_total')) > 0);
      const level = (round: number) => 60_100 + 10 * round;
      for (let round = 0; round < ROUNDS * STEPS; round += STEPS) {
        const from = binance.tradesOf('BTCUSDT').length;
        for (let step = 0; step < STEPS; step++) {
          binance.trade('BTCUSDT', `${level(round + step)}.50`, '0.5', { send: false });
        }
        streamBadly(rig, from, random);
        await pause(50);
      }
      binance.trade('BTCUSDT', `${level(ROUNDS * STEPS)}.50`, '0.5');
      await settled(rig);
      await rig.end();
      await judge(rig);
    },
  );
}

/** Far above every level, and none of them a trade. */
const INVALID = [
  { p: '0.00000000' },
  { p: '-99999.00000000' },
  { p: 'NaN' },
  { p: '1e999' },
  { p: '' },
  { p: null },
  { p: '99999.00000000', q: '-1.00000000' },
  { p: '99999.00000000', q: 'NaN' },
  { p: '99999.00000000', T: 'soon' },
  { p: '99999.00000000', T: -1 },
  { p: '99999.00000000', t: null },
  { p: { amount: 99_999 } },
] as const;

{
  const ladder = createLadder(4, [TELEGRAM_CHATS[0]]);
  scenario('data that cannot be true never fires', { rules: ladder.rules, short: true, speed: 5 }, async (rig) => {
    const { binance, clock } = rig;
    await rig.start();
    ladder.climb(rig);
    await settled(rig);
    for (const wrong of INVALID) {
      const T = clock.now();
      const good = { e: 'trade', E: T, s: 'BTCUSDT', t: 900_000, p: '60000.00', q: '1.0', T, m: false, M: true };
      binance.push(JSON.stringify({ stream: 'btcusdt@trade', data: Object.assign(good, wrong) }));
    }
    for (const text of ['', '{', '[]', 'null', '{"stream":"btcusdt@trade"}', '{"stream":"btcusdt@trade","data":7}']) {
      binance.push(text);
    }
    // An hour ahead of everybody's clock.
    const T = clock.now() + 3_600_000;
    const data = { e: 'trade', E: T, s: 'BTCUSDT', t: 900_001, p: '99999.00', q: '1.0', T, m: false, M: true };
    binance.push(JSON.stringify({ stream: 'btcusdt@trade', data }));
    const trades = await metric(rig, 'bellwether_trades_total');
    ladder.climb(rig);
    await until('a good one came through', async () => (await metric(rig, 'bellwether_trades_total')) > trades);
    await settled(rig);
    await rig.end();
    const { firings } = await judge(rig);
    expect(firings).toHaveLength(2);
  });
}
