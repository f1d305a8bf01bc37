import { describe, expect, it } from 'vitest';
import { TransportError, UserError } from '../engine/errors.ts';
import { textOf } from '../test/doubles/command-harness.ts';
import { useCommandHarness } from '../test/doubles/use-command-harness.ts';
import { errorMessage, sentence } from './error-message.ts';

const harness = useCommandHarness();

const told = async (text: string, error: unknown) =>
  errorMessage(await harness.context(), { command: 'alert', text }, error);

describe('the message of a failure', () => {
  it('marks the place, names it in monospace, and offers what would be right', async () => {
    const error = new UserError('unknown-name', 'no function `rsy`', {
      ...{ hint: 'did you mean rsi?', span: [8, 11] as const, suggestions: ['btcusdt rsi(14) < 30'] },
    });
    const message = await told('btcusdt rsy(14) < 30', error);
    expect(message.text).toEqual([
      'I can’t read that:\n',
      { pre: 'btcusdt rsy(14) < 30\n········^^^' },
      '\n',
      'no function ',
      { code: 'rsy' },
      '; did you mean rsi?',
    ]);
    expect(message.buttons?.flat().map((button) => button.label)).toEqual(['btcusdt rsi(14) < 30']);
    expect(message.private).toBe(true);
  });

  it('begins with the reason where the text was read well', async () => {
    const error = new UserError('impossible', '`rsi` runs from 0 to 100', {
      ...{ hint: 'a threshold lies between them', span: [10, 13] as const },
    });
    const message = await told('btc rsi > 101', error);
    expect(message.text).toEqual([
      { code: 'rsi' },
      ' runs from 0 to 100; a threshold lies between them',
      '\n',
      { pre: 'btc rsi > 101\n··········^^^' },
    ]);
  });

  it('marks nothing where all of the text is wrong, or where the place lies outside of it', async () => {
    for (const span of [
      [0, 3],
      [2, 9],
    ] as const) {
      const message = await told('foo', new UserError('x', 'No such thing.', { span }));
      expect(message.text).toEqual(['No such thing.']);
    }
  });

  it('begins with a capital where nothing is marked', async () => {
    const error = new UserError('no-symbol', 'which symbol?', { hint: 'begin with one', span: [0, 3] });
    expect(textOf(await told('> 3', error))).toBe('Which symbol? Begin with one');
  });

  it('offers three corrections at most', async () => {
    const error = new UserError('x', 'No.', { span: [0, 1], suggestions: ['a', 'b', 'c', 'd'] });
    expect((await told('x', error)).buttons).toHaveLength(3);
  });

  it('says that the venue is out of reach, with a reference and without the venue’s words', async () => {
    const error = new TransportError('GET https://x?key=1 failed', { retryable: true, reason: 'unreachable' });
    const message = await told('btc > 1', error);
    expect(textOf(message)).toBe('I cannot reach the venue just now. Try again in a minute (reference r1).');
    expect(message.private).toBe(true);
  });

  it('says of everything else that it went wrong', async () => {
    const final = new TransportError('no', { retryable: false, reason: 'refused' });
    for (const error of [final, new RangeError('secret'), 'text', undefined]) {
      expect(textOf(await told('btc > 1', error))).toMatch(/^Something went wrong, reference r\d\.$/);
    }
  });
});

describe('a sentence', () => {
  it('joins what was wrong with what would be right', () => {
    expect(sentence(new UserError('x', 'no symbol foo', { hint: 'did you mean f?' }))).toBe(
      'no symbol foo; did you mean f?',
    );
    expect(sentence(new UserError('x', 'Which?', { hint: 'This.' }))).toBe('Which? This.');
    expect(sentence(new UserError('x', 'which?', { hint: 'this' }))).toBe('which? This');
    expect(sentence(new UserError('x', 'Which?'))).toBe('Which?');
  });
});
