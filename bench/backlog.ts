import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createBarStore } from '../db/bars.ts';
import { openDatabase } from '../db/open.ts';
import { createOutboxStore } from '../db/outbox.ts';
import { quietLog } from '../db/temp-database.ts';
import { MINUTE } from '../engine/market/interval.ts';
import { createRandom } from '../test/doubles/random.ts';
import { startTelegramDouble } from '../test/doubles/telegram.ts';
import { startProgram } from '../test/end-to-end/program.ts';
import type { BenchRow } from './row.ts';
import { INSTRUMENTS, ruleText } from './rules.ts';
import { storeRules } from './stored-rules.ts';

const RULES = 50_000;
const DELIVERIES = 100_000;
const CHATS = 2_000;
const AT_ONCE = 1_000;
/** Bars of an instrument that a run before has stored. */
const BARS = 120;
const TOKEN = '1234567:AAE-token-of-the-bench';

/** Rules and bars, as they are stored before the program runs for the first time. */
async function prepare(url: string): Promise<void> {
  const now = Date.now();
  const database = await openDatabase({ url, log: quietLog, now: Date.now });
  const random = createRandom(17);
  // Handed-in prices: nobody has to be asked for them, so that the time is the program's own.
  await storeRules(database, RULES, (k) => ruleText(k, random).replaceAll('binance:', 'ingest:'), 'telegram');
  const bars = createBarStore(database);
  const end = Math.floor(now / MINUTE) * MINUTE;
  for (let k = 0; k < INSTRUMENTS; k++) {
    const made = Array.from({ length: BARS }, (_, i) => ({
      ...{ start: end - (BARS - i) * MINUTE, open: 500, high: 501, low: 499, close: 500, volume: 1, trades: 1 },
    }));
    await bars.put(`ingest:coin${k}usdt`, MINUTE, made);
  }
  await database.close();
}

/** What a long night without the platform leaves behind. */
async function owe(url: string): Promise<void> {
  const now = Date.now();
  const database = await openDatabase({ url, log: quietLog, now: Date.now });
  const outbox = createOutboxStore(database);
  for (let i = 0; i < DELIVERIES; i += AT_ONCE) {
    await outbox.enqueue(
      Array.from({ length: AT_ONCE }, (_, j) => ({
        ...{ dedupeKey: `bench ${i + j}`, chatKey: `telegram:${((i + j) % CHATS) + 1}`, kind: 'notice' },
        ...{ payload: { text: [`message ${i + j}`] }, priority: 10, dueAt: now - MINUTE, createdAt: now - MINUTE },
      })),
    );
  }
  await database.close();
}

/** What a process has used of the processors so far: a machine that does other things besides makes it wait, too. */
async function processorSeconds(pid: number): Promise<string> {
  // Behind the name, which may hold anything: state, ten numbers, then ticks of 10 ms in user and system mode.
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields === undefined ? 'unknown' : `${((Number(fields[11]) + Number(fields[12])) / 100).toFixed(1)} s`;
}

/** The real program, started again: from the start of its process until it says that it is ready and all rules run. */
export async function benchBacklog(): Promise<readonly BenchRow[]> {
  const folder = await mkdtemp(join(tmpdir(), 'bellwether-bench-'));
  const telegram = await startTelegramDouble({ token: TOKEN });
  try {
    const url = `file:${join(folder, 'bench.db')}`;
    await prepare(url);
    const env = { DATABASE_URL: url, FEEDS: 'sim', TELEGRAM_TOKEN: TOKEN, TELEGRAM_API_ROOT: telegram.apiRoot };
    // Rules that are true by the stored bars fire now, and not in the start that is measured.
    await (await startProgram(env)).end('SIGTERM');
    await owe(url);
    const first = telegram.waitFor((call) => call.text?.startsWith('message ') ?? false);
    const from = performance.now();
    const firstSent = first.then(() => performance.now() - from);
    const program = await startProgram(env);
    const { status } = await fetch(`${program.url}/readyz`);
    const readyMs = performance.now() - from;
    const used = await processorSeconds(program.pid);
    const metrics = await (await fetch(`${program.url}/metrics`)).text();
    const rules = /^bellwether_rules (\d+)$/m.exec(metrics)?.[1];
    const sentMs = await firstSent;
    await program.end('SIGKILL');
    const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;
    const name = `restart with ${DELIVERIES.toLocaleString('en')} deliveries owed and ${RULES.toLocaleString('en')} rules`;
    return [
      {
        name: `${name}: ready (${status}), ${rules} rules run`,
        figure: `${seconds(readyMs)}, ${used} of processor time`,
        wanted: 'at most 10 s',
      },
      { name: `${name}: first owed message sent`, figure: seconds(sentMs) },
    ];
  } finally {
    await telegram.stop();
    await rm(folder, { recursive: true, force: true });
  }
}
