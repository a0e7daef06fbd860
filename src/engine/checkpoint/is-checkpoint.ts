import type { Checkpoint } from './checkpoint.js';

/** Whether a decoded header with its arrays has everything that a checkpoint has, in the shapes that belong together. */
export function isCheckpoint(value: unknown): value is Checkpoint {
  if (!isRecord(value)) return false;
  const { origin, image, average, optimizer, styleLayers, totals } = value;
  if (!isRecord(image) || !isCount(image.width) || !isCount(image.height)) return false;
  const length = 3 * image.width * image.height;
  const isPlanes: Check = (array) => array instanceof Float32Array && array.length === length;
  return (
    isOrigin(origin) &&
    [value.seq, value.step, value.evaluations, value.scaleIndex, value.stepsLeft].every(isCount) &&
    isFiniteNumber(value.elapsedMs) &&
    isPlanes(image.data) &&
    Array.isArray(styleLayers) &&
    styleLayers.every((entry) => isRecord(entry) && typeof entry.layer === 'string' && isFiniteNumber(entry.weight)) &&
    Array.isArray(totals) &&
    totals.every(isFiniteNumber) &&
    isRecord(average) &&
    isPlanes(average.sum) &&
    isFiniteNumber(average.weight) &&
    (isAdamState(optimizer, isPlanes) || isLbfgsState(optimizer, isPlanes))
  );
}

type Check = (value: unknown) => boolean;

function isOrigin(value: unknown): boolean {
  if (!isRecord(value)) return false;
  const { recipe, network, width, height } = value;
  return typeof recipe === 'string' && typeof network === 'string' && isCount(width) && isCount(height);
}

function isAdamState(value: unknown, isPlanes: Check): boolean {
  return isRecord(value) && isCount(value.t) && isPlanes(value.m) && isPlanes(value.v);
}

function isLbfgsState(value: unknown, isPlanes: Check): boolean {
  if (!isRecord(value) || !Array.isArray(value.pairs)) return false;
  const { current } = value;
  return (
    value.pairs.every((pair) => isRecord(pair) && isPlanes(pair.s) && isPlanes(pair.y) && isFiniteNumber(pair.rho)) &&
    (current === null || (isRecord(current) && isLosses(current.losses) && isPlanes(current.gradient)))
  );
}

function isLosses(value: unknown): boolean {
  if (!isRecord(value) || !Array.isArray(value.layers)) return false;
  return (
    [value.total, value.content, value.style, value.totalVariation].every(isFiniteNumber) &&
    value.layers.every(
      (layer) =>
        isRecord(layer) &&
        (layer.term === 'content' || layer.term === 'style') &&
        typeof layer.layer === 'string' &&
        isFiniteNumber(layer.loss),
    )
  );
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
const isFiniteNumber = (value: unknown) => Number.isFinite(value);
const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
