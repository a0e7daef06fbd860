import type { ComponentChildren } from 'preact';
import { useRef, useState } from 'preact/hooks';
import { filesOf } from './pictures';

interface DropZoneProps {
  readonly class: string;
  readonly label: string;
  readonly children: ComponentChildren;
  readonly onFiles: (files: File[]) => void;
}

/** Takes picture files that are dropped on it. */
export function DropZone({ class: name, label, children, onFiles }: DropZoneProps) {
  const [over, setOver] = useState(false);
  // Entering a child is told before leaving its parent.
  const depth = useRef(0);
  const leave = () => {
    depth.current = 0;
    setOver(false);
  };
  return (
    <section
      class={`${name}${over ? ' over' : ''}`}
      aria-label={label}
      onDragEnter={(event) => {
        if (!event.dataTransfer?.types.includes('Files')) return;
        event.preventDefault();
        depth.current += 1;
        setOver(true);
      }}
      onDragOver={(event) => event.preventDefault()}
      onDragLeave={() => {
        depth.current -= 1;
        if (depth.current <= 0) leave();
      }}
      onDrop={(event) => {
        event.preventDefault();
        leave();
        const files = filesOf(event.dataTransfer);
        if (files.length > 0) onFiles(files);
      }}
    >
      {children}
    </section>
  );
}
