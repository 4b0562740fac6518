/** So long after a key or a click, what it takes away is its doing. */
const AFTERMATH_MS = 10_000;

const FOCUSABLE =
  ':is(a[href], button, input, textarea, select, [tabindex="0"]):not(:disabled, [hidden], [tabindex="-1"], [type=hidden])';

/** Where an element stood: its ancestors, the nearest first, and in which of their children it was. */
type Place = { within: Element; at: number }[];

function placeOf(element: Element): Place {
  const place: Place = [];
  for (let child = element; child.parentElement && child !== document.body; child = child.parentElement)
    place.push({ within: child.parentElement, at: [...child.parentElement.children].indexOf(child) });
  return place;
}

/** The first thing that takes the focus at a place whose element is gone: what moved up, else what is before it. */
function nextAt(place: Place): HTMLElement | undefined {
  for (const { within, at } of place) {
    if (!within.isConnected || within === document.body) continue;
    const children = [...within.children];
    for (const child of [...children.slice(at), ...children.slice(0, at).reverse()]) {
      const found = child.matches(FOCUSABLE) ? child : child.querySelector(FOCUSABLE);
      if (found instanceof HTMLElement) return found;
    }
  }
  return undefined;
}

/**
 * A button may take itself away: "Remove" goes with its row, "Add" makes room for "Leave out". The focus would fall to
 * the page, and whoever uses the keyboard would begin at its top again; it goes to what stands there now instead.
 * Answers the function that ends it.
 */
export function keepFocus(): () => void {
  let place: Place = [];
  let actor: Element | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const observer = new MutationObserver(() => {
    if (actor?.isConnected || (document.activeElement !== document.body && document.activeElement !== null))
      return;
    const next = nextAt(place);
    forget();
    next?.focus();
  });
  function forget(): void {
    observer.disconnect();
    clearTimeout(timer);
    actor = null;
    place = [];
  }
  function remember(): void {
    const active = document.activeElement;
    if (!active || active === document.body) return;
    forget();
    actor = active;
    place = placeOf(active);
    observer.observe(document.body, { childList: true, subtree: true });
    timer = setTimeout(forget, AFTERMATH_MS);
  }
  const press = (event: KeyboardEvent): void => {
    if (['Enter', ' ', 'Delete', 'Backspace'].includes(event.key)) remember();
  };
  // In the capture phase: what the event does comes after.
  window.addEventListener('click', remember, true);
  window.addEventListener('keydown', press, true);
  window.addEventListener('focusin', forget, true);
  return () => {
    forget();
    window.removeEventListener('click', remember, true);
    window.removeEventListener('keydown', press, true);
    window.removeEventListener('focusin', forget, true);
  };
}
