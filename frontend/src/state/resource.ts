/**
 * Data that follows a key: when the key changes the old request is given up, the old data stays until the new is there, and
 * what was loaded before is answered at once. A server that does not answer is asked again, ever less often.
 */
import { effect, signal, type ReadonlySignal, type Signal } from "@preact/signals";
import { NetworkError } from "../api/errors";

export interface Loaded<T> {
  /** The key that `data` belongs to; null before anything came. */
  readonly key: string | null;
  readonly data: T | null;
  readonly error: Error | null;
  readonly loading: boolean;
}

export interface Resource<T> {
  readonly state: ReadonlySignal<Loaded<T>>;
  /** Ask again, past the cache. */
  reload(): void;
  dispose(): void;
}

const EMPTY = { key: null, data: null, error: null, loading: false } as const;
const RETRY_FIRST_MS = 1000;
const RETRY_LAST_MS = 15000;

/**
 * @param key names what is wanted; null for nothing. The same key must mean the same data.
 * @param load fetches it; called with the key that is current.
 * @param offline set to true while the server does not answer, to false once it does.
 */
export function resource<T>(
  key: ReadonlySignal<string | null>,
  load: (signal: AbortSignal) => Promise<T>,
  offline: Signal<boolean>,
  { keep = true, cached = 8 }: { keep?: boolean; cached?: number } = {},
): Resource<T> {
  const state = signal<Loaded<T>>(EMPTY);
  const again = signal(0);
  const cache = new Map<string, T>();
  let lastAgain = 0;

  const dispose = effect(() => {
    const wanted = key.value;
    const forced = again.value !== lastAgain;
    lastAgain = again.value;
    if (wanted === null) {
      state.value = EMPTY;
      return;
    }
    const known = forced ? undefined : cache.get(wanted);
    if (known !== undefined) {
      cache.delete(wanted);
      cache.set(wanted, known);
      state.value = { key: wanted, data: known, error: null, loading: false };
      return;
    }
    const abort = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    let wait = RETRY_FIRST_MS;
    const before = state.peek();
    const kept = keep || before.key === wanted ? before : EMPTY;
    state.value = { key: kept.key, data: kept.data, error: null, loading: true };

    const attempt = async (): Promise<void> => {
      try {
        const data = await load(abort.signal);
        if (abort.signal.aborted) return;
        cache.set(wanted, data);
        if (cache.size > cached) cache.delete(cache.keys().next().value as string);
        offline.value = false;
        state.value = { key: wanted, data, error: null, loading: false };
      } catch (error) {
        if (abort.signal.aborted) return;
        state.value = { ...state.peek(), error: error instanceof Error ? error : new Error(String(error)), loading: false };
        if (error instanceof NetworkError) {
          offline.value = true;
          timer = setTimeout(() => void attempt(), wait);
          wait = Math.min(RETRY_LAST_MS, wait * 2);
        } else {
          offline.value = false;
        }
      }
    };
    void attempt();
    return () => {
      abort.abort();
      clearTimeout(timer);
    };
  });

  return { state, reload: () => void again.value++, dispose };
}
