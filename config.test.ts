import { describe, expect, it } from 'vitest';
import { readConfig } from './config.ts';
import { ConfigError } from './engine/errors.ts';

function refusal(env: Readonly<Record<string, string>>): string {
  try {
    readConfig(env);
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    return (error as ConfigError).message;
  }
  throw new Error('it was not refused');
}

describe('readConfig', () => {
  it.each([
    ['SIM_RATE', 'must be a number above 0 and at most 1000000', ['0', '-1', '9999999', 'many', 'Infinity']],
    ['TAPE_SPEED', 'must be a number above 0 and at most 1000000, or max', ['fast', '0', '-2', '9999999']],
    ['HTTP_PORT', 'must be a number from 0 to 65535', ['65536', '-1', '80.5', 'eighty']],
    ['FEEDS', 'must name each feed once, and one tape at most', ['sim,sim', 'binance, sim ,binance', 'tape:a,tape:b']],
    [
      'ADMINS',
      'must be a list like telegram:123,discord:456, which "ada" is not',
      ['telegram:1,ada', ' ada ,discord:2'],
    ],
    ['ADMINS', 'must be a list like telegram:123,discord:456, which "telegram:@ada" is not', ['telegram:@ada']],
    ['ADMINS', 'must be a list like telegram:123,discord:456, which "telegram:ada" is not', ['telegram:ada']],
    ['ADMINS', 'must be a list like telegram:123,discord:456, which "1" and "2" are not', ['1,telegram:1,2']],
    [
      'HTTP_NAMES',
      'must be a list of names like bot.example.org, without http://, port and path, which "http://x/" is not',
      ['http://x/', 'bot.example.org, HTTP://x/'],
    ],
    [
      'HTTP_NAMES',
      'must be a list of names like bot.example.org, without http://, port and path, which "a b" and "x:8080" are not',
      ['a b,x:8080'],
    ],
    [
      'PRIVATE_HOSTS',
      'must be a list of names like quickchart.lan, without http://, port and path, which "http://x" is not',
      ['http://x'],
    ],
    ['BARS_RETENTION', 'must be a length of time such as 24h or 30d', ['soon']],
  ])('says what would be right for %s: %s', (name, words, values) => {
    for (const value of values) {
      expect(refusal({ [name]: value })).toBe(`${name} ${words} (it is ${JSON.stringify(value)})`);
    }
  });

  it('takes several exchanges of ccxt, each once', () => {
    expect(readConfig({ FEEDS: 'ccxt:gate,ccxt:mexc' }).FEEDS).toEqual(['ccxt:gate', 'ccxt:mexc']);
    expect(() => readConfig({ FEEDS: 'ccxt:gate,ccxt:gate' })).toThrow('FEEDS must name each feed once');
  });

  it('takes the limits themselves', () => {
    expect(readConfig({ SIM_RATE: '1000000' }).SIM_RATE).toBe(1_000_000);
    expect(readConfig({ SIM_RATE: '0.5' }).SIM_RATE).toBe(0.5);
    expect(readConfig({ TAPE_SPEED: 'max' }).TAPE_SPEED).toBe(Number.POSITIVE_INFINITY);
    expect(readConfig({ HTTP_PORT: '65535' }).HTTP_PORT).toBe(65_535);
    expect(readConfig({ FEEDS: 'sim, binance' }).FEEDS).toEqual(['sim', 'binance']);
    expect(readConfig({ FEEDS: ' ' }).FEEDS).toEqual(['sim']);
  });

  it('takes names and addresses of machines in any case', () => {
    expect(readConfig({ HTTP_NAMES: 'Bot.Example.org, box,my_box.lan' }).HTTP_NAMES).toEqual([
      'bot.example.org',
      'box',
      'my_box.lan',
    ]);
    const addresses = ['127.0.0.1', '::1', '[::1]'];
    expect(readConfig({ PRIVATE_HOSTS: addresses.join(',') }).PRIVATE_HOSTS).toEqual(addresses);
  });

  it('takes feeds in any case, and files of tapes as they are', () => {
    expect(readConfig({ FEEDS: 'Binance,CCXT:Gate,Tape:data/Tape' }).FEEDS).toEqual([
      'binance',
      'ccxt:gate',
      'tape:data/Tape',
    ]);
    expect(() => readConfig({ FEEDS: 'sim,SIM' })).toThrow('FEEDS must name each feed once');
  });

  it('takes admins of every platform, with blanks between them', () => {
    const admins = 'telegram:123, discord:4567 ,console:operator';
    expect(readConfig({ ADMINS: admins }).ADMINS).toEqual(['telegram:123', 'discord:4567', 'console:operator']);
    expect(readConfig({}).ADMINS).toEqual([]);
  });

  it('does not show a secret that is wrong', () => {
    expect(refusal({ TELEGRAM_TOKEN: 'my-secret-nonsense' })).not.toContain('nonsense');
  });
});
