/** Posts JSON to whomever a test has listening on loopback. */
export async function plainPost(url: string, json: string, signal: AbortSignal) {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(url, { method: 'POST', headers, body: json, signal });
  return { status: answer.status, bytes: new Uint8Array(await answer.arrayBuffer()) };
}
