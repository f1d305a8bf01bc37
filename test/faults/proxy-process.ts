import { type AddressInfo, connect, createServer } from 'node:net';

/** Between the program and a venue, in a process of its own: stopped by SIGSTOP it is a line that is open and silent. */
const target = Number(process.argv[2]);
const server = createServer((near) => {
  const far = connect(target, '127.0.0.1');
  near.pipe(far).pipe(near);
  near.on('error', () => far.destroy());
  far.on('error', () => near.destroy());
});
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
process.on('disconnect', () => process.exit(0));
