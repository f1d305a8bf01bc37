import { expect } from 'vitest';
import { metric } from './asking.ts';
import { createLadder, type Expected, TELEGRAM_CHATS } from './ladder.ts';
import { takenByTelegram } from './ledger.ts';
import { everyAbove } from './oracle.ts';
import type { Rig } from './rig.ts';
import { scenario } from './scenario.ts';
import { pause, until } from './until.ts';
import { judge, settled } from './verdict.ts';

const HOUR = 3_600_000;
const MINUTE = 60_000;

/** Moves the program's clock and waits until its log shows the new time. */
async function move(rig: Rig, ms: number): Promise<void> {
  const program = rig.program();
  const far = (): boolean => Math.abs(Number(program.log.at(-1)?.time) - rig.clock.now()) > HOUR / 2;
  const was = far();
  rig.clock.move(ms, program.signal);
  await until('the clock has moved', async () => {
    await metric(rig, 'bellwether_trades_total');
    rig.telegram.say('/price btc', { userId: 1002 });
    await pause(100);
    return far() !== was;
  });
}

for (const [title, first] of [
  ['ahead and back', HOUR],
  ['back and ahead again', -HOUR],
] as const) {
  const ladder = createLadder(9, TELEGRAM_CHATS);
  scenario(`a clock that is moved an hour ${title} loses and doubles nothing`, { rules: ladder.rules }, async (rig) => {
    await rig.start();
    ladder.climb(rig, 2);
    await settled(rig);
    await move(rig, first);
    ladder.climb(rig, 3);
    await pause(2_000);
    await move(rig, -first);
    ladder.climb(rig, 4);
    await settled(rig, {}, 20_000);
    await rig.end();
    await judge(rig);
  });
}

{
  const ladder = createLadder(6, [TELEGRAM_CHATS[0]]);
  scenario(
    'the hour that a zone leaves out comes and goes like any other',
    {
      rules: ladder.rules,
      // Ten seconds before 02:00 became 03:00 in Berlin.
      at: Date.parse('2026-03-29T00:59:50Z'),
      timeZone: 'Europe/Berlin',
      env: { TZ: 'Europe/Berlin' },
    },
    async (rig) => {
      await rig.start();
      ladder.climb(rig, 3);
      await until('it is summer', () => rig.clock.now() > Date.parse('2026-03-29T01:00:02Z'));
      // One after another: three at once may be told in one message, which says no times.
      for (let rung = 0; rung < 3; rung++) {
        ladder.climb(rig, 1);
        await settled(rig);
      }
      await rig.end();
      await judge(rig);
      const texts = takenByTelegram(rig.telegram).map(({ text }) => text);
      expect(texts.filter((text) => /03:0\d:\d\d/.test(text)).length).toBeGreaterThan(2);
      expect(texts.filter((text) => /02:\d\d:\d\d/.test(text))).toEqual([]);
    },
  );
}

{
  const rule = { chat: TELEGRAM_CHATS[0], text: 'binance:btcusdt 5m > 60100' };
  const FLAP_MS = 10_000;
  scenario(
    'a price that flaps about a threshold for an hour is told of every fifteen minutes',
    { rules: [rule], speed: 120 },
    async (rig) => {
      const { binance, clock } = rig;
      await rig.start();
      const end = clock.now() + HOUR;
      for (let above = false; clock.now() < end; above = !above) {
        binance.trade('BTCUSDT', above ? '60101.00' : '60099.00', '0.5');
        await pause(FLAP_MS / clock.speed);
      }
      const trades = binance.tradesOf('BTCUSDT');
      const path = trades.map(({ price }) => Number(price));
      const places = everyAbove(
        path,
        trades.map(({ ts }) => ts),
        60_100,
        15 * MINUTE,
      );
      const expected: readonly Expected[] = [{ rule, prices: places.map((at) => path[at]) }];
      expect(places.length).toBeGreaterThan(3);
      await settled(rig, { expected });
      await rig.end();
      const { firings } = await judge(rig, { expected });
      expect(firings.map(({ ts }) => ts)).toEqual(places.map((at) => trades[at].ts));
    },
  );
}
