import { describe, expect, it } from 'vitest';
import { ConfigError } from '../engine/errors.ts';
import { fileArgument } from './file-argument.ts';

describe('the file that a script is given', () => {
  it('may be left out', () => {
    expect([fileArgument([], 'usage'), fileArgument(['a.db'], 'usage')]).toEqual([undefined, 'a.db']);
  });

  it.each([
    [['--help'], '--help is no file: usage'],
    [['-h', 'a.db'], '-h is no file: usage'],
    [[''], 'the name of the file is empty: usage'],
    [['a.db', 'b.db'], 'one file at most, b.db is one too many: usage'],
  ])('%j is refused with how it is used', (args, message) => {
    expect(() => fileArgument(args, 'usage')).toThrow(new ConfigError(message));
  });
});
