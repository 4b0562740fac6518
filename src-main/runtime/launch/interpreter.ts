import { open } from 'node:fs/promises';

/** The interpreter a script's first line names, if it is a script. */
export async function interpreterOf(file: string): Promise<string | undefined> {
  // A program may be hundreds of megabytes; its first line is enough.
  const head = await open(file, 'r').then(
    async (handle) => {
      const { buffer, bytesRead } = await handle
        .read(Buffer.alloc(256), 0, 256, 0)
        .finally(() => handle.close());
      return buffer.toString('latin1', 0, bytesRead);
    },
    () => '',
  );
  return /^#!\s*([^\r\n]+)/.exec(head)?.[1]?.trim();
}
