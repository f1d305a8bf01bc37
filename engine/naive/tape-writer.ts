import type { Bar, MarketEvent, Trade } from '../market/events.ts';
import { STARTS, SYMBOLS } from './conditions.ts';
import { parseTestRule, T0, type TapeEvent } from './script.ts';
import type { Edit, Flavour, RuleDraft, Step } from './tape.ts';
import { FACT_NAMES } from './told.ts';

const MINUTE = 60_000;

export interface Drawn {
  /** Smallest step of the price. */
  readonly unit: number;
  readonly drafts: readonly RuleDraft[];
  /** Time of the first trades after the tape's beginning, in ms. */
  readonly offset: number;
  readonly steps: readonly Step[];
  /** How far each minute before moved the price, in smallest steps. */
  readonly past: readonly number[];
}

/** The events of a tape: its rules, perhaps what was before, a trade of each instrument, then what was drawn. */
export function writeTape(flavour: Flavour, { unit, drafts, offset, steps, past }: Drawn): readonly TapeEvent[] {
  const pen = createPen(unit, drafts.length, past);
  drafts.forEach((draft, index) => {
    pen.rule(index, draft, false);
  });
  for (let at = 0; at < flavour.instruments; at++) {
    if ((flavour.history ?? 0) > 1 && past[at] > 2) pen.take({ kind: 'history', at });
  }
  for (let at = 0; at < flavour.instruments; at++) {
    pen.take({ kind: 'trade', at, wait: at === 0 ? offset : 0, move: 0, size: 1 });
  }
  for (const step of steps) pen.take(step);
  return pen.events;
}

function createPen(unit: number, rules: number, past: readonly number[]) {
  const events: TapeEvent[] = [];
  const prices: number[] = [...STARTS];
  let ts = T0;

  function rule(index: number, draft: RuleDraft, inherit: boolean): void {
    const modes = draft.modes.map((mode) => mode(unit)).join(' ');
    const text = `aaausdt ${draft.interval} ${draft.condition(unit)} ${modes}`;
    const definition = { id: String(index), text: parseTestRule(text, ts) };
    events.push({ type: 'rule-set', ts, rule: definition, ...(inherit && { inherits: { firings: 0 } }), text });
  }

  function trade(at: number, when: number, move: number, size: number): void {
    prices[at] = Math.max(prices[at] / 2, prices[at] + move * unit);
    const [instrument, price, id] = [`sim:${SYMBOLS[at]}`, prices[at], String(events.length)];
    const made: Trade = { type: 'trade', instrument, ts: when, price, size, side: 'buy', id };
    events.push(made);
  }

  function edit({ rule: drawn, what, text }: Edit): void {
    const index = drawn % (rules + 1);
    const ruleId = String(index);
    if (what === 'set') rule(index, text, drawn % 2 === 0);
    else if (what === 'mute') events.push({ type: 'rule-pause', ts, ruleId, until: ts + drawn * 40_000 });
    else events.push({ type: `rule-${what}`, ts, ruleId });
  }

  /** Minutes of which nothing but their bars is known; the first is the one after the present one. */
  function missed(at: number, moves: readonly number[]): void {
    const bars: Bar[] = [];
    for (let i = 0; i + 3 < moves.length; i += 4) {
      ts = (Math.floor(ts / MINUTE) + 1) * MINUTE;
      const path = moves.slice(i, i + 4).map((move) => {
        prices[at] = Math.max(prices[at] / 2, prices[at] + move * unit);
        return prices[at];
      });
      const [high, low] = [Math.max(...path), Math.min(...path)];
      bars.push({ start: ts, open: path[0], high, low, close: path[3], volume: 1 + i / 8, trades: 4 + i });
    }
    ts += MINUTE;
    events.push({ type: 'bars', instrument: `sim:${SYMBOLS[at]}`, interval: MINUTE, bars });
  }

  function take(step: Step): void {
    switch (step.kind) {
      case 'trade':
        ts += step.wait;
        trade(step.at, ts, step.move, step.size);
        break;
      case 'late':
        trade(step.at, Math.max(T0, ts - step.wait), step.move, step.size);
        break;
      case 'clock':
        ts += step.wait;
        events.push({ type: 'clock', ts });
        break;
      case 'fact':
        ts += step.wait;
        // Bars that end before are closed first: a fact that comes before its bar's time is not what is tried here.
        events.push({ type: 'clock', ts });
        events.push(factOf(step, ts - step.age));
        break;
      case 'history':
        events.push(...historyOf(step.at, past, unit));
        break;
      case 'missed':
        missed(step.at, step.moves);
        break;
      case 'edit':
        edit(step);
    }
  }

  return { events, rule, take };
}

function factOf({ name, at, move }: Step & { readonly kind: 'fact' }, ts: number): MarketEvent {
  const [oi, gdp, liquidations] = FACT_NAMES;
  const event = { type: 'fact', instrument: `sim:${SYMBOLS[at]}`, ts } as const;
  if (name === 0) return { ...event, name: oi, value: 10 + move };
  if (name === 1) return { ...event, name: gdp, instrument: undefined, value: move };
  return { ...event, name: liquidations, value: Math.abs(move) / 8 };
}

/** The bars of the minutes before, each of which moved the price by so many units. */
function historyOf(at: number, past: readonly number[], unit: number): MarketEvent[] {
  let last: number = STARTS[at];
  const minutes = past.map((move, i): Bar => {
    const open = last;
    last = Math.max(last / 2, last + move * unit);
    const start = T0 + (i - past.length) * MINUTE;
    return {
      start,
      open,
      high: Math.max(open, last),
      low: Math.min(open, last),
      close: last,
      volume: 1 + i / 8,
      trades: 2,
    };
  });
  return [15, 5, 1].map((count) => {
    const bars: Bar[] = [];
    for (let i = 0; i < minutes.length; i += count) bars.push(joined(minutes.slice(i, i + count)));
    return { type: 'bars', instrument: `sim:${SYMBOLS[at]}`, interval: count * MINUTE, bars };
  });
}

function joined(bars: readonly Bar[]): Bar {
  return {
    start: bars[0].start,
    open: bars[0].open,
    high: Math.max(...bars.map(({ high }) => high)),
    low: Math.min(...bars.map(({ low }) => low)),
    close: bars[bars.length - 1].close,
    volume: bars.reduce((sum, { volume }) => sum + volume, 0),
    trades: bars.reduce((sum, { trades }) => sum + trades, 0),
  };
}
