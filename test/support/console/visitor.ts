import axe from 'axe-core';
import { type Browser, chromium, type Page } from 'playwright-core';
import { findChromium } from './chromium.ts';

/** A person at the console, in a real browser. */
export interface Visitor {
  readonly page: Page;
  /** What the browser complained of since it was opened: violations of the page's policy, and errors of its script. */
  readonly complaints: readonly string[];
  /** The clicks since the page was opened. */
  readonly clicks: () => number;
  open(path: string): Promise<void>;
  click(name: string | RegExp, role?: 'link' | 'button' | 'checkbox'): Promise<void>;
  /** A part of the page as it is seen: what is hidden is not in it. */
  text(of: string): Promise<string>;
  /** The value of an expression in the page. */
  evaluate(expression: string): Promise<unknown>;
  /** What axe finds wrong with the page as it is: rule, and element. https://github.com/dequelabs/axe-core */
  flaws(): Promise<readonly string[]>;
  leave(): Promise<void>;
}

export const startBrowser = async (): Promise<Browser> =>
  await chromium.launch({
    executablePath: await findChromium(),
    // Its own sandbox does not run as root: https://chromium.googlesource.com/chromium/src/+/HEAD/docs/linux/sandboxing.md
    args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
  });

interface Looks {
  readonly colorScheme?: 'light' | 'dark';
  readonly width?: number;
}

/** The mark of a complaint among what a page says to its console. */
const VIOLATION = 'violates the policy:';

/** Rule and element of each violation. */
const AXE = `axe.run().then(({ violations }) =>
  violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => id + ': ' + html)))`;

export async function visit(
  browser: Browser,
  url: string,
  { colorScheme = 'light', width = 1280 }: Looks = {},
): Promise<Visitor> {
  const context = await browser.newContext({ colorScheme, viewport: { width, height: 900 } });
  await context.addInitScript(`
    document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) =>
      console.error('${VIOLATION}', violatedDirective, blockedURI));
  `);
  const page = await context.newPage();
  const complaints: string[] = [];
  let clicks = 0;
  page.on('console', (message) => {
    // A call that is refused is told there, too.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
      complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  // The page's policy forbids eval, which the browser's driver would use.
  const session = await context.newCDPSession(page);
  const evaluate = async (expression: string): Promise<unknown> => {
    const { result, exceptionDetails } = await session.send('Runtime.evaluate', {
      ...{ expression, awaitPromise: true, returnByValue: true, userGesture: true },
    });
    if (exceptionDetails !== undefined) throw new Error(exceptionDetails.exception?.description);
    return result.value;
  };
  return {
    page,
    complaints,
    evaluate,
    clicks: () => clicks,
    open: async (path) => {
      clicks = 0;
      await page.goto(`${url}${path}`);
    },
    click: async (name, role = 'link') => {
      clicks += 1;
      await page.getByRole(role, { name, exact: true }).first().click();
    },
    // biome-ignore lint/performance/useDomNodeTextContent: a table's cells and what is hidden run together in it
    text: (of) => page.locator(of).innerText(),
    flaws: async () => {
      await evaluate(axe.source);
      return (await evaluate(AXE)) as readonly string[];
    },
    leave: () => context.close(),
  };
}
