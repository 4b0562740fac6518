/** Whether the line goes from right to left there. */
export const isRightToLeft = (element: Element): boolean => getComputedStyle(element).direction === 'rtl';

/** What an arrow key means along the line: on, back, or nothing. `ArrowRight` leads on unless the line goes left. */
export function alongLine({ key, target }: KeyboardEvent): 1 | -1 | 0 {
  if (key !== 'ArrowRight' && key !== 'ArrowLeft') return 0;
  const isMirrored = target instanceof Element && isRightToLeft(target);
  return (key === 'ArrowRight') !== isMirrored ? 1 : -1;
}

/**
 * The page's own: what floats over it is told, since the library takes it to be from left to right. As it is written on
 * the page, like in tokens.css: to ask for the computed style would have all of the page styled while it is being made.
 */
export const pageDirection = (): 'ltr' | 'rtl' => (document.documentElement.dir === 'rtl' ? 'rtl' : 'ltr');
