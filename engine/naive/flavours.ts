import fc from 'fast-check';
import type { Flavour } from './tape.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const upTo = (max: number): fc.Arbitrary<number> => fc.integer({ min: 0, max });
const within = (most: number): fc.Arbitrary<number> => fc.integer({ min: -most, max: most });
/** Mostly a few units, now and then far. */
const mixed = fc.oneof(
  { weight: 12, arbitrary: within(2) },
  { weight: 5, arbitrary: within(8) },
  { weight: 1, arbitrary: within(40) },
);
const trading = fc.oneof(upTo(4 * SECOND), upTo(20 * SECOND), upTo(80 * SECOND), upTo(200 * SECOND));

/** Kinds of tapes, each with what it is there to find. */
export const FLAVOURS = {
  'coarse jumps': {
    instruments: 1,
    units: [1],
    moves: within(4),
    waits: trading,
    intervals: ['1m', '1m', '5m'],
    conditions: { intervals: ['5m'] },
    edits: 1,
  },
  'small steps near the levels': {
    instruments: 1,
    units: [1 / 1024, 1 / 64, 1 / 8],
    moves: mixed,
    waits: fc.oneof(upTo(3 * SECOND), upTo(30 * SECOND)),
    intervals: ['1m', '1m', '5m'],
    conditions: { intervals: ['5m', '15m'], moves: ['5m'] },
    trades: { min: 30, max: 90 },
  },
  'late trades': {
    instruments: 1,
    units: [1, 1 / 64],
    moves: mixed,
    waits: trading,
    intervals: ['1m', '5m'],
    conditions: { intervals: ['5m'] },
    late: 8,
    clocks: 2,
  },
  'bursts at one moment': {
    instruments: 1,
    units: [1, 1 / 32],
    moves: mixed,
    waits: fc.oneof(
      { weight: 6, arbitrary: fc.constant(0) },
      { weight: 1, arbitrary: fc.constantFrom(SECOND, MINUTE, 61 * SECOND) },
    ),
    intervals: ['1m', '5m'],
    conditions: {},
    trades: { min: 10, max: 70 },
  },
  'a clock that ticks': {
    instruments: 1,
    units: [1, 1 / 64],
    moves: mixed,
    waits: fc.oneof(upTo(20 * SECOND), upTo(90 * SECOND)),
    intervals: ['1m', '1m', '5m'],
    conditions: { intervals: ['5m', '1m'] },
    clocks: 20,
    edits: 2,
  },
  'facts among the prices': {
    instruments: 2,
    units: [1, 1 / 16],
    moves: mixed,
    waits: trading,
    intervals: ['1m', '1m', '5m'],
    conditions: { facts: 8, exact: 1, computed: 1, intervals: ['5m'] },
    trades: { min: 20, max: 80 },
    facts: 12,
    clocks: 1,
    edits: 1,
    history: 1,
  },
  'several instruments': {
    instruments: 3,
    units: [1, 1 / 16],
    moves: mixed,
    waits: trading,
    intervals: ['1m', '1m', '5m'],
    conditions: { pairs: 5, exact: 1, computed: 1 },
    trades: { min: 20, max: 80 },
    edits: 1,
  },
  seconds: {
    instruments: 1,
    units: [1, 1 / 64],
    moves: mixed,
    waits: fc.oneof(upTo(900), upTo(3 * SECOND), upTo(30 * SECOND)),
    intervals: ['1s', '1s', '1m'],
    conditions: { intervals: ['1s', '1m'], moves: ['10s', '1m'] },
    edits: 1,
  },
  'seconds with late trades and a clock': {
    instruments: 1,
    units: [1, 1 / 64],
    moves: mixed,
    waits: fc.oneof(upTo(900), upTo(3 * SECOND), upTo(10 * SECOND)),
    intervals: ['1s', '1s', '1m'],
    conditions: { intervals: ['1s', '1m'] },
    late: 5,
    clocks: 4,
  },
  'long silences': {
    instruments: 1,
    units: [1, 1 / 64],
    moves: mixed,
    waits: fc.oneof(
      { weight: 12, arbitrary: upTo(90 * SECOND) },
      { weight: 1, arbitrary: upTo(3 * HOUR) },
      { weight: 1, arbitrary: fc.integer({ min: HOUR, max: 9 * DAY }) },
    ),
    intervals: ['1m', '5m', '15m'],
    conditions: { intervals: ['5m', '15m'] },
    trades: { min: 5, max: 25 },
    clocks: 1,
  },
  'silences in seconds': {
    instruments: 1,
    units: [1],
    moves: mixed,
    waits: fc.oneof({ weight: 12, arbitrary: upTo(5 * SECOND) }, { weight: 1, arbitrary: upTo(4 * HOUR) }),
    intervals: ['1s', '1s', '1m'],
    conditions: { intervals: ['1s', '1m'] },
    trades: { min: 5, max: 20 },
    rules: 2,
  },
  'missed minutes': {
    instruments: 2,
    units: [1, 1 / 64],
    moves: mixed,
    waits: trading,
    intervals: ['1m', '5m'],
    conditions: { intervals: ['5m'], pairs: 2 },
    trades: { min: 5, max: 35 },
    missed: 3,
  },
  'rules that come and go': {
    instruments: 1,
    units: [1, 1 / 64],
    moves: mixed,
    waits: trading,
    intervals: ['1m', '5m', '15m'],
    conditions: { intervals: ['5m', '15m'] },
    edits: 10,
    clocks: 2,
  },
  'history that comes': {
    instruments: 1,
    units: [1, 1 / 64],
    moves: mixed,
    waits: trading,
    intervals: ['1m', '5m', '15m'],
    conditions: { intervals: ['5m', '15m'] },
    history: 2,
    edits: 1,
  },
} satisfies Record<string, Flavour>;
