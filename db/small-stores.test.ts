import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createMetaStore } from './meta.ts';
import { createTempDatabase, type TempDatabase } from './temp-database.ts';
import { createUserStore } from './users.ts';
import { createViewStore } from './views.ts';

let temp: TempDatabase;
let now: number;
beforeEach(async () => {
  now = 100;
  temp = await createTempDatabase(() => now);
});
afterEach(() => temp.drop());

describe('users', () => {
  it('keeps when a user came, takes over a new name, and keeps a locale that is not told again', async () => {
    const users = createUserStore(temp.database);
    await users.ensure({ id: 'telegram:7', name: 'Ann', locale: 'de' });
    now = 200;
    await users.ensure({ id: 'telegram:7', name: 'Anna' });
    expect(await users.get('telegram:7')).toEqual({ id: 'telegram:7', name: 'Anna', locale: 'de', createdAt: 100 });
    await users.ensure({ id: 'telegram:7', name: 'Anna', locale: 'fr' });
    expect((await users.get('telegram:7'))?.locale).toBe('fr');
    expect(await users.get('telegram:8')).toBeUndefined();
  });
});

describe('meta', () => {
  it('makes a value once', async () => {
    const meta = createMetaStore(temp.database);
    let made = 0;
    const make = () => `secret ${++made}`;
    const both = await Promise.all([meta.getOrMake('button', make), meta.getOrMake('button', make)]);
    expect(both[0]).toBe(both[1]);
    expect(await meta.getOrMake('button', make)).toBe(both[0]);
    await meta.set('button', 'other');
    expect(await meta.get('button')).toBe('other');
  });
});

describe('views', () => {
  it('gives back what was stored, by a short id', async () => {
    const views = createViewStore(temp.database);
    const id = await views.insert({ chatKey: 'console:local', state: { symbol: 'btcusdt', panes: ['rsi(14)'] } });
    expect(id).toMatch(/^\d{1,6}$/);
    const state = { symbol: 'btcusdt', panes: ['rsi(14)'] };
    expect(await views.get(id)).toEqual({ id, chatKey: 'console:local', state, createdAt: 100 });
    expect(await views.get('x')).toBeUndefined();
  });

  it('changes a view only from its own chat', async () => {
    const views = createViewStore(temp.database);
    const id = await views.insert({ chatKey: 'console:local', state: 1 });
    expect(await views.update(id, 'telegram:1', 2)).toBe(false);
    expect(await views.update(id, 'console:local', 3)).toBe(true);
    expect((await views.get(id))?.state).toBe(3);
  });

  it('drops old ones, a few at a time', async () => {
    const views = createViewStore(temp.database);
    for (now = 1; now <= 5; now++) await views.insert({ chatKey: 'console:local', state: now });
    expect(await views.prune(5, 3)).toBe(3);
    expect(await views.prune(5, 3)).toBe(1);
    expect(await views.get('5')).toBeDefined();
  });
});
