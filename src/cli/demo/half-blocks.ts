/** An image as text: each cell is a lower half block; the foreground is the lower pixel, the background the upper. */
import sharp from 'sharp';

/** Bits of colour, as `WriteStream.getColorDepth` returns them. */
export type ColorDepth = 24 | 8;

/** Renders an encoded image as at most `rows` lines of at most `columns` characters. */
export async function halfBlocks(image: Buffer, columns: number, rows: number, depth: ColorDepth): Promise<string[]> {
  const { data, info } = await sharp(image)
    .resize({ width: columns, height: rows * 2, fit: 'inside' })
    .flatten()
    .raw()
    .toBuffer({ resolveWithObject: true });
  const colour = (x: number, y: number) => {
    // Repeat the last row of an odd height.
    const at = 3 * (Math.min(y, info.height - 1) * info.width + x);
    return depth === 24
      ? `2;${data[at]};${data[at + 1]};${data[at + 2]}`
      : `5;${cube(data[at]!, data[at + 1]!, data[at + 2]!)}`;
  };
  return Array.from({ length: Math.ceil(info.height / 2) }, (_, row) => {
    const cells = Array.from(
      { length: info.width },
      (_, x) => `\x1b[48;${colour(x, 2 * row)};38;${colour(x, 2 * row + 1)}m▄`,
    );
    return `${cells.join('')}\x1b[0m`;
  });
}

/** Index of the nearest colour in the 6 x 6 x 6 cube of 256-colour terminals, which begins at index 16. */
function cube(r: number, g: number, b: number): number {
  const level = (v: number) => Math.round((v / 255) * 5);
  return 16 + 36 * level(r) + 6 * level(g) + level(b);
}
