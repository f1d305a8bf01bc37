import { describe, expect, it } from 'vitest';
import { TransportError } from '../engine/errors.ts';
import type { InstrumentInfo } from '../engine/market/instrument.ts';
import { startBinanceDouble } from '../test/doubles/binance.ts';
import { createManualClock } from '../test/doubles/manual-clock.ts';
import { startOkxDouble } from '../test/doubles/okx.ts';
import { createSilentLog } from '../test/doubles/silent-log.ts';
import { MINUTE, START, stageOptions } from '../test/stages/stage.ts';
import { createFeed } from './registry.ts';
import { createVolumes, type Volumes, volumesOf } from './volumes.ts';

const info = (symbol: string): InstrumentInfo => ({
  ...{ instrument: `v:${symbol}`, venue: 'v', symbol, base: 'a', quote: 'b', kind: 'spot', tick: 1, lot: 1 },
  active: true,
});

describe('volumes', () => {
  it('come with the list, are asked for every ten minutes at most, and stay as they were where they cannot be had', async () => {
    const time = createManualClock(START);
    let asked = 0;
    let isDown = false;
    const fetch = async () => {
      asked++;
      if (isDown) throw new TransportError('no', { retryable: true, reason: 'unreachable' });
      return new Map([['x', asked]]);
    };
    const withVolumes = createVolumes({ venue: 'v', fetch, clock: time.clock, log: createSilentLog() });
    const list = [info('x'), info('y')];
    expect(await withVolumes(list)).toEqual([{ ...info('x'), volume: 1 }, info('y')]);
    await withVolumes(list);
    expect(asked).toBe(1);
    await time.advance(11 * MINUTE);
    isDown = true;
    expect((await withVolumes(list))[0].volume).toBe(1);
    isDown = false;
    expect((await withVolumes(list))[0].volume).toBe(3);
  });

  it('do not hold the list up', async () => {
    const time = createManualClock(START);
    let come: (volumes: Volumes) => void = () => undefined;
    const fetch = () =>
      new Promise<Volumes>((resolve) => {
        come = resolve;
      });
    const withVolumes = createVolumes({ venue: 'v', fetch, clock: time.clock, log: createSilentLog() });
    const first = withVolumes([info('x')]);
    await time.advance(2000);
    expect(await first).toEqual([info('x')]);
    come(new Map([['x', 7]]));
    expect((await withVolumes([info('x')]))[0].volume).toBe(7);
    expect(time.pending()).toBe(0);
  });

  it('are counted where they cannot be read, and none of ours is missed for it', () => {
    const bad: string[] = [];
    const rows = [['x', 5] as const, ['y', Number.NaN] as const, undefined];
    expect([
      ...volumesOf(
        rows,
        (row) => row,
        (reason) => bad.push(reason),
      ),
    ]).toEqual([['x', 5]]);
    expect(bad).toEqual(['a bad volume in an answer']);
  });

  it('are no condition for the list of markets', async () => {
    const time = createManualClock(START);
    const venue = await startBinanceDouble({ now: time.now });
    venue.failRest(1, 500, undefined, 'ticker/24hr');
    const endpoints = { binance: { wsUrl: venue.wsUrl, restUrl: venue.restUrl } };
    const infos = await createFeed('binance', stageOptions(time, { endpoints })).instruments();
    expect(infos.map(({ symbol, volume }) => [symbol, volume])).toContainEqual(['btcusdt', undefined]);
    await venue.stop();
  });

  it('of swaps are in the quote, too, whatever the venue counts in', async () => {
    const time = createManualClock(START);
    const venue = await startOkxDouble({ now: time.now });
    // 100 contracts of 0.01 BTC.
    venue.trade('BTC-USDT-SWAP', 50_000, 100);
    const endpoints = { okx: { wsUrl: venue.wsUrl, restUrl: venue.restUrl } };
    const feed = createFeed('okx', stageOptions(time, { endpoints }));
    const asked = feed.instruments();
    let infos: readonly InstrumentInfo[] | undefined;
    void asked.then((list) => {
      infos = list;
    });
    while (infos === undefined) {
      await new Promise<void>((resolve) => setImmediate(resolve));
      await time.advance(10);
    }
    expect(infos.find(({ symbol }) => symbol === 'btcusdt.p')?.volume).toBe(50_000);
    await venue.stop();
  });
});
