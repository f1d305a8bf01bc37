import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Logger, MetricFamily, WebPorts } from './ports.ts';

export interface WebMetrics {
  readonly contentType: string;
  observeRequest(method: string, route: string, status: number, seconds: number): void;
  /** Prometheus text. The program's own metrics are read anew each time. */
  scrape(): Promise<string>;
  close(): void;
}

/** A registry of its own, so that two servers in one process do not share numbers. */
export function createWebMetrics(ports: WebPorts, streamClients: () => number, logger: Logger): WebMetrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const requests = new Histogram({
    name: 'bellwether_http_request_duration_seconds',
    help: 'Time to answer a request',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.02, 0.1, 0.5, 2, 10],
    registers: [registry],
  });
  new Gauge({
    name: 'bellwether_stream_clients',
    help: 'Open WebSocket connections',
    registers: [registry],
    collect() {
      this.set(streamClients());
    },
  });
  const families = new Map<string, Counter | Gauge>();

  function familyOf(family: MetricFamily): Counter | Gauge {
    const known = families.get(family.name);
    if (known !== undefined) return known;
    const labelNames = [...new Set(family.values.flatMap((value) => Object.keys(value.labels ?? {})))];
    const options = { name: family.name, help: family.help, labelNames, registers: [registry] };
    const made = family.type === 'counter' ? new Counter(options) : new Gauge(options);
    families.set(family.name, made);
    return made;
  }

  function readPorts(): void {
    for (const family of ports.metrics()) {
      // A family without values yet has no label names yet either: it is made when it has.
      if (family.values.length === 0) continue;
      try {
        const metric = familyOf(family);
        metric.reset();
        for (const { labels, value } of family.values) metric.inc(labels ?? {}, value);
      } catch (error) {
        logger.warn({ err: error, metric: family.name }, 'a metric could not be read');
      }
    }
  }

  return {
    contentType: registry.contentType,
    observeRequest(method, route, status, seconds) {
      requests.observe({ method, route, status: String(status) }, seconds);
    },
    async scrape() {
      readPorts();
      return await registry.metrics();
    },
    close() {
      registry.clear();
    },
  };
}
