import { tableVariableOf } from '../../../engine/environment/environment.ts';
import type { Saga } from '../../../engine/saga/saga.ts';
import { participantFunctions } from '../../functions/participant-functions.ts';
import { declarationFile, sagaFolder } from '../project.ts';
import { type Configuration, PARTICIPANTS_PLUGIN, SHARDS_PLUGIN } from './configuration.ts';
import type { Sources } from './sources.ts';
import { variablesIn } from './variables.ts';

/** What has to agree for every participant to be able to work. */
export interface Wiring {
  readonly saga: Saga;
  readonly serverless: Configuration;
  readonly sources: Sources;
  /** The tables that there are. */
  readonly tables: readonly string[];
  /** The queues that each service reads. */
  readonly queuesOf: (service: string) => readonly string[];
}

/** What is wrong and what to do about it, one sentence each; empty when all is well. */
export type WiringCheck = (wiring: Wiring) => readonly string[];

const isIn = (folder: string, sources: Sources): boolean =>
  Object.keys(sources).some((path) => path.startsWith(`${folder}/`));

/** Where one is missing, so is much else that follows from it. */
const everyPluginIsNamed: WiringCheck = ({ serverless }) =>
  [PARTICIPANTS_PLUGIN, SHARDS_PLUGIN]
    .filter((plugin) => !serverless.plugins.includes(plugin))
    .map(
      (plugin) =>
        `serverless.yml does not name the plugin ${plugin}: add it to plugins, and what ${declarationFile} declares is there.`,
    );

/** Of a service that is one file, and of one that is a folder. */
const isOf = (service: string, path: string): boolean =>
  path.startsWith(`${sagaFolder}/${service}/`) || path.startsWith(`${sagaFolder}/${service}.`);

const everyServiceHasItsFolder: WiringCheck = ({ saga, sources }) =>
  saga.services
    .filter((service) => !Object.keys(sources).some((path) => isOf(service, path)))
    .map(
      (service) =>
        `The participant ${service} has no folder ${sagaFolder}/${service}: make it with npm run new, or take ${service} out of ${declarationFile}.`,
    );

/** A folder that is missing is told above. */
const everyServiceHasItsFunctions: WiringCheck = ({ saga, serverless, sources }) =>
  participantFunctions(saga)
    .filter(([name, { handler }]) => serverless.functions[name]?.handler !== handler)
    .filter(([, { handler }]) => isIn(handler.split('/').slice(0, 2).join('/'), sources))
    .map(([name, { handler }]) =>
      serverless.functions[name] === undefined
        ? `There is no function ${name}, which runs ${handler}: let serverless.yml name the plugin ${PARTICIPANTS_PLUGIN}.`
        : `The function ${name} is not ${handler}: leave it to ${declarationFile}, and take it out of serverless.yml.`,
    );

/** Lambda splits a handler at the first dot of its last part. https://docs.aws.amazon.com/lambda/latest/dg/nodejs-handler.html */
const everyHandlerExists: WiringCheck = ({ serverless, sources }) =>
  Object.entries(serverless.functions).flatMap(([name, { handler }]) => {
    const path = handler.split('/');
    const [file = '', exported = '', ...rest] = (path.pop() ?? '').split('.');
    if (exported === '' || rest.length > 0) {
      return [
        `The function ${name} has the handler ${handler}: give it exactly one dot, before what the file exports.`,
      ];
    }
    const folder = path.join('/');
    const source = sources[`${folder}/${file}.ts`];
    if (source === undefined) {
      // A participant without its folder lacks all of them.
      return isIn(folder, sources)
        ? [
            `The function ${name} has no file ${folder}/${file}.ts: write it, as its neighbours in ${sagaFolder}/ have it.`,
          ]
        : [];
    }
    return new RegExp(`^export (const|(async )?function) (\\{[^}]*\\b)?${exported}\\b`, 'm').test(source)
      ? []
      : [`The function ${name} is not in ${folder}/${file}.ts: have that file export ${exported}.`];
  });

const everyQueueHasItsFunction: WiringCheck = ({ saga, serverless, queuesOf }) => {
  const consumers = Object.values(serverless.functions).flatMap(({ handler, events }) =>
    events.flatMap(({ rabbitmq }) => (rabbitmq === undefined ? [] : [{ handler, queue: rabbitmq.queue }])),
  );
  const queues = saga.services.flatMap((service) => queuesOf(service).map((queue) => ({ service, queue })));
  return [
    ...queues.flatMap(({ service, queue }) => {
      const own = consumers.filter((each) => each.queue === queue);
      return [
        ...(own.length === 1
          ? []
          : [`${own.length} functions consume the queue ${queue}: exactly one has it as a rabbitmq event.`]),
        ...own
          .filter(({ handler }) => !isOf(service, handler))
          .map(({ handler }) => `${handler} consumes the queue ${queue}: only a function of ${service} may.`),
      ];
    }),
    ...consumers
      .filter((consumer) => !queues.some(({ queue }) => queue === consumer.queue))
      .map(
        ({ handler, queue }) =>
          `${handler} consumes ${queue}, which is nobody’s queue: name one of a participant.`,
      ),
  ];
};

/** The values of a service's table variable: the one for all functions, and those of functions that override it. */
const tablesTold = (service: string, { provider, functions }: Configuration) => {
  const variable = tableVariableOf(service);
  const own = Object.entries(functions).filter(([, { environment }]) => Object.hasOwn(environment, variable));
  return [
    { variable, table: provider.environment[variable], where: 'provider.environment' },
    ...own.map(([name, { environment }]) => ({
      ...{ variable, table: environment[variable] },
      where: `the environment of the function ${name}`,
    })),
  ];
};

const everyServiceHasItsVariable: WiringCheck = ({ saga, serverless }) =>
  saga.services.flatMap((service) =>
    tablesTold(service, serverless)
      .filter(({ table }) => !table)
      .map(
        ({ variable, where }) =>
          `${variable} names no table, so ${service} cannot find its records: take it out of ${where} in serverless.yml, and the declaration sets it.`,
      ),
  );

const everyServiceHasItsTable: WiringCheck = ({ saga, serverless, tables }) =>
  saga.services.flatMap((service) => {
    const isOf = (each: string, table: string) =>
      each !== service && serverless.provider.environment[tableVariableOf(each)] === table;
    return tablesTold(service, serverless).flatMap(({ variable, table, where }) => {
      if (!table) return [];
      if (!tables.includes(table)) {
        return [
          `The participant ${service} has no table: ${variable} names ${table}, and there are only ${tables.join(', ')}.`,
        ];
      }
      const other = saga.services.find((each) => isOf(each, table));
      if (other === undefined) return [];
      return [
        `${variable} names ${table}, which is the table of ${other}, too: take it out of ${where} in serverless.yml, and the declaration sets it.`,
      ];
    });
  });

/** Locally a function sees `AWS_…` and what is declared, nothing else. */
const whatIsReadIsDeclared: WiringCheck = ({ saga, serverless, sources }) => {
  const declared = Object.keys(serverless.provider.environment);
  return variablesIn(sources, saga)
    .filter(({ name }) => !declared.includes(name) && !name.startsWith('AWS_'))
    .map(({ name, path }) => `${path} reads ${name}: name it in provider.environment in serverless.yml.`);
};

export const participantChecks = {
  everyPluginIsNamed,
  everyServiceHasItsFolder,
  everyServiceHasItsFunctions,
  everyHandlerExists,
  everyQueueHasItsFunction,
  everyServiceHasItsVariable,
  everyServiceHasItsTable,
  whatIsReadIsDeclared,
} satisfies Record<string, WiringCheck>;
