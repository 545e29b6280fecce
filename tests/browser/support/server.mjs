// The real server binary as a process: started, killed without warning, started again.

import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { Hopeless, until } from "./wait.mjs";

const workspaceRoot = fileURLToPath(new URL("../../..", import.meta.url));

/** The binary under test: `THREADLINE_BIN`, or what `cargo build` left in the target folder. */
export const binary =
  process.env.THREADLINE_BIN ??
  resolve(workspaceRoot, process.env.CARGO_TARGET_DIR ?? "target", "debug/threadline");

/** Every process there was; killing one that has ended does nothing. */
const started = [];
process.once("exit", () => started.forEach((child) => child.kill("SIGKILL")));
// So the runner ends a file that hangs; without a listener the process would go without an `exit`.
process.once("SIGTERM", () => process.exit(1));

/** The demo's workspace. */
export const WORKSPACE = "foldwell";

/** Runs a subcommand to its end, and gives what it printed. */
export async function threadline(...args) {
  const { stdout } = await promisify(execFile)(binary, args);
  return stdout;
}

/** A server with a port and a data folder that outlive its process. */
export class Server {
  #command;
  #args;
  #ownsData;
  #process;
  #output = "";

  /** Use {@link Server.start}. */
  constructor(command, args, data, ownsData, port) {
    this.#command = command;
    this.#args = args;
    this.#ownsData = ownsData;
    /** Folder of the server's database. */
    this.data = data;
    this.port = port;
    /** `http://127.0.0.1:PORT`, without a slash at the end. */
    this.origin = `http://127.0.0.1:${port}`;
  }

  /**
   * Starts the server and resolves when it answers `/healthz`.
   *
   * @param {object} [options]
   * @param {"serve" | "demo"} [options.command]
   * @param {string[]} [options.args] - further arguments of the command
   * @param {string} [options.data] - an existing folder; else a new one, removed by `stop`
   * @param {number} [options.port] - else a free one
   */
  static async start({ command = "serve", args = [], data, port } = {}) {
    const folder = data ?? (await mkdtemp(join(tmpdir(), "threadline-")));
    const server = new Server(
      command,
      args,
      folder,
      data === undefined,
      port ?? (await freePort()),
    );
    try {
      await server.restart();
    } catch (error) {
      await server.stop();
      throw error;
    }
    return server;
  }

  /** What the processes have printed so far, standard output and error together. */
  get output() {
    return this.#output;
  }

  /** The addresses printed so far, such as the two links of the demo, in order. */
  get links() {
    return this.#output.match(/https?:\/\/[^\s"'<>]+/g) ?? [];
  }

  /** Starts the process on the same port and data; the old one must be gone. */
  async restart() {
    const child = spawn(
      binary,
      [this.#command, "--listen", `127.0.0.1:${this.port}`, "--data", this.data, ...this.#args],
      { stdio: ["ignore", "pipe", "pipe"] },
    );
    this.#process = child;
    let failure;
    child.on("error", (error) => (failure = error));
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text) => (this.#output += text));
      stream.unref();
    }
    // A test that fails before it stops its server must neither hang nor leave it running.
    child.unref();
    started.push(child);
    const answers = async () => {
      if (failure) throw new Hopeless(`${binary} does not start`, { cause: failure });
      if (ended(child)) throw new Hopeless(`the server ended while starting:\n${this.#output}`);
      const answer = await fetch(`${this.origin}/healthz`, { signal: AbortSignal.timeout(2_000) });
      return answer.ok;
    };
    await until("the server answers /healthz", answers);
  }

  /** SIGKILL: the process gets no chance to write or to say goodbye. */
  async kill() {
    await end(this.#process, "SIGKILL");
  }

  /** SIGTERM, then removes the data folder if it was made here. */
  async stop() {
    await end(this.#process, "SIGTERM");
    if (this.#ownsData) await rm(this.data, { recursive: true, force: true });
  }

  /**
   * Takes in a mail, as a mail relay would bring it.
   *
   * @param {string} mail - RFC 5322, with any line ends
   * @param {string} [workspace] - else the demo's
   */
  async receive(mail, workspace = WORKSPACE) {
    const token = await this.token({ workspace, member: "relay", role: "service" });
    const path = `/v1/workspaces/${workspace}/channels/email/inbound`;
    const answer = await fetch(this.origin + path, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "message/rfc822" },
      body: mail.replace(/\r?\n/g, "\r\n"),
    });
    if (!answer.ok) throw new Error(`the mail was not taken in: ${await answer.text()}`);
  }

  /**
   * A token that this server's data folder vouches for.
   *
   * @param {{ workspace: string, member: string, role?: "agent" | "admin" | "service", ttl?: number }}
   * who - `ttl` in seconds, else as long as the server's own
   * @returns {Promise<string>}
   */
  async token({ workspace, member, role = "agent", ttl }) {
    const who = ["--workspace", workspace, "--member", member, "--role", role];
    const life = ttl === undefined ? [] : ["--ttl", String(ttl)];
    return (await threadline("token", "--data", this.data, ...who, ...life)).trim();
  }
}

const ended = (child) => child.exitCode !== null || child.signalCode !== null;

async function end(child, signal) {
  // Without a pid it never ran.
  if (child.pid === undefined || ended(child)) return;
  const exit = once(child, "exit");
  child.ref();
  child.kill(signal);
  await exit;
}

async function freePort() {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address();
  probe.close();
  await once(probe, "close");
  return port;
}
