import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { ConfigError } from '../../engine/errors.ts';
import { readScenario } from './scenario.ts';

const folder = mkdtempSync(join(tmpdir(), 'scenario-'));
afterAll(() => rmSync(folder, { recursive: true }));

function read(content: string) {
  const file = join(folder, 'scenario.json');
  writeFileSync(file, content);
  return readScenario(file);
}

it('reads lengths, times, shares and what is left out', () => {
  const text = `[{"at": "10m", "what": "crash", "symbol": "BTCUSDT", "size": "7.5%"},
    {"at": "2026-03-03T15:00:00Z", "what": "gap", "size": "90s"},
    {"at": 1700000000000, "what": "pump", "size": 0.2},
    {"at": "1h", "what": "silence", "symbol": "aapl"},
    {"at": "2h", "what": "calm"}]`;
  expect(read(text)).toEqual([
    { at: { afterMs: 600_000 }, what: 'crash', symbol: 'btcusdt', size: 0.075 },
    { at: 1_772_550_000_000, what: 'gap', symbol: undefined, size: 90_000 },
    { at: 1_700_000_000_000, what: 'pump', symbol: undefined, size: 0.2 },
    { at: { afterMs: 3_600_000 }, what: 'silence', symbol: 'aapl', size: 120_000 },
    { at: { afterMs: 7_200_000 }, what: 'calm', symbol: undefined, size: 0 },
  ]);
});

it.each([
  ['nonsense', 'is no JSON'],
  ['{}', 'must be a JSON list'],
  ['[{"what": "crash"}]', 'item 1: at'],
  ['[{"at": "1m", "what": "boom"}]', 'item 1: what'],
  ['[{"at": "1m", "what": "crash"}, {"at": "soon", "what": "crash"}]', 'item 2: at must be a length'],
  ['[{"at": "1m", "what": "crash", "size": "90%"}]', 'size "90%" must be a share above 0 % and at most 50 %'],
  ['[{"at": "1m", "what": "gap", "size": "5%"}]', 'size "5%" must be a length'],
  ['[{"at": "1m", "what": "calm", "size": "5%"}]', 'must be left out'],
  ['[{"at": "1m", "what": "crash", "side": "up"}]', 'item 1'],
])('refuses %s in one line', (content, reason) => {
  expect(() => read(content)).toThrow(ConfigError);
  expect(() => read(content)).toThrow(reason);
  try {
    read(content);
  } catch (error) {
    expect((error as Error).message).toMatch(/^SIM_SCENARIO: [^\n]*$/);
  }
});

it('refuses a file that is not there', () => {
  expect(() => readScenario(join(folder, 'nowhere.json'))).toThrow(/nowhere.json cannot be read/);
});
