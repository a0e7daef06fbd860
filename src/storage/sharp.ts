/** libvips as this program uses it: import `sharp` from here only. */
import sharp from 'sharp';

// Of libvips's loaders only those of the accepted formats can be reached: no SVG, PDF or ImageMagick.
sharp.block({ operation: ['VipsForeignLoad'] });
sharp.unblock({ operation: ['Jpeg', 'Png', 'Webp', 'Tiff', 'Nsgif', 'Heif'].map((name) => `VipsForeignLoad${name}`) });
// The cores belong to the engine, and no image is decoded twice in a row.
sharp.concurrency(1);
sharp.cache(false);

export { sharp };
export type { Metadata, OutputInfo, Sharp } from 'sharp';
