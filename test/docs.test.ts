import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { envExample } from '../app/env-example.ts';
import { COMMANDS } from '../commands/registry.ts';
import { describeVariables } from '../config.ts';
import { UserError } from '../engine/errors.ts';
import { parseExpressions, parseRule } from '../engine/language/parse.ts';
import type { Scope } from '../engine/language/scope.ts';
import { MINUTE } from '../engine/market/interval.ts';
import { createSymbolTable } from '../engine/market/symbol-table.ts';
import { CATALOG } from '../engine/series/catalog.ts';
import { createFeed } from '../feeds/registry.ts';
import { commandBlock, seriesTable, variablesTable, withBlock } from '../scripts/doc-tables.ts';
import { createManualClock } from './doubles/manual-clock.ts';
import { createSilentLog } from './doubles/silent-log.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const read = (path: string): string => readFileSync(`${ROOT}/${path}`, 'utf8');
const RENEW = 'run: node --import tsx scripts/update-docs.ts';

const DOCUMENTS = [
  'README.md',
  'CONTRIBUTING.md',
  ...['docs', 'docs/decisions'].flatMap((folder) =>
    readdirSync(`${ROOT}/${folder}`)
      .filter((name) => name.endsWith('.md'))
      .map((name) => `${folder}/${name}`),
  ),
];

/** The chat of a newcomer: the simulator's symbols and the defaults. */
async function newcomersChat(): Promise<Scope> {
  const feed = createFeed('sim', { clock: createManualClock().clock, random: () => 0.5, log: createSilentLog() });
  const symbols = createSymbolTable(() => ['sim']);
  symbols.add(await feed.instruments());
  const preference = { venue: undefined, quote: 'usdt' };
  return {
    resolve: (text) => symbols.resolve(text, preference)?.instrument,
    suggest: () => [],
    instrument: undefined,
    interval: 5 * MINUTE,
    now: Date.UTC(2026, 0, 1),
    wallTime: (year, month, day, hour, minute) => Date.UTC(year, month - 1, day, hour, minute),
  };
}

/** The lines of all code blocks of one kind, without their remarks. */
function linesOf(path: string, kind: string): readonly string[] {
  const blocks = [...read(path).matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].filter((match) => match[1] === kind);
  return blocks.flatMap(([, , block]) => block.trim().split('\n')).map((line) => line.replace(/\s+#.*$/, ''));
}

describe('the language page', () => {
  it('shows the catalog as it is', () => {
    expect(withBlock(read('docs/language.md'), 'series', seriesTable(CATALOG)), RENEW).toBe(read('docs/language.md'));
  });

  it.each(CATALOG.map((entry) => [entry.name, entry] as const))(
    'tells of %s with an example that reads',
    async (_, entry) => {
      const text = read('docs/language.md');
      expect(text).toContain(entry.summary);
      expect(text).toContain(`\`${entry.example}\``);
      const { instrument } = parseRule(`btc ${entry.example}`, await newcomersChat());
      expect(instrument).toBe('sim:btcusdt');
    },
  );

  it.each(linesOf('docs/language.md', 'rule'))('shows a rule that can be typed: %s', async (line) => {
    const rule = parseRule(line, await newcomersChat());
    expect(rule.instrument).toMatch(/^sim:/);
  });

  it.each(linesOf('docs/language.md', 'overlay'))('shows overlays that can be drawn: %s', async (line) => {
    const exprs = parseExpressions(line, { ...(await newcomersChat()), instrument: 'sim:btcusdt' });
    expect(exprs.length).toBeGreaterThan(0);
  });

  it.each(linesOf('docs/language.md', 'refused'))('shows what is refused: %s', async (line) => {
    const scope = await newcomersChat();
    expect(() => parseRule(line, scope)).toThrow(UserError);
  });

  it('has examples of each kind', () => {
    for (const kind of ['rule', 'overlay', 'refused'])
      expect(linesOf('docs/language.md', kind).length).toBeGreaterThan(4);
  });
});

describe('the page of commands', () => {
  it.each(COMMANDS.map((command) => [command.name, command] as const))('shows /%s as it is', (name, command) => {
    const text = read('docs/commands.md');
    expect(withBlock(text, `command ${name}`, commandBlock(command)), RENEW).toBe(text);
    for (const example of command.examples) expect(text).toContain(example);
  });

  it('tells of no command that there is not', () => {
    const told = [...read('docs/commands.md').matchAll(/^## \/(\w+)$/gm)].map((match) => match[1]);
    expect(told).toEqual(COMMANDS.map((command) => command.name));
  });

  it('gives examples of /alert that read', async () => {
    const scope = await newcomersChat();
    const lines = ['README.md', 'docs/commands.md'].flatMap((path) => linesOf(path, 'text'));
    const rules = lines.filter((line) => line.startsWith('/alert ') && !line.includes('SYMBOL'));
    expect(rules.length).toBeGreaterThan(5);
    for (const rule of rules) expect(() => parseRule(rule.slice('/alert '.length), scope), rule).not.toThrow();
  });
});

describe('the README', () => {
  it('shows the configuration as it is', () => {
    expect(withBlock(read('README.md'), 'variables', variablesTable()), RENEW).toBe(read('README.md'));
    for (const { name } of describeVariables()) expect(read('README.md')).toContain(`| \`${name}\` |`);
  });

  it('names commands and scripts that there are', () => {
    const names = COMMANDS.map((command) => command.name);
    const typed = linesOf('README.md', 'text').filter((line) => line.startsWith('/'));
    expect(typed.map((line) => line.slice(1).split(' ')[0]).filter((name) => !names.includes(name))).toEqual([]);
    expect(typed).toHaveLength(5);
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    for (const path of DOCUMENTS) {
      for (const [, name] of read(path).matchAll(/npm run ([\w:-]+)/g)) expect(scripts, path).toHaveProperty(name);
    }
  });

  it('asks for the Discord permissions that the bot needs', () => {
    // Bits from Discord's documentation of permissions.
    const bits = { VIEW_CHANNEL: 10n, SEND_MESSAGES: 11n, EMBED_LINKS: 14n, ATTACH_FILES: 15n, SEND_IN_THREADS: 38n };
    const sum = Object.values(bits).reduce((all, bit) => all | (1n << bit), 0n);
    expect(read('README.md')).toContain(`permissions=${sum}`);
  });
});

describe('all documents', () => {
  it('name variables that there are', () => {
    const known = new Set(
      describeVariables().flatMap(({ name, secret }) => (secret ? [name, `${name}_FILE`] : [name])),
    );
    for (const path of DOCUMENTS) {
      const named = [...read(path).matchAll(/\b([A-Z]+(?:_[A-Z]+)+)(?==|`)/g)].map((match) => match[1]);
      expect(
        named.filter((name) => !known.has(name) && !ELSEWHERE.has(name)),
        path,
      ).toEqual([]);
    }
  });

  it('link to files that there are', () => {
    for (const path of DOCUMENTS) {
      const links = [...read(path).matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map((match) => match[1]);
      const missing = links.filter((link) => !existsSync(`${ROOT}/${dirname(path)}/${link}`));
      expect(missing, path).toEqual([]);
    }
  });

  it('show every picture that there is, none above 300 kB', () => {
    const shown = DOCUMENTS.flatMap((path) =>
      [...read(path).matchAll(/images\/([\w-]+\.png)/g)].map((match) => match[1]),
    );
    const there = readdirSync(`${ROOT}/docs/images`);
    expect([...new Set(shown)].sort()).toEqual([...there].sort());
    for (const name of there) expect(statSync(`${ROOT}/docs/images/${name}`).size, name).toBeLessThan(300_000);
  });

  it('come with the sample environment that the configuration gives', () => {
    expect(read('.env.example'), 'run: npm run env-example').toBe(envExample());
  });
});

/** Capital words of the documents that are no variables. */
const ELSEWHERE: ReadonlySet<string> = new Set(['SQLITE_BUSY', 'APPLICATION_ID', 'KRAKEN_WS_URL', 'KRAKEN_REST_URL']);
