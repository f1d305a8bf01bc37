import { readdirSync, readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { startTelegramDouble } from '../test/doubles/telegram.ts';
import { launchProgram, temporaryFolder } from '../test/end-to-end/program.ts';
import { seed } from '../test/faults/seed.ts';
import { percentile, slopeOf } from './soak-figures.ts';

const TOKEN = '1234567:AAE-token-of-the-soak';
const INSTRUMENTS = 1_000;
const TRADES_PER_SECOND = 2_000;
/** Rules that come, and as many that go, in a second. */
const CHANGES_PER_SECOND = 4;
/** How many of those that came stand at a time. */
const STANDING = 50;
const STEP_MS = 25;
const SAMPLE_MS = 5_000;
/** Calls that Telegram remembers. */
const KEPT = 1_000;
const CHATS = 100;

const { values } = parseArgs({ options: { minutes: { type: 'string', default: '30' } } });
const minutes = Number(values.minutes);
if (!(minutes > 0)) throw new Error(`--minutes must be a number above 0 (it is ${values.minutes})`);

const symbolOf = (i: number): string => `coin${i}`;
const chatOf = (i: number): number => 1_001 + (i % CHATS);
const folder = await temporaryFolder();
const telegram = await startTelegramDouble({ token: TOKEN, keep: KEPT });
// Far from where the prices go, but for one in fifty.
const levelOf = (i: number): number => (i % 50 === 0 ? 101 : 150);
const rules = Array.from({ length: INSTRUMENTS }, (_, i) => ({
  chat: `telegram:${chatOf(i)}`,
  text: `ingest:${symbolOf(i)} 1m > ${levelOf(i)}`,
}));
const file = `${folder.path}/soak.db`;
await seed(file, rules, { now: Date.now() });
const program = launchProgram({
  ...{ DATABASE_URL: `file:${file}`, FEEDS: 'ingest', TELEGRAM_TOKEN: TOKEN, TELEGRAM_API_ROOT: telegram.apiRoot },
});
const url = await program.started;

let trades = 0;
let refused = 0;
/** Posts the trades up to `untilTrade`. Prices swing by a fiftieth about 100. */
async function play(untilTrade: number): Promise<void> {
  const lines: string[] = [];
  for (; trades < untilTrade; trades++) {
    const i = trades % INSTRUMENTS;
    const price = Number((100 + Math.sin(trades / 40_000 + i) * 2).toFixed(4));
    lines.push(JSON.stringify({ symbol: symbolOf(i), ts: Date.now(), price, size: 1 }));
  }
  if (lines.length === 0) return;
  const headers = { 'content-type': 'application/x-ndjson' };
  const response = await fetch(`${url}/ingest`, { method: 'POST', headers, body: lines.join('\n') });
  const { rejected } = (await response.json()) as { rejected: readonly unknown[] };
  refused += rejected.length;
}

/** The buttons that delete the rules that came, the oldest first. */
const deletes: { readonly messageId: number; readonly data: string; readonly userId: number }[] = [];
telegram.onAnswer = ({ buttons, messageId, params, text }) => {
  const data = buttons.flat().find((button) => button.text === 'Delete')?.callback_data;
  if (data === undefined || messageId === undefined || !text?.startsWith('✅')) return undefined;
  // An answer that is edited comes here a second time.
  if (!deletes.some((known) => known.data === data)) deletes.push({ messageId, data, userId: Number(params.chat_id) });
  return undefined;
};

let came = 0;
let went = 0;
function change(untilChange: number): void {
  for (; came < untilChange; came++) {
    const userId = chatOf(came);
    telegram.say(`/alert ingest:${symbolOf((came * 7) % INSTRUMENTS)} > ${120 + (came % 30)}`, { userId });
    const oldest = deletes.length > STANDING ? deletes.shift() : undefined;
    if (oldest === undefined) continue;
    telegram.press(oldest.messageId, oldest.data, { userId: oldest.userId, chatId: oldest.userId });
    went++;
  }
}

interface Sample {
  readonly minute: number;
  readonly rssMb: number;
  readonly heapMb: number;
  readonly files: number;
  readonly loopMs: number;
  readonly taken: number;
  readonly rules: number;
}

async function sample(from: number): Promise<Sample> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const of = (name: string): number => Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1]);
  const rssKb = Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${program.pid}/status`, 'utf8'))?.[1]);
  return {
    minute: (performance.now() - from) / 60_000,
    rssMb: rssKb / 1024,
    heapMb: of('nodejs_heap_size_used_bytes') / 2 ** 20,
    files: readdirSync(`/proc/${program.pid}/fd`).length,
    loopMs: of('nodejs_eventloop_lag_p99_seconds') * 1000,
    taken: of('bellwether_trades_total'),
    rules: of('bellwether_rules'),
  };
}

const samples: Sample[] = [];
const from = performance.now();
let sampledAt = 0;
for (;;) {
  const passed = performance.now() - from;
  if (passed >= minutes * 60_000) break;
  await play(Math.floor((passed / 1000) * TRADES_PER_SECOND));
  change(Math.floor((passed / 1000) * CHANGES_PER_SECOND));
  if (passed - sampledAt >= SAMPLE_MS) {
    sampledAt = passed;
    samples.push(await sample(from));
    const { minute, rssMb, heapMb, files, loopMs, taken } = samples[samples.length - 1];
    const figures = `${rssMb.toFixed(0)} MB, heap ${heapMb.toFixed(0)} MB, ${files} files, loop p99 ${loopMs.toFixed(1)} ms`;
    if (samples.length % 6 === 0) console.log(`${minute.toFixed(1)} min: ${figures}, ${taken} trades of ${trades}`);
  }
  await new Promise((resolve) => setTimeout(resolve, STEP_MS));
}

const last = samples[samples.length - 1];
// The first third warms up: histories are loaded, code is compiled, buffers grow to their size.
const steady = samples.slice(Math.floor(samples.length / 3));
const alerts = telegram.count('sendPhoto');
program.signal('SIGTERM');
const code = await program.ended;
await telegram.stop();
await folder.drop();
const slope = (of: (sample: Sample) => number): string =>
  slopeOf(steady.map((each) => [each.minute, of(each)])).toFixed(2);
console.table([
  { what: 'trades sent, and taken by the program', figure: `${trades}, ${last.taken}; ${refused} refused` },
  { what: 'rules that came, that went, and that there are', figure: `${came}, ${went}, ${last.rules}` },
  { what: 'alerts and charts sent', figure: `${alerts}` },
  { what: 'memory at the end, and its slope', figure: `${last.rssMb.toFixed(0)} MB, ${slope((s) => s.rssMb)} MB/min` },
  { what: 'heap at the end, and its slope', figure: `${last.heapMb.toFixed(0)} MB, ${slope((s) => s.heapMb)} MB/min` },
  {
    what: 'files open: first, most, last',
    figure: `${samples[0].files}, ${Math.max(...samples.map((s) => s.files))}, ${last.files}`,
  },
  {
    what: 'event loop p99: median and worst of the samples',
    figure: `${percentile(
      steady.map((s) => s.loopMs),
      0.5,
    ).toFixed(1)} ms, ${percentile(
      steady.map((s) => s.loopMs),
      1,
    ).toFixed(1)} ms`,
  },
  { what: 'exit code after SIGTERM', figure: `${code}` },
]);
process.exit(code === 0 ? 0 : 1);
