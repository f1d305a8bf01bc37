import { describe, expect, it } from 'vitest';
import type { HeatMapRequest } from '../charts/figures/request.ts';
import { buttonOf, createCommandHarness, member, textOf } from '../test/doubles/command-harness.ts';
import { useCommandHarness } from '../test/doubles/use-command-harness.ts';
import type { Message } from './message.ts';
import type { RunningSearch, SearchAnswer } from './strategy-ports.ts';

const harness = useCommandHarness();

const plain = (message: Message | undefined): string =>
  textOf(message)
    .replace(/\u00a0/g, ' ')
    .replaceAll('`', '');
const text = async (line: string): Promise<string> => plain(await harness.say(line));

/** What an answer comes to in the end. */
async function settled(message: Message): Promise<Message> {
  let shown = message;
  for (let next = await shown.later?.(); next !== undefined; next = await shown.later?.()) shown = next;
  return shown;
}

// Threads start slowly on a busy machine.
describe('/optimize', { timeout: 60_000 }, () => {
  it('finds the level at which a swing is bought best, says what was left of it afterwards, and saves it', async () => {
    const first = await harness.say(
      '/optimize "param dip = 59700 [59200..60000] long when close < dip exit when close > 60500 fee 0.1% slippage 0" btc 5m 2d dip=59300..60000',
    );
    expect(plain(first)).toMatch(/^⏳ rules btcusdt 5m · \d+ to try$/);
    expect(buttonOf(first, 'Cancel')).toBeDefined();
    const found = await settled(first);
    const said = plain(found);
    expect(said).toMatch(/^rules btcusdt 5m: dip 59\d{3} · the best of \d+ \(/);
    expect(said).toMatch(/chosen on +after it +holding/);
    // Of two days there is no ratio of a year.
    expect(said).toMatch(/\nSharpe +– +– +–\nfall +– +[−-]/);
    expect(said).toContain('more than the luck of so many tries is');
    // A swing that comes again each four hours does hold up: what is tried makes what it made where it was chosen.
    expect(said).toMatch(/\nreturn +\+\d+\.\d% +\+\d+\.\d%/);
    expect(said).not.toContain('Overfitted');
    expect(said).toContain('/strategy new my-rules on sim:btcusdt 5m param dip = 59');
    const [figure] = harness.figures as readonly HeatMapRequest[];
    expect(figure).toMatchObject({ kind: 'heat-map', title: 'rules btcusdt 5m   Sharpe, highest = 1', labels: [''] });
    expect(figure!.foot).toContain('means over their sets');
    // No ratio of a year is in the picture either: parts of the highest.
    expect(Math.max(...figure!.values.flat().filter(Number.isFinite).map(Math.abs))).toBeCloseTo(1, 12);
    expect(figure!.columns!.length).toBe(figure!.values[0]!.length);
    const saved = await harness.press(buttonOf(found, 'Save'));
    expect(plain(saved.reply)).toContain('my-rules · version 1');
    expect(await text('/backtest my-rules')).toMatch(/^my-rules btcusdt 5m: \+/);
  });

  it('searches a template’s ranges over several symbols, with one parameter held and another’s range changed', async () => {
    const found = await settled(await harness.say('/optimize ma-cross btc eth 5m 1d fast=5..8 slow=20..22 level=50'));
    const said = plain(found);
    expect(said).toMatch(/^ma-cross btcusdt ethusdt 5m: fast [5-8], slow 2[0-2] · the best of 12 \(the whole grid\)/);
    expect(said).toContain('/strategy new my-ma-cross on sim:btcusdt, sim:ethusdt 5m param fast = ');
    const [figure] = harness.figures as readonly HeatMapRequest[];
    expect([figure!.labels.length, figure!.columns!.length].toSorted()).toEqual([3, 4]);
    expect(figure!.marked).toHaveLength(1);
    expect(figure!.foot).toContain('means over their sets');
    await settled(await harness.say('/optimize ma-cross btc 5m 1d fast=5..6 slow=20..21 level=50..51'));
    expect((harness.figures as readonly HeatMapRequest[]).at(-1)!.foot).toContain('means over the other parameters');
  });

  it.each([
    ['/optimize', 'Which strategy shall I try?'],
    ['/optimize ma-cross', 'For which symbols?'],
    ['/optimize ma-cross btc fsat=5..20', 'There is no parameter fsat; did you mean fast?'],
    ['/optimize ma-cross btc fsat=5', 'There is no parameter fsat; did you mean fast?'],
    ['/optimize ma-cross btc fast=20..5', 'It runs from less to more'],
    ['/optimize ma-cross btc 1m 300d', 'has too many bars of 1m'],
    ['/optimize ma-cross btc 1h 3d', 'has too few bars of 1h'],
    ['/optimize "long when rsi(14) < 30 stop 2%" btc 1h 90d', 'no parameter with a range'],
    [
      '/optimize ma-cross btc 5m 2d fast=1..999999999',
      'fast cannot run from 1 to 999999999: length of ema is 1 to 5000, not 999999999; from 1 to 5000 it can',
    ],
    [
      '/optimize ma-cross btc 5m 2d fast=-5..30',
      'fast cannot run from -5 to 30: length of ema is 1 to 5000, not -5; from 1 to 30 it can',
    ],
    [
      '/optimize "param n = 14 [1..999999999999] long when sma(n) > close exit when sma(n) < close" btc 1h 30d',
      'from 1 to 5000 it can',
    ],
    ['/optimize ma-cross btc 1h 90d fast=a..b', '“a..b” is no range for fast'],
    ['/optimize ma-cross btc 1h 90d 5..30', '“5..30” names no parameter. Write it as fast=5..30'],
    ['/optimize ma-cross btc 1h 90d fast=abc', 'For example fast=10 or fast=5..30'],
    ['/optimize btc ma-cross 1h', 'Write /optimize ma-cross btc 1h'],
    ['/backtest ma-cross btc fast=5..20', '/optimize looks for the best in it'],
  ])('refuses %s', async (line, why) => {
    expect(await text(line)).toContain(why);
  });
});

/** A search that the test ends. */
function held() {
  let end: (answer: SearchAnswer) => void = () => undefined;
  const done = new Promise<SearchAnswer>((resolve) => {
    end = resolve;
  });
  const running: RunningSearch = { id: '7', progress: () => ({ tried: 3, of: 12 }), done };
  const cancelled: string[] = [];
  return {
    end,
    cancelled,
    port: {
      start: () => running,
      ownerOf: () => 'telegram:30',
      cancel: (_chat: string, id: string) => cancelled.push(id) > 0,
    },
  };
}

describe('a search', () => {
  const LINE = '/optimize ma-cross btc 5m 1d';

  it('tells how far it is until it is done, and is cancelled by whoever asked and by admins', async () => {
    const { port, end, cancelled } = held();
    const other = await createCommandHarness({ searches: port });
    try {
      const asked = await other.say(LINE, member(30));
      const next = asked.later!();
      await other.time.advance(5_000);
      const shown = await next;
      expect(plain(shown)).toBe('⏳ ma-cross btcusdt 5m · 3 of 12 tried');
      expect((await other.press(buttonOf(shown, 'Cancel'), member(31))).toast).toBe('That button is not yours.');
      expect((await other.press(buttonOf(shown, 'Cancel'), member(30))).toast).toBe('Cancelled.');
      expect(cancelled).toEqual(['7']);
      end({ kind: 'cancelled', tried: 5 });
      expect(plain(await settled(shown!))).toBe('✖ ma-cross btcusdt 5m · cancelled after 5 of 12');
    } finally {
      await other.drop();
    }
  });

  it.each([
    [{ kind: 'untold', facts: ['imbalance'] }, 'Of imbalance no past is known'],
    [{ kind: 'short', bars: 100, wanted: 240 }, 'There are 100 bars behind the first values, too few'],
    [{ kind: 'late' }, 'The search took too long'],
    [{ kind: 'done', reports: [undefined] }, 'None of the values that were tried traded often enough'],
  ] as const)('says why there is no answer: %j', async (answer: SearchAnswer, why) => {
    const { port, end } = held();
    const other = await createCommandHarness({ searches: port });
    try {
      end(answer);
      expect(plain(await settled(await other.say(LINE)))).toContain(why);
    } finally {
      await other.drop();
    }
  });

  it.each([
    ['chat', 'A search of this chat is running already'],
    ['all', 'As many searches are running as I can do at once'],
  ] as const)('waits for another one: %s', async (busy, why) => {
    const other = await createCommandHarness({
      searches: { start: () => busy, ownerOf: () => undefined, cancel: () => false },
    });
    try {
      expect(plain(await other.say(LINE))).toContain(why);
    } finally {
      await other.drop();
    }
  });
});
