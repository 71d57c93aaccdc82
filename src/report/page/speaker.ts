/** Long enough that a stroke is over before a screen reader begins to talk. */
const PAUSE_MS = 700;

/** Says things by a live region: only the last of many, once there has been a pause. */
export function speaker(region: HTMLElement): (text: string) => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  return (text) => {
    clearTimeout(timer);
    timer = setTimeout(() => (region.textContent = text), PAUSE_MS);
  };
}
