/** Spends one step of so many, and tells whether it was there. */
export type Budget = () => boolean;

/** A few lines of a server's schema can ask for more steps than a lifetime has: whoever follows one counts them. */
export function budget(steps: number): Budget {
  let left = steps;
  return () => {
    left -= 1;
    return left >= 0;
  };
}
