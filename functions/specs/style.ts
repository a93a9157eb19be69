/** The page's only style: no font, picture or script comes from anywhere. */
export const STYLE = `
:root { color-scheme: light dark; --line: #8884; --soft: #8881; --dim: #666; --link: #0b57d0; --get: #1a7f37; --post: #0550ae; --put: #9a6700 }
@media (prefers-color-scheme: dark) { :root { --dim: #a0a0a0; --link: #8ab4f8; --get: #56d364; --post: #79c0ff; --put: #e3b341 } }
* { box-sizing: border-box }
body { margin: 0; font: 1rem/1.55 system-ui, sans-serif; display: grid; grid-template-columns: 17rem minmax(0, 1fr) }
nav { position: sticky; top: 0; height: 100vh; overflow: auto; padding: 1.5rem 1rem; border-right: 1px solid var(--line); font-size: .875rem }
nav h2 { font-size: .75rem; text-transform: uppercase; letter-spacing: .06em; color: var(--dim); margin: 1.2rem 0 .3rem; border: 0; padding: 0 }
nav a { display: block; padding: .15rem 0; color: inherit; overflow: hidden; text-overflow: ellipsis; white-space: nowrap }
main { padding: 1.5rem 2.5rem 6rem; max-width: 62rem }
h1 { margin: 0 } h2 { margin-top: 3rem; border-bottom: 1px solid var(--line); padding-bottom: .3rem } h3 { margin: 2.2rem 0 .3rem }
a { color: var(--link); text-decoration: none } a:hover { text-decoration: underline }
code, pre { font: .85rem/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace }
pre { background: var(--soft); border: 1px solid var(--line); border-radius: .4rem; padding: .8rem 1rem; white-space: pre-wrap; overflow-wrap: anywhere; margin: .5rem 0 }
pre i { font: .8rem system-ui, sans-serif; color: var(--dim) } pre b { font-weight: 600 }
table { border-collapse: collapse; width: 100%; margin: .5rem 0; font-size: .9rem }
td { border-top: 1px solid var(--line); padding: .35rem .8rem .35rem 0; vertical-align: top } td:first-child { white-space: nowrap }
summary { cursor: pointer; color: var(--dim); font-size: .9rem; margin-top: .4rem }
.method { display: inline-block; min-width: 3.2rem; font: 600 .8rem ui-monospace, monospace } .get { color: var(--get) } .post { color: var(--post) } .put { color: var(--put) }
.dim { color: var(--dim); font-size: .9rem; margin: .2rem 0 } .path { font: 600 1rem ui-monospace, monospace }
.role { border: 1px solid var(--line); border-radius: 1rem; padding: 0 .55rem; font-size: .8rem }
@media (max-width: 55rem) { body { display: block } nav { position: static; height: auto; border: 0 } main { padding: 1rem } }
`;
