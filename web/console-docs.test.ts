import { afterAll, beforeAll, expect, it } from 'vitest';
import { startWeb, type WebFixture } from '../test/browser/web-fixture.ts';
import { AnswerSchema, HistorySchema, OutcomeSchema, SuggestionsSchema } from './console-schemas.ts';

const JSON_TYPE = { 'content-type': 'application/json' };

let web: WebFixture;
beforeAll(async () => {
  web = await startWeb({ png: Uint8Array.from([0x89, 0x50, 0x4e, 0x47]) });
});
afterAll(() => web.server.stop());

const post = async (path: string, body: object): Promise<unknown> =>
  (await web.send(path, { method: 'POST', headers: JSON_TYPE, body: JSON.stringify(body) })).json();

interface Document {
  readonly paths: Readonly<
    Record<
      string,
      Readonly<Record<string, { requestBody?: { content: object }; responses: object; security: unknown }>>
    >
  >;
  readonly components: { readonly schemas: Readonly<Record<string, { properties: object; required: string[] }>> };
}

it('has every route of the console in the OpenAPI document, with who may use it', async () => {
  const { paths } = (await web.send('/openapi.json')).json() as Document;
  const routes = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method} ${path}`),
  );
  expect(routes.filter((route) => route.includes('/api/console'))).toEqual([
    'get /api/console',
    'post /api/console',
    'post /api/console/press',
    'get /api/console/complete',
    'get /api/console/pictures/{id}',
    'get /api/console/files/{id}',
  ]);
  const { responses, security } = paths['/api/console']!.post!;
  expect(Object.keys(responses)).toEqual(['200', '400', '401', '403', '413', '415']);
  expect(security).toEqual([{}, { apiToken: [] }]);
});

it('describes the bodies, for programs and for people', async () => {
  const { paths, components } = (await web.send('/openapi.json')).json() as Document;
  expect(paths['/api/console']!.post!.requestBody).toEqual({
    required: true,
    content: { 'application/json': { schema: { $ref: '#/components/schemas/ConsoleCommand' } } },
  });
  expect(components.schemas.ConsoleCommand).toMatchObject({ properties: { text: {} }, required: ['text'] });
  expect(components.schemas.ConsolePress).toMatchObject({ properties: { data: {}, message: {} }, required: ['data'] });
  const { body } = await web.send('/docs', { headers: { accept: 'text/html' } });
  const block = /<code>POST \/api\/console<\/code>[\s\S]*?<\/section>/.exec(body)![0];
  expect(block).toMatch(/<code>text<\/code><\/th><td>body, required<\/td><td>a command, with or without its slash/);
});

it('answers as it is described', async () => {
  const answer = AnswerSchema.parse(await post('/api/console', { text: '/chart ethusdt 5m' }));
  const [message] = answer.messages;
  expect(message!.picture).toBeDefined();
  expect(message!.buttons).not.toEqual([]);
  const [[button]] = message!.buttons!;
  const pressed = OutcomeSchema.parse(await post('/api/console/press', { data: button!.data, message: message!.id }));
  expect(pressed.edit?.id).toBe(message!.id);
  const history = HistorySchema.parse((await web.send('/api/console')).json());
  expect(history.commands.length).toBeGreaterThan(0);
  expect(history.messages.map(({ id }) => id)).toContain(message!.id);
  const completed = await web.send('/api/console/complete?command=chart&argument=symbol&typed=et');
  expect(SuggestionsSchema.parse(completed.json()).suggestions).not.toEqual([]);
});
