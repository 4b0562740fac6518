import { readlinkSync } from 'node:fs';
import { setPriority } from 'node:os';
import { basename } from 'node:path';
import { parentPort } from 'node:worker_threads';
import { CfWorkerJsonSchemaValidator } from '@modelcontextprotocol/client/validators/cf-worker';

// A thread of its own: it imports nothing of the app.

export type Question = { schema: unknown; value: unknown };
/** Whether a value is what the schema asks for, and why it is not; or why nobody can tell. */
export type Verdict = { fits: true } | { fits: false; why: string } | { unknown: string };

/** Interprets the schema; the SDK's other validator would make code of it. */
const validator = new CfWorkerJsonSchemaValidator();

function judge({ schema, value }: Question): Verdict {
  try {
    const { valid, errorMessage } = validator.getValidator(schema as never)(value);
    return valid ? { fits: true } : { fits: false, why: errorMessage };
  } catch (error) {
    return { unknown: error instanceof Error ? error.message : String(error) };
  }
}

/** Ten judges at work must not slow the app that waits for them. Only Linux gives a single thread a priority. */
function stepBack(): void {
  try {
    setPriority(Number(basename(readlinkSync('/proc/thread-self'))), 10);
  } catch {
    // Elsewhere the system shares its processors as it does.
  }
}

stepBack();
parentPort?.on('message', (question: Question) => parentPort?.postMessage(judge(question)));
