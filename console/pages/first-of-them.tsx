import { useRef } from 'preact/hooks';

interface FirstOf {
  readonly count: number;
  readonly onChoose: (first: number) => void;
}

/** Selects so many, from the first one on: of many one tries some. */
export function FirstOfThem({ count, onChoose }: FirstOf) {
  const box = useRef<HTMLInputElement>(null);
  return (
    <form
      class="first"
      onSubmit={(event) => {
        event.preventDefault();
        const first = Number(box.current?.value);
        if (first > 0) onChoose(first);
      }}
    >
      <label>
        the first{' '}
        <input ref={box} name="first" type="number" min="1" max={count} step="1" required placeholder="10" />
      </label>{' '}
      <button type="submit">Select</button>
    </form>
  );
}
