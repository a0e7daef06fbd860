import { upload, UploadError, type UploadedImage } from '../api/upload';

/** A picture that was chosen: on its way to the server, there, or refused. */
export interface Picture {
  /** Names it on this page. */
  readonly key: number;
  readonly name: string;
  /** Address of what to show. */
  readonly preview: string;
  /** Share that has been sent, 0 to 1. */
  readonly sent: number;
  /** The stored picture, once it is there. */
  readonly image: UploadedImage | null;
  /** Why the server refused it. */
  readonly mistake: string | null;
}

/** What the server offers to begin with: samples/ of the repository. */
export const SAMPLES = [
  { file: 'landscape.jpg', name: 'Mountain lake' },
  { file: 'swirls.jpg', name: 'Swirls' },
  { file: 'gouache.jpg', name: 'Gouache' },
] as const;

export type Sample = (typeof SAMPLES)[number];

let keys = 0;

/** A picture that the server has already. */
export function storedPicture(image: UploadedImage, name: string): Picture {
  return { key: ++keys, name, preview: image.url, sent: 1, image, mistake: null };
}

/** Begins an upload. `onChange` gets the picture anew with each change of it. */
export function sendPicture(file: File, onChange: (picture: Picture) => void): Picture {
  const picture: Picture = {
    key: ++keys,
    name: file.name,
    preview: URL.createObjectURL(file),
    sent: 0,
    image: null,
    mistake: null,
  };
  void upload(file, file.name, (sent) => onChange({ ...picture, sent })).then(
    (image) => onChange({ ...picture, sent: 1, image }),
    (error: unknown) => {
      if (!(error instanceof UploadError)) throw error;
      onChange({ ...picture, mistake: error.message });
    },
  );
  return picture;
}

export async function fetchSample({ file, name }: Sample): Promise<File> {
  const response = await fetch(`/samples/${file}`);
  return new File([await response.blob()], `${name}.jpg`, { type: 'image/jpeg' });
}

/** The pictures among what was dropped or pasted. Files of an unknown kind count: the server says what they are. */
export function filesOf(data: DataTransfer | null): File[] {
  return [...(data?.files ?? [])];
}
