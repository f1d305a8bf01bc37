import { readdirSync } from 'node:fs';
import type { FigureRequest } from '../../charts/figures/request.ts';

/** A figure as people get it, and the same without one of its small parts: a square, a line, a dot. */
export interface FigureSample {
  readonly request: FigureRequest;
  readonly without: FigureRequest;
}

/** The samples of the folder `figures` by the names of their files: each exports its `sample`. */
export async function figureSamples(): Promise<ReadonlyMap<string, FigureSample>> {
  const folder = new URL('./figures/', import.meta.url);
  const samples = new Map<string, FigureSample>();
  for (const file of readdirSync(folder).toSorted()) {
    const { sample } = (await import(new URL(file, folder).href)) as { readonly sample: FigureSample };
    samples.set(file.replace(/\.ts$/, ''), sample);
  }
  return samples;
}
