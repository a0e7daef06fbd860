import { fetchSample, SAMPLES, type Sample } from './pictures';

interface SamplesProps {
  readonly label: string;
  readonly names: readonly Sample['name'][];
  readonly onFile: (file: File) => void;
}

/** The sample pictures, one click away. */
export function Samples({ label, names, onFile }: SamplesProps) {
  return (
    <div class="samples" role="group" aria-label={label}>
      <span class="small soft">{label}</span>
      {SAMPLES.filter(({ name }) => names.includes(name)).map((sample) => (
        <button
          key={sample.file}
          type="button"
          class="sample"
          title={sample.name}
          onClick={() => void fetchSample(sample).then(onFile)}
        >
          <img src={`/samples/${sample.file}`} alt={sample.name} width="64" height="48" />
        </button>
      ))}
    </div>
  );
}
