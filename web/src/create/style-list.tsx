import { Icon } from '../ui/icon';
import { Slider } from '../ui/slider';
import { addStyles, changeStyle, MOST_STYLES, placeMask, removeStyle, type Style } from './draft';
import { DropZone } from './drop-zone';
import { FilePicker } from './file-picker';
import type { Mistakes } from '../api/mistakes';
import { Samples } from './samples';
import { SmallPicture } from './small-picture';
import { UploadState } from './upload-state';

interface StyleListProps {
  readonly styles: readonly Style[];
  readonly mistakes: Mistakes;
}

/** The pictures whose style is taken on, and what share each has. */
export function StyleList({ styles, mistakes }: StyleListProps) {
  const sum = styles.reduce((total, { weight }) => total + weight, 0);
  return (
    <DropZone class="styles" label="Styles" onFiles={addStyles}>
      <div class="styles-head">
        <h2>In the style of</h2>
        <Samples label="Samples" names={['Swirls', 'Gouache', 'Mountain lake']} onFile={(file) => addStyles([file])} />
      </div>
      <ul class="style-cards">
        {styles.map((style, index) => (
          <StyleCard
            key={style.picture.key}
            style={style}
            share={styles.length > 1 ? style.weight / sum : null}
            mistake={mistakes.under(`styles.${index}`)}
          />
        ))}
        {styles.length < MOST_STYLES && (
          <li>
            <FilePicker class="style-add" multiple onFiles={addStyles}>
              <Icon name="plus" />
              {styles.length === 0 ? 'Add a style picture' : 'Blend in another'}
            </FilePicker>
          </li>
        )}
      </ul>
      {mistakes.at('styles') && (
        <p class="mistake" role="alert">
          {mistakes.at('styles')}
        </p>
      )}
    </DropZone>
  );
}

interface StyleCardProps {
  readonly style: Style;
  /** Null where it is the only one. */
  readonly share: number | null;
  readonly mistake: string | undefined;
}

function StyleCard({ style: { picture, weight, scale, mask }, share, mistake }: StyleCardProps) {
  const { key, name } = picture;
  return (
    <li class="style-card">
      <div class="style-picture">
        {!picture.mistake && <img src={picture.preview} alt={`Style: ${name}`} />}
        <button
          type="button"
          class="icon-button on-picture"
          aria-label={`Remove the style ${name}`}
          onClick={() => removeStyle(key)}
        >
          <Icon name="close" />
        </button>
      </div>
      <UploadState picture={picture} />
      {share !== null && (
        <Slider
          label="Share"
          value={weight}
          min={1}
          max={100}
          text={`${Math.round(share * 100)} %`}
          onInput={(weight) => changeStyle(key, { weight })}
        />
      )}
      <Slider
        label="Stroke size"
        value={Math.log2(scale)}
        min={-2}
        max={2}
        step={0.25}
        text={`× ${Number(scale.toFixed(2))}`}
        onInput={(power) => changeStyle(key, { scale: 2 ** power })}
      />
      <SmallPicture
        label={`Mask of ${name}`}
        choose="Mask"
        hint="Paint it only where this picture is white"
        picture={mask}
        onFile={(file) => placeMask(key, file)}
        onRemove={() => changeStyle(key, { mask: null })}
      />
      {mistake && (
        <p class="mistake" role="alert">
          {mistake}
        </p>
      )}
    </li>
  );
}
