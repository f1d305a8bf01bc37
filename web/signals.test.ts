import { afterAll, beforeAll, expect, it } from 'vitest';
import { startWeb, type WebFixture } from '../test/browser/web-fixture.ts';

let web: WebFixture;
beforeAll(async () => {
  web = await startWeb({ apiToken: 'secret' });
});
afterAll(() => web.server.stop());

const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });
const afar = { headers: { 'x-forwarded-for': '1.2.3.4' } };

it('lists signals with what came of them, newest first', async () => {
  const reply = await web.send('/api/signals', bearer('secret'));
  expect(reply.json()).toEqual({
    signals: [
      {
        ...{ id: 's2', ts: 1_700_000_300_000, strategy: 'cross', version: 1, chat: 'telegram:-1' },
        ...{ instrument: 'binance:btcusdt', interval: '5m', side: 'long', price: 64_400, stop: 64_000, target: null },
        ...{ confidence: 0.53, reasons: { 'ema(20)': 64_390.5 } },
        fill: { ts: 1_700_000_301_000, price: 64_405 },
        outcome: { what: 'exit', ts: 1_700_003_900_000, price: 65_000, result: 0.0069 },
      },
      expect.objectContaining({ id: 's1', strategy: 'squeeze', fill: null, outcome: null }),
    ],
  });
});

it('keeps to a strategy and a number', async () => {
  const ids = async (query: string) =>
    ((await web.send(`/api/signals?${query}`)).json() as { signals: { id: string }[] }).signals.map(({ id }) => id);
  expect(await ids('strategy=squeeze')).toEqual(['s1']);
  expect(await ids('limit=1')).toEqual(['s2']);
  expect((await web.send('/api/signals?limit=0')).status).toBe(400);
});

it('is open to the token and to the machine itself, and to nobody else', async () => {
  const status = async (sending: object) => (await web.send('/api/signals', sending)).status;
  expect(await status({})).toBe(200);
  expect(await status(afar)).toBe(403);
  expect(await status({ headers: { ...afar.headers, ...bearer('secret').headers } })).toBe(200);
  expect(await status(bearer('wrong'))).toBe(401);
  for (let i = 0; i < 12; i++) await status(bearer(`wrong${i}`));
  expect(await status(bearer('wrong'))).toBe(429);
});

it('names no scheme of authorization that is not defined', async () => {
  const { paths, components } = (await web.send('/openapi.json')).json() as {
    readonly paths: Readonly<Record<string, Readonly<Record<string, { security?: readonly object[] }>>>>;
    readonly components: { readonly securitySchemes: object };
  };
  const named = Object.values(paths)
    .flatMap((methods) => Object.values(methods))
    .flatMap(({ security = [] }) => security.flatMap(Object.keys));
  expect(Object.keys(components.securitySchemes)).toEqual(expect.arrayContaining([...new Set(named)]));
  expect(paths['/api/signals']!.get!.security).toEqual([{}, { apiToken: [] }]);
});
