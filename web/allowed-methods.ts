import type { WebApp } from './context.ts';

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;
/** What is done for every method is no route. */
const EVERY_METHOD = 'ALL';

/** The methods that some route takes at a path; none where there is nothing. */
export function allowedMethods({ router }: WebApp, path: string): readonly string[] {
  const taken = METHODS.filter((method) =>
    router.match(method, path)[0].some(([[, route]]) => route.method !== EVERY_METHOD),
  );
  return taken.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method]));
}
