import { pipeline, type Readable } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import type { Dispatcher } from 'undici';
import { RemoteFailure } from './failure.js';

type Limits = { where: string; maxBytes: number; isError: boolean };

const ERROR_BYTES = 64_000;

/**
 * A body as JSON. What is no JSON is told apart: a web page means a proxy or login in front, a cut end a broken
 * connection, an endless body another program.
 */
export async function readBody(
  response: Dispatcher.ResponseData,
  { where, maxBytes, isError }: Limits,
): Promise<unknown> {
  const text = await readText(response, isError ? ERROR_BYTES : maxBytes);
  if (text === undefined) {
    if (isError) return undefined;
    throw new RemoteFailure(
      'remote_rejected',
      `${where} answered with more than ${Math.round(maxBytes / 1_000_000)} MB, which is not what was asked for.`,
      'Another program may answer at this URL: check host, port and path.',
    );
  }
  if (text.trim() === '') return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // An error's text is shown as it is; only a success must be JSON.
    if (isError) return /^\s*</.test(text) ? undefined : text;
    throw noJson(text, where);
  }
}

function noJson(text: string, where: string): RemoteFailure {
  if (/^\s*<(!doctype|html|head|body|\?xml)/i.test(text))
    return new RemoteFailure(
      'remote_rejected',
      `${where} answered with a web page instead of data.`,
      'A login page or a proxy may stand in front of it, or the URL is that of its dashboard: use the URL of its API.',
    );
  if (/^\s*[[{]/.test(text))
    return new RemoteFailure(
      'remote_unreachable',
      `The answer of ${where} broke off before its end.`,
      'Jackfield tries again by itself; a proxy in between may cut long answers.',
      { transient: true, unknown: true },
    );
  return new RemoteFailure(
    'remote_rejected',
    `${where} answered with something that is no JSON.`,
    'Another program may answer at this URL: check host, port and path.',
  );
}

const UNPACKERS = new Map<string, () => NodeJS.ReadWriteStream>([
  ['gzip', createGunzip],
  ['x-gzip', createGunzip],
  ['deflate', createInflate],
  ['br', createBrotliDecompress],
]);

/** Nobody asks for packed answers here, but a proxy in front may pack them all the same. */
function unpacked({ body, headers }: Dispatcher.ResponseData): Readable {
  const unpack = UNPACKERS.get([headers['content-encoding']].flat()[0]?.trim().toLowerCase() ?? '');
  // Whoever reads hears of a failure by itself.
  return unpack ? (pipeline(body, unpack(), () => undefined) as unknown as Readable) : body;
}

/** `undefined`: too long. Reading stops there. */
async function readText(response: Dispatcher.ResponseData, limit: number): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  const body = unpacked(response);
  for await (const chunk of body as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > limit) {
      // Leaving the loop destroys the stream; its own error after that says nothing new.
      body.on('error', () => undefined);
      return undefined;
    }
    chunks.push(chunk);
  }
  return new TextDecoder().decode(Buffer.concat(chunks));
}
