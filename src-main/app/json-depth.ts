const [QUOTE, BACKSLASH] = [0x22, 0x5c];
const [OPEN_LIST, OPEN_MAP, CLOSE_LIST, CLOSE_MAP] = [0x5b, 0x7b, 0x5d, 0x7d];

/**
 * Whether JSON nests deeper than that, told without parsing it, which would stop everything for seconds at millions of
 * levels. Counts brackets outside of texts; what is no JSON is for the parser to say.
 */
export function isDeeper(text: string, most: number): boolean {
  let depth = 0;
  let isText = false;
  for (let at = 0; at < text.length; at += 1) {
    const char = text.charCodeAt(at);
    if (char === BACKSLASH && isText) at += 1;
    else if (char === QUOTE) isText = !isText;
    else if (isText) continue;
    else if (char === OPEN_LIST || char === OPEN_MAP) {
      depth += 1;
      if (depth > most) return true;
    } else if (char === CLOSE_LIST || char === CLOSE_MAP) depth -= 1;
  }
  return false;
}
