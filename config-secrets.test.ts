import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readConfig } from './config.ts';
import { secretsIn, secretsOf } from './config-secrets.ts';

it('knows the secrets of the environment, those in files and in addresses too, well formed or not', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'bellwether-secrets-'));
  const file = join(folder, 'api');
  await writeFile(file, 'token-from-a-file\n');
  const env = {
    TELEGRAM_TOKEN: 'no-token-but-secret',
    API_TOKEN_FILE: file,
    INGEST_TOKEN_FILE: join(folder, 'nowhere'),
    DATABASE_URL: 'https://ann:pass%2Fword@db.example/?authToken=in-the-address&tls=1',
    QUICKCHART_URL: 'not an address',
    HTTP_HOST: '127.0.0.1',
  };
  expect([...secretsIn(env)].sort()).toEqual(
    ['in-the-address', 'no-token-but-secret', 'pass%2Fword', 'pass/word', 'token-from-a-file'].sort(),
  );
  await rm(folder, { recursive: true });
});

it('knows those of what was read', () => {
  const config = readConfig({
    API_TOKEN: 'a-token-that-opens',
    BINANCE_REST_URL: 'https://x.example/?key=a-key-of-mine',
  });
  expect([...secretsOf(config)].sort()).toEqual(['a-key-of-mine', 'a-token-that-opens']);
});

it('listens on this machine alone, and lets nothing into private networks, where nothing is said', () => {
  const { HTTP_HOST, HTTP_NAMES, PRIVATE_HOSTS } = readConfig({});
  expect([HTTP_HOST, HTTP_NAMES, PRIVATE_HOSTS]).toEqual(['127.0.0.1', [], []]);
});
