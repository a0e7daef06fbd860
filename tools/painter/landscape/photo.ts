import { add, clamp, mix, mix3, scale, type Vec3 } from '../maths.js';
import { Picture } from '../picture.js';
import { Rng } from '../rng.js';

const EXPOSURE = 0.66;
const SATURATION = 1.14;

/** The filmic curve by Krzysztof Narkowicz (ACES, fitted). */
const film = (v: number): number => clamp((v * (2.51 * v + 0.03)) / (v * (2.43 * v + 0.59) + 0.14));

function blur(picture: Picture, radius: number): Picture {
  const weights = Array.from({ length: radius * 2 + 1 }, (_, i) => Math.exp(-(((i - radius) / radius) ** 2) * 3));
  const total = weights.reduce((a, b) => a + b);
  const pass = (source: Picture, dx: number, dy: number): Picture =>
    new Picture(source.width, source.height).map((_, x, y) => {
      let sum: Vec3 = [0, 0, 0];
      weights.forEach(
        (w, i) => (sum = add(sum, scale(source.get(x + (i - radius) * dx, y + (i - radius) * dy), w / total))),
      );
      return sum;
    });
  return pass(pass(picture, 1, 0), 0, 1);
}

/** From light to a photograph: a little glare, film's shoulder and toe, warm lights over cool shadows, vignette, grain. */
export function develop(light: Picture): Picture {
  const rng = new Rng(2);
  const glare = blur(light.shrink(4), 7);
  const { width, height } = light;
  return light.map((colour, x, y) => {
    const soft = glare.sample((x + 0.5) / 4 - 0.5, (y + 0.5) / 4 - 0.5);
    const [u, v] = [(x / width - 0.5) * 1.1, y / height - 0.5];
    const vignette = 1 - 0.55 * (u * u + v * v);
    const exposed = scale(mix3(colour, soft, 0.09), EXPOSURE * vignette);
    const grain = 0.007 * rng.normal();
    const [r, g, b] = [film(exposed[0]), film(exposed[1]), film(exposed[2])];
    const grey = 0.3 * r + 0.59 * g + 0.11 * b;
    const print = (c: number): number => clamp(mix(grey, c, SATURATION)) ** (1 / 2.2) + grain;
    return [print(r), print(g), print(b)];
  });
}
