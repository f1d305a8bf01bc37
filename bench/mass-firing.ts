import { createBarWriter } from '../app/bar-writer.ts';
import { createFiringWriter } from '../app/firing-writer.ts';
import { createMarketHost } from '../app/market-host.ts';
import { createRulesHost } from '../app/rules-host.ts';
import { systemClock } from '../app/system-clock.ts';
import { createBarStore } from '../db/bars.ts';
import { createFactStore } from '../db/facts.ts';
import { createFiringStore, type FiringStore } from '../db/firings.ts';
import { createOutboxStore } from '../db/outbox.ts';
import { createRuleStore } from '../db/rules.ts';
import { createTempDatabase, quietLog } from '../db/temp-database.ts';
import { Engine } from '../engine/engine.ts';
import { manualFeed } from './latency.ts';
import type { BenchRow } from './row.ts';
import { storeRules } from './stored-rules.ts';

const RULES = 10_000;
const INSTRUMENT = 'binance:btcusdt';

/** 10,000 rules that one trade makes true, until all firings, deliveries and states are in the database. */
export async function benchMassFiring(): Promise<readonly BenchRow[]> {
  const temp = await createTempDatabase(Date.now);
  const { database } = temp;
  // Each its own level.
  await storeRules(database, RULES, (k) => `${INSTRUMENT} price > ${(100 + k / 100).toFixed(2)}`);
  const engine = new Engine();
  const { feed, push } = manualFeed();
  const [bars, facts, firings] = [createBarStore(database), createFactStore(database), createFiringStore(database)];
  const parts = { clock: systemClock, log: quietLog };
  const barWriter = createBarWriter(bars, systemClock, quietLog);
  const market = createMarketHost({ engine, feeds: [feed], bars, facts, writer: barWriter, ...parts });
  let longestMs = 0;
  const timed: FiringStore = {
    ...firings,
    // A batch is one synchronous call: as long as it takes, nothing else runs.
    async commit(part) {
      const at = performance.now();
      await firings.commit(part);
      longestMs = Math.max(longestMs, performance.now() - at);
    },
  };
  const writer = createFiringWriter(timed, systemClock, quietLog, () => undefined);
  const stores = { rules: createRuleStore(database), firings, outbox: createOutboxStore(database) };
  const rules = createRulesHost({ engine, market, ...stores, writer, ...parts });
  await market.start();
  await rules.load();
  await market.idle();
  const trade = (id: string, price: number) =>
    push({ type: 'trade', instrument: INSTRUMENT, ts: Date.now(), price, size: 1, side: 'buy', id });
  trade('1', 99);
  await writer.settled();

  const from = performance.now();
  trade('2', 1_000);
  const evaluatedMs = performance.now() - from;
  await writer.stored();
  const seconds = (performance.now() - from) / 1000;

  const count = async (table: string) =>
    (await database.client.execute(`SELECT count(*) AS n FROM ${table}`)).rows[0].n;
  const [fired, owed] = [Number(await count('firings')), Number(await count('deliveries'))];
  await market.stop();
  await writer.stop();
  await barWriter.stop();
  await temp.drop();
  const name = `${RULES.toLocaleString('en')} rules that fire at one trade`;
  return [
    {
      name: `${name}: all committed in ${seconds.toFixed(2)} s, ${fired} firings and ${owed} deliveries`,
      figure: `${Math.round(fired / seconds).toLocaleString('en')} firings/s`,
      wanted: 'at least 2,000/s, 10000 of each',
    },
    { name: `${name}: until the engine has told all`, figure: `${Math.round(evaluatedMs)} ms` },
    {
      name: `${name}: longest that the database held up the thread`,
      figure: `${Math.round(longestMs)} ms`,
      wanted: 'at most 50 ms',
    },
  ];
}
