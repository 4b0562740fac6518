const ICON = /\/@lucide\/svelte\/dist\/icons\/[\w-]+\.svelte$/;

/**
 * A Vite plugin that draws Lucide's icons at build time, as markup that only needs to be copied. As the library ships
 * them, each is put together anew wherever it is shown, from a table: its attributes merged, every path an element made
 * by its name. That was a fifth of what drawing the first page costs, and is paid again in each row of a list.
 *
 * An icon takes the props of `src-renderer/components/Icon.ts` and no others.
 *
 * @returns {import('vite').Plugin}
 */
export function staticIcons() {
  return {
    name: 'static-icons',
    enforce: 'pre',
    transform: {
      filter: { id: ICON },
      handler: (code, id) => ({ code: iconComponent(code, id), map: null }),
    },
  };
}

/**
 * The Svelte component of one icon.
 *
 * @param {string} code The library's component: its table stands in it as JSON, `const iconData = {…};`.
 * @param {string} id Its path, for the error.
 * @throws {Error} Where there is no such table: another version of the library keeps it elsewhere.
 */
export function iconComponent(code, id) {
  const table = /const iconData = (\{.*\});/.exec(code)?.[1];
  if (!table) throw new Error(`No table of an icon in ${id}: see build/lib/static-icons.mjs.`);
  const { name, size, node, aliases = [] } = JSON.parse(table);
  const classes = ['lucide', ...[name, ...aliases].map((each) => `lucide-${each}`)].join(' ');
  const drawing = node.map(([tag, attributes]) => `<${tag}${written(attributes)} />`).join('');
  return `<script>
  let { size = ${size}, 'aria-hidden': hidden, 'aria-label': label } = $props();
</script>

<svg
  xmlns="http://www.w3.org/2000/svg" width={size} height={size} viewBox="0 0 ${size} ${size}" fill="none"
  stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"
  class="${classes}" aria-hidden={hidden ?? (label ? undefined : 'true')} aria-label={label}
>${drawing}</svg>
`;
}

/** Numbers and path data: nothing that markup would have to escape, and the build ends where that is no longer so. */
function written(attributes) {
  return Object.entries(attributes)
    .map(([name, value]) => {
      if (!/^[\w .,+-]*$/.test(value)) throw new Error(`An icon has ${name}=${JSON.stringify(value)}.`);
      return ` ${name}="${value}"`;
    })
    .join('');
}
