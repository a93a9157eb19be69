import { useSignal } from '@preact/signals';
import { asking } from './asking/ask.ts';
import { Failure } from './asking/failure.ts';
import { SEARCH_ID } from './keys.ts';
import { addressOf, goTo } from './router.ts';

/** Takes any id: an order's, an event's, or one that the provider has given. */
export function Search() {
  const said = useSignal('');
  const find = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const box = document.getElementById(SEARCH_ID) as HTMLInputElement;
    const id = box.value.trim();
    if (id === '') return;
    said.value = 'Looking…';
    try {
      const { body } = await asking()('GET /lookup', { query: { id } });
      said.value = '';
      box.value = '';
      box.blur();
      goTo(addressOf(`/sagas/${body.orderId}`));
    } catch (error) {
      said.value = error instanceof Failure ? error.message : String(error);
    }
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: <search> is not known to every browser
    <form role="search" onSubmit={(event) => void find(event)}>
      <label class="hidden" for={SEARCH_ID}>
        Any id: of an order, an event, a payment intent or a refund
      </label>
      <input
        id={SEARCH_ID}
        type="search"
        maxLength={512}
        autocomplete="off"
        spellcheck={false}
        aria-keyshortcuts="/"
        placeholder="Any id: an order’s, an event’s, pi_…, re_…   ( / )"
      />
      <p class="found" role="status">
        {said}
      </p>
    </form>
  );
}
