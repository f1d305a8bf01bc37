import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** Something that keeps a promise of the program, switched off by a change of one place. */
interface Mutation {
  readonly what: string;
  readonly file: string;
  readonly from: string;
  readonly to: string;
  /** The test file that has to turn red, and words of the title in it. */
  readonly test: string;
  readonly title: string;
}

const MUTATIONS: readonly Mutation[] = [
  {
    what: 'dedupe: a delivery’s key',
    file: 'db/delivery-rows.ts',
    from: 'return [d.dedupeKey, d.chatKey,',
    to: 'return [d.dedupeKey + Math.random(), d.chatKey,',
    test: 'db/firings.test.ts',
    title: 'changes nothing when the same firings are computed again',
  },
  {
    what: 'dedupe: Discord’s nonce',
    file: 'bot/discord/sender.ts',
    from: 'enforce_nonce: true',
    to: 'enforce_nonce: false',
    test: 'test/faults/telegram-answers.test.ts',
    title: 'answers that are lost',
  },
  {
    what: 'dedupe: the updates’ ids',
    file: 'bot/telegram/polling.ts',
    from: 'const isNew = seen.get(String(id)) === undefined;',
    to: 'const isNew = true;',
    test: 'bot/telegram/connection.test.ts',
    title: 'deals with an update once',
  },
  {
    what: 'the stale check: a rule whose data has stopped',
    file: 'engine/rules/live-rule.ts',
    from: "return this.blindSince !== undefined && !isAtRest(this.state) ? 'stale' : this.state;",
    to: 'return this.state;',
    test: 'test/faults/venue-silent.test.ts',
    title: 'a venue that is frozen',
  },
  {
    what: 'the batch: a firing and its messages in one commit',
    file: 'db/firings.ts',
    from: "if (statements.length > 0) await client.batch(statements, 'write');",
    to: 'for (const statement of statements) await client.execute(statement);',
    test: 'test/faults/database.test.ts',
    title: 'stored together or not at all',
  },
];

/** The project as it stands, in a folder of its own. */
function copyProject(): string {
  const copy = mkdtempSync(join(tmpdir(), 'bellwether-mutations-'));
  const names = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '-z'], { cwd: ROOT, encoding: 'utf8' });
  for (const name of names.split('\0').filter((each) => each !== '')) {
    mkdirSync(dirname(join(copy, name)), { recursive: true });
    cpSync(join(ROOT, name), join(copy, name));
  }
  symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
  return copy;
}

interface Outcome {
  readonly passed: number;
  readonly failed: number;
}

/** Runs one test in the copy. @throws Error where nothing ran: that proves nothing */
function run(copy: string, { test, title }: Mutation): Outcome {
  const vitest = join(ROOT, 'node_modules/vitest/vitest.mjs');
  const report = join(copy, 'report.json');
  const args = [vitest, 'run', test, '-t', title, '--reporter=json', `--outputFile=${report}`];
  rmSync(report, { force: true });
  const { stderr } = spawnSync(process.execPath, args, { cwd: copy, encoding: 'utf8' });
  let told: { numPassedTests: number; numFailedTests: number };
  try {
    told = JSON.parse(readFileSync(report, 'utf8'));
  } catch (cause) {
    throw new Error(`${test} gave no report: ${stderr}`, { cause });
  }
  if (told.numPassedTests + told.numFailedTests === 0) throw new Error(`no test of ${test} is called "${title}"`);
  return { passed: told.numPassedTests, failed: told.numFailedTests };
}

/** Makes the change, runs, and takes it back. */
function runMutated(copy: string, mutation: Mutation): Outcome {
  const path = join(copy, mutation.file);
  const text = readFileSync(path, 'utf8');
  if (text.split(mutation.from).length !== 2) throw new Error(`${mutation.file} has no single ${mutation.from}`);
  writeFileSync(
    path,
    text.replace(mutation.from, () => mutation.to),
  );
  try {
    return run(copy, mutation);
  } finally {
    writeFileSync(path, text);
  }
}

const copy = copyProject();
let isProven = true;
try {
  for (const mutation of MUTATIONS) {
    const plain = run(copy, mutation);
    const mutated = runMutated(copy, mutation);
    const isShown = plain.failed === 0 && mutated.failed > 0;
    isProven &&= isShown;
    const words = `as it is ${plain.failed === 0 ? 'green' : 'RED'}, switched off ${mutated.failed > 0 ? 'red' : 'GREEN'}`;
    console.log(`${isShown ? 'ok ' : 'NOT'} ${mutation.what}: ${words} (${mutation.test})`);
  }
} finally {
  rmSync(copy, { recursive: true, force: true });
}
process.exit(isProven ? 0 : 1);
