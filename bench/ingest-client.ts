import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { createRecords } from '../scripts/generate-records.ts';

/**
 * The other side of `ingest.ts`, in a process of its own: `stream URL COUNT` posts lines in one request as fast as they are taken, `single URL COUNT` an object a
 * request, one after the other. Prints `{seconds, accepted}` or `{p99Ms, accepted}`.
 */
const [mode, url, countText] = process.argv.slice(2);
const count = Number(countText);
const next = createRecords('bench');
const record = (): string => JSON.stringify(next(Math.floor(Date.now() / 1000)));
const LINES_AT_ONCE = 500;

async function stream(): Promise<object> {
  const began = performance.now();
  const sent = request(url, { method: 'POST', headers: { 'content-type': 'application/x-ndjson' } });
  const answered = once(sent, 'response');
  for (let left = count; left > 0; left -= LINES_AT_ONCE) {
    const lines = Array.from({ length: Math.min(left, LINES_AT_ONCE) }, record).join('\n');
    if (!sent.write(`${lines}\n`)) await once(sent, 'drain');
  }
  sent.end();
  const [response] = (await answered) as [AsyncIterable<Buffer>];
  const { accepted } = JSON.parse(await textOf(response)) as { accepted: number };
  return { seconds: (performance.now() - began) / 1000, accepted };
}

async function single(): Promise<object> {
  const agent = new Agent({ keepAlive: true });
  const times: number[] = [];
  let accepted = 0;
  for (let i = 0; i < count; i++) {
    const body = record();
    const began = performance.now();
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    const sent = request(url, { method: 'POST', agent, headers });
    sent.end(body);
    const [response] = (await once(sent, 'response')) as [AsyncIterable<Buffer>];
    accepted += (JSON.parse(await textOf(response)) as { accepted: number }).accepted;
    times.push(performance.now() - began);
  }
  agent.destroy();
  times.sort((a, b) => a - b);
  return { p99Ms: times[Math.floor(times.length * 0.99)], accepted };
}

async function textOf(body: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

process.stdout.write(JSON.stringify(await (mode === 'stream' ? stream() : single())));
