import { tableVariableOf } from '../../../engine/environment/environment.ts';
import type { Saga } from '../../../engine/saga/saga.ts';
import type { Sources } from './sources.ts';

/** That a file reads a variable of its environment. */
export interface Reading {
  readonly path: string;
  readonly name: string;
}

/** `required` itself: the one place that may read a variable whose name it does not know. */
const READER = 'engine/environment/environment.ts';

const READINGS =
  /process\.env(?:\.(\w+)|\[['"](\w+)['"]\])?|\brequired\((?:'(\w+)'|(tableVariableOf)\((?:\w+\.)?service\))?/g;

/** Every variable that the sources read. A table's is read for each service. */
export const variablesIn = (sources: Sources, { services }: Saga): readonly Reading[] =>
  Object.entries(sources)
    .filter(([path]) => path !== READER)
    .flatMap(([path, source]) =>
      [...source.matchAll(READINGS)].flatMap(([text, member, index, name = member ?? index, table]) => {
        if (name !== undefined) return [{ path, name }];
        if (table !== undefined) return services.map((service) => ({ path, name: tableVariableOf(service) }));
        return [{ path, name: `${text}… by a name that cannot be checked` }];
      }),
    );
