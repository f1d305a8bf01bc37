import {
  ANOMALY_FIELDS,
  ANOMALY_LENGTH,
  ANOMALY_LEVEL,
  AnomalyMeter,
  anomalyWarmup,
  LEAST_ANOMALY_BARS,
} from '../../quant/anomaly-meter.ts';
import type { BarsEntry } from '../catalog-entry.ts';
import { length } from './params.ts';
import { exactly } from './parts.ts';

/** How unusual a bar is. */
export const ANOMALY: readonly BarsEntry[] = [
  {
    name: 'anomaly',
    aliases: ['unusual'],
    // A window of trees lies in memory for each: no longer than this.
    params: [{ ...length(ANOMALY_LENGTH, LEAST_ANOMALY_BARS), max: 1000 }],
    fields: ANOMALY_FIELDS,
    drawn: ['score'],
    levels: [ANOMALY_LEVEL],
    scale: 'own',
    summary:
      'how unusual the bar is among those before it, from 0 to 1, by its return, volume and range; the fields are their robust z-scores',
    source:
      '1 - (1 - d²/(d² + 3.5²)) (1 - f): d the farthest robust z (Iglewicz and Hoaglin 1993), f an isolation forest’s score (Liu, Ting and Zhou 2008) from 0.5 to its highest; quiet is not unusual',
    example: 'anomaly > 0.9',
    input: 'bars',
    warmup: ([bars]) => exactly(anomalyWarmup(bars)),
    create: ([bars], interval) => new AnomalyMeter(bars, interval),
  },
];
