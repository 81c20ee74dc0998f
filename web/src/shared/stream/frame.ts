const HIDDEN_MS = 250;

/** Calls `run` at the next frame of the screen; a hidden tab draws none, so a timer stands in. */
export function nextFrame(run: () => void): void {
  let done = false;
  const once = (): void => {
    if (done) return;
    done = true;
    run();
  };
  requestAnimationFrame(once);
  setTimeout(once, HIDDEN_MS);
}
