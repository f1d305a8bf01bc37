import type { Message } from '../../commands/message.ts';
import type { CommandCall, CommandService } from '../../commands/service.ts';
import { UserError } from '../../engine/errors.ts';
import type { SignalRecord } from '../../engine/ledger/rows.ts';
import type { Bar } from '../../engine/market/events.ts';
import type { FiringRow, Logger, ReadinessReport, StreamEvent, SymbolRow, WebPorts } from '../../web/ports.ts';

const MARKETS: readonly (readonly [symbol: string, base: string, price: number, state: string])[] = [
  ['btcusdt', 'btc', 64_402.1, 'live'],
  ['ethusdt', 'eth', 3_412.55, 'live'],
  ['solusdt', 'sol', 181.35, 'live'],
  ['xrpusdt', 'xrp', 0.5312, 'stale'],
];

/** One of each side, and one whose id a spreadsheet would run. */
const TRADES = [
  { type: 'trade', ts: 1_700_000_000_000, price: 64_400.5, size: 0.25, side: 'buy', id: '11' },
  { type: 'trade', ts: 1_700_000_000_500, price: 64_400, size: 1, side: 'sell', id: '12' },
  { type: 'trade', ts: 1_700_000_001_000, price: 64_401, size: 1e-8, side: undefined, id: '=13' },
] as const;

/** Everything that the web server asks for, with knobs. */
/** One that has reached its target. */
const SIGNAL: SignalRecord = {
  signal: {
    ...{
      id: 's2',
      ts: 1_700_000_300_000,
      strategy: 'cross',
      version: 1,
      chat: 'telegram:-1',
      instrument: 'binance:btcusdt',
    },
    ...{ interval: 300_000, side: 'long', price: 64_400, stop: 64_000, target: null, confidence: 0.53 },
    reasons: { 'ema(20)': 64_390.5 },
  },
  opened: { signal: 's2', what: 'opened', ts: 1_700_000_301_000, price: 64_405 },
  end: { signal: 's2', what: 'exit', ts: 1_700_003_900_000, price: 65_000, result: 0.0069 },
};

export interface FakePorts extends WebPorts {
  emit(event: StreamEvent): void;
  setHealth(report: ReadinessReport): void;
  setFirings(rows: readonly FiringRow[]): void;
  readonly calls: CommandCall[];
  readonly presses: string[];
  /** Items that were handed in and taken: those that are no object or have `wrong` are not. */
  readonly posted: unknown[];
  /** What was posted to the webhook `known`. */
  readonly hooked: string[];
  failNext(error: Error): void;
}

export interface FakeOptions {
  readonly now: () => number;
  /** What `/chart` answers with. */
  readonly png?: Uint8Array;
}

/** A walk that looks like a day of prices and is the same each time. */
function walk(end: number, seed: number, count: number): number[] {
  const values: number[] = [];
  let level = 1;
  for (let index = 0; index < count; index++) {
    level +=
      0.0035 * Math.sin(index * (0.21 + seed * 0.017)) + 0.0022 * Math.sin(index * 1.7 + seed) + 0.0003 * (seed % 3);
    values.push(level);
  }
  const scale = end / values[count - 1]!;
  return values.map((value) => value * scale);
}

function bars(end: number, seed: number, interval: number, until: number, count: number): Bar[] {
  const closes = walk(end, seed, count);
  const first = Math.floor(until / interval) * interval - count * interval;
  return closes.map((close, index) => {
    const open = closes[Math.max(0, index - 1)]!;
    return {
      start: first + index * interval,
      open,
      high: Math.max(open, close),
      low: Math.min(open, close),
      close,
      volume: 12.5,
      trades: 31,
      bought: 7.5,
    };
  });
}

const BUTTONS = [
  [
    { label: '1m', data: 'c1m' },
    { label: '·5m·', data: 'c5m' },
    { label: '1h', data: 'c1h' },
  ],
  [
    { label: '+ RSI', data: 'rsi' },
    { label: 'Alert', data: 'alert' },
  ],
];

function chart(text: string, png: Uint8Array | undefined): Message {
  const caption = { text: [{ bold: text }, ' · binance · ', { bold: '3,412.55' }, ' +0.8 % (24 h)'], buttons: BUTTONS };
  return png === undefined ? caption : { ...caption, picture: { png, alt: `Candles of ${text}`, key: text } };
}

function fakeService(calls: CommandCall[], presses: string[], png: Uint8Array | undefined): CommandService {
  return {
    commands: [
      { name: 'help', summary: 'What one can do', args: [], slow: false, private: false },
      {
        name: 'chart',
        summary: 'A chart with indicators',
        slow: true,
        private: false,
        args: [
          { name: 'symbol', kind: 'symbol', description: 'What', required: true },
          { name: 'interval', kind: 'interval', description: 'Length of a bar', required: false },
        ],
      },
      {
        name: 'alert',
        summary: 'Tell me when a condition becomes true',
        slow: false,
        private: false,
        args: [
          { name: 'symbol', kind: 'symbol', description: 'What', required: true },
          { name: 'condition', kind: 'text', description: 'When', required: true },
        ],
      },
    ],
    async run(call) {
      calls.push(call);
      if (call.command === 'chart') return chart(call.text, png);
      if (call.command === 'alert') {
        const text = [
          '✅ ',
          { bold: call.text },
          ' · 5m · binance\nz-score of the close over 20 bars. Now 0.84; fires near ',
          { bold: '64,310' },
          ' (+1.2 %).',
        ];
        return { text };
      }
      return { text: [{ pre: `/${call.command}  <b>not markup</b>` }] };
    },
    async press({ data }) {
      presses.push(data);
      if (data === 'alert') return { toast: 'Saved.' };
      if (data === 'gone') return { remove: true };
      return { edit: { ...chart(`ethusdt ${data.slice(1)}`, png), buttons: BUTTONS } };
    },
    async complete({ command, typed }) {
      if (command === 'alert') {
        const head = typed.replace(/\w*$/, '');
        return [
          { label: 'rsi(length=14)', value: `${head}rsi`, note: 'relative strength index' },
          { label: 'rsi(14) < 30', value: `${head}rsi(14) < 30`, note: 'relative strength index' },
        ].filter(({ value }) => value !== typed);
      }
      return MARKETS.filter(([symbol]) => symbol.startsWith(typed)).map(([symbol]) => ({
        label: `${symbol} · binance`,
        value: symbol,
      }));
    },
  };
}

export const HEALTHY: ReadinessReport = {
  database: { migrated: true },
  feeds: [
    { name: 'binance', state: 'live', lastMessageAgeMs: 400, symbols: 4 },
    { name: 'sim', state: 'live', lastMessageAgeMs: 90, symbols: 0 },
  ],
  platforms: [{ name: 'telegram', state: 'live', lastMessageAgeMs: 12_000 }],
};

export function createFakePorts({ now, png }: FakeOptions): FakePorts {
  const listeners = new Set<(event: StreamEvent) => void>();
  const calls: CommandCall[] = [];
  const presses: string[] = [];
  let report = HEALTHY;
  let firings: readonly FiringRow[] = [];
  let failure: Error | undefined;

  const rows = MARKETS.map(
    ([symbol, base, price, state]): SymbolRow => ({
      instrument: `binance:${symbol}`,
      symbol,
      venue: 'binance',
      base,
      quote: 'usdt',
      kind: 'spot',
      price,
      ts: now(),
      state,
    }),
  );

  const posted: unknown[] = [];
  const hooked: string[] = [];
  return {
    service: fakeService(calls, presses, png),
    calls,
    presses,
    posted,
    hooked,
    emit(event) {
      for (const listener of listeners) listener(event);
    },
    setHealth: (next) => {
      report = next;
    },
    setFirings: (next) => {
      firings = next;
    },
    failNext: (error) => {
      failure = error;
    },
    health: () => report,
    symbols: () => rows,
    resolve: (text) => rows.find((row) => row.symbol === text || row.instrument === text)?.instrument,
    suggest: (text) => rows.filter((row) => row.symbol.startsWith(text.slice(0, 2))).map((row) => row.symbol),
    async *trades(instrument, from = 0, to = Number.MAX_SAFE_INTEGER, limit = Number.POSITIVE_INFINITY) {
      const thrown = failure;
      failure = undefined;
      if (thrown !== undefined) throw thrown;
      const all = TRADES.filter(({ ts }) => ts >= from && ts < to).map((trade) => ({ ...trade, instrument }));
      const kept = all.slice(Math.max(0, all.length - limit));
      for (let at = 0; at < kept.length; at += 2) yield kept.slice(at, at + 2);
    },
    async bars(instrument, interval, from, to, limit) {
      const thrown = failure;
      failure = undefined;
      if (thrown !== undefined) throw thrown;
      const index = rows.findIndex((row) => row.instrument === instrument);
      const all = bars(rows[index]!.price!, index + 1, interval, to ?? now(), Math.min(limit, 96));
      return all.filter((bar) => bar.start >= (from ?? 0) && bar.start < (to ?? Number.POSITIVE_INFINITY));
    },
    day: async () => undefined,
    statistics: {
      stats: () => Promise.reject(new RangeError('the page asks for none')),
      pair: () => Promise.reject(new RangeError('the page asks for none')),
      correlations: () => Promise.reject(new RangeError('the page asks for none')),
    },
    async series({ expr, symbol, interval }) {
      if (expr === 'rsy(14)')
        throw new UserError('unknown-name', 'There is no function rsy.', { hint: 'Did you mean rsi?' });
      return {
        expr: expr.replaceAll(' ', ''),
        instrument: symbol ?? 'binance:btcusdt',
        interval,
        points: [
          [1_700_000_000_000, null],
          [1_700_000_300_000, 48.25],
        ],
      };
    },
    ingest: {
      post(value) {
        if (typeof value !== 'object' || value === null) return 'must be an object';
        if ('wrong' in value) return `wrong is ${String(value.wrong)}`;
        posted.push(value);
        return undefined;
      },
      pause: () => new Promise((resolve) => setImmediate(resolve)),
    },
    hooks: {
      async call(token, body) {
        if (token === 'busy') return 'too-many';
        if (token !== 'known') return 'unknown';
        if (body === '') return 'empty';
        hooked.push(body);
        return 'sent';
      },
    },
    firings: async (limit) => firings.slice(0, limit),
    signals: async ({ strategy }, limit) =>
      [
        SIGNAL,
        { ...SIGNAL, signal: { ...SIGNAL.signal, id: 's1', strategy: 'squeeze' }, opened: undefined, end: undefined },
      ]
        .filter(({ signal }) => strategy === undefined || signal.strategy === strategy)
        .slice(0, limit),
    need: () => undefined,
    outbox: async () => ({ pending: 2, sent: 1_204, failed: 0 }),
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    metrics: () => [
      {
        name: 'bellwether_trades_total',
        help: 'Trades taken in',
        type: 'counter',
        values: [
          { labels: { venue: 'binance' }, value: 41 },
          { labels: { venue: 'sim' }, value: 7 },
        ],
      },
      {
        name: 'bellwether_outbox',
        help: 'Deliveries',
        type: 'gauge',
        values: [{ labels: { state: 'pending' }, value: 2 }],
      },
    ],
  };
}

export interface LogLine {
  readonly level: string;
  readonly details: object;
  readonly message: string;
}

export function createRecordingLogger(): Logger & { readonly lines: LogLine[] } {
  const lines: LogLine[] = [];
  const at = (level: string) => (details: object, message: string) => void lines.push({ level, details, message });
  return { lines, debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}
