import fc from 'fast-check';
import { type ConditionShape, conditions, type Draft } from './conditions.ts';
import { type Script, textOf } from './script.ts';
import { writeTape } from './tape-writer.ts';

/** What a flavour of tapes is like. Times in ms. */
export interface Flavour {
  readonly instruments: 1 | 2 | 3;
  /** Smallest steps of the price. */
  readonly units: readonly number[];
  /** How many of them a trade moves the price by. */
  readonly moves: fc.Arbitrary<number>;
  readonly waits: fc.Arbitrary<number>;
  /** Intervals of the rules. */
  readonly intervals: readonly string[];
  readonly conditions: ConditionShape;
  readonly modes?: fc.Arbitrary<readonly Draft[]>;
  readonly trades?: { readonly min: number; readonly max: number };
  readonly rules?: number;
  /** How often, against 20 trades: events of the clock, late trades, changes of rules, history that comes, minutes that were missed, facts. */
  readonly clocks?: number;
  readonly late?: number;
  readonly edits?: number;
  readonly history?: number;
  readonly missed?: number;
  readonly facts?: number;
}

/** What happens next. `at` is the number of an instrument, `wait` a time in ms, `move` counts the smallest steps of the price. */
export type Step =
  | {
      readonly kind: 'trade' | 'late';
      readonly at: number;
      readonly wait: number;
      readonly move: number;
      readonly size: number;
    }
  | { readonly kind: 'clock'; readonly wait: number }
  | { readonly kind: 'history'; readonly at: number }
  | {
      readonly kind: 'fact';
      readonly at: number;
      readonly name: number;
      readonly wait: number;
      readonly age: number;
      readonly move: number;
    }
  | { readonly kind: 'missed'; readonly at: number; readonly moves: readonly number[] }
  | Edit;

export interface Edit {
  readonly kind: 'edit';
  readonly what: 'set' | 'pause' | 'mute' | 'resume' | 'remove';
  readonly rule: number;
  readonly text: RuleDraft;
}

export interface RuleDraft {
  readonly interval: string;
  readonly condition: Draft;
  readonly modes: readonly Draft[];
}

const plain = (texts: readonly string[]): fc.Arbitrary<readonly Draft[]> =>
  fc.constantFrom(...texts).map((text) => [() => text]);

const PLAIN = [
  '',
  '',
  'every 1m',
  'every 90s',
  'every 3m',
  'once',
  'for 30s',
  'for 1m',
  'for 2m',
  'for 3m every 5m',
  'once for 1m',
];
const ON_CLOSE = ['on close', 'on close once', 'on close every 3m', 'on close for 2m', 'on close for 90s every 4m'];
const ENDING = ['for the next 3m', 'every 1m for the next 5m', 'for 1m for the next 4m', 'on close for the next 4m'];

/** All modes, alone and with each other. */
export function allModes(shape: ConditionShape): fc.Arbitrary<readonly Draft[]> {
  const rearm = fc
    .tuple(conditions(shape), fc.constantFrom('', '', 'every 1m', 'for 30s', 'on close', 'on close every 2m'))
    .map(([condition, rest]): readonly Draft[] => [(unit) => `rearm ${condition(unit)} ${rest}`]);
  const gate = fc
    .tuple(conditions(shape), fc.constantFrom('', '', 'every 1m', 'for 30s', 'on close', 'once'))
    .map(([condition, rest]): readonly Draft[] => [(unit) => `gate ${condition(unit)} ${rest}`]);
  return fc.oneof(
    { weight: 5, arbitrary: plain(PLAIN) },
    { weight: 3, arbitrary: plain(ON_CLOSE) },
    { weight: 1, arbitrary: plain(ENDING) },
    { weight: 2, arbitrary: rearm },
    { weight: 2, arbitrary: gate },
  );
}

function stepOf(flavour: Flavour, draft: fc.Arbitrary<RuleDraft>): fc.Arbitrary<Step> {
  const {
    instruments,
    moves: move,
    waits: wait,
    clocks = 0,
    late = 0,
    edits = 0,
    history = 0,
    missed = 0,
    facts = 0,
  } = flavour;
  const at = fc.nat(instruments - 1);
  const someMoves = fc.array(move, { minLength: 4, maxLength: 12 });
  const size = fc.nat(8).map((eighths) => eighths / 8);
  const trade = (kind: 'trade' | 'late', pause = wait) =>
    fc.record({ kind: fc.constant(kind), at, wait: pause, move, size });
  const what = fc.constantFrom<'set' | 'pause' | 'mute' | 'resume' | 'remove'>(
    'set',
    'set',
    'pause',
    'mute',
    'resume',
    'resume',
    'remove',
  );
  const fact = fc.record({
    kind: fc.constant('fact' as const),
    at,
    name: fc.nat(2),
    wait,
    age: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, fc.nat(150_000)),
    move: fc.integer({ min: -6, max: 6 }),
  });
  const choices: { weight: number; arbitrary: fc.Arbitrary<Step> }[] = [
    { weight: 20, arbitrary: trade('trade') },
    { weight: clocks, arbitrary: fc.record({ kind: fc.constant('clock' as const), wait }) },
    { weight: late, arbitrary: trade('late', fc.integer({ min: 1, max: 70_000 })) },
    { weight: edits, arbitrary: fc.record({ kind: fc.constant('edit' as const), what, rule: fc.nat(7), text: draft }) },
    { weight: missed, arbitrary: fc.record({ kind: fc.constant('missed' as const), at, moves: someMoves }) },
    { weight: facts, arbitrary: fact },
    { weight: history, arbitrary: fc.record({ kind: fc.constant('history' as const), at }) },
  ];
  return fc.oneof(...choices.filter(({ weight }) => weight > 0));
}

/** Tapes with their rules. */
export function scripts(flavour: Flavour): fc.Arbitrary<Script> {
  const { trades = { min: 5, max: 50 }, rules = 4 } = flavour;
  const draft: fc.Arbitrary<RuleDraft> = fc.record({
    interval: fc.constantFrom(...flavour.intervals),
    condition: conditions(flavour.conditions),
    modes: flavour.modes ?? allModes(flavour.conditions),
  });
  return fc
    .record({
      unit: fc.constantFrom(...flavour.units),
      drafts: fc.array(draft, { minLength: 1, maxLength: rules }),
      offset: fc.integer({ min: 0, max: 59_000 }),
      steps: fc.array(stepOf(flavour, draft), { minLength: trades.min, maxLength: trades.max, size: 'max' }),
      past: fc.array(fc.integer({ min: -6, max: 6 }), { minLength: 45, maxLength: 45 }),
    })
    .map((drawn) => {
      const events = writeTape(flavour, drawn);
      return { events, [fc.toStringMethod]: () => textOf(events) };
    });
}
