import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createFiringStore } from '../db/firings.ts';
import { createLedgerStore } from '../db/ledger.ts';
import { verifyLines } from '../db/ledger-lines.ts';
import { createTempDatabase, type TempDatabase } from '../db/temp-database.ts';
import type { LedgerEntry, SignalBody } from '../engine/ledger/rows.ts';
import {
  type CommandHarness,
  createCommandHarness,
  HARNESS_NOW,
  member,
  textOf,
} from '../test/doubles/command-harness.ts';
import type { CommandPorts } from './ports.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const GROUP = 'telegram:-1001234567890';

/** A price that does the same every hour: up by 1 % in its first half, and back in its second. */
const wave = (ts: number): number => {
  const minute = (ts / MINUTE) % 60;
  return 100 * (1 + 0.01 * (minute <= 30 ? minute / 30 : 2 - minute / 30));
};
const archive = {
  async bars(_instrument: string, interval: number, from: number, to: number) {
    const bars = [];
    for (let start = Math.ceil(from / interval) * interval; start < to; start += interval) {
      const close = wave(start + interval);
      bars.push({ start, open: close, high: close, low: close, close, volume: 1, trades: 1 });
    }
    return bars;
  },
} as unknown as CommandPorts['archive'];

let temp: TempDatabase;
let harness: CommandHarness;
let written: LedgerEntry[];
let store: ReturnType<typeof createLedgerStore>;
beforeEach(async () => {
  temp = await createTempDatabase(() => HARNESS_NOW);
  store = createLedgerStore(temp.database);
  harness = await createCommandHarness({ archive, ledger: store });
  written = [];
});
afterEach(async () => {
  await harness.drop();
  await temp.drop();
});

/** One an hour, `phase` minutes into it, held for half an hour. */
function signals(strategy: string, count: number, phase: number, over: Partial<SignalBody> = {}): void {
  const hour = HARNESS_NOW - (HARNESS_NOW % HOUR);
  for (let i = 0; i < count; i++) {
    const ts = hour - (i + 30) * HOUR + phase * MINUTE;
    const [id, price] = [`${strategy}${i}`, wave(ts)];
    const where = { strategy, version: 1, chat: GROUP, instrument: 'sim:btcusdt', interval: 5 * MINUTE };
    const body: SignalBody = {
      ...{ id, ...where, side: 'long', price, stop: null, target: null, confidence: null, reasons: {}, ts, ...over },
    };
    const end = ts + 30 * MINUTE;
    const result = wave(end) / price - 1 - 0.0024;
    written.push({ kind: 'signal', ts, body });
    written.push({ kind: 'event', ts: end, body: { signal: id, what: 'exit', price: wave(end), ts: end, result } });
  }
}
async function write(): Promise<void> {
  const sorted = written.toSorted((a, b) => a.ts - b.ts);
  await createFiringStore(temp.database, store).commit({ firings: [], deliveries: [], states: [], ledger: sorted });
}
const say = (line: string, who = member(1)) => harness.say(line, who);
const reply = async (line: string, who = member(1)) => textOf(await say(line, who)).replaceAll('\u00a0', ' ');

describe('/ledger', () => {
  it('says that there is nothing yet', async () => {
    expect(await reply('/ledger')).toBe('The ledger holds no signal of this chat yet.');
    expect(await reply('/ledger verify')).toContain('The ledger has no rows yet');
    expect(await reply('/ledger export')).toBe('The ledger has no rows yet.');
    expect(await reply('/ledger cross')).toContain('no signal of “cross”');
  });

  it('tells of a strategy that buys before each rise that it is better than random entries', async () => {
    signals('rise', 30, 0);
    await write();
    const text = await reply('/ledger rise');
    expect(text).toMatch(/^rise 30 signals since /);
    // Half of the rise after 15 minutes, nothing after a whole hour: less the costs of 0.30 %.
    expect(text).toMatch(
      /\n15m \+0\.20 % \(\+0\.20 % to \+0\.20 %\) · random [−+]0\.\d\d % · won 30 of 30 \(89 to 100 %\)/,
    );
    expect(text).toMatch(/\n1h −0\.30 % .* won 0 of 30 \(0 to 11 %\)/);
    expect(text).toMatch(/\nexit \+0\.76 % /);
    expect(text).toMatch(
      /Better than random entries at their exit by [01]\.\d\d % a signal: chance alone does as well in \d+ of 100 cases\./,
    );
    expect(text).not.toMatch(/NaN|Infinity|undefined/);
  });

  it('tells of one that buys before each fall that it is no better, and of few signals that they are few', async () => {
    signals('fall', 30, 30);
    signals('new', 3, 10);
    await write();
    expect(await reply('/ledger fall')).toContain('No better than random entries at their exit.');
    expect(await reply('/ledger new')).toContain('too little to tell skill from luck: it takes 20 results');
    expect(await reply('/ledger')).toMatch(/^2 strategies 33 signals/);
    expect(await reply('/ledger nwe')).toMatch(
      /no signal of “nwe” in this chat. There are signals of (new, fall|fall, new)/,
    );
  });

  it('leaves out what it has no prices of', async () => {
    signals('rise', 3, 0);
    await write();
    const bars = () => Promise.reject(new Error('down'));
    const other = await createCommandHarness({
      archive: { bars } as unknown as CommandPorts['archive'],
      ledger: store,
    });
    const text = textOf(await other.say('/ledger', member(1)));
    await other.drop();
    expect(text).toContain('No signal is old enough to have a result.');
    expect(text).toContain('No prices of sim:btcusdt.');
  });

  it('verifies the chain, and finds a hash that somebody kept', async () => {
    signals('rise', 3, 0);
    await write();
    const head = (await store.head())!;
    expect(await reply('/ledger verify')).toContain(
      `✅ The ledger is whole: 6 rows, each follows the one before\nIts head is row 6, ${head.hash}`,
    );
    expect(await reply(`/ledger verify 6:${head.hash.slice(0, 12)}`)).toContain(
      'is that of row 6: nothing up to there has changed since',
    );
    expect(await reply('/ledger verify 7:aaaaaaaaaaaa')).toContain('the ledger ends before row 7');
    expect(await reply('/ledger verify aaaaaaaaaaaa')).toContain('the ledger was rewritten');
    expect(await reply('/ledger verify xyz')).toContain('“xyz” is no hash of a row');
    await temp.database.client.execute('DROP TRIGGER ledger_unchanged');
    await temp.database.client.execute(
      `UPDATE ledger SET body = replace(body, '"result":', '"result":1') WHERE seq = 4`,
    );
    expect(await reply('/ledger verify')).toMatch(
      /^⚠️ The ledger is not what it was: 1 fault in 6 rows\nrow 4 was altered/,
    );
  });

  it('exports this chat’s rows whole, and of others the hashes alone', async () => {
    signals('rise', 2, 0);
    signals('theirs', 2, 5, { chat: 'telegram:-999' });
    await write();
    const message = await say('/ledger export');
    expect(textOf(message)).toContain('8 rows, 4 of them of this chat');
    const lines = Buffer.from(message.file!.bytes).toString().split('\n');
    expect(lines.join()).not.toContain('theirs');
    const head = (await store.head())!;
    expect(await verifyLines(lines, [head])).toMatchObject({ rows: 8, withheld: 4, count: 0, confirmed: [head] });
  });

  it('exports the newest rows where not all of them fit', async () => {
    signals('rise', 20, 0);
    await write();
    const { bytes, rows, behind } = await store.export(GROUP, 4_000);
    expect([bytes.length <= 4_000, rows + behind]).toEqual([true, 40]);
    const lines = Buffer.from(bytes).toString().split('\n');
    expect(await verifyLines(lines, [(await store.head())!])).toMatchObject({ rows, behind, count: 0, withheld: 0 });
  });
});

describe('/leaderboard', () => {
  it('ranks by what is beyond random entries, and tells what is more than chance', async () => {
    signals('fall', 25, 30);
    signals('rise', 25, 0);
    signals('new', 3, 10);
    await write();
    const text = await reply('/leaderboard');
    expect(text).toMatch(/\n1 rise \+\d\.\d\d % \(.*\) beyond random · 25 results · better than chance\n2 fall −/);
    expect(text).toContain('Too few results yet: new (3)');
    expect(text).toContain('More than chance: rise. The differences among the others are chance.');
  });

  it('says where the differences are chance, and where there is nothing to rank', async () => {
    expect(await reply('/leaderboard')).toContain('No signal was raised');
    expect(await reply('/leaderboard foo')).toContain('/leaderboard takes nothing, “foo” stands behind it.');
    expect(await reply('/disclaimer xyz')).toContain('/disclaimer takes nothing, “xyz” stands behind it.');
    signals('fall', 25, 30);
    await write();
    expect(await reply('/leaderboard')).toContain(
      'None is told apart from random entries: the differences are chance.',
    );
  });
});

it('/disclaimer tells what signals are not', async () => {
  expect(await reply('/disclaimer')).toMatch(/^Signals are no advice\./);
});
