/** The demo's command line. */
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

export interface DemoOptions {
  readonly content: string;
  readonly styles: readonly { readonly path: string; readonly weight: number }[];
  readonly preset: string;
  /** The recipe's overrides, as `createSession` takes them. */
  readonly recipe: { readonly size?: number; readonly steps?: number; readonly seed?: number };
  readonly out: string;
  readonly json: boolean;
}

/** Wrong usage; the message is for the person who typed. */
export class UsageError extends Error {}

export const USAGE = `Usage: npm run demo -- [options]

  --content FILE        the picture to paint (default: a sample)
  --style FILE[:WEIGHT] a picture to paint like; give it several times to blend (default: a sample)
  --preset NAME         balanced (default), draft, faithful, bold, fine-detail or classic
  --size PIXELS         size of the result
  --steps N             optimiser steps
  --seed N              seed of the noise
  --out FILE            where the result goes: .png, .jpg or .webp (default: painting.png)
  --json                one line of JSON an event instead of the display
  --help`;

const sample = (name: string) => fileURLToPath(new URL(`../../../samples/${name}`, import.meta.url));

/** Throws `UsageError`; null where help was asked for. */
export function parseOptions(args: readonly string[]): DemoOptions | null {
  const values = parse(args);
  if (values.help) return null;
  const styles = (values.style ?? [sample('swirls.jpg')]).map(parseStyle);
  const out = values.out ?? 'painting.png';
  if (!/\.(png|jpe?g|webp)$/i.test(out)) throw new UsageError(`--out ${out}: the name must end in .png, .jpg or .webp`);
  return {
    content: values.content ?? sample('landscape.jpg'),
    styles,
    preset: values.preset ?? 'balanced',
    recipe: Object.fromEntries(
      (['size', 'steps', 'seed'] as const)
        .filter((name) => values[name] !== undefined)
        .map((name) => [name, parseInteger(name, values[name]!)]),
    ),
    out,
    json: values.json ?? false,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        content: { type: 'string' },
        style: { type: 'string', multiple: true },
        preset: { type: 'string' },
        size: { type: 'string' },
        steps: { type: 'string' },
        seed: { type: 'string' },
        out: { type: 'string' },
        json: { type: 'boolean' },
        help: { type: 'boolean' },
      },
    }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

/** `painting.png:0.3`; the last colon counts, and only before a number, so that C:\\painting.png is a path. */
function parseStyle(text: string): { path: string; weight: number } {
  const match = /^(.+):(\d*\.?\d+)$/.exec(text);
  const weight = match ? Number(match[2]) : 1;
  if (weight === 0) throw new UsageError(`--style ${text}: the weight must be above 0`);
  return { path: match?.[1] ?? text, weight };
}

function parseInteger(name: string, text: string): number {
  if (!/^\d+$/.test(text)) throw new UsageError(`--${name} ${text}: a whole number is wanted`);
  return Number(text);
}
