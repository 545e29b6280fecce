// What `npm run manifest` reads, and how: the element's own documentation becomes
// `custom-elements.json`, which editors and frameworks read.

import { readFileSync } from "node:fs";

const SOURCE = "js/element/inbox-element.ts";
const TOKENS = "js/element/styles/tokens.css.ts";
const TAG = "threadline-inbox";

/** Called by the browser or by Lit, and by nobody else. */
const LIFECYCLE = new Set(["connectedCallback", "disconnectedCallback"]);

/** Leaves what a host may use, and names files as the package has them. */
const forHosts = {
  name: "for-hosts",
  packageLinkPhase({ customElementsManifest: manifest }) {
    const [module] = manifest.modules;
    const element = module.declarations.find(({ name }) => name === "ThreadlineInbox");
    const isPublic = ({ privacy, name, static: ofClass, description = "" }) =>
      privacy === undefined &&
      !ofClass &&
      !LIFECYCLE.has(name) &&
      !description.includes("@internal");
    element.tagName = TAG;
    element.customElement = true;
    element.members = element.members.filter(isPublic);
    element.cssProperties = tokens(element.cssProperties);
    const path = "lib/element/inbox-element.js";
    const reference = { name: element.name, module: path };
    manifest.modules = [
      {
        kind: "javascript-module",
        path,
        declarations: [element],
        exports: [{ kind: "js", name: element.name, declaration: reference }],
      },
      {
        kind: "javascript-module",
        path: "lib/define.js",
        declarations: [],
        exports: [{ kind: "custom-element-definition", name: TAG, declaration: reference }],
      },
    ];
  },
};

/** Every custom property, with the value it begins with and what is said of it. */
function tokens(described) {
  const found = readFileSync(TOKENS, "utf8").matchAll(/^ *(--threadline-[\w-]+): ([^;]+);$/gm);
  return Array.from(found, ([, name, value]) => ({
    ...described.find((property) => property.name === name),
    name,
    default: value,
  }));
}

export default { globs: [SOURCE], litelement: true, plugins: [forHosts] };
