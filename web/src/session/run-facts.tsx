import type { SessionDetailsFragment } from '../generated/graphql';
import { duration, loss } from '../ui/format';
import type { ProgressEvent } from './use-progress';

interface RunFactsProps {
  readonly session: SessionDetailsFragment;
  readonly event: ProgressEvent | null;
}

/** How far a run is, how fast, and for how long yet. */
export function RunFacts({ session, event }: RunFactsProps) {
  const { step, totalSteps, queuePosition, status } = session;
  const running = status === 'RUNNING';
  const percent = Math.floor((100 * step) / totalSteps);
  const { scale, losses, stepsPerSecond, etaMs } = event ?? {};
  return (
    <section class="panel facts" aria-label="Progress">
      <div class="facts-head">
        <strong class="facts-percent">{percent} %</strong>
        <span class="soft">{running ? timeLeft(etaMs) : waiting(status, queuePosition)}</span>
      </div>
      <div
        class="progress"
        role="progressbar"
        aria-label="Steps done"
        aria-valuemin={0}
        aria-valuemax={totalSteps}
        aria-valuenow={step}
        aria-valuetext={`Step ${step} of ${totalSteps}`}
      >
        <div style={{ transform: `scaleX(${step / totalSteps})` }} />
      </div>
      <dl class="fact-grid">
        <Fact name="Step" value={`${step} of ${totalSteps}`} />
        <Fact
          name="Scale"
          value={scale ? `${scale.index + 1} of ${scale.count}` : '–'}
          more={scale ? `${scale.width} × ${scale.height}` : undefined}
        />
        <Fact name="Speed" value={running && stepsPerSecond ? `${stepsPerSecond.toPrecision(2)} steps/s` : '–'} />
        <Fact name="Total loss" value={losses ? loss(losses.total) : '–'} />
      </dl>
    </section>
  );
}

function Fact({ name, value, more }: { name: string; value: string; more?: string | undefined }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        {value}
        {more && <small>{more}</small>}
      </dd>
    </div>
  );
}

function timeLeft(etaMs: number | null | undefined): string {
  return typeof etaMs === 'number' ? `${duration(etaMs)} left` : 'Getting under way …';
}

function waiting(status: string, position: number | null): string {
  if (status !== 'QUEUED') return '';
  return position ? `${position} before it` : 'Next in line';
}
