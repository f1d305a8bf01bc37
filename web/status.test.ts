import { describe, expect, it } from 'vitest';
import { createFakePorts, createRecordingLogger } from '../test/browser/fake-ports.ts';
import { createManualClock } from '../test/doubles/manual-clock.ts';
import type { PartHealth, ReadinessReport } from './ports.ts';
import { createStatusReader, overallState } from './status.ts';

const part = (state: PartHealth['state']): PartHealth => ({ name: state, state, lastMessageAgeMs: undefined });
const report = (feeds: PartHealth['state'][], platforms: PartHealth['state'][], migrated = true): ReadinessReport => ({
  database: { migrated },
  feeds: feeds.map((state) => ({ ...part(state), symbols: 1 })),
  platforms: platforms.map(part),
});

describe('the overall state', () => {
  it.each([
    [report(['live'], ['live', 'off']), 'ok'],
    [report([], []), 'ok'],
    [report(['live', 'stale'], ['live']), 'degraded'],
    [report(['stale'], []), 'degraded'],
    [report(['live'], ['down']), 'degraded'],
    [report(['connecting', 'down'], ['live']), 'starting'],
    [report(['down'], ['live']), 'down'],
    [report(['live'], ['live'], false), 'down'],
  ])('of case %# is right', (given, state) => {
    expect(overallState(given)).toBe(state);
  });

  it('is not well where nothing can be stored', () => {
    const full = { ...report(['live'], ['live']), database: { migrated: true, detail: 'disk full' } };
    expect(overallState(full)).toBe('degraded');
  });
});

describe('the status reader', () => {
  it('reads the bars of a sparkline once for all visitors of half a minute', async () => {
    const manual = createManualClock();
    const ports = createFakePorts({ now: manual.now });
    let reads = 0;
    const counted = {
      ...ports,
      bars: (...query: Parameters<typeof ports.bars>) => {
        reads += 1;
        return ports.bars(...query);
      },
    };
    const reader = createStatusReader(counted, manual.clock, createRecordingLogger(), '1');
    await Promise.all([reader.whole(), reader.whole()]);
    expect(reads).toBe(4);
    await manual.advance(30_000);
    await reader.whole();
    expect(reads).toBe(8);
  });

  it('shows the rest where one sparkline cannot be read', async () => {
    const manual = createManualClock();
    const ports = createFakePorts({ now: manual.now });
    ports.failNext(new Error('no such table'));
    const { symbols } = (await createStatusReader(ports, manual.clock, createRecordingLogger(), '1').whole()) as {
      symbols: { day: { closes: number[] } }[];
    };
    expect(symbols.map((row) => row.day.closes.length > 0)).toEqual([false, true, true, true]);
  });

  it('measures the change from the price of a day ago where it is known, else from the oldest bar', async () => {
    const manual = createManualClock();
    const ports = createFakePorts({ now: manual.now });
    const known = new Map([['binance:btcusdt', { base: 60_000, since: 12_345 }]]);
    const reader = createStatusReader(
      { ...ports, day: async (instrument) => known.get(instrument) },
      manual.clock,
      createRecordingLogger(),
      '1',
    );
    const { symbols } = (await reader.whole()) as { symbols: { day: { open: number; since: number } }[] };
    expect(symbols[0]!.day).toMatchObject({ open: 60_000, since: 12_345 });
    const [oldest] = await ports.bars('binance:ethusdt', 900_000, manual.now() - 96 * 900_000, undefined, 96);
    expect(symbols[1]!.day).toMatchObject({ open: oldest!.open, since: oldest!.start });
  });

  it('measures anew when a quarter of an hour begins', async () => {
    const manual = createManualClock(900_000 - 10_000);
    const ports = createFakePorts({ now: manual.now });
    let reads = 0;
    const day = async () => {
      reads += 1;
      return undefined;
    };
    const reader = createStatusReader({ ...ports, day }, manual.clock, createRecordingLogger(), '1');
    await reader.whole();
    await manual.advance(9_999);
    await reader.whole();
    expect(reads).toBe(4);
    await manual.advance(1);
    await reader.whole();
    expect(reads).toBe(8);
  });
});
