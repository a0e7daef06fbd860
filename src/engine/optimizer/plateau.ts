/** Number of steps over which the improvement is measured. */
const WINDOW = 10;

/** Detects that the total no longer falls: compares the minima of the last ten steps and of the ten before. */
export class Plateau {
  constructor(
    /** Minimum relative improvement; 0 disables the test. */
    readonly minImprovement: number,
    /** The latest totals, oldest first; at most 20. */
    readonly totals: number[] = [],
  ) {}

  reached(total: number): boolean {
    if (this.minImprovement === 0) return false;
    this.totals.push(total);
    if (this.totals.length < 2 * WINDOW) return false;
    const before = Math.min(...this.totals.slice(-2 * WINDOW, -WINDOW));
    const now = Math.min(...this.totals.slice(-WINDOW));
    if (this.totals.length > 2 * WINDOW) this.totals.shift();
    return before - now < this.minImprovement * Math.abs(before);
  }
}
