/** What a torture script found, as a table. */

/** One fault that was tried. */
export interface Finding {
  readonly fault: string;
  readonly tried: number;
  /** What was expected of it and did not hold; empty where everything did. */
  readonly violations: readonly string[];
}

/** Collects what did not hold while faults are tried. */
export class Report {
  readonly #findings = new Map<string, { tried: number; violations: string[] }>();

  /** Counts one try of a fault. */
  tried(fault: string): void {
    this.#of(fault).tried += 1;
  }

  /** Notes a violation unless the condition holds. */
  expect(fault: string, holds: boolean, what: string): void {
    if (holds) return;
    this.#of(fault).violations.push(what);
    console.error(`  ${fault}: ${what}`);
  }

  get findings(): readonly Finding[] {
    return [...this.#findings].map(([fault, finding]) => ({ fault, ...finding }));
  }

  get violationCount(): number {
    return this.findings.reduce((sum, { violations }) => sum + violations.length, 0);
  }

  /** A Markdown table. */
  toString(): string {
    const rows = this.findings.map(({ fault, tried, violations }) => {
      const result = violations.length === 0 ? 'held' : `${violations.length} violations: ${violations[0]}`;
      return `| ${fault} | ${tried} | ${result} |`;
    });
    return ['| Fault | Tried | Result |', '| --- | --- | --- |', ...rows].join('\n');
  }

  #of(fault: string) {
    let finding = this.#findings.get(fault);
    if (!finding) this.#findings.set(fault, (finding = { tried: 0, violations: [] }));
    return finding;
  }
}
