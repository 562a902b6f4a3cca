/** The store for components, and small things that several of them need. */
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { Store } from "../state/store";

export const StoreContext = createContext<Store | null>(null);

export function useStore(): Store {
  const store = useContext(StoreContext);
  if (!store) throw new Error("useStore needs a StoreContext above it");
  return store;
}
