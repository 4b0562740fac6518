import { dialog } from 'electron';
import { shownCommand, visible, type AskPerson, type TrustRequest } from '../../app.js';
import { AppError } from '../../contract/index.js';

/** What fits a dialog on a small screen. */
const LINES = 18;
const COLUMNS = 96;
/** A command that fills more dialogs than this is not looked at by anybody. */
const MOST_PAGES = 12;

/** After a no: a page that goes on asking gets no chance to wear anybody down. */
const QUIET_MS = 5_000;

/**
 * Asks in a dialog of the OS, which no script of the page can reach, one at a time. A long command goes over several
 * dialogs, and only the last of them has the button that allows it: nothing can stand beyond what was shown.
 */
export function askInDialog(now: () => number = Date.now): AskPerson {
  let isAsking = false;
  let quietUntil = 0;
  return async (request) => {
    if (isAsking || now() < quietUntil)
      throw new AppError(
        'consent_required',
        isAsking ? 'Another question is open.' : 'You have just said no.',
        isAsking ? 'Answer that one first.' : 'Wait a few seconds, then ask again.',
      );
    isAsking = true;
    void ask(request)
      .then((allowed) => {
        if (!allowed) quietUntil = now() + QUIET_MS;
      })
      // The command changed meanwhile, or the disk is full: it stays not allowed, and can be asked again.
      .catch((error: unknown) => tell(error instanceof Error ? error.message : String(error)))
      .finally(() => (isAsking = false));
    return {};
  };
}

async function ask(request: TrustRequest): Promise<boolean> {
  const pages = pagesOf(shownCommand(request.command));
  if (pages.length > MOST_PAGES) {
    await request.answer(false);
    await tell('This command is too long to be looked at here.');
    return false;
  }
  for (const [index, page] of pages.entries()) {
    const isLast = index === pages.length - 1;
    const { response } = await dialog.showMessageBox({
      type: 'warning',
      title: 'Jackfield',
      message: `Allow “${visible(request.name)}” to run this command?`,
      detail: [
        `This server ${visible(request.from)}. It runs with all your rights on this computer.`,
        pages.length > 1 ? `\nPart ${index + 1} of ${pages.length}:` : '',
        ...page,
        ...(isLast && request.before ? ['', changed(request)] : []),
      ].join('\n'),
      buttons: ['Don’t allow', isLast ? 'Allow' : 'Next part'],
      defaultId: 0,
      cancelId: 0,
      noLink: true,
    });
    if (response === 1) continue;
    await request.answer(false);
    return false;
  }
  await request.answer(true);
  return true;
}

function changed({ command, before }: TrustRequest): string {
  const [now, then] = [shownCommand(command), before ? shownCommand(before) : []];
  const count =
    now.filter((line) => !then.includes(line)).length + then.filter((line) => !now.includes(line)).length;
  return `You allowed an earlier command of this server; ${count} ${count === 1 ? 'line differs' : 'lines differ'} from it.`;
}

function pagesOf(lines: readonly string[]): string[][] {
  const rows = lines.flatMap((line) => line.match(new RegExp(`.{1,${COLUMNS}}`, 'gu')) ?? ['']);
  const pages: string[][] = [];
  for (let at = 0; at < rows.length; at += LINES) pages.push(rows.slice(at, at + LINES));
  return pages;
}

async function tell(detail: string): Promise<void> {
  await dialog.showMessageBox({ type: 'warning', message: 'Nothing was allowed', detail });
}
