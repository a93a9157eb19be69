import { join } from 'node:path';
import { bundle, filesOf } from './bundle.ts';

/** The parts of the Serverless Framework that are used here. */
type Serverless = {
  readonly serviceDir: string;
  readonly service: {
    readonly functions: Readonly<Record<string, Definition>>;
  };
  readonly pluginManager: { getPlugins(): readonly object[] };
};
type Definition = { readonly handler: string; package?: { artifact?: string } };
type CliOptions = { readonly function?: string; extraServicePath?: string };

/** The framework's own packager: its archives hold no timestamps, so unchanged functions are not deployed again. */
type Packager = { zipFiles(files: readonly string[], name: string, root: string): Promise<string> };

const cache = 'node_modules/.cache/bundled';

/**
 * Bundles the functions: `package` and `deploy` ship one small archive each, and `invoke local` runs the same bundle.
 */
export default class PackagingPlugin {
  readonly hooks: Readonly<Record<string, () => Promise<void>>>;
  readonly #serverless: Serverless;
  readonly #options: CliOptions;

  constructor(serverless: Serverless, options: CliOptions) {
    this.#serverless = serverless;
    this.#options = options;
    this.hooks = {
      'before:package:createDeploymentArtifacts': () => this.#archive(),
      'before:package:function:package': () => this.#archive(),
      'before:invoke:local:invoke': () => this.#invokeBundle(),
    };
  }

  /** The function that the command names, or all of them. */
  get #wanted(): readonly (readonly [name: string, definition: Definition])[] {
    const { function: only } = this.#options;
    return Object.entries(this.#serverless.service.functions).filter(
      ([name]) => only === undefined || name === only,
    );
  }

  async #bundleInto(outputDir: string): Promise<void> {
    const handlers = this.#wanted.map(([, { handler }]) => handler);
    await bundle({ projectDir: this.#serverless.serviceDir, outputDir, handlers });
  }

  async #archive(): Promise<void> {
    const folder = join(cache, 'package');
    await this.#bundleInto(join(this.#serverless.serviceDir, folder));
    const packager = this.#packager();
    await Promise.all(
      this.#wanted.map(async ([name, definition]) => {
        const files = filesOf(folder, definition.handler);
        const artifact = await packager.zipFiles(files, `${name}.zip`, folder);
        definition.package = { ...definition.package, artifact };
      }),
    );
  }

  #packager(): Packager {
    const isPackager = (plugin: object): plugin is Packager => 'zipFiles' in plugin;
    const packager = this.#serverless.pluginManager.getPlugins().find(isPackager);
    if (packager === undefined) throw new Error('the Serverless Framework has no packager any more');
    return packager;
  }

  async #invokeBundle(): Promise<void> {
    const folder = join(cache, 'invoke-local');
    await this.#bundleInto(join(this.#serverless.serviceDir, folder));
    this.#options.extraServicePath = folder;
  }
}
