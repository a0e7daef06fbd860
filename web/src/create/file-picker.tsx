import type { ComponentChildren } from 'preact';
import { useRef } from 'preact/hooks';

interface FilePickerProps {
  readonly class?: string;
  readonly multiple?: boolean;
  /** Opens the camera, where there is one. */
  readonly camera?: boolean;
  readonly label?: string;
  readonly children: ComponentChildren;
  readonly onFiles: (files: File[]) => void;
}

/** A button that asks for picture files. */
export function FilePicker({ class: name = 'button', multiple, camera, label, children, onFiles }: FilePickerProps) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <button type="button" class={name} aria-label={label} onClick={() => input.current!.click()}>
        {children}
      </button>
      <input
        ref={input}
        type="file"
        hidden
        accept="image/*"
        multiple={multiple}
        capture={camera ? 'environment' : undefined}
        onChange={({ currentTarget }) => {
          const files = [...currentTarget.files!];
          // The same file may be chosen again.
          currentTarget.value = '';
          if (files.length > 0) onFiles(files);
        }}
      />
    </>
  );
}
