import { parseEnv } from 'node:util';
import { expect, it } from 'vitest';
import { strayLines, withoutStrayLines } from './stray-lines.ts';

const LINES = [
  '# a comment',
  '',
  'LOG_LEVEL=debug\r',
  'a stray line',
  '  export ADMINS = telegram:1  # me',
  'RECORD="a',
  'folder"',
  "SYMBOLS='btcusdt'",
  'SIM_SEED=',
  'SYMBOLS',
].join('\n');

it('are neither settings, nor parts of them, nor comments', () => {
  expect(strayLines(LINES)).toEqual([3, 9]);
});

it('take nothing of what is around them', () => {
  expect({ ...parseEnv(withoutStrayLines(LINES)) }).toEqual({
    LOG_LEVEL: 'debug',
    ADMINS: 'telegram:1',
    RECORD: 'a\nfolder',
    SYMBOLS: 'btcusdt',
    SIM_SEED: '',
  });
});
