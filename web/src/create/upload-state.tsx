import type { Picture } from './pictures';

/** How far a picture is on its way, or why it was refused. */
export function UploadState({ picture }: { picture: Picture }) {
  if (picture.mistake) {
    return (
      <p class="mistake" role="alert">
        {picture.name}: {picture.mistake}
      </p>
    );
  }
  if (picture.image) return null;
  const percent = Math.round(picture.sent * 100);
  return (
    <div
      class="progress"
      role="progressbar"
      aria-label={`Upload of ${picture.name}`}
      aria-valuenow={percent}
      aria-valuemin={0}
      aria-valuemax={100}
    >
      <div style={{ transform: `scaleX(${picture.sent})` }} />
    </div>
  );
}
