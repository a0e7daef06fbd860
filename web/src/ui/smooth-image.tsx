import { useEffect, useState } from 'preact/hooks';
import './smooth-image.css';

interface SmoothImageProps {
  readonly src: string;
  readonly alt: string;
}

/** A picture whose next version fades in over the last one, once it has been loaded: no flash, no half picture. */
export function SmoothImage({ src, alt }: SmoothImageProps) {
  const [[shown, previous], show] = useState<readonly [string | null, string | null]>([null, null]);
  useEffect(() => {
    if (src === shown) return;
    let wanted = true;
    const next = new Image();
    next.src = src;
    // One that cannot be loaded is passed over: the next one comes soon.
    next.decode().then(
      () => wanted && show([src, shown]),
      () => undefined,
    );
    return () => {
      wanted = false;
    };
  }, [src, shown]);
  return (
    <div class="smooth">
      {previous && <img src={previous} alt="" />}
      {shown && <img key={shown} class="fresh" src={shown} alt={alt} />}
    </div>
  );
}
