import { authorization } from './key';

/** A stored picture, as `POST /images` answers. */
export interface UploadedImage {
  readonly id: string;
  readonly url: string;
  readonly width: number;
  readonly height: number;
}

/** The server's refusal, in words for people. */
export class UploadError extends Error {
  override readonly name = 'UploadError';
}

/**
 * Sends a picture. XMLHttpRequest, because fetch does not tell how far an upload is.
 * @param onProgress share that has been sent, 0 to 1
 */
export function upload(file: Blob, name: string, onProgress: (share: number) => void): Promise<UploadedImage> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('POST', `/images?fileName=${encodeURIComponent(name)}`);
    request.responseType = 'json';
    request.setRequestHeader('Content-Type', file.type.startsWith('image/') ? file.type : 'application/octet-stream');
    const { authorization: header } = authorization();
    if (header) request.setRequestHeader('Authorization', header);
    request.upload.onprogress = ({ loaded, total }) => onProgress(total > 0 ? loaded / total : 0);
    request.onload = () => {
      const body = request.response as { image?: UploadedImage; error?: { message: string } } | null;
      if (body?.image) resolve(body.image);
      else reject(new UploadError(body?.error?.message ?? `The server answered with status ${request.status}.`));
    };
    request.onerror = () => reject(new UploadError('The server cannot be reached. Try again.'));
    request.send(file);
  });
}
