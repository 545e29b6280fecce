/**
 * Slows down what is asked for at every keystroke: the first call runs at once, the
 * ones within `ms` after it become one at the end.
 */
export function paced(ms: number, run: () => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let again = false;
  return () => {
    if (timer !== undefined) {
      again = true;
      return;
    }
    run();
    timer = setTimeout(function rest() {
      timer = again ? setTimeout(rest, ms) : undefined;
      if (again) run();
      again = false;
    }, ms);
  };
}
