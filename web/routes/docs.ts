import { accepts } from 'hono/accepts';
import { html } from 'hono/html';
import type { WebApp, WebContext } from '../context.ts';

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly description?: string;
  readonly schema?: {
    readonly type?: string;
    readonly default?: unknown;
    readonly example?: unknown;
    readonly description?: string;
  };
}

/** A body as a reference to a named schema, or written out. */
interface Body {
  readonly content: Readonly<Record<string, { readonly schema: { readonly $ref?: string } & Properties }>>;
}

interface Properties {
  readonly properties?: Readonly<Record<string, NonNullable<Parameter['schema']>>>;
  readonly required?: readonly string[];
}

interface Operation {
  readonly summary?: string;
  readonly tags?: readonly string[];
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: Body;
  readonly responses: Readonly<Record<string, { readonly description: string }>>;
}

/** The parts of an OpenAPI document that the page shows. */
interface Document {
  readonly info: { readonly title: string; readonly version: string };
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components?: { readonly schemas?: Readonly<Record<string, Properties>> };
}

function parameterRow(parameter: Parameter) {
  const { schema } = parameter;
  const note = parameter.description ?? schema?.description ?? '';
  const preset = schema?.default === undefined ? '' : `default ${schema.default}`;
  const example = schema?.example === undefined ? '' : `e.g. ${schema.example}`;
  const details = [note, preset, example].filter((text) => text !== '').join(' · ');
  return html`<tr><th scope="row"><code>${parameter.name}</code></th><td>${parameter.in}${parameter.required ? ', required' : ''}</td><td>${details}</td></tr>`;
}

/** The fields of a body, as parameters. */
function bodyFields({ components }: Document, { requestBody }: Operation): readonly Parameter[] {
  const schema = requestBody?.content['application/json']?.schema;
  if (schema === undefined) return [];
  const named = schema.$ref === undefined ? schema : components?.schemas?.[schema.$ref.split('/').at(-1)!];
  return Object.entries(named?.properties ?? {}).map(([name, field]) => ({
    ...{ name, in: 'body', schema: field },
    required: named?.required?.includes(name) === true,
  }));
}

function operationBlock(document: Document, path: string, method: string, operation: Operation) {
  const parameters = [...(operation.parameters ?? []), ...bodyFields(document, operation)];
  const table = html`<table class="params"><tbody>${parameters.map(parameterRow)}</tbody></table>`;
  const responses = Object.entries(operation.responses).map(
    ([status, response]) => html`<li><code>${status}</code> ${response.description}</li>`,
  );
  return html`<section class="route"><h2><code>${method.toUpperCase()} ${path}</code></h2><p>${operation.summary ?? ''}</p>
${parameters.length > 0 ? table : ''}<ul class="answers">${responses}</ul></section>`;
}

function docsPage(document: Document) {
  const blocks = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => operationBlock(document, path, method, operation)),
  );
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${document.info.title} · API</title><link rel="icon" href="page/icon.svg"><link rel="stylesheet" href="page/style.css"></head>
<body class="docs"><header class="top"><a class="mark" href=".">Bellwether</a> <span class="muted">API ${document.info.version}</span></header>
<main><p>JSON; times are ms since the epoch, oldest first. An error is <code>{"error": {"code", "message", "hint"}}</code>.
The whole description is in <a href="openapi.json">openapi.json</a>.</p>${blocks}
<section class="route"><h2><code>WS /api/stream</code></h2><p>Live events. Send <code>{"action": "subscribe", "symbols": ["btcusdt"]}</code>
(or <code>unsubscribe</code>; <code>"*"</code> is everything; <code>"trades": "latest"</code> thins trades out to four a second); receive objects whose <code>type</code> is
trade, bar, firing, signal, status, lagged (how many a slow reader missed) or error.</p></section></main></body></html>`;
}

/** `/openapi.json`, and `/docs`: the same for people. Call it after every other route. */
export function addDocsRoutes(app: WebApp, { version }: WebContext): void {
  const info = { title: 'Bellwether', version, description: 'Market data and state of a self-hosted market bot.' };
  const document = () => app.getOpenAPI31Document({ openapi: '3.1.0', info });
  app.get('/openapi.json', (c) => c.json(document()));
  app.get('/docs', async (c) => {
    const type = accepts(c, { header: 'Accept', supports: ['text/html', 'application/json'], default: 'text/html' });
    if (type === 'application/json') return c.json(document());
    return c.html(await docsPage(document() as unknown as Document));
  });
}
