import type { RouteConfig } from '@hono/zod-openapi';
import { z } from '@hono/zod-openapi';
import {
  AnswerSchema,
  CompleteSchema,
  HistorySchema,
  OutcomeSchema,
  PressSchema,
  SuggestionsSchema,
  TypedSchema,
} from '../console-schemas.ts';
import type { WebApp } from '../context.ts';
import { ErrorSchema, failures } from '../schemas.ts';

const BEARER = 'apiToken';
const json = <Schema extends z.ZodType>(schema: Schema) => ({ 'application/json': { schema } });
const body = <Schema extends z.ZodType>(schema: Schema) => ({ body: { content: json(schema), required: true } });
const refusals = {
  401: { description: 'The bearer token is not valid', content: json(ErrorSchema) },
  403: { description: 'Not from this machine, and without a token', content: json(ErrorSchema) },
};
// Visitors of the same machine need no token.
const security: RouteConfig['security'] = [{}, { [BEARER]: [] }];
const shared = { tags: ['Console'], security };
const answer = <Schema extends z.ZodType>(description: string, schema: Schema) => ({
  200: { description, content: json(schema) },
  400: failures[400],
  ...refusals,
});
const bodyRefusals = {
  413: { description: 'The body is larger than 64 KiB', content: json(ErrorSchema) },
  415: { description: 'The body is not application/json', content: json(ErrorSchema) },
};

const ROUTES: readonly RouteConfig[] = [
  {
    ...shared,
    method: 'get',
    path: '/api/console',
    summary: 'The commands, and the last messages of the console, oldest first',
    responses: { 200: { description: 'Commands and messages', content: json(HistorySchema) }, ...refusals },
  },
  {
    ...shared,
    method: 'post',
    path: '/api/console',
    summary: 'Runs a command as the operator',
    request: body(TypedSchema),
    responses: {
      ...answer(
        'What was typed and what is answered; a message that becomes another one is told on the stream',
        AnswerSchema,
      ),
      ...bodyRefusals,
    },
  },
  {
    ...shared,
    method: 'post',
    path: '/api/console/press',
    summary: 'Presses a button',
    request: body(PressSchema),
    responses: { ...answer('What the press leads to', OutcomeSchema), ...bodyRefusals },
  },
  {
    ...shared,
    method: 'get',
    path: '/api/console/complete',
    summary: 'Completes an argument of a command, at most 25 ways, best first',
    request: { query: CompleteSchema },
    responses: answer('Suggestions', SuggestionsSchema),
  },
  {
    ...shared,
    method: 'get',
    path: '/api/console/pictures/{id}',
    summary: 'The picture of a message',
    request: { params: z.object({ id: z.string() }) },
    responses: {
      200: {
        description: 'The picture',
        content: { 'image/png': { schema: z.string().openapi({ format: 'binary' }) } },
      },
      404: failures[404],
      ...refusals,
    },
  },
  {
    ...shared,
    method: 'get',
    path: '/api/console/files/{id}',
    summary: 'The file of a message',
    request: { params: z.object({ id: z.string() }) },
    responses: {
      200: {
        description: 'The file, CSV or JSON',
        content: { 'text/csv': { schema: z.string() }, 'application/json': { schema: z.unknown() } },
      },
      404: failures[404],
      ...refusals,
    },
  },
];

/** The console's routes as the OpenAPI document has them; the routes themselves read the same schemas. */
export function documentConsole({ openAPIRegistry }: WebApp): void {
  const description = 'API_TOKEN, from other machines';
  openAPIRegistry.registerComponent('securitySchemes', BEARER, { type: 'http', scheme: 'bearer', description });
  for (const route of ROUTES) openAPIRegistry.registerPath(route);
}
