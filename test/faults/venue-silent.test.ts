import { expect } from 'vitest';
import { ask, readiness } from './asking.ts';
import { createLadder, TELEGRAM_CHATS } from './ladder.ts';
import { scenario } from './scenario.ts';
import { pause, until } from './until.ts';
import { judge, settled } from './verdict.ts';

/** How a chat reads that nothing is seen at all. */
const BLIND = /no data|stale|blind/i;
const CHAT = [TELEGRAM_CHATS[0]];

{
  const ladder = createLadder(5, CHAT);
  scenario(
    'a venue that is frozen with its lines open reads as stale, and what it missed is told when it thaws',
    { rules: ladder.rules, short: true, speed: 20, proxied: true },
    async (rig) => {
      await rig.start();
      ladder.climb(rig, 2);
      await settled(rig);
      rig.proxy!.freeze();
      ladder.climb(rig, 2);
      const state = async () => (await readiness(rig)).feeds.find(({ state }) => state !== 'live' && state !== 'off');
      await until('the feed shows that it is not well', state);
      await until('the alerts read as stale', async () => BLIND.test(await ask(rig, '/alerts')));
      rig.proxy!.thaw();
      await settled(rig);
      await until('the feed is well again', async () => (await state()) === undefined);
      ladder.climb(rig);
      await settled(rig);
      expect(await ask(rig, '/alerts')).not.toMatch(BLIND);
      await rig.end();
      await judge(rig);
    },
  );
}

{
  const ladder = createLadder(3, CHAT);
  scenario(
    'a venue that sends heartbeats and no trades reads as stale',
    { rules: ladder.rules, speed: 30 },
    async (rig) => {
      await rig.start();
      // A busy market: nobody can tell from few trades what silence means.
      for (let i = 0; i < 40; i++) {
        rig.binance.trade('BTCUSDT', `6000${i % 5}.00`, '0.5');
        await pause(5);
      }
      const beat = setInterval(() => rig.binance.ping(), 200);
      try {
        await until('the alerts read as stale', async () => BLIND.test(await ask(rig, '/alerts')), 60_000);
      } finally {
        clearInterval(beat);
      }
      ladder.climb(rig, 3);
      await settled(rig);
      expect(await ask(rig, '/alerts')).not.toMatch(BLIND);
      await rig.end();
      await judge(rig);
    },
  );
}

{
  const ladder = createLadder(4, CHAT);
  scenario(
    'what crosses during an outage of 90 s is told once it is over',
    { rules: ladder.rules, speed: 20 },
    async (rig) => {
      const { binance } = rig;
      await rig.start();
      ladder.climb(rig, 1);
      await settled(rig);
      binance.refuseConnections(true);
      binance.cutAll();
      ladder.climb(rig, 2);
      // Down again: only who looks at what was missed knows.
      binance.trade('BTCUSDT', '60001.00', '0.5');
      await pause(90_000 / rig.clock.speed);
      expect(binance.clients()).toBe(0);
      binance.refuseConnections(false);
      await settled(rig);
      await rig.end();
      await judge(rig);
    },
  );
}
