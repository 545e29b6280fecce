// A mail server for tests. It prints its port, and then every mail that it was given whole, a
// line of JSON each. To whom a mail is says how it is treated:
//   busy…     the first time it is put off (451) after its last line
//   full…     the first time its recipient is put off (451)
//   gone…     nobody is there (550)
//   silent…   the mail is taken and the connection ends without an answer
//   slow…     the answer takes its time
import { SMTPServer } from "smtp-server";

const SLOW_MS = 50;

const seen = new Set();
const firstTime = (address) => !seen.has(address) && seen.add(address);
const answer = (responseCode, text) => Object.assign(new Error(text), { responseCode });

const server = new SMTPServer({
  // Passwords over an open line are for tests on one machine.
  allowInsecureAuth: true,
  disabledCommands: ["STARTTLS"],
  onAuth({ username, password }, _session, done) {
    const known = username === "shop" && password === "p@ss word";
    done(known ? null : answer(535, "Not you"), { user: username });
  },
  onRcptTo({ address }, _session, done) {
    if (address.startsWith("gone")) return done(answer(550, `5.1.1 ${address} does not live here`));
    if (address.startsWith("full") && firstTime(address)) return done(answer(451, "4.2.2 Full"));
    done();
  },
  async onData(stream, session, done) {
    // A server that is killed in the middle has sent no mail.
    const chunks = await stream.toArray().catch(() => undefined);
    if (!chunks) return;
    const to = session.envelope.rcptTo.map(({ address }) => address);
    const [first] = to;
    if (first.startsWith("busy") && firstTime(first)) return done(answer(451, "4.3.2 Later"));
    const from = session.envelope.mailFrom.address;
    console.log(JSON.stringify({ from, to, raw: Buffer.concat(chunks).toString() }));
    if (first.startsWith("silent")) return sockets.get(session.remotePort).destroy();
    if (first.startsWith("slow")) await new Promise((later) => setTimeout(later, SLOW_MS));
    done();
  },
});

/** By the port of the other side. */
const sockets = new Map();
server.server.on("connection", (socket) => sockets.set(socket.remotePort, socket));

server.on("error", (error) => console.error(error.message));
server.listen(0, "127.0.0.1", () => {
  console.log(JSON.stringify({ port: server.server.address().port }));
});
