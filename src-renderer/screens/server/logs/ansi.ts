import Anser from 'anser';

/** A run of characters of one look. `colour` and `ground` only where a class cannot say it (256 or 16 million colours). */
export type Piece = { text: string; classes: string; colour?: string; ground?: string };

/* eslint-disable no-control-regex -- control characters are the very thing these look for */
const ESCAPE = /\u001b/;
/** Window titles and hyperlinks: `ESC ] … BEL` or `ESC ] … ESC \`. */
const OSC = /\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\)?/g;
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f]/g;
const SEQUENCE = /\u001b\[[0-9;:?<=>]*[ -/]*[@-~]/g;
/* eslint-enable no-control-regex */

/** The 216 cube and the greys of xterm's palette; the first 16 are ours (classes). */
function paletteColour(index: number): string {
  if (index >= 232) {
    const grey = 8 + (index - 232) * 10;
    return `rgb(${grey}, ${grey}, ${grey})`;
  }
  const step = (level: number): number => (level === 0 ? 0 : 55 + level * 40);
  const cube = index - 16;
  return `rgb(${step(Math.floor(cube / 36))}, ${step(Math.floor(cube / 6) % 6)}, ${step(cube % 6)})`;
}

const TRIPLE = /^\d{1,3},\s*\d{1,3},\s*\d{1,3}$/;

function colourOf(name: string | null, triple: string | null): { name?: string; colour?: string } {
  if (!name) return {};
  if (name === 'ansi-truecolor') return triple && TRIPLE.test(triple) ? { colour: `rgb(${triple})` } : {};
  const index = /^ansi-palette-(\d{1,3})$/.exec(name)?.[1];
  return index === undefined ? { name } : { colour: paletteColour(Number(index)) };
}

/** A line of a log with its ANSI colours as classes (`fg-red`, `bold`); no markup is made of it at any point. */
export function ansiPieces(line: string): Piece[] {
  if (!ESCAPE.test(line)) return [{ text: line.replace(CONTROL, ''), classes: '' }];
  const entries = Anser.ansiToJson(line.replace(OSC, ''), {
    json: true,
    use_classes: true,
    remove_empty: true,
  });
  return entries.flatMap(({ content, fg, bg, fg_truecolor, bg_truecolor, decorations }) => {
    const text = content.replace(CONTROL, '');
    if (text === '') return [];
    const front = colourOf(fg, fg_truecolor);
    const back = colourOf(bg, bg_truecolor);
    const classes = [
      front.name && `fg-${front.name.replace(/^ansi-/, '')}`,
      back.name && `bg-${back.name.replace(/^ansi-/, '')}`,
      ...decorations,
    ];
    return [
      {
        text,
        classes: classes.filter(Boolean).join(' '),
        ...(front.colour && { colour: front.colour }),
        ...(back.colour && { ground: back.colour }),
      },
    ];
  });
}

/** The same line without its colours, for searching and copying. */
export function plainLine(line: string): string {
  return ESCAPE.test(line)
    ? line.replace(OSC, '').replace(SEQUENCE, '').replace(CONTROL, '')
    : line.replace(CONTROL, '');
}
