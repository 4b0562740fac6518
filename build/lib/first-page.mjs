/**
 * A Vite plugin that names the files of the chunk `chunk` in the page's head, so that the browser fetches and compiles
 * them while it still fetches the entry that asks for them.
 */
export function firstPage(chunk) {
  return {
    name: 'first-page',
    transformIndexHtml: {
      order: 'post',
      handler(_html, { bundle }) {
        // The development server makes no chunks.
        if (!bundle) return [];
        const found = Object.values(bundle).find((each) => each.type === 'chunk' && each.name === chunk);
        if (!found) throw new Error(`There is no chunk "${chunk}" to name in the page's head.`);
        const scripts = [found.fileName, ...found.imports].filter((file) => !bundle[file]?.isEntry);
        return [
          ...scripts.map((file) => tag({ rel: 'modulepreload', crossorigin: true, href: `./${file}` })),
          ...[...(found.viteMetadata?.importedCss ?? [])].map((file) =>
            tag({ rel: 'stylesheet', crossorigin: true, href: `./${file}` }),
          ),
        ];
      },
    },
  };
}

const tag = (attrs) => ({ tag: 'link', attrs, injectTo: 'head' });
