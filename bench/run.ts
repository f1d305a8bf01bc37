import { benchBacklog } from './backlog.ts';
import { benchCharts } from './charts.ts';
import { benchCloses } from './closes.ts';
import { benchDelivery } from './delivery.ts';
import { benchEngine } from './engine.ts';
import { benchIngest } from './ingest.ts';
import { benchLatency } from './latency.ts';
import { benchLedger } from './ledger.ts';
import { benchLoad } from './load.ts';
import { benchMassFiring } from './mass-firing.ts';
import { benchNearness } from './nearness.ts';
import { benchPreflight } from './preflight.ts';
import { benchQuant } from './quant.ts';
import type { BenchRow } from './row.ts';
import { benchRules } from './rules.ts';
import { benchSignals } from './signals.ts';
import { benchSim } from './sim.ts';
import { benchStrategies } from './strategies.ts';
import { benchThrottled } from './throttled.ts';
import { benchVenues } from './venues.ts';

const rows: BenchRow[] = [
  ...benchEngine(),
  ...(await benchLatency()),
  ...(await benchDelivery()),
  ...(await benchThrottled()),
  ...(await benchCharts()),
  ...(await benchPreflight()),
  ...(await benchQuant()),
  ...(await benchLoad()),
  ...(await benchMassFiring()),
  ...(await benchBacklog()),
  ...benchVenues(),
  ...benchNearness(),
  ...benchCloses(),
  ...(await benchIngest()),
  ...(await benchSim()),
  ...benchRules(),
  ...(await benchSignals()),
  ...(await benchLedger()),
  ...(await benchStrategies()),
];
console.table(rows.map(({ name, figure, ratio = '', wanted = '' }) => ({ name, figure, ratio, wanted })));
