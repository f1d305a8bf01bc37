import { describe, expect, it } from 'vitest';
import { CATALOG } from '../engine/series/catalog.ts';
import { buttonOf, textOf } from '../test/doubles/command-harness.ts';
import { useCommandHarness } from '../test/doubles/use-command-harness.ts';
import { COMMANDS } from './registry.ts';

const harness = useCommandHarness();

const reply = async (line: string) => textOf(await harness.say(line));

describe('/help', () => {
  it('lists every command on one phone’s screen, in private, and where every indicator is listed', async () => {
    const answer = await harness.say('/help');
    const lines = textOf(answer).split('\n');
    const told = lines.flatMap((line) =>
      /^(Also|Numbers and pictures) /.test(line) ? line.match(/(?<=\/)\w+/g)! : (/^\/(\w+) /.exec(line)?.[1] ?? []),
    );
    const unsaid = ['start', 'help', 'unmute', 'unblock', 'sim', 'reload'];
    expect(told.toSorted()).toEqual(
      COMMANDS.map(({ name }) => name)
        .filter((name) => !unsaid.includes(name))
        .toSorted(),
    );
    expect(textOf(answer)).toContain(`${CATALOG.length} series`);
    const parts = (await reply('/help series')).split('\n').slice(1, -1);
    const series = parts.flatMap((part) => part.slice(part.indexOf(': ') + 2).split(' '));
    expect(series.toSorted()).toEqual(CATALOG.map(({ name }) => name).toSorted());
    expect(parts.find((part) => part.includes(' rsi '))).toMatch(/^From 0 to 100: /);
    expect(answer.private).toBe(true);
    // A phone shows some 40 letters a line.
    expect(lines.reduce((sum, line) => sum + Math.max(1, Math.ceil(line.length / 40)), 0)).toBeLessThanOrEqual(26);
  });

  it('tells of one command all that can be typed', async () => {
    for (const { name, usage, examples } of COMMANDS) {
      const text = await reply(`/help /${name}`);
      for (const line of [usage, ...examples]) expect(text).toContain(line);
    }
  });

  it('tells of one indicator what it is, under any of its names', async () => {
    for (const entry of CATALOG) {
      const text = await reply(`/help ${entry.name.toUpperCase()}`);
      for (const part of [entry.summary, entry.example, entry.source, ...entry.fields]) expect(text).toContain(part);
    }
    expect(await reply('/help bollinger')).toBe(await reply('/help bb'));
  });

  it('lists the candlestick patterns', async () => {
    const text = await reply('/help patterns');
    for (const name of ['doji', 'hammer', 'engulfing', 'morningstar']) expect(text.split(/\s+/)).toContain(name);
    expect(text).not.toContain('rsi');
    expect(text).toContain('/alert btcusdt pattern(engulfing) > 0');
  });

  it('offers what may have been meant', async () => {
    const answer = await harness.say('/help aler');
    expect(textOf(answer)).toMatch(/^I know no command and no indicator “aler”\. Did you mean alert/);
    expect(textOf((await harness.press(buttonOf(answer, 'alert'))).reply)).toMatch(/^\/alert /);
    for (const word of ['modes', 'gate', 'interval', 'late within']) {
      expect(await reply(`/help ${word}`)).toBe(await reply('/help alert'));
    }
    expect(await reply('/help bollinger bands')).toBe(await reply('/help bb'));
  });

  it('says that it knows no such thing', async () => {
    expect(await reply('/help nonsense')).toBe(
      'I know no command and no indicator “nonsense”. /help lists commands, /help series indicators.',
    );
  });
});
