import type { Command } from '../commands/command.ts';
import { describeVariables } from '../config.ts';
import type { CatalogEntry } from '../engine/series/catalog-entry.ts';

/** The parts of the documents that follow from the code, by the name that their place has in the document. */

const cell = (text: string): string => text.replaceAll('|', '\\|');
const code = (text: string): string => `\`${text}\``;

const row = (cells: readonly string[]): string => `| ${cells.map(cell).join(' | ')} |`;
const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [row(head), row(head.map(() => '---')), ...rows.map(row)].join('\n');

/** `bb(length=20, k=2)`, as one writes it. */
export function signature({ name, params, input }: CatalogEntry): string {
  const inputs = input === 'pair' ? ['y', 'x'] : [];
  const args = [...inputs, ...params.map((param) => `${param.name}=${param.default}`)];
  return args.length === 0 ? name : `${name}(${args.join(', ')})`;
}

export function seriesTable(catalog: readonly CatalogEntry[]): string {
  const rows = catalog.map((entry) => {
    const also = entry.aliases.length === 0 ? '' : `; also ${entry.aliases.map(code).join(', ')}`;
    const fields = entry.fields.map((field) => code(`.${field}`)).join(' ');
    return [code(signature(entry)), `${entry.summary}${also}`, fields, code(entry.example)];
  });
  return table(['Write', 'It is', 'Fields', 'For example'], rows);
}

export function variablesTable(): string {
  const rows = describeVariables().map(({ name, standard, about, secret, sample }) => {
    const example = standard === '' && sample !== '' ? `, e.g. ${code(sample)}` : '';
    const file = secret ? `; or from the file that ${code(`${name}_FILE`)} names` : '';
    return [code(name), standard === '' ? '' : code(standard), `${about.replaceAll('<', '&lt;')}${example}${file}`];
  });
  return table(['Variable', 'Default', 'Meaning'], rows);
}

export function commandBlock({ usage, summary, details, examples }: Command): string {
  const parts = ['```text', usage, '```', '', `${summary}.${details === undefined ? '' : ` ${details}`}`, ''];
  return [...parts, '```text', ...examples, '```'].join('\n');
}

/** `text` with what stands between `<!-- name -->` and `<!-- /name -->` replaced. @throws Error where there is no such place */
export function withBlock(text: string, name: string, block: string): string {
  const [open, close] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const [start, end] = [text.indexOf(open), text.indexOf(close)];
  if (start < 0 || end < start) throw new Error(`the document has no place for ${name}`);
  return `${text.slice(0, start)}${open}\n${block}\n${text.slice(end)}`;
}
