import { parseArgs } from 'node:util';
import { createRecords, type Posted } from './generate-records.ts';

/** Posts made-up records to an ingest address: `npm run generate -- --url http://127.0.0.1:8080/ingest --rate 50`. */
const USAGE = `usage: npm run generate -- --url URL [--rate N] [--seed S] [--count N] [--start SECONDS] [--token T] [--ndjson]
  --url     where to post, e.g. http://127.0.0.1:8080/ingest
  --rate    records a second, 10 if absent
  --seed    equal seeds make equal records, but for their times
  --count   how many; without it until it is stopped
  --start   time of the first record in seconds since the epoch; without it the clock's
  --token   bearer token; else the variable INGEST_TOKEN
  --ndjson  many records a request, one a line, instead of one`;
/** Requests that are under way at once. */
const MOST_UNDER_WAY = 32;
const MOST_IN_BATCH = 5_000;

interface Options {
  readonly url: string;
  readonly rate: number;
  readonly seed: string;
  readonly count: number;
  /** In seconds; undefined is the clock's. */
  readonly start: number | undefined;
  readonly token: string | undefined;
  readonly ndjson: boolean;
}

function usage(reason: string): never {
  process.stderr.write(`${reason}\n${USAGE}\n`);
  process.exit(2);
}

function numberOf(name: string, text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise;
  const value = Number(text);
  return Number.isFinite(value) && value > 0 ? value : usage(`--${name} must be a number above 0`);
}

function readOptions(): Options {
  const text = { type: 'string' } as const;
  const options = {
    url: text,
    rate: text,
    seed: text,
    count: text,
    start: text,
    token: text,
    ndjson: { type: 'boolean' },
  } as const;
  try {
    const { values } = parseArgs({ options });
    if (values.url === undefined || !URL.canParse(values.url)) usage('--url must be an address');
    const url = new URL(values.url);
    if (url.pathname === '/') url.pathname = '/ingest';
    return {
      url: url.href,
      rate: numberOf('rate', values.rate, 10),
      seed: values.seed ?? 'bellwether',
      count: numberOf('count', values.count, Number.POSITIVE_INFINITY),
      start: values.start === undefined ? undefined : numberOf('start', values.start, 0),
      token: values.token ?? process.env.INGEST_TOKEN,
      ndjson: values.ndjson === true,
    };
  } catch (error) {
    return usage(error instanceof Error ? error.message : String(error));
  }
}

interface Tally {
  sent: number;
  failed: number;
  firstFault: string | undefined;
}

async function post({ url, token, ndjson }: Options, records: readonly Posted[], tally: Tally): Promise<void> {
  const headers = {
    'content-type': ndjson ? 'application/x-ndjson' : 'application/json',
    ...(token === undefined || token === '' ? {} : { authorization: `Bearer ${token}` }),
  };
  const body = records.map((record) => JSON.stringify(record)).join('\n');
  try {
    const response = await fetch(url, { method: 'POST', headers, body });
    const answer = await response.text();
    if (response.status !== 200) throw new Error(`${response.status} ${answer.slice(0, 300)}`);
    tally.sent += records.length;
  } catch (error) {
    tally.failed += records.length;
    tally.firstFault ??=
      error instanceof Error ? `${error.message} ${String(error.cause ?? '')}`.trim() : String(error);
  }
}

/** Sends what is due by the clock, and a little later where requests take too long. */
async function run(options: Options, isStopped: () => boolean): Promise<Tally> {
  const { rate, count, ndjson, seed, start } = options;
  const next = createRecords(seed);
  const tally: Tally = { sent: 0, failed: 0, firstFault: undefined };
  const underWay = new Set<Promise<void>>();
  const began = Date.now();
  let made = 0;
  // By the clock, whatever is late: a record of a minute that is over would be refused.
  const timeOf = (index: number): number => Math.floor(start === undefined ? Date.now() / 1000 : start + index / rate);
  while (made < count && !isStopped()) {
    const due = Math.min(count, 1 + Math.floor(((Date.now() - began) * rate) / 1000)) - made;
    if (due <= 0) {
      await new Promise((resolve) => setTimeout(resolve, Math.max(1, Math.min(1000 / rate, 100))));
      continue;
    }
    const records: Posted[] = [];
    const size = ndjson ? Math.min(due, MOST_IN_BATCH) : 1;
    for (let i = 0; i < size; i++) records.push(next(timeOf(made++)));
    const request = post(options, records, tally).finally(() => underWay.delete(request));
    underWay.add(request);
    if (underWay.size >= MOST_UNDER_WAY) await Promise.race(underWay);
  }
  await Promise.all(underWay);
  return tally;
}

let isStopped = false;
process.once('SIGINT', () => {
  isStopped = true;
});
const tally = await run(readOptions(), () => isStopped);
process.stdout.write(`sent ${tally.sent}, failed ${tally.failed}\n`);
if (tally.firstFault !== undefined) process.stderr.write(`the first failure: ${tally.firstFault}\n`);
process.exitCode = tally.failed > 0 ? 1 : 0;
