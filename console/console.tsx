import { render } from 'preact';
import { Help } from './help.tsx';
import { listenForKeys } from './keys.ts';
import { Later } from './later.tsx';
import { DeadLettersPage } from './pages/dead-letters.tsx';
import { SagaPage } from './pages/saga.tsx';
import { StartPage } from './pages/start.tsx';
import { decoded, place, route } from './router.ts';
import { Search } from './search.tsx';

const playground = async () => (await import('./playground/page.tsx')).PlaygroundPage;

function Page() {
  const { path } = place.value;
  const [, room, name = ''] = path.split('/');
  document.title = `${name || (room === 'playground' ? 'Playground' : 'What is stuck')} · OrderSaga`;
  if (room === '') return <StartPage />;
  if (room === 'playground' && name === '') return <Later load={playground} />;
  if (room === 'sagas' && name !== '') return <SagaPage key={name} sagaId={decoded(name)} />;
  if (room === 'dead-letters' && name !== '') return <DeadLettersPage key={name} name={decoded(name)} />;
  return (
    <main>
      <h1 tabIndex={-1}>There is no such page</h1>
      <p>
        <a href="/">What is stuck</a> is the first one.
      </p>
    </main>
  );
}

const App = () => (
  <>
    <header>
      <a class="brand" href="/">
        <img src="/icon.svg" alt="" width="22" height="22" /> OrderSaga
      </a>
      <Search />
      <a href="/playground">Playground</a>
      <Help />
    </header>
    <Page />
  </>
);

route();
listenForKeys();
render(<App />, document.body);
