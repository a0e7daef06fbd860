/** Steps over which the improvement is measured. */
const WINDOW = 10;

/** Notices when the total no longer falls: its lowest over the last ten steps against the lowest of the ten before. */
export class Plateau {
  constructor(
    /** The least relative improvement; 0 never reaches a plateau. */
    readonly minImprovement: number,
    /** The latest totals, oldest first. */
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
