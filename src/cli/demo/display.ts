/** Three displays of progress: redrawn in place on a terminal, one line per 10 % elsewhere, JSON for programs. */
import type { WriteStream } from 'node:tty';
import type { ProgressEvent } from './client.js';
import { halfBlocks, type ColorDepth } from './half-blocks.js';

export interface Display {
  /** Whether to subscribe to previews. */
  readonly wantsPreview: boolean;
  note(text: string): void;
  progress(event: ProgressEvent): Promise<void>;
  result(path: string, event: ProgressEvent): void;
}

export function createDisplay(json: boolean, out: NodeJS.WriteStream): Display {
  if (json) return new JsonDisplay(out);
  return out.isTTY ? new TerminalDisplay(out) : new LineDisplay(out);
}

class JsonDisplay implements Display {
  readonly wantsPreview = false;

  constructor(private readonly out: NodeJS.WritableStream) {}

  note(text: string): void {
    this.#line({ event: 'note', text });
  }

  async progress(event: ProgressEvent): Promise<void> {
    this.#line({ event: 'progress', ...event });
  }

  result(path: string, { session, step, elapsedMs }: ProgressEvent): void {
    this.#line({ event: 'result', path, sessionId: session.id, steps: step, elapsedMs });
  }

  #line(value: unknown): void {
    this.out.write(`${JSON.stringify(value)}\n`);
  }
}

class LineDisplay implements Display {
  readonly wantsPreview: boolean = false;
  #nextPercent = 0;

  constructor(protected readonly out: NodeJS.WritableStream) {}

  note(text: string): void {
    this.out.write(`${text}\n`);
  }

  async progress(event: ProgressEvent): Promise<void> {
    const percent = Math.floor((100 * event.step) / event.totalSteps);
    if (event.step === 0 || percent < this.#nextPercent) return;
    this.#nextPercent = percent - (percent % 10) + 10;
    this.out.write(`${statusLine(event)}\n`);
  }

  result(path: string, { elapsedMs }: ProgressEvent): void {
    this.out.write(`Painted in ${(elapsedMs / 1000).toFixed(1)} s: ${path}\n`);
  }
}

const BAR_WIDTH = 24;
const MAX_IMAGE = { columns: 80, rows: 28 };

class TerminalDisplay extends LineDisplay {
  override readonly wantsPreview: boolean;
  readonly #depth: ColorDepth | undefined;
  #image: string[] = [];
  /** Count of lines on the screen that the next drawing replaces. */
  #drawn = 0;

  constructor(private readonly terminal: WriteStream) {
    super(terminal);
    const depth = terminal.getColorDepth();
    this.#depth = depth >= 24 ? 24 : depth >= 8 ? 8 : undefined;
    this.wantsPreview = this.#depth !== undefined;
  }

  override async progress(event: ProgressEvent): Promise<void> {
    if (event.preview && this.#depth) {
      const columns = Math.min(MAX_IMAGE.columns, this.terminal.columns - 1);
      const rows = Math.min(MAX_IMAGE.rows, this.terminal.rows - 4);
      const bytes = Buffer.from(event.preview.dataUri.replace(/^data:[^,]*,/, ''), 'base64');
      if (columns > 8 && rows > 4) this.#image = await halfBlocks(bytes, columns, rows, this.#depth);
    }
    const done = Math.round((BAR_WIDTH * event.step) / event.totalSteps);
    const bar = `${'█'.repeat(done)}${'░'.repeat(BAR_WIDTH - done)}`;
    const text = event.step === 0 ? event.session.status.toLowerCase() : statusLine(event);
    // Cut the line: a wrapped one takes two rows, and the next drawing would miss one.
    this.#draw([...this.#image, `${bar} ${text}`.slice(0, this.terminal.columns - 1)]);
  }

  #draw(lines: readonly string[]): void {
    const up = this.#drawn > 0 ? `\x1b[${this.#drawn}A` : '';
    this.terminal.write(`${up}\r\x1b[J${lines.join('\n')}\n`);
    this.#drawn = lines.length;
  }
}

function statusLine({ step, totalSteps, losses, stepsPerSecond, etaMs, scale }: ProgressEvent): string {
  const parts = [`${String(step).padStart(String(totalSteps).length)}/${totalSteps}`];
  if (scale) parts.push(`${scale.width}x${scale.height}`);
  if (losses) parts.push(`content ${losses.content.toPrecision(3)}`, `style ${losses.style.toExponential(2)}`);
  if (stepsPerSecond) parts.push(`${stepsPerSecond.toFixed(1)} steps/s`);
  if (etaMs) parts.push(`${Math.ceil(etaMs / 1000)} s left`);
  return parts.join('  ');
}
