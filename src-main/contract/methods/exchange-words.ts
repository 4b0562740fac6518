import { z } from 'zod';

/** A client's word, as `import.scan` and `client.list` answer it: `cursor`, `cursor-project@1f2e3d4c5b6a`. */
export const clientWord = z.string().min(1).max(100);

/** How an entry stands in a client's file: as the server itself, or as Jackfield's launcher, which starts it. */
export const EXPORT_FORMS = ['direct', 'launcher'] as const;
export type ExportForm = (typeof EXPORT_FORMS)[number];
