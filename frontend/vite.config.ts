/** Builds the viewer into the Python package; the page template finds the files through Vite's manifest. */
import { defineConfig } from "vite";

export default defineConfig({
  base: "./",
  build: {
    outDir: "../backend/ganatlas/server/static",
    emptyOutDir: true,
    manifest: true,
    target: "es2022",
    sourcemap: false,
    rollupOptions: { input: "src/main.tsx" },
    chunkSizeWarningLimit: 600,
  },
  // A development page (`npm run dev`) beside a running `ganatlas serve`.
  // `fs`: what numbers say is a table of the Python package.
  server: { fs: { allow: [".."] }, proxy: { "/api": process.env["GANATLAS_SERVER"] ?? "http://127.0.0.1:8000" } },
});
