import { formatCount } from '../format-count.js';

/** Seconds as people say them: "0.21 s", "12 s", "3 min 20 s", "5 h 12 min", "10 days". */
export function formatDuration(seconds: number): string {
  if (seconds < 10) return `${Number(seconds.toPrecision(2))} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  if (whole < 48 * 3600) return `${Math.floor(whole / 3600)} h ${Math.round((whole % 3600) / 60)} min`;
  return `${formatCount(Math.round(whole / 86400))} days`;
}
