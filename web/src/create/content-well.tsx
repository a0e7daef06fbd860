import { Icon } from '../ui/icon';
import { change, placeContent } from './draft';
import { DropZone } from './drop-zone';
import { FilePicker } from './file-picker';
import type { Picture } from './pictures';
import { Samples } from './samples';
import { UploadState } from './upload-state';

interface ContentWellProps {
  readonly content: Picture | null;
  readonly mistake: string | undefined;
}

/** Where the picture to paint goes. */
export function ContentWell({ content, mistake }: ContentWellProps) {
  return (
    <DropZone
      class={`well ${content ? 'filled' : ''}`}
      label="Picture to paint"
      onFiles={([file]) => placeContent(file!)}
    >
      {content ? <Filled content={content} /> : <Empty />}
      {mistake && (
        <p class="mistake" role="alert">
          {mistake}
        </p>
      )}
    </DropZone>
  );
}

function Empty() {
  return (
    <div class="well-empty">
      <Icon name="image" />
      <h2>Which picture shall be painted?</h2>
      <p class="soft">Drop it here, paste it, or choose it.</p>
      <div class="actions">
        <FilePicker class="button" onFiles={([file]) => placeContent(file!)}>
          Choose a picture
        </FilePicker>
        <FilePicker class="button camera" camera onFiles={([file]) => placeContent(file!)}>
          <Icon name="camera" />
          Take a photo
        </FilePicker>
      </div>
      <Samples label="Or a sample" names={['Mountain lake', 'Gouache']} onFile={placeContent} />
    </div>
  );
}

function Filled({ content }: { content: Picture }) {
  return (
    <>
      <div class="well-picture">
        {!content.mistake && <img src={content.preview} alt={`To be painted: ${content.name}`} />}
        <div class="well-tools">
          <FilePicker class="button compact on-picture" onFiles={([file]) => placeContent(file!)}>
            Replace
          </FilePicker>
          <button
            type="button"
            class="button compact on-picture"
            aria-label="Remove the picture to paint"
            onClick={() => change({ content: null })}
          >
            <Icon name="close" />
          </button>
        </div>
      </div>
      <UploadState picture={content} />
    </>
  );
}
