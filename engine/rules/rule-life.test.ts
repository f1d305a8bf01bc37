import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Engine } from '../engine.ts';
import { parseRule } from '../language/parse.ts';
import type { Trade } from '../market/events.ts';
import { MINUTE } from '../market/interval.ts';

const BTC = 'sim:btcusdt';
const T0 = 1_700_000_040_000;

interface Values {
  readonly price: number;
  readonly sma: number;
}

/** A condition as text, and as a question to the values now. A moment is true only when its question has just become true. */
interface Question {
  readonly text: string;
  readonly moment: boolean;
  ask(values: Values): boolean;
}

const level = fc.integer({ min: 96, max: 104 });
/** An average of three whole numbers never lies on such a level, however its sum was rounded. */
const levelFor = (name: string, at: number): number => (name === 'sma(3)' ? at + 0.1 : at);
const operand = fc.constantFrom<[string, (v: Values) => number]>(
  ['price', (v) => v.price],
  ['close', (v) => v.price],
  ['sma(3)', (v) => v.sma],
);
const OPERATORS: Record<string, (a: number, b: number) => boolean> = {
  '>': (a, b) => a > b,
  '<': (a, b) => a < b,
  '>=': (a, b) => a >= b,
  '<=': (a, b) => a <= b,
};
const comparison: fc.Arbitrary<Question> = fc
  .tuple(operand, fc.constantFrom(...Object.keys(OPERATORS)), level)
  .map(([[name, read], op, at]) => ({
    text: `${name} ${op} ${levelFor(name, at)}`,
    moment: false,
    ask: (v) => OPERATORS[op](read(v), levelFor(name, at)),
  }));
const state: fc.Arbitrary<Question> = fc.oneof(
  { weight: 3, arbitrary: comparison },
  fc
    .tuple(comparison, comparison)
    .map(
      ([a, b]): Question => ({ text: `(${a.text}) and (${b.text})`, moment: false, ask: (v) => a.ask(v) && b.ask(v) }),
    ),
  fc.tuple(comparison, comparison).map(
    ([a, b]): Question => ({
      text: `(${a.text}) or not (${b.text})`,
      moment: false,
      ask: (v) => a.ask(v) || !b.ask(v),
    }),
  ),
  fc.tuple(level, level).map(([a, b]): Question => {
    const [low, high] = [Math.min(a, b), Math.max(a, b) + 1];
    return { text: `price inside [${low}, ${high}]`, moment: false, ask: (v) => v.price >= low && v.price <= high };
  }),
);
const moment: fc.Arbitrary<Question> = fc.oneof(
  fc.tuple(operand, level).map(
    ([[name, read], at]): Question => ({
      text: `${name} crosses above ${levelFor(name, at)}`,
      moment: true,
      ask: (v) => read(v) > levelFor(name, at),
    }),
  ),
  fc.tuple(operand, level).map(
    ([[name, read], at]): Question => ({
      text: `${name} crosses below ${levelFor(name, at)}`,
      moment: true,
      ask: (v) => read(v) < levelFor(name, at),
    }),
  ),
  fc.tuple(level, level).map(([a, b]): Question => {
    const [low, high] = [Math.min(a, b), Math.max(a, b) + 1];
    return { text: `price leaves [${low}, ${high}]`, moment: true, ask: (v) => !(v.price >= low && v.price <= high) };
  }),
);

interface Modes {
  readonly text: string;
  readonly every?: number;
  readonly once?: boolean;
  readonly hold?: number;
  readonly onClose?: boolean;
}
const modes = fc.constantFrom<Modes>(
  { text: '', every: 15 * MINUTE },
  { text: 'every 1m', every: MINUTE },
  { text: 'once', once: true },
  { text: 'for 2m', hold: 2 * MINUTE },
  { text: 'on close', onClose: true },
  { text: 'on close once', onClose: true, once: true },
);
const rule = fc.tuple(fc.oneof(state, moment), modes);

const tape = fc
  .array(
    fc.record({
      wait: fc.oneof(fc.integer({ min: 0, max: 40_000 }), fc.integer({ min: 0, max: 200_000 })),
      price: fc.integer({ min: 95, max: 105 }),
    }),
    {
      minLength: 5,
      maxLength: 50,
    },
  )
  .map((steps) => {
    let ts = T0;
    return steps.map(({ wait, price }, i): Trade => {
      ts += wait;
      return { type: 'trade', instrument: BTC, ts, price, size: 1, side: 'buy', id: String(i) };
    });
  });

/** Every firing's time, by going through the tape step by step and asking everything anew at each. */
function naiveFirings([question, mode]: [Question, Modes], trades: readonly Trade[]): number[] {
  const fired: number[] = [];
  const closes: number[] = [];
  let minute = Math.floor(trades[0].ts / MINUTE);
  let price = trades[0].price;
  let ready = false;
  let was = false;
  let truth = false;
  let resting = false;
  let done = false;
  let pendingSince: number | undefined;

  const fire = (ts: number): void => {
    const last = fired[fired.length - 1];
    resting = true;
    if (last !== undefined && (ts <= last || (mode.every !== undefined && ts - last < mode.every))) return;
    fired.push(ts);
    if (mode.once) done = true;
  };
  const due = (ts: number): void => {
    if (pendingSince === undefined || pendingSince + mode.hold! > ts) return;
    const at = pendingSince + mode.hold!;
    pendingSince = undefined;
    fire(at);
  };
  const turn = (now: boolean, ts: number): void => {
    const rises = now && !truth;
    truth = now;
    if (done) return;
    if (pendingSince !== undefined) {
      if (!now) pendingSince = undefined;
    } else if (resting) {
      if (!now) resting = false;
    } else if (rises) {
      if (mode.hold === undefined) fire(ts);
      else pendingSince = ts;
    }
  };
  const look = (ts: number, values: Values): void => {
    const usesSma = question.text.includes('sma');
    if (usesSma && Number.isNaN(values.sma)) return;
    const asked = question.ask(values);
    if (!ready) {
      ready = true;
      was = asked;
      truth = question.moment && mode.hold === undefined ? false : asked;
      resting = truth;
      return;
    }
    if (!question.moment || mode.hold !== undefined) {
      turn(asked, ts);
      return;
    }
    turn(asked && !was, ts);
    was = asked;
    turn(false, ts);
  };
  const average = (newest: number): number => {
    const window = [...closes.slice(-2), newest];
    return window.length < 3 ? Number.NaN : (window[0] + window[1] + window[2]) / 3;
  };

  for (const trade of trades) {
    due(trade.ts);
    for (; minute < Math.floor(trade.ts / MINUTE); minute++) {
      const values = { price, sma: average(price) };
      if (mode.onClose) look((minute + 1) * MINUTE, values);
      closes.push(price);
    }
    price = trade.price;
    if (!mode.onClose) look(trade.ts, { price, sma: average(price) });
  }
  return fired;
}

describe('a rule fires exactly when a step-by-step reading of the tape says', () => {
  it('for any condition, mode and tape', () => {
    fc.assert(
      fc.property(rule, tape, ([question, mode], trades) => {
        const engine = new Engine();
        const text = parseRule(`${BTC} 1m ${question.text} ${mode.text}`, {
          resolve: (name) => (name.includes(':') ? name : undefined),
          suggest: () => [],
          instrument: undefined,
          interval: MINUTE,
          now: T0,
          wallTime: Date.UTC,
        });
        engine.apply({ type: 'rule-set', ts: T0, rule: { id: '1', text } });
        const fired = trades
          .flatMap((trade) => engine.apply(trade))
          .flatMap((event) => (event.type === 'fired' ? [event.firing.ts] : []));
        expect(fired).toEqual(naiveFirings([question, mode], trades));
      }),
      { numRuns: 2_000 },
    );
  });
});
