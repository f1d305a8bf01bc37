import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { z } from 'zod';
import { drawConfig } from '../../charts/canvas.ts';
import type { ChartConfig } from '../../charts/chart-config.ts';

/** What a QuickChart server reads of `POST /chart`; anything else is refused with 400. */
const body = z.object({
  chart: z.string().min(1),
  width: z.number().int().positive(),
  height: z.number().int().positive(),
  devicePixelRatio: z.number().positive(),
  format: z.literal('png'),
  version: z.string().regex(/^4/),
  backgroundColor: z.string(),
});

export type QuickChartBody = z.infer<typeof body>;

/** `draws`: as a server would. A status: refuses so. `garbage`: 200 without a picture. `hangs`: never answers. */
export type QuickChartMood = 'draws' | 'garbage' | 'hangs' | 400 | 429 | 500;

export interface QuickChartDouble {
  readonly url: string;
  /** Every body that was well formed, oldest first. */
  readonly bodies: readonly QuickChartBody[];
  /** Bytes of the largest body. */
  largest(): number;
  behave(mood: QuickChartMood): void;
  close(): Promise<void>;
}

/** A QuickChart server on loopback: it has Chart.js 4 without any plug-in, and takes charts of pure JSON alone. */
export async function startQuickChart(): Promise<QuickChartDouble> {
  const bodies: QuickChartBody[] = [];
  let mood: QuickChartMood = 'draws';
  let largest = 0;

  function answer(text: string): { status: number; data: Uint8Array } {
    largest = Math.max(largest, Buffer.byteLength(text));
    if (typeof mood === 'number') return { status: mood, data: Buffer.from('Chart Error') };
    const parsed = body.safeParse(JSON.parse(text));
    if (!parsed.success) return { status: 400, data: Buffer.from(parsed.error.message) };
    bodies.push(parsed.data);
    if (mood === 'garbage') return { status: 200, data: Buffer.from('<html>not a picture</html>') };
    const config = JSON.parse(parsed.data.chart) as ChartConfig;
    return { status: 200, data: drawConfig(config, (canvas) => canvas.encodeSync('png')) };
  }

  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      if (mood === 'hangs') return;
      const fits = request.method === 'POST' && request.url === '/chart';
      const { status, data } = fits
        ? answer(Buffer.concat(chunks).toString())
        : { status: 404, data: Buffer.from('no such page') };
      response.writeHead(status, { 'content-type': status === 200 ? 'image/png' : 'text/plain' }).end(data);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    bodies,
    largest: () => largest,
    behave(next) {
      mood = next;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
