import { useQuery } from '@urql/preact';
import { FilterChoicesDocument, type GalleryQueryVariables } from '../generated/graphql';
import { Choices } from '../ui/choices';

export type Filter = Omit<GalleryQueryVariables, 'first' | 'after'>;

export const NO_FILTER: Filter = {};

const STATUSES = {
  all: { label: 'All', statuses: undefined },
  active: { label: 'At work', statuses: ['QUEUED', 'RUNNING', 'PAUSED'] },
  done: { label: 'Done', statuses: ['COMPLETED'] },
  ended: { label: 'Ended early', statuses: ['CANCELLED', 'FAILED'] },
} as const;

type StatusFilter = keyof typeof STATUSES;

interface FiltersProps {
  readonly value: Filter;
  readonly onChange: (filter: Filter) => void;
}

/** Which paintings are shown. */
export function Filters({ value, onChange }: FiltersProps) {
  const [{ data }] = useQuery({ query: FilterChoicesDocument, variables: {}, requestPolicy: 'cache-and-network' });
  const names = Object.keys(STATUSES) as StatusFilter[];
  const chosen = names.find((name) => String(STATUSES[name].statuses) === String(value.statuses)) ?? 'all';
  const change = (changes: Filter) => onChange(named({ ...value, ...changes }));
  return (
    <div class="filters" role="search" aria-label="Paintings">
      <input
        type="search"
        class="input"
        aria-label="Search in titles"
        placeholder="Search"
        value={value.text ?? ''}
        onInput={({ currentTarget }) => change({ text: currentTarget.value })}
      />
      <Select
        label="Preset"
        all="Every preset"
        options={data?.presets.map(({ name, title }) => [name, title] as const) ?? []}
        value={value.preset}
        onChange={(preset) => change({ preset })}
      />
      {data && data.tags.length > 0 && (
        <Select
          label="Tag"
          all="Every tag"
          options={data.tags.map((tag) => [tag, tag] as const)}
          value={value.tag}
          onChange={(tag) => change({ tag })}
        />
      )}
      <Choices
        label="Status"
        hideLabel
        options={names.map((name) => ({ value: name, label: STATUSES[name].label }))}
        value={chosen}
        onChange={(name) => change({ statuses: STATUSES[name].statuses as Filter['statuses'] })}
      />
    </div>
  );
}

interface SelectProps {
  readonly label: string;
  /** What no choice is called. */
  readonly all: string;
  readonly options: readonly (readonly [value: string, label: string])[];
  readonly value: string | null | undefined;
  readonly onChange: (value: string | undefined) => void;
}

function Select({ label, all, options, value, onChange }: SelectProps) {
  return (
    <select
      class="select"
      aria-label={label}
      value={value ?? ''}
      onChange={({ currentTarget }) => onChange(currentTarget.value || undefined)}
    >
      <option value="">{all}</option>
      {options.map(([name, title]) => (
        <option key={name} value={name}>
          {title}
        </option>
      ))}
    </select>
  );
}

/** Without what is not asked for: all of it absent is no filter. */
function named(filter: Filter): Filter {
  const entries = Object.entries(filter as Record<string, unknown>).filter(
    ([, value]) => value !== undefined && value !== null && value !== '',
  );
  return entries.length === 0 ? NO_FILTER : (Object.fromEntries(entries) as Filter);
}
