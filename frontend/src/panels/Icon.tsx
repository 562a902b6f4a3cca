/** Line icons of the buttons, 16 px, in the colour of their text. */
const PATHS = {
  plus: "M8 3v10M3 8h10",
  minus: "M3 8h10",
  fit: "M3 6V3h3M10 3h3v3M13 10v3h-3M6 13H3v-3",
  close: "M4 4l8 8M12 4l-8 8",
  left: "M10 3L5 8l5 5",
  right: "M6 3l5 5-5 5",
  up: "M3 10l5-5 5 5",
  menu: "M2.5 4.5h11M2.5 8h11M2.5 11.5h11",
  grid: "M2.5 2.5h11v11h-11zM2.5 6.2h11M2.5 9.8h11M6.2 2.5v11M9.8 2.5v11",
  rank: "M3 4h10M3 8h7M3 12h4",
  chart: "M2.5 13.5h11M4.500 11V8M8 11V3.500M11.500 11V6",
  help: "M6 6a2 2 0 1 1 2.8 1.8c-.6.3-.8.7-.8 1.4M8 11.9v.2",
  moon: "M13 9.5A5.5 5.5 0 0 1 6.5 3 5.5 5.5 0 1 0 13 9.5z",
  sun: "M8 5.2a2.8 2.8 0 1 0 0 5.6 2.8 2.8 0 0 0 0-5.6zM8 1.5v1.3M8 13.2v1.3M1.5 8h1.3M13.2 8h1.3M3.4 3.4l.9.9M11.7 11.7l.9.9M12.6 3.4l-.9.9M4.3 11.7l-.9.9",
  check: "M3 8.5l3.2 3.2L13 5",
  save: "M8 2.500v7.500M5 7.200l3 3 3-3M3 11.500v2h10v-2",
  note: "M3 2.5h10v7.500l-3.500 3.500H3zM13 10H9.500v3.500M5.500 5.500h5M5.500 8h3",
  lasso: "M6 11.500C3.500 11 2 9.600 2 7.500 2 4.700 4.700 3 8 3s6 1.700 6 4.500S11.300 12 8 12a9 9 0 0 1-2-.2M6 11.700a1.400 1.400 0 1 0-1.400 1.300c.6 0 1.100-.3 1.300-.8",
  cells: "M2.500 2.500h5v5h-5zM8.500 8.500h5v5h-5zM9.500 5h4M11.500 3v4",
  pin: "M6 2.5h4M6.5 2.5v4L4.5 9h7L9.500 6.500v-4M8 9v4.500",
  link: "M6.8 9.2a2.5 2.5 0 0 0 3.6 0l2-2a2.5 2.5 0 0 0-3.6-3.6l-.8.8M9.2 6.8a2.5 2.5 0 0 0-3.6 0l-2 2a2.5 2.5 0 0 0 3.6 3.6l.8-.8",
} as const;

export function Icon({ name }: { name: keyof typeof PATHS }) {
  return (
    <svg class="icon-svg" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} fill="none" stroke="currentColor" stroke-width="1.4" stroke-linecap="round" stroke-linejoin="round" />
    </svg>
  );
}
