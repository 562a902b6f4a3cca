/** Before there is an atlas: loading, or what went wrong and a way out. */
import { useStore } from "./context";
import "./Start.css";

export function Start() {
  const { failure, root } = useStore();
  if (!failure.value) return <main class="start-page" aria-busy="true" aria-label="Loading" />;
  return (
    <main class="start-page">
      <h1>This atlas cannot be shown</h1>
      <p role="alert">{failure.value.message}</p>
      <p class="start-ways">
        <button type="button" class="button" onClick={() => location.reload()}>
          Try again
        </button>
        <a class="button" href={root}>
          All atlases
        </a>
      </p>
    </main>
  );
}
