import type { Hearing } from '../choreography.ts';
import { choreography } from '../declared.ts';
import type { Diagram } from '../diagram/diagram.ts';
import { differenceOf } from '../diagram/difference.ts';

interface Compared {
  readonly diagram: Diagram;
  readonly hasEnded: boolean;
}

/** What is not as the declaration has it if nothing fails. */
export function DifferenceToIdeal({ diagram, hasEnded }: Compared) {
  const { happened, missing, besides } = differenceOf(diagram, choreography);
  return (
    <section aria-labelledby="difference">
      <h2 id="difference">Compared with the path on which nothing fails</h2>
      {missing.length === 0 && besides.length === 0 && <p class="calm">✓ Just as declared.</p>}
      <dl class="difference">
        <Part title="happened" lines={happened.map((each) => `✓ ${textOf(each)}`)} />
        <Part
          title={hasEnded ? 'did not happen' : 'has not happened yet'}
          lines={missing.map((each) => `${hasEnded ? '✕' : '…'} ${textOf(each)}`)}
        />
        <Part
          title="happened besides"
          lines={besides.map(
            ({ to, label, status, kind, why }) =>
              `+ ${label} at ${to}: ${kind === 'moved' ? (status ?? '') : (why ?? '')}`,
          )}
        />
      </dl>
    </section>
  );
}

const textOf = ({ service, type }: Hearing): string => `${service} hears ${type}`;

const Part = ({ title, lines }: { readonly title: string; readonly lines: readonly string[] }) =>
  lines.length === 0 ? null : (
    <div>
      <dt>{title}</dt>
      {lines.map((line, index) => (
        <dd key={index}>{line}</dd>
      ))}
    </div>
  );
