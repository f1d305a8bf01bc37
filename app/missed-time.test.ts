import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { createDispatcher } from '../bot/delivery/dispatcher.ts';
import { createScriptedPlatform } from '../bot/delivery/scripted-platform.ts';
import { createBarStore } from '../db/bars.ts';
import { createChatStore } from '../db/chats.ts';
import { createFactStore } from '../db/facts.ts';
import { createFiringStore } from '../db/firings.ts';
import { createMetaStore } from '../db/meta.ts';
import { createOutageStore } from '../db/outages.ts';
import { createOutboxStore } from '../db/outbox.ts';
import { createRuleStore } from '../db/rules.ts';
import { createTempDatabase, quietLog, type TempDatabase } from '../db/temp-database.ts';
import { Engine } from '../engine/engine.ts';
import { parseRule } from '../engine/language/parse.ts';
import { printRule } from '../engine/language/print.ts';
import { MINUTE, SECOND } from '../engine/market/interval.ts';
import { createManualClock } from '../test/doubles/manual-clock.ts';
import { createScriptedFeed } from '../test/doubles/scripted-feed.ts';
import { createBarWriter } from './bar-writer.ts';
import { createMissedComposer } from './compose-missed.ts';
import { createFiringWriter } from './firing-writer.ts';
import { MISSED } from './lateness.ts';
import { createMarketHost } from './market-host.ts';
import { createMissedTime } from './missed-time.ts';
import { createLogger } from './part-logger.ts';
import { createRulesHost, type RulesHost } from './rules-host.ts';

const NOON = Date.UTC(2026, 0, 15, 12);
const BTC = 'sim:btcusdt';
const CHAT = 'telegram:1';

const read = (text: string) =>
  parseRule(`${BTC} ${text}`, {
    resolve: (name) => (name.includes(':') ? name : undefined),
    ...{ suggest: () => [], instrument: undefined, interval: MINUTE, now: NOON, wallTime: Date.UTC },
  });

describe('what a venue was silent about', () => {
  const open: { temp: TempDatabase; stop(): Promise<void> }[] = [];
  afterEach(async () => {
    for (const { temp, stop } of open.splice(0)) {
      await stop();
      await temp.drop();
    }
  });

  /** The market, the rules and the messages, over one database; the chat's messages are in `platform.taken`. */
  async function run() {
    const time = createManualClock(NOON);
    const { clock } = time;
    const temp = await createTempDatabase(time.now);
    const { database } = temp;
    const engine = new Engine();
    const [bars, firings, outbox] = [
      createBarStore(database),
      createFiringStore(database),
      createOutboxStore(database),
    ];
    const { feed, sink } = createScriptedFeed('sim', [], { btcusdt: () => 100 });
    const writer = createBarWriter(bars, clock, quietLog);
    const facts = createFactStore(database);
    const market = createMarketHost({ engine, feeds: [feed], bars, facts, writer, clock, log: quietLog });
    const firingWriter = createFiringWriter(firings, clock, quietLog, () => dispatcher.wake());
    const missed = createMissedTime({
      stores: { meta: createMetaStore(database), outages: createOutageStore(database), outbox },
      ...{
        engine,
        market,
        rules: () => rules,
        feeds: () => ({ watcher: () => undefined }),
        writer: firingWriter,
        clock,
        wake: () => dispatcher.wake(),
      },
      log: createLogger('silent'),
    });
    const rules: RulesHost = createRulesHost({
      ...{ engine, market, rules: createRuleStore(database), firings, outbox, writer: firingWriter, clock },
      ...{ lateness: missed.lateness, log: quietLog },
    });
    const chats = createChatStore(database);
    await chats.ensure({
      ...{ key: CHAT, title: '', kind: 'private', venue: undefined },
      ...{ interval: MINUTE, quote: 'usdt', timeZone: 'UTC', locale: 'en' },
    });
    const platform = createScriptedPlatform('telegram', time.now, () => undefined);
    const compose = createMissedComposer({ market, chats, clock, rules, moves: { settled: async () => undefined } });
    const dispatcher = createDispatcher({
      ...{ outbox, platforms: new Map([['telegram', platform]]), clock, random: () => 0.5, log: quietLog },
      async compose(delivery) {
        if (delivery.kind === MISSED) return compose([delivery]);
        return { text: [delivery.kind === 'notice' ? 'notice' : `alert ${delivery.firingId}`] };
      },
      digests: [{ kind: MISSED, most: 1_000, choose: (_first, others) => others, compose }],
      ...{ onBlocked: () => undefined, onMoved: () => undefined, limits: () => ({ all: [], chat: () => [] }) },
    });
    await missed.open();
    await market.start();
    await rules.load();
    await missed.start();
    await dispatcher.start();
    let id = 0;
    const made = {
      ...{ time, engine, rules, outbox, firings, platform, firingWriter },
      async alert(text: string) {
        const rule = read(text);
        const creating = rules.create({ chatKey: CHAT, ownerId: 'telegram:2', text: printRule(rule), rule });
        await time.advance(SECOND);
        return (await creating).id;
      },
      trade(ts: number, price: number) {
        sink()({ type: 'trade', instrument: BTC, ts, price, size: 1, side: 'buy', id: String(++id) });
      },
      gap(isOpen: boolean) {
        sink()({ type: 'gap', instrument: BTC, open: isOpen, from: time.now(), ts: time.now() });
      },
    };
    open.push({
      temp,
      async stop() {
        missed.stop();
        await dispatcher.stop();
        await market.stop();
        await firingWriter.stop();
        await writer.stop();
      },
    });
    return made;
  }

  it('is found whole, told by itself while it is young enough, and else in one list, with nothing left over', async () => {
    const steps = fc.array(fc.record({ wait: fc.integer({ min: 1, max: 400 }), up: fc.boolean() }), {
      minLength: 1,
      maxLength: 25,
    });
    await fc.assert(
      fc.asyncProperty(steps, async (moves) => {
        const { time, platform, firings, outbox, firingWriter, ...market } = await run();
        const ruleId = await market.alert('price > 110 every 1s late within 20m');
        market.trade(time.now(), 100);
        await time.advance(SECOND);
        const began = time.now();
        market.gap(true);
        const length = SECOND * (1 + moves.reduce((sum, { wait }) => sum + wait, 0));
        await time.advance(length);
        // By a walk over the moves: it fires where the price comes up from below.
        const expected: number[] = [];
        let [at, isUp] = [began, false];
        for (const { wait, up } of moves) {
          at += wait * SECOND;
          if (up && !isUp) expected.push(at);
          isUp = up;
          market.trade(at, up ? 120 : 100);
        }
        const now = time.now();
        market.gap(false);
        await time.advance(70 * SECOND);
        await firingWriter.settled();

        const found = [...(await firings.byRule(ruleId, 100))].reverse();
        expect(found.map(({ ts }) => ts)).toEqual(expected);
        const old = found.filter(({ ts }) => now - ts > 20 * MINUTE);
        const rows = await Promise.all(found.map(async ({ id }) => (await outbox.byFiring(id))[0]));
        expect(rows.map(({ kind }) => kind)).toEqual(found.map((firing) => (old.includes(firing) ? MISSED : 'alert')));
        const texts = platform.taken.map(({ text }) => text);
        expect(texts.filter((text) => text.startsWith('alert'))).toHaveLength(found.length - old.length);
        expect(texts.filter((text) => text.includes('Missed'))).toHaveLength(old.length > 0 ? 1 : 0);
        expect(await outbox.counts()).toMatchObject({
          ...{ pending: 0, claimed: 0, failed: 0, expired: 0 },
          merged: Math.max(0, old.length - 1),
        });
        // Where it lasted the chat was told so, and of its end; it is looked at every five seconds.
        const pairs = length > 65 * SECOND ? [2] : length < MINUTE ? [0] : [0, 2];
        expect(pairs).toContain(texts.filter((text) => text === 'notice').length);
      }),
      { numRuns: 12 },
    );
  });
});
