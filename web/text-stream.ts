import type { Logger } from './ports.ts';

/**
 * Texts as a body that is made as fast as it is read, and no faster. What fails before the first text is thrown; what fails later cuts
 * the body off, because its status is gone by then.
 */
export async function textStream(texts: AsyncGenerator<string>, logger: Logger): Promise<ReadableStream<Uint8Array>> {
  const encoder = new TextEncoder();
  let next: IteratorResult<string> | undefined = await texts.next();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const { done, value } = next ?? (await texts.next());
          next = undefined;
          if (done === true) controller.close();
          else controller.enqueue(encoder.encode(value));
        } catch (error) {
          logger.error({ err: error }, 'an answer broke off');
          controller.error(error);
        }
      },
      async cancel() {
        await texts.return(undefined);
      },
    },
    { highWaterMark: 1 },
  );
}
