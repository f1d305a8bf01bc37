import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';

/** The longest first, so that none is left alone at the end. */
const CHECKS = ['lint:promises', 'typecheck', 'lint:walls', 'lint:unused', 'lint:format'];
/** Each holds up to 3 GB. */
const AT_ONCE = Math.min(2, availableParallelism());

/** @param script of package.json @returns whether it found nothing; what it says is shown when it ends */
function check(script: string): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn('npm', ['run', '--silent', script], { stdio: ['ignore', 'pipe', 'pipe'] });
    const said: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => said.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => said.push(chunk));
    child.once('close', (code) => {
      process.stdout.write(`> npm run ${script}: ${code === 0 ? 'well' : `ended with ${code}`}\n`);
      process.stdout.write(Buffer.concat(said));
      resolve(code === 0);
    });
  });
}

/** Everything that is known about the sources without running them: `npm run lint`. */
async function main(): Promise<void> {
  const waiting = [...CHECKS];
  let isWell = true;
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) isWell = (await check(next)) && isWell;
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  process.exitCode = isWell ? 0 : 1;
}

await main();
