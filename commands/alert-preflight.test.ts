import { afterEach, describe, expect, it } from 'vitest';
import { TransportError } from '../engine/errors.ts';
import { DAY, HOUR, MINUTE } from '../engine/market/interval.ts';
import type { Proposal } from '../engine/preflight/changes.ts';
import type { Tally } from '../engine/preflight/tally.ts';
import {
  buttonOf,
  type CommandHarness,
  createCommandHarness,
  HARNESS_NOW,
  member,
  textOf,
} from '../test/doubles/command-harness.ts';
import type { PreflightAnswer } from './ports.ts';

let harness: CommandHarness;
afterEach(() => harness.drop());

const WEEK: Tally = {
  ...{ from: HARNESS_NOW - 7 * DAY, to: HARNESS_NOW, count: 9, suppressed: 0, last: HARNESS_NOW - 14 * HOUR },
  ...{ medianGap: 5 * HOUR, close: 0, mostInDay: 3, mostInBurst: 1 },
};
const BARS = [0, 1, 2].map((n) => ({
  ...{
    start: HARNESS_NOW - (3 - n) * HOUR,
    open: 60_000,
    high: 60_100,
    low: 59_900,
    close: 60_050,
    volume: 1,
    trades: 9,
  },
}));
const FIRING = {
  ...{ id: '0.1', ruleId: '0', ts: HARNESS_NOW - HOUR, instrument: 'sim:btcusdt', price: 60_010, suppressed: 0 },
  ...{ tradeId: undefined, values: [{ series: 'price', value: 60_010, before: 59_990, threshold: 60_000 }] },
};

const tried = (tally: Partial<Tally>, proposals: readonly Proposal[] = []): PreflightAnswer => ({
  kind: 'tried',
  trial: { tally: { ...WEEK, ...tally }, proposals, firings: [FIRING], bars: BARS, interval: HOUR },
});
const NOISY = tried({ count: 141, mostInDay: 40, mostInBurst: 2, close: 30, suppressed: 1200 }, [
  { change: { kind: 'rearm', level: 59_880 }, tally: { ...WEEK, count: 6, mostInDay: 6 } },
  { change: { kind: 'hold', ms: 5 * MINUTE }, tally: { ...WEEK, count: 11, mostInDay: 4 } },
  { change: { kind: 'every', ms: 4 * HOUR }, tally: { ...WEEK, count: 30, mostInDay: 5 } },
]);

/** A harness whose rules' past is `answer`. */
async function withPast(answer: PreflightAnswer | Error): Promise<void> {
  harness = await createCommandHarness({
    preflight: {
      async run() {
        if (answer instanceof Error) throw answer;
        return answer;
      },
    },
  });
}

const labels = (message: { buttons?: readonly (readonly { label: string }[])[] } | undefined) =>
  message?.buttons?.map((row) => row.map((button) => button.label));
const SAVED = '✅ btcusdt price > 70,000 · sim\nNow 60,000.00; fires near 70,000.00 (+16.7\u00a0%).';

describe('a saved alert', () => {
  it('is answered before its past is known', async () => {
    let asked = 0;
    harness = await createCommandHarness({
      preflight: {
        run() {
          asked++;
          return new Promise(() => {});
        },
      },
    });
    const saved = await harness.say('/alert btc > 70k');
    expect(textOf(saved)).toBe(SAVED);
    expect(asked).toBe(0);
    void saved.later?.();
    expect(asked).toBe(1);
  });

  it('is answered while the venue takes its time', async () => {
    await withPast({ kind: 'late' });
    const { feed } = harness.venue;
    Object.assign(feed, { history: () => new Promise(() => {}) });
    let saved: string | undefined;
    void harness.say('/alert btc > 70k').then((message) => {
      saved = textOf(message);
    });
    // Each step also gives the database its turns.
    for (let step = 0; step < 60 && saved === undefined; step++) await harness.time.advance(10);
    expect(saved).toMatch(/^✅ btcusdt price > 70,000/);
  });

  it.each<[string, PreflightAnswer, string]>([
    [
      'how often, when and how far apart it would have fired',
      tried({}),
      'Last 7 days: 9 times, last 14h ago, at most 3 in a day, half of them within 5h of the one before.',
    ],
    [
      'what the cooldown would have kept quiet, and what comes close together',
      tried({ count: 41, close: 12, suppressed: 7, mostInDay: 20 }),
      'Last 7 days: 41 times, last 14h ago, at most 20 in a day, half of them within 5h of the one before, ' +
        '12 within 10 minutes of it. The cooldown would have kept 7 more quiet.',
    ],
    ['that it never would have', tried({ count: 0, last: undefined, mostInDay: 0 }), 'Last 7 days: never.'],
    [
      'that it would have once',
      tried({ count: 1, medianGap: undefined, mostInDay: 1, from: HARNESS_NOW - 30 * HOUR }),
      'Last 30 h: once, last 14h ago.',
    ],
    [
      'that there is too little history',
      { kind: 'short', spanMs: 3 * HOUR },
      'Too little history (3 h) to say how often it would have fired.',
    ],
    [
      'that there was no history in time',
      { kind: 'late' },
      'Its history did not come in time, so I have not tried it on the past.',
    ],
  ])('says later %s', async (_what, answer, words) => {
    await withPast(answer);
    const saved = await harness.say('/alert btc > 70k');
    const later = await saved.later!();
    expect(textOf(later)).toBe(`${SAVED}\n${words}`);
    expect(labels(later)).toEqual([['Chart', 'Once', 'On close', 'Delete']]);
    expect(later?.later).toBeUndefined();
  });

  it('marks on a chart where it would have fired', async () => {
    await withPast(tried({}));
    const later = await (await harness.say('/alert btc > 70k')).later!();
    expect(later?.picture?.alt).toBe('btcusdt over 7 days: where btcusdt price > 70,000 would have fired, 9 times');
    const request = harness.drawn.at(-1)!;
    expect(request.marks).toEqual([{ ts: FIRING.ts, direction: 'up', price: 60_010, label: '' }]);
    expect(request).toMatchObject({ interval: HOUR, bars: BARS, levels: [{ price: 70_000 }] });
  });

  it('says it without a chart where none can be drawn', async () => {
    await withPast(tried({}));
    harness.ports.charts.render = async () => {
      throw new TransportError('no', { retryable: true, reason: 'unreachable' });
    };
    const later = await (await harness.say('/alert btc > 70k')).later!();
    expect(textOf(later)).toContain('Last 7 days: 9 times');
    expect(later?.picture).toBeUndefined();
  });

  it('stays as it is where the replay broke down, which is logged', async () => {
    await withPast(new Error('broken'));
    const saved = await harness.say('/alert btc > 70k');
    expect(await saved.later!()).toBeUndefined();
    expect(harness.log.at(-1)?.message).toBe('a rule could not be tried on its past');
  });

  it('stays as it is where it was changed or deleted meanwhile', async () => {
    await withPast(tried({}));
    const saved = await harness.say('/alert btc > 70k');
    await harness.press(buttonOf(saved, 'Once'));
    expect(await saved.later!()).toBeUndefined();
    const other = await harness.say('/alert btc > 71k');
    await harness.press(buttonOf(other, 'Delete'));
    expect(await other.later!()).toBeUndefined();
  });
});

describe('a noisy alert', () => {
  it('says so first, and offers what would make it quieter', async () => {
    await withPast(NOISY);
    const later = await (await harness.say('/alert btc > 70k')).later!();
    expect(textOf(later)).toBe(
      '⚠️ btcusdt price > 70,000 would have fired 141 times in 7 days: at most 40 in a day, 30 of them within 10 minutes ' +
        'of the one before. The cooldown would have kept 1200 more quiet.\n' +
        'Now 60,000.00; fires near 70,000.00 (+16.7\u00a0%).\n' +
        'It is saved as it is; these would make it quieter.',
    );
    expect(labels(later)).toEqual([
      ['rearm 59,880 · 6 times'],
      ['for 5m · 4 a day'],
      ['every 4h · 5 a day'],
      ['Keep as it is'],
      ['Chart', 'Once', 'On close', 'Delete'],
    ]);
  });

  it.each([
    ['rearm 59,880 · 6 times', 'price > 70000 every 15m rearm price < 59880'],
    ['for 5m · 4 a day', 'price > 70000 every 15m for 5m'],
    ['every 4h · 5 a day', 'price > 70000 every 4h'],
  ])('is changed by the button %s, and tried anew', async (label, text) => {
    await withPast(NOISY);
    const later = await (await harness.say('/alert btc > 70k')).later!();
    const { edit } = await harness.press(buttonOf(later, label));
    expect((await harness.rules.list('telegram:100')).map((stored) => stored.text)).toEqual([`sim:btcusdt 5m ${text}`]);
    expect(textOf(edit)).toMatch(/^✅ btcusdt price > 70,000 /);
    expect(await edit?.later?.()).toBeDefined();
  });

  it('is left as it is by a button', async () => {
    await withPast(NOISY);
    const later = await (await harness.say('/alert btc > 70k')).later!();
    const { edit } = await harness.press(buttonOf(later, 'Keep as it is'));
    expect(textOf(edit)).toBe(SAVED);
    expect(edit?.later).toBeUndefined();
  });

  it('is changed by its owner and the chat’s admins alone', async () => {
    await withPast(NOISY);
    const later = await (await harness.say('/alert btc > 70k', member(4))).later!();
    const button = buttonOf(later, 'every 4h · 5 a day');
    expect(await harness.press(button, member(5))).toEqual({ toast: 'That button is not yours.' });
    expect(await harness.press(buttonOf(later, 'Keep as it is'), member(5))).toEqual({
      toast: 'That button is not yours.',
    });
    const { edit } = await harness.press(button, member(6, { isChatAdmin: true }));
    expect(textOf(edit)).toContain('every 4h');
  });

  it('that fires once is no trouble', async () => {
    await withPast(tried({ count: 141, mostInDay: 40 }));
    const later = await (await harness.say('/alert btc > 70k once')).later!();
    expect(textOf(later)).toContain('Last 7 days: 141 times true, last 14h ago, at most 40 in a day');
  });

  it('says so where nothing would make it quieter', async () => {
    await withPast(tried({ count: 141, mostInDay: 40, mostInBurst: 16 }));
    const later = await (await harness.say('/alert btc > 70k')).later!();
    expect(textOf(later)).toMatch(/at most 40 in a day, up to 16 in 3 minutes\..*\nIt is saved as it is\.$/s);
    expect(labels(later)?.flat()).toEqual(['Keep as it is', 'Chart', 'Once', 'On close', 'Delete']);
  });
});
