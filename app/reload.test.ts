import { expect, it } from 'vitest';
import { readConfig } from '../config.ts';
import { createLogger } from './part-logger.ts';
import { createLiveSettings } from './reload.ts';

function settings(env: Record<string, string>) {
  const now = { ...env };
  const lines: string[] = [];
  const log = createLogger('info', (line) => lines.push(line));
  const part = log.part('test');
  const live = createLiveSettings({ config: readConfig(env), reread: () => readConfig(now), log });
  const told: string[][] = [];
  live.onChange((names) => told.push([...names]));
  return { now, live, told, lines, part };
}

it('puts into force what can change while the program runs, and says what it was and is', () => {
  const { now, live, told, lines, part } = settings({ ADMINS: 'telegram:1', BACKUP_KEEP: '3' });
  const { admins } = live;
  part.debug({}, 'not yet');
  Object.assign(now, { ADMINS: 'telegram:2,discord:3', LOG_LEVEL: 'debug', BACKUP_KEEP: '5', SYMBOLS: 'btcusdt' });
  expect(live.reload().changed).toEqual([
    { name: 'SYMBOLS', from: 'none', to: 'btcusdt' },
    { name: 'ADMINS', from: 'telegram:1', to: 'telegram:2,discord:3' },
    { name: 'BACKUP_KEEP', from: '3', to: '5' },
    { name: 'LOG_LEVEL', from: 'info', to: 'debug' },
  ]);
  expect([...admins]).toEqual(['telegram:2', 'discord:3']);
  expect(live.current().BACKUP_KEEP).toBe(5);
  expect(told).toEqual([['SYMBOLS', 'ADMINS', 'BACKUP_KEEP', 'LOG_LEVEL']]);
  part.debug({}, 'from now on');
  expect(lines.join('')).not.toContain('not yet');
  expect(lines.join('')).toContain('from now on');
  expect(live.reload()).toEqual({ changed: [], needRestart: [] });
});

it('names what needs a restart, each time it is asked until then, and no secret’s value', () => {
  const { now, live, lines } = settings({ TELEGRAM_TOKEN: '1:first', HTTP_PORT: '1', TRADES_RETENTION: '24h' });
  Object.assign(now, { TELEGRAM_TOKEN: '1:second', HTTP_PORT: '2', TRADES_RETENTION: '0' });
  const needRestart = ['TELEGRAM_TOKEN', 'HTTP_PORT', 'TRADES_RETENTION'];
  expect(live.reload()).toEqual({ changed: [], needRestart });
  expect(live.reload()).toEqual({ changed: [], needRestart });
  expect(lines.join('')).toContain('TELEGRAM_TOKEN');
  expect(lines.join('')).not.toMatch(/first|second/);
  Object.assign(now, { TELEGRAM_TOKEN: '1:first', HTTP_PORT: '1', TRADES_RETENTION: '12h' });
  expect(live.reload()).toEqual({
    changed: [{ name: 'TRADES_RETENTION', from: '1d', to: '12h' }],
    needRestart: [],
  });
});

it('changes nothing where something is wrong', () => {
  const { now, live } = settings({ ADMINS: 'telegram:1' });
  Object.assign(now, { ADMINS: 'telegram:2', LOG_LEVEL: 'loud' });
  expect(() => live.reload()).toThrow(/LOG_LEVEL must be/);
  expect([...live.admins]).toEqual(['telegram:1']);
});
