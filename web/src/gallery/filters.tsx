import type { GalleryQueryVariables } from '../generated/graphql';
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
  const names = Object.keys(STATUSES) as StatusFilter[];
  const chosen = names.find((name) => String(STATUSES[name].statuses) === String(value.statuses)) ?? 'all';
  return (
    <div class="filters" role="search" aria-label="Paintings">
      <Choices
        label="Status"
        hideLabel
        options={names.map((name) => ({ value: name, label: STATUSES[name].label }))}
        value={chosen}
        onChange={(name) => onChange(named({ ...value, statuses: STATUSES[name].statuses as Filter['statuses'] }))}
      />
    </div>
  );
}

/** Without what is not asked for: all of it absent is no filter. */
function named(filter: Filter): Filter {
  const entries = Object.entries(filter).filter(([, value]) => value !== undefined && value !== null);
  return entries.length === 0 ? NO_FILTER : (Object.fromEntries(entries) as Filter);
}
