import { Icon } from '../ui/icon';
import { FilePicker } from './file-picker';
import type { Picture } from './pictures';
import { UploadState } from './upload-state';

interface SmallPictureProps {
  readonly label: string;
  /** On the button that chooses one. */
  readonly choose: string;
  readonly hint: string;
  readonly picture: Picture | null;
  readonly onFile: (file: File) => void;
  readonly onRemove: () => void;
}

/** A picture that goes with another, such as a mask; small, because most paintings do without. */
export function SmallPicture({ label, choose, hint, picture, onFile, onRemove }: SmallPictureProps) {
  return (
    <div class="small-picture" role="group" aria-label={label} title={hint}>
      {picture && <img src={picture.preview} alt={picture.name} />}
      <FilePicker class="button quiet compact" onFiles={([file]) => onFile(file!)}>
        {!picture && <Icon name="plus" />}
        {picture ? 'Replace' : choose}
      </FilePicker>
      {picture && (
        <button type="button" class="icon-button" aria-label={`Remove: ${label}`} onClick={onRemove}>
          <Icon name="close" />
        </button>
      )}
      {picture && <UploadState picture={picture} />}
    </div>
  );
}
