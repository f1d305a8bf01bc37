import { readHead, reportWords } from '../commands/ledger-words.ts';
import { verifyLedgerFile } from '../db/ledger-file.ts';
import { ConfigError } from '../engine/errors.ts';
import { failed } from './failed.ts';

const USAGE = 'npm run ledger:verify FILE [HEAD…], where HEAD is a hash that was posted: 1234:ab12…';

/** Computes the ledger of a database or of an exported file anew: `npm run ledger:verify FILE [HEAD…]`. Fails where it is not whole. */
async function main(): Promise<void> {
  const [file, ...typed] = process.argv.slice(2);
  if (file === undefined) throw new ConfigError(USAGE);
  const heads = typed.map((each) => {
    const head = readHead(each);
    if (head === undefined) throw new ConfigError(`${each} is no hash of a row; ${USAGE}`);
    return head;
  });
  const report = await verifyLedgerFile(file, heads);
  process.stdout.write(`${reportWords(report).join('\n')}\n`);
  if (report.count > 0) process.exitCode = 1;
}

main().catch(failed);
