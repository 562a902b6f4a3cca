/**
 * Numbers of which more is shown while one points at them, and whose click leads on. A finger cannot point: its first tap shows, and the
 * next one leads on. By keys the focus shows.
 */
import { useRef, useState } from "preact/hooks";
import "./Told.css";

export interface Pointed {
  /** What is shown now. */
  readonly key: string | null;
  /** Handlers of a button that shows `key`, and leads on where there is a way. */
  on(key: string, go: (() => void) | null): {
    onPointerDown: (event: PointerEvent) => void;
    onMouseEnter: () => void;
    onFocus: () => void;
    onClick: () => void;
  };
}

export function usePointed(): Pointed {
  const [shown, show] = useState<string | null>(null);
  const shows = useRef(false);
  // After a tap the browser's own pointer stays there, and enters whatever the page then moves under it.
  const finger = useRef(false);
  return {
    key: shown,
    on: (key, go) => ({
      onPointerDown: (event) => {
        finger.current = event.pointerType === "touch";
        shows.current = finger.current && key !== shown;
      },
      onMouseEnter: () => {
        if (!finger.current) show(key);
      },
      onFocus: () => show(key),
      onClick: () => {
        show(key);
        if (!shows.current) go?.();
        shows.current = false;
      },
    }),
  };
}
