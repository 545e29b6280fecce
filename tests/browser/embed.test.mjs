// A newcomer embeds the element from the documentation alone: what stands there is what runs here,
// with nothing changed but the names of the server, the site and the workspace.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { complaints, person } from "./support/browser.mjs";
import { docs } from "./support/docs.mjs";
import { WORKSPACE } from "./support/server.mjs";
import { siteStory } from "./support/site.mjs";
import { until } from "./support/wait.mjs";

const PACKAGE = fileURLToPath(new URL("../../wasm/", import.meta.url));

/** The tools a newcomer would get, held still. */
const VERSIONS = { vite: "8.3.8", webpack: "5.112.2", "webpack-cli": "6.0.1" };

/**
 * The day whose packages npm takes for everything that those and ours stand on, so that what somebody
 * publishes tomorrow fails nothing here. Not before the tools above.
 */
const AS_OF = "2026-11-22";

/** An installation that takes longer than this, in milliseconds, has no network. */
const INSTALL_MS = 180_000;

/** The package as it would be published, and a folder for projects. */
let packed;

before(async () => {
  const folder = await mkdtemp(join(tmpdir(), "threadline-projects-"));
  packed = { folder, tarball: "" };
  const { stdout } = await run("npm", ["pack", "--silent", "--pack-destination", folder], PACKAGE);
  packed.tarball = join(folder, stdout.trim());
});

after(async () => {
  if (packed) await rm(packed.folder, { recursive: true, force: true });
});

siteStory("one script tag embeds the inbox", async ({ browser, server, site }) => {
  site.pages = {
    "/index.html": docs.file("script-tag/index.html", real(server, site)),
    "/main.js": docs.file("script-tag/main.js"),
    "/style.css": docs.file("style.css"),
  };
  const { page, failures } = await visit(browser, site);
  await opens(page, page);
  await until("the site's title tells what is unread", async () =>
    /^Back office \(\d+\)$/.test(await page.title()),
  );
  assert.deepEqual(failures, []);
});

siteStory(
  "a frame shows the inbox to a page that can not read it",
  async ({ browser, server, site }) => {
    site.policy = `default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';
    frame-src http://127.0.0.1:${server.port}`.replace(/\s+/g, " ");
    site.pages = {
      "/index.html": docs.file("iframe/index.html", real(server, site)),
      "/main.js": docs.file("iframe/main.js"),
      "/style.css": docs.file("iframe/style.css"),
    };
    const { page, failures } = await visit(browser, site);
    const frame = page.frameLocator("iframe");
    await opens(page, frame);
    await until("the parent hears of unread conversations", async () =>
      /^Back office \(\d+\)$/.test(await page.title()),
    );
    const readable = await page.evaluate(
      () => document.querySelector("iframe").contentDocument !== null,
    );
    assert.equal(readable, false);
    assert.doesNotMatch(page.frames().at(-1).url(), /token/);

    // The parent changes an attribute.
    await page.evaluate(() => {
      const { contentWindow, src } = document.querySelector("iframe");
      const message = { type: "threadline-attributes", attributes: { theme: "dark" } };
      contentWindow.postMessage(message, new URL(src).origin);
    });
    await frame.locator('threadline-inbox[theme="dark"]').waitFor();
    assert.deepEqual(failures, []);
  },
);

siteStory("only a listed page can show the frame", async ({ browser, server, site }) => {
  site.pages = {
    "/index.html": docs.file("iframe/index.html", real(server, site)),
    "/main.js": docs.file("iframe/main.js"),
    "/style.css": docs.file("iframe/style.css"),
  };
  const { page } = await visit(browser, site);
  const inbox = page.frameLocator("iframe").locator("threadline-inbox");
  // The page has loaded, with its frame and the frame's script.
  assert.equal(await inbox.count(), 1);
  // The same site under a name that is not listed.
  await page.goto(site.origin.replace("127.0.0.1", "localhost"));
  assert.equal(await inbox.count(), 0);
});

siteStory("a fresh Vite project embeds the inbox", async ({ browser, server, site }) => {
  const folder = await project("vite", { server, site });
  await run("npx", ["vite", "build"], folder);
  site.folders = { "/": join(folder, "dist/") };
  const { page, failures } = await visit(browser, site);
  await opens(page, page);
  assert.deepEqual(failures, []);
});

siteStory("the site says where the core is", async ({ browser, server, site }) => {
  const folder = await project("vite", { server, site });
  await writeFile(join(folder, "main.js"), docs.file("wasm/main.js", real(server, site)));
  await run("npx", ["vite", "build"], folder);
  site.folders = { "/": join(folder, "dist/") };
  const { page, failures } = await visit(browser, site);
  await opens(page, page);
  assert.deepEqual(failures, []);
});

siteStory("a fresh webpack project embeds the inbox", async ({ browser, server, site }) => {
  const folder = await project("webpack", { server, site });
  await run("npx", ["webpack"], folder);
  site.folders = { "/": `${folder}/` };
  const { page, failures } = await visit(browser, site);
  await opens(page, page);
  assert.deepEqual(failures, []);
});

test("the package can be imported where there is no page, and registers nothing", async () => {
  const folder = await installed("vite");
  const script = `
    const before = Object.getOwnPropertyNames(globalThis).join();
    await import("threadline");
    console.log(Object.getOwnPropertyNames(globalThis).join() === before);
    await import("threadline/element");
    console.log(typeof window, customElements.get("threadline-inbox"));`;
  const { stdout } = await run("node", ["--input-type=module", "--eval", script], folder);
  assert.equal(stdout, "true\nundefined undefined\n");
});

/** What the documentation's names stand for. */
const real = (server, site) => ({
  server: `127.0.0.1:${server.port}`,
  site: new URL(site.origin).host,
  workspace: WORKSPACE,
});

/** Folders with the packages of a bundler, by its name: installing takes a while. */
const folders = new Map();

/** A new folder in which the documentation's commands have run. */
async function install(bundler) {
  const folder = await mkdtemp(join(packed.folder, `${bundler}-`));
  for (const command of docs.file(`${bundler}/install`).trim().split("\n")) {
    const [program, ...words] = command.split(" ");
    const exact = (word) => (word in VERSIONS ? `${word}@${VERSIONS[word]}` : word);
    const args = words.map((word) => (word === "threadline" ? packed.tarball : exact(word)));
    await run(program, args, folder);
  }
  return folder;
}

/** The same, made once. */
function installed(bundler) {
  if (!folders.has(bundler)) folders.set(bundler, install(bundler));
  return folders.get(bundler);
}

/** A project as the documentation has it. */
async function project(bundler, { server, site }) {
  const folder = await installed(bundler);
  for (const [name, body] of Object.entries(docs.files(bundler, real(server, site)))) {
    await writeFile(join(folder, name), body);
  }
  return folder;
}

/** Runs a program, for which npm stands still, and whose output is the error's message where it fails. */
async function run(program, args, cwd) {
  try {
    const env = { ...process.env, npm_config_before: AS_OF };
    return await promisify(execFile)(program, args, { cwd, env, timeout: INSTALL_MS });
  } catch (error) {
    throw new Error(`${program} ${args.join(" ")}\n${error.stdout}${error.stderr}`, {
      cause: error,
    });
  }
}

/** A person opens the site. */
async function visit(browser, site) {
  const page = await (await person(browser)).newPage();
  const failures = complaints(page, (text) => /favicon|404/.test(text));
  await page.goto(site.origin);
  return { page, failures };
}

/** The inbox comes up, and a note can be typed: the core runs and the parts it loads arrive. */
async function opens(page, frame) {
  const element = frame.locator("threadline-inbox");
  await element.getByRole("option").first().click();
  await element.getByRole("button", { name: "Edit note" }).first().click();
  await element.locator(".ProseMirror").click();
  await page.keyboard.type("Typed in somebody else's site.");
  await element.getByText("Typed in somebody else's site.").first().waitFor();
}
