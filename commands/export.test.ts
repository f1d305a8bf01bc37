import { describe, expect, it } from 'vitest';
import type { Trade } from '../engine/market/events.ts';
import { HARNESS_NOW, someone, textOf } from '../test/doubles/command-harness.ts';
import { useCommandHarness } from '../test/doubles/use-command-harness.ts';
import { createCommandService } from './create-service.ts';
import { readRange } from './export-range.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

const harness = useCommandHarness();

async function file(line: string) {
  const answer = await harness.say(line);
  return { text: textOf(answer), name: answer.file?.name, content: Buffer.from(answer.file?.bytes ?? []).toString() };
}

describe('/export trades', () => {
  it('gives stored trades as CSV, also those of this moment', async () => {
    await harness.trade('btcusdt', 60_100);
    await harness.trade('btcusdt', 60_101.5);
    const { text, name, content } = await file('/export trades btc 24h');
    expect(text).toBe('btcusdt trades · sim · 2 rows');
    expect(name).toBe('sim-btcusdt-trades.csv');
    expect(content.split('\r\n')).toEqual([
      'ts,price,size,side,id',
      `${HARNESS_NOW},60100,1,buy,1`,
      `${HARNESS_NOW},60101.5,1,buy,2`,
      '',
    ]);
  });

  it('disarms an id that a spreadsheet would run', async () => {
    const base = { type: 'trade', instrument: 'sim:btcusdt', side: 'sell', size: 1, price: 60_000 } as const;
    harness.venue.sink()({ ...base, ts: harness.time.now() - 1, id: '=HYPERLINK("x")' });
    expect((await file('/export trades btc')).content).toContain(`,sell,"'=HYPERLINK(""x"")"`);
  });

  it('says that there are none', async () => {
    expect(await file('/export trades aapl')).toMatchObject({
      text: 'aapl has no stored trades of that time.',
      name: undefined,
    });
  });

  it('cuts a file that would be too large at whole rows, and says where', async () => {
    const archive = {
      ...harness.ports.archive,
      async *trades(instrument: string) {
        for (let portion = 0; portion < 100; portion++) {
          yield Array.from(
            { length: 4_000 },
            (_, i): Trade => ({
              type: 'trade',
              instrument,
              ts: HARNESS_NOW - DAY + portion * 60_000,
              price: 1,
              size: 1,
              side: 'buy',
              id: `${portion}-${i}`,
            }),
          );
        }
      },
    };
    const service = createCommandService({ ...harness.ports, archive });
    const answer = await service.run({ asker: someone(), command: 'export', text: 'trades btc 2d json' });
    const { bytes } = answer.file!;
    expect(bytes.length).toBeLessThanOrEqual(8_000_002);
    const { trades } = JSON.parse(Buffer.from(bytes).toString()) as { trades: object[] };
    expect(trades.length % 4_000).toBe(0);
    expect(textOf(answer)).toContain(`${trades.length.toLocaleString('en')} rows, cut at 8 MB`);
  });
});

describe('/export bars', () => {
  it('gives bars of an interval as JSON, as the history has them', async () => {
    const { name, content, text } = await file('/export bars btc 6h 1h json');
    const { instrument, bars } = JSON.parse(content) as { instrument: string; bars: { start: number }[] };
    expect([instrument, name, text]).toEqual([
      'sim:btcusdt',
      'sim-btcusdt-bars-1h.json',
      'btcusdt bars of 1h · sim · 6 rows',
    ]);
    expect(bars.map(({ start }) => start)).toEqual([6, 5, 4, 3, 2, 1].map((hours) => HARNESS_NOW - hours * HOUR));
    expect(Object.keys(bars[0])).toEqual(['start', 'open', 'high', 'low', 'close', 'volume', 'trades']);
  });

  it('goes on over as many pages as it needs', async () => {
    const { content } = await file('/export bars btc 10d 5m');
    const starts = content
      .split('\r\n')
      .slice(1, -1)
      .map((line) => Number(line.split(',')[0]));
    expect(starts).toHaveLength(10 * 288);
    expect(starts.every((start, i) => i === 0 || start === starts[i - 1] + 300_000)).toBe(true);
  });
});

describe('what is asked for', () => {
  const read = (kind: 'trades' | 'bars', line: string) =>
    readRange(kind, line.split(' ').filter(Boolean), { now: HARNESS_NOW, zone: 'Europe/Berlin', text: line });

  it.each([
    ['trades', '', HOUR, 0, 'csv', undefined],
    ['trades', '24h', DAY, 0, 'csv', undefined],
    ['trades', '24h 1h json', DAY, HOUR, 'json', undefined],
    ['bars', '', 7 * DAY, 0, 'csv', undefined],
    ['bars', '30d', 30 * DAY, 0, 'csv', undefined],
    ['bars', '7d 1h', 7 * DAY, 0, 'csv', HOUR],
    ['bars', '7d 2d csv 4h', 7 * DAY, 2 * DAY, 'csv', 4 * HOUR],
    // Midnight in Berlin is 23:00 UTC of the day before.
    [
      'bars',
      '2026-01-10 2026-01-12 json 1h',
      HARNESS_NOW - Date.UTC(2026, 0, 9, 23),
      HARNESS_NOW - Date.UTC(2026, 0, 11, 23),
      'json',
      HOUR,
    ],
    ['trades', '2026-01-15T10:00', 3 * HOUR, 0, 'csv', undefined],
  ] as const)('%s %s', (kind, line, from, to, format, interval) => {
    expect(read(kind, line)).toEqual({
      from: HARNESS_NOW - from,
      to: to === 0 ? HARNESS_NOW + 1 : HARNESS_NOW - to,
      ...{ format, interval },
    });
  });

  it.each([
    '/export',
    '/export charts btc',
    '/export trades',
    '/export trades btc soon',
    '/export trades btc 1h 2h',
    '/export bars btc 4d 3d 2d 1d',
  ])('%s is refused', async (line) => {
    const answer = await harness.say(line);
    expect(answer.file).toBeUndefined();
    expect(textOf(answer)).toMatch(/example|Of which|I do not know/);
  });

  it.each([
    ['/export trades btc 2026-13-45', 'There is no date “2026-13-45”.'],
    ['/export bars btc 7d 1h xml', 'I write no “xml” files.'],
    ['/export bars btc 2030-01-01', '“2030-01-01” lies in the future.'],
    ['/export bars btc 2025-03-02 2025-03-01', 'The first time must lie before the second.'],
    ['/export bars btc csv 7d json', 'One file has one format.'],
  ])('%s is told what is wrong', async (line, reason) => {
    const answer = await harness.say(line);
    expect(answer.file).toBeUndefined();
    expect(textOf(answer)).toContain(reason);
  });
});
