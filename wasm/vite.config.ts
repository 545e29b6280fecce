import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

/**
 * Indentation in templates and style sheets is for authors, and 2 KiB of the compressed shell.
 * Everywhere else in the element's code it means nothing, so all of it can go.
 */
const withoutIndentation = {
  name: "threadline-without-indentation",
  enforce: "pre" as const,
  transform(code: string, id: string) {
    return id.includes("/js/element/") ? { code: code.replace(/\n\s+/g, "\n"), map: null } : null;
  },
};

const ENTRY = fileURLToPath(new URL("js/define.ts", import.meta.url));

/** Whether a module comes with the entry, through imports that are not `import()`. */
function isShell(
  id: string,
  graph: { getModuleInfo(id: string): { importers: string[] } | null },
  seen = new Set<string>(),
): boolean {
  if (id === ENTRY) return true;
  if (seen.has(id)) return false;
  seen.add(id);
  return graph.getModuleInfo(id)?.importers.some((by) => isShell(by, graph, seen)) ?? false;
}

// Builds what one script tag loads: `dist/threadline.js`, the chunks it imports when they are
// needed, and the wasm beside them; and the page for iframes, `dist/embed.html`, which loads the
// same. The library for bundlers is emitted by `tsc` (`lib/`).
export default defineConfig({
  plugins: [withoutIndentation],
  // Chunks and wasm are found relative to the script, wherever a host puts the folder.
  base: "./",
  build: {
    target: "es2022",
    // An asset inlined as a data: address would need a wider content security policy.
    assetsInlineLimit: 0,
    modulePreload: false,
    rolldownOptions: {
      input: { threadline: "js/define.ts", embed: "js/embed.ts" },
      preserveEntrySignatures: "strict",
      output: {
        entryFileNames: "[name].js",
        // Named by content: a cached script never meets a chunk or wasm of another build.
        chunkFileNames: "[name]-[hash].js",
        assetFileNames: "[name]-[hash][extname]",
        // Without this, whatever a lazy part shares with the shell is a request more at the start.
        codeSplitting: {
          groups: [
            { name: (id, graph) => (isShell(id, graph) ? "shell" : null), debugName: "shell" },
          ],
        },
      },
    },
  },
  test: {
    include: ["js/**/*.test.ts"],
    // A deadline for what hangs, not a measure: a busy machine takes long to compile a test.
    testTimeout: 60_000,
  },
});
