import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { render } from '@testing-library/svelte';
import type { Component } from 'svelte';
import { describe, expect, it } from 'vitest';
import { iconComponent } from '../../../build/lib/static-icons.mjs';

const sources = join(process.cwd(), 'src-renderer');
const library = join(process.cwd(), 'node_modules/@lucide/svelte/dist');
const used = [
  ...new Set(
    readdirSync(sources, { recursive: true, encoding: 'utf8' })
      .filter((file) => /\.(ts|svelte)$/.test(file))
      .flatMap((file) => [...readFileSync(join(sources, file), 'utf8').matchAll(/svelte\/icons\/([\w-]+)'/g)])
      .map(([, name = '']) => name),
  ),
];

/** The attributes of an element in the order of their names, but those that say nothing, and what is in it. */
function look(element: Element | null): unknown {
  if (!element) return undefined;
  return {
    tag: element.tagName,
    attributes: [...element.attributes]
      .filter(({ name }) => name !== 'xmlns')
      .map(({ name, value }) => [name, name === 'class' ? value.replace('lucide-icon', '').trim() : value])
      .sort(),
    children: [...element.children].map(look),
  };
}

describe('icons drawn at build time', () => {
  it.each(used)('shows %s as the library does', async (name) => {
    // An icon that was renamed is a file that points at another.
    const [, file = ''] =
      /"\.\/([\w-]+\.svelte)"/.exec(readFileSync(join(library, `icons/${name}.js`), 'utf8')) ?? [];
    const source = readFileSync(join(library, 'icons', file), 'utf8');
    const [, table] = /const iconData = (\{.*\});/.exec(source) ?? [];
    const load = (path: string): Promise<{ default: Component<Record<string, unknown>> }> =>
      import(/* @vite-ignore */ join(library, path));
    const drawn = (await load(`icons/${file}`)).default;
    const assembled = (await load('Icon.svelte')).default;
    for (const props of [{ size: 13, 'aria-hidden': 'true' }, { 'aria-label': 'Secret' }, {}]) {
      const ours = render(drawn, props).container.querySelector('svg');
      const theirs = render(assembled, { ...props, icon: JSON.parse(table ?? '') }).container.querySelector(
        'svg',
      );
      expect(look(ours)).toEqual(look(theirs));
    }
  });

  it('ends the build where the library keeps its drawings in another way', () => {
    expect(() => iconComponent('<Icon {...props} />', 'play.svelte')).toThrow(
      'No table of an icon in play.svelte',
    );
    expect(() =>
      iconComponent('const iconData = {"name":"x","size":24,"node":[["path",{"d":"{evil}"}]]};', 'x.svelte'),
    ).toThrow('An icon has d="{evil}".');
  });
});
